"""The Indonesian messages must be complete, and the compiled file must say the same as its source.

``python -m tests.messages`` extracts the messages afresh (gettext needed) and compares; ``--compile``
writes the .mo file and wraps the .po file as it is kept.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copytree, ignore_patterns, which

import polib

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale/id/LC_MESSAGES/django.po"
MO = PO.with_suffix(".mo")


def translations(entries) -> dict[tuple[str | None, str], str]:
    """(context, msgid) -> translation, plural forms joined."""
    return {
        (entry.msgctxt, entry.msgid): entry.msgstr or "|".join(entry.msgstr_plural.values())
        for entry in entries
        if not entry.obsolete
    }


def problems() -> list[str]:
    """What is wrong with the committed files, in words."""
    po, mo = polib.pofile(str(PO)), polib.mofile(str(MO))
    found = [f"untranslated: {entry.msgid!r}" for entry in po.untranslated_entries()]
    found += [f"fuzzy: {entry.msgid!r}" for entry in po.fuzzy_entries()]
    if translations(po) != translations(mo):
        found.append("django.mo differs from django.po: run make messages")
    return found


def missing() -> list[str]:
    """Messages that the code uses and django.po lacks; needs gettext's xgettext."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        copytree(ROOT, copy, ignore=ignore_patterns(".git", ".venv", "data", "*.pyc", "node_modules", "docs"))
        subprocess.run(
            [
                sys.executable,
                "manage.py",
                "makemessages",
                "--locale",
                "id",
                "--no-location",
                "--no-obsolete",
                "-v0",
            ],
            cwd=copy,
            check=True,
            env={"PATH": f"{Path(which('xgettext') or '/usr/bin/x').parent}:/bin", "BERAKHLAK_DEBUG": "true"},
        )
        fresh = translations(polib.pofile(str(copy / "locale/id/LC_MESSAGES/django.po")))
    return [f"missing from django.po: {key[1]!r}" for key in fresh.keys() - translations(polib.pofile(str(PO))).keys()]


def main() -> int:
    """Report problems; 0 when there are none."""
    if "--compile" in sys.argv[1:]:
        po = polib.pofile(str(PO), wrapwidth=100)  # makemessages wraps anew; one width keeps the differences small
        po.save(str(PO))
        po.save_as_mofile(str(MO))
    found = problems() + (missing() if which("xgettext") else ["xgettext is not installed (package gettext)"])
    print("\n".join(found) or "Translations are complete.")  # noqa: T201 -- the report
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
