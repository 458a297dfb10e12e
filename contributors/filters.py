"""What the lists of people and hires may be asked."""

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from contributors.models import Contributor, Engagement, PrivateLink, Skill
from producerdesk.kit.filters import DeskFilterSet, IdFilter, YesNoFilter

WORDS_AT_MOST = 8  # of a search; more make no sense and cost a scan each


class SkillFilter(django_filters.CharFilter):
    """People who have a skill of this name, whatever its case."""

    def __init__(self, kind: Skill.Kind, **options: object) -> None:
        self.kind = kind
        super().__init__(max_length=60, **options)

    def filter(self, queryset: QuerySet, value: str) -> QuerySet:
        if not value:
            return queryset
        return queryset.filter(
            Exists(Skill.objects.filter(contributor=OuterRef("pk"), kind=self.kind, key=value.casefold()))
        )


class ContributorFilter(DeskFilterSet):
    """`?search=ana&instrument=cello&city=Porto&active=true&ordering=-updated_at`."""

    search = django_filters.CharFilter(method="find", label=_("Name, e-mail, phone or skill"), max_length=200)
    role = SkillFilter(Skill.Kind.ROLE, label=_("Role"))
    instrument = SkillFilter(Skill.Kind.INSTRUMENT, label=_("Instrument"))
    genre = SkillFilter(Skill.Kind.GENRE, label=_("Genre"))
    city = django_filters.CharFilter(lookup_expr="iexact", label=_("City"), max_length=80)
    active = YesNoFilter(label=_("Active"))
    desk = django_filters.NumberFilter(field_name="desk_id", label=_("Desk"), min_value=1, max_value=2**53)
    ordering = django_filters.OrderingFilter(
        fields=(("name", "name"), ("city", "city"), ("updated_at", "updated_at")), label=_("Order")
    )

    class Meta:
        model = Contributor
        fields: list[str] = []

    def find(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:WORDS_AT_MOST]:
            skilled = Skill.objects.filter(contributor=OuterRef("pk"), key__contains=word.casefold())
            queryset = queryset.filter(
                Q(name__icontains=word)
                | Q(email__icontains=word)
                | Q(phone__icontains=word)
                | Q(city__icontains=word)
                | Exists(skilled)
            )
        return queryset

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Whatever the order asked for, end it in the key: pages must not shuffle."""
        found = super().filter_queryset(queryset)
        return found.order_by(*(found.query.order_by or ("name",)), "pk")


class EngagementFilter(DeskFilterSet):
    """`?project=7&state=needed&state=auditioning&role=cello&contributor=12`."""

    project = django_filters.NumberFilter(field_name="project_id", label=_("Project"), min_value=1, max_value=2**53)
    contributor = django_filters.NumberFilter(
        field_name="contributor_id", label=_("Person"), min_value=1, max_value=2**53
    )
    state = django_filters.MultipleChoiceFilter(choices=Engagement.State.choices, label=_("State"))
    role = django_filters.CharFilter(lookup_expr="iexact", label=_("Role"), max_length=60)
    open = YesNoFilter(method="only_open", label=_("Nobody confirmed yet"))
    ordering = django_filters.OrderingFilter(
        fields=(("role", "role"), ("needed_by", "needed_by"), ("updated_at", "updated_at")), label=_("Order")
    )

    class Meta:
        model = Engagement
        fields: list[str] = []

    def only_open(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        still_open = Q(state__in=("needed", "auditioning", "offered"))
        return queryset.filter(still_open if value else ~still_open)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """As for people; without a wish, what is needed first comes first."""
        found = super().filter_queryset(queryset)
        return found.order_by(*found.query.order_by, "pk") if found.query.order_by else found.by_urgency()


class LinkFilter(DeskFilterSet):
    """`?contributor=5`."""

    contributor = IdFilter("contributor_id", label=_("Person"))

    class Meta:
        model = PrivateLink
        fields: list[str] = []
