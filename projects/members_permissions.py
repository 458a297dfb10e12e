"""Which right each action on members and invitations takes. What is not listed is denied."""

from producerdesk.accounts.permissions import has_account, in_person
from producerdesk.accounts.roles import DESK_MANAGE, PEOPLE_READ, PEOPLE_WRITE
from producerdesk.kit.permissions import ANYONE, SIGNED_IN

MEMBERS = {"list": SIGNED_IN, "retrieve": SIGNED_IN, "role": PEOPLE_WRITE, "destroy": has_account}
INVITATIONS = {
    "list": PEOPLE_READ,
    "retrieve": PEOPLE_READ,
    "create": PEOPLE_WRITE,
    "resend": PEOPLE_WRITE,
    "destroy": PEOPLE_WRITE,
}
STAFF_INVITATIONS = INVITATIONS | {"create": DESK_MANAGE, "resend": DESK_MANAGE, "destroy": DESK_MANAGE}
JOINS = {"list": in_person, "retrieve": ANYONE, "accept": in_person}
