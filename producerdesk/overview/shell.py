"""What the frame of every page shows: the desk, the places, the open projects, the bell.

Nothing is asked of the database until a template wants it, so a page without the frame costs nothing: one query for the
whole frame, none for who is not signed in, none in the API.
"""

import json
from collections.abc import Collection
from functools import cache, cached_property
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk, User
from producerdesk.accounts.roles import BUDGET_READ, PEOPLE_READ, PROJECT_WRITE, SCHEDULE_READ, SCHEDULE_WRITE
from producerdesk.kit.folded import JsonRows
from producerdesk.kit.paths import path_to
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from producerdesk.notices.models import Notice
from projects.models import Project
from projects.stages import Stage

OPEN_PROJECTS = 8
FRAME = ("waiting", "desk_name", "single_keys", "projects")
LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Place(NamedTuple):
    """A place in the side bar: its key, route, icon, name, and the right that leads there (None: everybody)."""

    key: str
    route: str
    icon: str
    label: Any
    right: str | None


PRODUCING = (
    Place("today", "overview:today", "sun", _("Today"), None),
    Place("projects", "projects:list", "vinyl", _("Projects"), None),
    Place("calendar", "sessions:calendar", "calendar", _("Calendar"), SCHEDULE_READ),
    Place("people", "contributors:list", "users", _("People"), PEOPLE_READ),
    Place("studios", "sessions:studios", "building", _("Studios"), SCHEDULE_WRITE),
    Place("budgets", "budgets:list", "coins", _("Budgets"), BUDGET_READ),
)
PLAYING = (
    Place("today", "overview:today", "sun", _("Today"), None),
    Place("mine", "sessions:mine", "calendar-event", _("My schedule"), None),
    Place("projects", "projects:list", "vinyl", _("Projects"), None),
)
LOOKING = (
    Place("today", "overview:today", "sun", _("Today"), None),
    Place("projects", "projects:list", "vinyl", _("Projects"), None),
    Place("calendar", "sessions:calendar", "calendar", _("Calendar"), SCHEDULE_READ),
    Place("budgets", "budgets:list", "coins", _("Budgets"), BUDGET_READ),
)


@cache
def address(route: str) -> str:
    """Return where a route leads, or nothing if there is no such page."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def places_of(viewer: Viewer) -> tuple[Place, ...]:
    """Return the places that somebody of these roles comes for. Who has nothing yet is about to start a record."""
    if viewer.can_anywhere(PROJECT_WRITE) or not (viewer.desks or viewer.projects):
        return PRODUCING
    return LOOKING if viewer.can_anywhere(BUDGET_READ) else PLAYING


class Shell:
    """The frame of one viewer's page. Each part is looked up when a template first asks for it."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer

    @property
    def signed_in(self) -> bool:
        """Whether it is known who asks."""
        return self._viewer.user_id is not None

    @property
    def name(self) -> str:
        """The viewer's name."""
        return self._viewer.name

    @property
    def email(self) -> str:
        """The viewer's address."""
        return self._viewer.email

    @cached_property
    def nav(self) -> list[dict[str, Any]]:
        """The places that exist and are open to this viewer."""
        return [
            {"key": place.key, "url": url, "icon": place.icon, "label": str(place.label)}
            for place in (places_of(self._viewer) if self.signed_in else ())
            if (url := address(place.route)) and (place.right is None or self._viewer.can_anywhere(place.right))
        ]

    @cached_property
    def open_projects(self) -> list[dict[str, Any]]:
        """The projects somebody worked on last, without the delivered ones."""
        return [
            {"id": pk, "title": title, "url": path_to("projects:detail", pk)}
            for pk, title in orjson.loads(self._known[3])
        ]

    @cached_property
    def _known(self) -> tuple[int, str, bool, str]:
        """Unread notices, the desk's name, whether single keys work, and the open projects as JSON. One query."""
        found = _of_frame(self._viewer).values_list(*FRAME) if self.signed_in else []
        return found[0] if found else (0, "", True, "[]")

    @property
    def unread(self) -> int:
        """How many notices wait."""
        return self._known[0]

    @property
    def desk_name(self) -> str:
        """The desk one works at."""
        return self._known[1] or ""

    @property
    def single_keys(self) -> bool:
        """Whether letters alone do something."""
        return self._known[2]

    @property
    def bell_url(self) -> str:
        return address("notices:list") if self.signed_in else ""

    @property
    def account_url(self) -> str:
        return address("accounts:me")

    @property
    def logout_url(self) -> str:
        return address("account_logout")

    @property
    def search_url(self) -> str:
        return address("overview:search")

    @property
    def book_url(self) -> str:
        return address("sessions:new") if self._viewer.can_anywhere(SCHEDULE_WRITE) else ""

    @property
    def budgets_url(self) -> str:
        """Where budgets stand, for who reads any."""
        return address("budgets:list") if self._viewer.can_anywhere(BUDGET_READ) else ""

    @property
    def no_mail_leaves(self) -> bool:
        """Whether no mail server is named: then mails about accounts lie with who runs the desk (accounts/mail.py)."""
        return settings.OUTBOX

    @property
    def is_new(self) -> bool:
        """Whether this person is in no project and at no desk yet: one comes with the first record."""
        return self.signed_in and not (self._viewer.desks or self._viewer.projects)

    @property
    def outbox_desks(self) -> Collection[int]:
        """The desks whose mails, which no mail server took, this person may read."""
        return self._viewer.reach(SCHEDULE_WRITE).desk_ids if settings.OUTBOX else ()

    @property
    def outbox_url(self) -> str:
        """Where these mails stand."""
        return address("notices:outbox") if self.outbox_desks else ""

    @cached_property
    def account_menu(self) -> list[dict[str, Any]]:
        """What else stands in the menu of one's name."""
        items = []
        if self._viewer.desks:
            items.append({"url": address("accounts:own_desk"), "icon": "settings", "label": gettext("Desk and staff")})
            if self.outbox_url:
                items.append({"url": self.outbox_url, "icon": "mail", "label": gettext("Outbox")})
        return items


@prepared
def _of_frame(viewer: Viewer) -> QuerySet:
    unread = Notice.objects.filter(user=OuterRef("pk")).unread().order_by().values("user").annotate(n=Count("pk"))
    desk = Desk.objects.filter(pk=viewer.home_desk_id or 0).values("name")
    open_ = Project.objects.visible_to(viewer).exclude(stage=Stage.DELIVERED).order_by("-updated_at", "-pk")
    return User.objects.filter(pk=viewer.user_id or 0).annotate(
        waiting=Coalesce(Subquery(unread.values("n")), 0),
        desk_name=Subquery(desk),
        projects=JsonRows(open_.values_list("pk", "title")[:OPEN_PROJECTS]),
    )


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates `shell`, and the demo desk's logins where they may be shown."""
    viewer = getattr(request, "viewer", NOBODY)
    return {
        "shell": Shell(viewer),
        "demo_logins": SimpleLazyObject(lambda: _demo_logins(request)),
    }


def _demo_logins(request: HttpRequest) -> list[dict[str, str]]:
    """Return the demo's people, whose passwords everybody may read: only on a loopback desk that has them."""
    if not settings.DEMO or request.META.get("REMOTE_ADDR") not in LOOPBACK:
        return []
    try:
        return json.loads((settings.DATA_DIR / "demo.json").read_text())
    except (OSError, ValueError):
        return []
