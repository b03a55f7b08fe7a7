"""The upload of a list of participants, and which of its columns is which."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from berakhlak.tables import MAX_FILE, Cell, Table, UnusableTable, column_letters, plain, read_table
from journals.roster.columns import FIELDS, Layout, fits
from journals.roster.sifting import sample

REFUSED = {
    "large": gettext_lazy("The file is larger than 10 MB. Keep the list of participants alone and upload it again."),
    "encrypted": gettext_lazy("The file is protected by a password. Save a copy without one and upload that."),
    "old": gettext_lazy("This is an old Excel file (.xls). In Excel choose “Save as”, “Excel Workbook (.xlsx)”."),
    "kind": gettext_lazy("This is neither an Excel file (.xlsx) nor a CSV file. Save the list as one of them."),
    "broken": gettext_lazy("The file is damaged. Open it in Excel or LibreOffice, save it anew, and upload that."),
    "bomb": gettext_lazy("The file unpacks to far more than a list of people needs. It was not opened."),
    "size": gettext_lazy("The list has more than 20,000 rows or 100 columns. Keep only the rows with participants."),
    "empty": gettext_lazy("There is nothing in this file. Does its first sheet hold the participants?"),
    "formulas": gettext_lazy(
        "There are formulas in the list (%(places)s). Copy it and use “Paste special”, “Values”, then upload again."
    ),
}
NONE = ""


class UploadForm(forms.Form):
    """`berkas`, opened and read: `table` after validation."""

    berkas = forms.FileField(
        label=gettext_lazy("List of participants"),
        help_text=gettext_lazy("Excel (.xlsx) or CSV, 10 MB at most. Columns in any order."),
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": gettext_lazy("Choose a file."), "empty": REFUSED["empty"]},
    )
    table: Table

    def clean_berkas(self):
        """Read the table; what is wrong with the file in plain words."""
        file = self.cleaned_data["berkas"]
        if file.size > MAX_FILE:
            raise ValidationError(REFUSED["large"], "large")
        try:
            self.table = read_table(file.read(), fits=fits)
        except UnusableTable as refusal:
            text = str(REFUSED[refusal.code])
            if refusal.places:
                text %= {"places": ", ".join(refusal.places)}
            raise ValidationError(text, refusal.code) from None
        return file


class ColumnsForm(forms.Form):
    """One choice for each field: which column of the list it is."""

    use_required_attribute = False

    def __init__(self, data=None, *, layout: Layout, rows: list[list[Cell]], moves: bool, **kwargs) -> None:
        super().__init__(data, **kwargs)
        self.layout = layout
        samples = sample(rows, layout)
        choices = [(NONE, _("– not in the list –"))]
        for index, heading in enumerate(layout.headings):
            example = plain(samples[index])[:30]
            choices.append((str(index), " · ".join(filter(None, (column_letters(index), heading[:40], example)))))
        for name, (label, _aliases) in FIELDS.items():
            chosen = layout.columns.get(name)
            self.fields[name] = forms.ChoiceField(
                label=str(label),
                choices=choices,
                required=name == "name",
                initial=NONE if chosen is None else str(chosen),
            )
        self.fields["first"] = forms.IntegerField(
            label=_("First row with a participant"), min_value=1, max_value=max(len(rows), 1), initial=layout.first + 1
        )
        self.fields["moves"] = forms.BooleanField(
            label=_("Move people who still take part in another cohort"), required=False, initial=moves
        )

    def clean(self) -> dict:
        """A column is one thing only."""
        data = super().clean() or {}
        used: dict[str, str] = {}
        for name in FIELDS:
            column = data.get(name)
            if column and column in used:
                self.add_error(name, _("This column is chosen twice."))
            elif column:
                used[column] = name
        if not (data.get("nip") or data.get("email")) and not self.errors:
            self.add_error("nip", _("Choose the column of the NIP or that of the e-mail address."))
        return data

    def chosen(self) -> Layout:
        """The layout of a valid form."""
        columns = {name: int(self.cleaned_data[name]) for name in FIELDS if self.cleaned_data[name] != NONE}
        return self.layout.chosen(self.cleaned_data["first"] - 1, columns)
