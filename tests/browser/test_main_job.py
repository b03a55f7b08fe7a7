"""The main job from sign-in to grade, by clicks alone: once on the test server, once as in production."""

import contextlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests import factory
from tests.browser import worlds
from tests.browser.steps import LABELS, PARTS, answer_what_was_asked, begin_review, editor, save_draft, sign_in, write

pytestmark = pytest.mark.browser
FIRST = "Pelayanan dimulai dari mendengar."
SECOND = "Pada hari Senin seorang kakek datang ke loket saya."
ITEM = "Ceritakan satu peristiwa yang Anda alami sendiri."


def test_the_main_job(live_server, visitor):
    play(live_server.url, visitor, worlds.main_job(factory.make_module(1, title="Akuntabel")))


def test_the_main_job_with_production_settings(production, visitor):
    url, job, log = production
    try:
        play(url, visitor, job)
    finally:
        said = log.read_text()
        print(said)  # noqa: T201 -- pytest shows it with a failure
    assert not re.search(r"Traceback|ERROR|WARNING", said)


# --- The play ---------------------------------------------------------------------------------------


def play(base_url: str, visitor, job: worlds.MainJob) -> None:
    """A participant on a phone, an instructor and an editor at their desks; every act through the page."""
    participant, instructor = visitor(base_url, width=360), visitor(base_url)
    hand_in(participant, job)
    send_back(instructor, job)
    improve(participant, job)
    grade(instructor, job)
    read_the_grade(participant, job)
    rename_the_module(visitor(base_url), visitor(base_url, width=360), job)


