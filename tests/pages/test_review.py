"""One entry on the reviewer's desk: what the page shows and what its buttons do."""

import pytest
from django.urls import reverse

from journals import triggers, workflow
from journals.enums import Decision, EntryState, ReviewState
from journals.models import Claim, Entry, Review
from tests import factory
from tests.factory import CRITERIA, NOW


@pytest.fixture
def entry(cast) -> Entry:
    """The participant's submitted entry of module 1."""
    return factory.submitted(cast.enrolment, cast.modules[0]).entry


def open_page(as_user, user, entry, **query) -> str:
    """The review page's HTML."""
    answer = as_user(user).get(reverse("review", args=[entry.key]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def form_data(review: Review, points: str | None = "85", **more) -> dict:
    """What the form sends for the same points everywhere."""
    data = {
        "version": str(review.version),
        "submission": str(review.submission.number),
        "comment": "Bagus.",
        "items": ["Ceritakan satu peristiwa.", "", ""],
        "due": "2026-11-27T23:59",
    }
    for code, _weight in CRITERIA:
        data |= {f"points_{code}": points or "", f"note_{code}": f"Catatan {code}"}
    return data | more


def test_the_text_is_shown_and_a_get_writes_nothing(cast, as_user, entry):
    html = open_page(as_user, cast.instructor, entry)
    assert "Saya belajar mendengarkan warga" in html
    assert "Mulai menelaah" in html
    assert not Claim.objects.exists()
    assert not Review.objects.exists()


def test_claiming_opens_the_bench(cast, as_user, entry):
    client = as_user(cast.instructor)
    answer = client.post(reverse("review_claim", args=[entry.key]))
    assert answer.status_code == 302
    html = client.get(answer.url).content.decode()
    assert 'name="points_pemahaman"' in html
    assert Claim.objects.get().reviewer == cast.instructor


@pytest.fixture
def review(cast, entry) -> Review:
    """The instructor's unfinished review; the claim is live."""
    return workflow.claim(user=cast.instructor, entry=entry, now=NOW)


POSTS = ["claim", "save", "return", "grade", "unclaim", "reopen"]


@pytest.mark.parametrize("move", POSTS)
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("peer", 404),
        ("outsider", 404),
        ("outside_instructor", 404),
        ("nobody", 404),
        ("participant", 403),
        ("other_instructor", 403),
    ],
)
def test_moves_are_refused_to_everybody_else(cast, as_user, entry, review, move, who, status):
    client = as_user(getattr(cast, who))
    address = reverse(f"review_{move}", args=[entry.key])
    assert client.post(address, form_data(review)).status_code == status
    assert client.get(address).status_code == status
    entry.refresh_from_db()
    assert (entry.state, Review.objects.get().version) == (EntryState.SUBMITTED, 0)


@pytest.mark.parametrize("move", [*POSTS, "next"])
def test_moves_answer_405_to_get_and_lead_to_sign_in(cast, as_user, entry, move):
    address = reverse(f"review_{move}", args=[] if move == "next" else [entry.key])
    assert as_user(cast.instructor).get(address).status_code == 405
    signed_out = as_user(None)
    assert signed_out.post(address).status_code == 302
    assert signed_out.post(address, headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("instructor", 200),
        ("lead", 200),
        ("organiser", 200),
        ("superuser", 200),
        ("peer", 404),
        ("outsider", 404),
        ("participant", 403),
        ("other_instructor", 403),
        ("curriculum_editor", 404),
    ],
)
def test_who_may_read(cast, as_user, entry, who, status):
    client = as_user(getattr(cast, who))
    assert client.get(reverse("review", args=[entry.key])).status_code == status
    assert client.post(reverse("review", args=[entry.key])).status_code == (405 if status == 200 else status)


def test_organisers_read_and_do_not_decide(cast, as_user, entry, review):
    html = open_page(as_user, cast.organiser, entry)
    assert "Saya belajar mendengarkan warga" in html
    assert "Dr. Endah Lestari, M.Pd." in html  # who holds it
    assert "review_grade" not in html
    assert reverse("review_grade", args=[entry.key]) not in html
    assert reverse("review_claim", args=[entry.key]) not in html


