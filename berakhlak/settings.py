"""All settings. What differs between installations comes from the environment (docs/operations.md)."""

from pathlib import Path

from berakhlak import csp
from berakhlak.env import (
    database_from_url,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_secret,
    env_str,
    env_url,
    file_storage,
)

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env_str("BERAKHLAK_DATA_DIR", str(BASE_DIR / "data")))

DEBUG = env_bool("BERAKHLAK_DEBUG", default=False)
# A fixed key is good enough for a developer's own machine and must never reach another.
SECRET_KEY = env_secret("BERAKHLAK_SECRET_KEY", default="development-only-key-never-for-real-data" if DEBUG else "")
ALLOWED_HOSTS = env_list("BERAKHLAK_HOSTS", ("localhost", "127.0.0.1", "[::1]") if DEBUG else ())
SITE_URL = env_url("BERAKHLAK_SITE_URL", ("http", "https"), "http://127.0.0.1:8000" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

# --- Applications -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "berakhlak.accounts",
    "berakhlak.face",
    "curriculum",
    "journals",
    "berakhlak.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "crispy_forms",
    "csp",
    "django_htmx",
    "django_prose_editor",
    "allauth",
    "allauth.account",
    "simple_history",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "berakhlak.middleware.Compression",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "berakhlak.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "berakhlak.middleware.plausible",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "berakhlak.middleware.method_page",
    "berakhlak.middleware.LoginRequired",
    "allauth.account.middleware.AccountMiddleware",
    "berakhlak.accounts.middleware.privacy_notice",
    "berakhlak.middleware.private_pages",
    "simple_history.middleware.HistoryRequestMiddleware",
]
ROOT_URLCONF = "berakhlak.urls"
WSGI_APPLICATION = "berakhlak.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "berakhlak.face.context.page",
                "journals.navigation.navigation",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Data -------------------------------------------------------------------------------------------
DATABASES = {"default": database_from_url("BERAKHLAK_DATABASE_URL", f"sqlite:///{DATA_DIR}/berakhlak.sqlite3")}
REDIS_URL = env_url("BERAKHLAK_REDIS_URL", ("redis", "rediss"))
# Sign-in limits live in the cache: it must be one for all processes, so never per-process memory.
_REDIS = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
_COUNTS = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR.absolute() / "counts"}
CACHES = {
    "default": _REDIS if REDIS_URL else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # How far a long transaction is (journals/counting.py): a table would not show that before it has ended.
    "counts": {**_REDIS, "KEY_PREFIX": "counts"} if REDIS_URL else _COUNTS,
}
# What needs no answer at once waits in a table until a worker (manage.py db_worker) takes it: no broker to run.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# Photos and materials, and attachments ("private"). None is served from its place: views open them.
STORAGES = {
    "default": file_storage("media", DATA_DIR / "media"),
    "private": file_storage("private", DATA_DIR / "private"),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "berakhlak.storage.StaticStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "static/"
STATIC_ROOT = Path(env_str("BERAKHLAK_STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Source maps are large, never sent to visitors, and double the time of collectstatic.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "jpg", "jpeg", "png", "webp", "gz", "br", "woff", "woff2")
LARGEST_FORM = DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
LARGEST_UPLOAD = 25 * 1024 * 1024

# --- People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["berakhlak.accounts.backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "nip", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "berakhlak.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "berakhlak.accounts.forms.LoginForm",
    "change_password": "berakhlak.accounts.forms.ChangePasswordForm",
    "set_password": "berakhlak.accounts.forms.SetPasswordForm",
    "reset_password": "berakhlak.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "berakhlak.accounts.forms.ResetPasswordKeyForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "nip"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[BerAKHLAK] "
ACCOUNT_EMAIL_NOTIFICATIONS = True  # tells people when their password was changed
ACCOUNT_USER_DISPLAY = "berakhlak.accounts.adapter.display_name"
# Django's own, and a little more; allauth's would fill its table of addresses.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "berakhlak.accounts.tokens.Tokens"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
# Forty people in one room, or a province behind one operator's gateway, share an address: its limits are
# generous. What stops guessing is the limit per account ("key").
ACCOUNT_RATE_LIMITS = {
    "login": "240/m/ip",
    "login_failed": "60/m/ip,5/5m/key",
    "reset_password": "60/m/ip,3/10m/key",
    "reset_password_from_key": "120/m/ip",
    "activation_failed": "60/m/ip",
}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "landing"
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = env_int("BERAKHLAK_SESSION_HOURS", 12, low=1, high=720) * 3600
SESSION_SAVE_EVERY_REQUEST = False
PRIVACY_NOTICE_VERSION = "2026-11"

# --- Words ------------------------------------------------------------------------------------------
LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["berakhlak.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

# --- E-mail -----------------------------------------------------------------------------------------
EMAIL_HOST = env_str("BERAKHLAK_SMTP_HOST")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env_int("BERAKHLAK_SMTP_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env_str("BERAKHLAK_SMTP_USER")
EMAIL_HOST_PASSWORD = env_secret("BERAKHLAK_SMTP_PASSWORD", required=False)
SMTP_SECURITY = env_choice("BERAKHLAK_SMTP_SECURITY", "starttls", ("starttls", "ssl", "none"))
EMAIL_USE_TLS, EMAIL_USE_SSL = SMTP_SECURITY == "starttls", SMTP_SECURITY == "ssl"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_str("BERAKHLAK_EMAIL_FROM", "BerAKHLAK <noreply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Security ---------------------------------------------------------------------------------------
# Off only for a trial without a certificate; the check berakhlak.W002 says so.
HTTPS = env_bool("BERAKHLAK_HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # load balancers ask over plain HTTP
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# Trust the proxy's word about HTTPS only where the operator says that one stands in front.
if env_bool("BERAKHLAK_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Otherwise all visitors would have the proxy's address, and its limit on wrong passwords.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": csp.DIRECTIVES}
CSRF_FAILURE_VIEW = "berakhlak.face.views.csrf_failure"

# --- Forms ------------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = ("face",)
CRISPY_TEMPLATE_PACK = "face"
CRISPY_FAIL_SILENTLY = False

# --- Logs -------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
