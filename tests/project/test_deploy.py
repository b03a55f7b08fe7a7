"""The files of deploy/ fit the program: every variable and command in them exists, and the guide names each file."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "deploy").iterdir())
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_guide_names_it(path):
    assert path.name in GUIDE


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_commands_exist(path):
    commands = set(re.findall(r"manage\.py (\w+)", path.read_text(encoding="utf-8")))
    assert commands <= set(get_commands())


def test_its_variables_are_read():
    settings = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "berakhlak").glob("*.py"))
    for line in (ROOT / "deploy" / "berakhlak.env").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name = line.partition("=")[0]
            assert f'"{name.removesuffix("_FILE")}"' in settings, name
            assert f"`{name.removesuffix('_FILE')}`" in GUIDE or f"…{name.removeprefix('BERAKHLAK_SMTP')}" in GUIDE, (
                name
            )


def test_each_timer_has_its_service():
    names = {path.name for path in FILES}
    for name in names:
        if name.endswith(".timer"):
            assert name.replace(".timer", ".service") in names


def test_the_commands_of_the_guide_exist():
    named = set(re.findall(r"manage\.py (\w+)", GUIDE))
    assert named <= set(get_commands())
