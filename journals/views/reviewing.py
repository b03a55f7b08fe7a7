"""The instructor's pages: the queue, one entry on the desk, and the moves that are made there."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from berakhlak.middleware import wants_fragment
from journals import access, workflow
from journals.enums import Decision, EntryState
from journals.forms.reviewing import ReasonForm, ReviewForm, stored_words, words_kept
from journals.models import Claim, Entry, Review
from journals.models.rubric import criteria_of
from journals.services import desk, queue_entries
from journals.services import queue as queues
from journals.services.queue_filters import Filters, is_number
from journals.views import desk_page
from journals.views.answers import wrong_method

# Another reviewer may be faster between finding an entry and taking it; then the next one is tried.
ATTEMPTS = 3
# Of a query string that a form carries along: a search for eighty letters of any script has its room.
MOST_QUERY = 1500


def queue(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this instructor, across cohorts."""
    access.require_instructor(request.user)
    if wrong := wrong_method(request, "GET"):
        return wrong
    found = queues.queue_of(request.user, Filters.of(request.GET), timezone.now())
    title, text = queues.EMPTY[found.filters.tab]
    return render(
        request,
        "journals/instructor/queue.html",
        {"queue": found, "filters": found.filters, "empty_title": title, "empty_text": text},
    )


def next_entry(request: HttpRequest) -> HttpResponse:
    """Take the first entry that nobody holds, within the filters of the form and in their order."""
    access.require_instructor(request.user)
    if wrong := wrong_method(request, "POST"):
        return wrong
    filters = filters_of(request.POST.get("filter", ""))
    return _to_next(request, filters, timezone.now(), after=None)


def review(request: HttpRequest, entry: str) -> HttpResponse:
    """One entry: its text, what was decided so far, and the bench of whoever holds it. Takes nothing."""
    found = access.entry_for_reader(request.user, entry)
    if wrong := wrong_method(request, "GET"):
        return wrong
    return desk_page.show(request, found, Filters.of(request.GET))


def ahead(request: HttpRequest, entry: str) -> HttpResponse:
    """The page of the entry that comes after this one, as it will be once it is taken: a script keeps it at hand.

    Takes nothing. 204 where nothing follows.
    """
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "GET"):
        return wrong
    filters = Filters.of(request.GET).onward()
    following = queue_entries.next_waiting(request.user, filters, timezone.now(), after=found)
    if following is None:
        return HttpResponse(status=204)
    return desk_page.show(request, following, filters, ahead=True)


def claim(request: HttpRequest, entry: str) -> HttpResponse:
    """Begin or go on reviewing."""
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    filters = filters_of(request.POST.get("filter", ""))
    try:
        workflow.claim(user=request.user, entry=found, now=timezone.now())
    except workflow.Conflict as refusal:
        # Who holds it stands on the page already.
        problem = "" if refusal.code == "held" else refusal.message
        return desk_page.show(request, found, filters, problem=problem, held=not problem, status=409)
    return _to(found, filters)


def save(request: HttpRequest, entry: str) -> HttpResponse:
    """Keep the unfinished review; a script gets JSON."""
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    done = attempt(request, found, "save")
    if done.page is not None:
        return done.page
    kept, holder = done.review, done.holder
    said = _("Saved at %(time)s.") % {"time": desk_page.clock(kept.saved_at, found)}
    if done.problem:
        said = _("Not saved yet – %(problem)s") % {"problem": done.problem}
    if holder is not None:
        said = _("%(name)s has taken over this entry. Your text is kept in your own unfinished review.") % {
            "name": holder.reviewer.full_name
        }
    if wants_fragment(request):
        lost, partly = holder is not None, bool(done.problem)
        return JsonResponse({"version": kept.version, "message": said, "lost": lost, "partly": partly})
    messages.add_message(request, messages.WARNING if holder else messages.SUCCESS, said)
    return _to(found, done.filters)


def return_entry(request: HttpRequest, entry: str) -> HttpResponse:
    """Send the entry back to its author with what to improve."""
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    done = attempt(request, found, "return")
    if done.page is not None:
        return done.page
    due = done.due or found.due_at  # a form that came twice finds the new time on the entry
    text = _("Returned to %(name)s for improvement, due %(due)s.")
    messages.success(
        request, desk_page.said(text, name=_author(request, found, done), due=desk_page.day_and_clock(due, found))
    )
    return _onward(request, found, done.filters)


def grade(request: HttpRequest, entry: str) -> HttpResponse:
    """Give the official score."""
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    done = attempt(request, found, "grade")
    if done.page is not None:
        return done.page
    band = desk.band_of(found, done.review.score)
    name, score = _author(request, found, done), number_format(done.review.score, 2)
    text = _("%(name)s: %(score)s (%(band)s).")
    messages.success(request, desk_page.said(text, name=name, score=score, band=band or "–"))
    return _onward(request, found, done.filters)


