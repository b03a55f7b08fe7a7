"""The phrases of an instructor: finding, keeping, sharing, and counting how often each is of use."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from curriculum.models import Module
from journals.models import Cohort, Criterion, Phrase
from journals.querysets import PhraseQuerySet
from journals.services.queue_filters import is_number
from journals.workflow import Conflict, Invalid

MOST = 300  # of one owner: a list to choose from, which travels as a whole
PER_PAGE = 20


@dataclass(frozen=True)
class Given:
    """A phrase as its owner wants it; without a cohort it is shared with nobody."""

    text: str
    module: Module | None = None
    criterion_code: str = ""
    cohort: Cohort | None = None


@dataclass(frozen=True)
class Choices:
    """What an instructor's phrases can be about, and with whom they can be shared."""

    modules: list[Module]
    criteria: dict[str, str]  # name by code
    cohorts: list[Cohort]

    def about(self, phrase: Phrase) -> list[str]:
        """What a phrase is meant for, in words; nothing for one that fits everywhere."""
        code, module = phrase.criterion_code, phrase.module
        found = [self.criteria.get(code, code)] if code else []
        return found + ([_("Module %(number)d") % {"number": module.number}] if module else [])


def choices(user) -> Choices:
    """By the cohorts that somebody teaches; three queries."""
    cohorts = list(Cohort.objects.filter(teachings__instructor=user).distinct())
    criteria = (
        Criterion.objects.filter(rubric__cohorts__in=cohorts).distinct().order_by("-rubric__version", "order", "id")
    )
    names: dict[str, str] = {}
    for criterion in criteria:
        names.setdefault(criterion.code, criterion.name)  # that of the newest version
    modules = Module.objects.filter(schedules__cohort__in=cohorts).distinct().order_by("number")
    return Choices(list(modules), names, cohorts)


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything malformed counts as not asked."""

    text: str = ""
    module: int | None = None
    criterion: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filters":
        """Read the query string of the page's address."""
        number = query.get("modul", "")
        return cls(
            text=" ".join(query.get("cari", "").replace("\x00", "").split())[:80],
            module=int(number) if is_number(number) else None,
            criterion=query.get("kriteria", "").replace("\x00", "")[:40],
        )

    @property
    def narrowed(self) -> bool:
        """True when anything limits the list."""
        return bool(self.text or self.module or self.criterion)

    def query(self) -> str:
        """The query string for these filters, ready for another pair; may be empty."""
        pairs = {"cari": self.text, "modul": self.module or "", "kriteria": self.criterion}
        return "".join(f"{urlencode({name: value})}&" for name, value in pairs.items() if value)


def found(user, filters: Filters) -> PhraseQuerySet:
    """The phrases that somebody may use and that have every word, the most used first."""
    rows = Phrase.objects.visible_to(user).with_lead(user).select_related("owner", "cohort", "module")
    for word in filters.text.split():
        rows = rows.filter(text__icontains=word)
    if filters.module:
        rows = rows.filter(module__number=filters.module)
    return rows.filter(criterion_code=filters.criterion) if filters.criterion else rows


def data_of(user, phrase: Phrase, known: Choices) -> dict[str, Any]:
    """A phrase as the review page's script shows it."""
    about = known.about(phrase)
    if phrase.owner_id != user.pk:
        about.append(_("shared by %(name)s") % {"name": phrase.owner.full_name})
    return {
        "text": phrase.text,
        "criterion": phrase.criterion_code,
        "module": phrase.module.number if phrase.module else None,
        "uses": phrase.uses,
        "about": " · ".join(about),
        "use": reverse("phrase_use", args=[phrase.pk]),
    }


def keep(*, user, given: Given, now: datetime) -> Phrase:
    """A new phrase. Raises Invalid (errors "text") for one that its owner has already, Conflict "full"."""
    if Phrase.objects.filter(owner=user).count() >= MOST:
        raise Conflict(
            "full", _("You have %(most)d phrases already. Delete one that you no longer use.") % {"most": MOST}
        )
    with _once():
        return Phrase.objects.create(owner=user, created_at=now, **_columns(given))


def change(*, phrase: Phrase, given: Given) -> None:
    """Other words, another purpose, other readers. Raises Invalid as `keep` does, or Conflict "gone"."""
    with _once():
        changed = Phrase.objects.filter(pk=phrase.pk).update(**_columns(given))
    if not changed:
        raise Conflict("gone", _("This phrase has been deleted meanwhile. Copy the words if you still need them."))


def remove(phrase: Phrase) -> None:
    """Delete it. What was written with it stays."""
    phrase.delete()


def count_use(phrase: Phrase, now: datetime) -> None:
    """That it was inserted once more; one query."""
    Phrase.objects.filter(pk=phrase.pk).update(uses=F("uses") + 1, used_at=now)


def _columns(given: Given) -> dict[str, Any]:
    return {**vars(given), "sha256": hashlib.sha256(given.text.encode()).hexdigest()}


@contextmanager
def _once() -> Iterator[None]:
    """The same words twice in one scope are refused in words, also when two requests meet."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:  # of all rules the only one that a valid form can break
        message = _("There is a phrase of yours with these words already.")
        raise Invalid(message, {"text": message}) from error
