"""A budget as a table of text, for spreadsheets. Nothing here knows the database."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from producerdesk.kit.text import guarded

HEADER = (
    *("level", "account", "title", "note", "unit", "quantity", "rate"),
    *("planned", "approved", "committed", "actual", "forecast", "left", "currency"),
)
SUMS = ("planned", "approved", "committed", "actual", "forecast", "left")


def write(summary: Mapping[str, Any], lines: Iterable[Mapping[str, Any]]) -> str:
    """Return a budget as CSV: the total, each head, its accounts, their lines; `level` says which a row is.

    Sums are plain numbers, as many decimals as the currency has; nothing is left of no plan. A line may not know its
    rate (that of a past day). Text is never a formula.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(HEADER)
    currency = summary["currency"]
    by_account: dict[int, list[Mapping[str, Any]]] = {}
    for line in lines:
        by_account.setdefault(line["account"], []).append(line)
    for head in summary["heads"]:
        writer.writerow(_figures("head", head, currency))
        for account in head["accounts"]:
            writer.writerow(_figures("account", account, currency))
            writer.writerows(_line(line, currency) for line in by_account.pop(account["account"], ()))
    for account_lines in by_account.values():  # lines at nought, of accounts without a figure
        writer.writerows(_line(line, currency) for line in account_lines)
    writer.writerow(_figures("total", summary["total"] | {"account": "", "title": ""}, currency))
    return out.getvalue()


def _figures(level: str, row: Mapping[str, Any], currency: str) -> list[Any]:
    sums = [row[name]["amount"] if row[name] else "" for name in SUMS]
    return [level, row["account"], guarded(row["title"]), "", "", "", "", *sums, currency]


def _line(line: Mapping[str, Any], currency: str) -> list[Any]:
    said = [line["account"], guarded(line["account_title"]), guarded(line["note"]), line["unit"], line["quantity"]]
    rate = line["rate"]["amount"] if line["rate"] else ""
    return ["line", *said, rate, line["planned"]["amount"], "", "", "", "", "", currency]
