"""The files of deploy/ fit the program: every variable and command in them exists, and the guide names each file."""

import re
from pathlib import Path, PurePosixPath

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "deploy").iterdir())
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
FOLDERS_OF_THE_SYSTEM = {"/", "/etc", "/srv", "/var", "/var/lib", "/var/log", "/etc/nginx"}


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


def in_the_guide(place: PurePosixPath) -> bool:
    """The place, or the folder of this program (not "/etc") in which it lies."""
    return any(str(folder) in GUIDE for folder in (place, *place.parents) if str(folder) not in FOLDERS_OF_THE_SYSTEM)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_guide_says_where_its_files_come_from(path):
    named = set(re.findall(r"/(?:etc|srv|var)/[\w./-]*\w", path.read_text(encoding="utf-8")))
    assert [place for place in sorted(named) if not in_the_guide(PurePosixPath(place))] == []


def test_the_secrets_of_the_environment_are_made_unreadable_to_others():
    environment = (ROOT / "deploy" / "berakhlak.env").read_text(encoding="utf-8")
    secrets = re.findall(r"_FILE=(\S+)", environment)
    assert secrets
    for secret in secrets:
        assert re.search(rf"install -m 640 -g berakhlak .*{secret}\b", GUIDE), secret


def test_nginx_of_today_and_of_debian_12_understands_it():
    """`http2 on` is for nginx 1.25.1 and later; Debian 12 has 1.22, Ubuntu 24.04 has 1.24."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert not re.search(r"^\s*http2\s", text, re.MULTILINE)
    assert re.findall(r"listen (?:\[::\]:)?443 .*;", text) == ["listen 443 ssl http2;", "listen [::]:443 ssl http2;"]


def test_the_night_cleans_whatever_becomes_of_the_backup():
    """In order, each only after the one before it succeeded, or began with "-"."""
    lines = (ROOT / "deploy" / "berakhlak-nightly.service").read_text(encoding="utf-8").splitlines()
    steps = [line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart=")]
    [backup] = [step for step in steps if "manage.py backup" in step]
    before, after = steps[: steps.index(backup)], steps[steps.index(backup) + 1 :]
    assert [step.split()[2] for step in before] == ["prune_db_task_results", "sweep_files", "clearsessions"]
    assert all(step.startswith("-") for step in before)
    assert not backup.startswith("-")
    # Old backups go only when there is a new one.
    assert [step.split()[0] for step in after] == ["/usr/bin/find"]


def test_each_timer_has_its_service():
    names = {path.name for path in FILES}
    for name in names:
        if name.endswith(".timer"):
            assert name.replace(".timer", ".service") in names


def test_the_commands_of_the_guide_exist():
    named = set(re.findall(r"manage\.py (\w+)", GUIDE))
    assert named <= set(get_commands())
