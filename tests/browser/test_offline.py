"""The app without a network: what it opens, what it keeps, what arrives later, and what no cache may ever hold."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from berakhlak import install
from curriculum.models import Module
from journals.models import Entry, Response, StrayDraft
from tests import factory
from tests.browser import looks
from tests.browser.conftest import CHROMIUM, Watch, session_of
from tests.browser.device import cached, on_device, shelf

pytestmark = pytest.mark.browser
KEPT = "Tulisan yang hanya milik saya."
NETWORK = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "Failed to fetch", "net::ERR")


@pytest.fixture
def enrolment(chromium, transactional_db):
    """A participant with a draft for module 1 and nothing yet for module 2."""
    cohort = factory.make_cohort()
    first, second = factory.make_module(1, title="Akuntabel"), factory.make_module(2, title="Harmonis")
    for module in (first, second):
        factory.make_schedule(cohort, module, opens=-4000, due=4000, closes=4001)
    found = factory.enrol(factory.make_user("Ratna"), cohort, factory.make_group(cohort))
    factory.draft(found, first, text=f"<p>{KEPT}</p>")
    return found


def address(enrolment, name: str, *more) -> str:
    return reverse(name, args=[enrolment.cohort.key, *more])


def ready(page, enrolment) -> None:
    """Open the dashboard once, as anybody does, and wait until the device has what it needs."""
    page.watch.expect(*NETWORK)
    page.goto(address(enrolment, "journal"))
    comes_true(page, lambda: page.evaluate("navigator.serviceWorker.controller !== null"))
    comes_true(page, lambda: sum("/modul/" in url for url in cached(page)) == 2)
    assert len(cached(page)) > len(install.files())
    assert {row["user"] for row in shelf(page)} == {str(enrolment.user.pk)}


@pytest.fixture
def phone(enrolment, live_server, visitor):
    """The participant's phone, which has seen the dashboard once."""
    page = visitor(live_server.url, user=enrolment.user.email, width=360, height=740)
    ready(page, enrolment)
    return page


@pytest.fixture
def offline(phone):
    """The same without a network."""
    phone.context.set_offline(True)
    return phone


def answers(number: int) -> list[str]:
    return [response.body for response in Response.objects.filter(entry__module__number=number, prompt__key="refleksi")]


def comes_true(page, holds) -> None:
    for _try in range(200):
        if holds():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not come true")


def editors(page):
    boxes = page.locator(".rich-text__text")
    expect(boxes).to_have_count(3)
    return boxes


