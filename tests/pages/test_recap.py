"""Results that can be explained: the derivation, the recap, and the recap declared final with its corrections."""

import json
import re
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from urllib.parse import urljoin

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from berakhlak.accounts.models import User
from journals import audit, grading, recap, triggers, workflow
from journals.corrections import OTHER, corrections
from journals.models import Claim, Cohort, Event, Extension, Finalisation, GradeBand, Remedial, Schedule, Submission
from tests import factory
from tests.factory import NOW


@pytest.fixture
def lead(cast, as_user, clock):
    return as_user(cast.lead)


def at(cast, name, *more):
    return reverse(name, args=[cast.cohort.key, *more])


@pytest.fixture
def graded(cast):
    """The participant has both grades: 85,00 twice, with different weights."""
    Schedule.objects.filter(cohort=cast.cohort, module=cast.modules[1]).update(weight=Decimal("2.5"))
    return [factory.graded(cast.enrolment, module, cast.lead) for module in cast.modules]


def person(content, enrolment) -> dict:
    return next(each for each in content["people"] if each["enrolment"] == enrolment.pk)


def finalised(lead, cast):
    page = lead.get(at(cast, "cohort_recap"))
    return lead.post(at(cast, "cohort_finalise"), {"expected": page.context["digest"]})


# --- The derivation ----------------------------------------------------------------------------------


def test_every_number_is_there_with_what_it_was_made_from(lead, cast, graded):
    late = workflow.extend(
        user=cast.organiser,
        enrolment=cast.peer_enrolment,
        module=cast.modules[0],
        due=NOW + timedelta(days=8),
        closes=NOW + timedelta(days=20),
        reason="Sakit",
        now=NOW,
    )
    page = lead.get(at(cast, "cohort_result", cast.enrolment.ndh)).content.decode()
    derived = lead.get(at(cast, "cohort_result", cast.enrolment.ndh)).context["derived"]
    assert derived.result == graded[0].score == Decimal("85.00")
    assert "297,50 ÷ 3,50 = <strong>85,00</strong>" in page
    for review in graded:
        assert review.submission.sha256 in page
        assert review.submission.receipt in page
        for score in review.scores.select_related("criterion", "level"):
            assert score.criterion.name in page
            assert score.level.name in page
    assert cast.lead.full_name in page
    assert "Baik" in page
    other = lead.get(at(cast, "cohort_result", cast.peer_enrolment.ndh)).content.decode()
    assert "modul 1, 2 belum dinilai" in other
    assert "Sakit" in other
    assert late in Extension.objects.all()


def test_the_gradebook_leads_there(lead, cast, graded):
    assert f"<a href={cast.enrolment.ndh}/>" in lead.get(at(cast, "cohort")).content.decode()


def test_a_remedial_is_recorded_with_its_cap(lead, cast, graded):
    cast.cohort.__class__.objects.filter(pk=cast.cohort.pk).update(pass_mark=90)
    address = at(cast, "cohort_remedial", cast.enrolment.ndh)
    assert "Catat remedial" in lead.get(at(cast, "cohort_result", cast.enrolment.ndh)).content.decode()
    for wrong in ({"nilai": "70.02", "alasan": "x"}, {"nilai": "60", "alasan": ""}, {"nilai": "-1", "alasan": "x"}):
        assert lead.post(address, wrong).status_code == 422
    assert not Remedial.objects.exists()
    assert lead.post(address, {"nilai": "70.01", "alasan": "Tugas tambahan"}).status_code == 302
    page = lead.get(at(cast, "cohort_result", cast.enrolment.ndh)).content.decode()
    assert "Tugas tambahan" in page
    assert "Tidak mengubah hasil." in page  # 85,00 is more than a remedial can give


def test_nobody_sees_or_decides_on_the_own_result(cast, as_user, clock):
    enrolment = factory.enrol(cast.lead, cast.cohort, cast.group, 60)
    client = as_user(cast.lead)
    assert client.get(at(cast, "cohort_result", enrolment.ndh)).status_code == 403
    assert client.post(at(cast, "cohort_remedial", enrolment.ndh), {"nilai": "70", "alasan": "x"}).status_code == 403


