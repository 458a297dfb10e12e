"""Django settings. What differs between machines is read in `env.py`; nothing else may differ."""

from datetime import timedelta

import structlog
from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from producerdesk import env

ENV = env.read()
BASE_DIR = env.ROOT
DATA_DIR = ENV.data_dir
SITE_URL = ENV.site_url
DEMO = ENV.demo
PRODUCTION = ENV.production
DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ENV.allowed_hosts
FETCH_ALSO_FROM = ENV.fetch_also_from  # private networks that imported calendars may be read from: none in production

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "producerdesk.kit.apps.KitConfig",
    "producerdesk.accounts.apps.AccountsConfig",
    "knox",
    "producerdesk.notices.apps.NoticesConfig",
    "projects.apps.ProjectsConfig",
    "budgets.apps.BudgetsConfig",
    "contributors.apps.ContributorsConfig",
    "sessions.apps.SessionsConfig",  # studio sessions; login sessions are django.contrib.sessions
    "producerdesk.overview.apps.OverviewConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "producerdesk.kit.middleware.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "producerdesk.kit.middleware.ApiErrors",
    "producerdesk.kit.middleware.BodyLimit",
    "producerdesk.kit.middleware.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "producerdesk.accounts.middleware.ViewerMiddleware",
]

ROOT_URLCONF = "producerdesk.urls"
WSGI_APPLICATION = "producerdesk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "producerdesk.kit.templates.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "producerdesk.overview.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "producerdesk.kit.templatetags.desk",
                "producerdesk.kit.templatetags.quick",  # after those it stands in for
            ],
        },
    }
]

