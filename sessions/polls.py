"""What stands in date polls: which is open, who said what, and whom it is told to."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict
from producerdesk.kit.models import bump
from producerdesk.notices import actions as notices
from producerdesk.notices.models import Delivery
from sessions import telling
from sessions.models import DatePoll, PollReply, StudioSession
from sessions.notices import POLL_ANSWERED, POLL_ASKED, POLL_CLOSED, reply_ref

Channel, State = Delivery.Channel, DatePoll.State


def open_poll_of(session: StudioSession) -> DatePoll | None:
    """Return the open poll that a session is a slot of, its row ours. Raises Conflict if it was just decided.

    Of two who confirm two slots at once the second waits here, and finds it done.
    """
    poll = DatePoll.objects.filter(slots__session=session, state=State.OPEN).first()
    if poll is None:
        return None
    bump(poll)
    must_be_open(poll)
    return poll


def must_be_open(poll: DatePoll) -> None:
    """Refuse what only an open poll takes."""
    if poll.state == State.DECIDED:
        raise Conflict(_("These dates are decided already. What was booked stands in the schedule."))
    if poll.state == State.CANCELLED:
        raise Conflict(_("This poll was cancelled."))


def decide(poll: DatePoll, session: StudioSession) -> None:
    """Note which slot it became, and stop asking."""
    close(poll, State.DECIDED, gettext_noop("The date is decided."), decided=session)


def close(poll: DatePoll, state: DatePoll.State, reason: str, *, decided: StudioSession | None = None) -> None:
    """Write a poll's end, and skip the questions that have not left yet."""
    poll.state, poll.decided = state, decided
    poll.save(update_fields=["state", "decided", "updated_at"])
    refs = [reply_ref(reply) for reply in poll.replies.all()]
    notices.cancel(ref=refs, kinds=[POLL_ASKED], reason=reason)


def answers_to(poll: DatePoll, session: StudioSession) -> dict[int, str]:
    """Return what people said to one slot, by contributor."""
    key = str(session.poll_slot.pk)
    rows = poll.replies.values_list("contributor_id", "answers")
    return {person: answers[key] for person, answers in rows if key in answers}


def ask(poll: DatePoll) -> None:
    """Ask everybody which slots work."""
    _tell(poll, poll.replies.all(), POLL_ASKED, expires_at=poll.answer_by)


def tell_closed(poll: DatePoll) -> None:
    """Tell everybody who was asked that none of the slots takes place. Who was not asked yet hears nothing."""
    refs = {reply_ref(reply): reply for reply in poll.replies.all()}
    heard = Delivery.objects.about(list(refs)).filter(kind=POLL_ASKED)
    told = set(heard.filter(state__in=(Delivery.State.SENDING, Delivery.State.SENT)).values_list("ref", flat=True))
    _tell(poll, [reply for key, reply in refs.items() if key in told], POLL_CLOSED)


def tell_answered(reply: PollReply) -> None:
    """Ring the bell of who asks. It is no mail: the grid says it all."""
    now, poll = clock.now(), reply.poll
    earlier = Delivery.objects.about([reply_ref(reply)]).filter(kind=POLL_ANSWERED).count()
    row = notices.Row(
        kind=POLL_ANSWERED,
        ref=reply_ref(reply),
        recipient=f"user:{poll.made_by_id}",
        recipient_name=poll.made_by.name,
        channel=Channel.BELL,
        due_at=now,
        generation=1 + earlier,
        project=poll.project_id,
    )
    notices.plan(desk=poll.desk_id, rows=[row], now=now, first=True)  # of this generation there is none yet


def _tell(poll: DatePoll, replies: Iterable[PollReply], kind: str, *, expires_at: datetime | None = None) -> None:
    now = clock.now()
    people = PollReply.objects.filter(pk__in=[reply.pk for reply in replies]).select_related(
        *(f"contributor__{name}" for name in telling.WITH_WISHES)
    )
    rows = []
    for reply in people.order_by("pk"):
        person = reply.contributor
        unwanted = not telling.wishes(person).mailed(kind)
        for channel in (Channel.EMAIL, Channel.BELL) if person.user_id else (Channel.EMAIL,):
            rows.append(
                notices.Row(
                    kind=kind,
                    ref=reply_ref(reply),
                    recipient=f"contributor:{person.pk}",
                    recipient_name=person.name,
                    channel=channel,
                    due_at=now,
                    expires_at=expires_at,
                    project=poll.project_id,
                    dropped=telling.UNSUBSCRIBED if unwanted and channel == Channel.EMAIL else "",
                )
            )
    notices.plan(desk=poll.desk_id, rows=rows, now=now)


def touch(poll: DatePoll) -> None:
    """Take the poll's row for this transaction: answers and decisions come one after another."""
    DatePoll.objects.filter(pk=poll.pk).update(version=F("version"))
    poll.refresh_from_db()
