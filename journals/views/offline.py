"""Without a network: one neutral page for everybody, and the data with which a device fills it for its user."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response

from berakhlak.face.templatetags.face import STATES
from journals.services.shelf import shelf_of
from journals.templatetags.journals_tags import in_words
from journals.views.answers import wrong_method
from journals.widgets import RichTextWidget

# Stand for a part's own limits in the words of its counter, until modules/shell.js puts those in.
LEAST, MOST = 1_000_001, 1_000_002


@login_not_required
def shell(request: HttpRequest) -> HttpResponse:
    """The page that the service worker keeps and shows in place of those that cannot be reached; nothing private."""
    if refusal := wrong_method(request, "GET"):
        return refusal
    answer = render(
        request,
        "journals/offline/shell.html",
        {
            "states": list(STATES),
            "field": RichTextWidget(min_words=LEAST, max_words=MOST).render("part-KEY", "", {"id": "id_part-KEY"}),
            "least": LEAST,
            "most": MOST,
        },
    )
    answer["Cache-Control"] = "no-cache"
    return answer


def data(request: HttpRequest) -> HttpResponse:
    """The visitor's own journals; the list holds nobody else's, so everybody signed in may ask.

    What the device has already is not sent again (304): it asks on each page of the journal.
    """
    if refusal := wrong_method(request, "GET"):
        return refusal
    answer = JsonResponse(shelf_of(request.user, timezone.now(), in_words), json_dumps_params={"ensure_ascii": False})
    answer["ETag"] = f'"{hashlib.sha256(answer.content).hexdigest()[:20]}"'
    return get_conditional_response(request, etag=answer["ETag"], response=answer) or answer
