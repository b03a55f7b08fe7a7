"""What has changed between a recap that was declared final and the recap as it is now, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.accounts.nip import mask_nip
from berakhlak.zones import Zone
from journals.enums import EntryState

# What a correction may be about, beside what a recap says under a name of its own.
JOINED, GONE, BANDS, OTHER = "joined", "gone", "bands", "other"
Who = tuple[int | None, str]  # number and name; nobody's for the whole cohort
AMOUNTS = {"pass_mark", "weight", "score", "raw", "deduction", "earned", "remedial", "result"}
OF_COHORT = {
    "name": gettext_lazy("name"),
    "programme": gettext_lazy("programme"),
    "agency": gettext_lazy("organising agency"),
    "timezone": gettext_lazy("time zone"),
    "starts": gettext_lazy("starts"),
    "ends": gettext_lazy("ends"),
    "pass_mark": gettext_lazy("pass mark"),
    "rubric": gettext_lazy("rubric"),
}
OF_MODULE = {"title": gettext_lazy("title"), "weight": gettext_lazy("weight")}
OF_GRADE = {
    "score": gettext_lazy("score"),
    "raw": gettext_lazy("score before deduction"),
    "deduction": gettext_lazy("deduction"),
    "review": gettext_lazy("review"),
    "submission": gettext_lazy("submission"),
    "state": gettext_lazy("state"),
    "late": gettext_lazy("handed in late"),
    "extensions": gettext_lazy("extensions"),
    "returns": gettext_lazy("returns"),
}
OF_PERSON = {
    "earned": gettext_lazy("result before remedial"),
    "remedial": gettext_lazy("Remedial"),
    "result": gettext_lazy("Result"),
    "band": gettext_lazy("Qualification"),
    "passed": gettext_lazy("passed or not"),
    "ndh": gettext_lazy("attendance-list number (NDH)"),
    "name": gettext_lazy("name"),
    "nip": gettext_lazy("NIP"),
    "agency": gettext_lazy("agency"),
    "unit": gettext_lazy("work unit"),
    "position": gettext_lazy("position"),
    "group": gettext_lazy("group"),
}
LABELS = {
    **OF_COHORT,
    **OF_MODULE,
    **OF_GRADE,
    **OF_PERSON,
    BANDS: gettext_lazy("grade bands"),
    JOINED: gettext_lazy("joined later"),
    GONE: gettext_lazy("no longer takes part"),
    OTHER: gettext_lazy("Something differs that has no line of its own here."),
}


@dataclass(frozen=True)
class Correction:
    """What differs between a recap and a later one; without `ndh` it is about the whole cohort.

    `what` is the number of a module, of which the score differs, or one of LABELS, of `module` if there is one.
    """

    ndh: int | None
    name: str
    what: int | str
    before: str | None = None
    after: str | None = None
    module: int | None = None

    @property
    def label(self) -> str:
        """What it is about, in words."""
        if isinstance(self.what, int):
            return _("Module %(number)s") % {"number": self.what}
        # Of a cohort's agency the label says more than of a person's.
        words = OF_COHORT.get(self.what) if self.ndh is None else None
        words = words or LABELS[self.what]
        if self.module is not None:
            return _("Module %(number)s: %(what)s") % {"number": self.module, "what": words}
        return capfirst(str(words))

    @property
    def is_amount(self) -> bool:
        """Whether it says numbers with two places."""
        return isinstance(self.what, int) or self.what in AMOUNTS


def corrections(then: dict[str, Any], now: dict[str, Any]) -> list[Correction]:
    """What has changed: first what is about everybody, then in the order of the list. Never empty where the two
    differ: what has no words of its own is OTHER."""
    if then == now:
        return []
    before = {person["enrolment"]: person for person in then["people"]}
    after = {person["enrolment"]: person for person in now["people"]}
    found = list(_of_cohort(then, now))
    for pk in sorted(before.keys() | after.keys(), key=lambda pk: (after.get(pk) or before[pk])["ndh"]):
        old, new = before.get(pk), after.get(pk)
        if old is None or new is None:
            there: dict[str, Any] = old or new or {}
            found.append(Correction(there["ndh"], there["name"], JOINED if old is None else GONE))
            continue
        found += _of_person(old, new)
    return found or [Correction(None, "", OTHER)]


def _of_cohort(then: dict[str, Any], now: dict[str, Any]) -> Iterator[Correction]:
    whole: Who = (None, "")
    for name in _differing(then["cohort"], now["cohort"], OF_COHORT):
        yield _correction(whole, name, then["cohort"], now["cohort"])
    old, new = then["bands"], now["bands"]
    if old != new:
        gone, come = ([each for each in some if each not in rest] for some, rest in ((old, new), (new, old)))
        yield Correction(None, "", BANDS, _spelled(gone), _spelled(come))
    before, after = ({module["number"]: module for module in said["modules"]} for said in (then, now))
    for number in sorted(before.keys() | after.keys()):
        old, new = before.get(number, {}), after.get(number, {})
        for name in _differing(old, new, OF_MODULE | {"number": ""}):
            if name != "number":
                yield _correction(whole, name, old, new, number)
    if _rest(then, now, ("cohort", "bands", "modules", "people")):
        yield Correction(None, "", OTHER)


def _of_person(old: dict[str, Any], new: dict[str, Any]) -> Iterator[Correction]:
    who: Who = (new["ndh"], new["name"])
    before, after = ({module["number"]: module for module in person["modules"]} for person in (old, new))
    for number in [*after, *(each for each in before if each not in after)]:
        yield from _of_grade(who, number, _joined(before.get(number, {})), _joined(after.get(number, {})))
    for name in _differing(old, new, OF_PERSON | {"modules": "", "enrolment": ""}):
        # Without a remedial the one says what the other says.
        told = name == "earned" and all(person["earned"] == person["result"] for person in (old, new))
        if name != "modules" and not told:
            yield _correction(who, name, old, new)


def _of_grade(who: Who, number: int, old: dict[str, Any], new: dict[str, Any]) -> Iterator[Correction]:
    found = _differing(old, new, OF_GRADE | {"number": ""})
    untold = {"number"}
    if "score" in found:
        untold.add("state")  # it follows
    if "review" not in old or "review" not in new:
        untold |= {"raw", "deduction", "review", "submission"}  # a grade that came or went is one line
    if all(said.get("raw") == said.get("score") for said in (old, new)):
        untold.add("raw")
    for name in found:
        if name == "score":
            yield Correction(who[0], who[1], number, old.get("score"), new.get("score"))
        elif name not in untold:
            yield _correction(who, name, old, new, number)


def _joined(module: dict[str, Any]) -> dict[str, Any]:
    """A module of a person, with what makes up one fact as one value; one that has not been begun for none."""
    said = {"state": None, "score": None, "late": False, "extensions": 0, "returns": 0, **module}
    if "review" in said:
        said["review"] = tuple(said.pop(name) for name in ("reviewer", "round", "review", "graded_at"))
        said["submission"] = (said["submission"], said.pop("sha256"))
    return said


def _differing(old: dict[str, Any], new: dict[str, Any], words) -> list[str]:
    """Names of what differs, in the order of `words`; OTHER for all that these do not know."""
    found = [name for name in words if old.get(name) != new.get(name)]
    return [*found, OTHER] if _rest(old, new, words) else found


def _rest(old: dict[str, Any], new: dict[str, Any], known) -> bool:
    return any(old.get(name) != new.get(name) for name in (old.keys() | new.keys()) - set(known))


def _correction(who: Who, name: str, old: dict[str, Any], new: dict[str, Any], module: int | None = None) -> Correction:
    return Correction(who[0], who[1], name, _shown(name, old), _shown(name, new), module)


def _shown(name: str, said: dict[str, Any]) -> str | None:
    """A value as it is read; an amount stays the text that it is, for the page to write."""
    value = said.get(name)
    if name == "passed":
        return _("Incomplete") if said["result"] is None else _("Passed") if value else _("Not passed")
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "review":
        return _("by %(name)s, round %(round)s") % {"name": value[0], "round": value[1]}
    if name == "submission":
        return f"{value[0]} ({value[1][:8]})"
    if name in ("starts", "ends"):
        return formats.date_format(date.fromisoformat(value))
    if name == "nip":
        return mask_nip(value)
    words: dict[str, Any] = {"timezone": Zone, "state": EntryState}
    return str(words[name](value).label) if name in words else str(value)


def _spelled(bands: list[dict[str, str]]) -> str:
    return "; ".join(f"{band['name']} {_number(band['from'])}–{_number(band['to'])}" for band in bands)


def _number(text: str) -> str:
    return formats.number_format(Decimal(text), 2)
