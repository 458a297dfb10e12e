"""Who may do what: each role's rights. Rights are also the scopes of API tokens."""

from django.db import models
from django.utils.translation import gettext_lazy as _

PROJECT_READ = "project:read"  # the project, its songs, stages and dates
PROJECT_WRITE = "project:write"
SCHEDULE_READ = "schedule:read"  # every session of the project; a person always sees the own calls
SCHEDULE_WRITE = "schedule:write"
PEOPLE_READ = "people:read"  # the desk's network, engagements, contacts
PEOPLE_WRITE = "people:write"
BUDGET_READ = "budget:read"  # every sum but an own fee
BUDGET_WRITE = "budget:write"
BUDGET_APPROVE = "budget:approve"  # whose yes makes a plan the sum that may be spent
DESK_MANAGE = "desk:manage"  # the desk's name, staff and reminders

RIGHTS = (
    PROJECT_READ,
    PROJECT_WRITE,
    SCHEDULE_READ,
    SCHEDULE_WRITE,
    PEOPLE_READ,
    PEOPLE_WRITE,
    BUDGET_READ,
    BUDGET_WRITE,
    BUDGET_APPROVE,
    DESK_MANAGE,
)


class Role(models.TextChoices):
    """What a person is to a project. The first three may also be staff of a whole desk."""

    OWNER = "owner", _("Owner")
    CO_PRODUCER = "co_producer", _("Co-producer")
    ASSISTANT = "assistant", _("Assistant")
    ARTIST = "artist", _("Artist")
    ENGINEER = "engineer", _("Engineer")
    CONTRIBUTOR = "contributor", _("Contributor")
    LABEL = "label", _("Label")
    EXECUTIVE_PRODUCER = "executive_producer", _("Executive producer")


STAFF_ROLES = (Role.OWNER, Role.CO_PRODUCER, Role.ASSISTANT)
STAFF_CHOICES = [(role.value, role.label) for role in STAFF_ROLES]

_PRODUCING = frozenset(RIGHTS) - {DESK_MANAGE, BUDGET_APPROVE}
_PAYING = frozenset({PROJECT_READ, SCHEDULE_READ, BUDGET_READ, BUDGET_APPROVE})

RIGHTS_OF: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(RIGHTS),
    Role.CO_PRODUCER: _PRODUCING | {BUDGET_APPROVE},
    Role.ASSISTANT: _PRODUCING,
    Role.ARTIST: frozenset({PROJECT_READ, SCHEDULE_READ}),
    # called to single sessions: they see those, and the songs they play on
    Role.ENGINEER: frozenset({PROJECT_READ}),
    Role.CONTRIBUTOR: frozenset({PROJECT_READ}),
    Role.LABEL: _PAYING,
    Role.EXECUTIVE_PRODUCER: _PAYING,
}
