"""One's own profile: what people change themselves, what they only see, and what comes back on an error."""

import pytest

from tests import factory

PROFILE = "/akun/profil/"
NIP = "198609262015051901"
GOOD = {
    "title_before": "Dr.",
    "title_after": "S.T., M.Si.",
    "agency": "Kabupaten Lembah Asri",
    "unit": "Puskesmas Melati",
    "position": "Bidan Terampil",
    "rank": "Penata Muda (III/a)",
    "timezone": "Asia/Jayapura",
}


@pytest.fixture
def person(client, db):
    user = factory.make_user("Siti Aminah", nip=NIP, email="siti@berakhlak.test")
    client.force_login(user)
    return user


def test_saving_changes_the_row_once_and_leaves_history(client, person):
    rows = person.history.count()
    response = client.post(PROFILE, GOOD, follow=True)
    assert response.redirect_chain == [(PROFILE, 302)]
    page = response.content.decode()
    assert "Profil Anda telah disimpan." in page
    assert "Dr. Siti Aminah, S.T., M.Si." in page
    person.refresh_from_db()
    assert {name: getattr(person, name) for name in GOOD} == GOOD
    assert person.history.count() == rows + 1
    assert person.history.first().history_user == person
    client.post(PROFILE, GOOD)
    assert person.history.count() == rows + 1


def test_nip_name_and_e_mail_are_shown_and_cannot_be_changed(client, person):
    page = client.get(PROFILE).content.decode()
    assert "19860926 201505 1 901" in page
    assert "siti@berakhlak.test" in page
    client.post(
        PROFILE,
        {
            **GOOD,
            "nip": "199001012015011901",
            "name": "Orang Lain",
            "email": "lain@berakhlak.test",
            "is_staff": "on",
            "is_superuser": "on",
            "photo": "photos/x.webp",
        },
    )
    person.refresh_from_db()
    assert (person.nip, person.name, person.email) == (NIP, "Siti Aminah", "siti@berakhlak.test")
    assert not person.is_staff
    assert not person.is_superuser
    assert not person.photo


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title_after", "<script>"),
        ("title_before", "123"),
        ("title_after", "S.T.; DROP"),
        ("title_before", "@dr"),
        ("timezone", "Europe/Berlin"),
        ("position", "x" * 201),
    ],
)
def test_a_refused_form_brings_everything_back(client, person, field, text):
    response = client.post(PROFILE, {**GOOD, field: text})
    assert response.status_code == 422
    assert "<title>Galat: Profil" in response.content.decode()
    form = response.context["profile_form"]
    assert list(form.errors) == [field]
    assert form["unit"].value() == "Puskesmas Melati"
    assert form[field].value() == text
    # The name in the page header is the stored one, not the refused one.
    assert "Siti Aminah</strong>" in response.content.decode()
    person.refresh_from_db()
    assert person.unit == ""


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Dr.  Ir. ", "Dr. Ir."),
        ("dr.,", "dr."),
        ("H.", "H."),
        ("Hj. Dra.", "Hj. Dra."),
        ("", ""),
    ],
)
def test_titles_keep_their_case_and_lose_stray_commas(client, person, typed, stored):
    client.post(PROFILE, {**GOOD, "title_before": typed})
    person.refresh_from_db()
    assert person.title_before == stored


@pytest.mark.parametrize(
    "title", ["Sp.A(K)", "S.Kep., Ns.", "A.Md.Keb.", "M.A. (Hons)", "Ph.D", "Sp.OG, Subsp. F.E.R."]
)
def test_titles_as_they_really_are(client, person, title):
    assert client.post(PROFILE, {**GOOD, "title_after": title}).status_code == 302


@pytest.mark.parametrize(
    ("nip", "rank", "says"),
    [
        (NIP, "Golongan IX", "NIP ini milik PNS."),
        ("196611112021211902", "Penata Muda (III/a)", "NIP ini milik PPPK."),
        ("198613262015051901", "", "tanggal ini tidak ada"),
        (NIP, "Penata Muda (III/a)", None),
        (NIP, "", None),
        (NIP, "Golongan III", None),
        (None, "Golongan IX", None),
        ("196611112021211902", "IX", None),
    ],
)
def test_a_doubtful_nip_warns_and_never_blocks(client, db, nip, rank, says):
    client.force_login(factory.make_user(nip=nip, rank=rank))
    page = client.get(PROFILE).content.decode()
    assert ("Mohon periksa NIP Anda" in page) == (says is not None)
    assert says is None or says in page
    assert client.post(PROFILE, {**GOOD, "rank": rank}).status_code == 302


def test_two_open_tabs_do_not_undo_each_other(client, person):
    client.post(PROFILE, GOOD)
    first = client.get(PROFILE).context["profile_form"].initial
    client.post(PROFILE, {**GOOD, "unit": "Dinas Kesehatan"})
    person.refresh_from_db()
    assert first["unit"] == "Puskesmas Melati"
    assert person.unit == "Dinas Kesehatan"
    assert person.position == "Bidan Terampil"


def test_everybody_sees_only_the_own_profile(client, person):
    factory.make_user("Orang Lain", email="lain@berakhlak.test")
    assert "lain@berakhlak.test" not in client.get(PROFILE).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(client, person, django_assert_num_queries, rows):
    for _number in range(rows):
        factory.make_user()
    # session, user, roles for the navigation
    with django_assert_num_queries(3):
        client.get(PROFILE)
    # session, user, the row to compare with, two constraints, savepoint or update, history, release
    with django_assert_num_queries(8):
        client.post(PROFILE, GOOD)


def test_the_zone_chosen_here_is_the_zone_of_all_times(client, person):
    client.post(PROFILE, GOOD)
    client.cookies.clear()
    client.force_login(person)
    assert "WIT" in client.get(PROFILE).content.decode()


def test_english(client, person):
    client.cookies["django_language"] = "en"
    page = client.get(PROFILE).content.decode()
    assert "Titles and work" in page
    assert "Gelar" not in page
