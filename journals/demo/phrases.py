"""The phrases of the demo instructor, in the words that instructors use for the demo's entries."""

from datetime import datetime, timedelta

from curriculum.models import Module
from journals.models import Cohort
from journals.services.phrases import Given, count_use, keep

# Words, criterion (a code of catalogue/assessment.yaml), module, whether the cohort's instructors share it, uses.
PHRASES = (
    ("Terima kasih, {nama}. Jurnal ini jujur dan terasa ditulis dari pengalaman sendiri.", "", None, False, 9),
    ("Satu langkah lagi dan jurnal ini menjadi sangat baik, {nama}.", "", None, False, 4),
    ("Tutup modulnya, lalu tulis kembali gagasan pokoknya dengan bahasa Anda sendiri.", "pemahaman", None, False, 5),
    (
        "Peristiwanya sudah nyata. Telusuri satu lapis lagi: mengapa hal itu dibiarkan berlangsung selama itu?",
        "refleksi",
        None,
        True,
        11,
    ),
    ("Siapa yang Anda layani dalam cerita ini, dan apa yang sebenarnya ia butuhkan?", "refleksi", 2, False, 3),
    (
        "Langkahnya masuk akal, tetapi belum dapat diukur. Kapan dimulai, dan dari berapa menjadi berapa?",
        "penerapan",
        None,
        True,
        14,
    ),
    ("Sebutkan satu risiko dan apa yang akan Anda lakukan bila itu terjadi.", "penerapan", None, False, 6),
    (
        "Samarkan nama dan data pribadi orang lain; cukup sebutkan perannya, misalnya “seorang warga”.",
        "kualitas",
        None,
        True,
        2,
    ),
)


def make(owner, cohort: Cohort, now: datetime) -> None:
    """Keep them as their owner would have, some of them in use for weeks."""
    modules = {module.number: module for module in Module.objects.active()}
    for order, (text, criterion, number, shared, uses) in enumerate(PHRASES):
        given = Given(text, modules[number] if number else None, criterion, cohort if shared else None)
        phrase = keep(user=owner, given=given, now=now - timedelta(days=20 - order))
        for use in range(uses):
            count_use(phrase, now - timedelta(hours=12 * (uses - use)))
