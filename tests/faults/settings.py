"""The tests' settings for a server that is killed and started again: static files are found once."""

from tests.settings import *  # noqa: F403

WHITENOISE_AUTOREFRESH = False
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600
