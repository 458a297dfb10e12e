"""What people are told about sessions: the kinds, and how a delivery names what it is about.

Most are about a call (`ref` "call:7"). The person called is `recipient` "contributor:9"; a producer who hears of
an answer is "user:5". kinds.py says until when each is true, letters.py and sheet_letters.py how it reads. Those of
holds are about the hold of whom they go to (`ref` "hold:3"): hold_letters.py has both.
"""

from sessions.models import Call, PollReply

INVITATION = "session.invitation"
MOVED = "session.moved"
CANCELLED = "session.cancelled"
REMINDER = "session.reminder"
PROPOSAL_ANSWERED = "session.proposal_answered"
ANSWER = "call.answer"
CALL_SHEET = "session.call_sheet"  # its generation is the number of the version

HOLD_CHALLENGED = "hold.challenged"  # to who holds it: answer by then
HOLD_ANSWERED = "hold.answered"  # to who challenged: it was released, or confirmed
HOLD_LAPSED = "hold.lapsed"  # to who challenged, at the deadline: there was no answer

POLL_ASKED = "poll.asked"  # to everybody: which of these dates work? (`ref` "poll-reply:4")
POLL_CLOSED = "poll.closed"  # to everybody: none of the dates takes place
POLL_ANSWERED = "poll.answered"  # to who asks; its generation counts the answers


def ref(call: Call) -> str:
    """Return what the deliveries about this call carry as `ref`."""
    return ref_of(call.pk)


def ref_of(call_id: int) -> str:
    """Return the same by the id of the call."""
    return f"call:{call_id}"


def refs_of_session(session_id: int) -> list[str]:
    """Return the refs of a session's hold and of all its calls, those taken off included."""
    calls = Call.objects.filter(session_id=session_id).values_list("pk", flat=True)
    return [hold_ref(session_id), *map(ref_of, calls)]


def hold_ref(session_id: int) -> str:
    """Return what the deliveries about this session's hold carry as `ref`."""
    return f"hold:{session_id}"


def reply_ref(reply: PollReply) -> str:
    """Return what the deliveries about this person's part in a poll carry as `ref`."""
    return f"poll-reply:{reply.pk}"
