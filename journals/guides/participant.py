"""The guide for participants."""

from django.utils.translation import gettext_lazy as _

from journals.guides import Guide, Section

GUIDE = Guide(
    "peserta",
    _("Guide for participants"),
    _("From the slip of paper with your code to the printed journal book."),
    "pencil-line",
    (
        Section(
            "masuk",
            _("Sign in for the first time"),
            (
                _("Open the address on the slip, or photograph its QR code. In an e-mail, press the link."),
                _("Type the code. Small letters, spaces and dashes make no difference. The code works once."),
                _(
                    "Choose a password of your own with at least 10 characters. A sentence of a few words is easy to remember."
                ),
                _("From then on, sign in with your NIP or your e-mail address and this password."),
            ),
            _("The organiser gives you a slip of paper or an e-mail with an activation code."),
            _(
                "Code lost or expired, or password forgotten? The organiser makes a new code on the spot. Your journal stays as it is."
            ),
            "aktivasi",
            _("The page on which an activation code is typed"),
        ),
        Section(
            "beranda",
            _("See what comes next"),
            (
                _("The first page after signing in names one thing under [What to do next], with its due time."),
                _("Below it stand the messages: an entry that was returned, a grade, a reply, an announcement."),
                _("Then come all modules of your training with their states. Open one to read it or to write."),
            ),
            picture="beranda",
            shows=_("The first page of a participant with the next thing to do"),
        ),
        Section(
            "menulis",
            _("Write an entry"),
            (
                _("Press [Begin writing]. Each part has its own questions and says how many words it needs."),
                _(
                    "Just write. The text is saved by itself; the line below it says when, and whether it is on the server."
                ),
                _(
                    "Under [Attachments] you add photos or PDFs with a caption. Place and device are taken out of each photo."
                ),
                _("Under [Evidence of behaviour] you mark the sentence that shows a behaviour of the seven values."),
                _("[History] keeps earlier states of your draft. You can go back to each of them."),
            ),
            _("Write about what you did yourself: what happened, what you felt and learned, what you will do next."),
            _("Do not name patients, citizens, pupils or colleagues. Write “a patient” or “a colleague”."),
            "menulis",
            _("The writing page with the text and its number of words"),
        ),
        Section(
            "luring",
            _("Write without a signal"),
            (
                _("Open your journal once while you have a connection. After that it opens without one as well."),
                _("Write as always. The line below the text says that it is kept on this device."),
                _(
                    "With a connection the text is sent by itself. Do not sign out before the line says that it is saved."
                ),
                _("Did you write on two devices? Nothing is overwritten: the page shows both texts, and you choose."),
            ),
            picture="luring",
            shows=_("The line below the text while there is no connection"),
        ),
        Section(
            "kirim",
            _("Submit"),
            (
                _(
                    "Press [Preview and submit]. The page shows exactly what your instructor will read, and what is still missing."
                ),
                _("Tick the statement and press [Submit the entry]. You get a receipt with a number."),
                _("Until the review begins, [Withdraw to change it] takes the entry back."),
            ),
            _("An entry is read only after you have submitted it. Nobody else sees your draft."),
            _(
                "After the due time you can still submit until the module closes; the entry is then marked as late. After that, ask the organiser for more time."
            ),
            "kirim",
            _("The page before submitting with its checks"),
        ),
        Section(
            "umpan-balik",
            _("Read the feedback, improve, submit again"),
            (
                _(
                    "Was the entry returned? [What to improve] says what is asked for. Answer each point, improve the text and submit again before the new due time."
                ),
                _(
                    "Was it graded? You see the score, the words on each criterion and, under [How it is calculated], the way from one to the other."
                ),
                _("Your instructor sees that you have read it; you need not do anything for that."),
                _("Questions belong in [Conversation with your instructors] on the page of the module."),
            ),
            picture="umpan-balik",
            shows=_("A graded entry with score and feedback"),
        ),
        Section(
            "buku",
            _("Take your journal with you"),
            (
                _(
                    "In your journal, open [Journal book] and press [Get my book (PDF)]: all submitted entries, photos, feedback and released grades, ready to print."
                ),
                _(
                    "Each page carries a code. Anybody can check with it that the book is genuine; nothing private is shown."
                ),
                _("In your profile, [Get my data] gives you everything that the system holds about you."),
            ),
            _("You can do this at any time, also after the training."),
        ),
    ),
)
