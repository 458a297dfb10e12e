"""Bringing the money of booked sessions to fees and rates that changed since.

No slot and no session changes here, so neither is locked: the budget is, and whoever books, moves or wraps prices under
that same lock.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from budgets import actions as budgets
from producerdesk.kit.errors import Conflict
from producerdesk.kit.viewer import Viewer
from projects.activity import note
from projects.models import Project
from sessions import pricing
from sessions.actions.standing import State, called, changing, commit_money, must_be_live, priced, source_of
from sessions.models import Call, StudioSession


@transaction.atomic
def reprice_session(*, viewer: Viewer, session: StudioSession) -> StudioSession:
    """Commit what the session costs by the fees and rates of today."""
    session = changing(session)
    must_be_live(session)
    if session.state == State.HOLD:
        raise Conflict(_("This is only a hold. It commits nothing before it is confirmed."))
    commit_money(session, called(session), viewer)
    note(session.project_id, "budget", "repriced", by=viewer, about=session, title=session.title)
    return session


def follow_terms(*, project: Project, contributor_id: int, by: int | None) -> None:
    """Commit this person's part of the project's booked sessions by what is agreed now. Wrapped ones stay as paid.

    Called in the transaction that changed the hire, with the project's budget locked: a session that is booked at the
    same moment either stands here already or is priced after us.
    """
    coming = Call.objects.filter(contributor=contributor_id, removed_at=None).exclude(answer=Call.Answer.DECLINED)
    found = StudioSession.objects.filter(project=project, state=State.CONFIRMED, pk__in=coming.values("session"))
    for session in found.select_related("project", "room__studio").order_by("pk"):
        budgets.commit(
            project=project,
            source=source_of(session),
            lines=priced(session, called(session)),
            by=by,
            parts=(pricing.person_part(contributor_id),),
        )


def is_outdated(session: StudioSession, lines: list[pricing.PriceLine]) -> bool:
    """Return whether a booked session has something else committed than it costs by today's fees and rates."""
    if session.state != State.CONFIRMED:
        return False
    return not budgets.agrees(project=session.project, source=source_of(session), lines=pricing.ledger_lines(lines))
