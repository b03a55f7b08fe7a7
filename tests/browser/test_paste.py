"""What is pasted into the rich text field, in a real browser under the real content security policy."""
# ruff: noqa: E501 (long cases read better in one line)

import re

import pytest
from playwright.sync_api import expect

from journals.richtext import clean
from tests.browser.editor_page import field, with_editor

pytestmark = pytest.mark.browser

PASTES = {
    "word": (
        """<h1 style="color:red">J</h1><p class=MsoNormal><b>a</b><img src=x onerror="window.__xss=1">
        <a href="javascript:window.__xss=1">b</a> style=1 onclick = 2</p><table><tr><td>c</td></tr></table>
        <p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>· </span><![endif]>d</p>
        <p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><![if !supportLists]><span style='mso-list:Ignore'>1. </span><![endif]>e</p>""",
        "<h3>J</h3><p><strong>a</strong> b style=1 onclick = 2</p><p>c</p><ul><li><p>d</p><ol><li><p>e</p></li></ol></li></ul>",
    ),
    "word in the browser": (
        """<div class="OutlineElement"><p class="Paragraph"><span class="TextRun" style="font-weight:bold">a</span></p></div>
        <div class="ListContainerWrapper"><ul style="list-style-type:disc"><li><p>b</p></li></ul></div>
        <div class="ListContainerWrapper"><ul><li><p>c</p></li></ul></div><br><p>&nbsp;</p>""",
        "<p><strong>a</strong></p><ul><li><p>b</p></li><li><p>c</p></li></ul>",
    ),
    "whatsapp": (
        """<div class="copyable-text" data-pre-plain-text="[14.05, 23/11/2026] Siti: "><span class="selectable-text">Halo <strong>semua</strong>
        <img alt="🙏" src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></span></div>""",
        "<p>Halo <strong>semua</strong> 🙏</p>",
    ),
    "google docs": (
        """<b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr" style="line-height:1.4"><span style="font-weight:400">a
        </span><span style="font-weight:700;font-style:normal">b</span> <span style="font-style:italic">c</span></p></b>""",
        "<p>a <strong>b</strong> <em>c</em></p>",
    ),
    "link": (
        '<p><a href="https://a.id/x" target="_blank" onclick="x()">a</a></p>',
        '<p><a href="https://a.id/x">a</a></p>',
    ),
}


def paste(editor, **data) -> None:
    """A paste of these types of content, as the browser would announce it."""
    editor.evaluate(
        """(element, types) => {
          const data = new DataTransfer();
          for (const [type, text] of Object.entries(types)) data.setData(type, text);
          element.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        data,
    )


@pytest.mark.parametrize("source", PASTES)
def test_pastes_are_reduced_to_what_we_keep(new_page, site, source):
    given, kept = PASTES[source]
    page = new_page()
    editor = with_editor(page, site)
    editor.fill("")
    paste(editor, **{"text/html": given})
    expect(page.locator("textarea[name=refleksi]")).not_to_have_value("")
    assert clean(field(page)[0]) == clean(kept)
    assert not re.search(r" (style|class|on\w+)=", field(page)[0].replace("b style=1 onclick", ""))
    assert page.evaluate("window.__xss") is None


def test_what_is_pasted_before_the_cleaner_has_come_waits_for_it(new_page, site):
    page = new_page()
    held = []
    page.route("**/lib/paste.js", lambda route: held.append(route))  # a builtin cannot be a handler
    editor = with_editor(page, site)
    editor.fill("")
    given, kept = PASTES["google docs"]
    paste(editor, **{"text/html": given})
    page.wait_for_timeout(100)
    assert field(page)[0] == ""
    held[0].continue_()
    expect(page.locator("textarea[name=refleksi]")).not_to_have_value("")
    assert clean(field(page)[0]) == clean(kept)


def test_a_chat_loses_its_stamps_and_keeps_its_marks(new_page, site):
    page = new_page()
    editor = with_editor(page, site)
    editor.fill("")
    editor.focus()
    page.wait_for_timeout(700)  # what cleans comes now; and the undoing below begins a new step
    chat = "[14.05, 23/11/2026] Siti: *Tugas* hari ini:\n- _satu_\n- dua 🙏\n[14.06, 23/11/2026] Siti: selesai"
    paste(editor, **{"text/plain": chat})
    expect(editor.locator("li")).to_have_count(2)
    assert field(page)[0] == (
        "<p><strong>Tugas</strong> hari ini:</p><ul><li><p><em>satu</em></p></li><li><p>dua 🙏</p></li></ul><p>selesai</p>"
    )
    page.keyboard.press("Control+z")
    assert field(page)[0] == ""
