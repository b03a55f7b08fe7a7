"""``make guide-pictures``: the pictures of the guides, from the demo at a fixed hour.

With ``--check`` nothing is written; what the pages say is compared with what they said when the pictures were
made (tests/golden/guides.json), and the status is 1 when a picture has gone stale. Pixels are not compared: fonts
differ from machine to machine.
"""

import difflib
import io
import json
import re
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bench import demo

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "static" / "img" / "guides"
TEXTS = ROOT / "tests" / "golden" / "guides.json"
# A working morning; the demo tells its story backwards from it.
HOUR = datetime(2026, 11, 23, 9, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
PHONE, DESK = (360, 640, 2), (1024, 720, 1.25)  # width, height, pixels to one of CSS
PEOPLE = 24
# A list as it comes: one NIP has lost its last digits in Excel.
LIST = """No;Nama;NIP;Email;Kelompok
1;Ni Luh Ayu Pramesti, S.Kep., Ners;199004122015042901;;Kelompok 1
2;dr. Yohanis Tabuni;1,98811E+17;;Kelompok 1
3;Teuku Fachrul Razi Al-Mansyur, S.Pd., M.Pd.;198501072010011903;;Kelompok 2
"""
# What differs each time: numbers of receipts, codes.
CHANCE = re.compile(r"\bBA-\d{8}-[0-9A-Z]{8}\b|\b[0-9A-Z]{4}(?:-[0-9A-Z]{4})+\b")

TO_THE_END = """(box) => {
  const range = document.createRange();
  range.selectNodeContents(box.lastElementChild);
  range.collapse(false);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


class Studio:
    """Takes the pictures: `shoot` keeps the bytes, the size and the words of each."""

    def __init__(self, browser, url: str) -> None:
        self.browser, self.url = browser, url
        self.pictures: dict[str, bytes] = {}
        self.sizes: dict[str, list[int]] = {}
        self.texts: dict[str, str] = {}

    def visit(self, path: str, email: str = "", form: tuple = DESK):
        """A page of the demo in a fresh context, signed in when an address is given."""
        width, height, scale = form
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            color_scheme="light",
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.clock.set_fixed_time(HOUR)
        if email:
            demo.sign_in(page, self.url, email)
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    def shoot(self, name: str, page, top: str = "") -> None:
        """Keep what is seen, from the element `top` on; the page goes."""
        if top:
            page.locator(top).first.evaluate(
                "(element) => scrollTo(0, scrollY + element.getBoundingClientRect().top - 16)"
            )
        page.mouse.move(0, 0)
        self.pictures[name] = _webp(page.screenshot(animations="disabled", caret="hide"))
        self.sizes[name] = [page.viewport_size["width"], page.viewport_size["height"]]
        self.texts[name] = CHANCE.sub("…", page.locator("main").inner_text())
        page.context.close()


def _webp(picture: bytes) -> bytes:
    from PIL import Image

    made = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").save(made, "WEBP", quality=72, method=6)
    return made.getvalue()


def participant(studio: Studio) -> None:
    """A phone."""
    from journals.demo.cohorts import PARTICIPANT
    from journals.models import Cohort, Entry

    cohort = Cohort.objects.get()
    journal = f"/jurnal/{cohort.key}"
    own = Entry.objects.filter(enrolment__user__email=PARTICIPANT)

    def number(**conditions) -> int:
        return own.filter(**conditions).order_by("module__number").values_list("module__number", flat=True)[0]

    draft = number(state="draft")
    studio.shoot("aktivasi", studio.visit("/akun/aktivasi/", form=PHONE), ".page")
    studio.shoot("beranda", studio.visit("/beranda/", PARTICIPANT, PHONE), ".next-step")
    studio.shoot("menulis", studio.visit(f"{journal}/{draft}/tulis/", PARTICIPANT, PHONE), ".write .part")
    studio.shoot("kirim", studio.visit(f"{journal}/{draft}/pratinjau/", PARTICIPANT, PHONE), "#checks-title")
    studio.shoot(
        "umpan-balik", studio.visit(f"{journal}/{number(state='graded')}/kiriman/1/", PARTICIPANT, PHONE), "#feedback"
    )
    # Last: what is typed here may still be sent when the page goes.
    page = studio.visit(f"{journal}/{draft}/tulis/", PARTICIPANT, PHONE)
    box = page.locator(".ProseMirror").first
    box.click()
    page.wait_for_timeout(500)  # the tools of the editor come at the first touch
    box.evaluate(TO_THE_END)
    page.context.set_offline(True)
    page.keyboard.insert_text(" Saya menulis ini di posyandu, tanpa sinyal.")
    page.locator("[data-status]", has_text="Belum terkirim").wait_for()
    studio.shoot("luring", page)


def instructor(studio: Studio) -> None:
    """The queue, the desk and the gradebook."""
    from journals.demo.cohorts import ADMIN, INSTRUCTOR
    from journals.models import Cohort

    studio.shoot("antrean", studio.visit("/telaah/", INSTRUCTOR), ".queue-filters")
    page = studio.visit("/telaah/", INSTRUCTOR)
    page.locator("#queue-next button").click()
    page.wait_for_selector("[data-active]")
    page.wait_for_load_state("networkidle")
    studio.shoot("menelaah", page)
    studio.shoot("buku-nilai", studio.visit(f"/angkatan/{Cohort.objects.get().key}/", ADMIN), "#gradebook")


def organiser(studio: Studio) -> None:
    """A new cohort, its list, its codes; the running one's board and recap."""
    from journals.demo.cohorts import ADMIN
    from journals.models import Cohort

    running = f"/angkatan/{Cohort.objects.get().key}"
    page = studio.visit("/angkatan/baru/", ADMIN)
    page.locator("#id_name").fill("Angkatan II Tahun 2027")
    page.locator("#id_programme").fill("Diklat ASN BerAKHLAK")
    page.locator("#id_agency").fill("BPSDM Provinsi Nusa Lestari (fiktif)")
    page.locator("#id_starts").fill("2027-02-01")
    page.locator("#id_ends").fill("2027-03-26")
    page.locator("[name=timezone]").first.check()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile(r"/angkatan/(?!baru)\w+/"))
    new = "/".join(page.url.removeprefix(studio.url).split("/")[:3])
    page.goto(f"{new}/siapkan/")
    studio.shoot("penyiapan", page)
    page = studio.visit(f"{new}/peserta/daftar/", ADMIN)
    page.locator("input[type=file]").set_input_files(
        files=[{"name": "daftar.csv", "mimeType": "text/csv", "buffer": LIST.encode()}]
    )
    page.locator("main form button[type=submit]").first.click()
    page.locator("#rows").wait_for()
    studio.shoot("daftar", page, ".notice")
    studio.shoot("kode", studio.visit(f"{running}/peserta/", ADMIN), ".panel")
    studio.shoot("papan", studio.visit(f"{running}/papan/", ADMIN), ".matrix-stats")
    studio.shoot("rekap", studio.visit(f"{running}/rekap/", ADMIN), "#now")


