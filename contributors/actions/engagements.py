"""Every way a hire changes. `contributors/hiring.py` says which move is legal from where."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets import actions as budgets
from budgets import chart
from budgets.actions import Line, Source
from budgets.models import BudgetEntry
from contributors.hiring import ARRIVE, LEGAL, State
from contributors.models import Contributor, Engagement, EngagementFee, EngagementStep, FeeUnit
from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.kit.models import bump
from producerdesk.kit.money import LARGEST, Money
from projects.activity import note
from projects.models import Project, Song

SOURCE = "engagement"  # the ledger's word for what we write
COMMITTED_AT_ONCE = (FeeUnit.SONG, FeeUnit.FLAT)
_KEPT = object()  # nothing was said of it

Fee = dict[str, Any] | None  # {"unit", "amount"}
TermsHook = Callable[..., None]  # of project, contributor_id, by
_terms_hooks: list[TermsHook] = []


def on_new_terms(hook: TermsHook) -> None:
    """Call this when what is agreed with a person on a project changes, in that transaction and with the budget locked.

    Registered from an `AppConfig.ready`.
    """
    _terms_hooks.append(hook)


@transaction.atomic
def create_engagement(
    *,
    project: Project,
    by: int | None,
    contributor: Contributor | None = None,
    state: str = "",
    songs: list[Song] | None = None,
    fee: Fee = None,
    account: int | None = None,
    **said: Any,
) -> Engagement:
    """Return a new role: nobody yet, or with somebody with whom it is already that far. `by` is a user's id.

    Where nobody says how far it is, a person who is named is looked at, and promised nothing yet.
    """
    state = state or (State.AUDITIONING if contributor else State.NEEDED)
    if contributor and state == State.NEEDED:
        raise Refused({"state": _("Needed means that nobody is found yet. With a person choose how far it is.")})
    engagement = Engagement(project=project, **said)
    engagement.full_clean()
    engagement.save()
    _set_songs(engagement, songs or [])
    _set_fee(engagement, fee, account)
    note(project, "hire", "opened", by=by, about=engagement, title=_role_of(engagement))
    if state == State.NEEDED:
        _note(engagement, by)
    else:
        _go(engagement, ARRIVE[State(state)], contributor, by)
    return engagement


@transaction.atomic
def update_engagement(
    *,
    engagement: Engagement,
    expected: int,
    by: int | None,
    songs: list[Song] | None = None,
    fee: Any = _KEPT,
    account: Any = _KEPT,
    **said: Any,
) -> Engagement:
    """Change what was said; what a confirmed hire has committed follows. Raises Stale when somebody was faster."""
    bump(engagement, expected)
    stood = _as_it_stands(engagement)
    before = _terms(engagement)
    for name, value in said.items():
        setattr(engagement, name, value)
    engagement.full_clean()
    engagement.save(update_fields=[*said, "updated_at"])
    if songs is not None:
        _set_songs(engagement, songs)
    if fee is not _KEPT or account is not _KEPT:
        standing = _fee_of(engagement)
        kept = standing.account if standing else None
        _set_fee(engagement, _as_said(standing) if fee is _KEPT else fee, kept if account is _KEPT else account)
    if engagement.state == State.CONFIRMED:
        _commit(engagement, by)
        if _terms(engagement) != before:
            _tell_new_terms(engagement, by)
    if _as_it_stands(engagement) != stood:
        note(engagement.project, "hire", "changed", by=by, about=engagement, title=_role_of(engagement))
    return engagement


@transaction.atomic
def move(*, engagement: Engagement, name: str, by: int | None, contributor: Contributor | None = None) -> Engagement:
    """Move the engagement by one of the legal actions. Raises Conflict where it is not legal from here."""
    bump(engagement)
    if engagement.state not in LEGAL[name].sources:
        raise Conflict(_not_from_here(engagement, name))
    _go(engagement, name, contributor, by)
    return engagement


@transaction.atomic
def delete_engagement(*, engagement: Engagement, by: int | None = None) -> None:
    """Delete a role that nobody was confirmed for."""
    bump(engagement)
    if BudgetEntry.objects.of_source(SOURCE, engagement.pk).exists():
        raise Conflict(_("The budget tells of this hire. End it instead; then it stays in the books."))
    note(engagement.project, "hire", "removed", by=by, title=_role_of(engagement))
    engagement.delete()


def _go(engagement: Engagement, name: str, contributor: Contributor | None, by: int | None) -> None:
    was, before, engagement.state = engagement.state, engagement.contributor, LEGAL[name].to
    if contributor:
        engagement.contributor = _hireable(engagement, contributor)
    if engagement.state == State.NEEDED:
        engagement.contributor = None
    if engagement.contributor is None and engagement.state in (State.OFFERED, State.CONFIRMED, State.DECLINED):
        raise Refused({"contributor": _("Choose the person first.")})
    engagement.full_clean()
    engagement.save(update_fields=["state", "contributor", "updated_at"])
    if (was, before) != (engagement.state, engagement.contributor):
        _note(engagement, by)
    if State.CONFIRMED in (was, engagement.state):
        _commit(engagement, by)
        # what ends keeps its terms for what was booked by them
        if engagement.state != State.ENDED:
            _tell_new_terms(engagement, by)
    person = engagement.contributor
    facts = {"person": person.name if person else None}
    note(engagement.project, "hire", name, by=by, about=engagement, title=_role_of(engagement), **facts)


def _as_it_stands(engagement: Engagement) -> tuple:
    """Return what a form of it says, to tell a change from a form saved as it was."""
    own = (engagement.role, engagement.part, engagement.needed_by, engagement.notes)
    fee = _fee_of(engagement)
    paid = (fee.unit, fee.amount, fee.account) if fee else None
    return own, paid, set(engagement.songs.values_list("pk", flat=True))


def _role_of(engagement: Engagement) -> str:
    return f"{engagement.role}, {engagement.part}" if engagement.part else engagement.role


def _note(engagement: Engagement, by: int | None) -> None:
    EngagementStep.objects.create(
        engagement=engagement, state=engagement.state, contributor=engagement.contributor, at=clock.now(), by_id=by
    )


def _hireable(engagement: Engagement, person: Contributor) -> Contributor:
    if person.desk_id != engagement.project.desk_id:
        raise Refused({"contributor": _("%(name)s is in the network of another desk.") % {"name": person.name}})
    if not person.active:
        raise Refused({"contributor": _("%(name)s is archived. Bring the person back first.") % {"name": person.name}})
    return person


def _not_from_here(engagement: Engagement, name: str) -> str:
    if engagement.state == LEGAL[name].to:
        return _("“%(what)s” is %(state)s already.") % _named(engagement)
    if engagement.state == State.CONFIRMED:
        return _("“%(what)s” is confirmed. End it, or say that the person declined after all.") % _named(engagement)
    if engagement.state == State.NEEDED:
        return _("Nobody was asked for “%(what)s” yet.") % _named(engagement)
    return _("“%(what)s” is %(state)s. Reopen it first.") % _named(engagement)


def _named(engagement: Engagement) -> dict[str, str]:
    return {"what": str(engagement), "state": str(engagement.get_state_display()).lower()}


def _set_songs(engagement: Engagement, songs: list[Song]) -> None:
    strange = [song for song in songs if song.project_id != engagement.project_id]
    if strange:
        raise Refused({"songs": _("“%(title)s” is a song of another project.") % {"title": strange[0].title}})
    engagement.songs.set(songs)


# --- money --------------------------------------------------------------------------------------------


def _terms(engagement: Engagement) -> tuple:
    """Return what sessions are priced by."""
    fee = _fee_of(engagement)
    return engagement.role, fee and (fee.unit, fee.amount_minor, fee.currency, fee.account)


def _tell_new_terms(engagement: Engagement, by: int | None) -> None:
    for hook in _terms_hooks:
        hook(project=engagement.project, contributor_id=engagement.contributor_id, by=by)


def _fee_of(engagement: Engagement) -> EngagementFee | None:
    return EngagementFee.objects.filter(engagement=engagement).first()


def _as_said(fee: EngagementFee | None) -> Fee:
    return {"unit": fee.unit, "amount": fee.amount} if fee else None


def _set_fee(engagement: Engagement, said: Fee, account: int | None) -> None:
    """Write the fee. Without an account the role decides which line of the budget pays."""
    if said is None:
        EngagementFee.objects.filter(engagement=engagement).delete()
        return
    fee = _fee_of(engagement) or EngagementFee(engagement=engagement)
    fee.unit, amount = said["unit"], said["amount"]
    fee.amount_minor, fee.currency = amount.minor, amount.currency
    fee.account = account or chart.account_of_role(f"{engagement.role} {engagement.part}")
    fee.full_clean(validate_unique=False)
    fee.save()


def _commit(engagement: Engagement, by: int | None) -> None:
    """Bring what the budget holds for this hire to what is agreed now."""
    budgets.commit(
        project=engagement.project,
        source=Source(SOURCE, engagement.pk, str(engagement)),
        lines=_lines(engagement),
        by=by,
    )


def _lines(engagement: Engagement) -> list[Line]:
    fee = _fee_of(engagement)
    if engagement.state != State.CONFIRMED or fee is None or fee.unit not in COMMITTED_AT_ONCE:
        return []
    songs = engagement.songs.count() if fee.unit == FeeUnit.SONG else 1
    if fee.amount_minor * songs > LARGEST:
        raise Refused({"fee": _("This amount is too large.")})
    label = engagement.role
    if fee.unit == FeeUnit.SONG:
        label += ", " + ngettext("%(number)d song", "%(number)d songs", songs) % {"number": songs}
    return [Line(fee.account, "fee", Money(fee.amount_minor * songs, fee.currency), label)]
