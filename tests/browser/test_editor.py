"""The rich text field in a real browser, under the real content security policy."""
# ruff: noqa: E501 (long cases read better in one line)

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.editor_page import STORED, box, field, with_editor

pytestmark = pytest.mark.browser
NEW_ARRAY_METHODS = "for (const name of ['toSorted','toReversed','toSpliced','with']) delete Array.prototype[name]; delete Object.groupBy;"


def test_the_editor_replaces_the_text_area_and_loads_no_icon_font(new_page, site):
    page = new_page()
    editor = with_editor(page, site)
    expect(page.locator("[contenteditable=true]")).to_have_count(2)
    assert editor.inner_html() == STORED
    assert field(page) == (STORED, "html")
    assert not page.locator("textarea").first.is_visible()
    assert [url for url in page.requested if "woff" in url or "material" in url or "editor.css" in url] == [
        f"{site}static/css/editor.css"
    ]
    assert editor.get_attribute("spellcheck") == "true"
    assert editor.get_attribute("aria-multiline") == "true"
    assert page.locator("style").count() == 0


def test_accessible_in_light_and_dark(new_page, site):
    for scheme in ("light", "dark"):
        page = new_page(color_scheme=scheme)
        with_editor(page, site)
        found = Axe().run(
            page,
            options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
        )
        assert [violation["id"] for violation in found.response["violations"]] == []


def test_typing_reaches_the_form_and_fires_input(new_page, site):
    page = new_page()
    editor = with_editor(page, site)
    page.evaluate(
        "document.querySelector('form').addEventListener('input', (e) => (window.heard ??= new Set()).add(e.target.name))"
    )
    editor.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Halo **dunia** baru")
    page.keyboard.press("Enter")
    page.keyboard.type("- butir")
    assert field(page)[0] == "<p>Halo <strong>dunia</strong> baru</p><ul><li><p>butir</p></li></ul>"
    assert page.evaluate("window.heard.has('refleksi')")
    sent = field(page)[0]
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator("output")).to_have_text(sent)


def test_nothing_typed_is_an_empty_value(new_page, site):
    page = new_page()
    with_editor(page, site).fill("")
    assert field(page) == ("", "html")


@pytest.mark.parametrize(
    ("command", "html"),
    [
        ("Tebal", "<p><strong>kata</strong></p>"),
        ("Miring", "<p><em>kata</em></p>"),
        ("Subjudul", "<h3>kata</h3>"),
        ("Daftar berbutir", "<ul><li><p>kata</p></li></ul>"),
        ("Daftar bernomor", "<ol><li><p>kata</p></li></ol>"),
        ("Kutipan", "<blockquote><p>kata</p></blockquote>"),
    ],
)
def test_toolbar(new_page, site, command, html):
    page = new_page()
    editor = with_editor(page, site)
    editor.fill("kata")
    editor.press("Control+A")
    button = page.get_by_role("button", name=command, exact=True).first
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert field(page)[0] == html
    expect(editor).to_be_focused()
    button.click()
    assert field(page)[0] == "<p>kata</p>"


def test_undo_and_redo(new_page, site):
    page = new_page()
    editor = with_editor(page, site)
    undo, redo = (page.get_by_role("button", name=name).first for name in ("Urungkan", "Ulangi"))
    assert undo.get_attribute("aria-disabled") == "true"
    editor.fill("kata")
    undo.click()
    assert field(page)[0] == STORED
    redo.click()
    assert field(page)[0] == "<p>kata</p>"


def test_one_tab_stop_and_arrows_in_the_toolbar(new_page, site):
    page = new_page()
    with_editor(page, site)
    bar = page.get_by_role("toolbar").first
    assert bar.locator("button[tabindex='0']").count() == 1
    bar.get_by_role("button", name="Tebal").focus()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Miring")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(bar.get_by_role("button", name="Ulangi")).to_be_focused()
    page.keyboard.press("Tab")
    expect(box(page)).to_be_focused()


def test_links(new_page, site):
    page = new_page()
    editor = with_editor(page, site)
    editor.fill("kata")
    editor.press("Control+A")
    editor.press("Control+K")
    address = page.get_by_label("Alamat")
    expect(address).to_be_focused()
    address.fill("javascript:alert(1)")
    page.get_by_role("button", name="Simpan tautan").click()
    expect(page.get_by_role("alert")).to_have_text("Ini bukan alamat web atau surel.")
    address.fill("bps.go.id")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert field(page)[0] == '<p><a href="https://bps.go.id">kata</a></p>'
    page.get_by_role("button", name="Tautan", exact=True).first.click()
    page.get_by_role("button", name="Hapus tautan").click()
    assert field(page)[0] == "<p>kata</p>"
    page.get_by_role("button", name="Tautan", exact=True).first.click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_label_and_links_to_the_field_lead_to_the_editor(new_page, site):
    page = new_page()
    editor = with_editor(page, site)
    page.locator("label", has_text="Refleksi").click()
    expect(editor).to_be_focused()
    assert editor.get_attribute("id") == "id_refleksi"
    assert "id_refleksi_helptext" in editor.get_attribute("aria-describedby")


def test_the_counter(new_page, site):
    page = new_page()
    editor = with_editor(page, site)
    counter = page.locator(".word-count").first
    for text, shown in (
        ("satu", "kurang 3"),
        ("satu dua tiga empat", "cukup"),
        ("a b c d e f g h i", "lebih 1"),
    ):
        editor.fill(text)
        expect(counter).to_contain_text(f"{len(text.split())} kata (batas 4–8)")
        expect(counter.locator(".word-count__state:visible")).to_have_text(shown)
    expect(page.locator(".word-count__live").first).to_have_text("9 kata (batas 4–8), lebih 1")


