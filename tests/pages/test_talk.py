"""A word both ways under an entry."""

import pytest
from django.urls import reverse

from journals import workflow
from journals.models import Notice, Remark
from tests import factory
from tests.factory import NOW


@pytest.fixture
def entry(cast):
    """Handed in and taken up by the instructor."""
    found = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=found, now=NOW)
    return found


def own(cast, name="entry_talk"):
    return reverse(name, args=[cast.cohort.key, 1])


def say(client, address, text="Apakah contoh saya sudah cukup?", key="kunci-1"):
    return client.post(address, {"text": text, "key": key})


def test_the_author_writes_and_the_reviewer_is_told(cast, as_user, entry):
    answer = say(as_user(cast.participant), own(cast, "entry_say"))
    assert answer.url == own(cast)
    page = as_user(cast.participant).get(answer.url).content.decode()
    assert "<strong>Anda</strong>" in page
    assert "Apakah contoh saya sudah cukup?" in page
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind) == (cast.instructor, "remark")
    queue = as_user(cast.instructor).get(reverse("queue")).content.decode()
    assert f"<strong>{cast.participant.full_name}</strong> menulis kepada Anda tentang modul 1." in queue
    read = as_user(cast.instructor).post(reverse("notice_read", args=[notice.pk]), {"open": "1"})
    assert read.url == reverse("review_talk", args=[entry.key])
    page = as_user(cast.instructor).get(read.url).content.decode()
    assert cast.participant.full_name in page
    assert "Apakah contoh saya sudah cukup?" in page
    assert "menulis kepada Anda" not in as_user(cast.instructor).get(reverse("queue")).content.decode()


def test_the_queue_shows_two_messages_and_folds_the_others(cast, as_user):
    for enrolment, module in [(cast.enrolment, 0), (cast.enrolment, 1), (cast.peer_enrolment, 0)]:
        written = factory.submitted(enrolment, cast.modules[module]).entry
        workflow.claim(user=cast.instructor, entry=written, now=NOW)
        factory.remark(enrolment.user, written)
    page = as_user(cast.instructor).get(reverse("queue")).content.decode()
    before, after = page.split("<summary>1 pesan lagi</summary>")
    assert (before.count("menulis kepada Anda"), after.count("menulis kepada Anda")) == (2, 1)


@pytest.mark.parametrize("decision", ["returned", "graded", "released"])
def test_what_a_reviewer_writes_is_held_until_the_decision_is_known(cast, as_user, entry, decision):
    if decision == "released":
        type(cast.cohort).objects.filter(pk=cast.cohort.pk).update(release_policy="at_release")
        entry.enrolment.cohort.refresh_from_db()
    client = as_user(cast.instructor)
    page = client.get(say(client, reverse("review_say", args=[entry.key]), "Bagian kedua kuat.").url).content.decode()
    assert "Peserta melihatnya bersama keputusan Anda." in page
    assert "Belum terlihat oleh peserta" in page
    assert "Bagian kedua kuat." not in as_user(cast.participant).get(own(cast)).content.decode()
    assert not Notice.objects.filter(kind="remark").exists()
    if decision == "returned":
        factory.sent_back(entry, cast.instructor)
    else:
        factory.decided(entry, cast.instructor)
    if decision == "released":
        assert "Bagian kedua kuat." not in as_user(cast.participant).get(own(cast)).content.decode()
        workflow.release(user=cast.lead, cohort=cast.cohort, now=NOW)
    assert "Bagian kedua kuat." in as_user(cast.participant).get(own(cast)).content.decode()


def test_afterwards_a_reviewers_word_is_shown_and_told_at_once(cast, as_user, entry):
    factory.decided(entry, cast.instructor)
    say(as_user(cast.instructor), reverse("review_say", args=[entry.key]), "Selamat.")
    notice = Notice.objects.get(kind="remark")
    assert notice.recipient == cast.participant
    dashboard = as_user(cast.participant).get(reverse("journal", args=[cast.cohort.key])).content.decode()
    assert "widyaiswara Anda menulis kepada Anda." in dashboard
    opened = as_user(cast.participant).post(reverse("notice_read", args=[notice.pk]), {"open": "1"})
    assert opened.url == own(cast)
    assert "Selamat." in as_user(cast.participant).get(own(cast)).content.decode()


def test_a_double_click_writes_once(cast, as_user, entry):
    for _click in range(2):
        assert say(as_user(cast.participant), own(cast, "entry_say")).status_code == 302
    assert Remark.objects.count() == Notice.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "problem"),
    [("  ", "Tulis pesannya dahulu."), ("x" * 2001, "2000")],
)
def test_a_message_that_is_refused_comes_back(cast, as_user, entry, text, problem):
    for who, address in ((cast.participant, own(cast, "entry_say")), (cast.instructor, f"{entry.key}")):
        place = address if address.startswith("/") else reverse("review_say", args=[entry.key])
        answer = say(as_user(who), place, text)
        html = answer.content.decode()
        assert answer.status_code == 422
        assert problem in html
        assert text.strip() in html
        assert 'value="kunci-1"' in html
    assert not Remark.objects.exists()


def test_a_full_thread_takes_no_more(cast, as_user, entry, monkeypatch):
    monkeypatch.setattr("journals.workflow.talking.MOST_REMARKS", 1)
    say(as_user(cast.participant), own(cast, "entry_say"))
    answer = say(as_user(cast.participant), own(cast, "entry_say"), "Satu lagi", "kunci-2")
    assert answer.status_code == 422
    assert "Percakapan ini sudah penuh." in answer.content.decode()


def test_a_lead_reads_along_and_does_not_write(cast, as_user, entry):
    factory.teach(cast.other_instructor, factory.make_cohort("Lain"))
    page = as_user(cast.organiser).get(reverse("review_talk", args=[entry.key])).content.decode()
    assert "<textarea" not in page
    assert as_user(cast.organiser).post(reverse("review_say", args=[entry.key])).status_code == 403


def test_a_message_is_text_and_nothing_else(cast, as_user, entry):
    say(as_user(cast.participant), own(cast, "entry_say"), "<b>tebal</b>\nbaris dua")
    page = as_user(cast.instructor).get(reverse("review_talk", args=[entry.key])).content.decode()
    assert "&lt;b&gt;tebal&lt;/b&gt;<br>baris dua" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(cast, as_user, django_assert_num_queries, entry, rows):
    for number in range(rows):
        factory.remark(cast.participant, entry, f"Pesan {number}")
    client = as_user(cast.participant)
    with django_assert_num_queries(8):
        client.get(own(cast))
    with django_assert_num_queries(14):
        say(client, own(cast, "entry_say"))
    client = as_user(cast.instructor)
    with django_assert_num_queries(5):
        client.get(reverse("review_talk", args=[entry.key]))
