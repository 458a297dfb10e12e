"""Kinds of viewers: what a viewer is but for the ids, and what stands in for ids, texts, days and moments."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from producerdesk.kit.viewer import Grant, Viewer

MOST_IDS = 40  # of one viewer; who has more roles is one of a kind
# Stand-ins lie far apart, so that one with something added to it is no other one. No row has such an id, and no filter
# lets one through (2**53).
FIRST_ID, ID_STEP = 2_305_843_000_000_000_003, 1_000_003
FIRST_DAY, DAY_STEP = dt.datetime(8001, 1, 1, 1, 17, tzinfo=dt.UTC), dt.timedelta(days=371, hours=1)
NAME = f"{FIRST_ID} stands in"  # for name and address, which no prepared query may depend on


def stand_in(number: int, value: Any) -> Any:
    """Return what stands in for a value, told by its number from all others."""
    moment = FIRST_DAY + number * DAY_STEP
    if isinstance(value, dt.datetime):
        return moment
    if isinstance(value, dt.date):
        return moment.date()
    if isinstance(value, int):
        return FIRST_ID + number * ID_STEP
    if isinstance(value, list):
        return [FIRST_ID + number * ID_STEP]
    if isinstance(value, str):
        return f"{FIRST_ID + number * ID_STEP} is said"
    raise TypeError(f"{value!r} has no stand-in: give ids, lists of ids, texts, days and moments.")


@dataclass(slots=True)
class Kind:
    """The key that all viewers of a kind share, and this one's ids in the order in which the key numbers them."""

    key: tuple = ()
    ids: list[int] = field(default_factory=list)
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def number(self, what: str, found: int | None) -> int | None:
        """Return the number of an id: the same for the same thing, wherever the viewer has it."""
        if found is None:
            return None
        if (what, found) not in self._numbers:
            self._numbers[what, found] = len(self.ids)
            self.ids.append(found)
        return self._numbers[what, found]

    def stand_in(self, viewer: "Viewer", stand_ins: Sequence[Any]) -> "Viewer":
        """Return such a viewer with stand-ins for the ids, which come first among them, and the day after these."""

        def other(what: str, found: int | None) -> Any:
            return None if found is None else stand_ins[self._numbers[what, found]]

        def grants(of: Iterable["Grant"]) -> list["Grant"]:
            return [
                grant._replace(desk_id=other("desk", grant.desk_id), project_id=other("project", grant.project_id))
                for grant in of
            ]

        return viewer.__class__(  # which is its own also where a request knows it only lazily
            via=viewer.via,
            scopes=viewer.scopes,
            user_id=other("user", viewer.user_id),
            contributor_id=other("contributor", viewer.contributor_id),
            name=NAME,
            email=NAME,
            time_zone="",  # whoever looks for the day there finds no such zone: it stands in `day`
            day=stand_ins[len(self.ids)],
            desks={grant.desk_id: grant for grant in grants(viewer.desks.values())},
            projects={grant.project_id: grant for grant in grants(viewer.projects.values()) if grant.project_id},
            project_limit=None
            if viewer.project_limit is None
            else frozenset(other("project", key) for key in viewer.project_limit),
        )


def kind_of(viewer: "Viewer") -> Kind | None:
    """Return the viewer's kind, or None for who holds a great many roles."""
    desks, projects, limit = viewer.desks, viewer.projects, viewer.project_limit
    if len(desks) + len(projects) + len(limit or ()) > MOST_IDS:
        return None
    kind = Kind()
    user, contributor = kind.number("user", viewer.user_id), kind.number("contributor", viewer.contributor_id)
    # numbered in their order: which of them is the first stays so
    for key in sorted({*desks, *(grant.desk_id for grant in projects.values())}):
        kind.number("desk", key)
    for key in sorted({*projects, *(limit or ())}):
        kind.number("project", key)
    kind.key = (
        (viewer.via, viewer.scopes, user, contributor, len(kind.ids)),
        tuple(
            (kind.number("desk", grant.desk_id), kind.number("project", grant.project_id), grant.role, grant.rights)
            for grant in (*desks.values(), *projects.values())
        ),
        None if limit is None else frozenset(kind.number("project", key) for key in limit),
    )
    return kind
