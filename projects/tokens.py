"""Every way an API token is made and ended."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import ApiToken, User
from producerdesk.accounts.roles import RIGHTS
from producerdesk.kit.errors import Refused
from producerdesk.kit.text import one_line
from projects.models import Project, TokenProject

LONGEST_DAYS = 3650


@transaction.atomic
def make_token(
    *, owner: User, name: str, scopes: Sequence[str], project_ids: Iterable[int] = (), days: int
) -> tuple[ApiToken, str]:
    """Return a new token and its secret, which nobody can read again.

    Its right is its scopes, on its projects if any are chosen, and never more than the owner has when it is used.
    """
    unknown = sorted(set(scopes) - set(RIGHTS))
    if unknown or not scopes:
        text = _("Choose among %(rights)s.") % {"rights": ", ".join(RIGHTS)}
        raise Refused({"scopes": text})
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused({"days": _("Give a number from 1 to %(most)d.") % {"most": LONGEST_DAYS}})
    if not one_line(name):
        raise Refused({"name": _("Say what it is for.")})
    wanted = set(project_ids)
    projects = Project.objects.visible_to(viewer_of_user(owner)).filter(pk__in=wanted)
    if missing := wanted - {project.pk for project in projects}:
        raise Refused({"projects": _("There is no project %(id)s that this person sees.") % {"id": min(missing)}})
    token, secret = ApiToken.objects.create(
        owner, expiry=timedelta(days=days), name=one_line(name)[:80], scopes=sorted(set(scopes)), limited=bool(wanted)
    )
    TokenProject.objects.bulk_create(TokenProject(token=token, project=project) for project in projects)
    return token, secret


@transaction.atomic
def end_tokens(found: QuerySet[ApiToken]) -> None:
    """End these tokens: the next request with one of them is nobody's."""
    found.delete()
