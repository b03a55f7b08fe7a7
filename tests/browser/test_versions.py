"""Several tabs, devices and people on one entry: no text takes the place of another unseen."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from curriculum.models import Module
from journals import workflow
from journals.models import Entry, Response, StrayDraft
from tests import factory
from tests.browser.conftest import session_of
from tests.browser.keeping import (  # noqa: F401 -- fixtures among them
    STATUS,
    body,
    comes_true,
    instructor,
    on_device,
    open_page,
    says,
    second_tab,
    unsent,
    write,
)

pytestmark = pytest.mark.browser


def test_writing_before_the_script_has_arrived_keeps_both_texts(open_page, second_tab):
    """On a slow line somebody writes into the plain text area, and the device holds an older unsent text."""
    page = open_page("entry_write", worker=False)  # it would bring the scripts from its own cache
    # Not by a route: a page that is closed sends its last text on, past all of those.
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    write(page, "Lama, di perangkat.")
    says(page, "error", "Belum terkirim ke server")
    waiting = []
    page.context.route("**/js/app.js", lambda route: waiting.append(route))
    page.context.route("**/django_prose_editor/editor.js", lambda route: route.abort())  # the text area stays
    page.close(run_before_unload=False)
    tab = page.context.new_page()
    tab.watch.expect("editor.js", "ERR_FAILED")
    tab.watch.expect("status of 409", "status 409")  # the older text becomes the other version
    tab.goto(page.url, wait_until="commit")
    tab.locator("textarea[name=part-refleksi]").fill("Baru, diketik lebih dulu.")
    comes_true(tab, lambda: waiting)
    assert tab.locator("textarea[name=part-refleksi]").input_value() == "Baru, diketik lebih dulu."
    page.context.unroute("**/js/app.js")
    for route in waiting:
        route.continue_()
    comes_true(tab, lambda: Entry.objects.exists() and StrayDraft.objects.exists())
    assert body() == "<p>Baru, diketik lebih dulu.</p>"
    assert StrayDraft.objects.get().answers["refleksi"] == "<p>Lama, di perangkat.</p>"
    comes_true(tab, lambda: unsent(tab) == [])


def test_two_devices_keep_both_texts_until_their_author_has_chosen(open_page):
    page, other = open_page("entry_write"), open_page("entry_write")
    page.watch.expect("status of 409", "status 409")
    write(other, "Dari gawai lain.")
    says(other, "ok", "Tersimpan di server pukul")
    write(page, "Dari gawai ini.")
    says(page, "error", "Ada versi lain")
    write(page, " Lagi.")  # goes to the version beside, too
    comes_true(page, lambda: StrayDraft.objects.get().answers["refleksi"] == "<p>Dari gawai ini. Lagi.</p>")
    page.get_by_role("link", name="Bandingkan dan pilih").click()
    page.wait_for_selector(".conflict .rich-text__frame")
    assert "Dari gawai ini. Lagi." in page.inner_text(".conflict")
    assert "Dari gawai lain." in page.inner_text(".conflict")
    assert Axe().run(page).violations_count == 0
    page.check('[id="choice-refleksi-both"]')
    page.get_by_role("button", name="Simpan pilihan ini").click()
    page.wait_for_selector(".write .rich-text__frame")
    assert body() == "<p>Dari gawai lain.</p><p>Dari gawai ini. Lagi.</p>"
    # The device does not bring its old text back.
    expect(page.locator(".rich-text__text").nth(1)).to_have_text("Dari gawai lain.Dari gawai ini. Lagi.")
    write(page, " Selesai.")
    says(page, "ok", "Tersimpan di server pukul")
    assert not StrayDraft.objects.filter(settled_at=None).exists()


def test_a_text_that_comes_after_handing_in_is_kept(open_page, enrolment):
    module = enrolment.cohort.schedules.get().module
    page = open_page("entry_write")
    page.watch.expect("status of 409", "status 409")
    submission = factory.submitted(enrolment, module)  # on another device
    write(page, "Terlambat.")
    says(page, "error", "Ada versi lain")
    assert StrayDraft.objects.get().answers["refleksi"] == "<p>Terlambat.</p>"
    assert body() == factory.ANSWER
    submission.entry.refresh_from_db()
    assert submission.entry.state == "submitted"


def test_a_second_tab_follows_the_first_and_can_take_over(open_page, second_tab):
    page = open_page("entry_write")
    write(page, "Dari tab pertama.")
    says(page, "ok", "Tersimpan di server pukul")
    tab = second_tab(page)
    expect(tab.locator("[data-other-tab]")).to_be_visible()
    assert tab.locator("section[data-writes]").first.evaluate("(part) => part.inert")
    write(page, " Lanjut.")
    expect(tab.locator(".rich-text__text").nth(1)).to_have_text("Dari tab pertama. Lanjut.")
    tab.get_by_role("button", name="Tulis di sini").click()
    expect(tab.locator("[data-other-tab]")).to_be_hidden()
    expect(page.locator("[data-other-tab]")).to_be_visible()
    write(tab, " Dari tab kedua.")
    expect(page.locator(".rich-text__text").nth(1)).to_have_text("Dari tab pertama. Lanjut. Dari tab kedua.")
    comes_true(tab, lambda: body() == "<p>Dari tab pertama. Lanjut. Dari tab kedua.</p>")
    assert not StrayDraft.objects.exists()


def test_a_tab_with_a_newer_text_does_not_follow_an_older_one(open_page, second_tab):
    """The first tab holds the pen and an older text that everybody has; another device has gone on since."""
    page = open_page("entry_write")
    write(page, "Satu.")
    says(page, "ok", "Tersimpan di server pukul")
    other = open_page("entry_write")
    write(other, " Dua.")
    comes_true(other, lambda: body() == "<p>Satu. Dua.</p>")
    tab = second_tab(page)
    expect(tab.locator("[data-other-tab]")).to_be_visible()
    tab.get_by_role("button", name="Tulis di sini").click()
    expect(tab.locator("[data-other-tab]")).to_be_hidden()
    write(tab, " Tiga.")
    comes_true(tab, lambda: body() == "<p>Satu. Dua. Tiga.</p>")
    expect(page.locator(".rich-text__text").nth(1)).to_have_text("Satu. Dua. Tiga.")
    assert not StrayDraft.objects.exists()


def test_an_unsent_text_takes_its_base_along_to_another_tab(open_page, second_tab):
    """That tab was loaded later and knows a newer version, which the unsent text has never seen."""
    page = open_page("entry_write")
    write(page, "Satu.")
    says(page, "ok", "Tersimpan di server pukul")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    write(page, " Luring.")
    says(page, "error", "Belum terkirim ke server")
    other = open_page("entry_write")
    write(other, " Dua.")
    comes_true(other, lambda: body() == "<p>Satu. Dua.</p>")
    tab = second_tab(page)
    tab.watch.expect("status of 409", "status 409")
    expect(tab.locator("[data-other-tab]")).to_be_visible()
    tab.get_by_role("button", name="Tulis di sini").click()
    says(tab, "error", "Ada versi lain")
    assert body() == "<p>Satu. Dua.</p>"
    assert StrayDraft.objects.get().answers["refleksi"] == "<p>Satu. Luring.</p>"


def test_when_the_first_tab_closes_the_second_writes(open_page, second_tab):
    page = open_page("entry_write")
    write(page, "Satu.")
    says(page, "ok", "Tersimpan di server pukul")
    tab = second_tab(page)
    expect(tab.locator("[data-other-tab]")).to_be_visible()
    page.close()
    expect(tab.locator("[data-other-tab]")).to_be_hidden()
    write(tab, " Dua.")
    comes_true(tab, lambda: body() == "<p>Satu. Dua.</p>")


def test_another_person_on_the_same_computer_sees_nothing_of_it(open_page, enrolment, live_server):
    page = open_page("entry_write")
    page.watch.expect("ERR_INTERNET_DISCONNECTED", "status of 401", "status 401")
    page.route("**/draf/", lambda route: route.abort("internetdisconnected"))
    write(page, "Rahasia saya.")
    says(page, "error", "Belum terkirim ke server")
    other = factory.enrol(factory.make_user("Dimas"), enrolment.cohort, enrolment.group)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "sessionid", "value": session_of(other.user.email), "url": live_server.url}])
    tab = page.context.new_page()
    tab.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
    tab.wait_for_selector(".rich-text__frame")
    assert "Rahasia" not in tab.inner_text("main")
    write(tab, "Punya Dimas.")
    expect(tab.locator(f'{STATUS}[data-tone="ok"]')).to_be_visible()
    assert Entry.objects.get().enrolment == other
    assert [draft["parts"]["refleksi"][1] for draft in unsent(tab)] == ["<p>Rahasia saya.</p>"]


def test_without_javascript_the_form_posts_and_two_versions_meet(open_page, enrolment):
    page = open_page("entry_write", javascript=False)
    page.watch.expect("status of 409", "status 409", r"\.js csp$", r"\.js.*blocked")  # scripts are off
    page.fill("#id_part-refleksi", "Satu **tebal**.")
    factory.draft(enrolment, enrolment.cohort.schedules.get().module)
    page.click("[data-save]")
    expect(page.locator(".conflict textarea[name=part-refleksi]")).to_have_value("Satu **tebal**.")
    page.check("[id=choice-refleksi-mine]")
    page.check("[id=choice-ringkasan-server]")
    page.click(".conflict [name=then]")
    expect(page.locator(STATUS)).to_contain_text("Tersimpan di server pukul")
    assert body() == "<p>Satu <strong>tebal</strong>.</p>"
    assert Response.objects.get(prompt__key="ringkasan").body == factory.ANSWER


def test_a_page_left_open_never_writes_into_the_account_of_who_signs_in_next(open_page, enrolment, live_server):
    page = open_page("entry_write")
    page.watch.expect("status of 401", "status 401")
    other = factory.enrol(factory.make_user("Dimas"), enrolment.cohort, enrolment.group)
    page.context.add_cookies([{"name": "sessionid", "value": session_of(other.user.email), "url": live_server.url}])
    write(page, "Rahasia saya.")
    says(page, "error", "Anda sudah keluar")
    assert not Entry.objects.exists()
    assert [draft["parts"]["refleksi"][1] for draft in unsent(page)] == ["<p>Rahasia saya.</p>"]


def test_a_second_text_beside_the_draft_does_not_take_the_place_of_the_first(open_page):
    page, other = open_page("entry_write"), open_page("entry_write")
    page.watch.expect("status of 409", "status 409")
    for time, text in ((1, "Pertama."), (2, "Kedua.")):
        write(other, "Dari gawai lain.")
        says(other, "ok", "Tersimpan di server pukul")
        write(page, text)
        comes_true(page, lambda wanted=time: StrayDraft.objects.count() == wanted)
        comes_true(page, lambda: unsent(page) == [])
        page.reload()
        expect(page.locator(".rich-text__frame")).to_have_count(3)
    assert ["Pertama." in stray.answers["refleksi"] for stray in StrayDraft.objects.all()] == [True, False]


def serve_once(page, first: str) -> list:
    """The next writing page is this older one; gives the requests for it."""
    served: list = []

    def older(route):
        served.append(route)
        if len(served) == 1:
            route.fulfill(body=first, content_type="text/html")
        else:
            route.continue_()

    page.route("**/tulis/", older)
    return served


def test_a_page_older_than_what_its_own_device_sent_overwrites_nothing(open_page):
    """The server took the last message while this page was on its way."""
    page = open_page("entry_write", worker=False)  # whose requests no test can hold back
    write(page, "Sudah di server.")
    says(page, "ok", "Tersimpan di server pukul")
    first = page.request.get(page.url).text().replace('name="version" value="1"', 'name="version" value="0"')
    first = re.sub(r'data-heard="[^"]*"', 'data-heard="{}"', first).replace("Sudah di server.", "")
    served = serve_once(page, first)
    page.reload()
    expect(page.locator(".rich-text__text").nth(1)).to_have_text("Sudah di server.")
    assert len(served) == 2


def test_a_page_older_than_what_another_page_brought_to_the_server_overwrites_nothing(open_page):
    """The text went out by the next page that was opened, while the writing page was on its way back."""
    page = open_page("entry_write", worker=False)
    first, address = page.request.get(page.url).text(), page.url

    def refuse(route):  # what the writing page sends, also while it goes
        route.abort() if "/tulis/" in route.request.headers["referer"] else route.continue_()

    page.route("**/draf/", refuse)
    page.watch.expect("ERR_FAILED")
    write(page, "Lewat halaman lain.")
    says(page, "error", "Belum terkirim ke server")
    page.goto(reverse("journals"))
    comes_true(page, lambda: not unsent(page) and Response.objects.exists() and "Lewat" in body())
    page.unroute("**/draf/")
    served = serve_once(page, first)
    page.goto(address)
    expect(page.locator(".rich-text__text").nth(1)).to_have_text("Lewat halaman lain.")
    assert len(served) == 2


def test_a_tab_that_goes_on_never_uses_a_number_that_the_closed_one_has_used(open_page, second_tab, enrolment):
    """The first tab sent its last message as it went, which its device did not keep any more."""
    page = open_page("entry_write", worker=False)
    page.context.route("**/draf/", lambda route: route.abort())
    page.watch.expect("ERR_FAILED")
    write(page, "Dari tab pertama.")
    says(page, "error", "Belum terkirim ke server")
    tab = second_tab(page)
    tab.watch.expect("ERR_FAILED")
    expect(tab.locator("[data-other-tab]")).to_be_visible()
    kept = unsent(page)[0]
    workflow.receive(
        user=enrolment.user,
        enrolment=enrolment,
        module=Module.objects.get(),
        entry=None,
        message=workflow.Message(kept["client"], kept["sequence"] + 1, 0, {"refleksi": "<p>Terakhir.</p>"}),
        now=timezone.now(),
    )
    page.close()
    expect(tab.locator("[data-other-tab]")).to_be_hidden()
    tab.context.unroute("**/draf/")
    write(tab, " Dan dari tab kedua.")
    says(tab, "ok", "Tersimpan di server pukul")
    comes_true(tab, lambda: not unsent(tab))
    assert "Dan dari tab kedua." in body()
