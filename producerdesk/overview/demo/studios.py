"""The demo desk's two studios, in two zones, and what their rooms cost."""

from datetime import time
from decimal import Decimal
from typing import Any

from producerdesk.overview.demo.hands import HOME, Demo, sum_of
from sessions.actions.studios import create_room, create_studio, set_hours, set_terms
from sessions.models import Room


def make_studios(demo: Demo) -> None:
    foxglove = create_studio(
        by=demo.mara,
        desk=demo.desk,
        name="Foxglove Studios",
        address="Rua das Camélias 14",
        city="Porto",
        time_zone=HOME,
        access_notes="Ring at the green door. Load in from the yard; two parking places, ask for number 3.",
        phone="+351 220 000 000",
    )
    every_day = [{"weekday": day, "opens": time(9), "closes": time(0)} for day in range(7)]
    set_hours(studio=foxglove, expected=1, opening_hours=every_day, closed_days=[])
    set_terms(
        studio=foxglove,
        expected=2,
        deposit_percent=30,
        deposit_days=14,
        tiers=[
            {"notice": 14, "unit": "days", "percent": 25},
            {"notice": 7, "unit": "days", "percent": 50},
            {"notice": 48, "unit": "hours", "percent": 100},
        ],
    )
    tin_roof = create_studio(
        by=demo.mara,
        desk=demo.desk,
        name="Tin Roof Sound",
        address="Lagerhofstraße 9",
        city="Berlin",
        time_zone="Europe/Berlin",
        access_notes="Second yard, goods lift to the third floor. The door closes at 22:00.",
        phone="+49 30 000000",
    )
    demo.rooms["A"] = make_room(
        foxglove, "Room A", Room.Kind.LIVE, 30, 30, hour="62.00", half_day="250.00", day="480.00"
    )
    demo.rooms["B"] = make_room(foxglove, "Room B", Room.Kind.CONTROL, 15, 15, hour="38.00", day="270.00")
    demo.rooms["Live"] = make_room(
        tin_roof, "Live room", Room.Kind.LIVE, 30, 45, hour="75.00", half_day="320.00", day="590.00"
    )


def make_room(studio: Any, name: str, kind: str, setup: int, reset: int, **rates: str) -> Room:
    hours = {"hour": 1, "half_day": 5, "day": 10}
    minimum = {"hour": 3}
    rows = [
        {"unit": unit, "amount": sum_of(rate), "hours": hours[unit], "minimum_hours": minimum.get(unit, 0)}
        for unit, rate in rates.items()
    ]
    rows.append({"unit": "overtime", "factor": Decimal("1.5"), "hours": 10})
    return create_room(studio=studio, name=name, kind=kind, setup_minutes=setup, reset_minutes=reset, rates=rows)
