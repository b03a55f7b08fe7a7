"""The demo is written in bulk, past the workflow: what comes out must be as if the workflow had written it."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from berakhlak.accounts.models import User
from journals import anchors, audit, content, grading, permissions, richtext, text, workflow
from journals.demo import build, cohorts
from journals.enums import ReviewState
from journals.models import (
    Annotation,
    AnnotationClosing,
    AnnotationReply,
    Checkpoint,
    Cohort,
    Criterion,
    Enrolment,
    Entry,
    Event,
    Evidence,
    Notice,
    Phrase,
    Response,
    Review,
    RevisionItem,
    Submission,
)
from journals.services import comparing
from tests import factory

# The keys of the data of each kind of event, in the demo and from the workflow.
EVENT_KEYS = {
    "created": {"module"},
    "submitted": {"submission", "words", "sha256", "late"},
    "claimed": {"submission"},
    "returned": {"review", "submission", "due"},
    "graded": {"review", "submission", "round", "raw", "deduction", "score"},
    "remedial": {"score"},
}


def run(*options: str) -> str:
    said = StringIO()
    call_command("demo", "--force", *options, stdout=said, stderr=StringIO())
    return said.getvalue()


@pytest.fixture
def ready(db):
    """The curriculum and the default rubric."""
    call_command("load_curriculum", stdout=StringIO())
    call_command("load_assessment", stdout=StringIO())


@pytest.fixture
def demo(ready):
    """The demo as ``make run`` makes it."""
    return run()


def test_without_curriculum_it_says_what_to_do(db):
    with pytest.raises(CommandError, match="load_curriculum"):
        run()


def test_it_refuses_outside_debug(ready, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="debug"):
        call_command("demo", stdout=StringIO())
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "options",
    [("--cohorts", "0"), ("--cohorts", "3", "--participants", "2"), ("--cohorts", "1", "--participants", "1000")],
)
def test_impossible_sizes_are_refused(ready, options):
    with pytest.raises(CommandError):
        run(*options)


def test_what_the_demo_holds(demo):
    """One pass over one demo, since making it is the expensive part."""
    for email in ("peserta@berakhlak.test", "widyaiswara@berakhlak.test", "admin@berakhlak.test"):
        assert email in demo
        assert User.objects.get(email=email).check_password("BanggaMelayani1")
    assert [cohort.timezone for cohort in Cohort.objects.filter(name__contains="IV")] == ["Asia/Makassar"]
    assert [Enrolment.objects.filter(cohort=cohort).count() for cohort in Cohort.objects.all()] == [40, 40]
    own = Entry.objects.filter(enrolment__user__email=cohorts.PARTICIPANT)
    assert set(own.values_list("state", flat=True)) == {"draft", "submitted", "returned", "graded"}
    instructor = User.objects.get(email=cohorts.INSTRUCTOR)
    assert permissions.reviewable(instructor).waiting().count() >= 20
    assert_the_samples_stand_word_for_word()
    assert_no_two_reflections_are_the_same()
    assert_nobody_is_told_the_same_twice()
    assert_frozen_content_and_chains_are_whole()
    assert_scores_follow_from_their_parts()
    assert_nothing_happened_in_the_future()
    assert_events_say_what_those_of_the_workflow_say()
    assert_earlier_states_are_like_those_of_the_workflow()
    assert_the_instructor_has_phrases(instructor)
    assert_second_rounds_are_answered_and_show_what_changed(instructor)
    entries = Entry.objects.count()
    assert "there already" in run()
    assert Entry.objects.count() == entries


def assert_the_samples_stand_word_for_word():
    for sample, name in (("baik", "Ratna Kusumaningrum"), ("lemah", "Dimas Prayogo")):
        entry = Entry.objects.get(enrolment__user__name=name, module__number=2, enrolment__cohort__name__contains="IV")
        written = " ".join(entry.responses.order_by("prompt__order").values_list("body", flat=True))
        for part in build.samples()[sample]["body"].values():
            for line in part.strip().split("\n"):
                assert f"<p>{line.strip()}</p>" in written


def assert_no_two_reflections_are_the_same():
    bodies = list(Response.objects.filter(prompt__key="refleksi").values_list("body", flat=True))
    assert len(set(bodies)) == len(bodies)


def assert_nobody_is_told_the_same_twice():
    said = Review.objects.exclude(comment="").values_list("submission__entry__enrolment", "comment")
    assert len(set(said)) == len(said)


def assert_frozen_content_and_chains_are_whole():
    for submission in Submission.objects.select_related("entry"):
        answers = content.read(submission)["answers"]
        assert all(answer["min_words"] <= answer["words"] <= answer["max_words"] for answer in answers)
    for body in Response.objects.values_list("body", flat=True):
        assert richtext.clean(body) == body
    assert list(audit.breaks()) == []


def assert_scores_follow_from_their_parts():
    graded = Review.objects.filter(decision="graded").select_related("submission__entry__enrolment__cohort")
    for review in graded.prefetch_related("scores__criterion", "submission__entry__submissions"):
        parts = [(score.criterion.weight, score.points) for score in review.scores.all()]
        entry = review.submission.entry
        earned = grading.outcome(entry.enrolment.cohort, parts, grading.days_late(entry.submissions.all()))
        assert (review.raw_score, review.deduction, review.score) == (earned.raw, earned.deduction, earned.score)


def assert_nothing_happened_in_the_future():
    for review in Review.objects.filter(state="final").select_related("submission__entry"):
        submission = review.submission
        assert submission.entry.created_at < submission.submitted_at < review.started_at < review.finished_at
    assert not Review.objects.filter(finished_at__gt=timezone.now()).exists()
    assert not Submission.objects.filter(submitted_at__gt=timezone.now()).exists()


def assert_events_say_what_those_of_the_workflow_say():
    said = {}
    for kind, data in Event.objects.values_list("kind", "data"):
        said.setdefault(kind, set()).add(frozenset(json.loads(data)))
    assert said == {kind: {frozenset(keys)} for kind, keys in EVENT_KEYS.items()}
    reviews = set(Review.objects.filter(state="final").values_list("pk", flat=True))
    told = Event.objects.filter(kind__in=("returned", "graded")).values_list("data", flat=True)
    assert {json.loads(data)["review"] for data in told} == reviews


def assert_earlier_states_are_like_those_of_the_workflow():
    drafts = Entry.objects.filter(state="draft").prefetch_related("checkpoints")
    assert all(len(entry.checkpoints.all()) == 3 for entry in drafts)
    handed_in = Checkpoint.objects.filter(reason="submit")
    assert handed_in.count() == Submission.objects.count()
    for row in Checkpoint.objects.select_related("entry"):
        assert all(richtext.clean(body) == body for body in row.answers.values())
        assert row.lengths == {key: text.count_words_in_html(body) for key, body in row.answers.items()}
        assert row.words == sum(row.lengths.values())
        assert row.version <= row.entry.version
        assert row.saved_at <= row.made_at <= row.entry.checkpoint_at


def assert_the_instructor_has_phrases(instructor):
    found = Phrase.objects.filter(owner=instructor).select_related("cohort__rubric")
    assert found.count() == Phrase.objects.count() == 8
    shared = [phrase for phrase in found if phrase.cohort]
    assert [phrase.cohort.name for phrase in shared] == [Cohort.objects.get(name__contains="IV").name] * 3
    codes = set(Criterion.objects.filter(rubric__is_default=True).values_list("code", flat=True))
    assert {phrase.criterion_code for phrase in found} == codes | {""}
    assert all(phrase.created_at < phrase.used_at < timezone.now() for phrase in found)


def assert_second_rounds_are_answered_and_show_what_changed(instructor):
    waiting = permissions.reviewable(instructor).waiting().filter(submissions__number=2)
    assert waiting.count() >= 2
    for entry in waiting.prefetch_related("submissions__reviews__items__answer"):
        former, latest = entry.submissions.all()
        items = former.reviews.get().items.all()
        assert len(items) >= 3
        assert all(item.answer.created_at == latest.submitted_at for item in items)
        found = comparing.changes(1, content.read(former), content.read(latest))
        for part in found.parts[1:]:  # the summary may have been good enough
            assert {span.kind for line in part.lines for span in line.spans} == {"same", "ins", "del"}
    graded = RevisionItem.objects.filter(review__submission__entry__state="graded")
    assert graded.exists()
    assert not graded.filter(answer=None).exists()
    assert not graded.filter(closing=None).exists()


def test_an_interrupted_run_leaves_nothing_behind(ready, monkeypatch):
    def stop(*_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(cohorts, "finish", stop)
        with pytest.raises(KeyboardInterrupt):
            run("--cohorts", "2", "--participants", "8")
    assert not User.objects.exists()
    run("--cohorts", "2", "--participants", "8")
    assert Cohort.objects.count() == 2


def test_the_workflow_writes_the_same_events(cast):
    """The other half of the promise that the demo's events are like the real ones."""
    factory.returned(cast.enrolment, cast.modules[0], cast.instructor)
    factory.graded(cast.enrolment, cast.modules[1], cast.instructor)
    workflow.record_remedial(user=cast.lead, enrolment=cast.enrolment, score=Decimal(70), reason="x", now=factory.NOW)
    keys = {kind: set(json.loads(data)) for kind, data in Event.objects.values_list("kind", "data")}
    assert keys == EVENT_KEYS


