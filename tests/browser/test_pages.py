"""Every main page, for those it is made for: on a phone and a desk, in light and dark, and silent in the console."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from journals import triggers
from tests.browser import looks, worlds
from tests.browser.worlds import PASSWORD

pytestmark = pytest.mark.browser

PUBLIC = ["landing", "values", "value", "modules", "module", "ship", "sign in", "activation", "reset", "reset sent",
          "new password", "privacy", "guides", "guide"]  # fmt: skip
PARTICIPANT = [
    "journals",
    "journal",
    "profile",
    "books",
    "announced",
    "my data",
    "inbox",
    "password",
    "privacy",
    "module",
    "entry, graded",
    "entry, returned",
    "entry, draft",
    "entry, submitted",
    "entry, in review",
    "entry, empty",
    "entry, overdue",
    "entry, not open",
    "entry, closed",
    "entry, graded again",
    "write, new",
    "write, draft",
    "write, returned",
    "history",
    "earlier state",
    "restore",
    "evidence",
    "evidence, none yet",
    "evidence, new place",
    "map",
    "preview, short",
    "preview, returned",
    "withdraw",
    "submission, no feedback",
    "submission, feedback",
    "submission, grade",
    "submission, changes",
    "receipt",
    "talk",
]
INSTRUCTOR = [
    "queue",
    "queue, graded",
    "queue, returned",
    "review, free",
    "review, mine",
    "review, held",
    "review, returned",
    "review, graded",
    "phrases",
    "phrases, nothing fits",
    "phrase_add",
    "phrase",
    "phrase, delete",
    "review, again",
    "review, changes",
    "cohorts",
    "cohort",
    "cohort entry",
    "cohort, waits for release",
    "release",
    "talk, reviewer",
]
TABLE = [
    *(("", name) for name in PUBLIC),
    *(("participant", name) for name in PARTICIPANT),
    ("peer", "journal"), ("peer", "preview, complete"),
    *(("instructor", name) for name in INSTRUCTOR),
    ("lead", "home"), ("lead", "cohort"), ("nobody", "home"), ("nobody", "journals"), ("newcomer", "home"),
    ("organiser", "cohorts"), ("organiser", "cohort"), ("organiser", "review, graded"),
    *(("organiser", f"set-up{step}") for step in (
        "", ", new", ", basics", ", groups", ", schedule", ", assessment", ", instructors"
    )),
    *(("organiser", name) for name in ("hand over", "member", "member, transfer", "member, withdraw")),
    ("organiser", "result"), ("lead", "recap"), ("lead", "board"), ("lead", "announcements"),
    *(("organiser", name) for name in ("members", "lists", "list, good", "list, bad", "list, added")),
    ("lead", "more time"), ("lead", "piles"), ("superuser", "gallery"),
]  # fmt: skip
ADMIN = ["admin", "admin users", "admin modules", "admin module", "admin cohort", "admin new cohort", "admin rubric",
         "admin new rubric", "admin entry"]  # fmt: skip
THEMES = [("light", looks.PHONE, looks.DESK), ("dark", looks.DESK, looks.PHONE)]


@pytest.fixture(scope="module")
def transactional_db(django_db_setup, django_db_blocker):
    """The database for the whole file, in place of a new one for each test; emptied for the other files.

    It has the name of pytest-django's own fixture because that is how a session knows that it needs a database.
    """
    with django_db_blocker.unblock():
        yield
        triggers.remove()
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="module")
def house(transactional_db):
    """The server with its world, made once: these tests only look."""
    made = worlds.house()
    server = LiveServer("127.0.0.1")
    made.url = server.url
    yield made
    server.stop()


@pytest.mark.parametrize(("scheme", "first", "second"), THEMES, ids=[theme for theme, *_widths in THEMES])
@pytest.mark.parametrize(("role", "name"), TABLE, ids=[f"{role or 'anybody'}: {name}" for role, name in TABLE])
def test_page(house, visitor, role, name, scheme, first, second):
    page = visitor(house.url, width=first, scheme=scheme, user=house.people.get(role, ""))
    page.goto(house.address[name])
    settled(page)
    check(page, first, second)
    looks.light(page)


@pytest.mark.parametrize(("scheme", "first", "second"), THEMES, ids=[theme for theme, *_widths in THEMES])
@pytest.mark.parametrize(("role", "name", "path", "status"), [
    ("", "not found", "/tidak/ada/", 404), ("participant", "not found", "/telaah/abcdefghijkl/", 404),
    ("participant", "not allowed", "/telaah/", 403), ("instructor", "not allowed", "/admin/", 403),
])  # fmt: skip
def test_refusals(house, visitor, role, name, path, status, scheme, first, second):
    page = visitor(house.url, width=first, scheme=scheme, user=house.people.get(role, ""))
    page.watch.expect(rf"^status {status}: GET {house.url}{path}", rf"console error: .* status of {status} ")
    assert page.goto(path).status == status
    check(page, first, second)


@pytest.mark.parametrize(("scheme", "first", "second"), THEMES, ids=[theme for theme, *_widths in THEMES])
def test_a_wrong_password(house, visitor, scheme, first, second):
    page = visitor(house.url, width=first, scheme=scheme)
    page.watch.expect("^status 422: POST .*/akun/masuk/$", "console error: .* status of 422 ")
    page.goto(house.address["sign in"])
    page.get_by_label("NIP atau alamat surel").fill("bukan@berakhlak.test")
    page.get_by_label("Kata sandi", exact=True).fill(f"{PASSWORD}?")
    page.locator("main").get_by_role("button", name="Masuk").click()
    expect(page.locator(".error-summary")).to_be_focused()
    assert page.title().startswith("Galat: ")
    check(page, first, second)


@pytest.mark.parametrize(("scheme", "first", "second"), THEMES, ids=[theme for theme, *_widths in THEMES])
def test_a_forgotten_statement(house, visitor, scheme, first, second):
    page = visitor(house.url, width=first, scheme=scheme, user=house.people["peer"])
    page.watch.expect("^status 422: POST .*/kirim/$", "console error: .* status of 422 ")
    page.goto(house.address["preview, complete"])
    page.get_by_role("button", name="Kirim entri").click()
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, first, second)


@pytest.mark.parametrize(("scheme", "first", "second"), THEMES, ids=[theme for theme, *_widths in THEMES])
def test_a_grade_without_levels(house, visitor, scheme, first, second):
    page = visitor(house.url, width=first, scheme=scheme, user=house.people["instructor"])
    page.watch.expect("^status 422: POST .*/nilai/$", "console error: .* status of 422 ")
    page.goto(house.address["review, mine"])
    page.get_by_role("button", name="Nilai", exact=True).click()
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, first, second)


@pytest.mark.parametrize(("scheme", "first", "second"), THEMES, ids=[theme for theme, *_widths in THEMES])
def test_what_a_release_will_show(house, visitor, scheme, first, second):
    page = visitor(house.url, width=first, scheme=scheme, user=house.people["instructor"])
    page.goto(house.address["release"])
    page.locator("main form button").last.click()
    page.wait_for_load_state()
    expect(page.locator("input[name=expected]")).to_have_count(1)
    check(page, first, second)


@pytest.mark.parametrize(("scheme", "first", "second"), THEMES, ids=[theme for theme, *_widths in THEMES])
def test_a_form_without_its_token(house, visitor, scheme, first, second):
    page = visitor(house.url, width=first, scheme=scheme)
    page.watch.expect("^status 403: POST .*/akun/masuk/$", "console error: .* status of 403 ")
    page.goto(house.address["sign in"])
    page.context.clear_cookies()
    page.get_by_label("NIP atau alamat surel").fill("bukan@berakhlak.test")
    page.locator("main").get_by_role("button", name="Masuk").click()
    page.wait_for_load_state()
    expect(page.locator("form[action='/akun/masuk/']")).to_have_count(0)
    check(page, first, second)


@pytest.mark.parametrize("name", ADMIN)
def test_admin(house, visitor, name):
    page = visitor(house.url, user=house.people["superuser"])
    assert page.goto(house.address[name], wait_until="networkidle").status == 200
    assert page.locator("h1").count() >= 1


def test_the_way_into_the_admin(house, visitor):
    page = visitor(house.url)
    page.goto("/admin/", wait_until="networkidle")
    assert page.url.endswith("/akun/masuk/?next=%2Fadmin%2F")


def check(page, first: int, second: int) -> None:
    """Everything that holds on every page; axe looks at the first of the two widths."""
    looks.named(page)
    looks.fits(page, first)
    looks.accessible(page)
    looks.fits(page, second)


def settled(page) -> None:
    """Until all scripts have done what they do at the start."""
    if page.locator("[data-module]").count():
        page.wait_for_load_state("networkidle")
    editors = page.locator("[data-module~=editor]").count()
    expect(page.locator("[contenteditable=true]")).to_have_count(editors)
