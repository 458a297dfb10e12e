"""The kinds of notices. An app registers its own from `AppConfig.ready`; the dispatcher asks them at send time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from producerdesk.notices.models import Delivery


@dataclass(frozen=True)
class NotDue:
    """Why a delivery must not leave any more, in the words of the source (reasons.py), and the state it ends in."""

    state: Delivery.State
    reason: str


@dataclass(frozen=True)
class Later:
    """Not now, but at that moment; why, in the words of the source."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail. `make` is asked as the mail leaves by a mail server: the outbox keeps no files.

    It returns None where the file cannot be made; the mail leaves all the same.
    """

    name: str
    mimetype: str
    make: Callable[[], bytes | None]


@dataclass(frozen=True)
class Invite:
    """What calendars read of a mail (RFC 6047): an iCalendar text, and its METHOD."""

    method: str
    text: str


@dataclass(frozen=True)
class Mail:
    """A mail as it leaves. `sender` is a name to stand before our address; answers go to `reply_to`.

    `invite` stands beside the text, so that mail programs offer to answer, and once more as a file for all others.
    """

    to: str
    subject: str
    text: str
    html: str = ""
    sender: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()
    invite: Invite | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Bell:
    """A line under the bell of one user, leading to `path`."""

    user_id: int
    text: str
    path: str = ""


@dataclass(frozen=True)
class Kind:
    """One kind of notice: how to find what it is about, whether it still holds, and how it reads.

    `load` gets deliveries and returns {delivery.pk: what it is about}, in as few queries as it can; what is gone is
    left out. `still_due` returns None, or why not, or not yet. `mail` and `bell` write it; a kind without a bell is
    only mailed. `mails` and `bells` write what leaves as one message: several of a bundle, each with what it is about.
    """

    name: str
    load: Callable[[Sequence[Delivery]], Mapping[int, Any]]
    still_due: Callable[[Delivery, Any, datetime], NotDue | Later | None]
    mail: Callable[[Delivery, Any], Mail] | None = None
    bell: Callable[[Delivery, Any], Bell] | None = None
    mails: Callable[[Sequence[Delivery], Sequence[Any]], Mail] | None = None
    bells: Callable[[Sequence[Delivery], Sequence[Any]], Bell] | None = None


Planner = Callable[[], int]
Chore = Callable[[], int]

_kinds: dict[str, Kind] = {}
_planners: list[Planner] = []
_chores: list[Chore] = []


def register(kind: Kind) -> None:
    """Make a kind known. Called from `AppConfig.ready`."""
    _kinds[kind.name] = kind


def kind_of(delivery: Delivery) -> Kind:
    """Return the kind of a delivery. Raises LookupError for one that no app has registered."""
    return _kinds[delivery.kind]


def register_planner(planner: Planner) -> None:
    """Let an app plan what comes by the clock alone, like a mail each morning. Called often, by several at once."""
    _planners.append(planner)


def plan_by_the_clock() -> int:
    """Ask every planner; return how many messages are new."""
    return sum(planner() for planner in _planners)


def register_chore(chore: Chore) -> None:
    """Let an app do slow work by the clock, like reading calendars of the web. Called often, by several at once."""
    _chores.append(chore)


def do_chores() -> int:
    """Do what is due of every chore; return how much was done."""
    return sum(chore() for chore in _chores)