def test_an_instructor_of_some_modules_only_sees_no_result(cast, as_user, clock):
    teaching = cast.cohort.teachings.get(instructor=cast.instructor)
    client = as_user(cast.instructor)
    assert client.get(at(cast, "cohort_result", cast.enrolment.ndh)).status_code == 200
    teaching.modules.set([cast.modules[0]])
    assert as_user(cast.instructor).get(at(cast, "cohort_result", cast.enrolment.ndh)).status_code == 403


@pytest.mark.parametrize("more", [0, 2])
def test_queries_of_a_result(lead, cast, graded, django_assert_num_queries, more):
    for number in range(more):
        module = factory.make_module(number + 5)
        factory.make_schedule(cast.cohort, module)
        factory.graded(cast.enrolment, module, cast.lead)
    with django_assert_num_queries(13):
        lead.get(at(cast, "cohort_result", cast.enrolment.ndh))


# --- The recap ---------------------------------------------------------------------------------------


def test_the_recap_says_what_the_gradebook_says(lead, cast, graded):
    content = recap.recap_of(cast.cohort)
    row = person(content, cast.enrolment)
    assert (row["result"], row["earned"], row["band"], row["passed"]) == ("85.00", "85.00", "Memuaskan", True)
    assert [module["score"] for module in row["modules"]] == ["85.00", "85.00"]
    assert row["modules"][0]["sha256"] == graded[0].submission.sha256
    empty = person(content, cast.peer_enrolment)
    assert (empty["result"], empty["band"], empty["passed"]) == (None, None, False)
    assert dict(recap.standing(content)) == {"passed": 1, "incomplete": 2}
    page = lead.get(at(cast, "cohort_recap")).content.decode()
    assert "2 peserta belum memiliki hasil akhir." in page


def test_the_same_data_gives_the_same_digest(cast, graded):
    first, second = (recap.text_of(recap.recap_of(cast.cohort)) for _time in range(2))
    assert first == second


def test_whoever_left_is_not_in_it(lead, cast, graded):
    workflow.withdraw_participant(user=cast.organiser, enrolment=cast.enrolment, reason="Sakit", now=NOW)
    assert cast.enrolment.pk not in [each["enrolment"] for each in recap.recap_of(cast.cohort)["people"]]


@pytest.mark.parametrize("more", [0, 5])
def test_queries_of_the_recap(lead, cast, graded, django_assert_num_queries, more):
    for number in range(more):
        enrolment = factory.enrol(factory.make_user(f"Peserta {number}"), cast.cohort, cast.group, 70 + number)
        factory.graded(enrolment, cast.modules[0], cast.lead)
    with django_assert_num_queries(15):
        lead.get(at(cast, "cohort_recap"))


AMOUNTS = st.decimals(min_value=0, max_value=100, places=2)
WEIGHTS = st.decimals(min_value=Decimal("0.01"), max_value=100, places=2)


@given(st.lists(st.tuples(WEIGHTS, AMOUNTS), min_size=1, max_size=12), st.none() | st.decimals(0, "70.01", places=2))
def test_results_agree_with_exact_fractions(parts, remedial):
    """An independent way to the same figure: fractions instead of decimals, rounded half up at the very end."""
    exact = sum(Fraction(weight) * Fraction(score) for weight, score in parts) / sum(Fraction(w) for w, _s in parts)
    cents, rest = divmod(exact * 100, 1)
    expected = Decimal(int(cents) + (rest >= Fraction(1, 2))).scaleb(-2)
    if remedial is not None:
        expected = max(expected, min(remedial, Decimal("70.01")))
    assert grading.with_remedial(grading.result(parts), remedial) == expected
    assert expected == expected.quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_each_number_opens_how_it_came_about(lead, cast, graded):
    """From wherever the page stands: after a refusal it has another address."""
    mine = at(cast, "cohort_result", cast.enrolment.ndh)
    others = at(cast, "cohort_result", cast.peer_enrolment.ndh)
    refused = lead.post(at(cast, "cohort_finalise"), {"expected": "x"})
    for page in (lead.get(at(cast, "cohort_recap")), refused):
        here = page.request["PATH_INFO"]
        links = {urljoin(here, link) for link in re.findall(r'href="([^"]*)"', page.content.decode())}
        assert {mine, f"{mine}#modul-1", f"{mine}#modul-2", others} <= links
        assert f"{others}#modul-1" not in links
    derived = lead.get(mine).content.decode()
    assert 'id="modul-1"' in derived
    assert 'id="modul-2"' in derived


