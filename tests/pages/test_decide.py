"""Returning, grading, going on to the next, and reopening."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from journals import workflow
from journals.enums import Decision, EntryState, ReviewState
from journals.models import Claim, Entry, Extension, Review
from tests import factory
from tests.factory import NOW
from tests.pages.test_review import form_data


@pytest.fixture
def entry(cast) -> Entry:
    """The participant's submitted entry of module 1."""
    return factory.submitted(cast.enrolment, cast.modules[0]).entry


@pytest.fixture
def review(cast, entry) -> Review:
    """The instructor's unfinished review."""
    return workflow.claim(user=cast.instructor, entry=entry, now=NOW)


def post(as_user, user, move, entry, data, **more):
    """Send a form; a grade without things to improve, unless it is confirmed that they are meant."""
    if move == "grade" and "without_return" not in data:
        data = data | {"items": ["", ""]}
    return as_user(user).post(reverse(f"review_{move}", args=[entry.key]), data, **more)


def test_grading_gives_the_score_and_shows_it(cast, as_user, entry, review):
    answer = post(as_user, cast.instructor, "grade", entry, form_data(review, "93,50"), follow=True)
    html = answer.content.decode()
    assert "Ratna Kusumaningrum, A.Md.Keb.: 93,50 (Sangat Memuaskan)." in html
    entry.refresh_from_db()
    review.refresh_from_db()
    assert (entry.state, review.decision, str(review.score)) == (EntryState.GRADED, Decision.GRADED, "93.50")
    assert reverse("review_grade", args=[entry.key]) not in html
    assert 'name="points_' not in html