def unclaim(request: HttpRequest, entry: str) -> HttpResponse:
    """Hand the entry back; what the form carries is saved first."""
    found = access.entry_for_review(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    filters = filters_of(request.POST.get("filter", ""))
    if "version" in request.POST:
        done = attempt(request, found, "save")
        if done.page is not None:
            return done.page
    try:
        workflow.unclaim(user=request.user, entry=found, now=timezone.now())
    except workflow.Conflict as refusal:
        return desk_page.show(request, found, filters, problem=refusal.message, status=409)
    name = desk_page.person(found, filters.onward(), linked=True)
    messages.info(request, desk_page.said(_("Put aside: %(name)s – your unfinished review is kept."), name=name))
    if request.POST.get("then") == "next":
        return _to_next(request, filters, timezone.now(), after=found)
    return _away(request, desk_page.back(found, filters))


def reopen(request: HttpRequest, entry: str) -> HttpResponse:
    """Begin a new round of a graded entry; the old grade stays readable."""
    found = access.entry_for_reader(request.user, entry)
    if wrong := wrong_method(request, "POST"):
        return wrong
    form = ReasonForm(request.POST)
    filters = filters_of(request.POST.get("filter", ""))
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        workflow.reopen(user=request.user, entry=found, reason=reason, now=timezone.now())
    except workflow.Invalid as refusal:
        if form.is_valid():
            form.add_error("reason", refusal.errors["reason"])
        return desk_page.show(request, found, filters, reopen_form=form, status=422)
    except (workflow.Forbidden, workflow.Conflict) as refusal:
        # Without a grade in force nobody is "the same reviewer": then it is the moment that is wrong.
        if isinstance(refusal, workflow.Forbidden) and found.state == EntryState.GRADED:
            raise PermissionDenied from refusal
        return desk_page.show(
            request,
            found,
            filters,
            status=409,
            kept=[(_("Reason"), request.POST.get("reason", ""))],
            problem=_("This entry has no grade to reopen."),
        )
    messages.success(request, _("Reopened. The earlier grade stays readable."))
    return _to(found, filters)


# --- What the views share ---------------------------------------------------------------------------


@dataclass
class _Done:
    """The review after a move, or the page that explains why it was not made."""

    filters: Filters
    review: Review = field(default_factory=Review)
    holder: Claim | None = None
    page: HttpResponse | None = None
    due: datetime | None = None  # the new due time of a return
    problem: str = ""  # what a background save had to leave out


DECISIONS = {"return": Decision.RETURNED, "grade": Decision.GRADED}


def attempt(request: HttpRequest, entry: Entry, move: str) -> _Done:
    """Make a move with the posted review form; nothing that was typed is lost when it is refused."""
    now = timezone.now()
    filters = filters_of(request.POST.get("filter", ""))
    bench = desk.open_bench(request.user, entry, now)
    if bench is None or request.POST.get("submission") != str(bench.review.submission.number):
        if before := _repeated(request, entry, move):
            return _Done(filters, before)
        return _Done(filters, page=_gone(request, entry, filters))
    form = ReviewForm(request.POST, bench=bench, tz=entry.enrolment.cohort.tz, move=move)
    background = move == "save" and wants_fragment(request)
    if not form.is_valid() and not (background and form.savable):
        return _Done(filters, page=_again(request, entry, filters, form, status=422))
    common: dict[str, Any] = {
        "user": request.user,
        "entry": entry,
        "version": form.cleaned_data["version"],
        "given": form.given(),
        "now": now,
    }
    try:
        if move == "save":
            problem = form.first_problem() if form.errors else ""
            return _Done(filters, *workflow.save_review(**common), problem=problem)
        if move == "return":
            due = form.cleaned_data["due"]
            return _Done(filters, workflow.return_for_revision(**common, due=due), due=due)
        return _Done(filters, workflow.grade(**common))
    except workflow.Forbidden as refusal:
        raise PermissionDenied from refusal
    except workflow.Invalid as refusal:
        form.take_errors(refusal.errors or {"": refusal.message})
        return _Done(filters, page=_again(request, entry, filters, form, status=422))
    except workflow.Conflict as refusal:
        return _Done(filters, page=_conflict(request, entry, filters, form, refusal, common))


def _repeated(request: HttpRequest, entry: Entry, move: str) -> Review | None:
    """The decision that this form made already: a double click must not look like a failure."""
    submission, version = request.POST.get("submission", ""), request.POST.get("version", "")
    if move not in DECISIONS or not (is_number(submission) and is_number(version)):
        return None
    return desk.decided_already(
        request.user, entry, submission=int(submission), version=int(version), decision=DECISIONS[move]
    )


def _gone(request: HttpRequest, entry: Entry, filters: Filters, message: str = "") -> HttpResponse:
    """There is nothing left that this form could be saved into: give the words back to be copied."""
    message = message or str(desk_page.MOVED_ON)
    if wants_fragment(request):
        return JsonResponse({"code": "gone", "message": message}, status=409)
    entry.refresh_from_db(fields=["state", "due_at"])
    codes = [(criterion.code, criterion.name) for criterion in criteria_of(entry.enrolment.cohort.rubric_id).criteria]
    return desk_page.show(request, entry, filters, problem=message, kept=words_kept(request.POST, codes), status=409)


def _conflict(
    request: HttpRequest, entry: Entry, filters: Filters, form: ReviewForm, refusal: workflow.Conflict, common: dict
) -> HttpResponse:
    """The right form at the wrong moment."""
    if refusal.code in ("lease", "not_held"):
        try:
            _kept, holder = workflow.save_review(**common)
        except workflow.Refused:  # the new holder has decided in this very moment
            return _gone(request, entry, filters)
        message = _("You had put this entry aside. Your text is saved and the entry is yours again: decide once more.")
        if holder:
            message = _("%(name)s has taken over this entry. Your text is kept in your own unfinished review.") % {
                "name": holder.reviewer.full_name
            }
        return desk_page.show(request, entry, filters, problem=message, status=409)
    if refusal.code == "stale":
        bench = desk.open_bench(request.user, entry, common["now"])
        if bench is not None and not wants_fragment(request):
            return _beside(request, entry, filters, form.move, bench)
    elif refusal.code == "returns":
        form.add_error(None, refusal.message)
        return _again(request, entry, filters, form, status=409)
    if wants_fragment(request):
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=409)
    return _gone(request, entry, filters, refusal.message)


