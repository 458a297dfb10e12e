"""Fields that several serializers of sessions share."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from producerdesk.accounts.models import Desk
from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit import clock
from producerdesk.kit.dates import DateField
from producerdesk.kit.fields import VisibleField


class DayField(DateField):
    """A day in a year that can be meant."""

    default_error_messages = {"year": _("Give a year from {first} to {last}.")}

    def to_internal_value(self, value: Any) -> dt.date:
        day = super().to_internal_value(value)
        if not clock.FIRST_YEAR <= day.year <= clock.LAST_YEAR:
            self.fail("year", first=clock.FIRST_YEAR, last=clock.LAST_YEAR)
        return day


def where_booked() -> VisibleField:
    """Return the choice among the desks in which one books; left out it is the first of them."""
    return VisibleField(
        Desk.objects,
        may=lambda viewer, desk: viewer.can(SCHEDULE_WRITE, desk_id=desk.pk),
        required=False,
        allow_null=True,
        label=_("Desk"),
    )
