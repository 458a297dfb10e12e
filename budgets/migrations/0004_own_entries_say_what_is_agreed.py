"""What a source has written itself adds up to what is agreed with it now; until here it kept what expenses had paid.

Who ended a hire, or cancelled or wrapped a session, of which an expense had paid a part, left that part as agreed: taking
the expense back opened it again. Nothing is rewritten. Entries are appended that give back what is not agreed any more,
and with it what was used of that; of a session that cost something the same sum is counted as spent by the session, and
used of that. So no figure moves, unless the expense was taken back already: then what stood open again is released.

A session that was cancelled and has spent nothing itself was free, as far as the ledger tells.
"""

import hashlib
import json
from datetime import UTC

from django.db import migrations
from django.utils import timezone


def bring_up_to_date(apps, schema_editor):
    Entry, Budget = apps.get_model("budgets", "BudgetEntry"), apps.get_model("budgets", "Budget")
    states = {
        "engagement": apps.get_model("contributors", "Engagement"),
        "session": apps.get_model("studio_sessions", "StudioSession"),
    }
    used = Entry.objects.filter(used_by__isnull=False).order_by()
    for budget, kind, source in used.values_list("budget", "source_kind", "source_id").distinct():
        state = states[kind].objects.filter(pk=source).values_list("state", flat=True).first() if kind in states else None
        if state != "confirmed":
            own = list(Entry.objects.filter(budget=budget, source_kind=kind, source_id=source).order_by("seq"))
            _append(Entry, Budget.objects.get(pk=budget), list(_corrections(own, state)), own[-1])


def _corrections(entries, state):
    """Yield (kind, key, amount, foreign, used_by, label) for a source with which nothing is agreed any more."""
    opened, spent, labels = {}, {}, {}
    for entry in entries:
        key = (entry.account, entry.part, entry.foreign_currency)
        labels[key] = entry.label
        of = (spent if entry.kind == "actual" else opened).setdefault(key, {})
        own, foreign = of.get(entry.used_by, (0, 0))
        of[entry.used_by] = (own + entry.amount_minor, foreign + (entry.foreign_minor or 0))
    for key, sums in opened.items():
        own, foreign = sums.pop(None, (0, 0))
        uses = {expense: found for expense, found in sums.items() if any(found)}
        if own or foreign:
            yield "release", key, -own, -foreign, None, labels[key]
        for expense, (taken, taken_foreign) in uses.items():
            yield "commit", key, -taken, -taken_foreign, expense, labels[key]
        if uses and (state == "wrapped" or spent.get(key, {}).get(None, (0, 0))[0] > 0):
            paid, paid_foreign = (sum(found[place] for found in uses.values()) for place in (0, 1))
            yield "actual", key, -paid, -paid_foreign, None, labels[key]
            for expense, (taken, taken_foreign) in uses.items():
                yield "actual", key, taken, taken_foreign, expense, labels[key]


def _append(Entry, budget, corrections, like):
    for kind, (account, part, currency), own, foreign, used_by, label in corrections:
        entry = Entry(
            budget=budget,
            seq=budget.last_seq + 1,
            at=timezone.now(),
            account=account,
            kind=kind,
            amount_minor=own,
            foreign_minor=foreign if currency else None,
            foreign_currency=currency,
            source_kind=like.source_kind,
            source_id=like.source_id,
            source_title=like.source_title,
            part=part,
            label=label,
            used_by=used_by,
            prev_hash=budget.last_hash,
        )
        entry.save(force_insert=True)
        budget.last_seq, budget.last_hash = entry.seq, _digest(entry)
    if corrections:
        type(budget).objects.filter(pk=budget.pk).update(last_seq=budget.last_seq, last_hash=budget.last_hash)


def _digest(entry):
    """As BudgetEntry.digest has it."""
    said = [
        *(entry.budget_id, entry.seq, entry.at.astimezone(UTC).isoformat(), entry.by_id, entry.account, entry.kind),
        *(entry.amount_minor, entry.foreign_minor, entry.foreign_currency, None),
        *(entry.source_kind, entry.source_id, entry.part, entry.label, entry.source_title, entry.prev_hash),
    ]
    if entry.used_by is not None:
        said.append(entry.used_by)
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


class Migration(migrations.Migration):
    dependencies = [
        ("budgets", "0003_approve_plans"),
        ("contributors", "0002_engagement_steps"),
        ("studio_sessions", "0006_add_take_log"),
    ]

    operations = [migrations.RunPython(bring_up_to_date, migrations.RunPython.noop)]
