"""The only door through which an entry changes its state.

Each move locks the entry, checks the table of legal moves, writes named fields, appends to the audit trail
and leaves notices, in one transaction. Nothing else assigns `Entry.state`.
"""

from journals.workflow.activating import give_codes, mail_codes, revoke_codes, show_codes
from journals.workflow.allocating import Allocation, allocate
from journals.workflow.annotating import annotate, edit_annotation, remove_annotation
from journals.workflow.announcing import announce, read_announcement
from journals.workflow.attachments import attach, describe, remove
from journals.workflow.banding import bands_of, record_bands
from journals.workflow.claiming import claim, lease, unclaim
from journals.workflow.core import LEGAL, Conflict, Forbidden, Invalid, Refused, require_kept
from journals.workflow.drafts import Kept, Message, Strayed, dismiss, receive, settle
from journals.workflow.enrolling import add_roster, discard_roster, undo_obstacle, undo_roster
from journals.workflow.evidence import mark, move, unmark
from journals.workflow.extending import Grant, extend, extend_each, extension_errors, grants_of
from journals.workflow.finalising import finalise
from journals.workflow.moving import (
    Fate,
    fate_of,
    readmit,
    regroup,
    transfer,
    withdraw_participant,
)
from journals.workflow.oversight import record_remedial, reopen, reschedule
from journals.workflow.reading import note_reading, note_readings
from journals.workflow.releasing import Choice, Outlook, outlook, release, stop_release
from journals.workflow.replying import close_annotation, reply
from journals.workflow.restoring import restore
from journals.workflow.retiring import Holding, delete_journals, holdings
from journals.workflow.reviewing import (
    ReviewInput,
    ScoreInput,
    grade,
    return_for_revision,
    save_review,
)
from journals.workflow.rounds import answer_name, asked, close_item, open_item
from journals.workflow.switching import switch_account
from journals.workflow.taking_over import take_over
from journals.workflow.talking import remark
from journals.workflow.teaching import appoint, dismiss_teaching, replace_instructor
from journals.workflow.writing import STATEMENT, save_draft, submit, withdraw

__all__ = [
    "LEGAL",
    "STATEMENT",
    "Allocation",
    "Choice",
    "Conflict",
    "Fate",
    "Forbidden",
    "Grant",
    "Holding",
    "Invalid",
    "Kept",
    "Message",
    "Outlook",
    "Refused",
    "ReviewInput",
    "ScoreInput",
    "Strayed",
    "add_roster",
    "allocate",
    "annotate",
    "announce",
    "answer_name",
    "appoint",
    "asked",
    "attach",
    "bands_of",
    "claim",
    "close_annotation",
    "close_item",
    "delete_journals",
    "describe",
    "discard_roster",
    "dismiss",
    "dismiss_teaching",
    "edit_annotation",
    "extend",
    "extend_each",
    "extension_errors",
    "fate_of",
    "finalise",
    "give_codes",
    "grade",
    "grants_of",
    "holdings",
    "lease",
    "mail_codes",
    "mark",
    "move",
    "note_reading",
    "note_readings",
    "open_item",
    "outlook",
    "read_announcement",
    "readmit",
    "receive",
    "record_bands",
    "record_remedial",
    "regroup",
    "release",
    "remark",
    "remove",
    "remove_annotation",
    "reopen",
    "replace_instructor",
    "reply",
    "require_kept",
    "reschedule",
    "restore",
    "return_for_revision",
    "revoke_codes",
    "save_draft",
    "save_review",
    "settle",
    "show_codes",
    "stop_release",
    "submit",
    "switch_account",
    "take_over",
    "transfer",
    "unclaim",
    "undo_obstacle",
    "undo_roster",
    "unmark",
    "withdraw",
    "withdraw_participant",
]
