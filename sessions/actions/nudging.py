"""Asking somebody once more who has not answered yet."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from producerdesk.kit.viewer import Viewer
from sessions import reminders
from sessions.actions.noting import note_call
from sessions.actions.standing import State, answering, must_be_live
from sessions.models import Call

# whoever was asked this moment needs time to read it; a second press of the button asks nobody twice
NUDGE_PAUSE = timedelta(hours=2)


@transaction.atomic
def nudge_call(*, viewer: Viewer, call: Call) -> Call:
    """Send the invitation again, as things stand now. Raises Conflict where there is nothing to ask, or too soon."""
    session = answering(call.session_id)
    must_be_live(session)
    call.refresh_from_db()
    if call.removed_at is not None:
        raise Conflict(_("%(name)s is not called to this session any more.") % {"name": call.contributor.name})
    if call.answer != Call.Answer.PENDING:
        raise Conflict(_("%(name)s has answered meanwhile.") % {"name": call.contributor.name})
    now = clock.now()
    if session.state == State.HOLD:
        raise Conflict(_("This is only a hold: nobody is asked before it is confirmed."))
    if session.ends_at <= now:
        raise Conflict(_("This session is over."))
    if reminders.asked_since(call, now - NUDGE_PAUSE):
        raise Conflict(_("%(name)s was asked a moment ago. Leave a little time.") % {"name": call.contributor.name})
    call.session = session
    note_call(session, call, "nudged", viewer)
    reminders.invite(session, [call])
    return call


def nudge_all(*, viewer: Viewer, calls: Iterable[Call]) -> int:
    """Ask each of these once more; return how many. Who was asked a moment ago, or has answered by now, is left out.

    Each is a transaction of its own: what hinders one hinders no other.
    """
    return sum(_nudged(viewer, call) for call in calls)


def _nudged(viewer: Viewer, call: Call) -> bool:
    try:
        nudge_call(viewer=viewer, call=call)
    except Conflict:
        return False
    return True
