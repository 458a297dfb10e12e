"""The demo desk: a believable small business round today, made by the same actions that people use."""

import datetime as dt

from django.db import transaction

from producerdesk.overview.demo import budgets, field_notes, salt_and_neon, shelf, slow_cathedral
from producerdesk.overview.demo.hands import Demo
from producerdesk.overview.demo.past import as_if_it_had_been
from producerdesk.overview.demo.people import LOGINS, PASSWORD, make_people
from producerdesk.overview.demo.studios import make_studios

PROJECTS = (salt_and_neon.make, field_notes.make, slow_cathedral.make, shelf.paper_lanterns, shelf.tin_moon)

__all__ = ["LOGINS", "PASSWORD", "make"]


@transaction.atomic
def make(today: dt.date) -> list[dict[str, str]]:
    """Make the demo desk round this day and return its logins."""
    demo = Demo(today)
    make_people(demo)
    make_studios(demo)
    for make_one in PROJECTS:
        make_one(demo)
    budgets.make(demo)
    as_if_it_had_been(demo)
    return [{"email": email, "password": PASSWORD, "who": who} for _name, email, who in LOGINS]
