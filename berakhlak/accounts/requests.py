"""The type of a request that has passed the sign-in."""

from django.http import HttpRequest

from berakhlak.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request behind `LoginRequired`, which lets nobody anonymous through. A type only: never created."""

    user: User
