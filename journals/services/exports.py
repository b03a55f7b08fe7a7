"""Files to take away: begun by a click, made at once or by the worker, kept for a day for whoever asked."""

import json
import logging
import zipfile
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from berakhlak.accounts.nip import mask_nip
from berakhlak.tasks import task
from journals import audit, permissions, recap
from journals.enums import LEFT_STATUSES, EventKind, ExportKind, ExportStage
from journals.models import Cohort, Entry, Event, Export, Finalisation
from journals.querysets import EntryQuerySet
from journals.services import books, recap_files
from journals.services.log_subjects import subjects_of

logger = logging.getLogger(__name__)
KEPT = timedelta(days=1)
WITHOUT = "TANPA-BUKU.txt"  # in the archive: whose book is missing, and why
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
        Export.objects.filter(pk=export.pk).update(stage=ExportStage.FAILED, name="", file="")
        return False
    return True


def produce(export: Export) -> None:
    """Make the file, in Indonesian. What fails once it is stored takes it along: no row would ever name it."""
    with translation.override("id"), TemporaryFile(dir=settings.DATA_DIR) as file:
        if export.kind == ExportKind.BOOKS:
            # Written to disk, and not to /tmp, which may be memory: forty books with photos do not fit into it.
            name, content = f"jurnal-{slugify(export.cohort.name)}.zip", File(file)
            _books(export, file)
        else:
            name, made_here = _file(export)
            content = ContentFile(made_here)
        export.file.save(export.key, content, save=False)
    stored = export.file
    made = {"name": name, "file": stored.name, "done": export.total}
    try:
        Export.objects.filter(pk=export.pk).update(**made, stage=ExportStage.DONE)
        export.refresh_from_db()  # it may be gone: expired, or with the journals of its cohort
    except Exception:
        stored.delete(save=False)
        raise


def sweep(now: datetime) -> int:
    """Delete what has expired, files first; how many."""
    expired = list(Export.objects.filter(expires_at__lte=now))
    for export in expired:
        if export.file:
            export.file.delete(save=False)
    return Export.objects.filter(pk__in=[export.pk for export in expired]).delete()[0]


def _file(export: Export) -> tuple[str, bytes]:
    final = export.final
    content = json.loads(final.content) if final else recap.recap_of(export.cohort)
    if not permissions.may_hand_on(export.by):
        for person in content["people"]:
            person["nip"] = mask_nip(person["nip"])
    place = f"final-{final.number}-" if final else ""
    name = f"rekap-{place}{slugify(export.cohort.name)}"
    if export.kind == ExportKind.CSV:
        return f"{name}.csv", recap_files.table(content)
    if export.kind == ExportKind.JSON:
        return f"{name}.json", recap_files.data(content)
    title = _("Final recap of grades, training journal") if final else _("Recap of grades, training journal")
    made_at = final.created_at if final else timezone.now()
    events = log_of(export.cohort, until=final.created_at if final else None)
    log = zip(events, subjects_of(export.cohort, events), strict=True)
    return f"{name}.xlsx", recap_files.workbook(content, log=log, made_at=made_at, title=title)


def _books(export: Export, file: IO[bytes]) -> None:
    """A ZIP with the book of everybody who has handed in anything; the row says how far it is.

    A book that cannot be made is named in a file of its own, with the reason; it does not keep the others back.
    """
    people = export.cohort.enrolments.exclude(status__in=LEFT_STATUSES).select_related("user", "group", "cohort")
    without: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for place, enrolment in enumerate(people.order_by("ndh"), start=1):
            if enrolment.entries.filter(submissions__isnull=False).exists():
                try:
                    book = books.issue(enrolment, by=export.by, now=timezone.now())
                    with book.file.open("rb") as stored:
                        pdf = stored.read()
                except (ValueError, RuntimeError, OSError) as problem:  # typst's errors are RuntimeErrors
                    logger.exception("The book of enrolment %s could not be made", enrolment.pk)
                    without.append(f"{enrolment.ndh}. {enrolment.user.full_name}: {_why(problem)}")
                else:
                    archive.writestr(books.file_name(book), pdf)
            Export.objects.filter(pk=export.pk).update(done=min(place, export.total))
        if without:
            heading = _("These books could not be made:")
            archive.writestr(WITHOUT, "\n".join([heading, "", *without, ""]))


def _why(problem: Exception) -> str:
    """What the organiser can do something with: no book vouches for a damaged submission, all else is for the log."""
    if isinstance(problem, ValueError):
        return _("a submission is not what was handed in (%(problem)s)") % {"problem": problem}
    return _("an error on the server; its log says more")


def entries_in(export: Export) -> EntryQuerySet:
    """Whose texts stand in an archive of books: everything that its people have handed in."""
    people = export.cohort.enrolments.exclude(status__in=LEFT_STATUSES)
    return Entry.objects.with_handed_in().filter(enrolment__in=people, handed_in=True)


def log_of(cohort: Cohort, *, until: datetime | None) -> list[Event]:
    """What happened in the cohort and to its entries, in order of time; two queries."""
    entries = cohort.enrolments.filter(entries__isnull=False).values_list("entries", flat=True)
    names = [f"cohort:{cohort.pk}", *(f"entry:{pk}" for pk in entries)]
    found: list[Event] = []
    for begin_at in range(0, len(names), AT_ONCE):
        some = Event.objects.filter(stream__name__in=names[begin_at : begin_at + AT_ONCE]).select_related("actor")
        found += some.filter(at__lte=until) if until else some
    return sorted(found, key=lambda event: (event.at, event.pk))