# --- data -----------------------------------------------------------------------------------------
DATABASES = {"default": ENV.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # an API error followed by a query would meet a doomed transaction; actions are atomic
if ENV.redis_url:
    CACHES = {
        "default": {
            "BACKEND": "producerdesk.kit.cache.RedisOrOwn",
            "LOCATION": ENV.redis_url,
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
    }
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
    }
MEDIA_ROOT = DATA_DIR / "media"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "producerdesk" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = not ENV.production
WHITENOISE_AUTOREFRESH = DEBUG

# --- people ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["producerdesk.accounts.backend.AccountBackend"]
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
LOGIN_REDIRECT_URL = "overview:today"
ACCOUNT_ADAPTER = "producerdesk.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "producerdesk.accounts.forms.SignupForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # only in the browser that signed up; so an invitation leads on
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a browser left open must not hand the account over
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENV.trust_proxy else 0
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.split(":", 1)[0]
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "ProducerDesk"
MFA_TOTP_TOLERANCE = 1  # of 30 seconds: phones are not always on time
SESSION_ENGINE = "producerdesk.accounts.logins"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_NAME = "desk_login"
MESSAGE_STORAGE = "django.contrib.messages.storage.fallback.FallbackStorage"  # an undo of many dates fits no cookie

# --- the web edge ---------------------------------------------------------------------------------
SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
# a private link stands in the path: it must not leave with a click on the map
SECURE_REFERRER_POLICY = "same-origin"
if ENV.trust_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "producerdesk.kit.pages.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],  # Tabler's own icons and the code of the second factor
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

# of a whole request. The largest of ours is a sheet of 2 MB, which grows when its text travels inside JSON
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
# of a form with a file: what takes the file says how large it may be, in words beside its field, which stands here
LARGE_FORMS = {
    r"/(api/v1/)?(budgets/\d+/expenses/(new/)?|expenses/\d+/receipt/)": "receipt",
    r"/(api/v1/)?(voice-notes/|sessions/\d+/notes/voice/)": "sound",
    r"/(api/v1/)?imported-calendars/(new/|\d+/(edit/)?)?": "file",
}
LARGEST_FORM = 26 * 2**20

LARGEST_CALENDAR = 4 * 2**20  # of an imported one: ten years of a full calendar

# --- the API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "contributors.authentication.PrivateLinkAuthentication",
        "sessions.authentication.FeedAuthentication",
        "producerdesk.accounts.authentication.TokenAuthentication",
        "producerdesk.accounts.authentication.LoginAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["producerdesk.kit.permissions.ListedRight"],
    "DEFAULT_RENDERER_CLASSES": ["producerdesk.kit.json.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "producerdesk.kit.json.JSONParser",
        "producerdesk.kit.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "producerdesk.kit.negotiation.Negotiation",
    "DEFAULT_PAGINATION_CLASS": "producerdesk.kit.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": ["producerdesk.kit.filters.AllowListFilter"],
    "DEFAULT_METADATA_CLASS": "producerdesk.kit.metadata.FormMetadata",
    "DEFAULT_SCHEMA_CLASS": "producerdesk.kit.schema.DeskSchema",
    "DEFAULT_THROTTLE_CLASSES": ["producerdesk.kit.throttles.PerViewer", "producerdesk.kit.throttles.PerStranger"],
    "DEFAULT_THROTTLE_RATES": {"viewer": "1200/min", "stranger": "120/min"},
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is a filter like any other, and there is none
    "EXCEPTION_HANDLER": "producerdesk.kit.handler.handle",
    "NUM_PROXIES": 1 if ENV.trust_proxy else 0,
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer"}
KNOX_TOKEN_MODEL = "accounts.ApiToken"
# knox's migrations would make its own token table all the same, unknown to any model: PostgreSQL then cannot be flushed
MIGRATION_MODULES = {"knox": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "ProducerDesk",
    "DESCRIPTION": "Everything a page can do. Sums are text with a currency; moments are UTC.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": True,
    "ENUM_NAME_OVERRIDES": {
        "Role": "producerdesk.accounts.roles.Role",
        "Paper": "producerdesk.kit.papers.CHOICES",
        "StaffRole": "producerdesk.accounts.roles.STAFF_CHOICES",
        "DeliveryState": "producerdesk.notices.models.Delivery.State",
        "DeliveryChannel": "producerdesk.notices.models.Delivery.Channel",
        "Stage": "projects.stages.Stage",
        "ProjectKind": "projects.models.Project.Kind",
        "ProducerType": "projects.models.Project.ProducerType",
        "InvitationState": "projects.members_serializers.STATES",
        "SkillKind": "contributors.models.Skill.Kind",
        "FeeUnit": "contributors.models.FeeUnit",
        "EngagementState": "contributors.models.Engagement.State",
        "RoomRateUnit": "sessions.models.RoomRate.Unit",
        "RoomKind": "sessions.models.Room.Kind",
        "NoticeUnit": "sessions.models.CancellationTier.Unit",
        "SessionKind": "sessions.models.StudioSession.Kind",
        "SessionState": "sessions.models.StudioSession.State",
        "PollState": "sessions.models.DatePoll.State",
        "CallAnswer": "sessions.models.Call.Answer",
        "Fold": "sessions.serializers.inputs.FOLDS",
        "ContactAudience": "sessions.models.Audience",
        "GearSource": "sessions.models.GearSource",
        "SheetGearSource": "sessions.models.SHEET_GEAR",
        "GearKind": "sessions.models.Gear.Kind",
        "SheetState": "sessions.serializers.call_sheet.READER_STATES",
        "LineUnit": "budgets.models.BudgetLine.Unit",
        "Scope": "producerdesk.accounts.roles.RIGHTS",
        "SeriesRule": "sessions.models.SessionSeries.Rule",
        "SeriesScope": "sessions.serializers.repeating.SCOPES",
        "Answered": "producerdesk.overview.serializers.questions.STATES",
        "FoundKind": "producerdesk.overview.serializers.search.KINDS",
        "EntryKind": "budgets.models.BudgetEntry.Kind",
    },
    "PREPROCESSING_HOOKS": ["producerdesk.kit.schema.leave_out_what_nobody_may"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "producerdesk.kit.schema.document_errors",
    ],
}

# --- mail -----------------------------------------------------------------------------------------
OUTBOX = not ENV.email  # no mail server named: a desk's mail stands on its outbox page
INBOUND_MAIL = ENV.inbound_mail  # where calendars send their answers (`manage receive_mail`); empty: nowhere
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.mail_from
if ENV.email:
    EMAIL_BACKEND = ENV.email["EMAIL_BACKEND"]
    EMAIL_HOST = ENV.email.get("EMAIL_HOST") or "localhost"
    EMAIL_PORT = ENV.email.get("EMAIL_PORT") or 25
    EMAIL_HOST_USER = ENV.email.get("EMAIL_HOST_USER") or ""
    EMAIL_HOST_PASSWORD = ENV.email.get("EMAIL_HOST_PASSWORD") or ""
    EMAIL_USE_TLS = bool(ENV.email.get("EMAIL_USE_TLS"))
    EMAIL_USE_SSL = bool(ENV.email.get("EMAIL_USE_SSL"))
else:
    EMAIL_BACKEND = "producerdesk.accounts.mail.FilesAndConsole"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 15

# --- background work ------------------------------------------------------------------------------
# how long a dispatcher may hold rows before another takes them for a dead one's. Handing over a mail takes at most
# five answers of the mail server, so a living sender is never taken for dead.
DELIVERY_CLAIM_LEASE = timedelta(seconds=60)
DELIVERY_SENDING_LEASE = timedelta(seconds=5 * EMAIL_TIMEOUT)
if ENV.redis_url:
    CELERY_BROKER_URL = ENV.redis_url
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_timeout": 10, "socket_connect_timeout": 5}
else:
    CELERY_BROKER_URL = "filesystem://"  # ours: producerdesk/notices/broker.py
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker" / "queue"),
        "data_folder_out": str(DATA_DIR / "broker" / "queue"),
        "processed_folder": str(DATA_DIR / "broker" / "processed"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
        "polling_interval": 0.05,  # the default of a second starves the tick
    }
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its replies would pile up as files for workers that are gone
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # remembers nothing: no file to be found torn after a power cut
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_BEAT_SCHEDULE = {
    "wake the dispatcher": {
        "task": "producerdesk.notices.tasks.wake",
        "schedule": 5.0,
        "options": {"expires": 10},  # an old tick is worth nothing: the next one does the same
    },
    "plan what comes by the clock": {
        "task": "producerdesk.notices.tasks.plan",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "do chores": {
        "task": "producerdesk.notices.tasks.do_chores",
        "schedule": 10.0,
        "options": {"expires": 20},
    },
    "forget old keys": {
        "task": "producerdesk.accounts.tasks.forget_old_keys",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
}

# --- words and hours ------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOG_STEPS = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[*LOG_STEPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": LOG_STEPS,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer() if ENV.production else structlog.dev.ConsoleRenderer(colors=False),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}},  # a refused request is no event
}
