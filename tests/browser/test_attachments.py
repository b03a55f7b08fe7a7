"""Evidence on the writing page in a real browser: progress, cancelling, a lost connection, pasting, dropping."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journals.models import Attachment
from tests import factory
from tests.browser import looks

pytestmark = pytest.mark.browser


@pytest.fixture
def page(enrolment, live_server, visitor):
    """The writing page on an old phone's screen, scrolled down to the attachments."""
    page = visitor(live_server.url, user=enrolment.user.email, width=360, height=740)
    page.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
    with page.expect_response(re.compile(r"modules/attachments\.")):
        page.locator("#lampiran").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    return page


def choose(page, *files) -> None:
    page.locator("#id_file").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": data} for name, kind, data in files]
    )


def test_several_files_arrive_and_are_described(page, enrolment):
    choose(
        page,
        ("besar.jpg", "image/jpeg", factory.jpeg(4000, 3000)),
        ("surat.pdf", "application/pdf", factory.pdf()),
        ("virus.exe", "application/octet-stream", b"MZ" + bytes(50)),
    )
    page.watch.expect("status 422", "status of 422")
    expect(page.locator("[data-attachment]")).to_have_count(2)
    expect(page.locator("[data-upload]")).to_contain_text("“virus.exe” tidak dapat dibaca")
    looks.accessible(page)
    looks.fits(page, 360)
    page.locator("[data-upload]").get_by_role("button", name="Tutup").click()
    expect(page.locator("[data-upload]")).to_have_count(0)
    row = Attachment.objects.get(name="besar.jpg")
    assert (row.width, row.height) == (2560, 1920)
    page.get_by_label("Yang tampak pada gambar").fill("Loket pagi")
    expect(page.locator("#lampiran [data-attachment] [data-said]").first).to_have_text("Tersimpan")
    row.refresh_from_db()
    assert row.alt == "Loket pagi"
    first = page.locator("[data-attachment]").first
    first.get_by_text("Hapus besar.jpg").click()
    first.get_by_role("button", name="Ya, hapus").click()
    expect(page.locator("[data-attachment]")).to_have_count(1)
    # Nothing of this touched the text, which is still at its first version.
    page.reload()
    page.locator("#lampiran").scroll_into_view_if_needed()
    expect(page.locator("[data-attachment]")).to_have_count(1)


def test_a_phone_sends_less_than_it_holds(page):
    sizes = []
    page.on("request", lambda request: sizes.append(request) if request.url.endswith("/tambah/") else None)
    noise = factory.noise(4000, 3000)
    choose(page, ("besar.jpg", "image/jpeg", noise))
    expect(page.locator("[data-attachment]")).to_have_count(1)
    assert int(sizes[0].header_value("content-length")) < len(noise) / 2


def test_a_lost_answer_makes_no_second_file(page):
    """The server has the file, its answer never comes; sent again, it is the same one."""
    page.watch.expect("net::ERR", "failed: POST .*/tambah/", "Failed to load resource")
    tries = []

    def lose(route):
        tries.append(route)
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/tambah/", lose)
    choose(page, ("foto.jpg", "image/jpeg", factory.jpeg()))
    expect(page.locator("[data-upload]")).to_contain_text("Koneksi terputus")
    expect(page.get_by_role("button", name="Coba lagi")).to_be_visible()
    expect(page.locator("[data-attachment]")).to_have_count(1)  # by itself
    expect(page.locator("[data-upload]")).to_have_count(0)
    assert len(tries) == 2
    assert Attachment.objects.count() == 1


def test_the_button_tries_again_at_once_and_cancel_gives_up(page):
    page.watch.expect("net::ERR", "failed: POST .*/tambah/", "Failed to load resource")
    page.route("**/tambah/", lambda route: route.abort())
    choose(page, ("satu.jpg", "image/jpeg", factory.jpeg()), ("dua.jpg", "image/jpeg", factory.jpeg()))
    expect(page.get_by_role("button", name="Coba lagi")).to_have_count(2)
    page.locator("[data-upload]").first.get_by_role("button", name="Batal").click()
    page.unroute("**/tambah/")
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.locator("[data-attachment]")).to_have_count(1)
    assert Attachment.objects.get().name == "dua.jpg"


def test_an_upload_on_its_way_is_cancelled(page):
    held = []
    page.watch.expect("net::ERR", "failed: POST .*/tambah/")
    page.route("**/tambah/", lambda route: held.append(route))
    choose(page, ("foto.jpg", "image/jpeg", factory.jpeg()))
    upload = page.locator("[data-upload]")
    expect(upload.get_by_role("progressbar")).to_have_attribute("aria-label", "Unggahan foto.jpg")
    for _try in range(50):
        if held:
            break
        page.wait_for_timeout(100)
    upload.get_by_role("button", name="Batal").click()
    expect(upload).to_have_count(0)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted_on_the_section(page, way):
    page.evaluate(
        """([way, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/jpeg" }));
            const place = document.querySelector("#lampiran h2");
            const options = { bubbles: true, cancelable: true };
            const event = way === "drop" ? new DragEvent("drop", { ...options, dataTransfer: data })
                : new ClipboardEvent("paste", { ...options, clipboardData: data });
            place.dispatchEvent(event);
        }""",
        [way, list(factory.jpeg())],
    )
    expect(page.locator("[data-attachment]")).to_have_count(1)
    assert Attachment.objects.get().name == "Gambar tempelan.jpg"


def test_without_javascript_the_link_leads_to_a_page_that_does_it_all(enrolment, live_server, visitor):
    page = visitor(live_server.url, user=enrolment.user.email, width=360, javascript=False)
    page.goto(reverse("entry_write", args=[enrolment.cohort.key, 1]))
    page.locator("#lampiran").get_by_role("link", name="Lampirkan foto atau PDF").click()
    choose(page, ("foto.jpg", "image/jpeg", factory.jpeg()))
    page.get_by_role("button", name="Lampirkan").click()
    page.get_by_label("Keterangan").fill("Loket")
    page.get_by_role("button", name="Simpan keterangan").click()
    assert Attachment.objects.get().caption == "Loket"
    looks.fits(page, 360)
    page.get_by_text("Hapus foto.jpg").click()
    page.get_by_role("button", name="Ya, hapus").click()
    expect(page.locator("[data-attachment]")).to_have_count(0)
