"""The cohort pages: who sees which cells, what they say, and what releasing asks and does."""

import gzip
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from journals import workflow
from journals.enums import EnrolmentStatus, EntryState, ReleasePolicy
from journals.models import Enrolment, Entry, Release, Review, Submission
from journals.services.journey import journey_of
from tests import factory
from tests.factory import NOW
from tests.pages.recap import address, cells, links

# --- Pages of a large one -----------------------------------------------------------------------------


def names(page) -> list[str]:
    """The names in the rows of the gradebook."""
    return re.findall(r"<b>\d+</b> ([^<]+)<small>", page.content.decode())


def test_a_large_gradebook_comes_in_pages_that_keep_filter_and_order(cast, as_user, monkeypatch):
    monkeypatch.setattr("journals.views.cohorts.ROWS_PER_PAGE", 2)
    client, place = as_user(cast.lead), address(cast)
    order = sorted([cast.participant, cast.peer, cast.stranger], key=lambda user: user.name.casefold())
    first = client.get(place, {"urut": "name"})
    assert names(first) == [user.full_name for user in order[:2]]
    assert 'href="?urut=name&amp;page=2"' in first.content.decode()
    assert '<a href="?urut=name&amp;tampil=semua">' in first.content.decode()
    assert names(client.get(place, {"urut": "name", "page": 2})) == [order[2].full_name]
    everybody = client.get(place, {"urut": "name", "tampil": "semua"})
    assert names(everybody) == [user.full_name for user in order]
    assert '<a href="?urut=name&amp;tampil=semua">' not in everybody.content.decode()
    # What is counted above the table is counted over all pages.
    assert first.context["table"].counts == everybody.context["table"].counts


# --- The list ---------------------------------------------------------------------------------------


def test_the_list_shows_the_cohorts_somebody_teaches(cast, as_user):
    page = as_user(cast.instructor).get(reverse("cohorts")).content.decode()
    assert cast.cohort.name in page
    assert cast.outside_cohort.name not in page


def test_the_list_shows_all_cohorts_to_organisers(cast, as_user):
    page = as_user(cast.organiser).get(reverse("cohorts")).content.decode()
    assert cast.cohort.name in page
    assert cast.outside_cohort.name in page
    assert reverse("cohort_begin") in page


def test_the_list_counts_only_entries_that_wait_for_the_visitor(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.submitted(cast.peer_enrolment, cast.modules[0])

    def card(user):
        return as_user(user).get(reverse("cohorts")).context["cards"][0]

    assert (card(cast.instructor).waiting, card(cast.instructor).participants) == (2, 2)  # her group of three
    assert card(cast.other_instructor).waiting == 0
    assert card(cast.lead).waiting == 2


def test_a_finished_cohort_still_has_its_participants(cast, as_user):
    Enrolment.objects.filter(cohort=cast.cohort).update(status=EnrolmentStatus.COMPLETED)
    Enrolment.objects.filter(pk=cast.peer_enrolment.pk).update(status=EnrolmentStatus.WITHDRAWN)
    cards = as_user(cast.lead).get(reverse("cohorts")).context["cards"]
    assert [card.participants for card in cards if card.cohort == cast.cohort] == [2]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("role", "queries"), [("instructor", 7), ("organiser", 9)])
def test_queries_of_the_list(cast, as_user, django_assert_num_queries, rows, role, queries):
    for number in range(rows - 1):
        cohort = factory.make_cohort(f"Angkatan {number}", rubric=cast.cohort.rubric)
        factory.teach(cast.instructor, cohort)
    client = as_user(getattr(cast, role))
    with django_assert_num_queries(queries):
        assert client.get(reverse("cohorts")).status_code == 200


# --- The gradebook ----------------------------------------------------------------------------------


def test_instructors_see_their_group_only(cast, as_user):
    assert set(cells(as_user(cast.instructor).get(address(cast)))) == {17, 31}
    assert set(cells(as_user(cast.other_instructor).get(address(cast)))) == {5}
    for user in (cast.lead, cast.organiser, cast.superuser):
        assert set(cells(as_user(user).get(address(cast)))) == {5, 17, 31}


def test_instructors_of_one_module_see_its_cells_and_no_result(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="85")
    factory.graded(cast.enrolment, cast.modules[1], cast.instructor, points="95")
    guest = factory.make_user("Tamu")
    factory.teach(guest, cast.cohort, modules=[cast.modules[0]])
    response = as_user(guest).get(address(cast))
    assert cells(response)[17] == ["85,00", "Bukan bagian Anda", ""]
    assert "95,00" not in response.content.decode()
    assert "90,00" not in response.content.decode()
    assert "17/2/" not in links(response)


