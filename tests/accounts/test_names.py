"""Names with titles: the comma rule of the PUEBI/EYD and nothing cleverer."""

import pytest

from berakhlak.names import full_name


@pytest.mark.parametrize(
    ("before", "name", "after", "shown"),
    [
        ("Dr. Ir.", "Siti Aminah", "S.T., M.Si.", "Dr. Ir. Siti Aminah, S.T., M.Si."),
        ("", "Siti Aminah", "", "Siti Aminah"),
        ("", "Suharto", "S.H.", "Suharto, S.H."),
        ("dr.", "Budi", "", "dr. Budi"),
        ("H.", "M. Hasanuddin", "S.Ag.", "H. M. Hasanuddin, S.Ag."),
        ("", "Sa'diyah", ", S.Pd.", "Sa'diyah, S.Pd."),
        ("  Dr. ", "  Siti   Aminah ", " M.Si. , ", "Dr. Siti Aminah, M.Si."),
        ("Dr.,", "Siti", "S.T.,M.Si.", "Dr. Siti, S.T., M.Si."),
        ("", "", "S.T.", ""),
        (None, "Siti", None, "Siti"),
    ],
)
def test_full_name(before, name, after, shown):
    assert full_name(before, name, after) == shown
