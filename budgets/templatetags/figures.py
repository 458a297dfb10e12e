"""What templates of budgets say: the chart of what was spent, shares, where an entry leads."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_compact_currency
from django import template
from django.http import QueryDict
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from budgets import chart, receipts
from producerdesk.kit import drawings, moments, words
from producerdesk.kit.templatetags.desk import money_text

register = template.Library()

STEPS = 4  # lines of the grid
_NICE = ("1", "1.2", "1.6", "2", "2.4", "3.2", "4", "6", "8", "10")  # a quarter of each is a round number, too
# who may open what wrote an entry: the right in the project's `can`
_OPENS = {"session": "see_sessions", "engagement": "see_people", "expense": "see_budget"}


@register.filter
def share_of(part: Mapping[str, str], whole: Mapping[str, str]) -> int | None:
    """Return how many percent of the whole a part is; None without a whole."""
    total = drawings.amount_of(whole)
    return round(drawings.amount_of(part) / total * 100) if total else None


@register.filter
def minus(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Return the difference of two sums."""
    return {"amount": str(drawings.amount_of(one) - drawings.amount_of(other)), "currency": one["currency"]}


@register.filter
def is_nought(sum_: Mapping[str, str]) -> bool:
    """Say whether a sum is nothing."""
    return not drawings.amount_of(sum_)


@register.filter
def is_below(sum_: Mapping[str, str]) -> bool:
    """Say whether a sum is below nought."""
    return drawings.amount_of(sum_) < 0


