"""Database triggers that keep what was handed in, decided and recorded as it was.

Installed after every migration (SQLite drops a table's triggers when a migration rebuilds the table) and
checked by `journals.W001`. Constraints cannot express "never again", triggers can.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

# Table -> condition under which an UPDATE is refused; OLD and NEW are the row before and after. A DELETE
# is refused under the same condition with only OLD in it.
ALWAYS = "1 = 1"
FROZEN_SUBMISSION = " OR ".join(
    [
        f"OLD.{column} <> NEW.{column}"
        for column in (
            "id",
            "entry_id",
            "number",
            "submitted_at",
            "due_at",
            "is_late",
            "words",
            "receipt",
            "idempotency_key",
            "content",
            "sha256",
        )
    ]
    + ["OLD.withdrawn_at IS NOT NULL"]
)
# A row of a final review may not change, and no row may be moved into one.
FINAL_REVIEW_OF_ROW = "EXISTS (SELECT 1 FROM journals_review r WHERE r.id = {row}.review_id AND r.state = 'final')"
# A stored file is what it was; one that was handed in stays, and nothing but caption and description may change.
OTHER_FILE = " OR ".join(
    f"OLD.{column} <> NEW.{column}"
    for column in ("id", "entry_id", "key", "client_key", "kind", "file", "thumbnail", "name", "size", "sha256")
)
OLD_IS_HANDED_IN = "EXISTS (SELECT 1 FROM journals_frozenattachment f WHERE f.attachment_id = OLD.id)"

OTHER_REMARK = " OR ".join(
    [f"OLD.{column} <> NEW.{column}" for column in ("id", "entry_id", "author_id", "text", "created_at")]
    + ["OLD.shown_at IS NOT NULL"]
)
OTHER_BATCH = " OR ".join(
    [f"OLD.{column} <> NEW.{column}" for column in ("id", "cohort_id", "by_id", "created_at", "visible_from", "grades")]
    + ["OLD.stopped_at IS NOT NULL"]
)
# A release goes only with its batch that was stopped, or with a review that was reopened before anybody saw it.
STANDING_RELEASE = (
    "NOT EXISTS (SELECT 1 FROM journals_releasebatch b WHERE b.id = OLD.batch_id AND b.stopped_at IS NOT NULL) "
    "AND NOT EXISTS (SELECT 1 FROM journals_supersession s "
    "WHERE s.review_id = OLD.review_id AND s.created_at < OLD.visible_from)"
)
# What is said about a thing to improve belongs to the next round: it needs a return, and a time before the reviews of
# later submissions (or before one of them is final).
NOT_RETURNED = (
    "NOT EXISTS (SELECT 1 FROM journals_revisionitem i JOIN journals_review r ON r.id = i.review_id "
    "WHERE i.id = NEW.item_id AND r.state = 'final' AND r.decision = 'returned')"
)
NEXT_ROUND = (
    "EXISTS (SELECT 1 FROM journals_revisionitem i JOIN journals_review b ON b.id = i.review_id "
    "JOIN journals_submission s ON s.id = b.submission_id "
    "JOIN journals_submission n ON n.entry_id = s.entry_id AND n.number > s.number "
    "JOIN journals_review r ON r.submission_id = n.id WHERE i.id = {row}.item_id{more})"
)
OLD_IS_REVIEWED, NEW_IS_REVIEWED = (NEXT_ROUND.format(row=row, more="") for row in ("OLD", "NEW"))
OLD_IS_OVER, NEW_IS_OVER = (NEXT_ROUND.format(row=row, more=" AND r.state = 'final'") for row in ("OLD", "NEW"))
OTHER_ITEM = "OLD.id <> NEW.id OR OLD.item_id <> NEW.item_id"

PARTS_OF_REVIEWS = ("journals_score", "journals_annotation", "journals_revisionitem")
OLD_IS_FINAL, NEW_IS_FINAL = (FINAL_REVIEW_OF_ROW.format(row=row) for row in ("OLD", "NEW"))

UPDATE_REFUSED = {
    "journals_event": ALWAYS,
    "journals_submission": FROZEN_SUBMISSION,
    "journals_submissiontext": ALWAYS,
    "journals_review": "OLD.state = 'final'",
    "journals_release": ALWAYS,
    "journals_releasebatch": OTHER_BATCH,
    "journals_supersession": ALWAYS,
    "journals_takeover": ALWAYS,
    "journals_reading": ALWAYS,
    "journals_extension": ALWAYS,
    "journals_remedial": ALWAYS,
    "journals_finalisation": ALWAYS,
    "journals_book": ALWAYS,
    "journals_attachment": OTHER_FILE,
    "journals_frozenattachment": ALWAYS,
    "journals_remark": OTHER_REMARK,
    # An answer stays once somebody reads it, a closing once somebody has decided by it.
    "journals_itemanswer": f"{OLD_IS_REVIEWED} OR {OTHER_ITEM}",
    "journals_itemclosing": ALWAYS,
    **dict.fromkeys(PARTS_OF_REVIEWS, f"{OLD_IS_FINAL} OR {NEW_IS_FINAL}"),
}
DELETE_REFUSED = (
    UPDATE_REFUSED
    | {"journals_submission": ALWAYS, "journals_attachment": OLD_IS_HANDED_IN, "journals_remark": ALWAYS}
    | {"journals_release": STANDING_RELEASE, "journals_releasebatch": ALWAYS}
    | {"journals_itemanswer": OLD_IS_REVIEWED, "journals_itemclosing": OLD_IS_OVER}
    | dict.fromkeys(PARTS_OF_REVIEWS, OLD_IS_FINAL)
)
INSERT_REFUSED = dict.fromkeys(PARTS_OF_REVIEWS, NEW_IS_FINAL) | {
    "journals_itemanswer": f"{NOT_RETURNED} OR {NEW_IS_REVIEWED}",
    "journals_itemclosing": f"{NOT_RETURNED} OR {NEW_IS_OVER}",
}
RULES = [
    (operation, table, condition)
    for operation, rules in (
        ("UPDATE", UPDATE_REFUSED),
        ("DELETE", DELETE_REFUSED),
        ("INSERT", INSERT_REFUSED),
    )
    for table, condition in rules.items()
]


# PostgreSQL's TRUNCATE asks no trigger of single rows.
TRUNCATE_REFUSED = tuple(DELETE_REFUSED)


def trigger_name(operation: str, table: str) -> str:
    """For example ``journals_event_no_update``."""
    return f"{table}_no_{operation.lower()}"


def names(vendor: str) -> set[str]:
    """All triggers that must exist on a database of this kind."""
    found = {trigger_name(operation, table) for operation, table, _ in RULES}
    if vendor == "postgresql":
        found |= {trigger_name("TRUNCATE", table) for table in TRUNCATE_REFUSED}
    return found


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Those of `names` that the database has."""
    table, column = ("pg_trigger", "tgname") if connection.vendor == "postgresql" else ("sqlite_master", "name")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608 -- constants above
        return names(connection.vendor) & {row[0] for row in cursor.fetchall()}


