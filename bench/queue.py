"""What the queue costs an instructor of one cohort, alone and among a thousand others: ``python -m bench.queue``.

One demo cohort of about 400 entries is measured; then the database is filled with copies of it that belong to other
cohorts, people and instructors, and the same is measured again. The instructor's own list is the same both times, so
the figures should be. Texts of the copies are cut to 500 characters: nobody may read them, but they take room.
"""

import re
import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- after setup
from django.db import connection, transaction  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.pages import signed_in, timed  # noqa: E402
from berakhlak.accounts.models import User  # noqa: E402
from journals import models, permissions  # noqa: E402
from journals.demo.cohorts import INSTRUCTOR  # noqa: E402
from journals.models import Cohort, Enrolment, Entry, GradeBand, Group, Schedule, Submission, Teaching  # noqa: E402
from journals.services.queue_entries import next_waiting  # noqa: E402
from journals.services.queue_filters import SORTS, Filters  # noqa: E402

PARTICIPANTS = 64  # the demo's running cohort has six or seven entries of each
MANY = 400_000
WORDS = "pelayanan warga"
# What the queue reads, in the order of references.
COPIED: list[type[Model]] = [User, Cohort, Group, GradeBand, Enrolment, Schedule, Teaching, Entry, Submission]
COPIED += [models.SubmissionText, models.Claim, models.Review, models.Release, models.Supersession, models.Notice]
# Copies need values of their own where a column is unique; {id} is the copy's. Long texts are cut.
SPECIAL = {
    "key": "CAST({id} AS TEXT)",
    "email": "'u' || {id} || '@bench.test'",
    "nip": "NULL",
    "receipt": "'BENCH-' || {id}",
    "dedupe_key": "'bench-' || {id}",
    "content": "substr(content, 1, 500)",
    "text.words": "substr(words, 1, 499) || ' '",
}


def copy_statement(model: type[Model], copies: int, step: int) -> str:
    """INSERT … SELECT that writes each row of a table so often, with ids and references moved by steps."""
    columns = {}
    for field in model._meta.concrete_fields:
        name = connection.ops.quote_name(field.column)
        if field.primary_key or (field.related_model in COPIED):
            columns[name] = f"{name} + n * {step}"
        else:
            special = SPECIAL.get("text.words" if model is models.SubmissionText else field.name, name)
            columns[name] = special.format(id=f"({connection.ops.quote_name(model._meta.pk.column)} + n * {step})")
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
        f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {copies}) "
        f"SELECT {', '.join(columns.values())} FROM {model._meta.db_table}, numbers"
        + (" WHERE cohort_id IS NOT NULL" if model is GradeBand else "")  # the defaults belong to none
    )


def fill(total: int) -> None:
    """Add other cohorts until there are about so many entries."""
    copies = total // Entry.objects.count() - 1
    tops = [model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in COPIED]
    step = 10 ** len(str(max(tops)))
    with transaction.atomic(), connection.cursor() as cursor:
        for model in COPIED:
            cursor.execute(copy_statement(model, copies, step))
    if connection.vendor == "postgresql":  # autovacuum would do it within a minute
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def last_page(client, query: str) -> str:
    """The query string of the last page of a list."""
    while True:
        html = client.get(f"{reverse('queue')}?{query}").content.decode()
        more = re.search(r'rel="next" href="[^?]*\?([^"]+)"', html)
        if not more:
            return query
        query = more[1].replace("&amp;", "&")


def cases() -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    client = signed_in(INSTRUCTOR)
    client.defaults.pop("HTTP_ACCEPT_ENCODING")  # compression costs the same everywhere
    user, now = User.objects.get(email=INSTRUCTOR), timezone.now()
    waiting = list(permissions.reviewable(user).waiting().select_related("enrolment", "module"))
    middle = waiting[len(waiting) // 2]
    queries = {"queue": "", f"searched: {WORDS}": f"cari={WORDS.replace(' ', '+')}&tab=dinilai"}
    queries |= {"one module": "modul=3", "one group": f"kelompok={middle.enrolment.group_id}&tab=dinilai"}
    queries |= {f"sorted: {sort}": f"urut={sort}&tab=dinilai" for sort in SORTS if sort}
    queries |= {
        f"last page, {name}": last_page(client, f"tab=dinilai&{query}")
        for name, query in (("default", ""), ("longest", "urut=panjang"))
    }
    found: dict[str, Callable[[], object]] = {
        name: lambda query=query: client.get(f"{reverse('queue')}?{query}") for name, query in queries.items()
    }
    for text in ("", WORDS):
        for sort in SORTS:
            filters = Filters(sort=sort, text=text)
            name = f"next: {sort or 'default'}{', searched' if text else ''}"
            found[name] = lambda filters=filters: next_waiting(user, filters, now, after=middle)
    within = Filters(module=middle.module.number, sort="masuk")
    found["next: masuk, one module"] = lambda: next_waiting(user, within, now, after=middle)
    return found


def main() -> None:
    """Print one table for this database."""
    for command in (["migrate"], ["createcachetable"], ["load_curriculum"], ["load_assessment"]):
        call_command(*command, verbosity=0)
    call_command("demo", "--force", "--cohorts", "1", "--participants", str(PARTICIPANTS), stdout=sys.stderr)
    sizes, columns = [], []
    for total in (0, MANY):
        if total:
            began = time.perf_counter()
            fill(total)
            print(f"\n{connection.vendor}: filled in {time.perf_counter() - began:.0f} s")
        sizes.append(Entry.objects.count())
        columns.append({name: timed(call)[0] for name, call in cases().items()})
    print(f"{'instructor of one cohort':<34}" + "".join(f"{size:>12,} entries" for size in sizes))
    for name in columns[0]:
        print(f"{name:<34}" + "".join(f"{column[name]:>17.1f} ms" for column in columns))


if __name__ == "__main__":
    main()
