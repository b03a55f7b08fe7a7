"""NIP (PNS) and NI PPPK: 18 digits of text, never an integer, never a key.

PNS:  YYYYMMDD birth, YYYYMM appointment as candidate, 1 or 2 for sex, three digits serial
      (Perka BKN 22/2007 and 43/2007). There is no check digit.
PPPK: YYYYMMDD birth, YYYY appointment, two digits of contract (21 and above), sex, serial.

The number says a birth date and a sex: personal data. Show it masked to others, keep it out of addresses
and file names. It can legally differ from the identity card, so a difference only warns.
"""

import re
from datetime import date
from typing import Literal, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Kind = Literal["pns", "pppk"]
Sex = Literal["m", "f"]

LENGTH = 18
YOUNGEST = 17
FIRST_CONTRACT_CODE = 21
LATEST_YEAR = 2100  # beyond it only a slip of the finger is likely

# Everything people put between the groups, and the apostrophes (as typed) that spreadsheets use to force text.
_separators = re.compile(r"[\s.'’‘`´\-\u2010-\u2015\u00ad\u200b\u2060\ufeff]+")
_digits = re.compile(r"[0-9]*")


class Nip(NamedTuple):
    """What the 18 digits say. A PPPK's `appointed` is 1 January: the number knows only the year."""

    birth_date: date
    kind: Kind
    appointed: date
    sex: Sex
    serial: str


class NipError(ValidationError):
    """Says which digits are wrong. Codes: length, characters, birth_date, appointment, age, sex, serial."""


def normalise_nip(text: str) -> str:
    """The text without spaces, points and dashes. Anything else stays, so that parse_nip can refuse it."""
    return _separators.sub("", text)


def parse_nip(text: str) -> Nip:
    """Read a NIP or NI PPPK in any common spelling; NipError names what is wrong."""
    nip = normalise_nip(text)
    if not _digits.fullmatch(nip):
        raise NipError(_("A NIP holds digits only (0–9)."), "characters")
    if len(nip) != LENGTH:
        raise NipError(_("A NIP has 18 digits; this one has %(count)s."), "length", {"count": len(nip)})
    birth_date = _birth_date(nip[:8])
    kind, appointed, last_day = _appointment(nip[8:14])
    if _age(birth_date, last_day) < YOUNGEST:
        raise NipError(
            _("According to digits 1–14 of this NIP the age at appointment is under %(age)s years."),
            "age",
            {"age": YOUNGEST},
        )
    if nip[14] not in "12":
        raise NipError(_("Digit 15 of a NIP must be 1 (male) or 2 (female)."), "sex")
    if nip[15:] == "000":
        raise NipError(_("Digits 16–18 of a NIP cannot be 000."), "serial")
    return Nip(birth_date, kind, appointed, "m" if nip[14] == "1" else "f", nip[15:])


def _birth_date(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise NipError(
            _("Digits 1–8 of a NIP are the birth date (year, month, day); this date does not exist."),
            "birth_date",
        ) from None


def _appointment(digits: str) -> tuple[Kind, date, date]:
    """Kind, first and last possible day of appointment."""
    year, code = int(digits[:4]), int(digits[4:])
    if year > LATEST_YEAR:
        raise NipError(
            _("Digits 9–12 of a NIP are the year of appointment; this year lies too far ahead."),
            "appointment",
        )
    # Year 0 does not exist in Python; such a number fails the age check with any other year this early.
    year = max(year, 1)
    if 1 <= code <= 12:
        return "pns", date(year, code, 1), date(year, code, 1)
    if code >= FIRST_CONTRACT_CODE:
        return "pppk", date(year, 1, 1), date(year, 12, 31)
    raise NipError(
        _("Digits 13 and 14 of a NIP are the month of appointment (01–12) or, for PPPK, a code from 21."),
        "appointment",
    )


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def format_nip(nip: str | None) -> str:
    """The usual grouping 8-6-1-3: "19860926 201505 1 001". Other text comes back as it is."""
    text = normalise_nip(nip or "")
    if len(text) != LENGTH:
        return nip or ""
    return f"{text[:8]} {text[8:14]} {text[14]} {text[15:]}"


def mask_nip(nip: str | None) -> str:
    """For other people's eyes: "1986•••• •••••• • 001"."""
    text = normalise_nip(nip or "")
    if len(text) != LENGTH:
        return "•" * len(text)
    return f"{text[:4]}•••• •••••• • {text[15:]}"


def disagreements(
    nip: str, *, birth_date: date | None = None, kind: Kind | None = None, sex: Sex | None = None
) -> list[str | Promise]:
    """Warnings where the number and other data differ. They never block: numbers are corrected later."""
    try:
        said = parse_nip(nip)
    except NipError:
        return []
    warnings: list[str | Promise] = []
    if birth_date is not None and birth_date != said.birth_date:
        warnings.append(_("The NIP says born on %(date)s.") % {"date": date_format(said.birth_date, "j F Y")})
    if kind is not None and kind != said.kind:
        warnings.append(_("The NIP is that of a PNS.") if said.kind == "pns" else _("The NIP is that of a PPPK."))
    if sex is not None and sex != said.sex:
        warnings.append(_("The NIP says male.") if said.sex == "m" else _("The NIP says female."))
    return warnings