def _beside(request: HttpRequest, entry: Entry, filters: Filters, move: str, bench: desk.Bench) -> HttpResponse:
    """Two windows, one review: the typed text in the form, the stored one beside it, and the choice is open."""
    data = request.POST.copy()
    data["version"] = str(bench.review.version)
    form = ReviewForm(data, bench=bench, tz=entry.enrolment.cohort.tz, move=move)
    form.is_valid()
    return desk_page.show(
        request,
        entry,
        filters,
        form=form,
        stored=stored_words(bench.review),
        status=409,
        problem=_(
            "This review was saved in another window after you opened this one. Your text is in the form and not "
            "saved yet; the stored one stands beside it. Saving now replaces the stored one."
        ),
    )


def _again(request: HttpRequest, entry: Entry, filters: Filters, form: ReviewForm, *, status: int) -> HttpResponse:
    """The form with what was typed and what is wrong with it."""
    if wants_fragment(request):
        errors = {name: list(found) for name, found in form.errors.items()}
        first = next(message for found in errors.values() for message in found)
        return JsonResponse({"code": "invalid", "message": first, "errors": errors}, status=status)
    # The text in the form is stored nowhere yet, so the script must begin with saving it.
    return desk_page.show(request, entry, filters, form=form, unsaved=True, goes_on=_goes_on(request), status=status)


def _onward(request: HttpRequest, entry: Entry, filters: Filters) -> HttpResponse:
    if _goes_on(request):
        return _to_next(request, filters, timezone.now(), after=entry)
    return _to(entry, filters)


def _goes_on(request: HttpRequest) -> bool:
    """Whether the button that was pressed, or the one that confirms it, asks for the next entry."""
    return "next" in (request.POST.get("then"), request.POST.get("without_return"))


def _author(request: HttpRequest, entry: Entry, done: _Done) -> str:
    return desk_page.person(entry, done.filters.onward(), linked=_goes_on(request))


def _to_next(request: HttpRequest, filters: Filters, now: datetime, *, after: Entry | None) -> HttpResponse:
    filters = filters.onward()
    for _attempt_number in range(ATTEMPTS):
        entry = queue_entries.next_waiting(request.user, filters, now, after=after)
        if entry is None:
            break
        try:
            taken = workflow.claim(user=request.user, entry=entry, now=now)
        except workflow.Refused:
            continue
        if request.POST.get("ahead") == desk.stand_of(taken):
            return _at_hand(request, entry, filters)
        return _to(entry, filters)
    messages.info(request, _("Nothing else is waiting here."))
    return _to_queue(request, filters)


def filters_of(text: str) -> Filters:
    """The filters that a form carries along."""
    return Filters.of(QueryDict(text[:MOST_QUERY]).dict())


def _to(entry: Entry, filters: Filters) -> HttpResponseRedirect:
    return HttpResponseRedirect(desk_page.address(entry, filters))


def _to_queue(request: HttpRequest, filters: Filters) -> HttpResponse:
    query = filters.onward().query()
    return _away(request, reverse("queue") + (f"?{query}" if query else ""))


def _at_hand(request: HttpRequest, entry: Entry, filters: Filters) -> HttpResponse:
    """The script has the page already (`ahead`): where it belongs, and what it says of the former entry."""
    said = render_to_string("includes/messages.html", request=request)
    return JsonResponse({"location": desk_page.address(entry, filters), "messages": said})


def _away(request: HttpRequest, address: str) -> HttpResponse:
    """Leave the desk. A script that shows the desk's pages in place (static/js/lib/visit.js) must load this one as
    a whole; following a redirect, it would have used up the message that stands there."""
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"location": address})
    return HttpResponseRedirect(address)
