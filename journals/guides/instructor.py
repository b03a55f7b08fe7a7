"""The guide for instructors."""

from django.utils.translation import gettext_lazy as _

from journals.guides import Guide, Section

GUIDE = Guide(
    "widyaiswara",
    _("Guide for instructors"),
    _("From the first entry in the queue to released grades, with the mouse or the keyboard alone."),
    "book-open-check",
    (
        Section(
            "antrean",
            _("Find what waits"),
            (
                _("[Review queue] lists what your groups have submitted; what has waited longest is on top."),
                _(
                    "Filter by cohort, group and module, or search for a name or for words in the text. The address keeps the filters, so that you can bookmark it."
                ),
                _("[Review the next one] opens the first entry of your list. Nobody else gets the same one."),
            ),
            picture="antrean",
            shows=_("The queue with entries that wait for a review"),
        ),
        Section(
            "menelaah",
            _("Review an entry"),
            (
                _("Read the text on the left. The module, the marked evidence and the attachments are one press away."),
                _("Choose a level for each criterion. The points follow; you can change them within the level."),
                _("Select words in the text to comment on them, or write one comment on all of it."),
                _("Sentences that you write again and again: [Save as phrase], later [Insert a phrase]."),
                _(
                    "Everything is saved while you work. [Put aside, take the next] keeps an unfinished review for later."
                ),
            ),
            picture="menelaah",
            shows=_("An entry beside its rubric"),
        ),
        Section(
            "putusan",
            _("Grade or return"),
            (
                _("[Grade, then the next] fixes the score and opens the next entry."),
                _(
                    "To have it improved, write under [Things to improve] one point each, choose the new due time, and press [Return, then the next]."
                ),
                _(
                    "When the entry comes back, the changes are marked, and each point carries the answer of the participant."
                ),
                _("A mistake in a grade: [Reopen this grade] with a reason. The former grade stays in the record."),
            ),
            _("A returned entry has no score yet. How often an entry may be returned is set for the cohort."),
        ),
        Section(
            "papan-ketik",
            _("Work with the keyboard"),
            (
                _("The digits choose the level of a criterion and go on to the next one."),
                _("j and k move between criteria, c goes to the comment, i to the things to improve."),
                _("Ctrl and Enter grade and open the next entry."),
                _("The question mark shows all [Keyboard shortcuts]. There they can also be switched off."),
            ),
        ),
        Section(
            "percakapan",
            _("Talk with the participant"),
            (
                _(
                    "[Conversation with the participant] stands beside each entry. What you write is shown to its author and to the instructors of the group."
                ),
                _("New messages stand above the queue and come by e-mail, as often as you choose in your profile."),
            ),
        ),
        Section(
            "memimpin",
            _("For those who lead a cohort"),
            (
                _(
                    "[Board] shows who has not begun, who is late and what waits longest. A number opens a message to exactly those."
                ),
                _(
                    "[Share out …] spreads the waiting entries evenly and hands over the pile of somebody who is absent."
                ),
                _(
                    "[Release grades …] makes grades visible. The page asks once more, and for some minutes you can still stop it."
                ),
                _(
                    "[Give more time …] sets a later due time for one participant, a group or a selection, with a reason."
                ),
                _("A result in the gradebook opens its derivation. There you also record a remedial."),
            ),
            picture="buku-nilai",
            shows=_("The gradebook of a cohort"),
        ),
    ),
)
