"""What the lists that span all apps may be asked."""

import django_filters
from django.utils.translation import gettext_lazy as _

from producerdesk.kit.filters import DeskFilterSet, IdFilter, MomentFilter
from projects.models import Activity


class ActivityFilter(DeskFilterSet):
    """`?project=7&kind=session&kind=call&by=5&since=2027-03-01T00:00:00Z`."""

    project = IdFilter("project_id", label=_("Project"))
    kind = django_filters.MultipleChoiceFilter(choices=Activity.Kind.choices, label=_("About"))
    by = IdFilter("user_id", label=_("Who"))
    since = MomentFilter(field_name="at", lookup_expr="gte", label=_("Since"))
    until = MomentFilter(field_name="at", lookup_expr="lt", label=_("Until"))

    class Meta:
        model = Activity
        fields: list[str] = []
