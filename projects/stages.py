"""The stages of a production and their order."""

from django.db.models import Case, IntegerField, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _


class Stage(TextChoices):
    """How far the music is. The order is the order of the work."""

    BRIEF = "brief", _("Brief")
    PRE_PRODUCTION = "pre_production", _("Pre-production")
    TRACKING = "tracking", _("Tracking")
    EDITING = "editing", _("Editing")
    MIXING = "mixing", _("Mixing")
    MASTERING = "mastering", _("Mastering")
    DELIVERED = "delivered", _("Delivered")


ORDER: dict[str, int] = {stage: number for number, stage in enumerate(Stage.values)}


def order_of(column: str) -> Case:
    """Return an expression for the stage's place in the order of the work, to compare stages in SQL."""
    return _numbered(column, ORDER)


def open_from(column: str) -> Case:
    """Return an expression for the place of the first stage that is not done by who stands at this stage.

    Who mixes has mixing still to do; what is delivered has nothing left, and so comes after the last stage.
    """
    return _numbered(column, ORDER | {Stage.DELIVERED: len(ORDER)})


def _numbered(column: str, numbers: dict[str, int]) -> Case:
    whens = [When(**{column: stage}, then=Value(number)) for stage, number in numbers.items()]
    return Case(*whens, output_field=IntegerField())
