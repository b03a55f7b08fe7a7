"""What an organiser sees while a long list is on its way."""

import re
import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from journals import staff
from journals.workflow import enrolling
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


# What the bar said while the page that has it waited, each once.
ON_COUNTING = """new MutationObserver(() => {
  const busy = document.querySelector("[data-busy]:not([hidden])");
  const said = busy?.querySelector("[data-count]")?.textContent;
  if (!said) return;
  const heard = new Set(JSON.parse(sessionStorage.heard ?? "[]"));
  heard.add(`${busy.querySelector("progress").value}: ${said}`);
  sessionStorage.heard = JSON.stringify([...heard]);
}).observe(document, { subtree: true, childList: true, attributes: true });"""


def test_the_bar_counts_the_people_of_a_long_list(live_server, visitor, transactional_db, monkeypatch):
    cohort = factory.make_cohort()
    organiser = factory.make_staff("Penyelenggara Satu", staff.ORGANISERS)
    take_in = enrolling._take_in

    def slowly(*args):
        time.sleep(1.5)  # two questions of the page
        take_in(*args)

    monkeypatch.setattr(enrolling, "_take_in", slowly)
    monkeypatch.setattr(enrolling, "BATCH", 500)
    letters = str.maketrans("0123456789", "abcdefghij")  # a name with digits is refused
    rows = [
        f"{number};Siti {str(number).translate(letters).title()};p{number}@contoh.test;Kelompok 1"
        for number in range(1, 1102)
    ]
    page = visitor(live_server.url, user=organiser.email, worker=False)
    page.add_init_script(ON_COUNTING)
    page.goto(reverse("rosters", args=[cohort.key]))
    content = "\n".join(["No;Nama;Email;Kelompok", *rows])
    page.locator("input[type=file]").set_input_files(
        files=[{"name": "daftar.csv", "mimeType": "text/csv", "buffer": content.encode()}]
    )
    page.get_by_role("button", name="Periksa daftar").click()
    page.get_by_role("button", name=re.compile(r"Masukkan 1\.?101 peserta")).click()
    expect(page.get_by_text(re.compile(r"1\.?101 peserta telah dimasukkan"))).to_be_visible()
    heard = page.evaluate("JSON.parse(sessionStorage.heard)")
    assert {"500: 500 dari 1.101 peserta", "1000: 1.000 dari 1.101 peserta"} <= set(heard)
