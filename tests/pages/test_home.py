"""Where each person lands."""

import pytest
from django.urls import reverse

from journals.models import Notice
from tests import factory


def test_a_participant_of_one_cohort_lands_on_its_journal(cast, as_user):
    response = as_user(cast.participant).get(reverse("home"))
    assert response.status_code == 302
    assert response.url == reverse("journal", args=[cast.cohort.key])


def test_a_participant_of_several_cohorts_chooses_one(cast, as_user):
    factory.enrol(cast.participant, cast.outside_cohort, factory.make_group(cast.outside_cohort))
    response = as_user(cast.participant).get(reverse("home"), follow=True)
    assert response.redirect_chain == [(reverse("journals"), 302)]
    page = response.content.decode()
    assert "Angkatan IV" in page
    assert "Angkatan V" in page


def test_an_instructor_lands_in_the_queue(cast, as_user):
    assert as_user(cast.instructor).get(reverse("home")).url == reverse("queue")


def test_a_curriculum_editor_lands_in_the_admin(cast, as_user):
    assert as_user(cast.curriculum_editor).get(reverse("home")).url == reverse("admin:index")


def test_somebody_with_two_roles_chooses(cast, as_user):
    factory.enrol(cast.instructor, cast.outside_cohort, factory.make_group(cast.outside_cohort))
    response = as_user(cast.instructor).get(reverse("home"))
    page = response.content.decode()
    assert response.status_code == 200
    assert f'href="{reverse("journals")}"' in page
    assert "Tulis entri Anda" in page
    assert "Baca, nilai, dan komentari" in page
    assert "Sunting kurikulum" not in page


def test_an_organiser_chooses_between_cohorts_and_administration(cast, as_user):
    page = as_user(cast.organiser).get(reverse("home")).content.decode()
    assert "Lihat kedudukan setiap peserta" in page
    assert "Sunting kurikulum" in page
    assert "Tulis entri Anda" not in page


def test_somebody_without_a_cohort_learns_whom_to_ask(cast, as_user):
    response = as_user(cast.nobody).get(reverse("home"))
    assert response.status_code == 200
    assert "Anda belum terhubung dengan angkatan" in response.content.decode()
    assert "penyelenggara" in response.content.decode()


def test_home_needs_a_sign_in(client, db):
    response = client.get(reverse("home"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "queries"), [("participant", 4), ("instructor", 3), ("organiser", 5), ("nobody", 3)])
def test_home_costs_few_queries(cast, as_user, django_assert_num_queries, name, queries):
    client = as_user(getattr(cast, name))
    with django_assert_num_queries(queries):
        client.get(reverse("home"))


def notice_of(cast) -> Notice:
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    return Notice.objects.get(recipient=cast.participant)


def test_a_notice_is_put_away(cast, as_user):
    notice = notice_of(cast)
    response = as_user(cast.participant).post(reverse("notice_read", args=[notice.pk]))
    assert response.url == reverse("journal", args=[cast.cohort.key])
    notice.refresh_from_db()
    assert notice.read_at == factory.NOW


def test_a_notice_opens_its_entry(cast, as_user):
    notice = notice_of(cast)
    response = as_user(cast.participant).post(reverse("notice_read", args=[notice.pk]), {"open": "1"})
    assert response.url == reverse("entry", args=[cast.cohort.key, 1])


def test_reading_a_notice_twice_keeps_the_first_time(cast, as_user, clock):
    notice = notice_of(cast)
    client = as_user(cast.participant)
    client.post(reverse("notice_read", args=[notice.pk]))
    clock.shift(3600)
    client.post(reverse("notice_read", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.read_at == factory.NOW


@pytest.mark.parametrize("name", ["peer", "instructor", "outsider", "nobody", "organiser"])
def test_nobody_else_reads_a_notice(cast, as_user, name):
    notice = notice_of(cast)
    client = as_user(getattr(cast, name))
    assert client.post(reverse("notice_read", args=[notice.pk])).status_code == 404
    assert client.get(reverse("notice_read", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_notice_is_read_by_post_only(cast, as_user):
    notice = notice_of(cast)
    assert as_user(cast.participant).get(reverse("notice_read", args=[notice.pk])).status_code == 405
    notice.refresh_from_db()
    assert notice.read_at is None
