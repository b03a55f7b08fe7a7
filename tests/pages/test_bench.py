"""What the bench keeps and asks: parts that are not valid, things to improve, and the way back."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from journals import workflow
from journals.enums import EntryState, ReviewState
from journals.models import Entry, Review, RevisionItem
from tests import factory
from tests.factory import NOW
from tests.pages.test_review import form_data, open_page

SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def entry(cast) -> Entry:
    """The participant's submitted entry of module 1."""
    return factory.submitted(cast.enrolment, cast.modules[0]).entry


@pytest.fixture
def review(cast, entry) -> Review:
    """The instructor's unfinished review; the claim is live."""
    return workflow.claim(user=cast.instructor, entry=entry, now=NOW)


def post(as_user, user, move, entry, data, **more):
    """Send a form."""
    return as_user(user).post(reverse(f"review_{move}", args=[entry.key]), data, **more)


def points(review: Review) -> dict[str, str]:
    """Stored points by criterion."""
    return {score.criterion.code: str(score.points) for score in review.scores.select_related("criterion")}


# --- Saving in the background --------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["abc", "100,01", "80,005"])
def test_a_bad_field_does_not_keep_the_others_from_being_saved(cast, as_user, entry, review, typed):
    post(as_user, cast.instructor, "save", entry, form_data(review, "85", items=["Satu."]), headers=SCRIPT)
    data = form_data(
        review, "75", version="1", points_refleksi=typed, note_refleksi="Baru.", comment="Baru.", items=["Dua."]
    )
    answer = post(as_user, cast.instructor, "save", entry, data, headers=SCRIPT)
    said = answer.json()
    assert (answer.status_code, said["version"], said["partly"]) == (200, 2, True)
    assert said["message"].startswith("Belum tersimpan – Refleksi: ")
    review.refresh_from_db()
    assert review.comment == "Baru."
    assert [item.text for item in review.items.all()] == ["Dua."]
    assert points(review) == {"pemahaman": "75.00", "refleksi": "85.00", "penerapan": "75.00", "kualitas": "75.00"}
    assert review.scores.get(criterion__code="refleksi").comment == "Baru."


def test_too_long_a_text_leaves_the_stored_one(cast, as_user, entry, review):
    post(as_user, cast.instructor, "save", entry, form_data(review, "85", comment="Lama."))
    data = form_data(review, "75", version="1", comment="x" * 10001, items=["y" * 1001], note_kualitas="z" * 4001)
    said = post(as_user, cast.instructor, "save", entry, data, headers=SCRIPT).json()
    assert said["partly"]
    review.refresh_from_db()
    assert (review.comment, review.items.get().text) == ("Lama.", "Ceritakan satu peristiwa.")
    assert review.scores.get(criterion__code="kualitas").comment == "Catatan kualitas"
    assert points(review)["kualitas"] == "75.00"


def test_emptied_points_are_not_scored(cast, as_user, entry, review):
    post(as_user, cast.instructor, "save", entry, form_data(review, "85"))
    post(as_user, cast.instructor, "save", entry, form_data(review, "85", version="1", points_refleksi=""))
    score = review.scores.get(criterion__code="refleksi")
    assert (score.points, score.level) == (None, None)


def test_a_form_without_item_fields_leaves_the_stored_items_alone(cast, as_user, entry, review):
    post(as_user, cast.instructor, "save", entry, form_data(review))
    data = form_data(review, version="1")
    del data["items"]
    post(as_user, cast.instructor, "save", entry, data)
    assert RevisionItem.objects.get().text == "Ceritakan satu peristiwa."


def test_what_is_wrong_with_points_is_said_exactly(cast, as_user, entry, review):
    def answer(typed):
        return post(as_user, cast.instructor, "save", entry, form_data(review, points_refleksi=typed)).content.decode()

    assert "paling banyak dua desimal" in answer("80,005")
    assert "poin dari 0 sampai 100" in answer("101")


def test_points_between_the_levels_are_said_and_the_rest_is_saved(cast, as_user, entry, review):
    cast.cohort.rubric.criteria.get(code="refleksi").levels.filter(order=1).update(max_points="65", points="60")
    data = form_data(review, "85", points_refleksi="68")
    said = post(as_user, cast.instructor, "save", entry, data, headers=SCRIPT).json()
    assert said["message"] == "Belum tersimpan – Refleksi: Tidak ada tingkat dengan poin ini."
    assert points(review)["kualitas"] == "85.00"


# --- Grading with things to improve ---------------------------------------------------------------------


