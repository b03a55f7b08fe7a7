"""Messages of Django and allauth that we word ourselves.

Their own Indonesian is uneven ("Sandi anda …"). Named here, they enter our catalogue, which comes first.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

TOO_SHORT = ngettext_lazy(
    "This password is too short. It must contain at least %d character.",
    "This password is too short. It must contain at least %d characters.",
)
WORDS = (
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    gettext_noop("This password is too common."),
    gettext_noop("This password is entirely numeric."),
    gettext_noop("You must type the same password each time."),
    gettext_noop("This field is required."),
    gettext_noop("Enter a valid email address."),
)
