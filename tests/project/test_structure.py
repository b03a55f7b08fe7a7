"""The rooms of docs/architecture.md: who may import whom, and what templates may not hold."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Left to right: each layer of journals may import only layers to its left (and its own).
LAYERS = [
    [
        "keys",
        "enums",
        "guides",
        "text",
        "richtext",
        "html_tokens",
        "canonical",
        "notation",
        "differences",
        "anchors",
        "searching",
        "counting",
    ],
    ["querysets"],
    ["models"],
    ["triggers", "content", "files", "windows", "permissions", "access"],
    ["audit", "grading", "letters", "recap", "corrections", "staff", "checks", "roster"],
    ["workflow"],
    ["services", "navigation"],
    ["widgets", "forms"],
    ["templatetags"],
    ["views", "admin", "urls", "demo", "management", "apps"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}


def sources(package: str) -> list[Path]:
    return [path for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]


def imported(path: Path) -> set[str]:
    """Every dotted module that a file imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room_of(dotted: str) -> str:
    return dotted.split(".")[1] if "." in dotted else ""


def test_journals_layers_only_look_left():
    wrong = []
    for path in sources("journals"):
        parts = path.relative_to(ROOT / "journals").with_suffix("").parts
        if parts == ("__init__",):
            continue
        assert parts[0] in LEVEL, f"journals/{parts[0]} has no layer: add it to LAYERS and to the docs"
        for name in imported(path):
            target = room_of(name)
            if name.startswith("journals.") and LEVEL.get(target, -1) > LEVEL[parts[0]]:
                # Models are ready only in AppConfig.ready, which is on the far right anyway.
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert wrong == []


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        ("curriculum", ("journals", "berakhlak.accounts")),
        ("berakhlak/accounts", ("journals", "curriculum")),
        ("berakhlak/face", ("journals", "curriculum", "berakhlak.accounts")),
    ],
)
def test_packages_keep_to_themselves(package, forbidden):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(package)
        for name in imported(path)
        if name.startswith(tuple(f"{word}." for word in forbidden)) or name in forbidden
    ]
    assert wrong == []


def test_views_of_the_journals_refuse_a_method_in_one_way():
    """After the access check, by answers.wrong_method; a decorator would answer before it."""
    forbidden = ("django.views.decorators.http.", "django.http.HttpResponseNotAllowed")
    wrong = [
        f"{path.name} imports {name}"
        for path in sources("journals/views")
        for name in imported(path)
        if name.startswith(forbidden) and path.name != "answers.py"
    ]
    assert wrong == []


def test_querysets_import_no_models():
    assert not [
        name
        for name in imported(ROOT / "journals/querysets.py")
        if ".models" in name and not name.startswith("django.")
    ]


def test_one_crossing_from_curriculum_templates_to_journals():
    loads = {
        path.relative_to(ROOT).as_posix()
        for folder in (
            "templates/curriculum",
            "templates/accounts",
            "templates/account",
            "templates/includes",
        )
        for path in (ROOT / folder).rglob("*.html")
        if re.search(r"{%\s*load[^%]*\bjournals_", path.read_text(encoding="utf-8"))
    }
    assert loads <= {"templates/curriculum/module.html"}


def test_only_the_workflow_writes_the_state():
    assigns = re.compile(r"(?<!OLD)(?<! r)\.state\s*=[^=]|update\([^)]*\bstate=")
    allowed = {"journals/workflow", "journals/demo"}
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in sources("journals")
        if assigns.search(path.read_text(encoding="utf-8"))
        and not any(path.relative_to(ROOT).as_posix().startswith(folder) for folder in allowed)
    ]
    assert wrong == []


def test_templates_hold_no_inline_script_style_or_handler():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=\"|\son[a-z]+=\"|hx-on"
    )
    wrong = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in (ROOT / "templates").rglob("*.html")
        for match in inline.finditer(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_comments_of_templates_end_on_their_line():
    """Django knows them on one line only; a longer one is shown to everybody."""
    wrong = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in (ROOT / "templates").rglob("*.*")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.count("{#") != line.count("#}")
    ]
    assert wrong == []


def test_files_stay_readable():
    """About 400 lines at most; a longer file wants splitting by actor or capability."""
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for package in ("berakhlak", "curriculum", "journals", "tests", "bench")
        for path in sources(package)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 450
    }
    assert long == {}
