"""The people of a cohort, as an organiser sees them: who was never here, and the codes that let them in."""

import json
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pypdf
import pytest
from django.urls import reverse

from berakhlak.accounts import codes
from berakhlak.accounts.models import ActivationCode, User
from journals.models import Event
from tests import factory
from tests.factory import NOW


@pytest.fixture
def client(cast, as_user, clock):
    return as_user(cast.organiser)


def at(cast, name="members"):
    return reverse(name, args=[cast.cohort.key])


def shown(client, cast, query="") -> str:
    return client.get(at(cast) + query).content.decode()


def events() -> list[tuple[str, dict]]:
    return [
        (kind, json.loads(data))
        for kind, data in Event.objects.filter(kind__startswith="codes").order_by("id").values_list("kind", "data")
    ]


def text_of(content: bytes) -> str:
    """What the pages of a PDF say."""
    return " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(content)).pages)


def everybody_new() -> None:
    User.objects.update(last_login=None)


def test_those_who_were_never_here_get_codes_in_one_go(client, cast):
    everybody_new()
    page = shown(client, cast)
    people = {cast.participant, cast.peer, cast.stranger, cast.instructor, cast.other_instructor, cast.lead}
    assert "6 orang belum pernah masuk." in page
    assert "Buat kode untuk 6 orang" in page
    made = client.post(at(cast, "codes_make"), {"siapa": "baru"}, follow=True).content.decode()
    assert "6 kode sudah dibuat." in made
    assert "Buat kode untuk" not in made
    assert "6 di antaranya memegang kode yang berlaku." in made
    assert {code.user for code in ActivationCode.objects.all()} == people
    assert set(ActivationCode.objects.values_list("made_by", "expires_at")) == {
        (cast.organiser.pk, datetime(2026, 12, 7, 16, 59, 59, tzinfo=UTC))  # all through the day that the slip names
    }
    [(kind, data)] = events()
    assert (kind, set(data["users"])) == ("codes_made", {user.pk for user in people})
    record = cast.participant.history.first()
    assert (record.history_user, record.history_change_reason) == (cast.organiser, "activation code")


def test_a_second_press_leaves_the_slips_that_were_handed_out_alone(client, cast):
    everybody_new()
    client.post(at(cast, "codes_make"), {"siapa": "baru"})
    before = list(ActivationCode.objects.values_list("pk", "revoked_at"))
    assert client.post(at(cast, "codes_make"), {"siapa": "baru"}).status_code == 422
    assert list(ActivationCode.objects.values_list("pk", "revoked_at")) == before


def test_one_code_is_shown_at_once_and_replaces_the_one_before(client, cast):
    old = codes.make_codes([cast.participant], by=cast.organiser, now=NOW)[0]
    page = client.post(at(cast, "codes_make"), {"orang": cast.participant.pk}).content.decode()
    new = ActivationCode.objects.get(user=cast.participant, revoked_at=None)
    assert new != old
    assert codes.text_of(new) in page
    assert "<svg" in page
    assert "sampai Senin, 7 Desember 2026" in page
    # The code stands on the page once, and in no address of it.
    assert page.count(codes.text_of(new)) == 1
    assert codes.text_of(new).replace("-", "") not in page


def test_the_slips_hold_name_address_and_code(client, cast):
    codes.make_codes([cast.peer, cast.participant], by=cast.organiser, now=NOW)
    answer = client.post(at(cast, "codes_sheet"), {"siapa": "berkode"})
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    text = re.sub(r"\s+", " ", text_of(answer.content))
    for code in ActivationCode.objects.all():
        assert codes.text_of(code) in text
        assert code.user.full_name in text
    assert "testserver/akun/aktivasi/" in text
    assert "Berlaku sampai 7 Desember 2026." in text
    assert text.index(cast.participant.name) < text.index(cast.peer.name)  # by number on the list
    assert cast.participant.nip not in text
    [(kind, data)] = events()
    assert (kind, data["users"]) == ("codes_seen", sorted([cast.participant.pk, cast.peer.pk]))


def test_without_codes_there_is_no_sheet(client, cast):
    refused = client.post(at(cast, "codes_sheet"), {"orang": cast.participant.pk})
    assert refused.status_code == 422
    assert "Buat kodenya dahulu." in refused.content.decode()


