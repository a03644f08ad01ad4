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
    "import_export",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "stories.views.headers.HeadersMiddleware",
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
    "stories.views.lasting.LastingMiddleware",
    "stories.views.factors.SecondFactorMiddleware",
    "stories.views.zone.own_zone",
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
    "ask": {"task": "stories.tasks.ask", "schedule": 120.0, "options": {"expires": 120, "queue": "cpu"}},
    "close": {"task": "stories.tasks.close_quiet", "schedule": 600.0, "options": {"expires": 600, "queue": "cpu"}},
    "watch": {"task": "stories.tasks.watch", "schedule": 3600.0, "options": {"expires": 3600, "queue": "cpu"}},
    "tell": {"task": "stories.tasks.tell", "schedule": 5.0, "options": {"expires": 5, "queue": "mail"}},
    "deliver": {"task": "stories.tasks.deliver", "schedule": 5.0, "options": {"expires": 5, "queue": "mail"}},
    "tidy": {"task": "stories.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600, "queue": "cpu"}},
    "sweep": {"task": "stories.tasks.sweep", "schedule": 10.0, "options": {"expires": 10, "queue": "net"}},
}

# --- Mail ------------------------------------------------------------------------------------------------------------
EMAIL_URL = env("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"Firsthand <firsthand@{_public.hostname}>")

# --- Accounts --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "stories.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# What ASVS 5.0 asks of passwords: long, in no list of leaked ones, and nothing else; no mix of signs, no expiry.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "stories.services.passwords.NotGuessable"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
# Who may make an account: open to everybody, to whoever holds an invitation, or closed. Where nothing can be mailed
# nobody's address can be checked, and a stranger could take anybody's: there people are invited.
SIGN_UP = env("SIGN_UP", default="open" if EMAIL_URL else "invite")
if SIGN_UP not in ("open", "invite", "closed"):
    raise ImproperlyConfigured(f"SIGN_UP must be open, invite or closed, not {SIGN_UP!r}")
ACCOUNT_ADAPTER = "stories.views.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "stories.signinforms.LoginForm",
    "signup": "stories.signinforms.SignupForm",
    "add_email": "stories.signinforms.AddEmailForm",
    "change_password": "stories.signinforms.ChangePasswordForm",
    "set_password": "stories.signinforms.SetPasswordForm",
    "reset_password": "stories.signinforms.ResetPasswordForm",
    "reset_password_from_key": "stories.signinforms.ResetPasswordKeyForm",
    "reauthenticate": "stories.signinforms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# Without a way to send mail, asking for a verified address would lock everybody out.
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Firsthand: "
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
# In the browser in which the account was made; elsewhere one signs in.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_MAX_EMAIL_ADDRESSES = 5
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _public.scheme
# Before an address, a factor or a connection changes, people show once more that it is they.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
PASSWORD_RESET_TIMEOUT = 3600
# Failed attempts are counted by address and network together, so that whoever guesses at somebody's address shuts out
# himself; a browser in which somebody signed in before has a counter of its own (stories.views.devices).
ACCOUNT_RATE_LIMITS = {
    "sign_in_network": "20/m/ip",
    "sign_in_here": "5/5m/key",
    "sign_in_anywhere": "50/h/key",
    "sign_in_device": "10/5m/key",
}
# Behind a proxy its own word in X-Forwarded-For tells who asks; without one anybody could write that header.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
# Set by `manage.py up` for one start: whoever holds it may make the first account at /setup/.
SETUP_TOKEN = env("SETUP_TOKEN", default="")

# Second factors: an app's codes, passkeys and security keys, and recovery codes.
MFA_ADAPTER = "stories.views.factors.FactorAdapter"
MFA_FORMS = {
    "authenticate": "stories.signinforms.CodeForm",
    "reauthenticate": "stories.signinforms.CodeAgainForm",
    "activate_totp": "stories.signinforms.ActivateCodesForm",
    "add_webauthn": "stories.signinforms.AddPasskeyForm",
    "edit_webauthn": "stories.signinforms.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Firsthand"
# Else nobody with a second factor could add an address. What it guards against is seen to by services.claims.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Who can't change anything, nor see the desk, before they have a second factor.
MFA_REQUIRED = env("MFA_REQUIRED", default="staff" if HTTPS else "none")
if MFA_REQUIRED not in ("none", "staff", "all"):
    raise ImproperlyConfigured(f"MFA_REQUIRED must be none, staff or all, not {MFA_REQUIRED!r}")

# Single sign-on with one provider of OpenID Connect. Whoever runs this server trusts it: an address that it calls
# verified opens the account of that address.
OIDC_ISSUER = env("OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env("OIDC_NAME", default="") or urlsplit(OIDC_ISSUER).hostname or ""
# Whether people whom the provider knows may make an account here although strangers may not.
OIDC_SIGN_UP = env.bool("OIDC_SIGN_UP", default=SIGN_UP == "open")
if any((OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)):
    if not all((OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET)):
        raise ImproperlyConfigured("Single sign-on needs all of OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET")
    if HTTPS and not OIDC_ISSUER.startswith("https://"):
        raise ImproperlyConfigured(f"OIDC_ISSUER must be a https address, not {OIDC_ISSUER!r}")
SOCIALACCOUNT_ADAPTER = "stories.views.sso.SingleSignOnAdapter"
SOCIALACCOUNT_FORMS = {"signup": "stories.signinforms.SingleSignOnSignupForm"}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True, "email_authentication": True},
            }
        ]
        if OIDC_ISSUER
        else []
    }
}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True

