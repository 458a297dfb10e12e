"""What the lists of budgets, entries and expenses may be asked."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from budgets import chart
from budgets.as_of import moment_of
from budgets.models import Budget, BudgetEntry, Expense
from producerdesk.kit.filters import LARGEST_ID, DeskFilterSet, IdFilter, Ordering, YesNoFilter
from producerdesk.kit.permissions import viewer_of


class BudgetFilter(DeskFilterSet):
    """`?project=7&search=neon&open=true&as_of=2026-11-03`."""

    project = IdFilter("project_id", label=_("Project"))
    open = YesNoFilter(method="only_open", label=_("Of projects that are not delivered yet"))
    search = django_filters.CharFilter(method="find", label=_("Title, artist or label"), max_length=200)
    as_of = django_filters.CharFilter(method="leave_moment", label=_("As it stood then: a day, or a moment"))
    heads = YesNoFilter(method="leave_yes", label=_("With what stands below each total: heads and accounts"))

    class Meta:
        model = Budget
        fields: list[str] = []

    def only_open(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        delivered = Q(project__stage="delivered")
        return queryset.filter(~delivered if value else delivered)

    def find(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:8]:
            found = Q(project__title__icontains=word) | Q(project__artist__icontains=word)
            queryset = queryset.filter(found | Q(project__label__icontains=word))
        return queryset

    # the view reads these: they change what is said of budgets, not which there are
    def leave_moment(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset

    def leave_yes(self, queryset: QuerySet, name: str, value: bool) -> QuerySet:
        return queryset


class EntryFilter(DeskFilterSet):
    """`?since=120&account=310&kind=actual&source=session&source_id=7&as_of=2026-11-03`."""

    since = django_filters.NumberFilter(
        "seq",
        lookup_expr="gt",
        min_value=0,
        max_value=LARGEST_ID,
        decimal_places=0,
        label=_("Only what came after this `cursor`"),
    )
    account = django_filters.NumberFilter(
        "account", min_value=1, max_value=9999, decimal_places=0, label=_("One account")
    )
    head = django_filters.NumberFilter(
        method="below", min_value=1, max_value=9999, decimal_places=0, label=_("A head with all its accounts")
    )
    kind = django_filters.MultipleChoiceFilter(choices=BudgetEntry.Kind.choices, label=_("Kind"))
    source = django_filters.CharFilter("source_kind", max_length=16, label=_("session, engagement or expense"))
    source_id = IdFilter("source_id", label=_("Its id"))
    as_of = django_filters.CharFilter(method="until", label=_("As it stood then: a day, or a moment"))
    ordering = Ordering(fields=(("seq", "seq"),), label=_("Order"))

    class Meta:
        model = BudgetEntry
        fields: list[str] = []

    def below(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        head = int(value)
        last = head + 99 if head in chart.HEADS else head
        return queryset.filter(account__range=(head, last))

    def until(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.until(moment_of(value, viewer_of(self.request)))


class ExpenseFilter(DeskFilterSet):
    """`?account=610&vendor=3&receipt=false&since=2026-11-01&until=2026-12-01&search=tuning`."""

    account = django_filters.MultipleChoiceFilter(choices=chart.CHOICES, label=_("Account"))
    vendor = IdFilter("payee_id", label=_("Vendor"))
    receipt = YesNoFilter("receipt", lookup_expr="isnull", exclude=True, label=_("With a receipt"))
    since = django_filters.DateFilter("spent_on", lookup_expr="gte", label=_("From this day on"))
    until = django_filters.DateFilter("spent_on", lookup_expr="lt", label=_("Before this day"))
    search = django_filters.CharFilter(method="find", label=_("What for, or whom"), max_length=200)
    ordering = Ordering(
        fields=(("spent_on", "spent_on"), ("worth_minor", "worth"), ("account", "account")), label=_("Order")
    )

    class Meta:
        model = Expense
        fields: list[str] = []

    def find(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split()[:8]:
            queryset = queryset.filter(Q(title__icontains=word) | Q(payee__name__icontains=word))
        return queryset
