import json
import re
import unicodedata
from html import unescape

import django.db.models.deletion
from django.db import migrations, models

BATCH = 500

# As journals.searching, anchors and richtext spelt it when this migration was written; it must not change with them.
_breaks = re.compile(r"</?(?:p|h3|ul|ol|li|blockquote|br)(?:\s[^>]*)?/?>")
_tag = re.compile(r"<[^>]*>")
_widthless = re.compile("[\u00ad\u200b\u2060\ufeff]")
_word = re.compile(r"[^\W_]+")


def searchable(content: str) -> str:
    """The words of title, answers and captions, with one blank between them, before and behind."""
    data = json.loads(content)
    parts = [data.get("title", "")]
    parts += [unescape(_tag.sub("", _breaks.sub("\n", answer["html"]))) for answer in data.get("answers", ())]
    parts += [attached.get("caption", "") for attached in data.get("attachments", ())]
    plain = _widthless.sub("", "\n".join(parts)).casefold()
    return f" {' '.join(_word.findall(unicodedata.normalize('NFC', plain)))} "


def fill(apps, schema_editor) -> None:
    """The text of every submission that has none, a batch at a time and in the order of the table."""
    database = schema_editor.connection.alias
    submissions = apps.get_model("journals", "Submission").objects.using(database)
    texts = apps.get_model("journals", "SubmissionText").objects.using(database)
    last = 0
    while found := list(submissions.filter(pk__gt=last).order_by("pk").values_list("pk", "content")[:BATCH]):
        texts.bulk_create([texts.model(submission_id=pk, words=searchable(content)) for pk, content in found])
        last = found[-1][0]


class Migration(migrations.Migration):
    dependencies = [("journals", "0014_takeovers")]

    operations = [
        # Queues look for entries by way of their cohorts; this index led SQLite through those of all cohorts instead.
        migrations.RemoveIndex(model_name="entry", name="entry_queue"),
        migrations.CreateModel(
            name="SubmissionText",
            fields=[
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="journals.submission",
                    ),
                ),
                ("words", models.TextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(words__startswith=" ", words__endswith=" "),
                        name="submission_text_between_blanks",
                    )
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
