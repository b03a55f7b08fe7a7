"""Taking over what another reviewer holds, as both of them and the participant see it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from journals import workflow
from journals.models import Claim, Entry, Notice, Takeover
from tests import factory
from tests.factory import NOW
from tests.pages.test_review import form_data
from tests.pages.writing import address

REASON = "Bu Endah sedang sakit."
LEADER = "Ketut Sudarma"


@pytest.fixture
def entry(cast) -> Entry:
    """Handed in and held by the instructor."""
    found = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=found, now=NOW)
    return found


def place(entry, name="take_over") -> str:
    return reverse(f"review_{name}", args=[entry.key])


def page(as_user, user, entry) -> str:
    return as_user(user).get(reverse("review", args=[entry.key])).content.decode()


def queue(as_user, user) -> str:
    return as_user(user).get(reverse("queue")).content.decode()


def test_a_lead_takes_over_and_goes_on_at_the_bench(cast, as_user, entry):
    assert f'action="{place(entry)}"' in page(as_user, cast.lead, entry)
    client = as_user(cast.lead)
    answer = client.post(place(entry), {"reason": REASON, "filter": "modul=1"})
    assert answer.url == reverse("review", args=[entry.key]) + "?modul=1"
    html = client.get(answer.url).content.decode()
    assert "Anda mengambil alih entri ini." in html
    assert 'name="points_pemahaman"' in html
    assert "Telaah diambil alih" in html  # in the history
    assert Claim.objects.get().reviewer == cast.lead


@pytest.mark.parametrize("who", ["instructor", "organiser", "colleague"])
def test_nobody_else_is_offered_it(cast, as_user, entry, who):
    cast.colleague = factory.make_user("Rekan Satu")
    factory.teach(cast.colleague, cast.cohort)
    assert place(entry) not in page(as_user, getattr(cast, who), entry)
    assert as_user(getattr(cast, who)).post(place(entry), {"reason": REASON}).status_code == 403


def test_what_nobody_else_holds_is_begun_and_not_taken(cast, as_user, clock, entry):
    clock.move_to(NOW + workflow.claiming.LEASE)
    html = page(as_user, cast.lead, entry)
    assert place(entry) not in html
    assert place(entry, "claim") in html
    answer = as_user(cast.lead).post(place(entry), {"reason": REASON})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Anda dapat langsung mulai." in html
    assert f"{REASON}</textarea>" in html
    assert place(entry, "claim") in html


@pytest.mark.parametrize("reason", ["  ", "x" * 2001])
def test_a_reason_that_is_refused_comes_back(cast, as_user, entry, reason):
    answer = as_user(cast.lead).post(place(entry), {"reason": reason})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert '<details class="earlier" open><summary>Ambil alih' in html
    assert 'href="#id_reason"' in html
    assert f"{reason.strip()}</textarea>" in html
    assert "Galat:" in html.split("</title>")[0]
    assert Claim.objects.get().reviewer == cast.instructor


def test_a_double_click_takes_it_once(cast, as_user, entry):
    answers = [as_user(cast.lead).post(place(entry), {"reason": REASON}) for _click in range(2)]
    assert [answer.url for answer in answers] == [reverse("review", args=[entry.key])] * 2
    assert Takeover.objects.count() == Notice.objects.count() == 1


def test_the_former_holder_reads_why_and_keeps_every_word(cast, as_user, entry):
    as_user(cast.lead).post(place(entry), {"reason": REASON})
    html = queue(as_user, cast.instructor)
    said = f"<strong>{LEADER}</strong> mengambil alih telaah Anda atas entri Ratna Kusumaningrum, A.Md.Keb. (modul 1)."
    assert said in html
    assert f"Alasan: {REASON}" in html
    assert f"Sedang ditelaah oleh {LEADER} sampai 11.30&nbsp;WITA" in html
    data = form_data(cast.instructor.reviews.get(), comment="Kata saya.")
    answer = as_user(cast.instructor).post(place(entry, "save"), data, follow=True)
    html = answer.content.decode()
    assert f"{LEADER} telah mengambil alih entri ini." in html
    assert "Kata saya." in html
    notice = Notice.objects.get()
    opened = as_user(cast.instructor).post(reverse("notice_read", args=[notice.pk]), {"open": "1"})
    assert opened.url == reverse("review", args=[entry.key])
    assert REASON not in queue(as_user, cast.instructor)


def test_each_notice_has_its_own_reason(cast, as_user, clock, entry):
    workflow.take_over(user=cast.lead, entry=entry, reason="Alasan pertama.", now=NOW)
    workflow.unclaim(user=cast.lead, entry=entry, now=NOW)
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    workflow.take_over(user=cast.lead, entry=entry, reason="Alasan kedua.", now=NOW + timedelta(minutes=1))
    clock.move_to(NOW + timedelta(minutes=1))
    html = queue(as_user, cast.instructor)
    assert 0 < html.index("Alasan kedua.") < html.index("Alasan pertama.")


def test_the_script_of_the_former_holder_hears_it_too(cast, as_user, entry):
    as_user(cast.lead).post(place(entry), {"reason": REASON})
    data, headers = form_data(cast.instructor.reviews.get()), {"Accept": "application/json"}
    told = as_user(cast.instructor).post(place(entry, "save"), data, headers=headers).json()
    assert told["lost"]
    assert LEADER in told["message"]


def test_the_participant_only_knows_that_it_is_being_reviewed(cast, as_user, entry):
    as_user(cast.lead).post(place(entry), {"reason": REASON})
    html = as_user(cast.participant).get(address("entry", cast)).content.decode()
    assert html.count("Telaah dimulai") == 2
    for secret in ("ambil alih", LEADER, "Endah", REASON):
        assert secret not in html
    assert not Notice.objects.filter(recipient=cast.participant).exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(cast, as_user, django_assert_num_queries, entry, rows):
    for number in range(rows - 1):
        other = factory.enrol(factory.make_user(f"Orang {number}"), cast.cohort, cast.group, 100 + number)
        factory.taken_over(factory.submitted(other, cast.modules[0]).entry, cast.instructor, cast.lead)
    client = as_user(cast.lead)
    with django_assert_num_queries(11):
        client.get(reverse("review", args=[entry.key]))
    # Two are the savepoint that stands for BEGIN and COMMIT inside a test.
    with django_assert_num_queries(21):
        client.post(place(entry), {"reason": REASON})
    client = as_user(cast.instructor)
    with django_assert_num_queries(10):
        assert client.get(reverse("queue")).content.decode().count("Alasan: ") == rows