def test_a_lead_of_one_group_reads_and_reopens_all_and_decides_what_is_covered(cast, as_user):
    lead = factory.make_user("Pemimpin Kelompok")
    factory.teach(lead, cast.cohort, cast.group, is_lead=True)
    stranger = Enrolment.objects.get(user=cast.stranger)
    factory.submitted(stranger, cast.modules[0])
    factory.submitted(cast.enrolment, cast.modules[0])
    response = as_user(lead).get(address(cast))
    assert set(cells(response)) == {5, 17, 31}
    assert links(response) == ["5/1/", "17/1/"]
    page = as_user(lead).get(address(cast, "cohort_entry", 5, 1), follow=True)
    assert "Saya belajar mendengarkan" in page.content.decode()
    entry = Entry.objects.get(enrolment=stranger)
    assert reverse("review_claim", args=[entry.key]) not in page.content.decode()
    assert as_user(lead).post(reverse("review_claim", args=[entry.key])).status_code == 403
    graded = factory.graded(stranger, cast.modules[1], cast.other_instructor).submission.entry
    page = as_user(lead).get(reverse("review", args=[graded.key])).content.decode()
    assert reverse("review_reopen", args=[graded.key]) in page
    as_user(lead).post(reverse("review_reopen", args=[graded.key]), {"reason": "Salah hitung"})
    graded.refresh_from_db()
    assert graded.state == EntryState.SUBMITTED


def test_a_hidden_module_stays_with_those_who_wrote_about_it(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    type(cast.modules[0]).objects.update(published=False)
    client, key = as_user(cast.participant), cast.cohort.key
    for name, more in (("entry", ()), ("submission", (1,)), ("receipt", (1,))):
        assert client.get(reverse(name, args=[key, 1, *more])).status_code == 200
    assert client.get(reverse("entry", args=[key, 2])).status_code == 404  # nobody wrote about it
    assert "85,00" in client.get(reverse("journal", args=[key])).content.decode()
    found = cells(as_user(cast.lead).get(address(cast)))
    assert [len(row) for row in found.values()] == [2, 2, 2]  # module 1 and the result
    assert found[17] == ["85,00", "85,00 Memuaskan"]


def test_the_participant_and_the_organiser_read_the_same_states(cast, as_user, clock):
    """Two pages, one truth: whatever the clock says, for an unwritten, a begun and a returned entry."""
    factory.draft(cast.peer_enrolment, cast.modules[0])
    factory.returned(cast.enrolment, cast.modules[1], cast.instructor)
    for hours in (-8 * 24, 0, 3 * 24, 3 * 24 + 1, 5 * 24 + 1, 10 * 24 + 1, 12 * 24 + 1, 40 * 24):
        clock.move_to(NOW + timedelta(hours=hours))
        table = as_user(cast.lead).get(address(cast)).context["table"]
        for enrolment in (cast.enrolment, cast.peer_enrolment):
            [row] = [row for row in table.rows if row.person.ndh == enrolment.ndh]
            own = journey_of(Enrolment.objects.get(pk=enrolment.pk), NOW + timedelta(hours=hours))
            assert [cell.state for cell in row.cells] == [stop.state for stop in own.stops], hours


def test_nobody_finds_oneself_in_the_gradebook(cast, as_user):
    factory.teach(cast.participant, cast.cohort)
    assert set(cells(as_user(cast.participant).get(address(cast)))) == {5, 31}


def test_each_state_has_words_beside_its_icon(cast, as_user, clock):
    modules = [*cast.modules, *(factory.make_module(number) for number in range(3, 9))]
    for module in modules[2:7]:
        factory.make_schedule(cast.cohort, module)
    factory.make_schedule(cast.cohort, modules[7], opens=1)
    type(cast.cohort.schedules.first()).objects.filter(module=modules[6]).update(due=NOW - timedelta(hours=1))
    one = cast.enrolment
    factory.draft(one, modules[0])
    factory.submitted(one, modules[1])
    workflow.claim(user=cast.instructor, entry=factory.submitted(one, modules[2]).entry, now=NOW)
    factory.returned(one, modules[3], cast.instructor)
    factory.graded(one, modules[4], cast.instructor)
    found = cells(as_user(cast.lead).get(address(cast)))[17]
    assert found == [
        "D Draf",
        "K Terkirim",
        "T Sedang ditelaah",
        "P Perlu perbaikan kembali 1×",
        "85,00",
        "Belum dimulai",
        "L Lewat tenggat",
        "Belum dibuka",
        "Belum lengkap 7 nilai belum ada",
    ]


def test_late_and_unreleased_are_said(cast, as_user, clock):
    type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(release_policy=ReleasePolicy.AT_RELEASE)
    late = NOW + timedelta(days=4)
    cast.enrolment.refresh_from_db()
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, now=late)
    factory.submitted(cast.enrolment, cast.modules[1], now=late)
    clock.move_to(late)
    found = cells(as_user(cast.lead).get(address(cast)))[17]
    assert found[:2] == ["85,00 , terlambat, belum dirilis", "K Terkirim, terlambat"]


