"""All settings, in one file, from the environment alone; what is missing or wrong fails loudly at start.

`make run` and `make test` set the environment themselves; .env.example lists every variable for a deployment.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

VERSION = "0.1.0"
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")

# Where readers reach this server. Everything that depends on https follows from it.
PUBLIC_URL = (env("PUBLIC_URL", default="") or "http://127.0.0.1:8000").rstrip("/")
_public = urlsplit(PUBLIC_URL)
if _public.scheme not in ("http", "https") or not _public.hostname:
    raise ImproperlyConfigured(f"PUBLIC_URL must be a http or https address, not {PUBLIC_URL!r}")
HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_public.hostname, "127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

INSTALLED_APPS = [
    "stories",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
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
            ]
        },
    }
]

# --- PostgreSQL: the store, the search and the queue -----------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL")}
if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: the product relies on its SQL")
DATABASES["default"]["CONN_MAX_AGE"] = 300
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis or Valkey: the bell and the cache, never the store --------------------------------------------------------
REDIS_URL = env("REDIS_URL")


def _broker_url(url: str) -> str:
    """Celery spells a unix socket redis+socket:///path?virtual_host=0 where redis-py says unix:///path?db=0."""
    return url.replace("unix://", "redis+socket://", 1).replace("db=", "virtual_host=", 1)


CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
CELERY_BROKER_URL = _broker_url(REDIS_URL)
# What loses nothing when any process is killed, measured by killing (Celery 5.7 on Valkey): late acknowledgement alone
# is not enough, the restore scan must be made to run every few seconds.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# A task past this is killed; its rows go on when their lease runs out.
CELERY_TASK_TIME_LIMIT = 170
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    "health_check_interval": 30,
    "socket_timeout": 10,
}
CELERY_TASK_DEFAULT_QUEUE = "net"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A bell that nobody answered before the next one rings is worth nothing: the rows are still there.
CELERY_BEAT_SCHEDULE = {
    "poll": {"task": "stories.tasks.poll", "schedule": 5.0, "options": {"expires": 5, "queue": "net"}},
    "pushes": {"task": "stories.tasks.take_pushes", "schedule": 5.0, "options": {"expires": 5, "queue": "net"}},
    "recheck": {"task": "stories.tasks.recheck", "schedule": 30.0, "options": {"expires": 30, "queue": "net"}},
    "subscribe": {"task": "stories.tasks.subscribe", "schedule": 60.0, "options": {"expires": 60, "queue": "net"}},
    "look": {"task": "stories.tasks.look_again", "schedule": 20.0, "options": {"expires": 20, "queue": "group"}},
    "close": {"task": "stories.tasks.close_quiet", "schedule": 600.0, "options": {"expires": 600, "queue": "cpu"}},
    "watch": {"task": "stories.tasks.watch", "schedule": 3600.0, "options": {"expires": 3600, "queue": "cpu"}},
    "sweep": {"task": "stories.tasks.sweep", "schedule": 10.0, "options": {"expires": 10, "queue": "net"}},
}

# --- Accounts --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "stories.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Set by `manage.py up` for one start: whoever holds it may make the first account at /setup/.
SETUP_TOKEN = env("SETUP_TOKEN", default="")

EMAIL_URL = env("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"Firsthand <firsthand@{_public.hostname}>")
# Without a way to send mail, asking for a verified address would lock everybody out.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "none"

# --- The web outside -------------------------------------------------------------------------------------------------
# Servers see who we are and where to complain.
CONTACT = env("CONTACT", default="")
USER_AGENT = f"Firsthand/{VERSION} (+{PUBLIC_URL}{'; ' + CONTACT if CONTACT else ''})"
# Addresses exempt from the guard against internal addresses: networks, or one host:port.
FETCH_ALLOW = tuple(env.list("FETCH_ALLOW", default=[]))
# At most one request starts at a server per so many seconds, whatever we want of it.
FETCH_EVERY_S = env.float("FETCH_EVERY_S", default=1.0)
# The demo world is invented news served by this very server; a public deployment leaves it off.
DEMO_WORLD = env.bool("DEMO_WORLD", default=False)

# --- The read-only API -----------------------------------------------------------------------------------------------
# Requests a minute: for each address, and for each token.
API_PER_MINUTE: int = env.int("API_PER_MINUTE", default=30)
API_PER_MINUTE_WITH_TOKEN: int = env.int("API_PER_MINUTE_WITH_TOKEN", default=300)
# A proxy's own word in X-Forwarded-For tells who asks; without a proxy anybody could write that header.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
NINJA_NUM_PROXIES = 1 if BEHIND_PROXY else 0

# --- Pages -----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
# Each by its own name. The browser's wish decides, or the cookie that the switch at the foot of every page sets.
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "stories" / "locale"]
LANGUAGE_COOKIE_NAME = "firsthand_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
FORMAT_MODULE_PATH = ["tracker.formats"]
TIME_ZONE = env("TIME_ZONE", default="UTC")
USE_TZ = True
USE_I18N = True
# A long story's page is kept for readers who are not signed in: so long may it lag behind an edit. 0 keeps nothing.
PAGE_CACHE_S = env.int("PAGE_CACHE_S", default=20)
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_MANIFEST = env.bool("STATIC_MANIFEST", default=not DEBUG)
WHITENOISE_USE_FINDERS = not STATIC_MANIFEST
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- Safety ----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # trafilatura reports every page that it can't read as an error; the article's own state says it better.
    "loggers": {"trafilatura": {"level": "CRITICAL"}, "htmldate": {"level": "CRITICAL"}},
}
