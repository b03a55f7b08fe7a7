"""Random public ids for the outermost object of an address."""

import secrets

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
LENGTH = 12
PATTERN = f"[a-z2-7]{{{LENGTH}}}"


def random_key() -> str:
    """Twelve characters of base 32: 60 random bits, short enough to read out over the telephone."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


class KeyConverter:
    """Path converter for `random_key`."""

    regex = PATTERN

    def to_python(self, value: str) -> str:
        """Keys are text on both sides."""
        return value

    def to_url(self, value: str) -> str:
        """Keys are text on both sides."""
        return value
