"""The guide for organisers."""

from django.utils.translation import gettext_lazy as _

from journals.guides import Guide, Section

GUIDE = Guide(
    "penyelenggara",
    _("Guide for organisers"),
    _("From a list of names to the recap that is handed over."),
    "clipboard-check",
    (
        Section(
            "menyiapkan",
            _("Set up a cohort"),
            (
                _(
                    "Under [Cohorts], press [New cohort]. A former cohort can serve as the model: groups, weights, schedule and policies come along."
                ),
                _(
                    "Go through the six steps. Each can be left and taken up again; the list says what is still missing."
                ),
                _(
                    "In the schedule, [Propose times] fills in all modules from the first day and the pace. Nothing is written until you save."
                ),
                _("Instructors are added by NIP or e-mail address, for the whole cohort or for a group."),
            ),
            picture="penyiapan",
            shows=_("The steps of the set-up with what is missing"),
        ),
        Section(
            "peserta",
            _("Take in the participants"),
            (
                _(
                    "Under [Add participants …], fetch the [Template (.xlsx)] or take the list that you have: XLSX or CSV, columns in any order."
                ),
                _("The next page says row by row what will happen, and what is wrong. Nothing is written yet."),
                _("Correct the file and upload it again until no row has a problem. Then take everybody in at once."),
                _("The wrong list? [Undo this list] works as long as nobody on it has signed in."),
            ),
            _(
                "The NIP has 18 digits. Excel keeps 15 of a number: format the column as text before you paste. Damaged NIPs are refused, never guessed."
            ),
            _("A list with thousands of rows takes up to a minute."),
            "daftar",
            _("A list before it is taken in, with a problem at its row"),
        ),
        Section(
            "kode",
            _("First sign-in without e-mail"),
            (
                _("Under [People and codes …], make a code for everybody who has never signed in."),
                _("[Slips to print (PDF)] gives ten slips to a sheet: cut them out and hand each to its owner."),
                _(
                    "Somebody has lost the code or forgotten the password: open the person, press [New activation code] and read it out. The former code stops working."
                ),
            ),
            _("A code is as good as a key: hand it over personally. Each making and printing is recorded."),
            picture="kode",
            shows=_("The people of a cohort, with those who have never signed in"),
        ),
        Section(
            "memantau",
            _("Watch how it runs"),
            (
                _("[Board] counts per module and group: not signed in, not begun, late, waiting, returned, done."),
                _("A number opens an announcement to exactly those people. You see how many have read it."),
                _("E-mails that did not go are listed, with the next try."),
            ),
            picture="papan",
            shows=_("The board of a running cohort"),
        ),
        Section(
            "perubahan",
            _("When something changes"),
            (
                _(
                    "Open a person under [People and codes …] to move them to another group or cohort, to withdraw or readmit them. The page says what will happen before it does."
                ),
                _("Drafts go along to another cohort; what was submitted stays where it was graded."),
                _("An instructor leaves: under [Set-up], hand over the teaching with everything that waits."),
                _("More time for illness or duty: [Give more time …], with the reason."),
            ),
        ),
        Section(
            "rekap",
            _("Recap, files, journal books"),
            (
                _("[Recap] shows results and qualifications. Each number opens how it came about."),
                _(
                    "[Declare this recap final] keeps it with date and name. Later corrections show beside it; the kept recap does not change."
                ),
                _(
                    "[Excel (.xlsx)] gives the recap with heading, signature block, criteria and log; CSV and JSON are for machines."
                ),
                _("[All journal books (ZIP)] makes the book of every participant. You can leave the page meanwhile."),
            ),
            _("Files wait for a day, for you alone. Each is recorded."),
            picture="rekap",
            shows=_("The recap of a cohort"),
        ),
    ),
)
