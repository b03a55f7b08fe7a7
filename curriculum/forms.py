"""Forms of the admin: what an editor may leave empty, and what a module must have before people meet it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _


class ItemForm(forms.ModelForm):
    """Any catalogue item; where a place may be left empty, the item goes to the end."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "order" in self.fields and self._meta.model.parent_field:
            self.fields["order"].required = False
        if "key" in self.fields and self.instance.pk:
            self.fields["key"].disabled = True  # answers are kept under it


class ModuleForm(ItemForm):
    """A module; an old version brings the values it had then."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        # simple_history marks an instance that was made from a version; its own form forgets the links.
        version = getattr(self.instance, "_history", None)
        if version is not None and "values" in self.fields:
            self.initial["values"] = [link.value_id for link in version.values.all()]

    def clean_published(self) -> bool:
        """A new module has no answer parts: there would be nothing to write."""
        published = self.cleaned_data["published"]
        if published and not self.instance.pk:
            raise ValidationError(_("Save the module, add its answer parts, then publish it."))
        return published


def needs_part() -> str:
    """Why an answer part cannot go."""
    return _("A published module needs an active answer part.")


class PromptFormSet(BaseInlineFormSet):
    """The answer parts of a module."""

    def clean(self) -> None:
        """A published module asks for something."""
        super().clean()
        stay = [form.cleaned_data.get("active") for form in self.forms if hasattr(form, "cleaned_data")]
        if self.instance.published and self.instance.active and not any(stay):
            raise ValidationError(needs_part())


class PromptForm(ItemForm):
    """An answer part on its own page."""

    def clean_active(self) -> bool:
        """The last one of a published module stays."""
        active = self.cleaned_data["active"]
        if not active and self.instance.is_last_of_published():
            raise ValidationError(needs_part())
        return active
