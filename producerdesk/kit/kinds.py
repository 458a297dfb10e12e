"""Kinds of viewers: what a viewer is but for the ids. All of one kind are served by the same SQL (`kit.statements`)."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from producerdesk.kit.viewer import Grant, Viewer

FIRST = 2**61  # stand-in ids count from here: no id of a row, and nothing that a filter lets through (2**53)
MOST_IDS = 40  # of one viewer; who has more roles is one of a kind


@dataclass(slots=True)
class Kind:
    """The key that all viewers of a kind share, and this one's ids in the order in which the key numbers them."""

    key: tuple = ()
    ids: list[int] = field(default_factory=list)
    _numbers: dict[tuple[str, int], int] = field(default_factory=dict)

    def stand_in(self, viewer: "Viewer") -> "Viewer":
        """Return such a viewer with stand-ins for ids. Name and address are no matter of a query."""
        return replace(
            viewer,
            user_id=self._stand_in("user", viewer.user_id),
            contributor_id=self._stand_in("contributor", viewer.contributor_id),
            name="",
            email="",
            desks={grant.desk_id: grant for grant in self._grants(viewer.desks.values())},
            projects={
                grant.project_id: grant
                for grant in self._grants(viewer.projects.values())
                if grant.project_id is not None
            },
            project_limit=None
            if viewer.project_limit is None
            else frozenset(self._stand_in("project", key) for key in viewer.project_limit),
        )

    def _grants(self, grants: Iterable["Grant"]) -> list["Grant"]:
        return [
            grant._replace(
                desk_id=self._stand_in("desk", grant.desk_id), project_id=self._stand_in("project", grant.project_id)
            )
            for grant in grants
        ]

    def _stand_in(self, what: str, found: int | None) -> Any:
        return None if found is None else FIRST + self._numbers[what, found]

    def number(self, what: str, found: int | None) -> int | None:
        """Return the number of an id: the same for the same thing, wherever the viewer has it."""
        if found is None:
            return None
        if (what, found) not in self._numbers:
            self._numbers[what, found] = len(self.ids)
            self.ids.append(found)
        return self._numbers[what, found]


def kind_of(viewer: "Viewer") -> Kind | None:
    """Return the viewer's kind, or None for who holds a great many roles."""
    grants = (*viewer.desks.values(), *viewer.projects.values())
    limit = viewer.project_limit
    if len(grants) + len(limit or ()) > MOST_IDS:
        return None
    kind = Kind()
    kind.key = (
        (viewer.via, viewer.time_zone, viewer.scopes),
        kind.number("user", viewer.user_id),
        kind.number("contributor", viewer.contributor_id),
        tuple(
            (kind.number("desk", grant.desk_id), kind.number("project", grant.project_id), grant.role, grant.rights)
            for grant in grants
        ),
        None if limit is None else tuple(kind.number("project", key) for key in sorted(limit)),
    )
    return kind
