"""Taking time on 10 March 2027: Ana books by the hour, moves, and is refused."""

import pytest

from contributors.models import Contributor
from producerdesk.kit.errors import Clash
from sessions import actions
from sessions.actions.plans import CallSpec
from sessions.models import StudioSession
from tests import makers
from tests.cast import Cast


def book(cast: Cast, starts: str = "10:00", ends: str = "18:00", *people: Contributor, **said: object) -> StudioSession:
    calls: list[CallSpec] = [{"contributor": person} for person in people]
    given = {"room": cast.room, "calls": calls} | said
    return makers.make_session(cast.project, cast.ana, f"2027-03-10T{starts}", f"2027-03-10T{ends}", **given)


def clash(cast: Cast, *args: object, **said: object) -> Clash:
    with pytest.raises(Clash) as refused:
        book(cast, *args, **said)  # type: ignore[arg-type]
    return refused.value


def move(cast: Cast, session: StudioSession, starts: str, ends: str, **said: object) -> StudioSession:
    return actions.move_session(
        viewer=cast.viewer("ana"),
        session=session,
        starts_local=f"2027-03-10T{starts}",
        ends_local=f"2027-03-10T{ends}",
        **said,  # type: ignore[arg-type]
    )
