"""What a rank says about the kind of civil servant, and whether the NIP says the same."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from berakhlak.accounts.nip import Kind, NipError, disagreements, parse_nip

# PNS: "Penata Muda (III/a)". PPPK: a Roman number alone, "Golongan IX"; below V it could be a PNS in short.
_pns = re.compile(r"\b(I|II|III|IV)\s*/\s*[a-e]\b", re.IGNORECASE)
_pppk = re.compile(r"\s*(gol(ongan|\.)?\s*)?(VI{0,3}|IX|X|XI[IV]?|XIII|XVI{0,2})\s*\Z", re.IGNORECASE)


def kind_of_rank(rank: str) -> Kind | None:
    """ "pns", "pppk", or None when the rank is empty or does not say."""
    if _pns.search(rank):
        return "pns"
    return "pppk" if _pppk.match(rank) else None


def nip_warnings(nip: str | None, rank: str) -> list[str | Promise]:
    """What looks wrong about somebody's NIP. Only ever shown, never a reason to refuse."""
    if not nip:
        return []
    try:
        parse_nip(nip)
    except NipError as error:
        return [*error.messages]
    said = disagreements(nip, kind=kind_of_rank(rank))
    otherwise = _("The rank given says otherwise.")
    return [f"{warning} {otherwise}" for warning in said]
