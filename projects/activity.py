"""Noting who did what: `note(project, "session", "booked", by=viewer, about=session)`, one line in each action.

Called in the transaction of the deed, so that the two stand or fall together. Facts are what JSON can hold; a sum is
never among them.
"""

from datetime import date, datetime
from typing import Any

from django.db import models

from producerdesk.accounts.models import User
from producerdesk.kit import clock
from producerdesk.kit.inserting import insert, new
from producerdesk.kit.rows import utc
from producerdesk.kit.viewer import Viewer
from projects.models import Activity, Project

Actor = Viewer | User | int | None  # an int is a user's id; None is nobody in particular: an import, the desk itself
LONGEST_TITLE = 200


def note(
    project: Project | int,
    kind: str,
    deed: str,
    *,
    by: Actor,
    about: models.Model | None = None,
    title: str | None = None,
    **facts: Any,
) -> None:
    """Note a deed. `about` is the thing it was done to, `title` what it is called, if not as it calls itself."""
    called = title if title is not None else str(about or "")
    found = new(
        Activity,
        project_id=project if isinstance(project, int) else project.pk,
        at=clock.now(),
        kind=kind,
        deed=deed,
        about_id=about.pk if about is not None else None,
        title=called[:LONGEST_TITLE],
        facts={name: _plain(value) for name, value in facts.items() if value is not None},
        **_who(by),
    )
    insert([found], keys=False)


def _who(by: Actor) -> dict[str, Any]:
    if isinstance(by, Viewer):
        return {"user_id": by.user_id, "name": "" if by.user_id else by.name[:120], "by_link": by.via == "link"}
    return {"user_id": by.pk if isinstance(by, User) else by}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | int | list) else str(value)
