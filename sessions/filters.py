"""What the lists of studios, sessions and calls may be asked."""

from datetime import datetime

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from producerdesk.kit import clock
from producerdesk.kit.filters import DeskFilterSet, IdFilter, MomentFilter, Ordering, YesNoFilter
from producerdesk.kit.permissions import viewer_of
from producerdesk.kit.prepared.earlier import Earlier
from sessions.actions.plans import LONGEST
from sessions.models import (
    Call,
    CoachingNote,
    DatePoll,
    EditTask,
    Gear,
    ImportedCalendar,
    PollReply,
    Room,
    Studio,
    StudioSession,
    Take,
    VoiceNote,
)
from sessions.queries import is_asked, is_called, is_editing

GEAR_STATES = (("ready", _("Ready")), ("out", _("Out for repair")), ("faulty", _("With a fault")))


def number(label: str, field_name: str | None = None, **options: object) -> django_filters.NumberFilter:
    """Return a filter by id."""
    return IdFilter(field_name, label=label, **options)


class SessionFilter(DeskFilterSet):
    """`?since=2027-03-01T00:00:00Z&until=…&project=7&studio=2&person=5&mine=true&state=confirmed`.

    `since` and `until` give every session that touches the span, as a calendar needs it.
    """

    since = MomentFilter(method="ending_after", label=_("Ends after"))
    until = MomentFilter(field_name="starts_at", lookup_expr="lt", label=_("Starts before"))
    project = number(_("Project"), "project_id")
    studio = number(_("Studio"), "room__studio_id")
    room = number(_("Room"), "room_id")
    person = number(_("Person"), method="only_person")
    song = number(_("Song"), method="only_song")
    gear = number(_("Gear"), method="only_gear")
    series = number(_("Series"), "series_id")
    state = django_filters.MultipleChoiceFilter(choices=StudioSession.State.choices, label=_("State"))
    kind = django_filters.MultipleChoiceFilter(choices=StudioSession.Kind.choices, label=_("Kind"))
    mine = YesNoFilter(method="only_mine", label=_("I am called"))
    unanswered = YesNoFilter(method="only_unanswered", label=_("Somebody has not answered"))
    search = django_filters.CharFilter(method="find", label=_("Title or project"), max_length=200)
    ordering = Ordering(fields=(("starts_at", "starts_at"), ("title", "title")), label=_("Order"))

    needs = {"unanswered": "schedule:write", "person": "schedule:write", "gear": "schedule:write"}

    class Meta:
        model = StudioSession
        fields: list[str] = []

    def ending_after(self, queryset: QuerySet, name: str, value: datetime) -> QuerySet:
        # no session is longer: by its start the index finds it, and passes over all that is long past
        return queryset.filter(ends_at__gt=value, starts_at__gt=Earlier(value, LONGEST))

    def only_person(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        return queryset.filter(_called(Q(contributor_id=value)))

    def only_song(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        return queryset.filter(
            Exists(StudioSession.songs.through.objects.filter(studiosession=OuterRef("pk"), song=value))
        )

    def only_gear(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        return queryset.filter(
            Exists(StudioSession.gear.through.objects.filter(studiosession=OuterRef("pk"), gear=value))
        )

    def only_mine(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        called = _called(is_called(viewer_of(self.request)))
        return queryset.filter(called if value else ~called)

    def only_unanswered(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        waiting = _called(Q(answer=Call.Answer.PENDING))
        return queryset.filter(waiting if value else ~waiting)

    def find(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:8]:
            queryset = queryset.filter(Q(title__icontains=word) | Q(project__title__icontains=word))
        return queryset


def _called(who: Q) -> Exists:
    return Exists(Call.objects.filter(who, session=OuterRef("pk"), removed_at=None))


class CallFilter(DeskFilterSet):
    """`?session=7&answer=pending&mine=true`."""

    session = number(_("Session"), "session_id")
    project = number(_("Project"), "session__project_id")
    answer = django_filters.MultipleChoiceFilter(choices=Call.Answer.choices, label=_("Answer"))
    since = MomentFilter(field_name="session__ends_at", lookup_expr="gt", label=_("Ends after"))
    until = MomentFilter(field_name="session__ends_at", lookup_expr="lte", label=_("Ended by"))
    mine = YesNoFilter(method="only_mine", label=_("My own"))
    removed = YesNoFilter(method="with_removed", label=_("Also who was taken off again"))
    ordering = django_filters.OrderingFilter(fields=(("call_at", "call_at"),), label=_("Order"))

    class Meta:
        model = Call
        fields: list[str] = []

    def only_mine(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        mine = is_called(viewer_of(self.request))
        return queryset.filter(mine).without_slots_given_up() if value else queryset.filter(~mine)

    def with_removed(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset  # filter_queryset reads it: who was taken off is left out unless asked for

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("removed") else found.filter(removed_at=None)


class StudioFilter(DeskFilterSet):
    """`?search=fox&active=true`."""

    search = django_filters.CharFilter(method="find", label=_("Name or city"), max_length=200)
    active = YesNoFilter(label=_("In use"))
    desk = number(_("Desk"), "desk_id")
    ordering = Ordering(fields=(("name", "name"), ("city", "city")), label=_("Order"))

    class Meta:
        model = Studio
        fields: list[str] = []

    def find(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:8]:
            queryset = queryset.filter(Q(name__icontains=word) | Q(city__icontains=word))
        return queryset


class RoomFilter(DeskFilterSet):
    """`?studio=2&active=true`."""

    studio = number(_("Studio"), "studio_id")
    active = YesNoFilter(label=_("In use"))

    class Meta:
        model = Room
        fields: list[str] = []


class GearFilter(DeskFilterSet):
    """`?search=u87&kind=microphone&room=3&state=out&active=true`."""

    search = django_filters.CharFilter(method="find", label=_("Name or serial number"), max_length=200)
    kind = django_filters.MultipleChoiceFilter(choices=Gear.Kind.choices, label=_("Kind"))
    studio = number(_("Home studio"), "studio_id")
    room = number(_("Home room"), "room_id")
    state = django_filters.ChoiceFilter(choices=GEAR_STATES, method="only_state", label=_("State"))
    bookable = YesNoFilter(label=_("Bookable by itself"))
    active = YesNoFilter(label=_("In use"))
    desk = number(_("Desk"), "desk_id")
    ordering = Ordering(fields=(("name", "name"), ("kind", "kind")), label=_("Order"))

    class Meta:
        model = Gear
        fields: list[str] = []

    def only_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        if value == "out":
            return queryset.filter(is_out=True)
        return queryset.filter(faults_open__gt=0) if value == "faulty" else queryset.filter(is_out=False, faults_open=0)

    def find(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:8]:
            queryset = queryset.filter(Q(name__icontains=word) | Q(serial__icontains=word))
        return queryset


class TakeFilter(DeskFilterSet):
    """`?session=7&song=3&project=2&keeper=true`."""

    session = number(_("Session"), "session_id")
    song = number(_("Song"), "song_id")
    project = number(_("Project"), "session__project_id")
    keeper = YesNoFilter(label=_("Keepers"))

    class Meta:
        model = Take
        fields: list[str] = []


class EditTaskFilter(DeskFilterSet):
    """`?song=3&project=2&session=7&open=true&mine=true`."""

    song = number(_("Song"), "song_id")
    project = number(_("Project"), "song__project_id")
    session = number(_("Session"), "take__session_id")
    open = YesNoFilter(method="only_open", label=_("To be done"))
    mine = YesNoFilter(method="only_mine", label=_("I am to do it"))

    class Meta:
        model = EditTask
        fields: list[str] = []

    def only_open(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.filter(done_at__isnull=value)

    def only_mine(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        mine = is_editing(viewer_of(self.request))
        return queryset.filter(mine if value else ~mine)


class CoachingNoteFilter(DeskFilterSet):
    """`?session=7&person=5`."""

    session = number(_("Session"), "session_id")
    person = number(_("About whom"), "about_id")

    class Meta:
        model = CoachingNote
        fields: list[str] = []


class VoiceNoteFilter(DeskFilterSet):
    """`?session=7`."""

    session = number(_("Session"), "session_id")

    class Meta:
        model = VoiceNote
        fields: list[str] = []


class ImportedCalendarFilter(DeskFilterSet):
    """`?room=2&person=5`."""

    room = number(_("Room"), "room_id")
    person = number(_("Person"), "contributor_id")
    studio = number(_("Studio"), "room__studio_id")

    class Meta:
        model = ImportedCalendar
        fields: list[str] = []


class DatePollFilter(DeskFilterSet):
    """`?project=7&state=open&asked=true`: `asked` are those that wait for one's own answer."""

    project = number(_("Project"), "project_id")
    session = number(_("Session"), "slots__session_id")
    state = django_filters.ChoiceFilter(choices=DatePoll.State.choices, label=_("State"))
    asked = YesNoFilter(method="only_asked", label=_("Waits for my answer"))

    class Meta:
        model = DatePoll
        fields: list[str] = []

    def only_asked(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        mine = PollReply.objects.filter(is_asked(viewer_of(self.request)))
        waiting = Q(pk__in=mine.filter(answered_at=None).values("poll")) & Q(state="open", answer_by__gt=clock.now())
        return queryset.filter(waiting if value else ~waiting)
