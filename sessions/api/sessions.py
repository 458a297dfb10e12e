"""Studio sessions: seen, booked, moved, cancelled, wrapped."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from producerdesk.accounts.once import once
from producerdesk.kit import clock
from producerdesk.kit.api import DeskViewSet, only
from producerdesk.kit.errors import Refused
from producerdesk.kit.filters import AllowListFilter
from producerdesk.kit.rows import RowSerializer
from projects.models import Project
from sessions import (
    actions,
    busy,
    cancelling,
    free_times,
    known,
    lines,
    opening,
    permissions,
    pricing,
    reserved,
    serializers,
)
from sessions.actions.dates import ONE
from sessions.actions.standing import called, work_of
from sessions.actions.wrapping import as_it_was, proposed_stages
from sessions.api import offered, several
from sessions.api.typed import as_typed
from sessions.filters import SessionFilter
from sessions.models import Call, StudioSession
from sessions.queries import is_called

SPANS = ("calendar", "month")
LISTS = ("list", *SPANS)
PRICED = ("costs", "cancellation")
OF_DATES = ("gear_dates", "restore_dates")
KNOWN_PARAMS = frozenset(serializers.KnownInput._declared_fields)
FIND_PARAMS = frozenset(serializers.FindInput._declared_fields)
LONGEST_SPAN = timedelta(days=100)
WEEK = timedelta(weeks=1)
FIND_AHEAD = timedelta(days=13)  # two weeks are looked at unless others are said
CALENDAR_AT_MOST, MONTH_AT_MOST = 500, 700
SPAN = [OpenApiParameter(name, OpenApiTypes.DATETIME, required=True) for name in ("since", "until")]


class SessionViewSet(DeskViewSet):
    """Time that a project has in a room, or remote."""

    queryset = StudioSession.objects
    row = serializers.SessionRow
    detail_row = serializers.SessionDetail
    filterset_class = SessionFilter
    needs = permissions.SESSIONS
    steady = True
    inputs = {
        "create": serializers.NewSessionInput,
        "update": serializers.EditInput,
        "move": serializers.MoveInput,
        "gear": serializers.GearOfSessionInput,
        "gear_dates": serializers.GearOfDatesInput,
        "confirm": serializers.NothingInput,
        "hold": serializers.HoldInput,
        "release": serializers.NothingInput,
        "promote": serializers.NothingInput,
        "challenge": serializers.NothingInput,
        "cancel": serializers.CancelInput,
        "restore": serializers.NothingInput,
        "restore_dates": serializers.DatesInput,
        "wrap": serializers.WrapInput,
        "duplicate": serializers.DuplicateInput,
        "reprice": serializers.NothingInput,
        "call": serializers.CallInput,
        "price": serializers.PriceInput,
        "find": serializers.FindInput,
    }

    def known_params(self) -> frozenset[str]:
        if self.action == "known":
            return KNOWN_PARAMS
        if self.action == "find":
            return FIND_PARAMS
        if self.action in ("busy", "open", "gear_calendar"):
            return frozenset(("since", "until"))
        return frozenset(SessionFilter.allowed(self.viewer)) if self.action in SPANS else super().known_params()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if self.action in SPANS:
            return AllowListFilter().filter_queryset(self.request, queryset, self)
        return super().filter_queryset(queryset)

    def get_queryset(self) -> QuerySet:
        called = Call.objects.filter(is_called(self.viewer), session=OuterRef("pk"), removed_at=None)
        found = super().get_queryset().order_by("starts_at", "pk")
        if self.action in PRICED:
            found = found.select_related("project", "room__studio")
        return found if self.action in LISTS else found.annotate(is_called=Exists(called)).with_presence(self.viewer)

    # --- reading ------------------------------------------------------------------------------------

    @extend_schema(responses=serializers.CalendarPage, parameters=SPAN)
    @action(detail=False)
    def calendar(self, request: Any) -> Response:
        """What stands between two moments, lean and in one piece: `?since=…&until=…`, and whatever narrows a list."""
        rows, more = self._read_span(serializers.CalendarRow, CALENDAR_AT_MOST)
        return Response({"more": more, "results": rows})

    @extend_schema(responses=serializers.BriefCalendar, parameters=SPAN)
    @action(detail=False, url_path="calendar/month", url_name="month-calendar")
    def month(self, request: Any) -> Response:
        """The same in as few words as a month needs: no people, and each project and room is said once."""
        rows, more = self._read_span(serializers.MonthRow, MONTH_AT_MOST)
        return Response({"more": more} | serializers.briefly(rows))

    @extend_schema(responses=serializers.BusyPage, parameters=SPAN)
    @action(detail=False, url_path="calendar/busy", url_name="busy-calendar")
    def busy(self, request: Any) -> Response:
        """When rooms and people are taken by what one may not see: another desk's session, another project's."""
        rows, more = busy.elsewhere(self.viewer, *self._asked_span())
        return Response({"more": more, "results": rows})

    @extend_schema(responses=serializers.OpenPage, parameters=SPAN)
    @action(detail=False, url_path="calendar/open", url_name="open-calendar")
    def open(self, request: Any) -> Response:
        """When the studios that one books are open. One that never closes is not among them."""
        return Response({"results": opening.open_between(self.viewer, *self._asked_span())})

    @extend_schema(responses=serializers.GearCalendar, parameters=SPAN)
    @action(detail=False, url_path="calendar/gear", url_name="gear-calendar")
    def gear_calendar(self, request: Any) -> Response:
        """The gear that sessions reserve: which of them has what, and what is out for repair."""
        return Response(reserved.gear_between(self.viewer, *self._asked_span()))

    def _read_span(self, row: type[RowSerializer], at_most: int) -> tuple[list[dict[str, Any]], bool]:
        """Return the rows that touch the span which is asked for, and whether there are further ones."""
        self._asked_span()
        rows = row.read(self.ready(_first(at_most + 1)), self.viewer)
        return rows[:at_most], len(rows) > at_most

    def _asked_span(self) -> tuple[datetime, datetime]:
        since, until = self._span()
        if until - since > LONGEST_SPAN:
            raise Refused({"until": _("Ask for %(days)d days at most.") % {"days": LONGEST_SPAN.days}})
        return since, until

    def _span(self) -> tuple[datetime, datetime]:
        filterset = SessionFilter(self.request.query_params, queryset=StudioSession.objects.none())
        filterset.is_valid()
        said = [filterset.form.cleaned_data.get(name) for name in ("since", "until")]
        missing = [name for name, moment in zip(("since", "until"), said, strict=True) if moment is None]
        if missing:
            raise Refused({name: _("Give a moment, like 2027-03-01T00:00:00Z.") for name in missing})
        return said[0], said[1]

    @extend_schema(responses=serializers.KnownThings, parameters=[serializers.KnownInput])
    @action(detail=False)
    def known(self, request: Any) -> Response:
        """What sessions can be narrowed by: projects, rooms, people. All of it, what is `search`ed, or a `few`."""
        asked = serializers.KnownInput(data=request.query_params)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        if said["search"].strip():
            return Response(known.called(self.viewer, said["search"]))
        if said["few"]:
            return Response(known.few(self.viewer, said["project"], said["person"]))
        return Response(known.things(self.viewer))

    @extend_schema(responses=serializers.FoundTimes, parameters=[serializers.FindInput])
    @action(detail=False)
    def find(self, request: Any) -> Response:
        """Find times at which a room of the project's desk is open and free, and everybody who is to come."""
        asked = serializers.FindInput(data=request.query_params, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return Response(free_times.found(**asked.validated_data, now=clock.now()))

    # --- forms --------------------------------------------------------------------------------------

    def form_start(self, action: str) -> dict[str, Any]:
        if action == "find":
            today = clock.today(self.viewer.time_zone)
            days = {"first": today.isoformat(), "last": (today + FIND_AHEAD).isoformat()}
            return {
                "project": offered.asked_project(self.request),
                "minutes": 240,
                "opens": "09:00",
                "closes": "22:00",
                "by": "time",
            } | days
        return {"project": offered.asked_project(self.request), "kind": StudioSession.Kind.TRACKING}

    def form_narrow(self, action: str, found: StudioSession | None) -> dict[str, Q]:
        project_id = found.project_id if found else offered.asked_project(self.request)
        desk_id = found.desk_id if found else offered.desk_of(self.viewer, project_id)
        narrow = offered.narrowed(project_id, desk_id)
        if action == "call" and found:
            narrow["contributor"] &= offered.not_called(found.pk)
        # the same of a search for free times
        return narrow | {"rooms": narrow["room"], "people": narrow["contributor"]}

    def form_values(self, found: StudioSession, action: str = "update") -> dict[str, Any]:
        if action in ("move", "duplicate"):
            where = {"room": found.room_id, "remote_place": found.remote_place, "time_zone": found.time_zone}
            time = serializers.WhenInput.typed(found.starts_local, found.ends_local, found.starts_fold, found.ends_fold)
            time["outside_hours"] = found.outside_hours
            return time | where if action == "move" else _a_week_on(time, clock.today(found.time_zone))
        if action == "wrap":
            return self._real_hours(found) | {"stages": proposed_stages(found)}
        if action == "hold":
            until = found.hold_until
            return {"hold_until": clock.wall(until, found.time_zone).local if until else None}
        if action == "gear":
            return {"gear": [item.pk for item in found.reserved()], "scope": ONE}
        if action != "update":
            return {}
        about = serializers.AboutInput(found, context=self.get_serializer_context())
        return dict(about.data)

    @staticmethod
    def _real_hours(found: StudioSession) -> dict[str, Any]:
        """Return the hours it took, or those planned, as the clock on the session's wall shows them."""
        if found.real_starts_at is None:
            starts = clock.Wall(found.starts_local, found.starts_fold)
            ends = clock.Wall(found.ends_local, found.ends_fold)
        else:
            starts, ends = (clock.wall(at, found.time_zone) for at in (found.real_starts_at, found.real_ends_at))
        folds = {"real_starts_fold": starts.fold or None, "real_ends_fold": ends.fold or None}
        return {"real_starts_at": starts.local, "real_ends_at": ends.local} | folds

    # --- changes ------------------------------------------------------------------------------------

    @once
    def create(self, request: Any) -> Response:
        with as_typed():
            session = actions.book_session(viewer=self.viewer, **self.said())
        return self.answer(session.pk, status=201)

    def update(self, request: Any, pk: str) -> Response:
        session = self.get_object()
        said = self.said(session)
        actions.update_dates(viewer=self.viewer, session=session, expected=self.expected_version(), **said)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    @once
    def move(self, request: Any, pk: str) -> Response:
        """Give the session another time or another room."""
        return self._change(actions.move_dates, versioned=True)

    @extend_schema(responses=serializers.ReservedSession)
    @action(detail=True, methods=["post"])
    @once
    def gear(self, request: Any, pk: str) -> Response:
        """Reserve exactly this gear for the session, or for dates of its series.

        `before` is what each date that changed had: `gear/dates/` takes it to undo the change.
        """
        return self._change(actions.reserve_gear, versioned=True, told="before")

    @extend_schema(responses=serializers.ReservedSession)
    @action(detail=True, methods=["post"], url_path="gear/dates", url_name="gear-dates")
    @once
    def gear_dates(self, request: Any, pk: str) -> Response:
        """Reserve for each of these dates of the project the gear that is said of it: for all of them, or for none."""
        session = self.get_object()
        dates = self.said()["dates"]
        named = zip(several.sessions_of(dates, session), dates, several.gear_of(dates, self.viewer), strict=True)
        wanted = [{"session": one, "version": each["version"], "gear": gear} for one, each, gear in named]
        return self._told(actions.reserve_on_dates(viewer=self.viewer, dates=wanted), "before")

    @action(detail=True, methods=["post"])
    @once
    def confirm(self, request: Any, pk: str) -> Response:
        """Make a booking of a hold."""
        return self._change(actions.confirm_session)

    @action(detail=True, methods=["post"])
    @once
    def hold(self, request: Any, pk: str) -> Response:
        """Let a hold stand until then. One that has expired is renewed: last in line, if nothing was booked since."""
        return self._change(actions.keep_hold)

    @action(detail=True, methods=["post"])
    def release(self, request: Any, pk: str) -> Response:
        """Give a hold up. Whoever comes after it moves up."""
        return self._change(actions.release_hold)

    @action(detail=True, methods=["post"])
    def promote(self, request: Any, pk: str) -> Response:
        """Make it the first hold, where all that come before it are yours to plan."""
        return self._change(actions.promote_hold)

    @action(detail=True, methods=["post"])
    def challenge(self, request: Any, pk: str) -> Response:
        """Ask the holds before this one to be confirmed or released by a deadline. Who holds them hears of it now."""
        return self._change(actions.challenge_hold)

    @extend_schema(responses=serializers.HoldLine)
    @action(detail=True, methods=["get"])
    def line(self, request: Any, pk: str) -> Response:
        """Where a hold stands in line, and what comes before it."""
        return Response(lines.line_of(self.get_object(), self.viewer, clock.now()))

    @extend_schema(responses=serializers.CancelledSession)
    @action(detail=True, methods=["post"])
    @once
    def cancel(self, request: Any, pk: str) -> Response:
        """Cancel: everybody is free again and hears of it; the studio's fee is spent, the rest released.

        `cancelled` are the dates that this was done to: `restore/dates/` takes them to undo it.
        """
        return self._change(actions.cancel_dates, told="cancelled")

    @action(detail=True, methods=["post"])
    @once
    def restore(self, request: Any, pk: str) -> Response:
        """Take a cancellation back, if everything is still free."""
        return self._change(actions.restore_session)

    @action(detail=True, methods=["post"], url_path="restore/dates", url_name="restore-dates")
    @once
    def restore_dates(self, request: Any, pk: str) -> Response:
        """Take the cancellation of these dates of the project back: of all of them, or of none."""
        session = self.get_object()
        dates = self.said()["dates"]
        several.sessions_of(dates, session)
        versions = {each["session"]: each["version"] for each in dates}
        actions.restore_dates(viewer=self.viewer, dates=versions)
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    @once
    def wrap(self, request: Any, pk: str) -> Response:
        """Close the session with its real hours; the ledger gets what was really spent."""
        session = self.get_object()
        with as_typed():
            actions.wrap_session(viewer=self.viewer, session=session, **self.said(session))
        return self.answer(pk)

    @action(detail=True, methods=["post"])
    @once
    def duplicate(self, request: Any, pk: str) -> Response:
        """Book the same again on another day. Answers with the new session."""
        with as_typed():
            copy = actions.duplicate_session(viewer=self.viewer, session=self.get_object(), **self.said())
        return self.answer(copy.pk, status=201)

    @action(detail=True, methods=["post"])
    def reprice(self, request: Any, pk: str) -> Response:
        """Commit what the session costs by today's fees and rates. Until then it keeps the price it was booked at."""
        return self._change(actions.reprice_session)

    @action(detail=True, methods=["post"])
    @once
    def call(self, request: Any, pk: str) -> Response:
        """Call one more person."""
        return self._change(actions.call_person)

    @extend_schema(responses=serializers.Preview)
    @action(detail=False, methods=["post"])
    def price(self, request: Any) -> Response:
        """What a session would cost, line by line, what that does to the budget, and what could go wrong."""
        said = self.said()
        if not self.has_right(self.needs["price"], said["project"]):
            raise PermissionDenied
        with as_typed():
            return Response(actions.price_of(**said))

    @extend_schema(responses=serializers.Quote)
    @action(detail=True, methods=["get"])
    def costs(self, request: Any, pk: str) -> Response:
        """What a session costs, line by line, as planned or once it is wrapped as it was, and what the ledger has.

        `outdated` says that fees or rates changed since it was booked; `reprice` brings the ledger to those of today.
        """
        session = self.get_object()
        calls = called(session)
        work = work_of(session, calls)
        if session.state == StudioSession.State.WRAPPED:
            work = as_it_was(session, calls, session.real_starts_at, session.real_ends_at)
        lines = pricing.price(work)
        quote = pricing.quote(work, session.pk, lines)
        outdated = not quote["missing"] and actions.is_outdated(session, lines)
        return Response(quote | {"outdated": outdated})

    @extend_schema(responses=serializers.WarningList)
    @action(detail=True, methods=["get"])
    def warnings(self, request: Any, pk: str) -> Response:
        """What could go wrong with the session while there is still time. What is over, off or lapsed has none."""
        found = serializers.SessionWarnings.read_folded(self.ready(only, pk=int(pk)), self.viewer)
        if not found:
            raise Http404
        if "warnings" not in found[0]:
            raise PermissionDenied
        warned = found[0]["warnings"]
        return Response({"count": len(warned), "results": warned})

    @extend_schema(responses=serializers.CancellationCost)
    @action(detail=True, methods=["get"])
    def cancellation(self, request: Any, pk: str) -> Response:
        """What cancelling would cost now by the studio's terms, and what of the budget it would release."""
        return Response(cancelling.what_it_costs(self.get_object(), clock.now()))

    def place_of(self, found: StudioSession | Project) -> tuple[int, int]:
        return found.desk_id, found.pk if isinstance(found, Project) else found.project_id

    def current(self, found: StudioSession) -> dict[str, Any]:
        if self.action not in OF_DATES:
            return super().current(found)
        return {"dates": several.versions_of(self.said()["dates"], found)}

    def _change(self, change: Any, *, versioned: bool = False, told: str = "") -> Response:
        """Do it and answer with the session; and under `told`, where that is said, with what the action returns."""
        session = self.get_object()
        more = {"expected": self.expected_version()} if versioned else {}
        with as_typed():
            found = change(viewer=self.viewer, session=session, **more, **self.said())
        return self._told(found, told) if told else self.answer(self.kwargs["pk"])

    def _told(self, found: Any, name: str) -> Response:
        answer = self.answer(self.kwargs["pk"])
        answer.data[name] = found
        return answer


def _first(count: int) -> Callable[[QuerySet], QuerySet]:
    """Return what cuts rows after so many. The same for each action: prepared queries are kept by its name."""

    def first(rows: QuerySet) -> QuerySet:
        return rows[:count]

    return first


def _a_week_on(time: dict[str, Any], today: date) -> dict[str, Any]:
    """Return the time on the next such weekday to come: on its own day a copy would only meet the original."""
    first = date.fromisoformat(time["day"])
    weeks = max(1, (today - first) // WEEK + 1)
    days = {name: date.fromisoformat(time[name]) + weeks * WEEK for name in ("day", "ends_on") if time[name]}
    # the hours of a night the clocks go back come twice on that day only
    return time | {name: day.isoformat() for name, day in days.items()} | dict.fromkeys(("starts_fold", "ends_fold"))