def write(page, text: str) -> None:
    editors(page).nth(1).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def test_it_can_be_installed(phone):
    """As the browser itself judges it: manifest, icons, scope."""
    client = phone.context.new_cdp_session(phone)
    found = client.send("Page.getAppManifest")
    assert found["errors"] == []
    assert urlsplit(found["url"]).path == reverse("manifest")
    errors = {error["errorId"] for error in client.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors <= {"in-incognito"}  # where tests run


def test_the_dashboard_an_entry_and_a_lesson_open_without_a_network(offline, enrolment):
    offline.goto(address(enrolment, "journal"))
    expect(offline.get_by_role("heading", level=1)).to_have_text(enrolment.cohort.name)
    expect(offline.locator(".entry-row")).to_have_count(2)
    expect(offline.locator("[data-line=offline]")).to_be_visible()
    looks.accessible(offline)
    looks.fits(offline, looks.PHONE)
    offline.get_by_role("link", name="Akuntabel").click()
    expect(offline.get_by_text(KEPT).first).to_be_visible()
    looks.accessible(offline)
    offline.get_by_role("link", name="Baca modul ini").click()
    expect(offline.get_by_role("heading", level=1)).to_contain_text("Akuntabel")
    expect(offline).to_have_url(re.compile("/modul/"))
    offline.goto(reverse("home"))
    expect(offline.locator(".entry-row")).to_have_count(2)
    offline.goto(reverse("profile"))
    expect(offline.get_by_text("Halaman ini memerlukan jaringan")).to_be_visible()


def test_one_goes_on_writing_and_begins_a_new_entry_and_both_arrive_by_themselves(offline, enrolment):
    offline.goto(address(enrolment, "entry_write", 1))
    expect(editors(offline).nth(1)).to_have_text(KEPT)
    looks.accessible(offline)
    looks.fits(offline, looks.PHONE)
    write(offline, " Ditambah di kereta.")
    expect(offline.locator("[data-status]")).to_contain_text("Belum terkirim ke server")
    offline.goto(address(enrolment, "journal"))
    expect(offline.locator(".entry-row").first).to_contain_text("Belum di server")
    offline.goto(address(enrolment, "entry_write", 2))
    write(offline, "Baru, tanpa sinyal.")
    expect(offline.locator("[data-status]")).to_contain_text("Belum terkirim ke server")
    assert answers(2) == []
    offline.context.set_offline(False)
    # Here by the page itself; the first entry by the next page that is opened, whichever it is.
    expect(offline.locator('[data-status][data-tone="ok"]')).to_be_visible()
    assert answers(2) == ["<p>Baru, tanpa sinyal.</p>"]
    offline.goto(reverse("modules"))
    comes_true(offline, lambda: answers(1) == [f"<p>{KEPT} Ditambah di kereta.</p>"])
    expect(offline.locator("[data-line=sent]")).to_be_visible()
    assert not StrayDraft.objects.exists()
    assert all(not draft["unsent"] for draft in on_device(offline))


def test_what_was_sent_from_the_writing_page_is_what_the_offline_page_goes_on_from(phone, enrolment):
    phone.goto(address(enrolment, "entry_write", 1))
    phone.wait_for_timeout(1000)
    write(phone, " Kedua.")
    expect(phone.locator('[data-status][data-tone="ok"]')).to_be_visible()
    comes_true(phone, lambda: answers(1) == [f"<p>{KEPT} Kedua.</p>"])
    comes_true(phone, lambda: "Kedua" in str(shelf(phone)))
    phone.context.set_offline(True)
    phone.goto(address(enrolment, "entry_write", 1))
    expect(editors(phone).nth(1)).to_have_text(f"{KEPT} Kedua.")
    write(phone, " Ketiga.")
    expect(phone.locator("[data-status]")).to_contain_text("Belum terkirim ke server")
    phone.context.set_offline(False)
    comes_true(phone, lambda: answers(1) == [f"<p>{KEPT} Kedua. Ketiga.</p>"])
    assert not StrayDraft.objects.exists()


def test_a_copy_older_than_what_this_device_sent_never_overwrites_it(phone, enrolment):
    """If the copy could not be brought up to date, what is written on from it becomes a version beside the draft."""
    phone.watch.expect("status of 409", "status 409")
    old = next(row for row in shelf(phone) if row["key"].startswith("data:"))
    phone.goto(address(enrolment, "entry_write", 1))
    write(phone, " Kedua.")
    comes_true(phone, lambda: answers(1) == [f"<p>{KEPT} Kedua.</p>"])
    phone.goto(reverse("offline"))
    phone.context.set_offline(True)
    phone.evaluate(
        """(row) => new Promise((resolve) => {
            const asked = indexedDB.open("berakhlak");
            asked.onsuccess = () => {
                const change = asked.result.transaction("shelf", "readwrite");
                change.objectStore("shelf").put(row);
                change.oncomplete = () => (asked.result.close(), resolve());
            };
        })""",
        old,
    )
    phone.goto(address(enrolment, "entry_write", 1))
    write(phone, " Dari salinan lama.")
    expect(phone.locator("[data-status]")).to_contain_text("Belum terkirim ke server")
    phone.context.set_offline(False)
    comes_true(phone, StrayDraft.objects.exists)
    assert answers(1) == [f"<p>{KEPT} Kedua.</p>"]
    assert StrayDraft.objects.get().answers["refleksi"] == f"<p>{KEPT} Dari salinan lama.</p>"


def test_the_browser_is_closed_offline_and_days_later_everything_arrives(enrolment, live_server, chromium, tmp_path):
    """Closed as people close it: the session's cookie is gone, so one signs in again, after the closing time."""
    host = urlsplit(live_server.url)
    options = {
        "executable_path": CHROMIUM, "args": ["--no-sandbox", "--disable-gpu"], "base_url": live_server.url,
        "viewport": {"width": 360, "height": 740}, "locale": "id-ID",
    }  # fmt: skip

    def session(context):
        context.add_cookies([{"name": "sessionid", "value": session_of(enrolment.user.email), "url": live_server.url}])

    def opened(context):
        context.set_default_timeout(20000)
        page = context.pages[0]
        page.watch = Watch(page, host.netloc)
        return page

    kind = chromium.browser_type
    with kind.launch_persistent_context(tmp_path, **options) as context:
        session(context)
        page = opened(context)
        ready(page, enrolment)
        context.set_offline(True)
        page.goto(address(enrolment, "entry_write", 2))
        write(page, "Di pulau.")
        expect(page.locator("[data-status]")).to_contain_text("Belum terkirim ke server")
    # From the first moment on, for the worker too: a proxy that is not there.
    nowhere = [*options["args"], "--proxy-server=http://127.0.0.1:9", "--proxy-bypass-list=<-loopback>"]
    with kind.launch_persistent_context(tmp_path, **(options | {"args": nowhere})) as context:
        page = opened(context)
        page.goto(reverse("home"))
        page.get_by_role("link", name="Harmonis").click()
        expect(page.get_by_text("Di pulau.")).to_be_visible()
        page.get_by_role("link", name="Tulis").click()
        expect(editors(page).nth(1)).to_have_text("Di pulau.")
        write(page, " Hari kedua.")
        comes_true(page, lambda: "Hari kedua." in str(on_device(page)))
    factory.Schedule.objects.update(opens=factory.NOW.replace(year=2020), due=factory.NOW.replace(year=2021),
                                    closes=factory.NOW.replace(year=2022))  # fmt: skip
    with kind.launch_persistent_context(tmp_path, **options) as context:
        page = opened(context)
        session(context)
        page.goto(address(enrolment, "journal"))
        comes_true(page, lambda: answers(2) == ["<p>Di pulau. Hari kedua.</p>"])


def test_nothing_private_is_ever_in_a_cache(phone, enrolment):
    for name, *more in (("journal",), ("entry", 1), ("entry_write", 1), ("entry_preview", 1)):
        phone.goto(address(enrolment, name, *more))
    phone.goto(Module.objects.get(number=1).get_absolute_url())
    phone.goto(reverse("profile"))
    phone.wait_for_timeout(1500)
    kept = cached(phone)
    public = {urlsplit(url).path for url in kept if not urlsplit(url).path.startswith("/static/")}
    assert public == {reverse("offline"), *(module.get_absolute_url() for module in Module.objects.all())}
    for url, text in kept.items():
        for private in (KEPT, "Ratna", enrolment.user.email, enrolment.cohort.key, 'data-user="', "sessionid"):
            assert private not in text, url


def test_another_user_sees_nothing_and_clears_it_away(phone, enrolment, live_server):
    other = factory.enrol(factory.make_user("Dimas"), enrolment.cohort, enrolment.group, 2)
    phone.context.add_cookies([{"name": "sessionid", "value": session_of(other.user.email), "url": live_server.url}])
    phone.goto(address(enrolment, "journal"))
    mine = str(other.user.pk)
    comes_true(phone, lambda: {row["key"]: row["user"] for row in shelf(phone)} == {"who": mine, f"data:{mine}": mine})
    assert KEPT not in str(shelf(phone))
    phone.context.set_offline(True)
    phone.goto(address(enrolment, "entry", 1))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Akuntabel")
    assert KEPT not in phone.inner_text("main")


def test_signing_out_without_a_network_wipes_the_device_and_the_server_hears_of_it_first(offline, enrolment):
    offline.goto(address(enrolment, "journal"))  # the offline page has no account menu: back to a page that has one
    offline.context.set_offline(False)
    offline.goto(address(enrolment, "journal"))
    offline.context.set_offline(True)
    offline.locator("summary", has_text="Akun").click()
    offline.get_by_role("button", name="Keluar", exact=True).click()
    offline.get_by_role("button", name="Tetap keluar").click()
    expect(offline.get_by_text("Tidak ada yang sedang masuk di perangkat ini")).to_be_visible()
    assert [row["key"] for row in shelf(offline)] == ["leaving"]
    offline.goto(address(enrolment, "journal"))
    expect(offline.get_by_text("Tidak ada yang sedang masuk di perangkat ini")).to_be_visible()
    offline.context.set_offline(False)
    offline.goto(address(enrolment, "journal"))
    expect(offline.get_by_role("heading", level=1)).to_have_text("Masuk")
    assert shelf(offline) == []


def test_what_needs_the_network_says_so_and_comes_back(phone, enrolment):
    phone.goto(address(enrolment, "entry_write", 1))
    then = phone.locator("[name=then]")
    phone.wait_for_timeout(1000)
    phone.context.set_offline(True)
    expect(phone.locator("[data-line=offline]")).to_be_visible()
    expect(then).to_have_attribute("aria-disabled", "true")
    expect(then).to_have_attribute("title", "Tidak dapat dilakukan tanpa jaringan.")
    then.click(force=True)
    assert "/tulis/" in phone.url
    looks.accessible(phone)
    phone.context.set_offline(False)
    expect(phone.locator("[data-line=offline]")).to_be_hidden()
    expect(then).not_to_have_attribute("aria-disabled", "true")
    phone.goto(address(enrolment, "entry_preview", 1))
    send = phone.get_by_role("button", name="Kirim entri")
    phone.get_by_label(re.compile("menulis entri ini sendiri")).check()
    phone.context.set_offline(True)
    expect(send).to_have_attribute("aria-disabled", "true")
    send.click(force=True)
    assert phone.url.endswith("/pratinjau/")
    expect(phone.locator("[data-line=offline]")).to_be_visible()


def test_a_newer_server_is_offered_and_nothing_reloads_by_itself(phone, enrolment, monkeypatch):
    phone.goto(address(enrolment, "entry_write", 1))
    write(phone, " Satu.")
    expect(phone.locator('[data-status][data-tone="ok"]')).to_be_visible()
    monkeypatch.setattr("berakhlak.middleware.version", lambda: "0123456789ab")
    monkeypatch.setattr("berakhlak.install.version", lambda: "0123456789ab")
    monkeypatch.setattr("berakhlak.face.context.version", lambda: "0123456789ab")
    write(phone, " Dua.")  # the old page goes on
    expect(phone.locator("[data-line=newer]")).to_be_visible()
    comes_true(phone, lambda: answers(1) == [f"<p>{KEPT} Satu. Dua.</p>"])
    looks.accessible(phone)
    comes_true(phone, lambda: phone.evaluate("navigator.serviceWorker.getRegistration().then((r) => !!r.waiting)"))
    assert any(name == "app-0123456789ab" for name in phone.evaluate("caches.keys()"))
    assert len(phone.evaluate("caches.keys()")) == 2  # the old page keeps its own files
    write(phone, " Tiga.")
    phone.get_by_role("button", name="Muat ulang").click()
    expect(phone.locator('.device-bar[data-version="0123456789ab"]')).to_have_count(1)
    expect(editors(phone).nth(1)).to_have_text(f"{KEPT} Satu. Dua. Tiga.")
    comes_true(phone, lambda: answers(1) == [f"<p>{KEPT} Satu. Dua. Tiga.</p>"])
    comes_true(phone, lambda: phone.evaluate("caches.keys()") == ["app-0123456789ab"])
    assert Entry.objects.count() == 1
