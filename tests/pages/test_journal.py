"""The list of journals, the dashboard of a cohort, and the panel on a module's page."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from curriculum.models import Module
from journals import workflow
from journals.enums import EnrolmentStatus
from journals.models import Notice
from tests import factory
from tests.factory import NOW
from tests.pages.writing import address, dashboard, entry_page, text_of

DAY = timedelta(days=1)
SECRET = "91,37"  # a score that appears nowhere else


# --- The list ---------------------------------------------------------------------------------------


def test_the_list_shows_progress_and_news_of_each_cohort(cast, as_user):
    factory.enrol(cast.participant, cast.outside_cohort, factory.make_group(cast.outside_cohort))
    factory.submitted(cast.enrolment, cast.modules[0])
    factory.returned(cast.enrolment, cast.modules[1], cast.instructor)
    page = text_of(as_user(cast.participant).get(reverse("journals")))
    assert "1 dari 2" in page
    assert "0 dari 2" in page
    assert "1 pemberitahuan baru" in page


def test_the_list_is_empty_for_people_without_a_cohort(cast, as_user):
    assert "Belum ada jurnal" in text_of(as_user(cast.instructor).get(reverse("journals")))


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_costs_the_same_for_one_cohort_and_for_three(cast, as_user, django_assert_num_queries, more):
    for number in range(more):
        cohort = factory.make_cohort(f"Angkatan {number}")
        factory.make_schedule(cohort, cast.modules[0])
        factory.submitted(factory.enrol(cast.participant, cohort, factory.make_group(cohort)), cast.modules[0])
    client = as_user(cast.participant)
    with django_assert_num_queries(4):
        client.get(reverse("journals"))


# --- The dashboard ----------------------------------------------------------------------------------


def test_the_dashboard_shows_the_due_time_in_the_cohorts_zone_and_in_ones_own(cast, as_user):
    cast.participant.timezone = "Asia/Jakarta"
    cast.participant.save()
    assert "Kamis, 26 November 2026 pukul 11.00 WITA (10.00 WIB)" in dashboard(cast, as_user(cast.participant))


def test_the_second_zone_names_its_day_where_that_differs(cast, as_user):
    cast.cohort.schedules.update(due=NOW.replace(day=26, hour=16, minute=30))  # 00.30 WITA on the 27th
    page = dashboard(cast, as_user(cast.participant))
    assert "Jumat, 27 November 2026 pukul 00.30 WITA (Kamis, 26 November pukul 23.30 WIB)" in page


def test_one_zone_is_enough_for_people_who_live_in_it(cast, as_user):
    cast.participant.timezone = "Asia/Makassar"
    cast.participant.save()
    assert " WIB" not in dashboard(cast, as_user(cast.participant))  # a token may hold the three letters


def test_the_next_step_begins_with_the_entry_that_is_due_first(cast, as_user):
    cast.cohort.schedules.filter(module=cast.modules[1]).update(due=NOW + DAY)
    page = dashboard(cast, as_user(cast.participant))
    assert "Tulis entri Modul 2, Modul 2" in page
    assert f'href="{address("entry_write", cast, 2)}"' in page


def test_a_returned_entry_comes_before_everything_else(cast, as_user):
    cast.cohort.schedules.filter(module=cast.modules[1]).update(due=NOW + DAY)
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    page = dashboard(cast, as_user(cast.participant))
    assert "Perbaiki entri Modul 1, Modul 1" in page
    assert "Perlu perbaikan" in page


def test_a_late_entry_can_still_be_handed_in_until_it_closes(cast, as_user, clock):
    clock.move_to(NOW + 4 * DAY)
    page = dashboard(cast, as_user(cast.participant))
    assert "Modul 1, Modul 1, sudah lewat tenggat" in page
    assert "Ditutup pada" in page
    clock.move_to(NOW + 11 * DAY)
    page = dashboard(cast, as_user(cast.participant))
    assert "Modul 1, Modul 1, sudah ditutup tanpa kiriman" in page


def test_before_the_first_opening_there_is_nothing_to_do(cast, as_user):
    cast.cohort.schedules.update(opens=NOW + DAY)
    page = dashboard(cast, as_user(cast.participant))
    assert "Belum ada yang perlu dikerjakan" in page
    assert "Belum dibuka" in page
    assert address("entry_write", cast) not in page


def test_everything_handed_in_means_waiting(cast, as_user):
    for module in cast.modules:
        factory.submitted(cast.enrolment, module)
    page = dashboard(cast, as_user(cast.participant))
    assert "Semua sudah dikirim" in page
    assert "2 dari 2" in page


def test_a_live_claim_shows_as_being_reviewed_and_lapses(cast, as_user, clock):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    assert "Sedang ditelaah" in dashboard(cast, as_user(cast.participant))
    clock.move_to(NOW + timedelta(minutes=31))
    assert "Sedang ditelaah" not in dashboard(cast, as_user(cast.participant))


def test_an_extension_moves_the_due_time_of_one_person(cast, as_user, clock):
    workflow.extend(
        user=cast.lead,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        due=NOW + 20 * DAY,
        closes=NOW + 21 * DAY,
        reason="Sakit",
        now=NOW,
    )
    clock.move_to(NOW + 11 * DAY)
    assert "Minggu, 13 Desember 2026 pukul 11.00 WITA" in dashboard(cast, as_user(cast.participant))
    assert "Minggu, 13 Desember 2026 pukul 11.00 WITA" not in dashboard(cast, as_user(cast.peer))


def test_the_result_so_far_is_weighted_and_says_that_it_is_not_complete(cast, as_user):
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="93.50")
    page = dashboard(cast, as_user(cast.participant))
    assert "Hasil sementara" in page
    assert "93,50" in page
    assert "Sangat Memuaskan" in page
    assert "Belum lengkap." in page
    assert "dari 1 dari 2 modul" in page


def test_the_complete_result_counts_the_weights(cast, as_user):
    cast.cohort.schedules.filter(module=cast.modules[0]).update(weight=Decimal(3))
    factory.graded(cast.enrolment, cast.modules[0], cast.instructor, points="90")
    factory.graded(cast.enrolment, cast.modules[1], cast.instructor, points="70")
    client = as_user(cast.participant)
    for number in (1, 2):
        client.post(address("feedback_read", cast, number, 1))
    page = dashboard(cast, client)
    assert "Hasil akhir" in page
    assert "85,00" in page
    assert "Batas lulus tercapai." in page
    assert "Anda sudah sampai di pelabuhan" in page


def test_a_result_below_the_pass_mark_says_so(cast, as_user):
    for module in cast.modules:
        factory.graded(cast.enrolment, module, cast.instructor, points="60")
    assert "Batas lulus belum tercapai." in dashboard(cast, as_user(cast.participant))


def test_a_remedial_lifts_the_result(cast, as_user):
    for module in cast.modules:
        factory.graded(cast.enrolment, module, cast.instructor, points="60")
    workflow.record_remedial(
        user=cast.lead, enrolment=cast.enrolment, score=Decimal("70.01"), reason="Remedial", now=NOW
    )
    page = dashboard(cast, as_user(cast.participant))
    assert "70,01" in page
    assert "Hasil ini naik melalui remedial." in page


def test_notices_stay_until_they_are_read(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.participant)
    assert "dikembalikan untuk perbaikan." in dashboard(cast, client)
    client.post(reverse("notice_read", args=[Notice.objects.get().pk]))
    assert "dikembalikan untuk perbaikan." not in dashboard(cast, client)


def test_a_cohort_without_a_schedule_says_so(cast, as_user):
    cohort = factory.make_cohort("Angkatan Kosong")
    factory.enrol(cast.participant, cohort, factory.make_group(cohort))
    page = text_of(as_user(cast.participant).get(reverse("journal", args=[cohort.key])))
    assert "Jadwal belum ditetapkan" in page


def test_somebody_who_left_reads_and_does_not_write(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0])
    cast.enrolment.status = EnrolmentStatus.WITHDRAWN
    cast.enrolment.save()
    client = as_user(cast.participant)
    page = dashboard(cast, client)
    assert "Anda tidak lagi mengikuti angkatan ini" in page
    page = entry_page(cast, client)
    assert "Anda tidak lagi mengikuti angkatan ini" in page
    assert address("entry_write", cast) not in page


@pytest.mark.parametrize("modules", [1, 3])
def test_the_dashboard_costs_the_same_for_one_module_and_for_three(cast, as_user, django_assert_num_queries, modules):
    for number in range(3, modules + 2):
        factory.make_schedule(cast.cohort, factory.make_module(number))
    cast.cohort.schedules.filter(module__number__gt=modules).delete()
    for module in Module.objects.filter(schedules__cohort=cast.cohort):
        factory.graded(cast.enrolment, module, cast.instructor)
    assert Notice.objects.count() == modules
    client = as_user(cast.participant)
    with django_assert_num_queries(12):
        response = client.get(reverse("journal", args=[cast.cohort.key]))
    assert text_of(response).count("sudah dinilai. Umpan balik siap dibaca.") == modules


# --- The panel on the module's page -----------------------------------------------------------------


def test_the_modules_page_leads_to_ones_own_entry(cast, as_user):
    page = text_of(as_user(cast.participant).get(reverse("module", args=["modul-1"])))
    assert f'href="{address("entry_write", cast)}"' in page
    factory.submitted(cast.enrolment, cast.modules[0])
    page = text_of(as_user(cast.participant).get(reverse("module", args=["modul-1"])))
    assert f'href="{address("entry", cast)}"' in page
    assert "Terkirim" in page


@pytest.mark.parametrize("name", ["instructor", "nobody"])
def test_the_modules_page_shows_no_panel_to_others(cast, as_user, name):
    page = text_of(as_user(getattr(cast, name)).get(reverse("module", args=["modul-1"])))
    assert "Entri Anda" not in page
