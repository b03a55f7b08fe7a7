"""NIP and NI PPPK: the 18 digits, what they say, and how little of them is shown."""

import re
from datetime import date

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from berakhlak.accounts.nip import (
    Nip,
    NipError,
    disagreements,
    format_nip,
    mask_nip,
    normalise_nip,
    parse_nip,
)

PNS = "198609262015051901"
PPPK = "196611112021211902"


@pytest.mark.parametrize(
    "typed",
    [
        PNS,
        "19860926 201505 1 901",
        " 19860926.201505.1.901 ",
        "19860926-201505-1-901",
        "19860926\u00a0201505\u20091\u200b901",
        "19860926–201505–1–901",
        "'198609262015051901",
    ],
)
def test_spaces_points_and_dashes_do_not_matter(typed):
    assert normalise_nip(typed) == PNS


def test_other_characters_stay_to_be_refused():
    assert normalise_nip("19860926 2015O5 1 901") == "198609262015O51901"


def test_a_pns_number():
    assert parse_nip(PNS) == Nip(date(1986, 9, 26), "pns", date(2015, 5, 1), "m", "901")


def test_a_pppk_number_has_only_a_year_of_appointment():
    assert parse_nip(PPPK) == Nip(date(1966, 11, 11), "pppk", date(2021, 1, 1), "m", "902")


def test_sex_two_is_female():
    assert parse_nip("198609262015052901").sex == "f"


@pytest.mark.parametrize("month", range(1, 13))
def test_every_month_is_a_pns(month):
    assert parse_nip(f"198609262015{month:02}1901").kind == "pns"


@pytest.mark.parametrize("code", [21, 22, 24, 31, 99])
def test_contract_codes_from_21_are_pppk(code):
    assert parse_nip(f"198609262021{code}1901").kind == "pppk"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("", "length", "18 angka"),
        ("19860926201505190", "length", "17"),
        ("1986092620150519011", "length", "19"),
        ("19860926201505190A", "characters", "hanya angka"),
        ("١٩٨٦٠٩٢٦٢٠١٥٠٥١٩٠١", "characters", "hanya angka"),
        ("198609262015051\u00b901", "characters", "hanya angka"),
        ("19860926201505,901", "characters", "hanya angka"),
        ("198602302015051901", "birth_date", "1 sampai 8"),
        ("198613012015051901", "birth_date", "1 sampai 8"),
        ("000000002015051901", "birth_date", "1 sampai 8"),
        ("190302292015051901", "birth_date", "1 sampai 8"),
        ("198609262015001901", "appointment", "13 dan 14"),
        ("198609262015131901", "appointment", "13 dan 14"),
        ("198609262015201901", "appointment", "13 dan 14"),
        ("198609262015053901", "sex", "angka ke-15"),
        ("198609262015050901", "sex", "angka ke-15"),
        ("198609262015051000", "serial", "000"),
        ("198609262003081901", "age", "17"),
        ("198609260000211901", "age", "17"),
        ("200009262016211901", "age", "17"),
    ],
)
def test_what_is_wrong_is_named(text, code, says):
    with pytest.raises(NipError) as caught:
        parse_nip(text)
    assert caught.value.code == code
    with override("id"):
        assert says in caught.value.messages[0]


def test_seventeen_on_the_first_day_of_appointment_is_enough():
    assert parse_nip("198609012003091901").kind == "pns"
    with pytest.raises(NipError):
        parse_nip("198609022003091901")


def test_a_pppk_may_turn_seventeen_during_the_year_of_appointment():
    assert parse_nip("200412312021211901").kind == "pppk"
    with pytest.raises(NipError):
        parse_nip("200501012021211901")


def test_an_appointment_in_the_far_future_is_a_slip_of_the_finger():
    with pytest.raises(NipError) as caught:
        parse_nip("198609262915051901")
    assert caught.value.code == "appointment"


def test_excels_rounding_of_a_number_looks_valid_so_importers_must_ask_for_text():
    assert str(int(float("198609262015051001"))) == "198609262015051008"
    assert parse_nip("198609262015051008").serial == "008"


def test_display():
    assert format_nip(PNS) == "19860926 201505 1 901"
    assert format_nip("19860926 201505 1 901") == "19860926 201505 1 901"
    assert format_nip("12345") == "12345"
    assert format_nip("") == ""
    assert format_nip(None) == ""


def test_mask_shows_the_year_of_birth_and_the_serial_only():
    assert mask_nip(PNS) == "1986•••• •••••• • 901"
    assert mask_nip("12345") == "•••••"
    assert mask_nip("") == ""
    assert mask_nip(None) == ""


@given(st.text(max_size=40))
def test_any_text_either_parses_or_is_explained(text):
    try:
        found = parse_nip(text)
    except NipError:
        return
    assert found.kind in {"pns", "pppk"}
    assert re.fullmatch("[0-9]{18}", normalise_nip(text))


@given(
    st.dates(date(1940, 1, 1), date(2005, 12, 31)),
    st.integers(2023, 2026),
    st.integers(1, 12),
    st.integers(1, 999),
)
def test_every_number_built_by_the_rule_is_accepted(birth, year, month, serial):
    nip = f"{birth:%Y%m%d}{year}{month:02}2{serial:03}"
    assert parse_nip(nip) == Nip(birth, "pns", date(year, month, 1), "f", f"{serial:03}")
    assert normalise_nip(format_nip(nip)) == nip


def test_disagreements_warn_and_never_block():
    assert disagreements(PNS) == []
    assert disagreements(PNS, birth_date=date(1986, 9, 26), kind="pns", sex="m") == []
    with override("id"):
        [warning] = disagreements(PNS, birth_date=date(1986, 9, 27))
        assert "26 September 1986" in str(warning)
        assert len(disagreements(PNS, birth_date=date(1986, 9, 27), kind="pppk", sex="f")) == 3


def test_disagreements_of_an_invalid_number_are_none_since_the_error_says_enough():
    assert disagreements("123", kind="pns") == []
