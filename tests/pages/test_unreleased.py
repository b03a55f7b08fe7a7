"""Nothing of an unreleased grade leaks, on whatever page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from journals import workflow
from journals.enums import LatePolicy, NoticeKind
from journals.models import Notice, Review
from tests import factory
from tests.factory import AT_RELEASE, NOW
from tests.pages.writing import address, dashboard, entry_page, text_of

DAY = timedelta(days=1)
SECRET = "91,37"  # a score that appears nowhere else


@pytest.fixture
def unreleased(cast) -> Review:
    """A grade that exists and must not be seen: two scores in one, raw and after deduction."""
    cast.cohort.release_policy = AT_RELEASE
    cast.cohort.late_policy = LatePolicy.DEDUCT
    cast.cohort.save()
    late = NOW + 4 * DAY
    review = factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="96.37", now=late)
    assert (review.raw_score, review.deduction, review.score) == (Decimal("96.37"), Decimal(5), Decimal("91.37"))
    return review


def seen_by_author(cast, client) -> dict[str, str]:
    """Everything the author can open about the entry."""
    addresses = {name: address(name, cast) for name in ("entry",)} | {
        "submission": address("submission", cast, 1, 1),
        "receipt": address("receipt", cast, 1, 1),
        "journal": reverse("journal", args=[cast.cohort.key]),
        "journals": reverse("journals"),
        "module": reverse("module", args=[cast.modules[0].slug]),
    }
    return {name: text_of(client.get(url)) for name, url in addresses.items()}


def test_an_unreleased_grade_leaks_nowhere(cast, as_user, clock, unreleased):
    clock.move_to(NOW + 5 * DAY)
    for name, page in seen_by_author(cast, as_user(cast.participant)).items():
        for leak in (
            SECRET,
            "91.37",
            "96,37",
            "96.37",
            "Refleksi yang jujur",
            "Catatan pemahaman",
            "Sangat baik",
            "Sangat Memuaskan",
            "Hasil sementara",
            "Endah Lestari",
            "Umpan balik baru",
            "Dinilai",
        ):
            assert leak not in page, (name, leak)
    assert not Notice.objects.filter(kind__in=(NoticeKind.GRADED, NoticeKind.RELEASED)).exists()


def test_an_unreleased_grade_says_that_it_waits_for_release(cast, as_user, clock, unreleased):
    clock.move_to(NOW + 5 * DAY)
    pages = seen_by_author(cast, as_user(cast.participant))
    for name in ("entry", "journal", "module"):
        assert "Sudah ditelaah, menunggu rilis" in pages[name], name
    assert "Telaah selesai" in pages["entry"]


def test_the_same_grade_is_seen_once_it_is_released(cast, as_user, clock, unreleased):
    clock.move_to(NOW + 5 * DAY)
    workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW + 5 * DAY)
    pages = seen_by_author(cast, as_user(cast.participant))
    for name in ("entry", "submission", "journal", "module"):
        assert SECRET in pages[name], name
    assert "nilai sudah dirilis." in pages["journal"]
    assert "Refleksi yang jujur" in pages["submission"]


def test_a_reopened_grade_no_longer_counts(cast, as_user):
    review = factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="93.50")
    workflow.reopen(user=cast.lead, entry=review.submission.entry, reason="Salah hitung", now=NOW)
    page = dashboard(cast, as_user(cast.participant))
    assert "Hasil sementara" not in page
    assert "93,50" not in page
    assert "telaah dibuka kembali" in page
    page = text_of(as_user(cast.participant).get(address("submission", cast, 1, 1)))
    assert "Telaah ini dibuka kembali dan tidak berlaku lagi." in page
    assert "Salah hitung" not in page


def test_a_new_grade_after_a_reopened_one_waits_for_its_own_release(cast, as_user):
    cast.cohort.release_policy = AT_RELEASE
    cast.cohort.save()
    review = factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="93.50")
    workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW)
    entry = review.submission.entry
    again = workflow.reopen(user=cast.instructor, entry=entry, reason="Salah hitung", now=NOW)
    workflow.grade(
        user=cast.instructor,
        entry=entry,
        version=again.version,
        now=NOW,
        given=workflow.ReviewInput("Baru", factory.scores("61.25")),
    )
    client = as_user(cast.participant)
    for page in (dashboard(cast, client), entry_page(cast, client)):
        assert "Sudah ditelaah, menunggu rilis" in page
        assert "93,50" not in page
        assert "61,25" not in page
