"""Which right each action on what spans all apps takes. What is not listed is denied."""

from producerdesk.accounts.roles import PROJECT_READ
from producerdesk.kit.permissions import SIGNED_IN

TODAY = {"retrieve": SIGNED_IN}  # everybody has a day; the rights decide what is in it
QUESTIONS = {"retrieve": PROJECT_READ}
ACTIVITY = {"list": SIGNED_IN, "doers": SIGNED_IN}  # the queryset shows each role its own deeds
SEARCH = {"retrieve": SIGNED_IN}  # each kind is searched among the rows the viewer may see
