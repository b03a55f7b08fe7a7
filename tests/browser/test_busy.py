"""What an organiser sees while a long list is on its way."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journals import staff
from tests import factory

pytestmark = pytest.mark.browser
LIST = "No;Nama;Email;Kelompok\n1;Siti Aminah;siti.aminah@contoh.test;Kelompok 1\n"
# The page that is left when the answer comes: is its bar shown?
ON_LEAVING = """addEventListener("pagehide", () => {
  const busy = document.querySelector("[data-busy]");
  if (busy) sessionStorage.seen = `${sessionStorage.seen ?? ""}${busy.checkVisibility()} `;
})"""


def test_a_bar_runs_while_a_list_is_sent_and_taken_in(live_server, visitor, transactional_db):
    cohort = factory.make_cohort()
    organiser = factory.make_staff("Penyelenggara Satu", staff.ORGANISERS)
    page = visitor(live_server.url, user=organiser.email, worker=False)
    page.add_init_script(ON_LEAVING)
    page.goto(reverse("rosters", args=[cohort.key]))
    busy = page.locator("[data-busy]")
    expect(busy).to_be_hidden()
    page.locator("input[type=file]").set_input_files(
        files=[{"name": "daftar.csv", "mimeType": "text/csv", "buffer": LIST.encode()}]
    )
    page.get_by_role("button", name="Periksa daftar").click()
    page.wait_for_url("**/daftar/*/")
    page.get_by_role("button", name="Masukkan 1 peserta").click()
    expect(page.get_by_text("1 peserta telah dimasukkan")).to_be_visible()
    assert page.evaluate("sessionStorage.seen") == "true true "
