"""What a participant looks at: the journey, an entry, what was handed in, and the feedback on it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.face.templatetags.face import content as marked
from berakhlak.middleware import wants_fragment
from berakhlak.names import full_name
from journals import access, content, permissions
from journals.enums import EnrolmentStatus, EntryState
from journals.models import Review, Submission
from journals.services import comparing, feedback, history, journey
from journals.views.answers import asks_for_changes, wrong_method


def journals(request: HttpRequest) -> HttpResponse:
    """All journals somebody has; the list shows nobody else's, so everybody may open it."""
    found = journey.own_journals(request.user, timezone.now())
    if refusal := wrong_method(request, "GET"):
        return refusal
    return render(request, "journals/participant/journals.html", {"journals": list(found)})


def journal(request: HttpRequest, cohort: str) -> HttpResponse:
    """The dashboard of one cohort."""
    enrolment = access.own_enrolment(request.user, cohort)
    if refusal := wrong_method(request, "GET"):
        return refusal
    found = journey.journey_of(enrolment, timezone.now())
    return render(
        request,
        "journals/participant/journal.html",
        {
            "journey": found,
            "cohort": enrolment.cohort,
            "enrolment": enrolment,
            "trail": [(_("My journal"), reverse("journals")), (enrolment.cohort.name, "")],
        },
    )


def entry(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """State, what to do next, submissions, the newest feedback and the history of one entry."""
    desk = access.own_desk(request.user, cohort, number)
    if refusal := wrong_method(request, "GET"):
        return refusal
    now = timezone.now()
    context = {"desk": desk, "cohort": desk.enrolment.cohort, "trail": trail(desk)}
    if desk.entry is None:
        return render(request, "journals/participant/entry.html", context | {"stop": journey.stop_at(desk, now)})
    submissions = list(desk.entry.submissions.defer("content").order_by("-number"))
    standing = [item for item in submissions if item.withdrawn_at is None]
    reviews, newest = feedback.overview(desk.entry, standing)
    stop = journey.stop_at(desk, now, late=any(item.is_late for item in standing), visible=_visible(newest))
    return render(
        request,
        "journals/participant/entry.html",
        context
        | {
            "stop": stop,
            "entry": desk.entry,
            "submissions": submissions,
            "feedback": newest,
            "latest": standing[0] if standing else None,
            "may_withdraw": _may_withdraw(desk, standing, now),
            "history": history.of_entry(desk.entry, for_author=True, released=[review.pk for review in reviews]),
        },
    )


def _visible(newest: feedback.Feedback | None) -> journey.Visible | None:
    if newest is None:
        return None
    return journey.Visible(newest.review.decision, newest.review.score, newest.read_at is not None)


def _may_withdraw(desk, standing, now) -> bool:
    """Whether to offer it: the same rule as `workflow.writing.may_withdraw`, with what is loaded already."""
    if not standing or desk.entry.state != EntryState.SUBMITTED or not desk.window.is_open(now):
        return False
    if desk.enrolment.status != EnrolmentStatus.ACTIVE:
        return False
    return not Review.objects.filter(submission=standing[0]).exists()


def submission(request: HttpRequest, cohort: str, number: int, sequence: int) -> HttpResponse:
    """A hand-in as it was frozen, and the feedback on it."""
    desk, found = access.own_submission(request.user, cohort, number, sequence)
    if refusal := wrong_method(request, "GET"):
        return refusal
    return submission_page(request, desk, found)


def submission_page(
    request: HttpRequest, desk, found: Submission, *, refused: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    """The same, also with a reply to a comment that was `refused`: the comment's pk, the text and why."""
    frozen, earlier = content.intact(found), _earlier(found)
    former = earlier[0] if earlier else None
    reviews = feedback.of_submission(found, frozen, earlier)
    return render(
        request,
        "journals/participant/submission.html",
        {
            "desk": desk,
            "cohort": desk.enrolment.cohort,
            "submission": found,
            "content": frozen,
            "about": _about(desk, frozen),
            "former": former,
            "changes": _changes(former, frozen) if asks_for_changes(request) else None,
            "reviews": reviews,
            "unread": any(item.read_at is None for item in reviews),
            "waiting": not reviews and found.withdrawn_at is None,
            "trail": trail(desk, _("Submission %(number)s") % {"number": found.number}),
            "may_reply": permissions.may_write(request.user, desk.enrolment),
            "refused": refused,
        },
        status=status,
    )


def _earlier(submission: Submission) -> list[Submission]:
    """The submissions before one, the latest first, leaving out what was withdrawn; a query for all but the first."""
    if submission.number == 1:
        return []
    return list(submission.entry.submissions.standing().filter(number__lt=submission.number).order_by("-number"))


def _changes(former: Submission | None, frozen: dict | None) -> comparing.Changes | None:
    before = content.intact(former) if former else None
    return comparing.changes(former.number, before, frozen) if former and before and frozen else None


def receipt(request: HttpRequest, cohort: str, number: int, sequence: int) -> HttpResponse:
    """The proof that a hand-in arrived; made to be printed."""
    desk, found = access.own_submission(request.user, cohort, number, sequence)
    if refusal := wrong_method(request, "GET"):
        return refusal
    frozen = content.intact(found)
    return render(
        request,
        "journals/participant/receipt.html",
        {
            "desk": desk,
            "cohort": desk.enrolment.cohort,
            "submission": found,
            "content": frozen,
            "about": _about(desk, frozen),
            "trail": trail(desk, _("Receipt")),
        },
    )


def _about(desk, frozen: dict | None) -> dict[str, object]:
    """Whose it is and of what, as it was frozen with the text; as it is now only where that text is damaged."""
    cohort, user = desk.enrolment.cohort, desk.enrolment.user
    if frozen is None:
        author, module = {"name": user.full_name, "agency": user.agency}, desk.module
    else:
        person = frozen["author"]
        name = full_name(person["title_before"], person["name"], person["title_after"])
        author, module = {"name": name, "agency": person["agency"]}, frozen["module"]
    return author | {"module": module, "cohort": frozen["cohort"] if frozen else cohort.name}


def feedback_read(request: HttpRequest, cohort: str, number: int, sequence: int) -> HttpResponse:
    """Record that the author has read the feedback: by the button, or by the page itself once it is seen."""
    _desk, found = access.own_submission(request.user, cohort, number, sequence)
    if refusal := wrong_method(request, "POST"):
        return refusal
    feedback.mark_read(found, user=request.user, now=timezone.now())
    if wants_fragment(request):
        return HttpResponse(status=204)
    return redirect("submission", cohort, number, sequence)


def trail_to(cohort) -> list[tuple[str, str]]:
    """The breadcrumbs down to the dashboard of a cohort."""
    return [(_("My journal"), reverse("journals")), (marked(cohort.name), reverse("journal", args=[cohort.key]))]


def trail(desk, *last: str) -> list[tuple[str, str]]:
    """The breadcrumbs down to an entry, or to a page below it."""
    cohort = desk.enrolment.cohort
    here = _("Module %(number)s") % {"number": desk.module.number}
    above = trail_to(cohort)
    if not last:
        return [*above, (here, "")]
    return [*above, (here, reverse("entry", args=[cohort.key, desk.module.number])), (last[0], "")]
