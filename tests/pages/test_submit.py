"""Preview, handing in, the receipt, and taking back."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from curriculum.models import Prompt
from journals import workflow
from journals.models import Entry, Submission
from tests import factory
from tests.factory import NOW
from tests.pages.writing import address, text_of, typed

DAY = timedelta(days=1)


def form(version: int = 1, **fields) -> dict[str, str]:
    return {"version": str(version), "key": "kunci", "statement": "on"} | fields


def submit(client, cast, data=None):
    return client.post(address("entry_submit", cast), form() if data is None else data)


@pytest.fixture
def draft(cast) -> Entry:
    return factory.draft(cast.enrolment, cast.modules[0], title="Antrean posyandu")


# --- Preview ----------------------------------------------------------------------------------------


def test_the_preview_shows_the_text_the_checks_and_the_statement(cast, as_user, draft):
    page = text_of(as_user(cast.participant).get(address("entry_preview", cast)))
    assert "Antrean posyandu" in page
    assert page.count(factory.ANSWER) == 3
    assert page.count("9 kata (batas 5–") == 3
    assert page.count(": cukup, <") == 3
    assert str(workflow.STATEMENT) not in page  # in Indonesian
    assert "Kirim entri" in page
    assert not Submission.objects.exists()


def test_each_preview_has_its_own_key(cast, as_user, draft):
    client = as_user(cast.participant)
    keys = [
        re.search(r'name="key" value="([^"]+)"', text_of(client.get(address("entry_preview", cast))))[1]
        for _time in range(2)
    ]
    assert keys[0] != keys[1]
    assert len(keys[0]) >= 20


def test_the_preview_says_what_is_missing_and_offers_no_button(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0], text="<p>Baru tiga kata.</p>")
    page = text_of(as_user(cast.participant).get(address("entry_preview", cast)))
    assert page.count("kurang 2 kata") == 3
    assert "Kirim entri" not in page
    assert "Lengkapi teks" in page


def test_the_preview_says_what_is_too_long(cast, as_user, draft):
    Prompt.objects.filter(key="refleksi").update(max_words=6)
    assert "kelebihan 3 kata" in text_of(as_user(cast.participant).get(address("entry_preview", cast)))


def test_after_the_closing_time_the_preview_offers_no_button(cast, as_user, draft, clock):
    clock.move_to(NOW + 11 * DAY)
    page = text_of(as_user(cast.participant).get(address("entry_preview", cast)))
    assert "Anda tidak dapat mengirim lagi" in page
    assert "Kirim entri" not in page


def test_after_the_due_time_the_preview_says_late(cast, as_user, draft, clock):
    clock.move_to(NOW + 4 * DAY)
    page = text_of(as_user(cast.participant).get(address("entry_preview", cast)))
    assert "Entri akan ditandai terlambat." in page
    assert "Kirim entri" in page


def test_there_is_no_preview_before_the_first_save(cast, as_user):
    assert as_user(cast.participant).get(address("entry_preview", cast)).status_code == 404


def test_the_preview_of_a_submitted_entry_leads_to_the_entry(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    assert as_user(cast.participant).get(address("entry_preview", cast)).url == address("entry", cast)


def test_the_preview_costs_few_queries(cast, as_user, draft, django_assert_num_queries):
    client = as_user(cast.participant)
    with django_assert_num_queries(11):
        client.get(address("entry_preview", cast))


# --- Handing in -------------------------------------------------------------------------------------


def test_submitting_leads_to_the_receipt(cast, as_user, draft):
    client = as_user(cast.participant)
    response = submit(client, cast)
    assert response.url == address("receipt", cast, 1, 1)
    submission = Submission.objects.get()
    page = text_of(client.get(response.url))
    assert submission.receipt in page
    assert hashlib.sha256(submission.content.encode()).hexdigest() in page
    assert "Senin, 23 November 2026 pukul 11.00 WITA" in page
    assert ">27<" in page
    assert "Ratna Kusumaningrum, A.Md.Keb." in page
    assert "Entri Anda sudah kami terima" in page


def test_a_double_click_gives_one_submission(cast, as_user, draft):
    client = as_user(cast.participant)
    assert submit(client, cast).url == submit(client, cast).url
    assert Submission.objects.count() == 1


def test_late_is_accepted_and_marked_until_the_closing_time(cast, as_user, draft, clock):
    clock.move_to(NOW + 4 * DAY)
    client = as_user(cast.participant)
    response = submit(client, cast)
    assert response.status_code == 302
    assert "Terlambat" in text_of(client.get(response.url))


def test_without_the_statement_nothing_is_submitted(cast, as_user, draft):
    data = form()
    del data["statement"]
    response = submit(as_user(cast.participant), cast, data)
    page = text_of(response)
    assert response.status_code == 422
    assert 'href="#id_statement"' in page
    assert 'name="key" value="kunci"' in page
    assert factory.ANSWER in page
    assert not Submission.objects.exists()


def test_a_part_that_is_too_short_leads_back_to_its_field(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0], text="<p>Baru tiga kata.</p>")
    response = submit(as_user(cast.participant), cast)
    page = text_of(response)
    assert response.status_code == 422
    assert f'href="{address("entry_write", cast)}#id_part-refleksi"' in page
    assert "3 kata" in page
    assert Entry.objects.get().state == "draft"


@pytest.mark.parametrize(
    "data", [{}, {"version": "1", "statement": "on"}, {"version": "x", "key": "k"}, {"version": "1", "key": "k" * 65}]
)
def test_a_broken_form_gets_a_fresh_one(cast, as_user, draft, data):
    response = submit(as_user(cast.participant), cast, data)
    assert response.status_code == 422
    assert "Formulir tidak lengkap." in text_of(response)
    assert 'name="version" value="1"' in text_of(response)
    assert not Submission.objects.exists()


def test_a_text_that_changed_meanwhile_is_not_submitted(cast, as_user, draft):
    client = as_user(cast.participant)
    client.post(address("entry_save", cast), typed(1, refleksi="Diubah di gawai lain, lebih dari lima kata."))
    response = submit(client, cast)
    assert response.status_code == 409
    assert address("entry_preview", cast) in text_of(response)
    assert not Submission.objects.exists()


def test_submitting_after_the_closing_time_is_refused(cast, as_user, draft, clock):
    clock.move_to(NOW + 10 * DAY + timedelta(seconds=1))
    response = submit(as_user(cast.participant), cast)
    assert response.status_code == 409
    assert "perpanjangan" in text_of(response)


def test_submitting_twice_with_two_forms_is_refused(cast, as_user, draft):
    client = as_user(cast.participant)
    submit(client, cast)
    assert submit(client, cast, form(key="lain")).status_code == 409
    assert Submission.objects.count() == 1


def test_after_the_session_ended_the_sign_in_page_says_that_nothing_was_submitted(cast, client, draft):
    preview = address("entry_preview", cast)
    response = client.post(address("entry_submit", cast), form(), headers={"Referer": f"http://testserver{preview}"})
    assert response.url == f"{reverse('account_login')}?next={preview}"
    assert "Entri Anda belum terkirim. Masuk, lalu kirim sekali lagi." in text_of(client.get(response.url))
    assert not Submission.objects.exists()


def test_any_other_form_that_came_too_late_is_named_too(cast, client):
    response = client.post(reverse("privacy_acknowledge"))
    assert "Yang baru saja Anda kirim belum diterima, karena sesi Anda" in text_of(client.get(response.url))


# Two are the savepoint that stands for BEGIN and COMMIT inside a test.
def test_submitting_costs_the_same_every_time(cast, as_user, draft, django_assert_num_queries):
    client = as_user(cast.participant)
    with django_assert_num_queries(21):
        submit(client, cast)


# --- Taking back ------------------------------------------------------------------------------------


def test_withdrawing_asks_first(cast, as_user):
    submission = factory.submitted(cast.enrolment, cast.modules[0])
    page = text_of(as_user(cast.participant).get(address("entry_withdraw", cast)))
    assert submission.receipt in page
    assert "Biarkan terkirim" in page
    submission.refresh_from_db()
    assert submission.withdrawn_at is None


def test_withdrawing_opens_the_draft_again(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    response = client.post(address("entry_withdraw", cast))
    assert response.url == address("entry_write", cast)
    assert Entry.objects.get().state == "draft"
    receipt = Submission.objects.get().receipt
    said = f"Kiriman {receipt} ditarik. Teks Anda kembali menjadi draf dan belum dikirim."
    assert said in text_of(client.get(response.url))
    assert "Ditarik" in text_of(client.get(address("entry", cast)))
    page = text_of(client.get(address("receipt", cast, 1, 1)))
    assert "Kiriman ini sudah ditarik" in page
    assert "Anda menarik kiriman ini" in text_of(client.get(address("submission", cast, 1, 1)))


def test_withdrawing_is_refused_once_a_review_has_begun(cast, as_user):
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    client = as_user(cast.participant)
    assert client.get(address("entry_withdraw", cast)).url == address("entry", cast)
    response = client.post(address("entry_withdraw", cast))
    assert response.status_code == 409
    assert "telaah" in text_of(response)
    assert Entry.objects.get().state == "submitted"


def test_what_the_entry_page_offers_is_what_the_workflow_allows(cast, as_user, clock):
    """The entry page works out the offer from what it has loaded; it must agree with the workflow."""
    submission = factory.submitted(cast.enrolment, cast.modules[0])
    for moment in (NOW, NOW + 10 * DAY, NOW + 10 * DAY + timedelta(seconds=1)):
        clock.move_to(moment)
        offered = "Tarik untuk diubah" in text_of(as_user(cast.participant).get(address("entry", cast)))
        assert offered == workflow.writing.may_withdraw(submission.entry, submission, moment), moment
