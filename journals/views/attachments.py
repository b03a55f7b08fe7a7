"""Files on an entry: the author adds, describes and removes them; readers of a submission see what it holds."""

import secrets
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from berakhlak import ranges
from berakhlak.middleware import wants_fragment
from journals import access, files, workflow
from journals.enums import AttachmentKind
from journals.models import Attachment
from journals.services.attached import on_draft
from journals.views.answers import wrong_method
from journals.views.reading import trail

# Nothing in a file may run, load, or send anything, whatever a browser takes it for.
POLICY = "default-src 'none'; sandbox"


def page(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """The files of one's own entry, on a page that needs no script."""
    desk = access.own_desk(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "GET"):
        return refusal
    if not desk.is_writable(timezone.now()):
        return redirect("entry", cohort, number)
    if wants_fragment(request):
        return JsonResponse({"html": "".join(_item(request, desk, row) for row in on_draft(desk.entry))})
    return _page(request, desk)


def attach(request: HttpRequest, cohort: str, number: int) -> HttpResponse:
    """Take one file from a script (201, with how it is shown) or several from the form."""
    desk = access.own_desk(request.user, cohort, number, to="write")
    if refusal := wrong_method(request, "POST"):
        return refusal
    uploads = request.FILES.getlist("file")
    key = request.POST.get("key", "")
    problems: list[workflow.Refused] = [] if uploads else [workflow.Invalid(_("Choose a file first."))]
    made = []
    # One more than there is ever room for: its refusal says that not all were taken.
    for index, upload in enumerate(uploads[: files.MAX_FILES + 1]):
        try:
            made.append(
                workflow.attach(
                    user=request.user,
                    enrolment=desk.enrolment,
                    module=desk.module,
                    upload=upload,
                    client_key=key if index == 0 else f"{key}-{index}",
                    now=timezone.now(),
                )
            )
        except workflow.Refused as refused:
            problems.append(refused)
    if wants_fragment(request):
        return _told(request, desk, made, problems)
    if problems:
        desk = access.own_desk(request.user, cohort, number, to="write")  # the first file begins the entry
        return _page(request, desk, [problem.message for problem in problems], status=problems[0].status)
    messages.success(request, _("Attached: %(names)s") % {"names": ", ".join(row.name for row in made)})
    return redirect("entry_attachments", cohort, number)


def file(request: HttpRequest, cohort: str, number: int, key: str) -> HttpResponseBase:
    """The bytes: small with ?kecil, to be kept with ?unduh."""
    found = access.attachment_for(request.user, cohort, number, key)
    if refusal := wrong_method(request, "GET"):
        return refusal
    workflow.note_reading(user=request.user, entry=found.entry, now=timezone.now())
    small = "kecil" in request.GET and bool(found.thumbnail)
    field = found.thumbnail if small else found.file
    try:
        opened = field.open("rb")
        size = field.size
    except FileNotFoundError:
        raise Http404 from None
    kind = AttachmentKind(found.kind)
    return ranges.send(
        request,
        opened,
        size=size,
        etag=f"{found.sha256}-s" if small else found.sha256,
        content_type=files.THUMBNAIL_TYPE if small else files.CONTENT_TYPE[kind],
        headers={
            "Content-Disposition": disposition(found.name, keep="unduh" in request.GET),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": POLICY,
            # On a shared computer nothing may stay; within a visit a picture is asked for once and then compared.
            "Cache-Control": "private, no-cache" if small else "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def disposition(name: str, *, keep: bool) -> str:
    """A Content-Disposition that old and new browsers read (RFC 6266, RFC 5987)."""
    plain = name.encode("ascii", "ignore").decode().replace("\\", "").replace('"', "").replace("%", "").strip()
    plain = plain if plain and not plain.startswith(".") else f"lampiran{plain}"
    how = "attachment" if keep else "inline"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def describe(request: HttpRequest, cohort: str, number: int, key: str) -> HttpResponse:
    """Save caption and description; a script gets JSON."""
    desk, found = access.own_attachment(request.user, cohort, number, key)
    if refusal := wrong_method(request, "POST"):
        return refusal
    try:
        workflow.describe(
            user=request.user,
            attachment=found,
            caption=request.POST.get("caption", found.caption),
            alt=request.POST.get("alt", found.alt),
        )
    except workflow.Refused as refused:
        return _told(request, desk, [], [refused]) if wants_fragment(request) else _refused(request, desk, refused)
    if wants_fragment(request):
        return JsonResponse({"message": _("Saved")})
    messages.success(request, _("The caption of “%(name)s” has been saved.") % {"name": found.name})
    return redirect("entry_attachments", cohort, number)


def remove(request: HttpRequest, cohort: str, number: int, key: str) -> HttpResponse:
    """Take a file off the draft."""
    desk, found = access.own_attachment(request.user, cohort, number, key)
    if refusal := wrong_method(request, "POST"):
        return refusal
    try:
        workflow.remove(user=request.user, attachment=found, now=timezone.now())
    except workflow.Refused as refused:
        return _told(request, desk, [], [refused]) if wants_fragment(request) else _refused(request, desk, refused)
    said = _("“%(name)s” has been removed.") % {"name": found.name}
    if wants_fragment(request):
        return JsonResponse({"message": said})
    messages.success(request, said)
    return redirect("entry_attachments", cohort, number)


def _told(request: HttpRequest, desk, made: list[Attachment], problems: list[workflow.Refused]) -> JsonResponse:
    """What a script is told: how the file is shown, or why it was not taken."""
    if problems:
        reason = getattr(problems[0], "code", "")
        return JsonResponse({"reason": reason, "message": problems[0].message}, status=problems[0].status)
    return JsonResponse({"key": made[0].key, "html": _item(request, desk, made[0])}, status=201)


def _item(request: HttpRequest, desk, attachment: Attachment) -> str:
    context = {"cohort": desk.enrolment.cohort, "desk": desk, "attachment": attachment}
    return render_to_string("journals/participant/_attachment.html", context, request)


def _refused(request: HttpRequest, desk, refused: workflow.Refused) -> HttpResponse:
    return _page(request, desk, [refused.message], status=refused.status)


def _page(request: HttpRequest, desk, problems: list[str] | None = None, *, status: int = 200) -> HttpResponse:
    rows = on_draft(desk.entry)
    return render(
        request,
        "journals/participant/attachments.html",
        {
            "desk": desk,
            "cohort": desk.enrolment.cohort,
            "attachments": rows,
            "full": len(rows) >= files.MAX_FILES,
            "problems": problems or [],
            "upload_key": secrets.token_urlsafe(12),
            "accept": files.ACCEPT,
            "plain": True,
            "trail": trail(desk, _("Attachments")),
        },
        status=status,
    )
