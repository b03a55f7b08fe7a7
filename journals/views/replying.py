"""Talk about a comment on a passage: the author's reply, and the reviewer who takes it as dealt with."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from journals import access, workflow
from journals.forms.reviewing import plain
from journals.services.queue_filters import Filters
from journals.views import desk_page, reading
from journals.views.answers import wrong_method


def reply(request: HttpRequest, cohort: str, number: int, sequence: int, pk: int) -> HttpResponse:
    """The author's word on a comment; refused, it stands in its field again."""
    desk, submission, note = access.comment_for_author(request.user, cohort, number, sequence, pk)
    if wrong := wrong_method(request, "POST"):
        return wrong
    text = plain(request.POST.get("text", "")).replace("\x00", "")
    try:
        workflow.reply(user=request.user, annotation=note, text=text, now=timezone.now())
    except workflow.Forbidden as refused:
        raise PermissionDenied from refused
    except workflow.Refused as refused:
        told = {"pk": pk, "text": text, "message": refused.message}
        return reading.submission_page(request, desk, submission, refused=told, status=refused.status)
    messages.success(request, _("Your reply is saved."))
    return HttpResponseRedirect(reverse("submission", args=[cohort, number, sequence]) + f"#komentar-{pk}")


def close(request: HttpRequest, entry: str, pk: int) -> HttpResponse:
    """Take a comment as dealt with."""
    found, note = access.comment_for_reviewer(request.user, entry, pk)
    if wrong := wrong_method(request, "POST"):
        return wrong
    workflow.close_annotation(user=request.user, annotation=note, now=timezone.now())
    messages.success(request, _("The comment is marked as dealt with."))
    return HttpResponseRedirect(desk_page.address(found, Filters.of(request.GET)) + f"#komentar-{pk}")
