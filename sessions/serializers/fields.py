"""Fields that several serializers of sessions share."""

from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.fields import VisibleField


def where_booked() -> VisibleField:
    """Return the choice among the desks in which one books; left out it is the first of them."""
    return VisibleField(
        Desk.objects,
        may=lambda viewer, desk: viewer.can(SCHEDULE_WRITE, desk_id=desk.pk),
        required=False,
        allow_null=True,
        label=_("Desk"),
    )
