"""The next entry stands before the decision on the former one has come back: to be read, and not to be changed."""

import pytest
from django.utils import timezone

from journals import workflow
from journals.models import Claim, Entry, Review
from tests import factory
from tests.browser.test_review import begin, browser, open_page, reviewer  # noqa: F401 -- fixtures among them

pytestmark = pytest.mark.browser

AHEAD = "() => performance.getEntriesByType('resource').some((e) => e.name.includes('/berikutnya/') && e.responseEnd)"


@pytest.fixture
def bench(open_page, reviewer):  # noqa: F811
    """The first entry, judged, with the page of the second at hand; decisions wait for ``let(page)``."""
    page = open_page()
    begin(page)
    page.wait_for_selector("[data-active]")
    for key in "4343":
        page.keyboard.press(key)
    page.wait_for_function(AHEAD)
    page.wait_for_selector("#review-status[data-tone=ok]")
    page.held = []
    page.route("**/nilai/", lambda route: page.held.append(route))
    return page


def heading(page, name: str) -> None:
    page.get_by_role("heading", name=name).wait_for()


def go_on(page):
    """Grade, and see the next one before any answer has come."""
    page.keyboard.press("Control+Enter")
    heading(page, "Orang 1")
    page.wait_for_function("() => true")
    return page.held.pop()


def test_it_can_be_read_and_not_changed(bench):
    first = bench.url
    bench.evaluate("window.stillHere = true")
    waiting = go_on(bench)
    assert bench.url == first
    assert Review.objects.count() == 1
    bench.locator(".keys__input").first.click(force=True)
    bench.locator("#id_comment").focus()
    bench.keyboard.type("Belum waktunya")
    bench.keyboard.press("4")
    assert bench.locator(".keys__input:checked").count() == 0
    assert bench.input_value("#id_comment") == ""
    waiting.continue_()
    bench.get_by_text("Orang 0: ").wait_for()
    bench.wait_for_selector("[data-active]")
    assert bench.url != first
    bench.locator("h1").click()
    bench.keyboard.press("4")
    bench.locator("#id_comment").fill("Sekarang")
    bench.wait_for_selector("#review-status[data-tone=ok]")
    assert bench.locator(".keys__input:checked").count() == 1
    assert Review.objects.get(state="working").comment == "Sekarang"
    assert bench.evaluate("window.stillHere")
    bench.go_back()
    heading(bench, "Orang 0")


def test_an_answer_that_never_comes_brings_the_former_page_back(bench):
    bench.locator("#id_comment").fill("Jujur.")
    bench.evaluate("scrollTo(0, 120)")
    waiting = go_on(bench)
    waiting.abort("connectionreset")
    heading(bench, "Orang 0")
    bench.get_by_text("Keputusan Anda belum sampai").wait_for()
    assert bench.input_value("#id_comment") == "Jujur."
    assert bench.locator(".keys__input:checked").count() == 4
    assert bench.evaluate("scrollY") == 120
    bench.unroute("**/nilai/")
    bench.keyboard.press("Control+Enter")
    bench.get_by_text("Orang 0: ").wait_for()
    assert Review.objects.get(state="final").comment == "Jujur."


def test_a_refused_decision_shows_why(bench):
    bench.locator(".points input").first.fill("")
    waiting = go_on(bench)
    waiting.continue_()
    bench.get_by_role("link", name="Pilih satu tingkat.").wait_for()
    heading(bench, "Orang 0")
    assert not Review.objects.filter(state="final").exists()
    assert Claim.objects.get().entry.enrolment.user.name == "Orang 0"


def test_what_a_colleague_took_meanwhile_is_passed_over(bench, reviewer):  # noqa: F811
    entry = Entry.objects.get(enrolment__user__name="Orang 1")
    colleague = factory.make_user("Ketut Sudarma")
    factory.teach(colleague, entry.enrolment.cohort)
    waiting = go_on(bench)
    workflow.claim(user=colleague, entry=entry, now=timezone.now())
    waiting.continue_()
    heading(bench, "Orang 2")
    bench.wait_for_selector("[data-active]")
    assert {claim.reviewer for claim in Claim.objects.all()} == {reviewer, colleague}


def test_going_back_meanwhile_leads_to_the_next_one_all_the_same(bench):
    """The queue is another page; the entry before stands in this one."""
    bench.unroute("**/nilai/")
    bench.keyboard.press("Control+Enter")
    bench.get_by_text("Orang 0: ").wait_for()
    bench.wait_for_selector("[data-active]")
    bench.evaluate("performance.clearResourceTimings()")
    for key in "4343":
        bench.keyboard.press(key)
    bench.wait_for_function(AHEAD)
    bench.wait_for_selector("#review-status[data-tone=ok]")
    bench.route("**/nilai/", lambda route: bench.held.append(route))
    bench.keyboard.press("Control+Enter")
    heading(bench, "Orang 2")
    bench.go_back()
    heading(bench, "Orang 0")
    bench.held.pop().continue_()
    heading(bench, "Orang 2")
    bench.wait_for_selector("[data-active]")
    assert Review.objects.filter(state="final").count() == 2