def install(*, using: str = "default", **_signal) -> None:
    """Create all triggers, replacing older forms of them. Called after every migration."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    if not {table for _, table, _ in RULES} <= existing:
        return  # a migration that stopped half-way: the last one will call again
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION journals_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% on % is not allowed: the row is frozen', TG_OP, TG_TABLE_NAME "
                "USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            for table in TRUNCATE_REFUSED:
                name = trigger_name("TRUNCATE", table)
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION journals_refuse()"
                )
        for operation, table, condition in RULES:
            name = trigger_name(operation, table)
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                cursor.execute(_postgresql(name, operation, table, condition))
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {operation} ON {table} WHEN {condition} BEGIN "
                    f"SELECT RAISE(ABORT, '{operation} on {table} is not allowed: the row is frozen'); END"
                )


def _postgresql(name: str, operation: str, table: str, condition: str) -> str:
    """A WHEN clause may not hold a subquery on PostgreSQL; such rules get a function of their own."""
    if "SELECT" not in condition:
        return (
            f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION journals_refuse()"
        )
    result = "NEW" if operation != "DELETE" else "OLD"
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {condition} THEN RAISE EXCEPTION '% on % is not allowed: the row is frozen', TG_OP, TG_TABLE_NAME "
        f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {result}; END $$; "
        f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    )


def make_way(*, using: str = "default", plan: list, **_signal) -> None:
    """Before migrations on SQLite: it builds a changed table anew, and stumbles over triggers that name the old one.

    Should a migration stop half-way, a check says that they are missing until the next one has come through.
    """
    if plan and connections[using].vendor == "sqlite":
        remove(using=using)


def remove(*, using: str = "default") -> None:
    """Drop all triggers: before migrations on SQLite, and in tests, to empty the tables between two of them."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for name in names(connection.vendor):
            on = f" ON {name.rsplit('_no_', 1)[0]}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


@contextmanager
def lifted(*, using: str = "default") -> Iterator[None]:
    """Without triggers inside the block; for tests that tamper on purpose or flush the database."""
    remove(using=using)
    try:
        yield
    finally:
        install(using=using)
