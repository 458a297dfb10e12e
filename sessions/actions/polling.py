"""Date polls: slots held and asked for, answered, decided or called off."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from producerdesk.kit import clock, moments
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from projects import activity
from projects.models import Project, Song
from sessions import polls
from sessions.actions import plans
from sessions.actions.changes import confirm_session, release_slots
from sessions.actions.entering import claim_all, enter
from sessions.actions.plans import CallSpec
from sessions.actions.standing import State, who_books
from sessions.booking.clashes import books
from sessions.models import Call, DatePoll, Gear, PollReply, PollSlot, Room, StudioSession

SLOTS_AT_MOST = 12
ANSWERED = ("answers", "note", "answered_at", "entered_by", "updated_at")  # what an answer writes
TO_DECIDE = timedelta(days=3)  # the holds stand so much longer than people may answer


class SlotSpec(TypedDict):
    """When a slot would be, on the wall of the place."""

    starts_local: str
    ends_local: str
    starts_fold: NotRequired[int | None]
    ends_fold: NotRequired[int | None]
    outside_hours: NotRequired[bool]


@books
def propose_dates(
    *,
    viewer: Viewer,
    project: Project,
    title: str,
    slots: Sequence[SlotSpec],
    answer_by: datetime | str,
    kind: str = StudioSession.Kind.TRACKING,
    room: Room | None = None,
    remote_place: str = "",
    time_zone: str = "",
    songs: Sequence[Song] = (),
    gear: Sequence[Gear] = (),
    calls: Sequence[CallSpec] = (),
    prepare: str = "",
    notes: str = "",
    message: str = "",
) -> DatePoll:
    """Hold every slot, or none, and ask everybody which of them work. Raises Clash with every clash and its day."""
    if not calls:
        raise Refused({"calls": _("Choose whom to ask.")})
    where = plans.plan_where(project=project, room=room, remote_place=remote_place, time_zone=time_zone)
    plans.check_songs(songs, project)
    plans.check_gear(gear, project)
    by = _answer_by(answer_by, where.time_zone)
    blank = StudioSession(
        project=project,
        desk=project.desk,
        kind=kind,
        title=title.strip(),
        state=State.HOLD,
        room=where.room,
        remote_place=where.remote_place,
        prepare=prepare,
        notes=notes,
        booked_by_id=who_books(viewer),
    )
    blank.reserves = list(gear)
    planned = [_slot(blank, number, spec, where.time_zone, calls, by) for number, spec in enumerate(slots)]
    _refuse_twice(planned)
    poll = DatePoll(
        desk=project.desk,
        project=project,
        title=title.strip(),
        message=message.strip(),
        answer_by=by,
        made_by_id=who_books(viewer),
    )
    poll.clean_fields(exclude=["desk", "project", "made_by", "decided"])
    claims = claim_all(planned, viewer)
    poll.save()
    for (session, called), claimed in zip(planned, claims, strict=True):
        PollSlot.objects.create(poll=poll, session=enter(session, called, songs, viewer, claimed))
    PollReply.objects.bulk_create(PollReply(poll=poll, contributor=call.contributor) for call in planned[0][1])
    polls.ask(poll)
    return poll


def _answer_by(said: datetime | str, zone: str) -> datetime:
    at = clock.resolve(said, zone, 0, field="answer_by") if isinstance(said, str) else said
    if at <= clock.now():
        raise Refused({"answer_by": _("This is past.")})
    if at > clock.now() + timedelta(days=90):
        raise Refused({"answer_by": _("Give people 90 days at most.")})
    return at


def _slot(
    blank: StudioSession, number: int, spec: SlotSpec, zone: str, calls: Sequence[CallSpec], by: datetime
) -> tuple[StudioSession, list[Call]]:
    """Return one slot as a hold, and the calls to it. What is wrong with it is said at its row of the form."""
    session = StudioSession(
        **{field.attname: getattr(blank, field.attname) for field in StudioSession._meta.concrete_fields}
    )
    session.project, session.desk, session.room = blank.project, blank.desk, blank.room
    session.reserves = blank.reserves
    session.outside_hours = spec.get("outside_hours", False)
    try:
        when = plans.plan_when(
            starts_local=spec["starts_local"],
            ends_local=spec["ends_local"],
            time_zone=zone,
            starts_fold=spec.get("starts_fold"),
            ends_fold=spec.get("ends_fold"),
        )
        plans.apply_when(session, when)
        if session.starts_at <= by:
            raise Refused({"starts_local": _("It begins before people have to answer.")})
        session.hold_until = min(by + TO_DECIDE, session.starts_at)
        return session, plans.plan_calls(calls, project=blank.project, when=when)
    except Refused as error:
        ours = ("starts", "ends")
        raise Refused(
            {f"slots.{number}.{name}" if name.startswith(ours) else name: text for name, text in error.fields.items()}
        ) from None


def _refuse_twice(planned: Sequence[tuple[StudioSession, list[Call]]]) -> None:
    seen: set[tuple[datetime, datetime]] = set()
    for number, (session, _calls) in enumerate(planned):
        if (session.starts_at, session.ends_at) in seen:
            raise Refused({f"slots.{number}.starts_local": _("This slot stands here twice.")})
        seen.add((session.starts_at, session.ends_at))


@transaction.atomic
def answer_poll(*, poll: DatePoll, reply: PollReply, answers: Mapping[int, str], note: str = "") -> PollReply:
    """Note which slots work for oneself: every one that is still held needs an answer. Until `answer_by`."""
    polls.touch(poll)
    polls.must_be_open(poll)
    if not poll.takes_answers(clock.now()):
        when = moments.when(poll.answer_by, poll.slots.all()[0].session.time_zone)
        raise Conflict(_("Answers were due by %(when)s. Write to who asked you.") % {"when": when})
    bump(reply)  # who entered for this person meanwhile has read what does not stand any more
    _write_answers(poll, reply, answers, note, entered_by=None)
    polls.tell_answered(reply)
    return reply


@transaction.atomic
def enter_answer(
    *,
    viewer: Viewer,
    poll: DatePoll,
    reply: PollReply,
    answers: Mapping[int, str],
    note: str = "",
    expected: int | None = None,
) -> PollReply:
    """Note what somebody told the producer otherwise, also after `answer_by`. What they say themselves stays.

    `expected` is the version of this reply. It rises with each answer, also with that of the person: whoever read the
    one before is shown what stands, and writes over nobody.
    """
    _take_for_entry(poll, reply, expected)
    _write_answers(poll, reply, answers, note, entered_by=who_books(viewer))
    _note_entry(reply, "entered", viewer)
    return reply


@transaction.atomic
def clear_answer(*, viewer: Viewer, poll: DatePoll, reply: PollReply, expected: int | None = None) -> PollReply:
    """Take back what was entered for somebody: they have not answered. Nobody is asked by mail once more."""
    _take_for_entry(poll, reply, expected)
    reply.answers, reply.note, reply.answered_at, reply.entered_by = {}, "", None, None
    reply.save(update_fields=ANSWERED)
    _note_entry(reply, "entry_cleared", viewer)
    return reply


def _take_for_entry(poll: DatePoll, reply: PollReply, expected: int | None) -> None:
    """Take the poll's row and the reply as it stands. That the poll is closed is told before `expected`."""
    polls.touch(poll)
    polls.must_be_open(poll)
    bump(reply, expected)
    if reply.answered_at is not None and reply.entered_by_id is None:
        raise Conflict(_("%(name)s has answered. That stands.") % {"name": reply.contributor.name})


