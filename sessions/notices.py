"""What people are told about sessions: the kinds, and how a delivery names what it is about.

Every kind is about a call (`ref` "call:7"). The person called is `recipient` "contributor:9"; a producer who hears of
an answer is "user:5". kinds.py says until when each is true, letters.py how it reads.
"""

from sessions.models import Call

INVITATION = "session.invitation"
MOVED = "session.moved"
CANCELLED = "session.cancelled"
REMINDER = "session.reminder"
PROPOSAL_ANSWERED = "session.proposal_answered"
ANSWER = "call.answer"
CALL_SHEET = "session.call_sheet"  # its generation is the number of the version


def ref(call: Call) -> str:
    """Return what the deliveries about this call carry as `ref`."""
    return f"call:{call.pk}"


def refs_of_session(session_id: int) -> list[str]:
    """Return the refs of all calls of a session, those taken off included."""
    return [f"call:{pk}" for pk in Call.objects.filter(session_id=session_id).values_list("pk", flat=True)]
