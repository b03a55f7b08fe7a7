"""Deleting the journals of a cohort when its retention period has ended.

What people wrote, and what was written about it, goes, with all files. What stays is the record of the training: the
cohort and who took part, its final recaps, and the audit trail, which holds ids and numbers only. The period itself is
set by the retention schedule (JRA) of the agency, not by this program.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import models, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from berakhlak.accounts.models import User
from journals import audit, recap, triggers
from journals.enums import EnrolmentStatus, EventKind
from journals.models import Announcement, Attachment, Book, Cohort, Enrolment, Entry, Export, Roster, Teaching
from journals.workflow.core import Refused


@dataclass(frozen=True)
class Holding:
    """What is kept of a cohort whose period has ended, and what stands against deleting it."""

    cohort: Cohort
    people: int
    entries: int
    files: int
    size: int  # bytes
    problem: str


def holdings(ended_before: date) -> list[Holding]:
    """Of each cohort that ended before that day and still has its journals, the oldest first."""
    due = Cohort.objects.filter(ends__lt=ended_before, journals_deleted_at=None).order_by("ends", "pk")
    return [_holding(cohort) for cohort in due]


def _holding(cohort: Cohort) -> Holding:
    mine = {"entry__enrolment__cohort": cohort}
    files, size = Attachment.objects.filter(**mine).aggregate(n=Count("pk"), size=Sum("size")).values()
    books, printed = Book.objects.filter(enrolment__cohort=cohort).aggregate(n=Count("pk"), size=Sum("size")).values()
    return Holding(
        cohort,
        cohort.enrolments.count(),
        Entry.objects.filter(enrolment__cohort=cohort).count(),
        files + books,
        (size or 0) + (printed or 0),
        _problem(cohort),
    )


def _problem(cohort: Cohort) -> str:
    """Why results would be lost, or nothing."""
    last = cohort.finalisations.order_by("-number").first()
    if last is None:
        return _("No recap was declared final: the results would be lost.")
    if last.sha256 != recap.text_of(recap.recap_of(cohort))[1]:
        return _("Something has changed since the last final recap: declare it final once more.")
    return ""


@transaction.atomic
def delete_journals(*, user, cohort: Cohort, now: datetime) -> list[User]:
    """Delete them for good; the accounts that were closed, because nothing else needs them.

    Raises Refused (not ended, no final recap of what stands now, deleted already). Lifts the triggers inside the
    transaction, which on PostgreSQL locks their tables until it ends.
    """
    cohort = Cohort.objects.select_for_update().get(pk=cohort.pk)
    if cohort.journals_deleted_at:
        raise Refused(_("Its journals are deleted already."))
    if cohort.ends >= now.astimezone(cohort.tz).date():
        raise Refused(_("The cohort has not ended yet."))
    if problem := _problem(cohort):
        raise Refused(problem)
    files = _files(cohort)
    entries = list(Entry.objects.filter(enrolment__cohort=cohort).order_by("pk").values_list("pk", flat=True))
    with triggers.lifted():
        roots: tuple[type[models.Model], ...] = (Announcement, Roster, Export)
        gone = list(below(Enrolment, "cohort"))
        for root in roots:
            gone += below(root, "cohort")
        for model, way in [*gone, *((root, "cohort") for root in roots)]:
            model._base_manager.filter(**{way: cohort.pk}).order_by()._raw_delete("default")
    cohort.journals_deleted_at = now
    cohort.save(update_fields=["journals_deleted_at"])
    # Nobody begins anew in a cohort whose journals nobody will delete again.
    cohort.enrolments.filter(status=EnrolmentStatus.ACTIVE).update(status=EnrolmentStatus.COMPLETED)
    closed = _close_accounts(cohort, files)
    _record(user, cohort, entries, closed, now)
    for field in files:
        # One that cannot be deleted is logged, and must not keep the others.
        transaction.on_commit(partial(field.storage.delete, field.name), robust=True)
    return closed


def below(model: type[models.Model], path: str) -> Iterator[tuple[type[models.Model], str]]:
    """Every table whose rows hang on rows of `model`, children first, with the way from it to the end of `path`."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, (models.ManyToOneRel, models.OneToOneRel)):
            child, way = relation.related_model, f"{relation.field.name}__{path}"
            yield from below(child, way)
            yield child, way


def _files(cohort: Cohort) -> list:
    """The stored files of a cohort's journals."""
    attached = Attachment.objects.filter(entry__enrolment__cohort=cohort)
    found = [field for each in attached.iterator() for field in (each.file, each.thumbnail) if field]
    found += [each.file for each in Book.objects.filter(enrolment__cohort=cohort).defer("inputs").iterator()]
    return found + [each.file for each in Export.objects.filter(cohort=cohort) if each.file]


def _close_accounts(cohort: Cohort, files: list) -> list[User]:
    """Switch off those who took part, teach nothing, and have no other cohort whose journals are still kept."""
    mine = Enrolment.objects.filter(cohort=cohort).values("user")
    needed = Enrolment.objects.filter(cohort__journals_deleted_at=None).values("user")
    people = User.objects.filter(pk__in=mine, is_staff=False, is_active=True)
    people = people.exclude(pk__in=needed).exclude(pk__in=Teaching.objects.values("instructor"))
    closed = list(people.order_by("pk").select_for_update())
    for person in closed:
        if person.photo:
            files.append(person.photo)
        person.is_active, person.photo = False, ""
        person.set_unusable_password()
        person.save(update_fields=["is_active", "photo", "password"])
    return closed


def _record(user, cohort: Cohort, entries: list[int], closed: list[User], now: datetime) -> None:
    told = {"kind": EventKind.JOURNALS_DELETED, "actor": user, "at": now}
    for start in range(0, len(entries), 500):
        audit.append_to_each(
            {
                f"entry:{pk}": {**told, "subject": ("entry", pk), "data": {"cohort": cohort.pk}}
                for pk in entries[start : start + 500]
            }
        )
    data = {"entries": len(entries), "accounts": [person.pk for person in closed]}
    audit.append_to_each({f"cohort:{cohort.pk}": {**told, "subject": ("cohort", cohort.pk), "data": data}})
