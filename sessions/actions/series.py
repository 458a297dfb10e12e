"""Booking a series: all of its dates in one transaction, or none and each clash named with its day."""

from collections.abc import Iterable
from copy import copy
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.utils.translation import gettext as _

from producerdesk.kit import moments
from producerdesk.kit.errors import Refused
from producerdesk.kit.viewer import Viewer
from projects.models import Song
from sessions import reminders
from sessions.actions import plans
from sessions.actions.entering import claim_all, enter
from sessions.actions.standing import State
from sessions.models import Call, SessionSeries, StudioSession
from sessions.recurring import WEEKLY, Repeat

Date = tuple[StudioSession, list[Call]]


def book_dates(
    first: StudioSession, calls: list[Call], songs: Iterable[Song], viewer: Viewer, repeat: Repeat
) -> StudioSession:
    """Book what is planned in `first` on every date, at the same wall time; return the first. Raises NotFreeOn."""
    day = date.fromisoformat(first.starts_local[:10])
    days = repeat.days(day)
    dates = [_on(first, calls, each) for each in days]
    refuse_overlaps(dates)
    claims = claim_all(dates, viewer)
    series = SessionSeries.objects.create(
        desk=first.desk,
        project=first.project,
        rule=repeat.rule,
        every=repeat.every,
        weekdays=sorted({each.weekday() for each in days}) if repeat.rule == WEEKLY else [],
        count=len(days),
    )
    songs = list(songs)
    with reminders.in_one_letter():
        for number, ((session, called), claimed) in enumerate(zip(dates, claims, strict=True), start=1):
            session.series, session.series_number = series, number
            enter(session, called, songs, viewer, claimed)
    return dates[0][0]


def _on(first: StudioSession, calls: list[Call], day: date) -> Date:
    """Return the session as planned, on another day. Where an hour comes twice there, the first is meant."""
    session = copy(first)
    try:
        plans.apply_when(session, on_day(first, day))
        if session.state == State.HOLD and first.hold_until is not None:
            session.hold_until = min(first.hold_until, session.starts_at)
        return session, [_call_on(first, session, call) for call in calls]
    except Refused as error:
        told = {name: [f"{moments.day(day)}: {text}" for text in texts] for name, texts in error.fields.items()}
        raise Refused(told) from None


def on_day(session: StudioSession, day: date) -> plans.When:
    """Return when a session would be on another day: the same hours on the wall, whatever the clocks do."""
    starts, ends = (datetime.fromisoformat(local) for local in (session.starts_local, session.ends_local))
    last = day + (ends.date() - starts.date())
    return plans.plan_when(
        starts_local=f"{day.isoformat()}T{starts:%H:%M}",
        ends_local=f"{last.isoformat()}T{ends:%H:%M}",
        time_zone=session.time_zone,
        starts_fold=session.starts_fold,
        ends_fold=session.ends_fold,
    )


def _call_on(first: StudioSession, session: StudioSession, planned: Call) -> Call:
    call = Call(contributor=planned.contributor, role=planned.role)
    at = None if planned.call_at == first.starts_at else time.fromisoformat(planned.call_local[11:])
    plans.set_call_time(call, plans.when_of(session), at, planned.call_fold)
    return call


def refuse_overlaps(dates: list[Date]) -> None:
    """Refuse dates of which one begins before the one before it is over, set-up and reset included."""
    for (one, _calls), (other, calls) in pairwise(dates):
        room = one.room
        between = timedelta(minutes=room.setup_minutes + room.reset_minutes) if room else timedelta()
        begins = min([other.starts_at - between, *(call.call_at for call in calls)])
        if begins < one.ends_at:
            raise Refused({"repeats": _("The dates would overlap one another.")})
