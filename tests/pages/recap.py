"""What the cohort page shows, read from its HTML."""

import re

from django.urls import reverse


def address(cast, name="cohort", *more):
    return reverse(name, args=[cast.cohort.key, *more])


def cells(response) -> dict[int, list[str]]:
    """NDH -> plain text of its cells, the result last."""
    found = {}
    for row in re.findall(r"<tr><th scope=row>.*?</tr>", response.content.decode(), re.S):
        ndh = int(re.search(r"<b>(\d+)</b>", row).group(1))
        found[ndh] = [
            " ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        ]
    return found


def links(response) -> list[str]:
    return re.findall(r"<a href=(\d+/\d+/)>", response.content.decode())
