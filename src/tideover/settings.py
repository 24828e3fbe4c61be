"""Django's settings, all drawn from one ``Installation`` that is read from the environment.

=======================  =====================================================================
TIDEOVER_HOME            the home folder: embedded server, store, secrets, logs
DATABASE_URL             any PostgreSQL 15+, as the application role; unset: the embedded server
DATABASE_OWNER_URL       the same database as the role that owns the tables and migrates
TIDEOVER_STORE           the folder of the Parquet store, if not in the home
TIDEOVER_POLICY          a lender's overlay folder of policy files
TIDEOVER_HOSTS           the host names that pages are served under, with commas between
TIDEOVER_HTTPS           ``yes`` behind a proxy that speaks TLS and sets X-Forwarded-Proto itself
TIDEOVER_SESSION_KEY     the key that signs sessions, if not the home's own
TIDEOVER_PERSON_KEY      the key that makes a person's identity from a document, likewise
=======================  =====================================================================
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from tideover.core import logs
from tideover.core.postgres.address import APPLICATION, OWNER, Address
from tideover.core.postgres.home import Home

PACKAGE = Path(__file__).parent


@dataclass(frozen=True)
class Installation:
    """What differs from one installation to the next."""

    home: Home
    database: Address
    store: Path
    policy_overlay: Path | None
    hosts: tuple[str, ...]
    is_behind_tls: bool
    session_key: str = field(repr=False)
    person_key: str = field(repr=False)

    @classmethod
    def from_environment(cls) -> Installation:
        """Read the environment. Nothing is written and nothing is started."""
        home = Home.from_environment()
        overlay = os.environ.get("TIDEOVER_POLICY")
        hosts = os.environ.get("TIDEOVER_HOSTS", "localhost,127.0.0.1,[::1]")
        return cls(
            home=home,
            database=database_address(home, os.environ.get("TIDEOVER_CONNECTS_AS", "application")),
            store=Path(os.environ.get("TIDEOVER_STORE") or home.store),
            policy_overlay=Path(overlay) if overlay else None,
            hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
            is_behind_tls=os.environ.get("TIDEOVER_HTTPS") == "yes",
            session_key=os.environ.get("TIDEOVER_SESSION_KEY")
            or home.read_secret("session-key")
            or secrets.token_urlsafe(32),
            person_key=os.environ.get("TIDEOVER_PERSON_KEY") or home.read_secret("person-key") or "",
        )


def database_address(home: Home, role: str) -> Address:
    """The database as ``application`` or ``owner``: from the environment, else the home's own server."""
    variable = "DATABASE_OWNER_URL" if role == "owner" else "DATABASE_URL"
    if given := os.environ.get(variable):
        return Address.parse(given, variable=variable)
    return Address.of_home(home, OWNER if role == "owner" else APPLICATION)


INSTALLATION = Installation.from_environment()

SECRET_KEY = INSTALLATION.session_key
PERSON_KEY = INSTALLATION.person_key
STORE = INSTALLATION.store
POLICY_OVERLAY = INSTALLATION.policy_overlay
POLICY_KINDS = "tideover.doors.policy_kinds.register_all"
ALLOWED_HOSTS = list(INSTALLATION.hosts)
DEBUG = False

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "tideover.core.journal",
    "tideover.core.clock",
    "tideover.core.access",
    "tideover.core.jobs",
    "tideover.core.policy",
    "tideover.core.sql",
    "tideover.know.clients",
    "tideover.know.customers",
    "tideover.know.portfolio",
    "tideover.know.ledger",
    "tideover.know.filing",
    "tideover.know.staff",
    "tideover.know.cases",
    "tideover.decide.snapshot",
    "tideover.decide.gate",
    "tideover.decide.assignment",
    "tideover.decide.receipts",
    "tideover.act.contact",
    "tideover.act.arrangements",
    "tideover.act.payments",
    "tideover.act.outcomes",
    "tideover.act.intake",
    "tideover.rehearsal",
    "tideover.doors.screens",
]

MIDDLEWARE = [
    "tideover.doors.screens.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "tideover.doors.screens.middleware.LanguageMiddleware",
    "tideover.doors.screens.middleware.RolesMiddleware",
]

ROOT_URLCONF = "tideover.doors.urls"
WSGI_APPLICATION = "tideover.doors.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "doors"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "tideover.doors.screens.context.frame",
            ],
            "builtins": ["django.templatetags.static", "tideover.doors.screens.templatetags.tideover"],
        },
    }
]

DATABASES = {"default": {**INSTALLATION.database.django(), "ATOMIC_REQUESTS": False}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "/sign-in"

# Cookies go over TLS alone where there is TLS; without the header a form sent by https would count as foreign.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if INSTALLATION.is_behind_tls else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = INSTALLATION.is_behind_tls
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tideover.doors.screens.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]

STATIC_URL = "/static/"
STATIC_ROOT = INSTALLATION.home.path / "static"
STATICFILES_DIRS = [PACKAGE / "doors" / "screens" / "static"]
# A server collects the files before it serves them; tests and single commands read them where they lie.
_COLLECTED = "TIDEOVER_COLLECTS" in os.environ or (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not _COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Every module with jobs, by name: the worker imports them, nobody else has to.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["tideover.core.jobs.tasks", "tideover.rehearsal.jobs", "tideover.doors.callbacks.jobs"]

LOGGING = logs.django_logging(os.environ.get("TIDEOVER_LOG_LEVEL", "WARNING"))
logs.configure()
