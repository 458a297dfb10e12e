"""Reading memberships and invitations: the one door to their rows."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Concat, Lower

from producerdesk.accounts.roles import PEOPLE_READ
from producerdesk.kit.viewer import Viewer
from producerdesk.notices.models import Delivery


class MembershipQuerySet(models.QuerySet):
    """Who may see a project."""

    def visible_to(self, viewer: Viewer) -> "MembershipQuerySet":
        """Return the members of the projects this viewer produces, and the viewer's own memberships."""
        produced = viewer.reach(PEOPLE_READ).q(project="project_id", desk="project__desk_id")
        own = Q(user_id=viewer.user_id) if viewer.user_id and viewer.scopes is None else Q(pk__in=())
        return self.filter(produced | own)


class InvitationQuerySet(models.QuerySet):
    """Invitations to projects and desks."""

    def visible_to(self, viewer: Viewer) -> "InvitationQuerySet":
        """Return the invitations to the projects and desks this viewer produces."""
        return self.filter(viewer.reach(PEOPLE_READ).q(project="project_id", desk="desk_id"))

    def open(self) -> "InvitationQuerySet":
        """Return what was neither accepted nor taken back. It may have run out."""
        return self.filter(accepted_at=None, revoked_at=None)

    def waiting_for(self, user_id: int, now: datetime) -> "InvitationQuerySet":
        """Return the open ones to an address that this user has proved, and that have not run out."""
        proved = EmailAddress.objects.filter(user_id=user_id, verified=True)
        return self.open().filter(expires_at__gt=now, email__in=proved.annotate(lower=Lower("email")).values("lower"))

    def with_mail(self) -> "InvitationQuerySet":
        """Add `mail_state` and `mail_reason`: how far the last mail of each has come."""
        ref = Concat(Value("invitation:"), Cast(OuterRef("pk"), models.CharField()))
        mail = Delivery.objects.filter(ref=ref, channel=Delivery.Channel.EMAIL).order_by("-generation")
        return self.annotate(
            mail_state=Subquery(mail.values("state")[:1]), mail_reason=Subquery(mail.values("reason")[:1])
        )
