"""Replies to comments on passages, and closing them, on the pages of author and reviewer."""

import pytest
from django.urls import reverse

from journals import workflow
from journals.enums import EnrolmentStatus
from journals.models import Annotation, AnnotationClosing, AnnotationReply, Notice
from journals.workflow import ReviewInput
from tests import factory
from tests.factory import AT_RELEASE, NOW
from tests.pages.writing import address, text_of


@pytest.fixture
def note(cast) -> Annotation:
    """A comment that came with a grade."""
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    factory.annotated(entry, cast.instructor)
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=ReviewInput("", factory.scores()), now=NOW)
    return Annotation.objects.get()


def there(cast, note) -> str:
    return address("comment_reply", cast, 1, 1, note.pk)


def closing(note) -> str:
    return reverse("comment_close", args=[note.review.submission.entry.key, note.pk])


def page_of(cast, client) -> str:
    return text_of(client.get(address("submission", cast, 1, 1)))


def test_the_author_replies_and_the_reviewer_reads_and_closes(cast, as_user, note):
    client = as_user(cast.participant)
    assert f'action="{there(cast, note)}"' in page_of(cast, client)
    answer = client.post(there(cast, note), {"text": "Ibu-ibu.\r\nTujuh orang."})
    assert (answer.status_code, answer.url) == (302, f"{address('submission', cast, 1, 1)}#komentar-{note.pk}")
    page = page_of(cast, client)
    assert "Balasan Anda tersimpan." in page
    assert "Ibu-ibu.<br>Tujuh orang." in page
    reviewer, desk = as_user(cast.instructor), reverse("review", args=[note.review.submission.entry.key])
    page = text_of(reviewer.get(desk))
    assert "Balasan peserta" in page
    assert "Ibu-ibu.<br>Tujuh orang." in page
    assert f'form="close-comment" formaction="{closing(note)}"' in page
    answer = reviewer.post(closing(note))
    assert (answer.status_code, answer.url) == (302, f"{desk}#komentar-{note.pk}")
    page = text_of(reviewer.get(desk))
    assert "Selesai, menurut Dr. Endah Lestari, M.Pd." in page
    assert closing(note) not in page
    page = page_of(cast, as_user(cast.participant))
    assert "Selesai, menurut Dr. Endah Lestari, M.Pd." in page
    assert there(cast, note) not in page


def test_the_reviewer_hears_of_a_reply_and_is_led_to_it(cast, as_user, note):
    as_user(cast.participant).post(there(cast, note), {"text": "Ibu-ibu."})
    said = "<strong>Ratna Kusumaningrum, A.Md.Keb.</strong> membalas komentar Anda pada modul 1."
    client = as_user(cast.instructor)
    assert said in text_of(client.get(reverse("queue")))
    notice = Notice.objects.get(kind="reply")
    opened = client.post(reverse("notice_read", args=[notice.pk]), {"open": "1"})
    page, _mark, place = opened.url.partition("#")
    assert (page, place) == (reverse("review", args=[note.review.submission.entry.key]), f"komentar-{note.pk}")
    html = text_of(client.get(page))
    assert f'id="{place}"' in html
    assert "Ibu-ibu." in html
    assert closing(note) in html
    assert said not in text_of(client.get(reverse("queue")))
    assert said not in text_of(as_user(cast.lead).get(reverse("queue")))


def test_closing_the_comment_puts_the_notice_away(cast, as_user, note):
    workflow.reply(user=cast.participant, annotation=note, text="Ibu-ibu.", now=NOW)
    client = as_user(cast.instructor)
    client.post(closing(note))
    assert "membalas komentar" not in text_of(client.get(reverse("queue")))


def test_what_is_refused_stands_in_its_field_again(cast, as_user, note):
    client = as_user(cast.participant)
    answer = client.post(there(cast, note), {"text": "x" * 2001})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "paling banyak 2000 karakter" in page
    assert "x" * 2001 in page
    workflow.close_annotation(user=cast.instructor, annotation=note, now=NOW)
    answer = client.post(there(cast, note), {"text": "Terlambat."})
    assert (answer.status_code, "Terlambat.</textarea>" in text_of(answer)) == (409, True)
    entry = note.review.submission.entry
    workflow.reopen(user=cast.instructor, entry=entry, reason="Salah hitung", now=NOW)
    answer = client.post(there(cast, note), {"text": "Terlambat."})
    assert (answer.status_code, "Terlambat.</textarea>" in text_of(answer)) == (409, True)
    assert not AnnotationReply.objects.exists()


def test_what_is_not_released_has_no_address(cast, as_user):
    cast.cohort.release_policy = AT_RELEASE
    cast.cohort.save()
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    note = factory.annotated(entry, cast.instructor)
    assert as_user(cast.participant).post(there(cast, note), {"text": "Ibu-ibu."}).status_code == 404
    assert as_user(cast.instructor).post(closing(note)).status_code == 404
    workflow.grade(user=cast.instructor, entry=entry, version=0, given=ReviewInput("", factory.scores()), now=NOW)
    assert as_user(cast.participant).post(there(cast, note), {"text": "Ibu-ibu."}).status_code == 404
    assert not AnnotationReply.objects.exists()


def test_who_has_left_the_cohort_only_reads(cast, as_user, note):
    type(cast.enrolment).objects.filter(pk=cast.enrolment.pk).update(status=EnrolmentStatus.WITHDRAWN)
    client = as_user(cast.participant)
    page = page_of(cast, client)
    assert "Siapa mereka?" in page
    assert there(cast, note) not in page
    assert client.post(there(cast, note), {"text": "Ibu-ibu."}).status_code == 403


def test_organisers_read_and_do_not_close(cast, as_user, note):
    client = as_user(cast.organiser)
    assert closing(note) not in text_of(client.get(reverse("review", args=[note.review.submission.entry.key])))
    assert client.post(closing(note)).status_code == 403
    assert not AnnotationClosing.objects.exists()


def test_on_the_bench_of_the_next_round_they_are_read_and_not_closed(cast, as_user, note):
    entry = note.review.submission.entry
    workflow.reply(user=cast.participant, annotation=note, text="Ibu-ibu.", now=NOW)
    workflow.reopen(user=cast.instructor, entry=entry, reason="Salah hitung", now=NOW)
    page = text_of(as_user(cast.instructor).get(reverse("review", args=[entry.key])))
    assert "Ibu-ibu." in page
    assert closing(note) not in page
    page = page_of(cast, as_user(cast.participant))
    assert "Ibu-ibu." in page
    assert there(cast, note) not in page  # it was superseded


def test_queries(cast, as_user, django_assert_num_queries, note):
    client = as_user(cast.participant)
    with django_assert_num_queries(12):
        client.get(address("submission", cast, 1, 1))
    # Two are the savepoint that stands for BEGIN and COMMIT inside a test.
    with django_assert_num_queries(21):
        assert client.post(there(cast, note), {"text": "Ibu-ibu."}).status_code == 302
    client = as_user(cast.instructor)
    with django_assert_num_queries(17):
        assert client.post(closing(note)).status_code == 302