def test_sizes(ready):
    run("--cohorts", "3", "--participants", "20")
    assert sorted(Enrolment.objects.order_by().values_list("cohort__name", flat=True).distinct()) == sorted(
        Cohort.objects.values_list("name", flat=True)
    )
    assert Enrolment.objects.count() == 20


def test_marks_stand_in_their_text_and_in_what_was_handed_in(demo):
    rows = list(Evidence.objects.select_related("response__entry", "behaviour__value", "response__prompt"))
    assert len(rows) > 20
    latest = {}
    for submission in Submission.objects.order_by("number"):
        latest[submission.entry_id] = {answer["key"]: answer for answer in content.read(submission)["answers"]}
    frozen = 0
    for row in rows:
        start = anchors.find(anchors.plain(row.response.body), row.anchor)
        assert start is not None
        answers = latest.get(row.response.entry_id)
        if answers:
            assert content.shown([(start, row)])[0] in answers[row.response.prompt.key]["evidence"]
            frozen += 1
    assert frozen > 10


def test_comments_stand_in_what_was_handed_in(demo):
    rows = list(Annotation.objects.select_related("review__submission", "prompt"))
    assert len(rows) > 20
    assert {row.review.state for row in rows} == {ReviewState.FINAL, ReviewState.WORKING}
    for row in rows:
        answers = {answer["key"]: answer for answer in content.read(row.review.submission)["answers"]}
        text, end = anchors.plain(answers[row.prompt.key]["html"]), row.start + len(row.quote)
        assert text[row.start : end] == row.quote
        assert anchors.around(text, row.start, end) == (row.prefix, row.suffix)


def test_some_comments_are_replied_to_and_their_reviewers_hear_of_it(demo):
    rows = list(AnnotationReply.objects.select_related("annotation__review__submission", "annotation__closing"))
    assert len(rows) > 10
    assert AnnotationClosing.objects.filter(annotation__reply=None).count() == 0
    closed = 0
    for row in rows:
        review, closing = row.annotation.review, getattr(row.annotation, "closing", None)
        assert review.finished_at < row.created_at < timezone.now()
        notice = Notice.objects.get(dedupe_key=f"reply:{review.submission.entry_id}:{row.annotation_id}")
        assert (notice.kind, notice.recipient_id, notice.created_at) == ("reply", review.reviewer_id, row.created_at)
        if closing:
            closed += 1
            assert row.created_at < closing.created_at == notice.read_at < timezone.now()
    assert 0 < closed < len(rows)
    assert Notice.objects.filter(kind="reply").count() == len(rows)
    mine = Notice.objects.filter(recipient__email=cohorts.INSTRUCTOR, kind="reply", read_at=None)
    assert mine.exists()
