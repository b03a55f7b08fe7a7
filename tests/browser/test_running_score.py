"""The running score of a late entry, as the server will compute it; and what never changes a number."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from journals import workflow
from journals.enums import LatePolicy
from journals.models import Entry, Review, Schedule
from tests import factory
from tests.browser import looks
from tests.browser.keeping import instructor  # noqa: F401 -- a fixture

pytestmark = pytest.mark.browser


@pytest.fixture
def entry(enrolment, instructor) -> Entry:  # noqa: F811
    """Handed in three days late and held by the instructor; five points a day, not below 70."""
    cohort, now = enrolment.cohort, timezone.now()
    cohort.late_policy, cohort.late_deduction, cohort.late_floor = LatePolicy.DEDUCT, 5, 70
    cohort.save()
    Schedule.objects.update(due=now - factory.timedelta(days=2, hours=1))
    found = factory.submitted(enrolment, factory.Module.objects.get(), now=now).entry
    workflow.claim(user=instructor, entry=found, now=now)
    return found


@pytest.fixture
def open_bench(entry, instructor, visitor, live_server):  # noqa: F811
    """``open_bench(width=360)`` gives the review page."""

    def opened(**options):
        page = visitor(live_server.url, user=instructor.email, **options)
        page.goto(reverse("review", args=[entry.key]))
        page.wait_for_selector("[data-active]")
        return page

    return opened


def score(page, points: str) -> None:
    for field in page.locator(".points .input").all():
        field.fill(points)


def test_the_line_follows_the_points_and_agrees_with_the_server(open_bench):
    page = open_bench()
    line = page.locator("[data-taken]")
    expect(line).to_have_text("")
    for points, said, total in (
        ("86,25", "86,25 − 3 hari × 5,00 = 71,25", "71,25"),
        ("80", "80,00 − 3 hari × 5,00 = 65,00; tidak di bawah 70,00, jadi 70,00", "70,00"),
        ("65,5", "Terlambat 3 hari; nilai 70,00 ke bawah tidak dikurangi.", "65,50"),
        ("0", "Terlambat 3 hari; nilai 70,00 ke bawah tidak dikurangi.", "0,00"),
    ):
        score(page, points)
        expect(line).to_have_text(said)
        assert page.inner_text("[data-score]") == total
        page.wait_for_selector("#review-status[data-tone=ok]")
        page.reload()
        expect(line).to_have_text(said)
        page.wait_for_selector("[data-active]")
    page.locator(".points .input").first.fill("")  # no score is never 0
    expect(line).to_have_text("")
    expect(page.locator("[data-score]")).to_have_text("0,00")  # of the other three
    expect(page.locator("[data-total]")).to_have_class("total total--partial")


def test_it_fits_on_a_phone(open_bench):
    page = open_bench(width=360, height=740)
    score(page, "80")
    expect(page.locator("[data-taken]")).to_contain_text("tidak di bawah 70,00")
    looks.fits(page, looks.PHONE)
    looks.accessible(page)
    head, line = (page.locator(each).bounding_box() for each in ("[data-score]", "[data-taken]"))
    assert line["width"] > 300  # below the score, over the whole width
    assert line["y"] >= head["y"] + head["height"]


def test_the_wheel_changes_no_number(open_bench):
    page = open_bench()
    field = page.locator(".points .input").first
    field.fill("82,50")
    field.hover()
    for by in (100, -100, 300):
        page.mouse.wheel(0, by)
    page.wait_for_timeout(200)
    expect(field).to_have_value("82,50")
    assert page.locator("#review-form input[type=number]").count() == 0
    page.wait_for_selector("#review-status[data-tone=ok]")
    assert str(Review.objects.get().scores.get(criterion__code="pemahaman").points) == "82.50"
