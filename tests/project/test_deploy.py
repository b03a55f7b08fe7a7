"""The files of deploy/ fit the program: every variable and command in them exists, and the guide names each file."""

import re
from pathlib import Path, PurePosixPath

import pytest
from django.core.management import get_commands
from django.urls import get_resolver, reverse

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


# --- The guide: installing, upgrading, going back -----------------------------------------------------


def part(begin: str, end: str) -> str:
    """The guide between two headings."""
    assert begin in GUIDE
    return GUIDE.partition(f"{begin}\n")[2].partition(f"\n{end}")[0]


def commands_of(text: str) -> set[str]:
    return set(re.findall(r"manage\.py (\w+)", text))


INSTALLING = part("## Run it", "### Upgrade")
UPGRADE, BACK = part("### Upgrade", "### Go back"), part("### Go back", "### ")
UNITS = re.findall(r"systemctl enable --now (.*)", INSTALLING)[0].split()


def test_the_code_belongs_to_root():
    """As git asks for, and so that nobody who breaks into the service changes it."""
    [account] = re.findall(r"^adduser .*", GUIDE, re.MULTILINE)
    assert "--no-create-home" in account
    assert "/srv" not in account
    for line in re.findall(r"^(?:install|chown) .*", GUIDE, re.MULTILINE):
        assert "/srv" not in line or "-R root:root" in line


@pytest.mark.parametrize("text", [UPGRADE, BACK], ids=["upgrade", "back"])
def test_whatever_writes_stands_still_meanwhile(text):
    assert len(UNITS) == 4
    [stopped] = re.findall(r"systemctl stop (.*)", text)
    [started] = re.findall(r"systemctl start (.*)", text)
    assert set(stopped.split()) == set(started.split()) == set(UNITS)
    # Timers first: none begins anew what was just stopped.
    assert [name.endswith(".timer") for name in stopped.split()] == [True, True, False, False]
    assert text.index("systemctl stop") < text.index("manage.py")
    assert text.rindex("manage.py") < text.index("systemctl start")
    assert "systemctl daemon-reload" in text


def test_an_upgrade_loads_what_an_installation_loads():
    loaded = commands_of(INSTALLING) - {"createsuperuser", "check"}
    assert {"migrate", "createcachetable", "load_assessment", "collectstatic"} <= loaded
    assert commands_of(UPGRADE) == loaded | {"backup"}


def test_going_back_restores_into_a_whole_database():
    assert {"migrate", "createcachetable", "restore", "collectstatic"} == commands_of(BACK)


def test_a_backup_says_where_it_goes():
    lines = re.findall(r"^\S*python manage\.py (?:backup|restore)(.*)", UPGRADE + BACK, re.MULTILINE)
    assert len(lines) == 2
    assert all(line.startswith(" /var/lib/berakhlak/backup/berakhlak-") for line in lines)


# --- Units --------------------------------------------------------------------------------------------


def sections(name: str) -> dict[str, dict[str, str]]:
    """What a unit says, by section; of what stands there several times the last one."""
    found: dict[str, dict[str, str]] = {}
    for line in (ROOT / "deploy" / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            found[line.strip("[]")] = here = {}
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            here[key] = value
    return found


@pytest.mark.parametrize("name", ["berakhlak.service", "berakhlak-worker.service"])
def test_a_service_comes_back_however_long_the_database_is_away(name):
    unit = sections(name)
    assert unit["Service"]["Restart"] == "always"
    assert unit["Service"]["RestartSec"] == "5"
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"


def test_the_worker_may_finish_what_it_has_begun():
    assert sections("berakhlak-worker.service")["Service"]["TimeoutStopSec"] == "15min"


def test_the_night_is_that_of_the_people():
    assert sections("berakhlak-nightly.timer")["Timer"]["OnCalendar"] == "*-*-* 02:20:00 Asia/Jakarta"


# --- nginx --------------------------------------------------------------------------------------------

NGINX = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def logged(path: str) -> bool:
    """As nginx would decide: the first pattern of the map that fits."""
    [rules] = re.findall(r"^map \$uri \$logged \{\n(.*?)^\}", NGINX, re.MULTILINE | re.DOTALL)
    patterns = dict(re.findall(r"^\s*(\S+)\s+([01]);", rules, re.MULTILINE))
    assert patterns.pop("default") == "1"
    # Braces and semicolons in a pattern would have to be quoted.
    assert not [pattern for pattern in patterns if not pattern.startswith("~^") or set(pattern) & set("{};")]
    return not any(re.search(pattern[1:], path) for pattern, value in patterns.items() if value == "0")


SECRETS = {
    "account_reset_password_from_key": ["a1", "c9k2-0123456789abcdef"],
    "reminders_off": ["17.Ab_c-d"],
    "notices_off": ["17.Ab_c-d"],
}


def test_addresses_that_carry_a_token_are_not_logged():
    for name, parts in SECRETS.items():
        assert not logged(reverse(name, args=parts)), name
    for name in ("home", "inbox", "profile", "account_login", "account_reset_password", "activation"):
        assert logged(reverse(name)), name
    assert logged(reverse("reminder_read", args=[1]))
    assert re.findall(r"access_log [^;]*;", NGINX) == [
        "access_log off;",
        "access_log /var/log/nginx/berakhlak.log berakhlak if=$logged;",
    ]


def test_every_address_with_a_token_is_known():
    """Whoever adds one has to add it here, and so to the map."""
    ways = get_resolver().reverse_dict
    found = {
        name
        for name in ways
        for possibilities, *_rest in ways.getlist(name)
        for _path, arguments in possibilities
        if {"token", "uidb36"} & set(arguments) and isinstance(name, str)
    }
    assert found == set(SECRETS)


def test_queries_are_logged_by_neither_server():
    plain, safe = NGINX.split("\nserver {")[1:]
    assert "listen 80;" in plain
    assert "access_log off;" in plain
    assert "listen 443 ssl" in safe
    [line] = re.findall(r"log_format berakhlak .*", NGINX)
    assert not re.search(r"\$(?:request|request_uri|args|query_string|http_referer)\b", line)


def test_nginx_waits_as_long_as_the_longest_list_takes():
    assert "proxy_read_timeout 300s;" in NGINX