def test_grading_needs_every_criterion_and_loses_nothing(cast, as_user, entry, review):
    data = form_data(review, "85", points_penerapan="", comment="Tetap ada.")
    answer = post(as_user, cast.instructor, "grade", entry, data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_level_penerapan_0"' in html
    assert 'id="id_level_penerapan_0"' in html
    assert 'href="#id_level_refleksi_0"' not in html
    assert "Tetap ada." in html
    entry.refresh_from_db()
    assert entry.state == EntryState.SUBMITTED


def test_a_double_click_is_not_a_failure(cast, as_user, entry, review):
    data = form_data(review)
    first = post(as_user, cast.instructor, "grade", entry, data)
    second = post(as_user, cast.instructor, "grade", entry, data)
    assert (first.status_code, second.status_code, first.url) == (302, 302, second.url)
    assert Review.objects.filter(state=ReviewState.FINAL).count() == 1
    other = post(as_user, cast.instructor, "grade", entry, form_data(review, "60", version="5"))
    assert other.status_code == 409


@pytest.mark.parametrize("move", ["grade", "return", "unclaim"])
def test_and_next_claims_the_next_one(cast, as_user, entry, review, move):
    following = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    answer = post(as_user, cast.instructor, move, entry, form_data(review, then="next", filter="modul=1"))
    assert answer.url == reverse("review", args=[following.key]) + "?modul=1"
    assert Claim.objects.get().entry == following
    assert Claim.objects.get().reviewer == cast.instructor


def test_and_next_at_the_end_leads_to_the_queue(cast, as_user, entry, review):
    answer = post(as_user, cast.instructor, "grade", entry, form_data(review, then="next"), follow=True)
    assert answer.request["PATH_INFO"] == reverse("queue")
    assert "Tidak ada lagi yang menunggu di sini." in answer.content.decode()


def test_putting_aside_goes_round(cast, as_user, entry, review):
    others = [factory.submitted(cast.peer_enrolment, module).entry for module in cast.modules]
    client, seen, at = as_user(cast.instructor), [], entry
    for _step in range(3):
        answer = client.post(reverse("review_unclaim", args=[at.key]), {"then": "next"})
        at = Entry.objects.get(key=answer.url.strip("/").split("/")[-1])
        seen.append(at.pk)
    assert sorted(seen) == sorted([entry.pk, *(other.pk for other in others)])


def test_returning_sends_items_and_due_time_in_the_zone_of_the_cohort(cast, as_user, entry, review):
    answer = post(as_user, cast.instructor, "return", entry, form_data(review, None), follow=True)
    html = answer.content.decode()
    assert (
        "Dikembalikan kepada Ratna Kusumaningrum, A.Md.Keb. untuk diperbaiki, tenggat Jumat, 27 November 2026" in html
    )
    assert html.count("23.59 WITA") == 2  # in the message and in the decision
    entry.refresh_from_db()
    assert entry.state == EntryState.RETURNED
    assert entry.due_at == datetime(2026, 11, 27, 15, 59, 59, tzinfo=UTC)  # 23.59 WITA, the whole minute
    assert [item.text for item in review.items.all()] == ["Ceritakan satu peristiwa."]
    assert Extension.objects.get().due == entry.due_at


@pytest.mark.parametrize(
    ("more", "target"),
    [
        ({"items": ["", " "]}, "id_items_0"),
        ({"due": ""}, "id_due"),
        ({"due": "2026-11-01T10:00"}, "id_due"),
        ({"due": "besok"}, "id_due"),
        ({"items": ["x" * 1001]}, "id_items_0"),
    ],
)
def test_a_return_with_something_missing_comes_back(cast, as_user, entry, review, more, target):
    answer = post(
        as_user,
        cast.instructor,
        "return",
        entry,
        form_data(review, None, comment="Tetap ada.", **more)
        if "items" not in more
        else form_data(review, None, comment="Tetap ada.") | more,
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{target}"' in html
    assert f'id="{target}"' in html
    assert "Tetap ada." in html


def test_a_bad_due_time_does_not_keep_one_from_grading(cast, as_user, entry, review):
    assert post(as_user, cast.instructor, "grade", entry, form_data(review, due="besok")).status_code == 302


def test_no_more_returns_than_the_cohort_allows(cast, as_user):
    cast.cohort.max_returns = 1
    cast.cohort.save()
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    html = as_user(cast.instructor).get(reverse("review", args=[entry.key])).content.decode()
    assert reverse("review_return", args=[entry.key]) not in html
    answer = post(as_user, cast.instructor, "return", entry, form_data(review, None, comment="Tetap ada."))
    assert answer.status_code == 409
    assert "Tetap ada." in answer.content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("instructor", 302),
        ("lead", 302),
        ("organiser", 302),
        ("other_instructor", 403),
        ("participant", 403),
        ("peer", 404),
    ],
)
def test_who_may_reopen(cast, as_user, who, status):
    entry = factory.graded(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    answer = post(as_user, getattr(cast, who), "reopen", entry, {"reason": "Salah kriteria."})
    assert answer.status_code == status
    entry.refresh_from_db()
    assert entry.state == (EntryState.SUBMITTED if status == 302 else EntryState.GRADED)


def test_another_covering_instructor_may_not_reopen(cast, as_user):
    entry = factory.graded(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    colleague = factory.make_user("Rekan Satu")
    factory.teach(colleague, cast.cohort)
    html = as_user(colleague).get(reverse("review", args=[entry.key])).content.decode()
    assert reverse("review_reopen", args=[entry.key]) not in html
    assert post(as_user, colleague, "reopen", entry, {"reason": "Coba."}).status_code == 403


def test_reopening_needs_a_reason_and_keeps_the_old_grade_readable(cast, as_user):
    entry = factory.graded(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    answer = post(as_user, cast.instructor, "reopen", entry, {"reason": " "})
    assert answer.status_code == 422
    assert 'href="#id_reason"' in answer.content.decode()
    html = post(as_user, cast.instructor, "reopen", entry, {"reason": "Salah kriteria."}, follow=True).content.decode()
    assert 'name="points_refleksi" value="85"' in html  # the new round is a copy
    review = Review.objects.get(state=ReviewState.WORKING)
    html = post(as_user, cast.instructor, "grade", entry, form_data(review, "95"), follow=True).content.decode()
    assert "Sudah digantikan" in html
    assert "Salah kriteria." in html
    assert html.index("95,00") < html.index("85,00")
    again = post(as_user, cast.instructor, "reopen", entry, {"reason": "Sekali lagi."})
    assert again.status_code == 302
    wrong_moment = post(as_user, cast.instructor, "reopen", entry, {"reason": "Jangan hilang."})
    assert wrong_moment.status_code == 409
    assert "Jangan hilang." in wrong_moment.content.decode()


def test_an_organiser_sees_the_page_after_grading_with_the_same_queries(cast, as_user, django_assert_num_queries):
    entry = factory.graded(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    client = as_user(cast.organiser)
    client.get(reverse("review", args=[entry.key]))
    with django_assert_num_queries(12):
        html = client.get(reverse("review", args=[entry.key])).content.decode()
    assert reverse("review_reopen", args=[entry.key]) in html


def test_lateness_is_taken_off_in_the_running_total_too(cast, as_user):
    cast.cohort.late_policy = "deduct"
    cast.cohort.late_floor = 70
    cast.cohort.save()
    late = NOW + timedelta(days=3, hours=1)
    entry = factory.submitted(cast.enrolment, cast.modules[0], now=late).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    workflow.save_review(
        user=cast.instructor,
        entry=entry,
        version=review.version,
        now=NOW,
        given=workflow.ReviewInput("", factory.scores("88")),
    )
    html = as_user(cast.instructor).get(reverse("review", args=[entry.key])).content.decode()
    assert "88,00 − 1 hari × 5,00 = 83,00" in html
    assert ">83,00<" in html
    assert '"deduction": 500, "floor": 7000' in html


@pytest.mark.parametrize(
    ("points", "after"), [("72,55", "70.01"), ("75,07", "70.07"), ("70,13", "70.01"), ("88,20", "83.20")]
)
def test_an_uneven_score_is_graded_late_as_well(cast, as_user, clock, points, after):
    """SQLite reckons with floats: 75.07 - 5 is not 70.07 there, and the database refused such grades."""
    cast.cohort.late_policy = "deduct"
    cast.cohort.save()
    late = NOW + timedelta(days=3, hours=2)
    clock.move_to(late)
    entry = factory.submitted(cast.enrolment, cast.modules[0], now=late).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=late)
    assert post(as_user, cast.instructor, "grade", entry, form_data(review, points)).status_code in (200, 302)
    review.refresh_from_db()
    assert review.score == Decimal(after)
    assert review.score == review.raw_score - review.deduction
