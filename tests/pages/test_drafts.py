"""Drafts over the wire, and the page on which an author chooses between two versions."""

import json

import pytest
from django.urls import reverse

from journals.enums import EnrolmentStatus
from journals.models import Entry, Response, StrayDraft
from tests import factory
from tests.pages.writing import address, text_of

CLIENT = "a1b2c3d4e5f6a7b8c9d0"


def send(browser, cast, *, sequence=1, version=0, number=1, headers=None, **change):
    message = {
        "client": CLIENT,
        "sequence": sequence,
        "version": version,
        "title": "Antrean",
        "parts": {"refleksi": ["html", "<p>Saya <b>mendengar</b>.</p>"]},
        **change,
    }
    return browser.post(
        address("entry_draft", cast, number),
        json.dumps(message),
        content_type="application/json",
        headers={"accept": "application/json", **(headers or {})},
    )


def body(key="refleksi") -> str:
    return Response.objects.get(prompt__key=key).body


def test_a_message_becomes_the_draft(cast, as_user):
    client = as_user(cast.participant)
    answer = send(client, cast)
    assert answer.status_code == 200
    assert answer.json() == {"version": 1, "status": "Tersimpan di server pukul 11.00\N{NO-BREAK SPACE}WITA"}
    assert body() == "<p>Saya <strong>mendengar</strong>.</p>"
    assert Entry.objects.get().title == "Antrean"
    notation = {"refleksi": ["notation", "Saya **membaca**."]}
    assert send(client, cast, sequence=2, version=1, parts=notation).json()["version"] == 2
    assert body() == "<p>Saya <strong>membaca</strong>.</p>"


def test_scripts_are_cleaned_away(cast, as_user):
    hostile = {"refleksi": ["html", "<p>a<img src=x onerror=alert(1)></p><script>alert(1)</script>"]}
    send(as_user(cast.participant), cast, parts=hostile)
    assert body() == "<p>a</p>"


def test_a_late_message_is_kept_beside_and_said(cast, as_user):
    factory.draft(cast.enrolment, cast.modules[0])
    client = as_user(cast.participant)
    answer = send(client, cast, version=0)
    assert answer.status_code == 409
    assert answer.json() == {"reason": "stale", "version": 1}
    for name in ("entry", "entry_write"):
        assert "Ada versi lain dari entri ini" in text_of(client.get(address(name, cast)))
    # The notice on the writing page stands there all the time, hidden until it is needed.
    peer = as_user(cast.peer).get(address("entry_write", cast))
    assert "data-other-version hidden" in peer.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"client": "x"},
        {"client": 7},
        {"sequence": "1"},
        {"sequence": -1},
        {"sequence": True},
        {"sequence": 2**31},
        {"version": None},
        {"title": "a" * 201},
        {"title": "a\x00"},
        {"title": ["a"]},
        {"parts": []},
        {"parts": {"refleksi": "<p>a</p>"}},
        {"parts": {"refleksi": ["html", 1]}},
        {"parts": {"refleksi": ["html", "a" * 200_001]}},
        {"parts": {"tidak-ada": ["html", "a"]}},
    ],
)
def test_what_is_no_message_is_refused(cast, as_user, change):
    answer = send(as_user(cast.participant), cast, **change)
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert not Response.objects.exclude(body="").exists()


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b"1", b"\xff", b"[" * 5000])
def test_what_is_no_json_is_refused(cast, as_user, raw):
    answer = as_user(cast.participant).post(
        address("entry_draft", cast), raw, content_type="application/json", headers={"accept": "application/json"}
    )
    assert answer.status_code == 422


def test_signed_out_gets_401_and_former_participants_403(cast, as_user):
    assert send(as_user(None), cast).status_code == 401
    factory.draft(cast.enrolment, cast.modules[0])
    cast.enrolment.status = EnrolmentStatus.WITHDRAWN
    cast.enrolment.save()
    assert send(as_user(cast.participant), cast, version=1).status_code == 403


def test_before_opening(cast, as_user):
    type(cast.cohort.schedules.first()).objects.update(opens=factory.NOW + factory.timedelta(1))
    answer = send(as_user(cast.participant), cast)
    assert (answer.status_code, answer.json()["reason"]) == (409, "not_open")


# Two are the savepoint that stands for BEGIN and COMMIT inside a test: the budget of six is kept.
@pytest.mark.parametrize("parts", [1, 3])
def test_a_message_costs_six_queries(cast, as_user, django_assert_num_queries, parts):
    client = as_user(cast.participant)
    send(client, cast)
    texts = {key: ["html", "<p>Lagi.</p>"] for key, *_rest in factory.PARTS[:parts]}
    with django_assert_num_queries(8):
        assert send(client, cast, sequence=2, version=1, parts=texts).status_code == 200


