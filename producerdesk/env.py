"""What the environment says, read once, typed, and refused loudly when it makes no sense."""

import ipaddress
import re
import secrets
import sys
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

import environ

ROOT = Path(__file__).resolve().parent.parent
# Every name we read; a misspelt one must not pass in silence in production, so the README lists the same.
reader = environ.Env()


class WrongSetting(SystemExit):
    """Stops start-up with one clear line and exit code 78 (EX_CONFIG)."""

    def __init__(self, line: str) -> None:
        print(f"producerdesk: {line}", file=sys.stderr)
        super().__init__(78)


@dataclass(frozen=True)
class Environment:
    """The settings a person may choose. `production` means: a database was named."""

    data_dir: Path
    production: bool
    debug: bool
    demo: bool
    secret_key: str
    site_url: str
    allowed_hosts: list[str]
    database: dict
    redis_url: str
    email: dict = field(default_factory=dict)
    mail_from: str = ""
    inbound_mail: str = ""
    trust_proxy: bool = False
    fetch_also_from: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()


def read() -> Environment:
    """Return the environment. Creates the data folder and, in development, its secret key."""
    production = bool(reader.str("DATABASE_URL", default=""))
    data_dir = Path(reader.str("DATA_DIR", default=str(ROOT / "var"))).resolve()
    _make_folders(data_dir)
    site_url = _site_url(production)
    return Environment(
        data_dir=data_dir,
        production=production,
        debug=_flag("DEBUG"),
        demo=_flag("DESK_DEMO"),
        secret_key=_secret_key(production, data_dir),
        site_url=site_url,
        allowed_hosts=_allowed_hosts(production, site_url),
        database=_database(production, data_dir),
        redis_url=_redis_url(),
        email=_email(),
        mail_from=_mail_from(site_url),
        inbound_mail=_inbound_mail(),
        trust_proxy=_flag("TRUST_PROXY"),
        fetch_also_from=_fetch_also_from(production),
    )


def _fetch_also_from(production: bool) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Return the private networks that calendars may be read from, for trying things out; never in production."""
    said = [text.strip() for text in reader.list("FETCH_ALSO_FROM", default=[]) if text.strip()]
    if said and production:
        raise WrongSetting("FETCH_ALSO_FROM opens private networks to whoever gives an address: leave it out")
    try:
        return tuple(ipaddress.ip_network(text) for text in said)
    except ValueError:
        raise WrongSetting("FETCH_ALSO_FROM must name networks like 127.0.0.0/8, with commas") from None


def _inbound_mail() -> str:
    address = reader.str("INBOUND_MAIL", default="").strip()
    if address and not re.fullmatch(r"[A-Za-z0-9._-]{1,20}@[A-Za-z0-9.-]{1,200}", address):
        raise WrongSetting("INBOUND_MAIL is no plain address: give it like replies@desk.example.com")
    return address


def _flag(name: str) -> bool:
    value = reader.str(name, default="false").strip().lower()
    if value not in ("true", "yes", "on", "1", "false", "no", "off", "0", ""):
        raise WrongSetting(f"{name} must be true or false")
    return value in ("true", "yes", "on", "1")


def _make_folders(data_dir: Path) -> None:
    try:
        for name in ("", "media", "mail", "log", "static", "broker/queue", "broker/processed"):
            (data_dir / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(f"DATA_DIR {data_dir} cannot be written: {error.strerror}") from None


def _secret_key(production: bool, data_dir: Path) -> str:
    given = reader.str("SECRET_KEY", default="")
    if given:
        if production and len(given) < 32:
            raise WrongSetting("SECRET_KEY is too short: give at least 32 random characters")
        return given
    if production:
        raise WrongSetting("SECRET_KEY is missing: give at least 32 random characters")
    kept = data_dir / "secret_key"
    if not kept.exists():
        # x-mode: of two processes that start at once, one writes and the other reads
        try:
            with kept.open("x") as file:
                kept.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return kept.read_text().strip()


def _site_url(production: bool) -> str:
    url = reader.str("SITE_URL", default="" if production else "http://127.0.0.1:8000").rstrip("/")
    if not re.fullmatch(r"https?://[\w.\-\[\]:]+", url):
        raise WrongSetting("SITE_URL is missing or no web address: give it like https://desk.example.com")
    return url


def _allowed_hosts(production: bool, site_url: str) -> list[str]:
    hosts = [host.strip() for host in reader.list("ALLOWED_HOSTS", default=[]) if host.strip()]
    if production and not hosts:
        raise WrongSetting("ALLOWED_HOSTS is missing: name the hosts this desk answers to, with commas")
    return hosts or ["127.0.0.1", "localhost", "[::1]", urlsplit(site_url).hostname or "localhost"]


def _database(production: bool, data_dir: Path) -> dict:
    if not production:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": data_dir / "db.sqlite3",
            # IMMEDIATE: writers queue at BEGIN instead of failing in the middle of their work
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
            "CONN_MAX_AGE": 600,
        }
    try:
        # the scheme first: the reader only warns of one that it does not know
        known = re.match(r"(postgres|postgresql|sqlite)://", reader.str("DATABASE_URL"))
        found = reader.db_url("DATABASE_URL") if known else {}
    except (ValueError, environ.ImproperlyConfigured):
        found = {}
    if not found:
        raise WrongSetting("DATABASE_URL must look like postgres://user:password@host:5432/name")
    if found["ENGINE"].endswith("postgresql"):
        found |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
        # compiling a plan takes longer than any query of ours: PostgreSQL guesses too high what a subquery costs; and
        # what is asked all day lies in memory or on a disk without heads, where a row by its index is no long way
        options = "-c jit=off -c random_page_cost=1.1"
        found["OPTIONS"] = {"connect_timeout": 5, "options": options} | found.get("OPTIONS", {})
    return found


def _redis_url() -> str:
    url = reader.str("REDIS_URL", default="")
    if url and not re.match(r"(rediss?|unix)://", url):
        raise WrongSetting("REDIS_URL must look like redis://host:6379/0")
    return url


def _email() -> dict:
    url = reader.str("EMAIL_URL", default="")
    if not url:
        return {}
    try:
        return reader.email_url("EMAIL_URL")
    except (KeyError, ValueError, environ.ImproperlyConfigured):
        raise WrongSetting("EMAIL_URL must look like smtp+tls://user:password@host:587") from None


def _mail_from(site_url: str) -> str:
    text = reader.str("MAIL_FROM", default=f"ProducerDesk <desk@{urlsplit(site_url).hostname}>")
    # a line break would stop every single mail, hours after the start
    if not text.isprintable() or not re.fullmatch(r"[^\s<>@]+@[^\s<>@]+", parseaddr(text)[1]):
        raise WrongSetting("MAIL_FROM must look like Desk <desk@example.com>")
    return text
