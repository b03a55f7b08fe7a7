"""Numbers from outside: addresses, forms, spreadsheets."""


def whole_number(text: object, most: int = 18) -> int:
    """The number that `text` spells in at most so many digits; 0, which no row has, for anything else.

    `str.isdigit` alone is no test: it takes "²", which `int` refuses, and numbers that no database holds.
    """
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most else 0