def test_the_draft_stays_with_its_author(cast, as_user):
    drafted = factory.draft(cast.enrolment, cast.modules[1], text="<p>Rahasia draf saya sendiri saja.</p>")
    html = open_page(as_user, cast.instructor, drafted)
    assert "Rahasia draf" not in html


def test_the_nip_is_masked(cast, as_user, entry):
    nip = "198609262015051001"
    type(cast.participant).objects.filter(pk=cast.participant.pk).update(nip=nip)
    html = open_page(as_user, cast.instructor, entry)
    assert nip not in html
    assert f"{nip[:4]}••••" in html


def test_held_by_another_is_read_only(cast, as_user, entry, review):
    html = open_page(as_user, cast.lead, entry)
    assert "Dr. Endah Lestari, M.Pd. sedang menelaah entri ini" in html
    assert "18.00" not in html
    assert "11.30 WITA" in html  # NOW is 11.00 WITA, the lease is half an hour
    assert reverse("review_claim", args=[entry.key]) not in html
    answer = as_user(cast.lead).post(reverse("review_claim", args=[entry.key]))
    assert answer.status_code == 409
    assert Claim.objects.get().reviewer == cast.instructor


def test_saving_keeps_everything_and_null_is_not_zero(cast, as_user, entry, review):
    data = form_data(review, None, points_refleksi="93,50", points_pemahaman="0")
    answer = as_user(cast.instructor).post(reverse("review_save", args=[entry.key]), data, follow=True)
    html = answer.content.decode()
    assert "Tersimpan pukul 11.00 WITA" in html
    review.refresh_from_db()
    points = {score.criterion.code: score.points for score in review.scores.all()}
    assert points == {"pemahaman": 0, "refleksi": pytest.approx(93.5), "penerapan": None, "kualitas": None}
    assert 'name="points_refleksi" value="93,50"' in html
    assert 'name="points_pemahaman" value="0"' in html
    assert 'name="points_penerapan" value=""' in html
    assert "Ceritakan satu peristiwa." in html
    assert "sementara, 2 dari 4 kriteria" in html


@pytest.mark.parametrize(
    ("text", "points"),
    [("93,50", "93.50"), ("93.5", "93.50"), (" 88 ", "88"), ("0", "0"), ("100", "100"), ("70,01", "70.01")],
)
def test_points_are_typed_with_comma_or_point(cast, as_user, entry, review, text, points):
    as_user(cast.instructor).post(reverse("review_save", args=[entry.key]), form_data(review, text))
    assert {str(score.points.normalize()) for score in review.scores.all()} == {
        str(factory.Decimal(points).normalize())
    }


