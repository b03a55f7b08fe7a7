"""Writing and saving: whatever happens, the text comes back."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from curriculum.models import Prompt
from journals.enums import EnrolmentStatus
from journals.models import Entry, Response
from tests import factory
from tests.factory import NOW
from tests.pages.writing import WORDS, address, text_of, typed

DAY = timedelta(days=1)


def bodies() -> dict[str, str]:
    return dict(Response.objects.values_list("prompt__key", "body"))


def save(client, cast, data, number: int = 1, **headers):
    return client.post(address("entry_save", cast, number), data, headers=headers or None)


# --- The page ---------------------------------------------------------------------------------------


def test_the_form_shows_the_modules_parts_limits_and_questions(cast, as_user):
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    for part in ("Ringkasan materi", "Refleksi", "Rencana penerapan"):
        assert part in page
    assert "0 kata (batas 5–300)" in page
    assert "Apa yang Anda rasakan?" in page
    assert "Jangan menuliskan nama, NIK, atau foto wajah warga atau pasien tanpa izin." in page
    assert "Kamis, 26 November 2026 pukul 11.00 WITA" in page
    assert "Belum ada yang tersimpan" in page
    assert not Entry.objects.exists()


def test_a_retired_question_and_part_are_not_shown(cast, as_user):
    prompt = Prompt.objects.get(module=cast.modules[0], key="refleksi")
    prompt.questions.update(active=False)
    Prompt.objects.filter(module=cast.modules[0], key="penerapan").update(active=False)
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    assert "Apa yang Anda rasakan?" not in page
    assert "Rencana penerapan" not in page


def test_the_parts_are_fixed_by_the_first_save(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0])
    Prompt.objects.filter(module=cast.modules[0], key="penerapan").update(active=False)
    Prompt.objects.create(code="baru", module=cast.modules[0], key="baru", order=9, title="Bagian baru", max_words=9)
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    assert "Rencana penerapan" in page
    assert "Bagian baru" not in page


def test_the_form_holds_what_is_saved_and_when(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0], title="Antrean posyandu")
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    assert page.count(WORDS) >= 3
    assert 'value="Antrean posyandu"' in page
    assert "Tersimpan di server pukul 11.00 WITA" in page
    assert '<input type="hidden" name="version" value="1"' in page


def test_the_day_of_the_last_save_is_named_unless_it_is_today(cast, as_user, clock):
    factory.draft(cast.enrolment, cast.modules[0])
    clock.move_to(NOW + timedelta(hours=12, minutes=59))
    client = as_user(cast.participant)
    assert "Tersimpan di server pukul 11.00 WITA" in text_of(client.get(address("entry_write", cast)))
    clock.move_to(NOW + timedelta(hours=13))  # midnight in the cohort's zone, not in UTC
    page = text_of(client.get(address("entry_write", cast)))
    assert "Tersimpan di server pada Senin, 23 November 2026 pukul 11.00 WITA" in page
    conflict = text_of(save(client, cast, typed(0, refleksi="Lain.")))
    assert ">pada Senin, 23 November 2026 pukul 11.00 WITA</span>" in conflict


def test_a_closed_module_offers_the_preview_only(cast, as_user, clock):
    factory.draft(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    assert "Lihat pratinjau dan kirim" in text_of(client.get(address("entry_write", cast)))
    clock.move_to(NOW + 11 * DAY)
    client = as_user(cast.participant)
    assert "Lihat pratinjau<" in text_of(client.get(address("entry_write", cast)))


def test_signing_in_for_the_rescue_leads_back_to_the_tab_with_the_text(cast, as_user):
    """Not to a form's address, which opens no page, and not to a second copy of the page with the older text."""
    factory.draft(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    page = text_of(client.get(address("entry_write", cast)))
    sign_in = urlsplit(unescape(re.search(r'href="([^"]+)" target="_blank" rel="noopener" data-sign-in', page)[1]))
    target = parse_qs(sign_in.query)["next"][0]
    assert sign_in.path == reverse("account_login")
    client.logout()
    credentials = {"login": cast.participant.email, "password": factory.PASSWORD, "next": target}
    response = client.post(reverse("account_login"), credentials, follow=True)
    assert response.redirect_chain == [(target, 302)]
    shown = text_of(response)
    assert "Tutup tab ini, kembali ke tab tulisan, lalu tekan “Coba lagi”." in shown
    assert f'href="{address("entry_write", cast)}"' in shown


def test_a_returned_entry_is_written_beside_its_feedback(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    page = text_of(as_user(cast.participant).get(address("entry_write", cast)))
    assert "Ceritakan satu peristiwa." in page
    assert "Tambahkan peristiwa nyata." in page
    assert "Catatan pemahaman" in page
    assert "60,00" not in page


@pytest.mark.parametrize(("state", "queries"), [("new", 9), ("draft", 9), ("returned", 12)])
def test_the_form_costs_few_queries(cast, as_user, django_assert_num_queries, state, queries):
    if state == "draft":
        factory.draft(cast.enrolment, cast.modules[0])
    elif state == "returned":
        factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    client = as_user(cast.participant)
    with django_assert_num_queries(queries):
        client.get(address("entry_write", cast))


def test_what_cannot_be_written_leads_to_the_entry(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    cast.cohort.schedules.filter(module=cast.modules[1]).update(opens=NOW + DAY)
    client = as_user(cast.participant)
    for number in (1, 2):
        assert client.get(address("entry_write", cast, number)).url == address("entry", cast, number)


# --- Saving -----------------------------------------------------------------------------------------


def test_the_first_save_makes_the_entry(cast, as_user):
    response = save(as_user(cast.participant), cast, typed(ringkasan="Satu **tebal** dan\n\n- butir"))
    assert response.url == address("entry_write", cast)
    entry = Entry.objects.get()
    assert (entry.version, entry.title, entry.state) == (1, "Antrean posyandu", "draft")
    assert bodies() == {
        "ringkasan": "<p>Satu <strong>tebal</strong> dan</p><ul><li><p>butir</p></li></ul>",
        "refleksi": f"<p>{WORDS}</p>",
        "penerapan": f"<p>{WORDS}</p>",
    }


def test_the_editors_html_is_cleaned(cast, as_user):
    data = typed(refleksi='<p onclick="x()">Halo<script>alert(1)</script> <em>warga</em></p>') | {
        "part-refleksi-format": "html"
    }
    save(as_user(cast.participant), cast, data)
    assert bodies()["refleksi"] == "<p>Halo <em>warga</em></p>"


def test_a_double_first_save_makes_one_entry(cast, as_user):
    client = as_user(cast.participant)
    assert save(client, cast, typed()).status_code == 302
    assert save(client, cast, typed()).status_code == 302
    assert Entry.objects.get().version == 1


def test_saving_can_lead_to_the_preview(cast, as_user):
    response = save(as_user(cast.participant), cast, typed(then="preview"))
    assert response.url == address("entry_preview", cast)


def test_missing_fields_erase_nothing(cast, as_user):
    entry = factory.draft(cast.enrolment, cast.modules[0], title="Judul lama")
    response = save(as_user(cast.participant), cast, {"version": entry.version, "part-refleksi": "Baru."})
    assert response.status_code == 302
    assert bodies() == {"ringkasan": factory.ANSWER, "refleksi": "<p>Baru.</p>", "penerapan": factory.ANSWER}
    assert Entry.objects.get().title == "Judul lama"


def test_an_emptied_field_is_emptied(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0], title="Judul lama")
    save(as_user(cast.participant), cast, typed(1, refleksi="", title=""))
    assert bodies()["refleksi"] == ""
    assert Entry.objects.get().title == ""


def test_a_draft_is_kept_even_after_the_closing_time(cast, as_user, clock):
    clock.move_to(NOW + 11 * DAY)
    client = as_user(cast.participant)
    page = text_of(client.get(address("entry_write", cast)))
    assert "Anda masih dapat menyimpan" in page
    assert save(client, cast, typed()).status_code == 302
    assert bodies()["refleksi"] == f"<p>{WORDS}</p>"


def test_saving_costs_the_same_every_time(cast, as_user, django_assert_num_queries):
    factory.draft(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    with django_assert_num_queries(17):
        save(client, cast, typed(1, text=WORDS + " Lagi."))


def test_a_save_that_keeps_a_checkpoint_costs_four_more(cast, as_user, django_assert_num_queries):
    factory.draft(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    with django_assert_num_queries(21):
        save(client, cast, typed(1, text="Lain sama sekali."))


# --- Two versions -----------------------------------------------------------------------------------


@pytest.fixture
def stale(cast, as_user):
    """The participant's client and the answer to a save that came too late."""
    factory.draft(cast.enrolment, cast.modules[0], title="Judul server")
    client = as_user(cast.participant)
    data = typed(0, title="Judul saya", refleksi="Cerita saya.", ringkasan=WORDS, penerapan=WORDS)
    return client, data, save(client, cast, data)


def test_a_stale_save_shows_both_texts_and_saves_neither(cast, stale):
    _client, _data, response = stale
    page = text_of(response)
    assert response.status_code == 409
    assert "Cerita saya." in page
    assert "Judul saya" in page
    assert "Judul server" in page
    assert WORDS in page
    assert bodies()["refleksi"] == factory.ANSWER
    assert "choice-refleksi" in page
    assert "choice-ringkasan" not in page  # the same on both sides


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("mine", "<p>Cerita saya.</p>"), ("server", factory.ANSWER), ("both", factory.ANSWER + "<p>Cerita saya.</p>")],
)
def test_each_part_is_settled_by_choice(cast, stale, choice, kept):
    client, _data, _response = stale
    data = {
        "version": "1",
        "part-refleksi": "Cerita saya.",
        "choice-refleksi": choice,
        "title": "Judul saya",
        "choice-title": "server",
    }
    assert save(client, cast, data).status_code == 302
    assert bodies() == {"ringkasan": factory.ANSWER, "refleksi": kept, "penerapan": factory.ANSWER}
    assert Entry.objects.get().title == "Judul server"


@pytest.mark.parametrize("version", ["", "abc", "7"])
def test_a_wrong_version_of_a_saved_entry_overwrites_nothing(cast, as_user, version):
    factory.draft(cast.enrolment, cast.modules[0])
    response = save(as_user(cast.participant), cast, typed(refleksi="Lain.") | {"version": version})
    assert response.status_code == 409
    assert bodies()["refleksi"] == factory.ANSWER


def test_saving_after_submitting_gives_the_text_back(cast, as_user):
    factory.submitted(cast.enrolment, cast.modules[0])
    response = save(as_user(cast.participant), cast, typed(1, refleksi="Tambahan **akhir**."))
    page = text_of(response)
    assert response.status_code == 409
    assert "Tambahan <strong>akhir</strong>." in page
    assert "Belum tersimpan: keadaan entri sudah berubah" in page
    assert bodies()["refleksi"] == factory.ANSWER


def test_saving_before_the_opening_gives_the_text_back(cast, as_user):
    cast.cohort.schedules.update(opens=NOW + DAY)
    response = save(as_user(cast.participant), cast, typed(refleksi="Terlalu dini."))
    assert response.status_code == 409
    assert "Terlalu dini." in text_of(response)
    assert not Entry.objects.exists()


# --- Who --------------------------------------------------------------------------------------------

ADDRESSES = ["entry_write", "entry_save", "entry_preview", "entry_submit", "entry_withdraw"]


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("role", ["outsider", "instructor", "lead", "organiser", "nobody", "outside_instructor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_outsiders_learn_nothing(cast, as_user, name, role, method):
    factory.draft(cast.enrolment, cast.modules[0])
    assert getattr(as_user(getattr(cast, role)), method)(address(name, cast)).status_code == 404


@pytest.mark.parametrize("name", ADDRESSES)
@pytest.mark.parametrize("status", [EnrolmentStatus.WITHDRAWN, EnrolmentStatus.COMPLETED])
@pytest.mark.parametrize("method", ["get", "post"])
def test_people_who_left_may_not_write(cast, as_user, name, status, method):
    factory.draft(cast.enrolment, cast.modules[0])
    cast.enrolment.status = status
    cast.enrolment.save()
    # 403 also for the method that the address does not take: the relation is judged first.
    assert getattr(as_user(cast.participant), method)(address(name, cast)).status_code == 403


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("entry_write", "post"),
        ("entry_save", "get"),
        ("entry_preview", "post"),
        ("entry_submit", "get"),
        ("entry_withdraw", "put"),
        ("entry", "post"),
        ("journal", "post"),
        ("journals", "post"),
        ("home", "post"),
    ],
)
def test_other_methods_are_refused(cast, as_user, name, method):
    factory.draft(cast.enrolment, cast.modules[0])
    arguments = {"journal": [cast.cohort.key], "journals": [], "home": []}.get(name, [cast.cohort.key, 1])
    response = getattr(as_user(cast.participant), method)(reverse(name, args=arguments))
    assert response.status_code == 405
    # Not an empty page: it leads back to where one can go on.
    page = text_of(response)
    assert "Tidak ada yang dapat dibuka di sini" in page
    assert f'href="{address("entry", cast) if name.startswith("entry") else reverse("home")}">Lanjutkan' in page
    assert response["Allow"]


@pytest.mark.parametrize("name", ["entry_write", "entry", "entry_save"])
def test_a_module_that_the_cohort_does_not_have_is_not_found(cast, as_user, name):
    factory.make_module(7)
    assert as_user(cast.participant).get(address(name, cast, 7)).status_code == 404


def test_nobody_writes_into_somebody_elses_entry(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0])
    save(as_user(cast.peer), cast, typed(0, text="Teks rekan yang lain."))
    assert Entry.objects.count() == 2
    assert set(Response.objects.filter(entry__enrolment=cast.enrolment).values_list("body", flat=True)) == {
        factory.ANSWER
    }