STORIES: tuple[Callable[[Studio], None], ...] = (participant, instructor, organiser)


def write(studio: Studio) -> None:
    """Keep all, and take away what no guide shows any more."""
    PICTURES.mkdir(exist_ok=True)
    for old in PICTURES.glob("*.webp"):
        if old.stem not in studio.pictures:
            old.unlink()
    for name, picture in studio.pictures.items():
        (PICTURES / f"{name}.webp").write_bytes(picture)
        print(f"{name}: {len(picture) / 1024:.0f} KB")
    for path, content in ((PICTURES / "sizes.json", studio.sizes), (TEXTS, studio.texts)):
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def stale(studio: Studio) -> list[str]:
    """Differences between the words that were photographed and those of today."""
    kept = json.loads(TEXTS.read_text(encoding="utf-8"))
    lines: list[str] = []
    for name in sorted(kept.keys() | studio.texts.keys()):
        before, after = (texts.get(name, "").splitlines() for texts in (kept, studio.texts))
        lines += difflib.unified_diff(before, after, f"{name} (picture)", f"{name} (page)", n=0, lineterm="")
    return lines


def main() -> int:
    """Take or check them."""
    import time_machine

    with time_machine.travel(HOUR, tick=False), demo.served(participants=PEOPLE) as url, demo.browser() as browser:
        studio = Studio(browser, url)
        for story in STORIES:
            story(studio)
    if "--check" not in sys.argv[1:]:
        write(studio)
        return 0
    differences = stale(studio)
    print("\n".join(differences) or "The pictures show the pages as they are.")
    if differences:
        print("Run `make guide-pictures` and look at them.")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