@pytest.mark.parametrize("text", ["100,01", "-1", "85,123", "1.000", "abc", "NaN", "8,5,5"])
def test_bad_points_come_back_with_everything_typed(cast, as_user, entry, review, text):
    data = form_data(review, points_refleksi=text, comment="Kalimat yang panjang.")
    answer = as_user(cast.instructor).post(reverse("review_save", args=[entry.key]), data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_points_refleksi"' in html
    assert f'value="{text}"' in html
    assert "Kalimat yang panjang." in html
    assert "Ceritakan satu peristiwa." in html
    assert "Galat:" in html.split("</title>")[0]
    assert review.scores.count() == 0


def test_a_level_alone_gives_its_usual_points(cast, as_user, entry, review):
    level = cast.cohort.rubric.criteria.get(code="refleksi").levels.get(order=3)
    as_user(cast.instructor).post(
        reverse("review_save", args=[entry.key]), form_data(review, None, level_refleksi=str(level.pk))
    )
    score = review.scores.get(criterion__code="refleksi")
    assert (score.points, score.level) == (85, level)


def test_another_level_wins_over_the_points_that_were_left_standing(cast, as_user, entry, review):
    client, address = as_user(cast.instructor), reverse("review_save", args=[entry.key])
    client.post(address, form_data(review, "85"))
    review.refresh_from_db()
    best = cast.cohort.rubric.criteria.get(code="refleksi").levels.get(order=4)
    client.post(address, form_data(review, "85", level_refleksi=str(best.pk)))
    assert review.scores.get(criterion__code="refleksi").points == 95
    review.refresh_from_db()
    answer = client.post(address, form_data(review, "72", level_refleksi=str(best.pk)))
    assert answer.status_code == 422
    assert "berkisar 90,01 sampai 100 poin" in answer.content.decode()


def test_a_script_saves_and_gets_json(cast, as_user, entry, review):
    answer = as_user(cast.instructor).post(
        reverse("review_save", args=[entry.key]), form_data(review), headers={"Accept": "application/json"}
    )
    assert answer.json() == {"version": 1, "message": "Tersimpan pukul 11.00 WITA.", "lost": False, "partly": False}
    again = as_user(cast.instructor).post(
        reverse("review_save", args=[entry.key]), form_data(review), headers={"Accept": "application/json"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "stale")
    review.refresh_from_db()
    bad = as_user(cast.instructor).post(
        reverse("review_save", args=[entry.key]),
        form_data(review, version="x"),
        headers={"Accept": "application/json"},
    )
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid")


def test_a_script_that_shows_pages_in_place_is_told_what_to_load_as_a_whole(cast, as_user, entry, review):
    """Following a redirect, it would use up the message that the page has for its reader."""
    client, headers = as_user(cast.instructor), {"Accept": "text/html, application/json"}
    data = form_data(review, items=["", "", ""], then="next")
    answer = client.post(reverse("review_grade", args=[entry.key]), data, headers=headers)
    assert answer.json() == {"location": reverse("queue")}
    assert "Tidak ada lagi yang menunggu di sini." in client.get(reverse("queue")).content.decode()


def test_two_windows_show_both_texts(cast, as_user, entry, review):
    client, address = as_user(cast.instructor), reverse("review_save", args=[entry.key])
    client.post(address, form_data(review, comment="Tersimpan di jendela pertama."))
    answer = client.post(address, form_data(review, comment="Ditulis di jendela kedua."))
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Tersimpan di jendela pertama." in html
    assert "Ditulis di jendela kedua." in html
    assert 'name="version" value="1"' in html  # saving now replaces knowingly
    review.refresh_from_db()
    assert review.comment == "Tersimpan di jendela pertama."


def test_a_lost_lease_keeps_the_text(cast, as_user, clock, entry, review):
    clock.move_to(NOW + workflow.claiming.LEASE * 2)
    workflow.claim(user=cast.lead, entry=entry, now=NOW + workflow.claiming.LEASE * 2)
    answer = as_user(cast.instructor).post(reverse("review_save", args=[entry.key]), form_data(review), follow=True)
    html = answer.content.decode()
    assert "Ketut Sudarma telah mengambil alih entri ini" in html
    assert "Ceritakan satu peristiwa." in html
    review.refresh_from_db()
    answer = as_user(cast.instructor).post(
        reverse("review_grade", args=[entry.key]), form_data(review, comment="Putusan saya.", items=[""])
    )
    assert answer.status_code == 409
    assert "Putusan saya." in answer.content.decode()
    review.refresh_from_db()
    assert (review.state, review.comment) == (ReviewState.WORKING, "Putusan saya.")


def test_after_the_entry_moved_on_the_text_comes_back(cast, as_user, clock, entry, review):
    later = NOW + workflow.claiming.LEASE * 2
    clock.move_to(later)
    other = workflow.claim(user=cast.lead, entry=entry, now=later)
    workflow.grade(
        user=cast.lead,
        entry=entry,
        version=other.version,
        now=later,
        given=workflow.ReviewInput("Putusan ketua.", factory.scores("75")),
    )
    for move in ("save", "return", "grade"):
        answer = as_user(cast.instructor).post(
            reverse(f"review_{move}", args=[entry.key]), form_data(review, comment="Jangan hilang.")
        )
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "Jangan hilang." in html
        assert "Ceritakan satu peristiwa." in html
        assert "Putusan ketua." in html
    assert Review.objects.filter(state=ReviewState.FINAL).count() == 1


def test_the_new_holder_decides_in_the_very_moment(cast, as_user, clock, entry, review, monkeypatch):
    clock.move_to(NOW + workflow.claiming.LEASE * 2)
    workflow.claim(user=cast.lead, entry=entry, now=NOW + workflow.claiming.LEASE * 2)

    def too_late(**_given):
        raise workflow.Conflict("state", "dinilai")

    monkeypatch.setattr(workflow, "save_review", too_late)
    answer = as_user(cast.instructor).post(
        reverse("review_grade", args=[entry.key]), form_data(review, comment="Jangan hilang.", items=[""])
    )
    assert answer.status_code == 409
    assert "Jangan hilang." in answer.content.decode()


def test_a_damaged_submission_is_said_and_not_shown(cast, as_user, entry, review):
    with triggers.lifted():
        entry.submissions.update(content='{"rahasia":"disisipkan"}')
    html = open_page(as_user, cast.instructor, entry)
    assert "tidak cocok dengan sidik digitalnya" in html
    assert "disisipkan" not in html
    assert 'name="points_pemahaman"' in html  # it can be sent back to be handed in again


def test_a_newer_submission_refuses_the_old_form(cast, as_user, entry, review):
    workflow.return_for_revision(
        user=cast.instructor,
        entry=entry,
        version=0,
        now=NOW,
        due=NOW + factory.timedelta(3),
        given=workflow.ReviewInput("", {}, ("Perbaiki.",)),
    )
    factory.submitted(cast.enrolment, cast.modules[0], text="<p>Versi kedua yang lebih lengkap sekarang.</p>")
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    answer = as_user(cast.instructor).post(
        reverse("review_grade", args=[entry.key]), form_data(review, comment="Untuk versi pertama.")
    )
    assert answer.status_code == 409
    assert "Untuk versi pertama." in answer.content.decode()
    assert not Review.objects.filter(decision=Decision.GRADED).exists()


def test_earlier_rounds_and_history_are_on_the_page(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    second = factory.submitted(cast.enrolment, cast.modules[0], text="<p>Versi kedua yang lebih lengkap sekarang.</p>")
    html = open_page(as_user, cast.instructor, second.entry)
    assert html.count("Saya belajar mendengarkan") == 3  # the three parts of the first submission
    assert html.index("Versi kedua") < html.index("Saya belajar mendengarkan")
    assert "Tambahkan peristiwa nyata." in html
    assert "Riwayat" in html


def test_handing_back_saves_first(cast, as_user, entry, review):
    answer = as_user(cast.instructor).post(reverse("review_unclaim", args=[entry.key]), form_data(review), follow=True)
    assert "Disisihkan" in answer.content.decode()
    review.refresh_from_db()
    assert (review.comment, Claim.objects.count()) == ("Bagus.", 0)
    answer = as_user(cast.instructor).post(reverse("review_unclaim", args=[entry.key]))
    assert answer.status_code == 409


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_of_the_page(cast, as_user, django_assert_num_queries, rows):
    """The same for a first submission and for the third, with all that was said before."""
    cast.cohort.max_returns = 5
    cast.cohort.save()
    for _round in range(rows - 1):
        factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    client = as_user(cast.instructor)
    client.get(reverse("review", args=[entry.key]))
    with django_assert_num_queries(12):
        client.get(reverse("review", args=[entry.key]))


# Two of each transaction are the savepoint that stands for BEGIN and COMMIT inside a test: the budget of 20 is kept.
@pytest.mark.parametrize(
    ("move", "count"), [("claim", 20), ("save", 15), ("return", 22), ("grade", 22), ("unclaim", 22)]
)
def test_queries_of_the_moves(cast, as_user, django_assert_num_queries, entry, move, count):
    client = as_user(cast.instructor)
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW) if move != "claim" else None
    data = form_data(review, without_return="stay") if review else {}
    with django_assert_num_queries(count):
        client.post(reverse(f"review_{move}", args=[entry.key]), data)
