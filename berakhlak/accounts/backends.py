"""Finds the person who signs in: by NIP or by e-mail, in our own columns only."""

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend

from berakhlak.accounts.models import User
from berakhlak.accounts.nip import normalise_nip


def find_by_login(login: str) -> User | None:
    """The user with this e-mail or NIP in any common spelling; None when there is none."""
    login = login.strip()
    if "@" in login:
        return User.objects.filter(email=login.lower()).first()
    nip = normalise_nip(login)
    return User.objects.filter(nip=nip).first() if nip else None


class AuthenticationBackend(AllauthBackend):
    """allauth's backend without its table of addresses.

    That table is a copy: after an organiser has changed somebody's e-mail it would still let the old
    address sign in. The rest stays allauth's: equal time for unknown people, and the page for inactive ones.
    """

    def _authenticate(self, request, **credentials):
        login = credentials.get("email") or credentials.get("username") or ""
        return self._check_password(find_by_login(login), credentials["password"])