def test_a_message_is_small(cast, as_user):
    """At most 2 KB beyond the text, with everything that our own script sends and the server answers."""
    client = as_user(cast.participant)
    answer = send(client, cast)
    text = "<p>Saya <b>mendengar</b>.</p>"
    overhead = len(answer.wsgi_request.body) - len(text) + len(answer.content) + len(str(answer.headers))
    assert overhead < 1200  # the browser's own headers, with the cookies, are some 800


# --- Choosing ---------------------------------------------------------------------------------------


@pytest.fixture
def stray(cast) -> StrayDraft:
    """Beside the draft of module 1."""
    return factory.stray(cast.enrolment, cast.modules[0])


def chosen(stray, choice, **more):
    return {
        "version": str(stray.entry.version),
        "sequence": str(stray.sequence),
        "title": stray.title,
        "choice-title": "mine",
        "part-refleksi": "Dari telepon.",
        "choice-refleksi": choice,
        **more,
    }


def test_both_versions_are_shown_where_they_differ(cast, as_user, stray):
    page = text_of(as_user(cast.participant).get(address("entry_versions", cast)))
    assert "Dari telepon." in page
    assert "mendengarkan warga" in page
    assert "tiba pukul 11.00 WITA" in page
    assert "choice-ringkasan" not in page


@pytest.mark.parametrize(
    ("choice", "html"),
    [
        ("mine", "<p>Dari telepon.</p>"),
        ("server", factory.ANSWER),
        ("both", factory.ANSWER + "<p>Dari telepon.</p>"),
    ],
)
def test_the_choice_is_saved_and_settles(cast, as_user, stray, choice, html):
    client = as_user(cast.participant)
    answer = client.post(address("entry_choose", cast, 1, stray.pk), chosen(stray, choice), follow=True)
    assert answer.redirect_chain[-1][0] == address("entry_write", cast)
    assert body() == html
    stray.refresh_from_db()
    assert stray.settled_at == factory.NOW
    assert client.get(address("entry_versions", cast)).status_code == 302


def test_a_draft_that_moved_on_meanwhile_shows_both_again(cast, as_user, stray):
    factory.draft(cast.enrolment, cast.modules[0], text="<p>Lebih baru lagi sekarang.</p>")
    answer = as_user(cast.participant).post(
        address("entry_choose", cast, 1, stray.pk), chosen(stray, "mine", **{"part-refleksi": "Suntingan saya."})
    )
    assert answer.status_code == 409
    page = text_of(answer)
    assert "Suntingan saya." in page
    assert "Lebih baru lagi sekarang." in page
    assert body() == "<p>Lebih baru lagi sekarang.</p>"


def test_after_handing_in_the_text_can_be_copied_and_put_away(cast, as_user, stray):
    entry = stray.entry
    factory.workflow.submit(
        user=cast.participant, entry=entry, version=entry.version, accepted=True, key="k", now=factory.NOW
    )
    client = as_user(cast.participant)
    page = text_of(client.get(address("entry_versions", cast)))
    assert "Dari telepon." in page
    assert "Kiriman Anda tidak berubah" in page
    assert client.post(address("entry_choose", cast, 1, stray.pk), chosen(stray, "mine")).status_code == 409
    put_away = address("entry_put_away", cast, 1, stray.pk)
    client.post(put_away, {"sequence": str(stray.sequence + 1)})  # a newer one came: not settled with it
    assert StrayDraft.objects.filter(settled_at=None).exists()
    assert client.post(put_away, {"sequence": str(stray.sequence)}).url == address("entry", cast)
    assert not StrayDraft.objects.filter(settled_at=None).exists()


def test_settled_ones_are_not_found(cast, as_user, stray):
    StrayDraft.objects.update(settled_at=factory.NOW)
    assert as_user(cast.participant).post(address("entry_choose", cast, 1, stray.pk)).status_code == 404


def test_another_participants_versions_are_not_found(cast, as_user, stray):
    factory.draft(cast.peer_enrolment, cast.modules[0])
    client = as_user(cast.peer)
    assert client.post(reverse("entry_choose", args=[cast.cohort.key, 1, stray.pk])).status_code == 404
    assert client.get(address("entry_versions", cast)).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_costs_the_same_with_more_versions(cast, as_user, django_assert_num_queries, stray, rows):
    for number in range(rows - 1):
        StrayDraft.objects.create(
            entry=stray.entry, client=f"lain{number}", sequence=1, base=0, answers={}, arrived_at=factory.NOW
        )
    client = as_user(cast.participant)
    with django_assert_num_queries(10):
        client.get(address("entry_versions", cast))
