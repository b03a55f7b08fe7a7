"""The scripts survive hashed file names, and stay few."""

import re
from pathlib import Path

import pytest

JS = Path(__file__).resolve().parents[2] / "static" / "js"
SCRIPTS = sorted(JS.rglob("*.js"))
IMPORT = re.compile(r"""(?:from\s*|import\s*\(?\s*)["'](\.[^"']+)["']""")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: str(s.relative_to(JS)))
def test_imports_are_literal_and_lead_to_a_file(script):
    text = script.read_text()
    # Only this form is rewritten by ManifestStaticFilesStorage.
    for path in IMPORT.findall(text):
        assert (script.parent / path).resolve().is_file(), path
    # A bare name is an address that the page hands over, such as the editor's, which static() has hashed.
    for call in re.findall(r"\bimport\(([^)]*)\)", text):
        assert re.fullmatch(r"""["']\.{1,2}/[^"'`$]+\.js["']|[a-z]\w*""", call), call


def test_no_script_imports_itself_by_a_detour():
    """A hashed name depends on the names inside, so collectstatic would never come to an end."""
    waiting = {
        script: {(script.parent / path).resolve() for path in IMPORT.findall(script.read_text())} for script in SCRIPTS
    }
    while done := {script for script, wanted in waiting.items() if not wanted & waiting.keys()}:
        waiting = {script: wanted for script, wanted in waiting.items() if script not in done}
    assert sorted(script.name for script in waiting) == []


# Puts a page of our own server into the page, as htmx does; its templates escape what people wrote.
SWAPS_SERVER_PAGES: set[str] = set()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: str(s.relative_to(JS)))
def test_nothing_the_policy_forbids(script):
    text = script.read_text()
    assert not re.search(r"\beval\(|new Function|document\.write|insertAdjacentHTML", text)
    if str(script.relative_to(JS)) not in SWAPS_SERVER_PAGES:
        assert not re.search(r"\.innerHTML\s*=[^=]", text)