def test_grading_with_things_to_improve_asks_once(cast, as_user, entry, review):
    following = factory.submitted(cast.peer_enrolment, cast.modules[0]).entry
    answer = post(as_user, cast.instructor, "grade", entry, form_data(review, then="next"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Nilai tanpa mengembalikan" in html
    assert 'name="without_return" value="next"' in html
    assert "Ceritakan satu peristiwa." in html
    entry.refresh_from_db()
    assert entry.state == EntryState.SUBMITTED
    answer = post(as_user, cast.instructor, "grade", entry, form_data(review, without_return="next"))
    assert answer.url == reverse("review", args=[following.key])
    entry.refresh_from_db()
    assert entry.state == EntryState.GRADED
    assert RevisionItem.objects.get().text == "Ceritakan satu peristiwa."


def test_what_is_missing_is_said_before_anything_is_asked(cast, as_user, entry, review):
    html = post(as_user, cast.instructor, "grade", entry, form_data(review, points_refleksi="")).content.decode()
    assert "Refleksi: Pilih satu tingkat." in html
    assert "Nilai tanpa mengembalikan" not in html


# --- Returning --------------------------------------------------------------------------------------------


def test_a_due_time_long_after_the_cohort_is_a_slip(cast, as_user, entry, review):
    assert cast.cohort.ends == date(2026, 12, 23)
    answer = post(as_user, cast.instructor, "return", entry, form_data(review, None, due="2027-11-27T23:59"))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Terlalu jauh. Pilih tenggat paling lambat 21 Februari 2027." in html
    answer = post(as_user, cast.instructor, "return", entry, form_data(review, None, due="2027-02-21T23:59"))
    assert answer.status_code == 302


def test_a_cohort_that_ended_long_ago_can_still_get_an_entry_back(cast, as_user, entry, review):
    type(cast.cohort).objects.update(starts=date(2025, 1, 1), ends=date(2025, 2, 1))
    answer = post(as_user, cast.instructor, "return", entry, form_data(review, None))
    assert answer.status_code == 302


def test_when_the_returns_have_run_out_the_typed_items_come_back(cast, as_user):
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    entry = factory.submitted(cast.enrolment, cast.modules[0]).entry
    review = workflow.claim(user=cast.instructor, entry=entry, now=NOW)
    type(cast.cohort).objects.update(max_returns=1)  # while the form was open
    data = form_data(review, None, items=["Jangan hilang."])
    answer = post(as_user, cast.instructor, "return", entry, data)
    assert answer.status_code == 409
    assert "Jangan hilang." in answer.content.decode()
    # Saved, they stand there for good, and can no longer be sent by mistake.
    post(as_user, cast.instructor, "save", entry, data)
    html = open_page(as_user, cast.instructor, entry)
    assert "Jangan hilang." in html
    assert 'name="items"' not in html


# --- Other people, other rounds -----------------------------------------------------------------------------


def test_a_review_that_another_decision_overtook_stays_readable_to_its_writer(cast, as_user, entry, review):
    post(as_user, cast.instructor, "save", entry, form_data(review, comment="Tulisan saya."))
    later = NOW + workflow.claiming.LEASE * 2
    other = workflow.claim(user=cast.lead, entry=entry, now=later)
    given = workflow.ReviewInput("Putusan ketua.", factory.scores("75"))
    workflow.grade(user=cast.lead, entry=entry, version=other.version, now=later, given=given)
    review.refresh_from_db()
    assert review.state == ReviewState.ABANDONED
    html = open_page(as_user, cast.instructor, entry)
    assert "Telaah Anda yang tidak dipakai" in html
    assert "Tulisan saya." in html
    for user in (cast.lead, cast.organiser):
        assert "Tulisan saya." not in open_page(as_user, user, entry)


def test_a_refused_form_of_somebody_who_lost_the_entry_comes_back_to_be_copied(cast, as_user, clock, entry, review):
    clock.move_to(NOW + workflow.claiming.LEASE * 2)
    workflow.claim(user=cast.lead, entry=entry, now=NOW + workflow.claiming.LEASE * 2)
    data = form_data(review, points_refleksi="abc", comment="Jangan hilang.")
    answer = post(as_user, cast.instructor, "grade", entry, data)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Jangan hilang." in html
    assert "Poin: abc" in html


def test_after_reopening_the_earlier_grade_and_the_reason_stand_on_the_bench(cast, as_user):
    entry = factory.graded(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    workflow.reopen(user=cast.instructor, entry=entry, reason="Salah kriteria.", now=NOW)
    html = open_page(as_user, cast.instructor, entry)
    assert 'name="points_refleksi"' in html
    assert "Nilai sebelumnya" in html
    assert "85,00" in html
    assert "Salah kriteria." in html


def test_who_holds_an_entry_is_said_once_and_one_can_go_on(cast, as_user, entry, review):
    sentence = "sedang menelaah entri ini"
    assert open_page(as_user, cast.lead, entry).count(sentence) == 1
    html = post(as_user, cast.lead, "claim", entry, {}).content.decode()
    assert html.count(sentence) == 1
    assert 'role="alert"' in html
    assert reverse("review_next") in html
    assert reverse("review_next") not in open_page(as_user, cast.organiser, entry)


def test_a_review_is_not_called_saved_before_it_was(cast, as_user, entry, review):
    assert "Tersimpan pukul" not in open_page(as_user, cast.instructor, entry)
    post(as_user, cast.instructor, "save", entry, form_data(review))
    as_user(cast.instructor).get(reverse("queue"))  # reads the message away
    assert "Tersimpan pukul" in open_page(as_user, cast.instructor, entry)


def test_the_ranges_of_the_levels_are_exact(cast, as_user, entry, review):
    html = open_page(as_user, cast.instructor, entry)
    for shown in ("0–70", "70,01–80", "80,01–90", "90,01–100"):
        assert f">{shown}<" in html


# --- The way back ---------------------------------------------------------------------------------------------


def crumbs(html: str) -> str:
    """The trail above the heading."""
    return html.split('class="crumbs"')[1].split("</nav>")[0]


def test_the_way_back_leads_to_where_one_came_from(cast, as_user):
    entry = factory.graded(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    queue, cohort = reverse("queue"), reverse("cohort", args=[cast.cohort.key])
    assert f'"{queue}"' in crumbs(open_page(as_user, cast.instructor, entry))
    assert f'"{queue}?tab=dinilai"' in crumbs(open_page(as_user, cast.instructor, entry, tab="dinilai"))
    assert f'"{cohort}"' in crumbs(open_page(as_user, cast.instructor, entry, dari="angkatan"))
    assert f'"{queue}"' in crumbs(open_page(as_user, cast.instructor, entry, dari="lain"))
    # Organisers have no queue.
    assert f'"{cohort}"' in crumbs(open_page(as_user, cast.organiser, entry))


def test_the_way_back_follows_a_claim_and_ends_with_the_next_entry(cast, as_user, entry):
    client = as_user(cast.instructor)
    answer = client.post(reverse("review_claim", args=[entry.key]), {"filter": "dari=angkatan&modul=1"})
    assert answer.url == reverse("review", args=[entry.key]) + "?modul=1&dari=angkatan"
    answer = client.post(reverse("review_unclaim", args=[entry.key]), {"filter": "dari=angkatan"})
    assert answer.url == reverse("cohort", args=[cast.cohort.key])
    answer = client.post(reverse("review_next"), {"filter": "dari=angkatan&tab=dinilai&modul=1"})
    assert answer.url == reverse("review", args=[entry.key]) + "?modul=1"


def test_the_message_about_the_last_entry_links_it(cast, as_user, entry, review):
    type(cast.participant).objects.filter(pk=cast.participant.pk).update(name="Sa'diyah <b>")
    data = form_data(review, then="next", items=[""])
    html = post(as_user, cast.instructor, "grade", entry, data, follow=True).content.decode()
    name = "Sa&#x27;diyah &lt;b&gt;, A.Md.Keb."
    assert f'<a href="{reverse("review", args=[entry.key])}">{name}</a>: 85,00 (Memuaskan).' in html


# --- Signed out -----------------------------------------------------------------------------------------------


def test_points_come_back_with_their_names_when_the_session_has_ended(cast, as_user, entry, review):
    html = open_page(as_user, cast.instructor, entry)
    assert 'name="label_points_refleksi" value="Poin – Refleksi"' in html
    data = form_data(review, "93,50", label_points_refleksi="Poin – Refleksi")
    answer = post(as_user, None, "grade", entry, data)
    assert answer.status_code == 401
    assert ("Poin – Refleksi", "93,50") in answer.context["kept"]
    assert answer.content.decode().count("Poin – Refleksi") == 1


def test_the_due_time_of_a_return_is_that_of_the_return(cast, as_user):
    """A later extension changes the entry's due time, not what was decided."""
    entry = factory.returned(cast.enrolment, cast.modules[0], cast.instructor).submission.entry
    later = NOW + timedelta(days=9)
    workflow.extend(
        user=cast.lead,
        enrolment=cast.enrolment,
        module=cast.modules[0],
        due=later,
        closes=later + timedelta(days=20),
        reason="Sakit",
        now=NOW,
    )
    assert "Sabtu, 28 November 2026" in open_page(as_user, cast.instructor, entry)