def test_the_numbers_of_a_final_recap_do_not_open_those_of_today(lead, cast, graded):
    assert "#modul-1" not in lead.get(finalised(lead, cast).url).content.decode()


# --- Declared final ----------------------------------------------------------------------------------


def test_a_final_recap_never_changes_and_shows_what_came_later(lead, cast, graded):
    done = finalised(lead, cast)
    final = Finalisation.objects.get()
    assert done.url == at(cast, "cohort_final", 1)
    page = lead.get(done.url).content.decode()
    assert final.sha256 in page
    assert "masih menghasilkan rekap yang persis sama" in page
    said = json.loads(Event.objects.get(kind="finalised").data)
    assert (said["finalisation"], said["sha256"], said["passed"]) == (1, final.sha256, 1)
    # A grade is corrected, somebody joins, somebody leaves.
    entry = graded[0].submission.entry
    workflow.reopen(user=cast.lead, entry=entry, reason="Salah hitung", now=NOW)
    review = workflow.claim(user=cast.lead, entry=entry, now=NOW)
    scores = factory.scores("92.5")
    workflow.grade(user=cast.lead, entry=entry, version=review.version, given=workflow.ReviewInput("", scores), now=NOW)
    factory.enrol(factory.make_user("Peserta Susulan"), cast.cohort, cast.group, 90)
    workflow.withdraw_participant(user=cast.organiser, enrolment=cast.peer_enrolment, reason="Sakit", now=NOW)
    page = lead.get(done.url)
    found = {(each.ndh, each.what): (each.before, each.after) for each in page.context["corrections"]}
    assert found[cast.enrolment.ndh, 1][0] == "85.00"
    assert found[cast.enrolment.ndh, 1][1] == person(recap.recap_of(cast.cohort), cast.enrolment)["modules"][0]["score"]
    assert found[90, "joined"] == (None, None)
    assert (cast.peer_enrolment.ndh, "gone") in found
    assert (cast.enrolment.ndh, "result") in found
    assert "85,00" in page.content.decode()
    again = Finalisation.objects.get()
    assert (again.content, again.sha256) == (final.content, final.sha256)
    assert finalised(lead, cast).url == at(cast, "cohort_final", 2)
    assert list(audit.breaks()) == []


def regraded(cast, graded):
    """The first grade is given anew by another reviewer."""
    entry = graded[0].submission.entry
    workflow.reopen(user=cast.lead, entry=entry, reason="Salah hitung", now=NOW)
    Claim.objects.filter(entry=entry).delete()
    factory.decided(entry, cast.instructor)


def late(cast, graded):
    with triggers.lifted():
        Submission.objects.filter(pk=graded[0].submission_id).update(is_late=True)


def more_time(cast, graded):
    Extension.objects.create(
        enrolment=cast.enrolment, module=cast.modules[0], kind="granted", due=NOW, closes=NOW, reason="Sakit",
        by=cast.lead, created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda cast, _graded: Cohort.objects.filter(pk=cast.cohort.pk).update(pass_mark=90),
         [(None, None, "pass_mark", "70.01", "90.00"), (17, None, "passed", "Lulus", "Belum lulus")]),
        (lambda cast, _graded: Cohort.objects.filter(pk=cast.cohort.pk).update(ends="2027-01-31"),
         [(None, None, "ends", "23 Desember 2026", "31 Januari 2027")]),
        (lambda cast, _graded: Schedule.objects.filter(cohort=cast.cohort, module=cast.modules[0]).update(weight=3),
         [(None, 1, "weight", "1.00", "3.00")]),
        (lambda cast, _graded: GradeBand.objects.filter(cohort=cast.cohort, min_score=0).update(name="Kurang"),
         [(None, None, "bands", "Tidak Memuaskan 0,00–60,00", "Kurang 0,00–60,00")]),
        (lambda cast, _graded: User.objects.filter(pk=cast.participant.pk).update(unit="Puskesmas", position="Bidan"),
         [(17, None, "unit", None, "Puskesmas"), (17, None, "position", "Bidan Terampil", "Bidan")]),
        (regraded, [(17, 1, "review", "oleh Ketut Sudarma, putaran 1", "oleh Dr. Endah Lestari, M.Pd., putaran 2")]),
        (late, [(17, 1, "late", "Tidak", "Ya")]),
        (more_time, [(17, 1, "extensions", "0", "1")]),
    ],
    ids=["pass mark", "dates", "weight", "bands", "unit", "regrade", "late", "extension"],
)  # fmt: skip
def test_whatever_differs_is_named(lead, cast, graded, change, expected):
    address = finalised(lead, cast).url
    change(cast, graded)
    page = lead.get(address)
    shown = page.content.decode()
    assert "persis sama" not in shown
    found = page.context["corrections"]
    assert [(each.ndh, each.module, each.what, each.before, each.after) for each in found] == expected
    assert all(each.label in shown for each in found)
    for text in (said or "–" for each in found for said in (each.before, each.after)):
        assert text.replace(".", ",") in shown.replace(".", ",")


