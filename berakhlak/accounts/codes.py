"""Activation codes: twelve signs on a slip of paper, for people who cannot get a link by e-mail.

A code has 58 bits, so nobody finds one by trying. Making a new one revokes the one before; whoever sets a password, in
whatever way, leaves no open code behind.
"""

import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from berakhlak.accounts.models import ActivationCode, User
from berakhlak.zones import Zone

# No I, L, O, U, 0 and 1: they are taken for each other, on paper and over the telephone.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, PART = 12, 4
VALID_FOR = timedelta(days=14)
SALT = "berakhlak.accounts.codes"
REASON = "activation code"

UNKNOWN = _("This code is not known. Compare it with the slip, sign by sign.")
USED = _("This code was used already. Sign in with your NIP or e-mail address and your password.")
REVOKED = _("This code was replaced by a newer one. Use the newest slip, or ask the organiser of your training.")
EXPIRED = _("This code has expired. Ask the organiser of your training for a new one.")
INACTIVE = _("This account is switched off. Ask the organiser of your training.")
STAFF = _("Codes are not for accounts that run this site. Ask its administrator for a link to set a password.")


def make_codes(users: Iterable[User], *, by: User, now: datetime) -> list[ActivationCode]:
    """A new code for each of them; those that were open are revoked. Inside the caller's transaction."""
    people = list(users)
    revoke(people, now)
    codes = []
    for user in people:
        nonce = secrets.token_hex(16)
        text = _derived(nonce, settings.SECRET_KEY)
        codes.append(
            ActivationCode(
                user=user,
                nonce=nonce,
                digest=_digest(text, settings.SECRET_KEY),
                made_by=by,
                made_at=now,
                expires_at=_end_of_day(now + VALID_FOR),
            )
        )
    return ActivationCode.objects.bulk_create(codes)


def _end_of_day(moment: datetime) -> datetime:
    """A slip says "until 7 December": then the code works all through that day, also in the west of the country."""
    there = moment.astimezone(ZoneInfo(Zone.WIB))
    return there.replace(hour=23, minute=59, second=59, microsecond=0)


def revoke(users: Iterable[User], now: datetime) -> int:
    """Make their open codes worthless; how many there were."""
    unused = ActivationCode.objects.filter(user__in=users, used_at=None, revoked_at=None)
    return unused.update(revoked_at=now)


def open_codes(now: datetime) -> QuerySet[ActivationCode]:
    """The codes that still work, as far as the code itself says; the account may be switched off."""
    return ActivationCode.objects.filter(used_at=None, revoked_at=None, expires_at__gt=now)


def text_of(code: ActivationCode) -> str:
    """The twelve signs, in groups: "ABCD-EFGH-JKMN". Empty when the secret key was changed since."""
    for key in _keys():
        text = _derived(code.nonce, key)
        if _digest(text, key) == code.digest:
            return "-".join(text[begin : begin + PART] for begin in range(0, LENGTH, PART))
    return ""


def find(typed: str, now: datetime) -> ActivationCode:
    """The open code that somebody typed, in any spelling; ValidationError says why it does not work."""
    text = "".join(filter(str.isalnum, typed.upper()))
    if len(text) != LENGTH:
        raise ValidationError(_("A code has 12 letters and digits."), "length")
    digests = [_digest(text, key) for key in _keys()]
    code = ActivationCode.objects.select_related("user").filter(digest__in=digests).first()
    if code is None:
        raise ValidationError(UNKNOWN, "unknown")
    if problem := problem_of(code, now):
        raise ValidationError(problem, "closed")
    return code


def problem_of(code: ActivationCode, now: datetime):
    """Why a code does not work (any more), or the empty string."""
    if code.used_at:
        return USED
    if code.revoked_at:
        return REVOKED
    if code.expires_at <= now:
        return EXPIRED
    if code.user.is_staff or code.user.is_superuser:  # since the code was made: its slip must not open their rights
        return STAFF
    return "" if code.user.is_active else INACTIVE


@transaction.atomic
def taken(pk: int, now: datetime) -> ActivationCode:
    """The code, used by this very call; ValidationError when it was closed meanwhile. Of two calls one succeeds."""
    code = ActivationCode.objects.select_for_update(of=("self",)).select_related("user").get(pk=pk)
    if problem := problem_of(code, now):
        raise ValidationError(problem, "closed")
    code.used_at = now
    code.save(update_fields=["used_at"])
    return code


def _keys() -> Iterator[str | bytes]:
    yield settings.SECRET_KEY
    yield from settings.SECRET_KEY_FALLBACKS


def _derived(nonce: str, key: str | bytes) -> str:
    number = int.from_bytes(salted_hmac(f"{SALT}.text", nonce, secret=key, algorithm="sha256").digest())
    signs = []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        signs.append(ALPHABET[rest])
    return "".join(signs)


def _digest(text: str, key: str | bytes) -> str:
    return salted_hmac(f"{SALT}.digest", text, secret=key, algorithm="sha256").hexdigest()