def test_codes_are_revoked(client, cast):
    text = codes.text_of(codes.make_codes([cast.participant], by=cast.organiser, now=NOW)[0])
    done = client.post(at(cast, "codes_revoke"), {"orang": cast.participant.pk}, follow=True)
    assert "1 kode dibatalkan." in done.content.decode()
    assert events() == [("codes_gone", {"users": [cast.participant.pk]})]
    client.logout()
    assert client.post("/akun/aktivasi/", {"kode": text}).status_code == 422
    client.force_login(cast.organiser)
    assert client.post(at(cast, "codes_revoke"), {"orang": cast.participant.pk}).status_code == 422


def test_codes_go_by_mail_where_there_is_an_address(client, cast, settings, django_capture_on_commit_callbacks):
    settings.EMAIL_HOST = "smtp.berakhlak.test"
    User.objects.filter(pk=cast.peer.pk).update(email=None)
    codes.make_codes([cast.peer, cast.participant], by=cast.organiser, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        done = client.post(at(cast, "codes_mail"), {"siapa": "berkode"}, follow=True)
    assert "1 kode sedang dikirim." in done.content.decode()
    assert events() == [("codes_sent", {"users": [cast.participant.pk]})]
    assert ActivationCode.objects.get(user=cast.participant).mail_asked_at == NOW
    assert ActivationCode.objects.get(user=cast.peer).mail_asked_at is None


def test_without_a_mail_server_no_code_goes_into_a_log(client, cast, settings):
    settings.EMAIL_HOST = ""
    codes.make_codes([cast.participant], by=cast.organiser, now=NOW)
    assert "Kirim lewat surel" not in shown(client, cast)
    assert client.post(at(cast, "codes_mail"), {"siapa": "berkode"}).status_code == 422
    assert ActivationCode.objects.get().mail_asked_at is None


@pytest.mark.parametrize("move", ["codes_make", "codes_sheet", "codes_mail", "codes_revoke"])
@pytest.mark.parametrize("who", ["organiser", "superuser", "curriculum_editor", "outsider", "nobody", "inactive"])
def test_nobody_outside_and_no_staff_can_be_let_in(client, cast, settings, move, who):
    settings.EMAIL_HOST = "smtp.berakhlak.test"
    if who == "inactive":
        User.objects.filter(pk=cast.participant.pk).update(is_active=False)
    user = cast.participant if who == "inactive" else getattr(cast, who)
    factory.enrol(user, cast.cohort, cast.group, 60) if user.is_staff else None
    if move != "codes_make":
        codes.make_codes([user], by=cast.superuser, now=NOW)
    assert client.post(at(cast, move), {"orang": user.pk}).status_code == 422
    assert events() == []
    assert not ActivationCode.objects.filter(made_by=cast.organiser).exists()


def test_what_is_no_number_means_nobody(client, cast):
    assert client.post(at(cast, "codes_make"), {"orang": ["x", "-1", "9" * 30, ""]}).status_code == 422


def test_the_page_tells_who_is_in_which_state(client, cast):
    User.objects.update(last_login=NOW)
    User.objects.filter(pk__in=[cast.peer.pk, cast.stranger.pk]).update(last_login=None)
    codes.make_codes([cast.peer], by=cast.organiser, now=NOW)
    factory.enrol(cast.superuser, cast.cohort, cast.group, 61)
    page = shown(client, cast)
    assert page.count("Belum pernah</td>") == 2
    assert page.count("berlaku sampai 7 Desember 2026") == 1
    assert page.count("Staf: melalui administrator") == 1
    assert f'value="{cast.superuser.pk}"' not in page
    new = shown(client, cast, "?tampil=baru")
    assert cast.peer.full_name in new
    assert cast.participant.full_name not in new


def test_an_open_code_that_expired_is_none(client, cast):
    everybody_new()
    codes.make_codes([cast.participant], by=cast.organiser, now=NOW - timedelta(days=15))
    page = shown(client, cast)
    assert "berlaku sampai" not in page
    assert "Buat kode untuk 6 orang" in page


def test_nobody_is_here_yet(client, cast):
    cohort = factory.make_cohort("Angkatan Kosong", rubric=cast.cohort.rubric)
    page = client.get(reverse("members", args=[cohort.key])).content.decode()
    assert "Belum ada peserta." in page


@pytest.mark.parametrize("more", [0, 2, 120])
def test_queries(client, cast, django_assert_num_queries, more):
    for number in range(more):
        factory.enrol(factory.make_user(f"Peserta {number}"), cast.cohort, cast.group, 70 + number)
    shown(client, cast)
    with django_assert_num_queries(13):
        shown(client, cast)
