"""The one settings file. Every value that an operator may want to change is an environment variable.

`.env.example` lists them all with what they mean; a file `.env` beside `manage.py` is read when there is one.
"""

import os
from pathlib import Path
from typing import Any

import structlog
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from pastebin.env import (
    Environment,
    load_dotenv,
    networks_in,
    refuse_dangerous,
    replica_of,
    secret_key_in,
    social_providers,
)
from pastebin.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(BASE_DIR / os.environ.get("ENV_FILE", ".env"))
env = Environment()

# --- What kind of start this is -------------------------------------------------------------------------------------

PRODUCTION = env.bool("PRODUCTION", False)
DEBUG = env.bool("DEBUG", False)
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
SITE_URL = env.str("SITE_URL", "").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
SECRET_KEY = env.str("SECRET_KEY", "") if PRODUCTION else (env.str("SECRET_KEY", "") or secret_key_in(DATA_DIR))
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
if PRODUCTION:
    refuse_dangerous(
        debug=DEBUG,
        secret_key=SECRET_KEY,
        allowed_hosts=ALLOWED_HOSTS,
        site_url=SITE_URL,
        database=env.str("DATABASE_URL", ""),
    )

# --- The site's own words and limits --------------------------------------------------------------------------------

SITE_NAME = env.str("SITE_NAME", "Pastebin")
SITE_LOGO = env.str("SITE_LOGO", "")
SITE_LINKS = [tuple(link.split("=", 1)) for link in env.list("SITE_LINKS", default=[])]

MAX_BYTES_ANONYMOUS = env.int("MAX_BYTES_ANONYMOUS", 512 * 1024)
MAX_BYTES_ACCOUNT = env.int("MAX_BYTES_ACCOUNT", 10 * 1024 * 1024)
MAX_FILES = env.int("MAX_FILES", 50)
PUBLISH_RATE_ANONYMOUS = env.str("PUBLISH_RATE_ANONYMOUS", "30/m")
PUBLISH_RATE_ACCOUNT = env.str("PUBLISH_RATE_ACCOUNT", "120/m")
GUESS_RATE = env.str("GUESS_RATE", "10/m")
COMMENT_RATE = env.str("COMMENT_RATE", "20/m")
REACTION_RATE = env.str("REACTION_RATE", "120/m")
REPORT_RATE = env.str("REPORT_RATE", "10/h")
SEARCH_RATE = env.str("SEARCH_RATE", "60/m")
TYPING_RATE = env.str("TYPING_RATE", "120/m")
CARD_RATE = env.str("CARD_RATE", "60/m")
SEARCH_BYTES = env.int("SEARCH_BYTES", 64 * 1024)
SECRET_GUARD = env.bool("SECRET_GUARD", True)
BLOCKED_WORDS = env.list("BLOCKED_WORDS", default=[])
BLOCKED_ADDRESSES = networks_in("BLOCKED_ADDRESSES", env.list("BLOCKED_ADDRESSES", default=[]))
DEFAULT_VISIBILITY = env.str("DEFAULT_VISIBILITY", "public")
DEFAULT_EXPIRY = env.str("DEFAULT_EXPIRY", "never")
KEYS_LOW_WATER = env.int("KEYS_LOW_WATER", 5_000)
KEYS_TOP_UP = env.int("KEYS_TOP_UP", 10_000)
BURN_RECEIPT_DAYS = env.int("BURN_RECEIPT_DAYS", 30)
WEBHOOK_RATE = env.str("WEBHOOK_RATE", "20/m")
WEBHOOK_HTTP = env.bool("WEBHOOK_HTTP", False)
WEBHOOK_ALLOWED_NETWORKS = networks_in("WEBHOOK_ALLOWED_NETWORKS", env.list("WEBHOOK_ALLOWED_NETWORKS", default=[]))

# --- Applications and middleware ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "pastebin.apps.PastebinConfig",
    "accounts",
    "pastes",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.gitlab",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "django_q",
    "ninja",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "pastebin.apps.StaticFilesConfig",
]

