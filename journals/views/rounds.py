"""The next round on the reviewer's desk: what was to be improved, closed one by one."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak.middleware import wants_fragment
from journals import access, workflow
from journals.models import Entry, RevisionItem
from journals.services import desk
from journals.views import desk_page
from journals.views.answers import asks_for_changes, wrong_method
from journals.views.reviewing import attempt, filters_of


def close_item(request: HttpRequest, entry: str, item: int) -> HttpResponse:
    """Say that a thing to improve is done."""
    found, asked = access.item_for_review(request.user, entry, item)
    return wrong_method(request, "POST") or _moved(request, found, asked, workflow.close_item, _("Marked as done."))


def open_item(request: HttpRequest, entry: str, item: int) -> HttpResponse:
    """Say that it is not done after all."""
    found, asked = access.item_for_review(request.user, entry, item)
    return wrong_method(request, "POST") or _moved(request, found, asked, workflow.open_item, _("Open again."))


def _moved(
    request: HttpRequest, entry: Entry, item: RevisionItem, move: Callable[..., None], said: str
) -> HttpResponse:
    """Make the move. Without a script the button sends the whole bench, which is saved first: nothing is lost."""
    filters = filters_of(request.POST.get("filter", ""))
    if "version" in request.POST and (page := attempt(request, entry, "save").page):
        return page
    try:
        move(user=request.user, entry=entry, item=item, now=timezone.now())
    except workflow.Forbidden as refusal:
        raise PermissionDenied from refusal
    except workflow.Conflict as refusal:
        if wants_fragment(request):
            return JsonResponse({"code": refusal.code, "message": refusal.message}, status=409)
        return desk_page.show(request, entry, filters, problem=refusal.message, status=409)
    if wants_fragment(request):
        shown = {"items": desk.items_of(item.review_id), "entry": entry, "may_close": True}
        html = render_to_string("journals/instructor/_round_items.html", shown, request)
        return JsonResponse({"html": html, "message": said})
    messages.success(request, said)
    address = desk_page.address(entry, filters, changes=asks_for_changes(request))
    return HttpResponseRedirect(f"{address}#putaran")
