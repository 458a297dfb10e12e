"""Who may look after API tokens: the person, signed in. A token never makes another, nor sees that there are others."""

from producerdesk.accounts.permissions import in_person

TOKENS = {"list": in_person, "retrieve": in_person, "create": in_person, "destroy": in_person}
