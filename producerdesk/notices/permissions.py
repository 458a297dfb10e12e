"""Which right each action on notices, deliveries and the outbox takes. What is not listed is denied."""

from producerdesk.accounts.permissions import in_person
from producerdesk.accounts.roles import SCHEDULE_WRITE

NOTICES = {"list": in_person, "retrieve": in_person, "read": in_person, "read_all": in_person}
DELIVERIES = {"list": SCHEDULE_WRITE, "retrieve": SCHEDULE_WRITE, "retry": SCHEDULE_WRITE}
OUTBOX = {"list": SCHEDULE_WRITE, "retrieve": SCHEDULE_WRITE}