def test_a_lapsed_claim_no_longer_counts_as_being_reviewed(cast, as_user, clock):
    workflow.claim(user=cast.instructor, entry=factory.submitted(cast.enrolment, cast.modules[0]).entry, now=NOW)
    clock.move_to(NOW + timedelta(hours=1))
    assert cells(as_user(cast.lead).get(address(cast)))[17][0] == "K Terkirim"


def test_an_extension_keeps_an_unwritten_module_from_being_overdue(cast, as_user, clock):
    later = NOW + timedelta(days=5)
    workflow.extend(
        user=cast.lead,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        due=later,
        closes=later + timedelta(days=5),
        reason="Tugas luar",
        now=NOW,
    )
    clock.move_to(NOW + timedelta(days=4))
    found = cells(as_user(cast.lead).get(address(cast)))
    assert found[17][:2] == ["Belum dimulai waktu tambahan", "L Lewat tenggat"]
    assert found[31][0] == "L Lewat tenggat"


def test_the_result_is_weighted_rounded_and_banded(cast, as_user):
    cast.cohort.schedules.filter(module=cast.modules[0]).update(weight=2)
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="85")
    factory.graded(cast.enrolment, cast.modules[1], cast.instructor, points="95")
    factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor, points="85")
    found = cells(as_user(cast.lead).get(address(cast)))
    assert found[17][-1] == "88,33 Memuaskan"
    assert found[31][-1] == "Belum lengkap 1 nilai belum ada"


def test_a_remedial_lifts_the_result(cast, as_user):
    for module in cast.modules:
        factory.graded(cast.enrolment, module, cast.instructor, points="60")
    workflow.record_remedial(
        user=cast.lead, enrolment=cast.enrolment, score=Decimal("70.01"), reason="Lulus remedial", now=NOW
    )
    assert cells(as_user(cast.lead).get(address(cast)))[17][-1] == "70,01 Cukup Memuaskan · setelah remedial"


def test_a_reopened_grade_counts_no_longer(cast, as_user):
    review = factory.graded(cast.enrolment, cast.modules[0], cast.instructor)
    workflow.reopen(user=cast.lead, entry=review.submission.entry, reason="Salah hitung", now=NOW)
    assert cells(as_user(cast.lead).get(address(cast)))[17][0] == "T Sedang ditelaah"


def test_withdrawn_participants_leave_the_gradebook(cast, as_user):
    Enrolment.objects.filter(pk=cast.peer_enrolment.pk).update(status=EnrolmentStatus.WITHDRAWN)
    assert set(cells(as_user(cast.lead).get(address(cast)))) == {5, 17}


def test_filter_by_group_and_sort(cast, as_user):
    client = as_user(cast.lead)
    factory.graded(cast.peer_enrolment, cast.modules[0], cast.instructor, points="95")
    factory.graded(cast.peer_enrolment, cast.modules[1], cast.instructor, points="95")

    def order(**query):
        return list(cells(client.get(address(cast), query)))

    assert order() == [5, 17, 31]
    assert order(urut="name") == [31, 5, 17]  # Dimas, M. Hasanuddin, Ratna
    assert order(urut="result") == [31, 5, 17]
    assert order(kelompok=cast.group.pk) == [17, 31]
    assert order(kelompok="²", urut="x") == [5, 17, 31]


