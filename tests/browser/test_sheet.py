"""On a phone the rubric is a sheet over the text: it opens, closes, and neither loses its place."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from curriculum.models import Prompt
from journals import workflow
from journals.models import Annotation, Entry, Review
from tests import factory
from tests.browser import looks
from tests.browser.keeping import SELECT, comes_true, instructor  # noqa: F401 -- a fixture among them
from tests.browser.worlds import TEXT

pytestmark = pytest.mark.browser
LONG = f"<p>{TEXT}</p>" * 3
BUTTON = "[data-sheet-button]"
# What one can press or write in, with a side below 44 pixels. The radios are pressed by their labels.
TOO_SMALL = """() => [...document.querySelectorAll("#rubrik *, .workbench__bar *")]
    .filter((each) => each.matches("a, button, summary, textarea, label.key, input:not(.keys__input)"))
    .map((each) => [each.outerHTML.slice(0, 100), each.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.width < 43.9 || box.height < 43.9)).map(([html]) => html)"""
PLACES = "() => [scrollY, document.querySelector('#rubrik').scrollTop]"
SHOWN = "(pane) => pane.getBoundingClientRect().top < innerHeight"


@pytest.fixture
def entry(enrolment, instructor) -> Entry:  # noqa: F811
    """A long text that the instructor holds."""
    Prompt.objects.update(max_words=1000)
    found = factory.submitted(enrolment, factory.Module.objects.get(), text=LONG, now=timezone.now()).entry
    workflow.claim(user=instructor, entry=found, now=timezone.now())
    return found


@pytest.fixture
def open_bench(entry, instructor, visitor, live_server):  # noqa: F811
    """``open_bench(width=1280)`` gives the review page, on a phone by default."""

    def opened(*, until: str = "form[data-sheet]", **options):
        page = visitor(live_server.url, user=instructor.email, **{"width": 360, "height": 740, **options})
        page.emulate_media(reduced_motion="reduce", color_scheme=options.get("scheme", "light"))
        page.goto(reverse("review", args=[entry.key]))
        page.wait_for_selector(until)
        return page

    return opened


def is_up(page, up: bool = True) -> None:
    expect(page.locator(BUTTON)).to_have_attribute("aria-expanded", "true" if up else "false")
    comes_true(page, lambda: page.locator("#rubrik").evaluate(SHOWN) is up)


def test_open_choose_close_and_read_on(open_bench):
    page = open_bench()
    is_up(page, False)
    button = page.get_by_role("button", name="Rubrik 0 dari 4 dinilai")
    page.evaluate("scrollTo(0, 500)")
    button.click()
    is_up(page)
    expect(page.locator("#rubrik")).to_be_focused()
    page.locator("label.key").nth(3).click()
    page.evaluate("document.querySelector('#rubrik').scrollTop = 250")
    page.locator("[data-criterion] >> nth=1 >> label.key >> nth=2").click()
    places = page.evaluate(PLACES)
    assert places[0] == 500
    assert places[1] >= 250
    score = page.inner_text("[data-score]")
    assert score not in ("–", "0,00")
    button = page.get_by_role("button", name="Rubrik 2 dari 4 dinilai")
    button.click()
    is_up(page, False)
    expect(button).to_be_focused()
    assert page.evaluate(PLACES) == places
    page.evaluate("scrollTo(0, 700)")  # reads on
    button.click()
    assert page.evaluate(PLACES) == [700, places[1]]
    assert page.inner_text("[data-score]") == score
    page.wait_for_selector("#review-status[data-tone=ok]")
    assert Review.objects.get().scores.exclude(points=None).count() == 2


def test_it_takes_three_quarters_and_leaves_the_text_in_reach(open_bench):
    page = open_bench()
    page.click(BUTTON)
    box, bar = page.locator("#rubrik").bounding_box(), page.locator(".workbench__bar").bounding_box()
    assert box["y"] == pytest.approx(740 / 4, abs=2)
    assert box["y"] + box["height"] == pytest.approx(bar["y"], abs=1)
    assert bar["y"] + bar["height"] == pytest.approx(740, abs=1)
    page.mouse.move(180, 90)
    page.mouse.wheel(0, 300)
    comes_true(page, lambda: page.evaluate("scrollY") == 300)
    is_up(page)
    # At its end the sheet does not hand the scrolling on to the text.
    page.mouse.move(180, 400)
    page.evaluate("document.querySelector('#rubrik').scrollTop = 1e6")
    page.mouse.wheel(0, 400)
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 300
    # The end of the text can be read above it.
    page.evaluate("scrollTo(0, 1e6)")
    last = page.locator("[data-read]").last.bounding_box()
    page.evaluate("(by) => scrollBy(0, by)", last["y"] + last["height"] - box["y"] + 20)
    last = page.locator("[data-read]").last.bounding_box()
    assert last["y"] + last["height"] < box["y"]


def test_escape_closes_and_leads_back_to_the_button(open_bench):
    page = open_bench()
    page.click(BUTTON)
    page.locator("label.key").first.click()
    page.keyboard.press("Escape")
    is_up(page, False)
    expect(page.locator(BUTTON)).to_be_focused()
    # In a dialog it is the dialog that closes.
    page.keyboard.press("c")
    is_up(page)
    expect(page.locator("#id_comment")).to_be_focused()
    page.locator("#id_comment ~ .phrase-tools button").first.click()
    expect(page.locator(".phrase-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".phrase-dialog")).to_be_hidden()
    is_up(page)


def test_the_keyboard_opens_it_and_the_text_stays(open_bench):
    page = open_bench()
    page.evaluate("scrollTo(0, 400)")
    page.keyboard.press("4")  # judges, and goes to the next criterion
    is_up(page)
    expect(page.locator("[data-criterion] >> nth=1 >> input >> nth=0")).to_be_focused()
    page.keyboard.press("3")
    page.keyboard.press("2")
    assert page.evaluate("scrollY") == 400
    criterion, pane = (page.locator(each).bounding_box() for each in ("[data-criterion] >> nth=3", "#rubrik"))
    assert pane["y"] <= criterion["y"]
    assert criterion["y"] + criterion["height"] <= pane["y"] + pane["height"]
    page.keyboard.press("Escape")
    is_up(page, False)
    page.keyboard.press("Shift+Tab")  # into the end of the sheet
    is_up(page)
    assert page.evaluate("scrollY") == 400
    expect(page.get_by_role("button", name="Sisihkan", exact=True)).to_be_focused()


def test_a_link_of_the_error_summary_opens_it(open_bench):
    page = open_bench()
    page.watch.expect("^status 422: POST .*/nilai/$", "console error: .* status of 422 ")
    page.get_by_role("button", name="Nilai", exact=True).click()
    expect(page.locator(".error-summary")).to_be_focused()
    page.wait_for_selector("form[data-sheet]")
    is_up(page, False)
    looks.accessible(page)
    page.locator(".error-summary a").nth(2).click()
    is_up(page)
    criterion, pane = (page.locator(each).bounding_box() for each in ("[data-criterion] >> nth=2", "#rubrik"))
    assert pane["y"] - 1 <= criterion["y"] < pane["y"] + pane["height"] / 2
    expect(page.locator("[data-criterion] >> nth=2 >> input:focus")).to_have_count(1)
    assert page.evaluate("scrollY") == 0
    looks.accessible(page)
    looks.fits(page, looks.PHONE)


@pytest.mark.parametrize(("width", "height", "scheme"), [(360, 740, "light"), (390, 844, "dark"), (740, 360, "light")])
def test_axe_targets_and_no_sideways_scrolling(open_bench, width, height, scheme):
    page = open_bench(width=width, height=height, scheme=scheme)
    looks.light(page)
    for _state in ("down", "up"):
        looks.accessible(page)
        looks.fits(page, width)
        assert page.evaluate(TOO_SMALL) == []
        page.click(BUTTON)
    assert page.locator("#rubrik").bounding_box()["height"] > 150


def test_a_comment_on_the_text_and_a_phrase(open_bench, instructor):  # noqa: F811
    factory.phrase(instructor, "Apa yang terjadi, {nama}?")
    page = open_bench()
    page.click(BUTTON)
    page.evaluate("scrollTo(0, document.querySelector('[data-prompt=refleksi]').offsetTop)")
    page.locator("[data-prompt=refleksi] [data-read]").evaluate(SELECT, "Baru saat itu saya melihat")
    page.locator("[data-comment-here]").click(timeout=3000)
    dialog = page.get_by_role("dialog", name="Komentar pada bagian teks")
    dialog.get_by_label("Komentar", exact=True).fill("Bagus.")
    looks.fits(page, looks.PHONE)
    dialog.get_by_role("button", name="Simpan komentar").click()
    expect(dialog).to_be_hidden()
    assert Annotation.objects.get().text == "Bagus."
    is_up(page)
    page.locator("#id_comment ~ .phrase-tools button").first.click()
    page.locator(".phrase-option").click()
    expect(page.locator("#id_comment")).to_have_value("Apa yang terjadi, Ratna?")
    is_up(page)


def test_who_was_judging_before_the_script_came_goes_on(open_bench, entry):
    page = open_bench(until="[data-active]", worker=False)  # it would bring the script from its own cache
    page.route("**/sheet*.js", lambda route: (page.wait_for_timeout(600), route.continue_()))
    page.reload()
    page.locator("[data-criterion]").nth(1).scroll_into_view_if_needed()
    page.locator("#id_points_refleksi").focus()
    before = page.locator("#id_points_refleksi").bounding_box()
    page.wait_for_selector("form[data-sheet=open]")
    expect(page.locator("#id_points_refleksi")).to_be_focused()
    after, pane = page.locator("#id_points_refleksi").bounding_box(), page.locator("#rubrik").bounding_box()
    assert pane["y"] < after["y"] < pane["y"] + pane["height"]
    assert abs(after["y"] - before["y"]) < 400


def test_the_next_entry_begins_with_the_text(open_bench, enrolment):
    other = factory.enrol(factory.make_user("Sari"), enrolment.cohort, enrolment.group, 2)
    factory.submitted(other, factory.Module.objects.get(), text=LONG, now=timezone.now())
    page = open_bench()
    page.click(BUTTON)
    for row in page.locator("[data-criterion]").all():
        row.locator("label.key").nth(2).click()
    page.get_by_role("button", name="Nilai dan lanjut").click()
    expect(page.locator("h1")).to_have_text("Sari")
    page.wait_for_selector("form[data-sheet]")
    is_up(page, False)
    page.click(BUTTON)
    is_up(page)
    page.keyboard.press("Escape")
    is_up(page, False)


def test_beside_the_text_nothing_is_a_sheet(open_bench):
    page = open_bench(width=1280, height=900, until="[data-active]")
    before = open_bench(width=1280, height=900, javascript=False, until="#rubrik")
    assert page.locator(BUTTON).is_hidden()
    for part in ("#rubrik", ".workbench__bar", "[data-criterion] >> nth=0"):
        assert page.locator(part).bounding_box()["x"] == before.locator(part).bounding_box()["x"]
    assert page.locator("#rubrik").evaluate("(pane) => getComputedStyle(pane).position") == "sticky"
    page.locator("#id_comment").click()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.keys__input')")


def test_without_javascript_it_stands_below_the_text(open_bench):
    page = open_bench(javascript=False, until="#rubrik")
    assert page.locator(BUTTON).is_hidden()
    text, pane = page.locator(".sheet").last.bounding_box(), page.locator("#rubrik").bounding_box()
    assert pane["y"] > text["y"] + text["height"]
    page.get_by_role("link", name="Rubrik").click()
    assert page.locator(".judge__title").bounding_box()["y"] < 740
    looks.fits(page, looks.PHONE)
