"""What the lists of projects and songs may be asked."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from producerdesk.kit.filters import DeskFilterSet, IdFilter, Ordering, YesNoFilter
from projects.models import Project, Song
from projects.stages import Stage, order_of


class ProjectFilter(DeskFilterSet):
    """`?stage=mixing&stage=mastering&late=true&search=neon&ordering=-deadline`."""

    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices, label=_("Stage"))
    open = YesNoFilter(method="only_open", label=_("Not delivered yet"))
    kind = django_filters.MultipleChoiceFilter(choices=Project.Kind.choices, label=_("Kind"))
    late = YesNoFilter(method="only_late", label=_("Late"))
    desk = IdFilter("desk_id", label=_("Desk"))
    search = django_filters.CharFilter(method="find", label=_("Title, artist or label"), max_length=200)
    ordering = Ordering(
        fields=(
            ("title", "title"),
            ("artist", "artist"),
            ("stage", "stage"),
            ("deadline", "deadline"),
            ("updated_at", "updated_at"),
        ),
        expressions={"stage": order_of("stage")},
        label=_("Order"),
    )

    class Meta:
        model = Project
        fields: list[str] = []

    def only_open(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        delivered = Q(stage=Stage.DELIVERED)
        return queryset.filter(~delivered if value else delivered)

    def only_late(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset.late() if value else queryset.on_time()

    def find(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:8]:
            queryset = queryset.filter(Q(title__icontains=word) | Q(artist__icontains=word) | Q(label__icontains=word))
        return queryset


class SongFilter(DeskFilterSet):
    """`?project=7&stage=tracking&late=true`."""

    project = IdFilter("project_id", label=_("Project"))
    stage = django_filters.MultipleChoiceFilter(choices=Stage.choices, label=_("Stage"))
    late = YesNoFilter("late_on", lookup_expr="isnull", exclude=True, label=_("Late"))
    search = django_filters.CharFilter("title", lookup_expr="icontains", label=_("Title"), max_length=200)
    ordering = Ordering(
        fields=(("position", "position"), ("title", "title"), ("stage", "stage"), ("due_on", "due_on")),
        expressions={"stage": order_of("stage")},
        label=_("Order"),
    )

    class Meta:
        model = Song
        fields: list[str] = []
