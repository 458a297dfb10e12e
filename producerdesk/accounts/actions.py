"""Every way a desk, its staff and a person's own settings change."""

from collections.abc import Callable
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.roles import RIGHTS_OF, Role
from producerdesk.kit.errors import Conflict
from producerdesk.kit.models import bump

OffsetsHook = Callable[[Desk], Any]
_offsets_hooks: list[OffsetsHook] = []


def on_new_offsets(hook: OffsetsHook) -> None:
    """Call this when it changes when a desk reminds, in that transaction. Registered from an `AppConfig.ready`."""
    _offsets_hooks.append(hook)


def make_user(*, email: str, name: str, password: str | None = None, **fields: Any) -> User:
    """Return a new user whose e-mail needs no further proof (the demo's people, an operator's own account)."""
    user = User.objects.create_user(email, password, name=name, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def has_proved(user: User, email: str) -> bool:
    """Return whether this person has shown that mail to this address reaches her or him."""
    return EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists()


# --- oneself ----------------------------------------------------------------------------------------
@transaction.atomic
def update_profile(*, user: User, **said: Any) -> User:
    """Change name, time zone or keys."""
    _apply(user, said)
    return user


# --- the desk ---------------------------------------------------------------------------------------
@transaction.atomic
def update_desk(*, desk: Desk, expected: int, **said: Any) -> Desk:
    """Change what was said. Raises Stale when somebody changed it first."""
    bump(desk, expected)
    before = _reminding(desk)
    _apply(desk, said, "updated_at")
    if _reminding(desk) != before:
        for hook in _offsets_hooks:
            hook(desk)
    return desk


@transaction.atomic
def add_staff(*, desk: Desk, user: User, role: str) -> DeskStaff:
    """Let a person work at a desk. Who works there already keeps the greater role."""
    row, made = DeskStaff.objects.get_or_create(desk=desk, user=user, defaults={"role": role})
    if not made and raises(row.role, role):
        row.role = role
        row.save(update_fields=["role"])
    return row


@transaction.atomic
def set_staff_role(*, row: DeskStaff, role: str) -> DeskStaff:
    """Give somebody at a desk another role. The last owner stays owner."""
    _lock(row.desk)
    if role != Role.OWNER:
        _keep_an_owner(row)
    _apply(row, {"role": role})
    return row


@transaction.atomic
def remove_staff(*, row: DeskStaff) -> None:
    """End somebody's work at a desk. The last owner cannot leave."""
    _lock(row.desk)
    _keep_an_owner(row)
    row.delete()


def raises(present: str, offered: str) -> bool:
    """Return whether the offered role gives what the present one does not, or is another of the same reach."""
    return not RIGHTS_OF[offered] < RIGHTS_OF[present] and offered != present


def _reminding(desk: Desk) -> tuple[Any, ...]:
    return desk.reminder_offsets, desk.reminder_rules, desk.quiet_from, desk.quiet_until


def _lock(desk: Desk) -> None:
    # two owners who leave at once must not both find the other there
    Desk.objects.filter(pk=desk.pk).update(name=F("name"))


def _keep_an_owner(row: DeskStaff) -> None:
    owners = DeskStaff.objects.filter(desk=row.desk_id, role=Role.OWNER)
    if owners.filter(pk=row.pk).exists() and not owners.exclude(pk=row.pk).exists():
        raise Conflict(_("A desk needs an owner. Make somebody else one first."))


def _apply(row: Any, said: dict[str, Any], *touched: str) -> None:
    for name, value in said.items():
        setattr(row, name, value)
    row.full_clean()
    row.save(update_fields=[*said, *touched])
