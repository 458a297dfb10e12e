"""The chart of what was approved, committed and spent: right for a ledger of a day and for one of months."""

import re
from typing import Any

from budgets.templatetags.figures import spend_chart


def eur(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def history(until: str, *points: tuple[str, str, str, str]) -> dict[str, Any]:
    """Return a history of days, each with what was approved, committed and actual."""
    names = ("approved", "committed", "actual")
    rows = [{"on": on} | {name: eur(sum_) for name, sum_ in zip(names, sums, strict=True)} for on, *sums in points]
    return {"until": until, "results": rows}


def dates(chart: str) -> list[str]:
    return re.findall(r">([^<]+)</text>", chart)[-3:]


def reach(chart: str, name: str) -> float:
    """Return how far across its plot a line goes, in percent."""
    found = re.search(rf'class="pd-plot-{name}" d="[^"]*H([\d.]+)(?:V100H0Z)?"', chart)
    assert found
    return float(found[1])


def test_a_ledger_of_one_day_is_no_spike_and_its_dates_differ() -> None:
    chart = spend_chart(history("2026-11-21", ("2026-11-21", "13360", "5147.58", "1703.58")))
    assert dates(chart) == ["20 Nov", "27 Nov", "4 Dec"]
    assert reach(chart, "commit") < 10
    assert chart.count("<circle") == 2, "dots stand where lines of a day cannot be seen"


def test_lines_end_today_and_the_time_until_the_deadline_is_empty() -> None:
    days = [(f"2026-11-{day:02}", "1000", str(day * 10), str(day)) for day in range(1, 21)]
    chart = spend_chart(history("2026-11-21", *days), "2026-12-11")
    assert dates(chart) == ["31 Oct", "21 Nov", "11 Dec"]
    assert 50 < reach(chart, "commit") < 53
    assert "pd-plot-now" in chart


def test_a_deadline_far_away_or_past_does_not_press_the_past_together() -> None:
    days = (("2026-11-01", "1000", "10", "0"), ("2026-11-20", "1000", "900", "0"))
    assert reach(spend_chart(history("2026-11-21", *days), "2029-01-01"), "commit") == 25
    for deadline in ("2026-11-02", None):
        chart = spend_chart(history("2026-11-21", *days), deadline)
        assert reach(chart, "commit") == 100 and "pd-plot-now" not in chart


def test_what_is_approved_is_a_line_in_steps_and_none_without_a_plan() -> None:
    days = (("2026-11-01", "1000", "10", "0"), ("2026-11-11", "2000", "10", "0"))
    plan = re.search(r'class="pd-plot-plan" d="([^"]*)"', spend_chart(history("2026-11-21", *days)))
    assert plan and plan[1].count("V") == 1
    none = (("2026-11-01", "0", "10", "0"),)
    assert 'class="pd-plot-plan" d=""' in spend_chart(history("2026-11-21", *none))


def test_nothing_written_draws_nothing() -> None:
    assert spend_chart(history("2026-11-21")) == ""
