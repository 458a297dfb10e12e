"""Whether a ledger is as it was written."""

from budgets.models import NO_HASH, Budget


def chain_break(budget: Budget) -> int | None:
    """Return the `seq` of the first entry that does not follow from the one before it, or None for a sound ledger."""
    expected_hash, expected_seq = NO_HASH, 1
    for entry in budget.entries.order_by("seq").iterator():
        if (entry.seq, entry.prev_hash) != (expected_seq, expected_hash):
            return entry.seq
        expected_hash, expected_seq = entry.digest(), entry.seq + 1
    standing = Budget.objects.get(pk=budget.pk)
    return None if (standing.last_seq + 1, standing.last_hash) == (expected_seq, expected_hash) else expected_seq