# How long a sign-in lasts, in hours: without being used, and at all. Those who edit sign in more often.
SESSION_IDLE_HOURS = env.int("SESSION_IDLE_HOURS", default=14 * 24)
SESSION_LONGEST_HOURS = env.int("SESSION_LONGEST_HOURS", default=90 * 24)
DESK_IDLE_HOURS = env.int("DESK_IDLE_HOURS", default=12)
DESK_LONGEST_HOURS = env.int("DESK_LONGEST_HOURS", default=7 * 24)
SESSION_COOKIE_AGE = SESSION_LONGEST_HOURS * 3600

# --- Ways out --------------------------------------------------------------------------------------------------------
# Seconds that the mail server has for each of its answers.
EMAIL_TIMEOUT = 10
# Letters that can't be delivered come back to an address made from this one (bounces+...@), and go to `take_bounce`.
BOUNCE_ADDRESS: str = env("BOUNCE_ADDRESS", default="")
if BOUNCE_ADDRESS and not all(BOUNCE_ADDRESS.rpartition("@")):
    raise ImproperlyConfigured(f"BOUNCE_ADDRESS must be an e-mail address, not {BOUNCE_ADDRESS!r}")
# The key that push services know this server by; if there is none it is made from SECRET_KEY.
VAPID_PRIVATE_KEY: str = env("VAPID_PRIVATE_KEY", default="")
if VAPID_PRIVATE_KEY and len(VAPID_PRIVATE_KEY) < 43:
    raise ImproperlyConfigured("VAPID_PRIVATE_KEY must be 32 bytes in base64url, or a key in DER in base64url")

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
NINJA_NUM_PROXIES = 1 if BEHIND_PROXY else 0

# --- Pages -----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
# Each by its own name. The browser's wish decides, or the cookie that the switch at the foot of every page sets.
LANGUAGES = [("en-gb", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "stories" / "locale"]
# A name with this prefix is taken by browsers from this host alone, over https, for all of it.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}firsthand_language"
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
# Our files are for our own pages.
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_MANIFEST
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# --- The desk --------------------------------------------------------------------------------------------------------
# What an outlet's logo may weigh before it is made small, and what a file of outlets or feeds.
LOGO_BYTES = 1024 * 1024
IMPORT_BYTES = 5 * 1024 * 1024
IMPORT_ROWS = 5000
# A file waits for the editor's word in the cache, which all web processes share.
IMPORT_EXPORT_TMP_STORAGE_CLASS = "stories.admin.importing.Kept"

# --- Safety ----------------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        # Browsers hold the redirect after a form against it too: single sign-on leaves by a page with a link.
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# What a page says once is kept in the session: in a cookie of its own it could be written by others.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}firsthand_session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}firsthand_csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
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
    # In UTC, whatever the machine's zone: lines of several servers are laid side by side.
    "formatters": {"line": {"()": "tracker.lines.Line", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    # trafilatura reports every page that it can't read as an error; the article's own state says it better.
    # Apprise writes addresses with their keys into its lines.
    "loggers": {name: {"level": "CRITICAL"} for name in ("trafilatura", "htmldate", "apprise")},
}