def test_what_has_no_words_is_said_to_differ(cast, graded):
    now = recap.recap_of(cast.cohort)
    for name, value in (("format", 2), ("bands", now["bands"][::-1]), ("more", 1)):
        then = {**now, name: value}
        [found] = corrections(then, now)
        assert found.label
    assert corrections(now, now) == []
    assert [each.what for each in corrections({**now, "format": 2}, now)] == [OTHER]


def test_a_nip_is_not_shown_whole(lead, cast, graded):
    address = finalised(lead, cast).url
    User.objects.filter(pk=cast.participant.pk).update(nip="199001012015012999")
    page = lead.get(address).content.decode()
    assert "1990•••• •••••• • 999" in page
    assert "199001012015012999" not in page


def test_only_what_was_shown_is_declared(lead, cast, graded):
    digest = lead.get(at(cast, "cohort_recap")).context["digest"]
    GradeBand.objects.filter(cohort=cast.cohort, name="Memuaskan").update(name="Bagus")
    refused = lead.post(at(cast, "cohort_finalise"), {"expected": digest})
    assert refused.status_code == 409
    assert not Finalisation.objects.exists()


def test_the_same_recap_is_not_declared_twice(lead, cast, graded):
    digest = lead.get(at(cast, "cohort_recap")).context["digest"]
    assert lead.post(at(cast, "cohort_finalise"), {"expected": digest}).status_code == 302
    assert lead.post(at(cast, "cohort_finalise"), {"expected": digest}).status_code == 409
    assert Finalisation.objects.count() == 1
    assert "Tidak ada yang berubah sejak rekap final terakhir." in lead.get(at(cast, "cohort_recap")).content.decode()


@pytest.mark.parametrize("role", ["lead", "organiser"])
def test_nobody_sees_or_declares_a_recap_with_themselves_in_it(cast, as_user, clock, role):
    """Their own grades stand in it, and those that were not given yet."""
    other = as_user(cast.superuser)
    digest = other.get(at(cast, "cohort_recap")).context["digest"]
    assert finalised(other, cast).status_code == 302
    factory.enrol(getattr(cast, role), cast.cohort, cast.group, 60)
    client = as_user(getattr(cast, role))
    page = client.get(at(cast, "cohort_recap"))
    assert page.status_code == 403
    assert "Anda sendiri peserta angkatan ini" in page.content.decode()
    assert client.get(at(cast, "cohort_final", 1)).status_code == 403
    assert client.post(at(cast, "cohort_finalise"), {"expected": digest}).status_code == 403
    for kind in ("xlsx", "csv", "json"):
        assert client.post(at(cast, "export_begin"), {"jenis": kind}).status_code == 403


def test_an_empty_cohort_has_nothing_to_declare(cast, as_user, clock):
    cohort = factory.make_cohort("Kosong", rubric=cast.cohort.rubric)
    client = as_user(cast.organiser)
    page = client.get(reverse("cohort_recap", args=[cohort.key]))
    refused = client.post(reverse("cohort_finalise", args=[cohort.key]), {"expected": page.context["digest"]})
    assert refused.status_code == 422


def test_the_database_keeps_it_and_the_audit_notices(lead, cast, graded):
    finalised(lead, cast)
    for change in (
        lambda: Finalisation.objects.update(content="{}"),
        lambda: Finalisation.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with triggers.lifted():
        Finalisation.objects.update(content=Finalisation.objects.get().content.replace("85.00", "95.00"))
    assert list(audit.breaks()) == [
        f"cohort:{cast.cohort.pk}: finalisation 1 has another sha256 than event "
        f"{Event.objects.get(kind='finalised').number} says"
    ]
