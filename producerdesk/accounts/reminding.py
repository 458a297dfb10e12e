"""When a desk reminds: which of its offsets hold for whom, and whether quiet hours make sense.

A rule is for a kind of session, for people called as something, or for both; "engineer" also means who is called as
"Tracking engineer". The closest rule counts: kind and role before a role, a role before a kind, and of several roles
the longest, as it says most. Who falls under no rule is reminded as the desk reminds everybody.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from producerdesk.accounts.models import Desk

RULES_AT_MOST = 30


class _Kinds:
    """The kinds of sessions, for a form's choices. The app that knows them says so when it is ready."""

    def __init__(self) -> None:
        self.known: list[tuple[str, Any]] = []

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return iter(self.known)


KINDS = _Kinds()


def register_kinds(choices: list[tuple[str, Any]]) -> None:
    """Say which kinds of sessions there are. Called from an `AppConfig.ready`."""
    KINDS.known = choices


def offsets_of(desk: Desk, kind: str, role: str) -> list[int]:
    """Return when this desk reminds somebody called as `role` to a session of this kind, the earliest first."""
    fitting = [rule for rule in desk.reminder_rules if _fits(rule, kind, role)]
    closest = max(fitting, key=lambda rule: (bool(rule["role"]), bool(rule["kind"]), len(rule["role"])), default=None)
    return sorted(set(closest["offsets"] if closest else desk.reminder_offsets), reverse=True)


def check_quiet(said: Mapping[str, Any], now: Any) -> None:
    """Refuse quiet hours that have one end, or no length. `now` is the row as it stands, if there is one."""
    begins, ends = (said.get(name, getattr(now, name, None)) for name in ("quiet_from", "quiet_until"))
    if begins is None and ends is None:
        return
    missing = "quiet_from" if begins is None else "quiet_until"
    if begins is None or ends is None:
        raise serializers.ValidationError({missing: _("Give both times, or neither.")})
    if begins == ends:
        raise serializers.ValidationError({"quiet_until": _("This is when the quiet begins.")})


def _fits(rule: Mapping[str, Any], kind: str, role: str) -> bool:
    return rule["kind"] in ("", kind) and rule["role"].casefold() in role.casefold()