MIDDLEWARE = [
    "pastebin.middleware.request_context",
    "pastebin.middleware.behind_proxies",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "pastebin.middleware.private_by_default",
    "pastebin.middleware.TokensBeforeCookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "pastebin.middleware.choose_language",
    "django.middleware.common.CommonMiddleware",
    "pastebin.middleware.AuthorityCsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "pastebin.errors.limit_body",
    "pastebin.errors.DomainErrors",
]

ROOT_URLCONF = "pastebin.urls"
WSGI_APPLICATION = "pastebin.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "pastebin.folding.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pastebin.context.site",
            ],
        },
    },
]

# --- Database, caches, objects, queue -------------------------------------------------------------------------------

DATABASES: dict[str, dict[str, Any]] = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'pastebin.sqlite3'}"),
}
SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if SQLITE:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # A writer waits for its turn instead of failing when a reader wants to become a writer.
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
        "timeout": 20,
    }
else:
    # Reconnecting costs more than a request's own work, so each thread keeps its connection.
    DATABASES["default"] |= {
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "ENGINE": "pastebin.postgresql",
    }
    # A machine that is gone is noticed by what it does not acknowledge; for one that is frozen see the engine.
    patience = {"connect_timeout": 5, "tcp_user_timeout": 30_000, "keepalives_idle": 30, "keepalives_interval": 10}
    DATABASES["default"]["OPTIONS"] = DATABASES["default"].get("OPTIONS", {}) | patience
if env.str("DATABASE_REPLICA_URL", ""):
    DATABASES["replica"] = replica_of(DATABASES["default"], env.db_url("DATABASE_REPLICA_URL"))
    DATABASE_ROUTERS = ["pastes.replica.Router"]

REQUEST_QUERY_SECONDS = env.int("REQUEST_QUERY_SECONDS", 8)

MEMCACHED_SERVERS = env.list("MEMCACHED_SERVERS", default=[])
CACHES: dict[str, dict[str, Any]] = {
    # allauth's rate limits live here and refuse every login when it is down, so it is the database, not memcached.
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"}
    if SQLITE
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    "hot": {"BACKEND": "pastes.cache.HotMemcached", "LOCATION": MEMCACHED_SERVERS, "KEY_PREFIX": "pb"}
    if MEMCACHED_SERVERS
    # Only one web process may keep pages in its own memory: two would not see each other's edits.
    else {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    if PRODUCTION
    else {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "hot",
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

S3_BUCKET = env.str("S3_BUCKET", "")
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(DATA_DIR / "static")))
STATIC_HASHED = env.bool("STATIC_HASHED", PRODUCTION)
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "media"}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
    "pastes": {
        "BACKEND": "pastes.storage.s3.S3Objects",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT_URL", "") or None,
            "access_key": env.str("S3_ACCESS_KEY_ID", "") or None,
            "secret_key": env.str("S3_SECRET_ACCESS_KEY", "") or None,
            "region_name": env.str("S3_REGION", "us-east-1"),
            "addressing_style": env.str("S3_ADDRESSING_STYLE", "path"),
        },
    }
    if S3_BUCKET
    else {"BACKEND": "pastes.storage.disk.DiskObjects", "OPTIONS": {"location": DATA_DIR / "objects"}},
}
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not STATIC_HASHED
WHITENOISE_AUTOREFRESH = DEBUG
# To compress what nobody asks for would take most of the time that `collectstatic` needs.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "ico", "woff2", "map")

Q_CLUSTER = {
    "name": "pastebin",
    "orm": "default",
    "broker_class": "pastes.queue.OldestFirst",
    "workers": env.int("WORKERS", 1),
    "poll": env.float("QUEUE_POLL_SECONDS", 0.5),
    "timeout": 120,
    # A killed worker's task is done again after this many seconds, so it must exceed the timeout.
    "retry": 180,
    "max_attempts": 5,
    "ack_failures": True,
    "catch_up": False,
    # Of each kind: with every task django-q2 reads and locks the rows of all that are kept.
    "save_limit": 20,
    "save_limit_per": "func",
    # Workers run the highlighter's child process, which daemonic processes may not have.
    "daemonize_workers": False,
    "sync": env.bool("QUEUE_SYNC", False),
}

