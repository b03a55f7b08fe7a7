"""What people do again and again in the browser tests, by the words that they see."""

import re

from playwright.sync_api import expect

from tests.browser.worlds import PASSWORD, TEXT

PARTS = ("ringkasan", "refleksi", "penerapan")
LABELS = {"ringkasan": "Ringkasan materi", "refleksi": "Refleksi", "penerapan": "Rencana penerapan"}


def sign_in(page, name: str, *, at: str = "/akun/masuk/", password: str = PASSWORD) -> None:
    """Through the form; `name` is a NIP in any spelling or an e-mail address."""
    page.goto(at)
    page.get_by_label("NIP atau alamat surel").fill(name)
    page.get_by_label("Kata sandi", exact=True).fill(password)
    page.locator("main").get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: "/akun/masuk/" not in url)


def editor(page, part: str):
    """The box in which a part is written, once the editor stands there."""
    box = page.locator(f"[contenteditable=true]#id_part-{part}")
    expect(box).to_be_visible()
    return box


def write(page, text: str = TEXT, *, parts: tuple[str, ...] = PARTS) -> None:
    """The same text into these editors, in place of what stands there."""
    for part in parts:
        box = editor(page, part)
        box.click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(text)


def save_draft(page) -> None:
    """Press the button and wait until the server has confirmed it."""
    page.get_by_role("button", name="Simpan draf").click()
    expect(page.locator("[data-status]")).to_have_text(re.compile(r"^Tersimpan di server pukul \d\d\.\d\d\sWITA$"))


def answer_what_was_asked(page) -> None:
    """On the preview of an entry that was returned: say what was changed; nothing to do on any other."""
    for field in page.get_by_label(re.compile("^Apa yang Anda ubah")).all():
        field.fill("Saya menambahkan satu peristiwa di loket.")


def begin_review(page, name: str, path: str = "/telaah/") -> None:
    """Find the entry in the queue by its author's name and take it."""
    page.goto(path)
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name="Mulai menelaah").click()
    expect(page.locator("[data-criterion]")).to_have_count(4)