def hand_in(page, job) -> None:
    """From the landing page to the receipt."""
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Masuk").click()
    assert re.fullmatch(r"\d{8} \d{6} \d \d{3}", job.nip)
    sign_in(page, job.nip, at=page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(job.cohort)
    expect(page.get_by_text("0 dari 1")).to_be_visible()
    page.get_by_role("heading", level=3).get_by_role("link", name=job.title).click()
    page.get_by_role("link", name="Baca modul ini").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(job.title)
    page.get_by_role("link", name="Mulai menulis").click()
    page.get_by_role("textbox", name=re.compile("^Judul")).fill("Antrean di loket")
    write(page)
    box = editor(page, "refleksi")
    box.press("Control+Home")
    page.get_by_role("toolbar").nth(1).get_by_role("button", name="Tebal").click()
    page.keyboard.type(f"{FIRST} ")
    save_draft(page)
    page.reload()
    expect(editor(page, "refleksi").locator("strong")).to_have_text(re.compile(re.escape(FIRST)))
    page.get_by_role("button", name="Lihat pratinjau dan kirim").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pratinjau dan kirim")
    for part in PARTS:
        expect(page.locator(".sheet").get_by_role("heading", name=LABELS[part], exact=True)).to_be_visible()
    expect(page.locator(".sheet strong")).to_contain_text(FIRST)
    expect(page.locator(".checks__missing")).to_have_count(0)
    submit(page)
    expect(page.get_by_text("Antrean di loket")).to_have_count(0)  # the receipt names no text


def submit(page) -> None:
    """Tick the statement, submit, and read the receipt."""
    answer_what_was_asked(page)
    page.get_by_label(re.compile("menulis entri ini sendiri")).check()
    page.get_by_role("button", name="Kirim entri").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entri Anda sudah kami terima")
    expect(page.locator("#receipt-number")).to_have_text(re.compile(r"^[A-Z0-9-]{8,}$"))


def send_back(page, job) -> None:
    """The instructor finds the entry, judges it not ready and sends it back until a new time."""
    sign_in(page, job.instructor)
    expect(page.get_by_role("heading", level=1)).to_have_text("Antrean telaah")
    expect(page.locator("#queue-count")).to_contain_text("2")
    begin_review(page, job.participant, path=page.url)
    expect(page.locator(".sheet")).to_contain_text(FIRST)
    page.get_by_role("textbox", name="Yang perlu diperbaiki 1").fill(ITEM)
    page.get_by_label("Komentar umum").fill("Awal yang baik.")
    due = datetime.now(ZoneInfo("Asia/Makassar")) + timedelta(days=4)
    page.get_by_label("Tenggat baru").fill(f"{due:%Y-%m-%d}T14:30")
    page.get_by_role("button", name="Kembalikan", exact=True).click()
    expect(page.get_by_text(f"Dikembalikan kepada {job.participant} untuk diperbaiki, tenggat")).to_be_visible()


def improve(page, job) -> None:
    """The participant sees the notice, reads beside the text what to improve, improves it, hands in again."""
    page.goto("/beranda/")
    expect(page.locator(".news__item")).to_contain_text("dikembalikan untuk perbaikan.")
    expect(page.locator(".next-step")).to_contain_text("14.30 WITA")
    page.locator(".news__item").get_by_role("button", name="Buka").click()
    expect(page.locator(".improve")).to_have_text(ITEM)
    page.get_by_role("link", name="Perbaiki entri").click()
    expect(page.get_by_role("complementary").filter(has_text=ITEM)).to_contain_text("Awal yang baik.")
    box = editor(page, "refleksi")
    box.press("Control+End")
    page.keyboard.insert_text(f" {SECOND}")
    page.get_by_role("button", name="Lihat pratinjau dan kirim").click()
    expect(page.locator(".sheet")).to_contain_text(SECOND)
    submit(page)
    page.get_by_role("link", name="Ke jurnal saya").click()
    expect(page.get_by_text("1 dari 1")).to_be_visible()


def grade(page, job) -> None:
    """The instructor grades the second submission by the rubric; the score runs along."""
    begin_review(page, job.participant)
    expect(page.locator(".sheet").first).to_contain_text(SECOND)
    expect(page.locator("[data-band]")).to_have_text("belum dinilai")
    criteria = page.locator("[data-criterion]")
    for number, so_far in enumerate(("21,25", "46,75", "72,25", "85,00")):
        criteria.nth(number).locator("label.key").nth(2).click()
        expect(page.locator("[data-score]")).to_have_text(so_far)
    points = criteria.nth(0).get_by_label(re.compile("^Poin"))
    expect(points).to_have_value("85")
    points.fill("87,50")
    expect(page.locator("[data-score]")).to_have_text("85,63")
    expect(page.locator("[data-band]")).to_have_text("Memuaskan")
    criteria.nth(1).get_by_text("Komentar").first.click()
    criteria.nth(1).locator("textarea").fill("Peristiwa dan perasaannya jelas.")
    page.get_by_role("button", name="Nilai", exact=True).click()
    expect(page.get_by_text(f"{job.participant}: 85,63 (Memuaskan).")).to_be_visible()


def read_the_grade(page, job) -> None:
    """Score, band and the words on each criterion, on the page of the submission."""
    page.goto("/beranda/")
    expect(page.locator(".news__item").first).to_contain_text("sudah dinilai")
    page.get_by_role("link", name="Baca umpan balik").click()
    expect(page.locator(".score")).to_contain_text("85,63")
    page.get_by_role("link", name="Baca seluruh umpan balik").click()
    graded = page.locator("#feedback")
    expect(graded.locator(".score")).to_contain_text("85,63")
    expect(graded.get_by_text("Memuaskan", exact=True)).to_be_visible()
    expect(graded.locator(".rubric__row")).to_have_count(4)
    expect(graded.locator(".rubric__row").nth(0)).to_contain_text("87,50")
    expect(graded.locator(".rubric__row").nth(1)).to_contain_text("Peristiwa dan perasaannya jelas.")
    expect(page.locator("form[data-module=feedback-read]")).to_be_hidden()  # reading it was recorded


def rename_the_module(page, public, job) -> None:
    """An editor of the curriculum changes the title, and everybody reads it."""
    sign_in(page, job.editor, at="/admin/")
    page.locator("#content").get_by_role("link", name="Modul", exact=True).click()
    page.locator("#result_list").get_by_role("link", name=job.title, exact=True).click()
    page.locator("#id_title").fill(f"{job.title} setiap hari")
    page.locator("input[name=_save]").first.click()
    page.wait_for_url("**/admin/curriculum/module/")
    public.goto(f"/modul/{job.slug}/")
    expect(public.get_by_role("heading", level=1)).to_contain_text(f"{job.title} setiap hari")


# --- Production -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """(address, people, log) of a server run as the operator's guide says: hashed files, granian, no debugging."""
    data = tmp_path_factory.mktemp("production")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BERAKHLAK_", "TEST_"))}
    environment = kept | {
        "DJANGO_SETTINGS_MODULE": "berakhlak.settings",
        "BERAKHLAK_DATA_DIR": str(data),
        "BERAKHLAK_DEBUG": "false",
        "BERAKHLAK_HTTPS": "false",
        "BERAKHLAK_SECRET_KEY": secrets.token_urlsafe(50),
        "BERAKHLAK_HOSTS": "127.0.0.1",
        "BERAKHLAK_SITE_URL": url,
        "PYTHONUNBUFFERED": "1",
    }

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    for command in (
        ["migrate", "--verbosity", "0"],
        ["createcachetable"],
        ["load_curriculum"],
        ["load_assessment"],
        ["collectstatic", "--noinput", "--verbosity", "0"],
    ):
        run("manage.py", *command)
    job = worlds.MainJob(**json.loads(run("-m", "tests.browser.worlds").splitlines()[-1]))
    log = data / "server.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "granian",
                "--interface",
                "wsgi",
                "--host",
                "127.0.0.1",
                "--port",
                str(port),
                "--blocking-threads",
                "2",
                "berakhlak.wsgi:application",
            ],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(url, server, log)
        yield url, job, log
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(url: str, server, log) -> None:
    """Until the server answers, a minute at most."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urlopen(f"{url}/healthz", timeout=60):
                return
        except OSError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(0.1)  # ends at once when the server does
                break
    raise AssertionError(log.read_text())