@register.filter
def is_above(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether one sum is larger than another."""
    return drawings.amount_of(one) > drawings.amount_of(other)


@register.filter
def positive(sum_: Mapping[str, str]) -> dict[str, str]:
    """Return a sum without its sign."""
    return {"amount": str(abs(drawings.amount_of(sum_))), "currency": sum_["currency"]}


@register.filter
def over_heads(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the heads that are over what was approved for them, the furthest first."""
    found = [head for head in summary["heads"] if head["over"]]
    return sorted(found, key=lambda head: drawings.amount_of(head["over"]), reverse=True)


@register.filter
def moved_heads(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the heads of which another sum is planned than was approved."""
    return [head for head in summary["heads"] if head["planned"] != head["approved"]]


@register.filter
def addstr(text: object, more: object) -> str:
    """Return both as one text."""
    return f"{text}{more}"


register.filter("head_number", chart.head_of)
register.filter("account_title", chart.title_of)


@register.filter
def below(head: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the accounts of a head that say more than the head itself: none that is all nought, no only one."""
    names = ("planned", "committed", "actual", "forecast")
    told = [row for row in head["accounts"] if not all(is_nought(row[name]) for name in names)]
    return [] if [row["account"] for row in told] == [head["account"]] else told


@register.filter
def kilobytes(size: int) -> str:
    """Return a size as people read it."""
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(1, round(size / 1024))} kB"


register.simple_tag(receipts.hint, name="receipt_hint")


@register.simple_tag
def receipt_limit() -> SafeString:
    """Return what makes the field of a receipt say that a file is too large before it is sent."""
    return format_html('data-most-bytes="{}" data-most-said="{}"', receipts.LARGEST_FILE, receipts.too_large())


@register.simple_tag
def source_url(source: Mapping[str, Any], can: Mapping[str, bool]) -> str:
    """Return where what wrote an entry stands, or nothing if the viewer cannot open it."""
    if not can.get(_OPENS.get(source["kind"], "")):
        return ""
    try:
        return reverse(f"{source['kind']}:detail", args=[source["id"]])
    except NoReverseMatch:
        return ""


@register.simple_tag
def ledger_filters(asked: QueryDict, entries: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a ledger was narrowed to, in words, in the order of a sentence; `off` is what to ask for without."""
    said = {name: values for name, values in asked.lists() if name in _SAID}
    first = next(iter(entries["results"]), None)
    # without the kind, rows of a session, a hire and an expense may share the id
    if {"source", "source_id"} <= said.keys() and first:
        said["source_id"] = [first["source"]["title"]]
    return [
        {"text": _SAID[name](said[name]), "off": _without(asked, name)}
        for name in _SAID
        # an id says nothing without its kind, and with it all that the kind does
        if name in said and not (name == "source" and "source_id" in said)
    ]


def _without(asked: QueryDict, name: str) -> str:
    """Return the query without one filter, from its first page."""
    rest = asked.copy()
    for gone in {"page", name, *(("source",) if name == "source_id" else ())}:
        rest.pop(gone, None)
    return f"?{rest.urlencode()}"


def _kinds(values: Sequence[str]) -> str:
    return _(" or ").join(words.word(value, "BudgetEntry.kind") for value in values)


def _account(values: Sequence[str]) -> str:
    number = int(Decimal(values[-1]))
    return _("on %(account)s") % {"account": f"{number} {chart.title_of(number)}"}


def _head(values: Sequence[str]) -> str:
    number = int(Decimal(values[-1]))
    return _("%(on)s and all below it") % {"on": _account(values)} if number in chart.HEADS else _account(values)


def _until(values: Sequence[str]) -> str:
    text = values[-1]
    if len(text) == len("2026-11-03"):
        return _("until the end of %(day)s") % {"day": moments.day(text)}
    return _("until %(moment)s") % {"moment": moments.when(text)}


# what each filter is called in a sentence: "Committed on 300 Studio, with all accounts below it"
_SOURCES = {"session": _lazy("by sessions"), "engagement": _lazy("by hires"), "expense": _lazy("by expenses")}
_SAID: dict[str, Callable[[Sequence[str]], str]] = {
    "kind": _kinds,
    "account": _account,
    "head": _head,
    "source": lambda values: str(_SOURCES.get(values[-1], values[-1])),
    "source_id": lambda values: _("by “%(title)s”") % {"title": values[-1]},
    "since": lambda values: _("after entry %(number)s") % {"number": values[-1]},
    "as_of": _until,
}


@register.simple_tag
def spend_chart(history: Mapping[str, Any], deadline: str | None = None) -> SafeString:
    """Return committed and actual over time against what is approved. Nothing while nothing is written.

    While the deadline lies ahead, the time until then is shown, empty.
    """
    points = history["results"]
    due = dt.date.fromisoformat(deadline) if deadline else None
    return _Chart(points, dt.date.fromisoformat(history["until"]), due).draw() if points else SafeString("")


class _Chart:
    """Steps in an SVG whose width is the page's: the plot stretches, its words and dots do not."""

    LEFT, WIDTH, TOP, HEIGHT = 13, 85, 16, 172  # the plot: percent across, pixels down
    SHORTEST = dt.timedelta(days=14)  # a ledger of one day is no spike, and its dates differ
    MOST_AHEAD = 3  # times as much of the future as of the past
    NAMES = ("approved", "committed", "actual")

    def __init__(self, points: Sequence[Mapping[str, Any]], until: dt.date, due: dt.date | None) -> None:
        self.days = [dt.date.fromisoformat(point["on"]) for point in points]
        self.sums = {name: [drawings.amount_of(point[name]) for point in points] for name in self.NAMES}
        self.currency = points[0]["committed"]["currency"]
        self.until = max(until, self.days[-1])
        self.first = self.days[0] - dt.timedelta(days=1)  # the line rises from nothing, in sight
        past = max(self.until - self.first, self.SHORTEST)
        ahead = min(due or self.until, self.until + self.MOST_AHEAD * past)
        self.last = max(self.until, ahead, self.first + self.SHORTEST)
        self.most = _nice(max(value for sums in self.sums.values() for value in sums))

    def draw(self) -> SafeString:
        return format_html(
            '<svg class="pd-plot" role="img" aria-label="{}" width="100%" height="216">{}{}'
            '<svg x="{}%" y="{}" width="{}%" height="{}" viewBox="0 0 100 100" preserveAspectRatio="none">{}</svg>{}'
            "</svg>",
            self._spoken(),
            self._grid(),
            self._now(),
            *(self.LEFT, self.TOP, self.WIDTH, self.HEIGHT),
            self._lines(),
            self._dots(),
        )

    def _lines(self) -> SafeString:
        approved, committed, actual = (self._steps(self.sums[name]) for name in self.NAMES)
        return format_html(
            '<path class="pd-plot-area" d="{0}V100H0Z"/><path class="pd-plot-plan" d="{1}"/>'
            '<path class="pd-plot-commit" d="{2}"/><path class="pd-plot-actual" d="{0}"/>',
            actual,
            self._plan(approved) if any(self.sums["approved"]) else "",
            committed,
        )

    def _plan(self, steps: str) -> str:
        """Return the line of what is approved, which stands from its first day on: it does not rise from nothing."""
        return f"M{self._x(self.days[0]):.2f} {steps.partition('V')[2]}"

    def _steps(self, sums: Sequence[Decimal]) -> str:
        steps = (f"H{self._x(day):.2f}V{self._y(value):.2f}" for day, value in zip(self.days, sums, strict=True))
        return f"M0 {self._y(Decimal(0)):.2f}{''.join(steps)}H{self._x(self.until):.2f}"

    def _x(self, day: dt.date) -> float:
        return (day - self.first).days / (self.last - self.first).days * 100

    def _y(self, value: Decimal) -> float:
        return float(100 - value / self.most * 100)

    def _across(self, day: dt.date) -> str:
        return f"{self.LEFT + self.WIDTH * self._x(day) / 100:.2f}"

    def _now(self) -> SafeString:
        """Return the line of the last day that is told of, where there is time ahead of it."""
        if self.until == self.last:
            return SafeString("")
        x = self._across(self.until)
        return format_html(
            '<line class="pd-plot-now" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"/>', x, self.TOP, self.TOP + self.HEIGHT
        )

    def _dots(self) -> SafeString:
        """Return a dot where each line stands now: what a line of one day could not show."""
        ends = [(name, self.TOP + self.HEIGHT * self._y(self.sums[name][-1]) / 100) for name in ("committed", "actual")]
        dots = (("commit" if name == "committed" else name, self._across(self.until), f"{y:.1f}") for name, y in ends)
        return format_html_join("", '<circle class="pd-plot-dot pd-plot-dot--{}" cx="{}%" cy="{}" r="4"/>', dots)

    def _grid(self) -> SafeString:
        rows = []
        for step in range(STEPS + 1):
            y = self.TOP + self.HEIGHT - self.HEIGHT * step / STEPS
            rows.append(
                (self.LEFT, self.LEFT + self.WIDTH, f"{y:.0f}", self.LEFT - 1.5, f"{y + 4:.0f}", self._short(step))
            )
        lines = format_html_join(
            "",
            '<line class="pd-plot-grid" x1="{0}%" x2="{1}%" y1="{2}" y2="{2}"/>'
            '<text class="pd-plot-t" x="{3}%" y="{4}" text-anchor="end">{5}</text>',
            rows,
        )
        texts = format_html_join(
            "",
            '<text class="pd-plot-t" x="{}%" y="210" text-anchor="{}">{}</text>',
            ((self._across(day), anchor, _short_day(day)) for anchor, day in self._marks()),
        )
        return format_html("{}{}", lines, texts)

    def _marks(self) -> list[tuple[str, dt.date]]:
        """Return the days that are named below: both ends, and the last day told of, or the middle."""
        at = self._x(self.until)
        between = self.until if 20 <= at <= 80 else self.first + (self.last - self.first) / 2
        return [("start", self.first), ("middle", between), ("end", self.last)]

    def _short(self, step: int) -> str:
        locale = to_locale(get_language() or "en")
        digits = 1 if self.most / STEPS % 1000 else 0
        return format_compact_currency(self.most * step / STEPS, self.currency, locale=locale, fraction_digits=digits)

    def _spoken(self) -> str:
        words = {
            name: money_text({"amount": str(sums[-1]), "currency": self.currency}) for name, sums in self.sums.items()
        }
        return _("Committed %(committed)s and spent %(actual)s of %(approved)s approved") % words


def _short_day(day: dt.date) -> str:
    return moments.part(day.isoformat(), "j M")


def _nice(most: Decimal) -> Decimal:
    """Return a round number at or above this one, for the top of the grid."""
    if most <= 0:
        return Decimal(1)
    power = Decimal(10) ** (most.adjusted())
    return next(Decimal(step) * power for step in _NICE if Decimal(step) * power >= most)
