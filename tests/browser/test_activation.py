"""A phone scans the picture on a slip: the code is in its field, and nowhere else."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from berakhlak.accounts import codes
from berakhlak.accounts.codemail import address_of
from tests import factory
from tests.browser import looks

pytestmark = pytest.mark.browser
NEW = "LayananPrima2026"


@pytest.fixture
def text(enrolment) -> str:
    made = codes.make_codes([enrolment.user], by=factory.make_user("Penyelenggara"), now=timezone.now())
    return codes.text_of(made[0])


def test_the_scanned_code_leads_in(live_server, visitor, enrolment, text):
    page = visitor(live_server.url, width=360, height=740)
    page.goto(address_of(text, live_server.url))
    expect(page.get_by_label("Kode aktivasi")).to_have_value(text.replace("-", ""))
    expect(page).to_have_url(f"{live_server.url}/akun/aktivasi/")  # nothing stays in the address bar
    looks.accessible(page)
    looks.fits(page, 360)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Buat kata sandi Anda")
    looks.accessible(page)
    looks.fits(page, 360)
    page.get_by_label("Kata sandi baru", exact=True).fill(NEW)
    page.get_by_label("Kata sandi baru, sekali lagi").fill(NEW)
    page.get_by_role("button", name="Simpan dan masuk").click()
    expect(page.get_by_text("Selamat datang, Ratna!")).to_be_visible()
    assert not any(text.replace("-", "") in url.split("#")[0] for _kind, url in page.watch.requested)


def test_without_javascript_the_code_is_typed(live_server, visitor, text):
    page = visitor(live_server.url, width=360, height=740, javascript=False)
    page.goto("/akun/aktivasi/")
    page.get_by_label("Kode aktivasi").fill(text.lower())
    page.get_by_role("button", name="Lanjutkan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Buat kata sandi Anda")
