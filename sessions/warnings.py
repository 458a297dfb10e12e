"""What could go wrong with a session while there is still time: each warning is a code, a sentence and where to act.

One function looks at many sessions at once, as the API says them or as somebody is about to book them. It asks three
queries however many there are: for charts, for what else its people are called to on the way, and, where somebody is
called without a role, for what they are hired as.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributors.models import Engagement
from producerdesk.kit import moments
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from projects.models import Song
from sessions.booking.holds import standing
from sessions.models import Call, StudioSession

Kind = StudioSession.Kind
Row = Mapping[str, Any]
Warned = dict[str, str]
Hired = dict[tuple[int, int], list[str]]  # the roles of a hire, by project and person

CODES = ("past", "no_engineer", "no_singer", "unanswered", "missing_charts", "no_travel_time")
PLAYED = (Kind.TRACKING, Kind.OVERDUB, Kind.VOCAL)
# what is not done without an engineer; a rehearsal or a playback may well be
NEEDS_ENGINEER = (*PLAYED, Kind.EDITING, Kind.MIXING, Kind.MASTERING)
FROM_CHARTS = (Kind.REHEARSAL, *PLAYED)
SINGERS = ("vocal", "vox", "sing", "voice", "choir", "rap", "soprano", "mezzo", "tenor", "baritone")
NEAR = timedelta(hours=72)  # by then whoever has not answered is asked by phone
LONGEST_WAY = timedelta(minutes=600)  # what a desk may ask for between two places
PLANNED = ("hold", "confirmed")
OF_ANOTHER = (
    "contributor_id",
    "call_at",
    "session_id",
    "session__project_id",
    "session__ends_at",
    "session__remote_place",
    "session__room__studio_id",
    "session__desk__travel_minutes",
)


def of(rows: Sequence[Row], now: datetime) -> list[list[Warned]]:
    """Return the warnings of each of these sessions, the gravest first. What is over, off or lapsed has none.

    A row is a session as the API says it to who plans it; one that is not booked yet has no `id`, but `songs`, and is
    told of if it is over already.
    """
    live = [row for row in rows if _is_live(row, now)]
    songs, ways, hired = _songs_without_chart(live), _other_calls(live, now), _hired_as(live)
    checks: tuple[Callable[[Row], Iterator[Warned]], ...] = (
        lambda row: _no_engineer(row, hired),
        lambda row: _no_singer(row, hired),
        lambda row: _unanswered(row, now),
        lambda row: _no_charts(row, songs),
        lambda row: _no_way(row, ways),
    )
    found = {id(row): [each for check in checks for each in check(row)] for row in live}
    return [found[id(row)] if id(row) in found else list(_past(row)) for row in rows]


def as_planned(session: StudioSession, calls: Sequence[Call], songs: Sequence[int]) -> Row:
    """Return a session that is not booked yet as the API would say it, as far as warnings ask."""
    return {
        "kind": session.kind,
        "state": "confirmed",
        "project": {"id": session.project_id},
        "room": {"studio": {"id": session.room.studio_id}} if session.room else None,
        "remote_place": session.remote_place,
        "starts_at": session.starts_at.isoformat(),
        "ends_at": session.ends_at.isoformat(),
        "songs": songs,
        "calls": [
            {
                "person": {"id": call.contributor_id, "name": call.contributor.name},
                "role": call.role,
                "call_at": call.call_at.isoformat(),
            }
            for call in calls
        ],
    }


def _is_live(row: Row, now: datetime) -> bool:
    return row["state"] in PLANNED and not row.get("expired") and _at(row["ends_at"]) > now


def _warn(code: str, text: str, link: str = "") -> Warned:
    return {"code": code, "text": text, "link": link}


def _past(row: Row) -> Iterator[Warned]:
    """What is over is booked all the same: a producer writes down what has been."""
    if not row.get("id"):
        yield _warn("past", _("This is in the past; nobody will be reminded."))


def _coming(row: Row) -> list[Row]:
    return [call for call in row["calls"] if call.get("answer") != "declined"]


def _calling(row: Row) -> str:
    return reverse("sessions:call", args=[row["id"]]) if row.get("id") else ""


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- who is missing -------------------------------------------------------------------------------------
def _no_engineer(row: Row, hired: Hired) -> Iterator[Warned]:
    if row["kind"] in NEEDS_ENGINEER and not _has(row, hired, ("engineer",)):
        yield _warn("no_engineer", _("No engineer is called"), _calling(row))


def _no_singer(row: Row, hired: Hired) -> Iterator[Warned]:
    if row["kind"] == Kind.VOCAL and not _has(row, hired, SINGERS):
        yield _warn("no_singer", _("Nobody is called to sing"), _calling(row))


def _has(row: Row, hired: Hired, words: Sequence[str]) -> bool:
    """Return whether somebody comes in such a role: the one they are called in, else the ones they are hired in."""
    for call in _coming(row):
        roles = [call["role"]] if call["role"] else hired.get((row["project"]["id"], call["person"]["id"]), [])
        if any(word in role.casefold() for role in roles for word in words):
            return True
    return False


def _hired_as(rows: Sequence[Row]) -> Hired:
    """Return by project and person in which roles those are hired who are called without one. One query, or none."""
    wanted = {
        (row["project"]["id"], call["person"]["id"])
        for row in rows
        if row["kind"] in NEEDS_ENGINEER
        for call in _coming(row)
        if not call["role"]
    }
    if not wanted:
        return {}
    projects, people = ({pair[n] for pair in wanted} for n in (0, 1))
    found: Hired = {}
    for project, person, role in _hires(NOBODY, projects=sorted(projects), people=sorted(people)).rows():
        found.setdefault((project, person), []).append(role)
    return found


@prepared
def _hires(viewer: Viewer, projects: list[int], people: list[int]) -> QuerySet:
    hires = Engagement.objects.filter(project__among=projects, contributor__among=people)
    return hires.filter(state=Engagement.State.CONFIRMED).order_by().values_list("project", "contributor", "role")


def _unanswered(row: Row, now: datetime) -> Iterator[Warned]:
    if not row.get("id") or row["state"] != "confirmed" or _at(row["starts_at"]) - now > NEAR:
        return
    names = [call["person"]["name"] for call in row["calls"] if call.get("answer") == "pending"]
    if names:
        text = ngettext("%(names)s has not answered yet", "%(names)s have not answered yet", len(names))
        page = reverse("sessions:detail", args=[row["id"]])
        yield _warn("unanswered", text % {"names": ", ".join(names)}, f"{page}#people")


# --- charts ---------------------------------------------------------------------------------------------
def _songs_without_chart(rows: Sequence[Row]) -> dict[int, list[tuple[int, int, str]]]:
    """Return by session the songs without a chart: project, song, title. Under 0 what is not booked yet. One query."""
    wanted = [row for row in rows if row["kind"] in FROM_CHARTS]
    booked = [row["id"] for row in wanted if row.get("id")]
    named = [song for row in wanted if not row.get("id") for song in row["songs"]]
    found: dict[int, list[tuple[int, int, str]]] = {}
    if booked:
        columns = ("studiosession_id", "song__project_id", "song_id", "song__title")
        for session, project, song, title in _bare(NOBODY, sessions=booked).values_list(*columns):
            found.setdefault(session, []).append((project, song, title))
    if named:
        bare = Song.objects.filter(pk__in=named, chart_url="").order_by("position", "pk")
        found[0] = list(bare.values_list("project_id", "pk", "title"))
    return found


@prepared
def _bare(viewer: Viewer, sessions: list[int]) -> QuerySet:
    works_on = StudioSession.songs.through._default_manager.filter(studiosession__among=sessions, song__chart_url="")
    return works_on.order_by("song__position", "song_id")


def _no_charts(row: Row, songs: Mapping[int, list[tuple[int, int, str]]]) -> Iterator[Warned]:
    bare = songs.get(row.get("id") or 0, []) if row["kind"] in FROM_CHARTS else []
    if bare:
        text = ngettext("No chart for %(titles)s", "No charts for %(titles)s", len(bare))
        project, song, _title = bare[0]
        link = reverse("projects:edit_song", args=[project, song]) + "#f-chart_url"
        yield _warn("missing_charts", text % {"titles": ", ".join(title for *_ids, title in bare)}, link)


# --- the way between two places -------------------------------------------------------------------------
def _other_calls(rows: Sequence[Row], now: datetime) -> dict[int, list[Row]]:
    """Return by person what else they are called to around these sessions. One query."""
    people = sorted({call["person"]["id"] for row in rows for call in _coming(row)})
    if not people:
        return {}
    first = min(_at(row["starts_at"]) for row in rows) - LONGEST_WAY
    last = max(_at(row["ends_at"]) for row in rows) + LONGEST_WAY
    found: dict[int, list[Row]] = {}
    for values in _called(NOBODY, people=people, first=first, last=last, now=now).values_list(*OF_ANOTHER):
        other = dict(zip(OF_ANOTHER, values, strict=True))
        found.setdefault(other["contributor_id"], []).append(other)
    return found


@prepared
def _called(viewer: Viewer, people: list[int], first: datetime, last: datetime, now: datetime) -> QuerySet:
    held = Q(session__state="hold") & standing("session__", now)
    calls = Call.objects.filter(contributor_id__among=people, removed_at=None)
    calls = calls.filter(Q(session__state="confirmed") | held, session__ends_at__gt=first, call_at__lt=last)
    return calls.exclude(answer=Call.Answer.DECLINED).order_by("call_at", "pk")


def _no_way(row: Row, ways: Mapping[int, list[Row]]) -> Iterator[Warned]:
    studio = row["room"]["studio"]["id"] if row["room"] else None
    here = _place(studio, row["remote_place"])
    for call in _coming(row):
        for other in ways.get(call["person"]["id"], []):
            there = _place(other["session__room__studio_id"], other["session__remote_place"])
            if other["session_id"] == row.get("id") or "" in (here, there) or here == there:
                continue
            if (gap := _gap(row, call, other)) is not None:
                yield _short_way(row, call, other, gap)


def _gap(row: Row, call: Row, other: Row) -> timedelta | None:
    """Return the time between the two calls, if it is less than the desk wants. What overlaps is no way at all."""
    wanted = timedelta(minutes=other["session__desk__travel_minutes"])
    gaps = (_at(call["call_at"]) - other["session__ends_at"], other["call_at"] - _at(row["ends_at"]))
    return next((gap for gap in gaps if timedelta() <= gap < wanted), None)


def _short_way(row: Row, call: Row, other: Row, gap: timedelta) -> Warned:
    """Say how short it is. Of a session of another project no more than that it is."""
    text = (
        _("%(name)s has %(gap)s between two calls at different places")
        if gap
        else _("%(name)s has no time between two calls at different places")
    )
    mine = other["session__project_id"] == row["project"]["id"]
    link = reverse("sessions:detail", args=[other["session_id"]]) if mine else ""
    return _warn("no_travel_time", text % {"name": call["person"]["name"], "gap": moments.duration(gap)}, link)


def _place(studio_id: int | None, remote_place: str) -> str:
    """Return what tells one place from another; nothing for a video link, to which nobody travels."""
    if studio_id is not None:
        return f"studio {studio_id}"
    return "" if "://" in remote_place else remote_place.casefold().strip()
