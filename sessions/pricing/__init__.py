"""What a session costs, line by line, before it is booked and after it is over.

Rooms are priced in `rooms`, people in `people`. Each line is rounded once.
"""

from sessions.pricing.people import person_part
from sessions.pricing.quotes import SOURCE, price, quote
from sessions.pricing.rooms import cheapest, paid_time, room_amount
from sessions.pricing.work import PriceLine, Work, Worker, begun, ledger_lines

__all__ = [
    "SOURCE",
    "PriceLine",
    "Work",
    "Worker",
    "begun",
    "cheapest",
    "ledger_lines",
    "paid_time",
    "person_part",
    "price",
    "quote",
    "room_amount",
]
