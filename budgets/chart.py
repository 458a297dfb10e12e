"""The default chart of accounts: what money on a record is spent for."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from projects.models import Project

Kind = Project.ProducerType

# accounts that others name
PRODUCER = 100
PRE_PRODUCTION = 200
REHEARSAL_ROOM = 210
STUDIO = 300
TRACKING_ROOM = 310
OVERDUB_ROOM = 320
VOCAL_ROOM = 330
EDITING_ROOM = 340
MIXING_ROOM = 350
MUSICIANS = 400
VOCALISTS = 410
ENGINEERS = 500
EDITING_ENGINEER = 520
MIXING_ENGINEER = 530
MASTERING_ENGINEER = 540


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the chart. Round hundreds, and a few others, head those that follow them."""

    number: int
    title: object


CHART = tuple(
    Account(number, title)
    for number, title in (
        (PRODUCER, _("Producer")),
        (110, _("Producer's advance")),
        (120, _("Co-producer")),
        (PRE_PRODUCTION, _("Pre-production")),
        (REHEARSAL_ROOM, _("Rehearsal and writing rooms")),
        (220, _("Demos")),
        (230, _("Arranging and copying")),
        (STUDIO, _("Studio")),
        (TRACKING_ROOM, _("Tracking rooms")),
        (OVERDUB_ROOM, _("Overdub rooms")),
        (VOCAL_ROOM, _("Vocal rooms")),
        (EDITING_ROOM, _("Editing rooms")),
        (MIXING_ROOM, _("Mixing and mastering rooms")),
        (360, _("Runner and studio assistant")),
        (MUSICIANS, _("Musicians and vocalists")),
        (VOCALISTS, _("Vocalists")),
        (420, _("Doubles and cartage")),
        (430, _("Pension, health and welfare")),
        (ENGINEERS, _("Engineers")),
        (EDITING_ENGINEER, _("Editing")),
        (MIXING_ENGINEER, _("Mixing")),
        (MASTERING_ENGINEER, _("Mastering")),
        (550, _("Immersive mixes")),
        (600, _("Equipment")),
        (610, _("Rental and backline")),
        (620, _("Tuning, drum technician, repairs")),
        (630, _("Media and storage")),
        (700, _("Travel and living")),
        (710, _("Transport")),
        (720, _("Hotel")),
        (730, _("Per diem and meals")),
        (800, _("Beats, samples and clearances")),
        (810, _("Beat lease or purchase")),
        (820, _("Sample clearance")),
        (900, _("Marketing")),
        (910, _("Promotion")),
        (920, _("Video")),
        (930, _("Artwork and photo")),
        (940, _("Merchandise")),
        (950, _("Distribution and manufacturing")),
        (980, _("Administration")),
        (990, _("Contingency")),
    )
)
HEADS = range(100, 900, 100)  # what follows them is theirs; from 900 on each stands for itself
CHOICES = [(account.number, f"{account.number} {account.title}") for account in CHART]
_TITLES = {account.number: account.title for account in CHART}

_ALWAYS = (PRODUCER, ENGINEERS, 980, 990)
_RECORD = (PRE_PRODUCTION, STUDIO, MUSICIANS, 600, 700)
_HEADS: dict[str, tuple[int, ...]] = {
    Kind.BEAT: (800, 900),
    Kind.BAND: _RECORD,
    Kind.ELECTRONIC: (STUDIO, MUSICIANS, 600, 800),
    Kind.STUDIO: _RECORD,
    Kind.EXECUTIVE: (*_RECORD, 800, 900, 910, 920, 930, 940, 950),
}
# words in a role, the first that fits decides: a mixing engineer is an engineer, a vocal producer a producer
_ROLES: tuple[tuple[Iterable[str], int], ...] = (
    (("produc",), PRODUCER),
    (("master",), MASTERING_ENGINEER),
    (("mix",), MIXING_ENGINEER),
    (("edit", "tuning"), EDITING_ENGINEER),
    (("engineer", "tonmeister", "assistant", "runner"), ENGINEERS),
    (("arrang", "copyist", "orchestrat"), 230),
    (("vocal", "sing", "choir", "voice"), VOCALISTS),
)


def title_of(number: int) -> str:
    """Return what an account is called; an account of the desk's own is called after its head."""
    return str(_TITLES.get(number) or _TITLES.get(number // 100 * 100) or number)


def head_of(number: int) -> int:
    """Return the account that heads this one: 300 for 310. From 900 on each stands for itself."""
    return number // 100 * 100 if number < HEADS.stop else number


# where each is usually paid by; the rest by a flat sum
_UNITS = {
    **dict.fromkeys((TRACKING_ROOM, MIXING_ROOM, REHEARSAL_ROOM, ENGINEERS, 610), "day"),
    **dict.fromkeys((OVERDUB_ROOM, VOCAL_ROOM, EDITING_ROOM, EDITING_ENGINEER, MUSICIANS, VOCALISTS, 360), "hour"),
    **dict.fromkeys((PRODUCER, MIXING_ENGINEER, MASTERING_ENGINEER, 550, 230, 820), "song"),
}
_HEADINGS = (PRE_PRODUCTION, STUDIO, 600, 700, 800)  # nothing is paid from these, only from what stands below them


def first_lines(producer_type: str) -> tuple[tuple[int, str], ...]:
    """Return the lines that an empty budget is offered, as (account, unit)."""
    accounts = (account.number for account in chart_for(producer_type))
    return tuple((number, _UNITS.get(number, "flat")) for number in accounts if number not in _HEADINGS)


def chart_for(producer_type: str) -> tuple[Account, ...]:
    """Return the accounts that a budget of this kind of production starts with."""
    heads = {*_ALWAYS, *_HEADS[producer_type]}
    return tuple(account for account in CHART if account.number in heads or head_of(account.number) in heads)


def account_of_role(role: str) -> int:
    """Return the account that pays a person of this role: engineers 500, musicians 400 and their sub-accounts."""
    text = role.casefold()
    return next((account for words, account in _ROLES if any(word in text for word in words)), MUSICIANS)
