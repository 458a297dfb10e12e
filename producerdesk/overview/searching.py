"""Searching everything a viewer may see, each app's rows through its `visible_to`.

Every word must be found, in the name of a thing or in what it belongs to. What is called exactly so comes first, then
what begins so, then what has a word that begins so, then the rest. Where a word stands only beside the name, in a
serial number or a vendor's note, the row tells that beside what it always tells.

Only what the API shows the viewer of a thing is searched, and nothing else of it: no sum, no private note of a session.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, Model, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Concat
from django.urls import reverse

from budgets.models import BudgetLine, Expense
from contributors.models import Contributor, Engagement, Skill
from producerdesk.accounts.roles import BUDGET_READ, PEOPLE_READ, PROJECT_READ, SCHEDULE_WRITE
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import Viewer
from producerdesk.kit.words import word as label_of
from producerdesk.overview.folding import Fold, fold
from projects.models import Membership, Project, ReferenceTrack, Song
from sessions.models import DatePoll, EditTask, Gear, ImportedCalendar, Room, Studio, StudioSession

LONGEST = 120  # characters: no name is longer
WORDS_AT_MOST = 8
EACH = 6  # of a kind
GAP = "\n"  # between two columns: no typed word spans it
BETWEEN = " · "
BEFORE, AFTER = 4, 8  # words of a long text that are told round the one that was found
EXACTLY, BESIDE = 0, 4  # the ranks of what is called exactly so, and of what is not called so

Narrowed = Callable[[QuerySet, Viewer], QuerySet]


@dataclass(frozen=True, slots=True)
class Many:
    """Several names that hang on a thing: a session's songs, what a person does."""

    rows: QuerySet
    owner: str
    title: str

    def with_word(self, word: str, visible: QuerySet) -> Q:
        """Return the filter for those things on which a name with this word hangs. The names are read once."""
        named = self._named(Q(folded__contains=word)).filter(**{f"{self.owner}__in": visible.order_by().values("pk")})
        return Q(pk__in=named.values(self.owner))

    def told(self, words: list[str]) -> QuerySet:
        """Return, as part of a query of things, a name in which one of the words stands."""
        any_word = Q()
        for word in words:
            any_word |= Q(folded__contains=word)
        return self._named(any_word).filter(**{self.owner: OuterRef("pk")}).order_by("pk").values(self.title)[:1]

    def _named(self, found: Q) -> QuerySet:
        return self.rows.annotate(folded=Fold(F(self.title))).filter(found)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of thing is searched, what is told of it, and which page it leads to."""

    name: str
    model: type[Model]
    title: str
    route: str
    order: tuple[Any, ...]
    args: tuple[str, ...] = ("pk",)  # columns that the route takes
    anchor: str = ""  # on that page
    shown: tuple[str, ...] = ()  # columns that are searched beside the title, and always told
    coded: tuple[str, ...] = ()  # columns that are told by their label, and not searched
    beside: tuple[str, ...] = ()  # columns that are searched, and told where they are why it was found
    many: Many | None = None  # names that are searched and told likewise
    moment: tuple[str, ...] = ()  # the columns of an instant and its zone
    day: str = ""  # the column of a day
    by_place: bool = True  # whether what it belongs to is enough to find it by: else it comes with that
    right: str | None = None  # without it nothing of the kind is seen, so it is not looked for
    narrowed: Narrowed = lambda rows, viewer: rows  # to what lists show

    def rows(self, viewer: Viewer, text: str, words: list[str], now: datetime) -> list[dict[str, Any]]:
        """Return what fits, the best first and one more than is shown. One statement."""
        columns = {"pk", self.title, *self.args, *self.shown, *self.coded, *self.beside, *self.moment}
        named = {"many": self.many.told(words)} if self.many else {}
        found = self._found(viewer, text, words, now).values("rank", *columns, *filter(None, [self.day]), **named)
        return list(found[: EACH + 1])

    def _found(self, viewer: Viewer, text: str, words: list[str], now: datetime) -> QuerySet:
        parts: list[Any] = [self.title]
        for column in (*self.shown, *self.beside):
            parts += [Value(GAP), column]
        visible = self.model._default_manager.all().visible_to(viewer)  # type: ignore[attr-defined] # each has this door
        found = self.narrowed(visible, viewer).annotate(folded_title=Fold(F(self.title)))
        found = found.annotate(
            folded=Fold(Concat(*parts, output_field=TextField())) if parts[1:] else F("folded_title")
        )
        for word in words:
            stands = Q(folded__contains=word)
            found = found.filter(stands | self.many.with_word(word, visible) if self.many else stands)
        if self.model is StudioSession:
            found = found.annotate(past=Case(When(ends_at__lte=now, then=Value(1)), default=Value(0)))
        found = found.annotate(rank=_rank(text))
        if not self.by_place:
            found = found.annotate(place=Fold(F(self.shown[0])))
            found = found.exclude(*(Q(place__contains=word) for word in words), rank=BESIDE)
        return found.order_by("rank", *self.order)

    def told(self, row: dict[str, Any], words: list[str]) -> dict[str, Any]:
        """Return what is told of a row."""
        path = reverse(self.route, args=[row[column] for column in self.args]) + self.anchor.format(pk=row["pk"])
        said = {"kind": self.name, "id": row["pk"], "title": row[self.title], "of": self._of(row, words), "path": path}
        if self.moment:
            at, zone = self.moment
            said |= {"at": utc(row[at]), "time_zone": row[zone]}
        return said | ({"on": row[self.day].isoformat()} if self.day else {})

    def _of(self, row: dict[str, Any], words: list[str]) -> str:
        """Return what is told beside the title: what always is, and where a word stands that none of this has."""
        told = [row[column] for column in self.shown]
        stands = fold(GAP.join(filter(None, [row[self.title], *told])))
        told += [label_of(row[column], f"{self.model.__name__}.{column}") for column in self.coded]
        for column in (*self.beside, *(["many"] if self.many else [])):
            text = row[column] or ""
            only_there = [word for word in words if word not in stands and word in fold(text)]
            if only_there:
                told.append(_round(text, only_there[0]))
                stands += GAP + fold(text)
        return BETWEEN.join(filter(None, told))


def _round(text: str, word: str) -> str:
    """Return the text, of a long one the words round that which was found."""
    words = text.split()
    at = next((number for number, each in enumerate(words) if word in fold(each)), 0)
    first, last = max(0, at - BEFORE), at + AFTER
    return ("… " if first else "") + " ".join(words[first:last]) + (" …" if words[last:] else "")


def _rank(text: str) -> Case:
    return Case(
        When(folded_title=text, then=Value(EXACTLY)),
        When(folded_title__startswith=text, then=Value(1)),
        When(folded_title__contains=f" {text}", then=Value(2)),
        When(folded_title__contains=text, then=Value(3)),
        default=Value(BESIDE),
        output_field=IntegerField(),
    )


def _standing(rows: QuerySet, viewer: Viewer) -> QuerySet:
    return rows.standing()  # type: ignore[attr-defined] # what can be taken back has it


def _of_open_songs(rows: QuerySet, viewer: Viewer) -> QuerySet:
    """Return what is to edit of songs whose page the viewer may open."""
    return rows.filter(song__in=Song.objects.visible_to(viewer))


def _not_in_network(rows: QuerySet, viewer: Viewer) -> QuerySet:
    """Return the members who are found by no other way: whoever the desk works with is found as a person."""
    known = Contributor.objects.visible_to(viewer).filter(desk=OuterRef("project__desk"), user=OuterRef("user"))
    return rows.filter(~Exists(known)).exclude(user=viewer.user_id)


_OVER = Case(When(state__in=("declined", "ended"), then=Value(1)), default=Value(0), output_field=IntegerField())
BY_TITLE = (F("title"), F("pk"))
BY_NAME = (F("name"), F("pk"))
IN_USE_FIRST = (F("active").desc(), *BY_NAME)
KINDS = (
    Kind(
        "project",
        Project,
        "title",
        "projects:detail",
        BY_TITLE,
        shown=("artist",),
        beside=("label",),
        many=Many(ReferenceTrack.objects.all(), "project", "title"),
    ),
    Kind(
        "song",
        Song,
        "title",
        "projects:song",
        BY_TITLE,
        args=("project_id", "pk"),
        shown=("project__title",),
    ),
    Kind(
        "session",
        StudioSession,
        "title",
        "sessions:detail",
        (F("past"), F("starts_at"), F("pk")),
        shown=("project__title",),
        beside=("room__studio__name", "room__name", "remote_place"),
        many=Many(StudioSession.songs.through._default_manager.all(), "studiosession", "song__title"),
        moment=("starts_at", "time_zone"),
    ),
    Kind(
        "person",
        Contributor,
        "name",
        "contributors:detail",
        IN_USE_FIRST,
        shown=("city",),
        beside=("email", "phone"),
        many=Many(Skill.objects.all(), "contributor", "name"),
        right=PEOPLE_READ,
    ),
    Kind(
        "hire",
        Engagement,
        "role",
        "engagement:detail",
        (_OVER, F("role"), F("pk")),
        shown=("part", "contributor__name", "project__title"),
        coded=("state",),
    ),
    Kind(
        "member",
        Membership,
        "user__name",
        "members:access",
        (F("user__name"), F("pk")),
        args=("project_id",),
        shown=("project__title",),
        coded=("role",),
        beside=("user__email",),
        by_place=False,
        right=PEOPLE_READ,
        narrowed=_not_in_network,
    ),
    Kind(
        "studio",
        Studio,
        "name",
        "sessions:studio",
        IN_USE_FIRST,
        shown=("city",),
        beside=("address",),
        right=SCHEDULE_WRITE,
    ),
    Kind(
        "room",
        Room,
        "name",
        "sessions:studio",
        (F("active").desc(), F("studio__name"), *BY_NAME),
        args=("studio_id",),
        shown=("studio__name",),
        right=SCHEDULE_WRITE,
    ),
    Kind(
        "gear",
        Gear,
        "name",
        "sessions:gear",
        IN_USE_FIRST,
        shown=("serial", "studio__name", "room__name"),
        right=SCHEDULE_WRITE,
    ),
    Kind("poll", DatePoll, "title", "sessions:poll", (F("pk").desc(),), shown=("project__title",)),
    Kind(
        "expense",
        Expense,
        "title",
        "expense:detail",
        (F("spent_on").desc(), F("pk").desc()),
        shown=("payee__name", "budget__project__title"),
        beside=("note", "receipt__name"),
        day="spent_on",
        right=BUDGET_READ,
        narrowed=_standing,
    ),
    Kind(
        "line",
        BudgetLine,
        "note",
        "budgets:plan",
        (F("note"), F("pk")),
        args=("budget_id",),
        anchor="#line-{pk}",
        shown=("budget__project__title",),
        by_place=False,
        right=BUDGET_READ,
        narrowed=_standing,
    ),
    Kind(
        "task",
        EditTask,
        "title",
        "projects:song",
        (F("done_at").asc(nulls_first=True), *BY_TITLE),
        args=("song__project_id", "song_id"),
        anchor="#edit-tasks",
        shown=("song__title",),
        by_place=False,
        right=PROJECT_READ,
        narrowed=_of_open_songs,
    ),
    Kind(
        "calendar",
        ImportedCalendar,
        "name",
        "sessions:edit_import",
        BY_NAME,
        shown=("room__studio__name", "room__name", "contributor__name"),
        right=SCHEDULE_WRITE,
    ),
)


def kinds_of(viewer: Viewer) -> list[Kind]:
    """Return the kinds of which the viewer's role sees anything."""
    return [kind for kind in KINDS if kind.right is None or viewer.can_anywhere(kind.right)]


def find(viewer: Viewer, typed: str, now: datetime) -> list[dict[str, Any]]:
    """Return what fits what was typed, kind by kind. One statement for each kind the viewer sees anything of.

    Kinds of which something is called exactly so come first, those where the words only stand beside the name last.
    """
    text = " ".join(fold(typed).split())
    words = text.split()[:WORDS_AT_MOST]
    if not words:
        return []
    groups = []
    for kind in kinds_of(viewer):
        rows = kind.rows(viewer, text, words, now)
        if rows:
            told = [kind.told(row, words) for row in rows[:EACH]]
            group = {"kind": kind.name, "more": len(rows) > EACH, "results": told}
            groups.append((_nearness(rows[0]["rank"]), group))
    return [group for _near, group in sorted(groups, key=itemgetter(0))]


def _nearness(rank: int) -> int:
    return 0 if rank == EXACTLY else 2 if rank == BESIDE else 1