def _note_entry(reply: PollReply, deed: str, viewer: Viewer) -> None:
    """Note who wrote for whom; what was said is for who plans, on the poll's page."""
    poll, person = reply.poll, reply.contributor
    activity.note(poll.project_id, "call", deed, by=viewer, title=poll.title, person=person.name, poll=poll.pk)


def _write_answers(
    poll: DatePoll, reply: PollReply, answers: Mapping[int, str], note: str, *, entered_by: int | None
) -> None:
    slots = dict(poll.slots.values_list("pk", "session__state"))
    held = {pk for pk, state in slots.items() if state == State.HOLD}
    if not held:
        raise Conflict(_("None of these dates is held any more."))
    if strange := sorted(set(answers) - set(slots)):
        raise Refused({"answers": _("%(slot)d is no slot of this poll.") % {"slot": strange[0]}})
    if held - set(answers):
        raise Refused({"answers": _("Say of each date whether it works.")})
    reply.answers = {str(key): answer for key, answer in answers.items() if key in held}
    reply.note, reply.answered_at, reply.entered_by_id = note.strip(), clock.now(), entered_by
    reply.clean_fields(exclude=["poll", "contributor", "entered_by", "answers"])
    reply.save(update_fields=ANSWERED)


def confirm_slot(*, viewer: Viewer, poll: DatePoll, slot: PollSlot) -> StudioSession:
    """Book one slot: the engine asks again whether it can be had, the others are released, everybody is told once."""
    with transaction.atomic():
        polls.touch(poll)
        if poll.state == DatePoll.State.DECIDED and poll.decided_id == slot.session_id:
            return slot.session
        polls.must_be_open(poll)
    return confirm_session(viewer=viewer, session=slot.session)


@transaction.atomic
def cancel_poll(*, viewer: Viewer, poll: DatePoll, expected: int | None = None) -> DatePoll:
    """Call it off: the holds are released, and who was asked hears that none of the dates takes place."""
    bump(poll, expected)
    if poll.state == DatePoll.State.CANCELLED:
        return poll
    polls.must_be_open(poll)
    release_slots(poll, viewer)
    polls.close(poll, DatePoll.State.CANCELLED, gettext_noop("The poll was cancelled."))
    polls.tell_closed(poll)
    return poll