def test_counts(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.returned(cast.peer_enrolment, cast.modules[0], cast.instructor)
    factory.graded(cast.peer_enrolment, cast.modules[1], cast.instructor)
    counts = as_user(cast.lead).get(address(cast)).context["table"].counts
    assert (counts["waiting"], counts["returned"], counts["graded"], counts["unreleased"]) == (1, 1, 1, 0)


def test_a_score_below_the_pass_mark_is_marked_and_said(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="70")
    factory.graded(cast.enrolment, cast.modules[1], cast.instructor, points="70.01")
    response = as_user(cast.lead).get(address(cast))
    assert cells(response)[17] == ["70,00 , di bawah batas lulus", "70,01", "70,01 Cukup Memuaskan"]
    assert response.content.decode().count("<td class=c-l>") == 1


def test_a_result_below_the_pass_mark_is_marked_and_said(cast, as_user):
    for module in cast.modules:
        factory.graded(cast.enrolment, module, cast.instructor, points="60")
    assert cells(as_user(cast.lead).get(address(cast)))[17][-1] == "60,00 , di bawah batas lulus Tidak Memuaskan"


def test_names_are_escaped(cast, as_user):
    type(cast.participant).objects.filter(pk=cast.participant.pk).update(name="<b>Nur</b> Sa'diyah & Co")
    page = as_user(cast.lead).get(address(cast)).content.decode()
    assert "&lt;b&gt;Nur&lt;/b&gt; Sa&#x27;diyah &amp; Co" in page


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("role", "queries"), [("instructor", 10), ("lead", 10), ("organiser", 12)])
def test_queries_of_the_gradebook(cast, as_user, django_assert_num_queries, rows, role, queries):
    enrolments = list(Enrolment.objects.filter(cohort=cast.cohort))
    Enrolment.objects.filter(pk__in=[item.pk for item in enrolments[rows:]]).update(status="withdrawn")
    for enrolment in enrolments[:rows]:
        reviewer = cast.other_instructor if enrolment.group_id == cast.other_group.pk else cast.instructor
        for module in cast.modules:
            factory.graded(enrolment, module, reviewer)
    client = as_user(getattr(cast, role))
    with django_assert_num_queries(queries):
        assert client.get(address(cast)).status_code == 200


def test_a_table_of_200_by_10_is_small(cast, as_user):
    """The budget: its own HTML at most 12 KB as sent. Rows are made directly, the workflow would take minutes."""
    for number in range(3, 11):
        cast.modules.append(factory.make_module(number))
        factory.make_schedule(cast.cohort, cast.modules[-1])
    names = ["Ratna Kusumaningrum, A.Md.Keb.", "Dimas Prayogo", "M. Hasanuddin", "Siti Aminah", "Yohanes Wenda"]
    people = type(cast.participant).objects.bulk_create(
        type(cast.participant)(name=f"{names[n % 5]} {names[n * 7 % 5].split()[0]}", email=f"a{n}@berakhlak.test")
        for n in range(197)
    )
    Enrolment.objects.bulk_create(
        Enrolment(user=person, cohort=cast.cohort, group=cast.group, ndh=n + 100) for n, person in enumerate(people)
    )
    fill(cast)
    client = as_user(cast.lead)
    page = client.get(address(cast), {"tampil": "semua"}).content.decode()
    table = re.search(r"<table.*</table>", page, re.S).group()
    assert table.count("<td") == 200 * 11
    assert len(gzip.compress(table.encode(), 6)) <= 12 * 1024
    # The page as it comes without asking: at most a tenth of the 114 KB of Moodle's.
    assert len(gzip.compress(client.get(address(cast)).content, 6)) <= 114 * 1024 // 10


def fill(cast):
    """Scores for most cells, with many different values."""
    enrolments = list(Enrolment.objects.filter(cohort=cast.cohort))
    entries = Entry.objects.bulk_create(
        Entry(
            enrolment=enrolment,
            module=module,
            state="graded" if (n * 7 + m * 3) % 10 < 7 else "submitted",
            due_at=NOW + timedelta(days=3),
            created_at=NOW,
            saved_at=NOW,
        )
        for n, enrolment in enumerate(enrolments)
        for m, module in enumerate(cast.modules)
    )
    submissions = Submission.objects.bulk_create(
        Submission(
            entry=entry,
            number=1,
            submitted_at=NOW,
            due_at=entry.due_at,
            words=200,
            receipt=f"R{n}",
            idempotency_key="k",
            content="{}",
            sha256="0" * 64,
        )
        for n, entry in enumerate(entries)
    )
    reviews = []
    for n, submission in enumerate(submissions):
        if submission.entry.state == "graded":
            score = sum(
                weight * (95, 85, 75, 60)[(n * k * 13 + n // 7) % 4] for k, weight in enumerate((25, 30, 30, 15), 1)
            ) / Decimal(100)
            reviews.append(
                Review(
                    submission=submission,
                    reviewer=cast.instructor,
                    rubric=cast.cohort.rubric,
                    state="final",
                    decision="graded",
                    raw_score=score,
                    deduction=0,
                    score=score,
                    started_at=NOW,
                    saved_at=NOW,
                    finished_at=NOW,
                )
            )
    Release.objects.bulk_create(
        Release(review=review, by=cast.lead, created_at=NOW, visible_from=NOW)
        for review in Review.objects.bulk_create(reviews)
    )
