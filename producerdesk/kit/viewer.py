"""The Viewer: who asks, and what that person may do where. Built once a request; permissions and queries take it."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q

from producerdesk.kit.prepared.kinds import Kind, kind_of


class Grant(NamedTuple):
    """A role in one desk (project_id None) or one project, with the rights it carries."""

    desk_id: int
    project_id: int | None
    role: str
    rights: frozenset[str]


@dataclass(frozen=True)
class Reach:
    """Where a right holds: whole desks and single projects, perhaps narrowed to a token's projects."""

    desk_ids: tuple[int, ...]
    project_ids: tuple[int, ...]
    limit: frozenset[int] | None

    def q(self, *, project: str, desk: str) -> Q:
        """Return the filter for rows whose project and desk stand in these columns."""
        found = Q(**{f"{project}__in": self.project_ids}) if self.project_ids else Q()
        if self.desk_ids:
            found |= Q(**{f"{desk}__in": self.desk_ids})
        if not found:
            return Q(pk__in=())
        return found if self.limit is None else found & Q(**{f"{project}__in": self.limit})

    def desk_q(self, desk: str) -> Q:
        """Return the filter for rows that belong to a desk and no project. A limited token reaches none of them."""
        if self.limit is not None:
            return Q(pk__in=())
        return Q(**{f"{desk}__in": self.desk_ids})


@dataclass(frozen=True)
class Viewer:
    """Who asks. `via` says which way in: login, token, link, feed or nobody.

    `contributor_id` is set for a private link or feed: the one contributor the viewer is.
    `scopes` and `project_limit` narrow what a token may do; None narrows nothing.
    `day` is set where the day is given and not looked up (`kit.prepared`).
    """

    via: str = "nobody"
    user_id: int | None = None
    contributor_id: int | None = None
    name: str = ""
    email: str = ""
    time_zone: str = "UTC"
    desks: Mapping[int, Grant] = field(default_factory=dict)
    projects: Mapping[int, Grant] = field(default_factory=dict)
    scopes: frozenset[str] | None = None
    project_limit: frozenset[int] | None = None
    day: dt.date | None = None

    # DRF and its throttles ask these of whatever stands in request.user
    @property
    def is_authenticated(self) -> bool:
        return self.via != "nobody"

    @property
    def pk(self) -> str:
        return self.principal

    @property
    def principal(self) -> str:
        """Who it is in one word, for throttles, idempotency keys and logs."""
        if self.user_id:
            return f"user:{self.user_id}"
        return f"contributor:{self.contributor_id}" if self.contributor_id else "nobody"

    @cached_property
    def kind(self) -> Kind | None:
        """What the viewer is but for the ids; None for who is one of a kind."""
        return kind_of(self)

    @property
    def is_stranger(self) -> bool:
        """Whether it is somebody with an account and no role in any desk or project."""
        return self.user_id is not None and not self.desks and not self.projects

    def is_new(self, right: str) -> bool:
        """Return whether it is somebody who has nothing yet and may begin: a first act by this right makes a desk."""
        return self.is_stranger and self.allows(right) and self.project_limit is None

    @property
    def home_desk_id(self) -> int | None:
        """The desk that new things belong to: the first the person works at."""
        return min(self.desks, default=None)

    def allows(self, right: str) -> bool:
        """Return whether the way in (a token's scopes) lets this right through at all."""
        return self.scopes is None or right in self.scopes

    def can(self, right: str, *, desk_id: int, project_id: int | None = None) -> bool:
        """Return whether the viewer has the right on a project, or, without one, on the desk itself."""
        # asked several times for each row of a list
        if self.scopes is not None and right not in self.scopes:
            return False
        if self.project_limit is not None and project_id not in self.project_limit:
            return False
        grant = self.desks.get(desk_id)
        if grant is not None and right in grant.rights:
            return True
        grant = self.projects.get(project_id) if project_id else None
        return grant is not None and right in grant.rights

    def can_in_desk(self, right: str, desk_id: int) -> bool:
        """Return whether the viewer has the right on the desk or on any project of it (its studios, its people)."""
        return desk_id in self.reach_desks(right)

    def can_anywhere(self, right: str) -> bool:
        """Return whether there is any place where the viewer has this right."""
        return self.allows(right) and any(
            right in grant.rights for grant in (*self.desks.values(), *self.projects.values())
        )

    def reach(self, right: str) -> Reach:
        """Return where the right holds, for `visible_to`."""
        if not self.allows(right):
            return Reach((), (), None)
        return Reach(
            tuple(grant.desk_id for grant in self.desks.values() if right in grant.rights),
            tuple(key for key, grant in self.projects.items() if right in grant.rights),
            self.project_limit,
        )

    def reach_desks(self, right: str) -> frozenset[int]:
        """Return the desks whose shared things (studios, people) the viewer may use by this right.

        A co-producer of one project books the desk's rooms and calls its people, so a project grant counts.
        A token that is limited to projects reaches no desk-wide row.
        """
        if not self.allows(right) or self.project_limit is not None:
            return frozenset()
        grants = (*self.desks.values(), *self.projects.values())
        return frozenset(grant.desk_id for grant in grants if right in grant.rights)

    def role_in(self, *, desk_id: int, project_id: int | None = None) -> str | None:
        """Return the role that counts: the desk's own staff first, then the project's."""
        grant = self.desks.get(desk_id) or (self.projects.get(project_id) if project_id else None)
        return grant.role if grant else None


NOBODY = Viewer()

Grants = tuple[dict[int, Grant], dict[int, Grant]]  # {desk_id: grant}, {project_id: grant}


class GrantSource(NamedTuple):
    """Where grants of a user stand: names of columns, what users are annotated with for them, and how they read."""

    names: tuple[str, ...]
    columns: Callable[[], Mapping[str, Any]]
    read: Callable[..., Iterable[Grant]]


_sources: list[GrantSource] = []


def register_grants(
    names: tuple[str, ...], columns: Callable[[], Mapping[str, Any]], read: Callable[..., Iterable[Grant]]
) -> None:
    """Let an app say which grants a user holds. Called once from its AppConfig.ready."""
    _sources.append(GrantSource(names, columns, read))


def grant_names() -> list[str]:
    """Return the names of the columns that hold grants."""
    return [name for source in _sources for name in source.names]


def grant_columns() -> dict[str, Any]:
    """Return what users are annotated with, so that their grants come in one query with them."""
    return {name: column for source in _sources for name, column in source.columns().items()}


def grants_in(values: Mapping[str, Any]) -> Grants:
    """Return the grants that these columns of a user hold."""
    found = [grant for source in _sources for grant in source.read(*(values[name] for name in source.names))]
    desks = {grant.desk_id: grant for grant in found if grant.project_id is None}
    return desks, {grant.project_id: grant for grant in found if grant.project_id is not None}
