"""Entering a new session: its time claimed, then its row, people, songs, cost and invitations."""

from collections.abc import Iterable, Sequence

from producerdesk.kit.inserting import insert
from producerdesk.kit.together import number_ahead
from producerdesk.kit.viewer import Viewer
from projects.models import Song
from sessions import reminders
from sessions.actions.noting import note_session
from sessions.actions.standing import State, claim_time, commit_money, must_be_open
from sessions.booking.clashes import NotFree, NotFreeOn
from sessions.booking.slots import Claim, write
from sessions.models import Call, StudioSession

GIVEN_ROWS = ["project", "desk", "room", "booked_by", "challenged_by", "series"]  # rows, which others check


def book_one(session: StudioSession, calls: list[Call], songs: Iterable[Song], viewer: Viewer) -> StudioSession:
    """Return the session, booked or held. Raises NotFree."""
    return enter(session, calls, songs, viewer, claim_new(session, calls, viewer))


def claim_new(session: StudioSession, calls: list[Call], viewer: Viewer) -> Claim:
    """Lock what a new session needs; return the slots to write. Raises NotFree."""
    number_ahead([session, *calls])
    session.clean_fields(exclude=GIVEN_ROWS)
    fields = {call.contributor_id: f"calls.{number}.contributor" for number, call in enumerate(calls)}
    must_be_open(session, calls, viewer, new=True)
    return claim_time(session, calls, viewer, new=True, fields=fields)


def claim_all(dates: Sequence[tuple[StudioSession, list[Call]]], viewer: Viewer) -> list[Claim]:
    """Lock what every one of these new sessions needs, or refuse all. Raises NotFreeOn with each that is not free."""
    claims, refused = [], []
    for session, calls in dates:
        try:
            claims.append(claim_new(session, calls, viewer))
        except NotFree as error:
            refused.append(error)
    if refused:
        raise NotFreeOn(refused, len(dates))
    return claims


def enter(
    session: StudioSession, calls: list[Call], songs: Iterable[Song], viewer: Viewer, claimed: Claim
) -> StudioSession:
    """Store a new session whose time is claimed, with all that belongs to it."""
    insert([session])
    # nobody asks for the ids of these: they travel with what is asked next
    _set_songs(session, songs)
    store_gear(session)
    write(claimed, session)
    note_session(session, "held" if session.state == State.HOLD else "booked", viewer)
    for call in calls:
        call.session = session
    insert(calls)
    if session.state == State.CONFIRMED:
        reminders.invite(session, calls, new=True)
        # last: all who book for one project wait for its budget, so it is ours for as short as may be
        commit_money(session, calls, viewer, new=True)
    return session


def store_gear(session: StudioSession) -> None:
    """Write the gear that a session is to have, and has none of yet: one statement, none for no gear."""
    through = StudioSession.gear.through
    insert([through(studiosession_id=session.pk, gear_id=item.pk) for item in session.reserved()], keys=False)


def _set_songs(session: StudioSession, songs: Iterable[Song]) -> None:
    """Write the songs of a session that has none yet: one statement."""
    through = StudioSession.songs.through
    keys = dict.fromkeys(song.pk for song in songs)
    insert([through(studiosession_id=session.pk, song_id=key) for key in keys], keys=False)
