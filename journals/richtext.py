"""Rich text as the rest of the project uses it: canonical HTML, and the notation for writing by hand."""

from journals.canonical import LIMIT, TooLong, clean
from journals.notation import from_notation, to_notation

__all__ = ["LIMIT", "TooLong", "clean", "from_notation", "to_notation"]