# --- Requests, cookies, headers -------------------------------------------------------------------------------------

TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_PORT = env.int("METRICS_PORT", 0)
METRICS_HOST = env.str("METRICS_HOST", "127.0.0.1")
# The form parser keeps its hands off the text until the view has looked at its size.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * MAX_BYTES_ACCOUNT + 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = MAX_BYTES_ACCOUNT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20 + 4 * MAX_FILES
DATA_UPLOAD_MAX_NUMBER_FILES = MAX_FILES + 1

SESSION_ENGINE = "accounts.sessions"
SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.int("SESSION_DAYS", 30) * 86_400
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL else []
CSRF_FAILURE_VIEW = "pastebin.errors.csrf_failure"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000 if SECURE else 0)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

# --- Accounts -------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# It is Django's own and more; with both in the list a wrong password would be hashed twice.
AUTHENTICATION_BACKENDS = ["accounts.sessions.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "pastes:mine"
LOGOUT_REDIRECT_URL = "pastes:home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "accounts.forms.LoginForm"}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
# Only a confirmed address can keep secret which addresses have an account, and that needs mail that arrives.
ACCOUNT_EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", "mandatory" if env.str("EMAIL_URL", "") else "optional")
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_USERNAME_BLACKLIST = ["admin", "anonymous", "root", "staff", "system"]
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", True)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "accounts.passkeys.AddPasskeyForm",
    "edit_webauthn": "accounts.passkeys.RenamePasskeyForm",
    "authenticate_webauthn": "accounts.passkeys.UsePasskeyForm",
    "login_webauthn": "accounts.passkeys.SignInWithPasskeyForm",
    "reauthenticate_webauthn": "accounts.passkeys.ConfirmWithPasskeyForm",
}
MFA_TOTP_ISSUER = SITE_NAME
# One step of 30 s either way, as RFC 6238 (section 5.2) advises: typing takes time, and clocks of phones differ.
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys on plain http only for localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False
# JSON Web Tokens are signed with SECRET_KEY: only this site reads them, and there is one key to change.
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "accounts.strategy.TokenStrategy"  # noqa: S105 # a class
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_STATEFUL_VALIDATION_ENABLED = True
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = SESSION_COOKIE_AGE

SOCIALACCOUNT_PROVIDERS = social_providers(env)
SOCIALACCOUNT_ADAPTER = "accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False

# Chromium applies form-action to the redirects after a form too, and a social login is a form that redirects.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", *([SITE_LOGO] if SITE_LOGO.startswith("https://") else [])],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF, *(["https:"] if SOCIALACCOUNT_PROVIDERS else [])],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# --- Mail, languages, logs ------------------------------------------------------------------------------------------

_mail = env.email_url("EMAIL_URL", default="consolemail://")
MAILERS = {
    "default": {
        "BACKEND": "pastebin.mail.EmailBackend" if "smtp" in _mail["EMAIL_BACKEND"] else _mail["EMAIL_BACKEND"],
        "OPTIONS": {
            "host": _mail["EMAIL_HOST"] or "localhost",
            "port": _mail["EMAIL_PORT"] or 25,
            "username": _mail["EMAIL_HOST_USER"] or "",
            "password": _mail["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": _mail.get("EMAIL_USE_TLS", False),
            "use_ssl": _mail.get("EMAIL_USE_SSL", False),
            "timeout": 10,
        }
        if "smtp" in _mail["EMAIL_BACKEND"]
        else {},
    }
}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <noreply@localhost>")

LANGUAGE_CODE = env.str("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
# The site's own words, and what libraries say in its words.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "wording"]
LANGUAGE_COOKIE_AGE = 365 * 86_400
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = logging_config(form=env.str("LOG_FORMAT", "console"), level=env.str("LOG_LEVEL", "INFO"))
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
