"""A person's own settings of what is told by mail and when: written, stopped with one press, and taken back."""

from typing import Any

from django.db import transaction

from producerdesk.accounts.models import User
from sessions import reminders
from sessions.models import NoticeSettings
from sessions.telling import Owner

SAID = (
    *("mail_invitations", "mail_reminders", "mail_call_sheets", "mail_answers"),
    *("own_offsets", "offsets", "own_quiet", "quiet_from", "quiet_until"),
)


@transaction.atomic
def set_notices(*, owner: Owner, **said: Any) -> NoticeSettings:
    """Change what was said, and plan what is to come by it. Sent mails stay sent; who says nothing new has no row."""
    mine = {"user": owner} if isinstance(owner, User) else {"contributor": owner}
    # two windows at once: the second waits, and changes what the first has left
    found = NoticeSettings.objects.select_for_update().filter(**mine).first()
    row = found or NoticeSettings(**mine)
    changed = [name for name, value in said.items() if getattr(row, name) != value]
    if not changed:
        return row
    if found is None:
        row, _made = NoticeSettings.objects.select_for_update().get_or_create(**mine)
    for name in changed:
        setattr(row, name, said[name])
    row.full_clean(exclude=["user", "contributor"])
    row.save(update_fields=[*changed, "updated_at"])
    calls = reminders.coming()
    whose = {"contributor__user": owner} if isinstance(owner, User) else {"contributor": owner}
    reminders.plan_again(list(calls.filter(**whose)))
    return row


def set_mailed(*, owner: Owner, topic: str, mailed: bool) -> NoticeSettings:
    """Stop the mails of one topic, or let them come again."""
    return set_notices(owner=owner, **{f"mail_{topic}": mailed})
