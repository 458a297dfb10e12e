"""The demo desk: a believable small business round today, made by the same actions that people use, each on its day."""

import datetime as dt

from django.db import transaction

from producerdesk.kit import clock
from producerdesk.overview.demo import field_notes, past, salt_and_neon, shelf, slow_cathedral
from producerdesk.overview.demo.gear import make_gear
from producerdesk.overview.demo.hands import Demo
from producerdesk.overview.demo.people import LOGINS, PASSWORD, make_people
from producerdesk.overview.demo.studios import make_studios

PROJECTS = (salt_and_neon.make, field_notes.make, slow_cathedral.make, shelf.paper_lanterns, shelf.tin_moon)

__all__ = ["LOGINS", "PASSWORD", "make"]


@transaction.atomic
def make(today: dt.date) -> list[dict[str, str]]:
    """Make the demo desk round this day and return its logins."""
    demo = Demo(today)
    with demo.on(-200):
        make_people(demo)
        make_studios(demo)
    make_gear(demo)
    for make_one in PROJECTS:
        make_one(demo)
    past.let_time_pass(clock.now())
    demo.days.date_back()
    return [{"email": email, "password": PASSWORD, "who": who} for _name, email, who in LOGINS]
