"""The sheet of slips with activation codes, to be cut out and handed over."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import dateformat, translation
from django.utils.translation import gettext as _

from berakhlak.accounts import codes
from berakhlak.accounts.codemail import address_of
from berakhlak.accounts.models import ActivationCode
from berakhlak.typeset import qr, typeset
from journals.models import Cohort, Enrolment


def sheet(cohort: Cohort, found: Iterable[ActivationCode], *, site: str, now: datetime) -> bytes:
    """A PDF with a slip for each code, by number on the list; in Indonesian, as its readers are."""
    enrolments = Enrolment.objects.filter(cohort=cohort).select_related("group").order_by("ndh")
    places = {enrolment.user_id: enrolment for enrolment in enrolments}
    order = {user: place for place, user in enumerate(places)}
    # Instructors have no number; they come last, by name.
    ordered = sorted(found, key=lambda code: (order.get(code.user_id, len(order)), code.user.name))
    with translation.override("id"):
        data = {
            "lang": "id",
            "title": _("Activation codes, %(cohort)s") % {"cohort": cohort.name},
            "footer": _("Give each slip to its owner only. A code works once."),
            "open": _("Scan the picture, or open:"),
            "address": f"{site.split('://')[-1]}{address_of('', '').rstrip('#')}",
            "type": _("and write the code:"),
            "qr_alt": _("QR code of"),
            "slips": [_slip(cohort, code, places.get(code.user_id), site) for code in ordered],
        }
        return typeset("slips.typ", data, at=now)


def _slip(cohort: Cohort, code: ActivationCode, enrolment: Enrolment | None, site: str) -> dict[str, str]:
    text = codes.text_of(code)
    day = dateformat.format(code.last_day, "j F Y")
    return {
        "cohort": cohort.name,
        "name": code.user.full_name,
        "place": f"{enrolment.ndh} · {enrolment.group.name}" if enrolment else _("Instructor"),
        "code": text,
        "qr": qr(address_of(text, site)),
        "until": _("Works until %(day)s.") % {"day": day},
    }
