"""Somebody with a private link or a feed, and the calls they open by it."""

import datetime as dt
import re
from typing import Any

from django.test import Client

from contributors import links
from contributors.models import Contributor
from producerdesk.kit import clock
from sessions.models import Call, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

ADDRESS = re.compile(r"/(?:my|feeds)/([\w-]{20,100})")


def mint(person: Contributor) -> str:
    """Return the secret of a new private link."""
    return links.mint(person, now=clock.now())[1]


def by_link(secret: str, **options: Any) -> Caller:
    """Return who asks the API with this private link."""
    return Caller(authorization=f"Link {secret}", **options)


def by_feed(secret: str) -> Caller:
    """Return who asks the API with the secret of a feed."""
    return Caller(authorization=f"Feed {secret}")


def feed_of(caller: Caller) -> str:
    """Make a feed as this caller; return its secret."""
    found = ADDRESS.search(caller.post("feeds/").json()["address"])
    assert found
    return found[1]


def read(path: str, **headers: str) -> Any:
    """Return the answer to somebody who only has the address."""
    return Client().get(path, headers=headers)


def book(cast: Cast, *people: Contributor, call: dt.time | None = None, **said: Any) -> StudioSession:
    """Book a session to which these people are called."""
    calls = [{"contributor": person, "role": "Voice", "call": call} for person in people]
    return makers.make_session(said.pop("project", cast.project), said.pop("by", cast.ana), calls=calls, **said)


def call_of(session: StudioSession, person: Contributor) -> Call:
    """Return this person's call to the session."""
    return session.calls.get(contributor=person)
