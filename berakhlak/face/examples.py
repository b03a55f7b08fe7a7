"""What the gallery shows: each component with each of its states, and a form with each kind of field."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.middleware.csrf import get_token

from berakhlak.face.templatetags.face import STATES

JOURNEY = (
    "graded",
    "graded",
    "returned",
    "submitted",
    "overdue",
    "draft",
    "empty",
    "empty",
    "notopen",
    "notopen",
)
MODULES = (
    "Pengantar",
    "Berorientasi Pelayanan",
    "Akuntabel",
    "Kompeten",
    "Harmonis",
    "Loyal",
    "Adaptif",
    "Kolaboratif",
    "Bangga Melayani Bangsa",
    "Unggul dan Berdaya Saing",
)
SHIP = (
    ("Kapal", "Negara"),
    ("Nakhoda", "ASN"),
    ("Kompas", "Purpose value: Bangga Melayani Bangsa"),
    ("Jangkar", "Nilai dasar (core values) BerAKHLAK"),
    ("Kipas (baling-baling kapal)", "Tujuan: Indonesia adil dan makmur"),
)


class ExampleForm(forms.Form):
    """Every widget that the project's forms use. Labels are sample text, not messages."""

    use_required_attribute = False
    name = forms.CharField(label="Nama lengkap", help_text="Tanpa gelar.")
    email = forms.EmailField(label="Surel", required=False, widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="Kata sandi",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Sedikitnya 10 karakter.",
    )
    score = forms.DecimalField(label="Nilai", max_value=100, min_value=0)
    zone = forms.ChoiceField(label="Zona waktu", choices=[("wib", "WIB"), ("wita", "WITA"), ("wit", "WIT")])
    level = forms.ChoiceField(
        label="Tingkat",
        widget=forms.RadioSelect,
        help_text="Pilih satu.",
        choices=[("4", "Sangat baik"), ("3", "Baik"), ("2", "Cukup")],
    )
    behaviours = forms.MultipleChoiceField(
        label="Panduan perilaku",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("a", "Ramah, cekatan, solutif, dan dapat diandalkan"),
            ("b", "Melakukan perbaikan tiada henti"),
        ],
    )
    day = forms.DateField(label="Tanggal kegiatan", widget=forms.DateInput(attrs={"type": "date"}))
    due = forms.DateTimeField(label="Tenggat baru", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))
    text = forms.CharField(label="Refleksi", widget=forms.Textarea, help_text="120–800 kata.")
    file = forms.FileField(label="Lampiran", required=False, help_text="PDF atau foto, paling besar 5 MB.")
    statement = forms.BooleanField(
        label="Tulisan ini karya saya sendiri.", help_text="Pernyataan ini disimpan bersama kiriman Anda."
    )


def examples(request: HttpRequest) -> dict:
    """The gallery's context."""
    now = datetime(2026, 11, 23, 14, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
    wrong = ExampleForm({"bad-name": "Sri Wahyuningsih", "bad-email": "bukan-surel", "bad-score": "104"}, prefix="bad")
    return {
        "trail": [("Jurnal saya", "#"), ("Latsar CPNS Angkatan XII", "#"), ("Modul 3", "")],
        "states": list(STATES),
        "stops": [
            SimpleNamespace(number=n, title=title, state=state, url="#journey" if state != "notopen" else "")
            for n, (title, state) in enumerate(zip(MODULES, JOURNEY, strict=True), start=1)
        ],
        "page": Paginator(range(90), 20).page(2),
        "now": now,
        "yesterday": now - timedelta(days=1),
        "diff": [
            ("same", "Saya akan menata ulang antrean "),
            ("del", "bulan depan"),
            ("same", " "),
            ("ins", "mulai Senin, 30 November 2026"),
            ("same", " bersama dua rekan di loket."),
        ],
        "losses": [
            "kiriman nomor 2 ditarik dari antrean telaah",
            "tenggat tetap Senin, 30 November 2026, 23.59 WIB",
        ],
        "ship": [SimpleNamespace(term=term, description=text) for term, text in SHIP],
        "good_form": ExampleForm(prefix="good"),
        "bad_form": wrong,
        "csrf_token": get_token(request),
    }
