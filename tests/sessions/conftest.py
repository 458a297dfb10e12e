"""What tests of sessions share."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from pytest_django.plugin import DjangoDbBlocker

from contributors import links
from producerdesk.kit import clock
from sessions.models import Gear, StudioSession
from tests import makers
from tests.calling import Caller
from tests.cast import Cast, make_cast
from tests.live import Live
from tests.sessions.lives import JANUARY
from tests.sessions.polling import propose
from tests.sessions.racers import Racers


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


@pytest.fixture
def noon() -> Iterator[None]:
    """It is noon on 1 March 2027."""
    with time_machine.travel("2027-03-01T12:00:00Z", tick=False):
        yield


@pytest.fixture
def january() -> Iterator[None]:
    """It is January 2027, some weeks before what is booked."""
    with time_machine.travel(JANUARY, tick=False):
        yield


@pytest.fixture
def mic(cast: Cast) -> Gear:
    """The good vocal mic."""
    return makers.make_gear(cast.room, serial="4711")


@pytest.fixture
def ana(cast: Cast) -> Caller:
    """The owner, at the API and at the pages."""
    return Caller(cast.ana)


@pytest.fixture
def session(cast: Cast) -> StudioSession:
    """Drums, on 10 March 2027 from 10 to 18, with Wren and Nora."""
    calls = [{"contributor": cast.wren_called, "role": "Violin"}, {"contributor": cast.nora_called, "role": "Artist"}]
    song = makers.make_song(cast.project, "Last Ferry")
    return makers.make_session(
        cast.project,
        cast.ana,
        room=cast.room,
        title="Drums",
        calls=calls,
        songs=[song],
        notes="Secret.",
        prepare="Bow.",
    )


@pytest.fixture(scope="session")
def racers(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Racers]:
    """Four processes of clients, on the tests' database: they start only once for all races."""
    with django_db_blocker.unblock():
        env = Live().env
    running = Racers(env | {"DJANGO_SETTINGS_MODULE": "producerdesk.settings"})
    yield running
    running.stop()


@pytest.fixture
def poll(cast: Cast, ana: Caller) -> dict[str, Any]:
    """Three days, each a hold, that Nora and Wren are asked about."""
    answer = propose(ana, cast)
    assert answer.status_code == 201, answer.content
    return answer.json()


@pytest.fixture
def wren(cast: Cast) -> Caller:
    """Wren, who has no account, by private link."""
    return Caller(authorization=f"Link {links.mint(cast.wren_called, now=clock.now())[1]}")
