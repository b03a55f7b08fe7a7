"""The inbox: everything that somebody was told, read or not, for participants and instructors."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from journals import workflow
from journals.keys import random_key
from journals.models import Notice, Receipt, Reminder
from tests import factory
from tests.factory import NOW


def announce(cast, title="Ruang pindah", now=NOW):
    return workflow.announce(
        user=cast.lead, cohort=cast.cohort, key=random_key(), title=title, text="Halo", to=None, now=now
    )


def items(response) -> list[str]:
    """The text of each item, in order, with a star before what is not read."""
    page = response.content.decode()
    return [
        ("" if "news__item--read" in css else "*") + " ".join(re.sub(r"<[^>]+>", " ", text).split())
        for css, text in re.findall(r'<li class="(news__item[^"]*)">(.*?)</li>', page, re.S)
    ]


@pytest.fixture
def told(cast, clock):
    """Oldest first: a reminder, a return, an announcement."""
    factory.reminder(cast.enrolment, cast.modules[1], now=NOW - timedelta(hours=2))
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor, now=NOW - timedelta(hours=1))
    announce(cast)
    return cast


def test_a_participant_finds_everything_newest_first(told, as_user):
    announced, returned, reminded = items(as_user(told.participant).get(reverse("inbox")))
    assert announced.startswith("*Ruang pindah")
    assert returned.startswith("*Modul 1")
    assert "dikembalikan untuk perbaikan." in returned
    assert reminded.startswith("*Modul 2")
    assert "belum dikirim" in reminded


def test_what_was_read_stays(told, as_user):
    client = as_user(told.participant)
    notice, reminder = Notice.objects.get(recipient=told.participant), Reminder.objects.get()
    for name, row in (("notice_read", notice), ("reminder_read", reminder)):
        assert client.post(reverse(name, args=[row.pk]), {"kotak": "1"}).url == reverse("inbox")
    announced, returned, reminded = items(client.get(reverse("inbox")))
    assert announced.startswith("*")
    assert returned.startswith("Modul 1")
    assert reminded.startswith("Modul 2")
    assert "Tandai sudah dibaca" not in returned + reminded


def test_all_at_once_but_not_announcements(told, as_user):
    client = as_user(told.participant)
    factory.returned(told.peer_enrolment, told.modules[0], told.instructor)
    page = client.get(reverse("inbox")).content.decode()
    assert reverse("inbox_read") in page
    assert client.post(reverse("inbox_read")).url == reverse("inbox")
    assert [text[0] == "*" for text in items(client.get(reverse("inbox")))] == [True, False, False]
    assert Receipt.objects.filter(enrolment=told.enrolment, read_at=None).count() == 1
    assert Notice.objects.filter(recipient=told.peer, read_at=None).count() == 1
    assert reverse("inbox_read") not in client.get(reverse("inbox")).content.decode()


def test_an_instructor_finds_messages_and_lost_reviews(cast, as_user, clock):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    factory.taken_over(entry, cast.instructor, cast.lead)
    second = factory.returned(cast.enrolment, cast.modules[1], cast.instructor)
    factory.remark(cast.participant, second.submission.entry)
    said = "\n".join(items(as_user(cast.instructor).get(reverse("inbox"))))
    assert f"{cast.lead.name}" in said
    assert f"{cast.participant.full_name} menulis kepada Anda tentang modul 2" in said


def test_nobody_reads_what_is_for_others_or_for_later(told, as_user):
    Notice.objects.update(created_at=NOW + timedelta(minutes=5))
    assert len(items(as_user(told.participant).get(reverse("inbox")))) == 2
    assert items(as_user(told.outsider).get(reverse("inbox"))) == []
    assert "Belum ada pemberitahuan" in as_user(told.nobody).get(reverse("inbox")).content.decode()


def test_long_ones_come_in_pages(cast, as_user, clock):
    for number in range(32):
        announce(cast, f"Pengumuman {number}", NOW + timedelta(minutes=number) - timedelta(hours=1))
    client = as_user(cast.participant)
    first, second = (items(client.get(reverse("inbox"), {"page": number})) for number in (1, 2))
    assert (len(first), len(second)) == (30, 2)
    assert first[0].startswith("*Pengumuman 31")
    assert second[-1].startswith("*Pengumuman 0")


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(cast, as_user, clock, django_assert_num_queries, rows):
    for number in range(rows):
        announce(cast, f"Nomor {number}")
    modules = [*cast.modules, factory.make_module(3)]
    factory.make_schedule(cast.cohort, modules[2])
    for module in modules[:rows]:
        factory.reminder(cast.enrolment, module)
        factory.returned(cast.enrolment, module, cast.instructor)
    client = as_user(cast.participant)
    client.get(reverse("inbox"))
    with django_assert_num_queries(8):
        page = client.get(reverse("inbox"))
    assert len(items(page)) == 3 * rows


def test_it_is_in_the_menu_of_everybody(cast, as_user):
    for user in (cast.participant, cast.instructor, cast.organiser):
        assert f'href="{reverse("inbox")}"' in as_user(user).get(reverse("values")).content.decode()