def test_the_counter_on_the_plain_text_area(new_page, site):
    page = new_page()
    page.route("**/django_prose_editor/**", lambda route: route.abort())
    page.goto(site)
    page.wait_for_load_state("networkidle")
    page.locator("textarea").first.fill("1. satu\n2. **dua** [tiga](https://a.id/b c)")
    expect(page.locator(".word-count").first).to_contain_text("kata (batas 4–8)")
    page.locator("textarea").first.fill("1. satu\n2. **dua** [tiga](https://a.id/b)")
    expect(page.locator(".word-count").first).to_contain_text("3 kata (batas 4–8)")
    page.troubles[:] = [text for text in page.troubles if "ERR_FAILED" not in text]


def test_if_the_library_does_not_come_the_text_area_works(new_page, site):
    page = new_page()
    page.route("**/django_prose_editor/**", lambda route: route.abort())
    page.goto(site)
    page.wait_for_load_state("networkidle")
    box(page).fill("**baru** sekali dan lagi")
    assert field(page)[1] == "notation"
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator("output")).to_have_text("<p><strong>baru</strong> sekali dan lagi</p>")
    page.troubles[:] = [text for text in page.troubles if "ERR_FAILED" not in text]


def test_while_somebody_types_the_text_area_stays(new_page, site):
    page = new_page()
    held = []
    page.route("**/django_prose_editor/**", lambda route: held.append(route))
    page.goto(site)
    page.locator("textarea").nth(0).focus()
    page.locator("textarea").nth(1).focus()
    page.keyboard.type("rencana *saya*")
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    expect(page.locator("[contenteditable=true]")).to_have_count(1)
    expect(page.locator("textarea").nth(1)).to_be_focused()
    page.locator("h1").click()
    assert page.locator("textarea").nth(1).is_visible(), "what was typed in the notation stays in it"
    assert field(page, "rencana") == ("rencana *saya*", "notation")


def test_a_focused_but_untouched_text_area_is_replaced_on_leaving(new_page, site):
    page = new_page()
    held = []
    page.route("**/django_prose_editor/**", lambda route: held.append(route))
    page.goto(site)
    page.locator("textarea").nth(1).focus()
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    expect(page.locator("[contenteditable=true]")).to_have_count(1)
    page.locator("h1").click()
    page.locator("textarea").nth(1).evaluate("element => element.blur()")
    expect(page.locator("[contenteditable=true]")).to_have_count(2)


def test_without_javascript(new_page, site):
    page = new_page(java_script_enabled=False)
    page.goto(site)
    assert field(page) == ("Saya **belajar** melayani.\n\n1. satu", "notation")
    page.get_by_text("Cara memformat teks").first.click()
    expect(page.get_by_text("**tebal**").first).to_be_visible()
    page.locator("textarea").first.fill("### Judul\n\nempat kata di sini")
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator("output")).to_have_text("<h3>Judul</h3><p>empat kata di sini</p>")


def test_an_error_brings_the_text_back(new_page, site):
    page = new_page()
    editor = with_editor(page, site)
    editor.fill("")
    box(page, "Rencana").fill("tetap *ada*")
    page.get_by_role("button", name="Kirim").click()
    expect(page.locator("[contenteditable=true]")).to_have_count(2)
    assert field(page, "rencana")[0] == "<p>tetap <em>ada</em></p>"
    assert box(page).get_attribute("aria-invalid") == "true"


def test_drafts_can_be_put_back_in_either_format(new_page, site):
    page = new_page()
    with_editor(page, site)
    put = """async ([value, format]) => {
      const { setRichText, getRichText } = await import("/static/js/modules/editor.js");
      const textarea = document.querySelector("textarea[name=refleksi]");
      setRichText(textarea, { value, format });
      return getRichText(textarea);
    }"""
    assert page.evaluate(put, ["<p>dari <strong>draf</strong></p>", "html"]) == {
        "value": "<p>dari <strong>draf</strong></p>", "format": "html",
    }  # fmt: skip
    assert box(page).inner_html() == "<p>dari <strong>draf</strong></p>"
    assert page.evaluate(put, ["dari **draf**", "notation"]) == {
        "value": "dari **draf**",
        "format": "notation",
    }
    assert page.locator("#id_refleksi").evaluate("element => element.localName") == "textarea"
    assert page.locator("#id_refleksi").is_visible()
    page.evaluate(put, ["<p>lagi</p>", "html"])
    assert box(page).inner_html() == "<p>lagi</p>"
    assert page.locator("[contenteditable=true]").count() == 2
    expect(page.locator(".word-count").first).to_contain_text("1 kata (batas 4–8)")


def test_the_oldest_supported_browsers_lack_some_methods(new_page, site):
    page = new_page()
    page.add_init_script(NEW_ARRAY_METHODS)
    editor = with_editor(page, site)
    editor.fill("kata")
    assert field(page) == ("<p>kata</p>", "html")


def test_no_sideways_scrolling_on_a_small_phone(new_page, site):
    page = new_page(viewport={"width": 320, "height": 640})
    with_editor(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for button in page.get_by_role("toolbar").first.locator("button").all():
        size = button.bounding_box()
        assert size["width"] >= 24
        assert size["height"] >= 40


def test_cleaned_attacks_do_nothing(new_page, site):
    page = new_page()
    page.goto(site + "attacks/")
    expect(page.locator("#end")).to_be_visible()
    for link in page.locator("a").all():
        link.dispatch_event("mouseover")
    assert page.evaluate("window.__xss") is None
    assert page.evaluate("document.querySelectorAll('script,style,img,svg,iframe,object,form,input').length") == 0


def test_the_attack_page_would_show_an_attack(new_page, site):
    page = new_page()
    page.goto(site + "raw/")
    assert page.evaluate("window.__xss") == 1
