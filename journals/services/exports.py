"""Files to take away: begun by a click, made at once or by the worker, kept for a day for whoever asked."""

import io
import json
import logging
import zipfile
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from berakhlak.tasks import task
from journals import audit, recap
from journals.enums import LEFT_STATUSES, EventKind, ExportKind, ExportStage
from journals.models import Cohort, Event, Export, Finalisation
from journals.services import books, recap_files

logger = logging.getLogger(__name__)
KEPT = timedelta(days=1)
AT_ONCE = 300  # people; more are left to the worker


def begin(*, user, cohort: Cohort, kind: ExportKind, final: Finalisation | None, now: datetime) -> Export:
    """Note that somebody takes data away, and make the file, or have it made. Expired files go on the way."""
    sweep(now)
    people = cohort.enrolments.count()
    with transaction.atomic():
        export = Export.objects.create(
            cohort=cohort, final=final, by=user, kind=kind, total=people, created_at=now, expires_at=now + KEPT
        )
        audit.append(
            stream=f"cohort:{cohort.pk}",
            kind=EventKind.EXPORTED,
            actor=user,
            subject=("export", export.pk),
            data={"kind": str(kind), "people": people, "final": final.number if final else None},
            at=now,
        )
    if people <= AT_ONCE and kind != ExportKind.BOOKS:
        _try(export)
    else:
        make_export.enqueue(export.pk)
    return export


@task
def make_export(pk: int) -> bool:
    """Make a file that somebody waits for; whether it came about. A second call changes nothing."""
    export = Export.objects.filter(pk=pk, stage=ExportStage.WAITING).select_related("cohort", "final").first()
    return export is not None and _try(export)


def _try(export: Export) -> bool:
    try:
        produce(export)
    except Exception:  # whoever waits must see that nothing will come
        logger.exception("The export %s could not be made", export.key)
        Export.objects.filter(pk=export.pk).update(stage=ExportStage.FAILED)
        return False
    return True


def produce(export: Export) -> None:
    """Make the file, in Indonesian."""
    with translation.override("id"):
        name, content = _file(export)
    export.file.save(export.key, ContentFile(content), save=False)
    made = {"name": name, "file": export.file.name, "done": export.total}
    Export.objects.filter(pk=export.pk).update(**made, stage=ExportStage.DONE)
    export.refresh_from_db()


def sweep(now: datetime) -> int:
    """Delete what has expired, files first; how many."""
    expired = list(Export.objects.filter(expires_at__lte=now))
    for export in expired:
        if export.file:
            export.file.delete(save=False)
    return Export.objects.filter(pk__in=[export.pk for export in expired]).delete()[0]


def _file(export: Export) -> tuple[str, bytes]:
    if export.kind == ExportKind.BOOKS:
        return f"jurnal-{slugify(export.cohort.name)}.zip", _books(export)
    final = export.final
    content = json.loads(final.content) if final else recap.recap_of(export.cohort)
    place = f"final-{final.number}-" if final else ""
    name = f"rekap-{place}{slugify(export.cohort.name)}"
    if export.kind == ExportKind.CSV:
        return f"{name}.csv", recap_files.table(content)
    if export.kind == ExportKind.JSON:
        return f"{name}.json", recap_files.data(content)
    title = _("Final recap of grades, training journal") if final else _("Recap of grades, training journal")
    made_at = final.created_at if final else timezone.now()
    events = log_of(export.cohort, until=final.created_at if final else None)
    return f"{name}.xlsx", recap_files.workbook(content, events=events, made_at=made_at, title=title)


def _books(export: Export) -> bytes:
    """A ZIP with the book of everybody who has handed in anything; the row says how far it is."""
    buffer = io.BytesIO()
    people = export.cohort.enrolments.exclude(status__in=LEFT_STATUSES).select_related("user", "group", "cohort")
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for place, enrolment in enumerate(people.order_by("ndh"), start=1):
            if enrolment.entries.filter(submissions__isnull=False).exists():
                book = books.issue(enrolment, by=export.by, now=timezone.now())
                with book.file.open("rb") as file:
                    archive.writestr(books.file_name(book), file.read())
            Export.objects.filter(pk=export.pk).update(done=min(place, export.total))
    return buffer.getvalue()


def log_of(cohort: Cohort, *, until: datetime | None) -> list[Event]:
    """What happened in the cohort and to its entries, in order of time; two queries."""
    entries = cohort.enrolments.filter(entries__isnull=False).values_list("entries", flat=True)
    names = [f"cohort:{cohort.pk}", *(f"entry:{pk}" for pk in entries)]
    found: list[Event] = []
    for begin_at in range(0, len(names), AT_ONCE):
        some = Event.objects.filter(stream__name__in=names[begin_at : begin_at + AT_ONCE]).select_related("actor")
        found += some.filter(at__lte=until) if until else some
    return sorted(found, key=lambda event: (event.at, event.pk))
