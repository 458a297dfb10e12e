"""Reading deliveries, the bell and the outbox: the one door to their rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from producerdesk.accounts.roles import SCHEDULE_WRITE
from producerdesk.kit.viewer import Viewer


class DeliveryQuerySet(models.QuerySet):
    """Deliveries."""

    def visible_to(self, viewer: Viewer) -> "DeliveryQuerySet":
        """Return the deliveries of the desks whose staff this viewer is, and those about projects the viewer plans."""
        reach = viewer.reach(SCHEDULE_WRITE)
        found = self.filter(reach.q(project="project_id", desk="desk_id"))
        if reach.project_ids and reach.limit is None:
            # says nothing new, but that the index by desk can be used
            found = found.filter(desk_id__in=viewer.reach_desks(SCHEDULE_WRITE))
        return found

    def about(self, refs: Iterable[str]) -> "DeliveryQuerySet":
        """Return what is or was to be sent about these things. For pages whose things were found by `visible_to`."""
        return self.filter(ref__in=list(refs))

    def pending(self, channel: str, *, now: datetime) -> "DeliveryQuerySet":
        """Return what is due on this channel and nobody has claimed, the oldest first."""
        return self.leading().filter(state="pending", channel=channel, try_at__lte=now).order_by("try_at", "pk")

    def leading(self) -> "DeliveryQuerySet":
        """Leave out what goes along with another row of its bundle: one that is open and was planned before it."""
        before = self.model._default_manager.filter(
            bundle=OuterRef("bundle"), state__in=("pending", "claimed", "sending"), pk__lt=OuterRef("pk")
        ).exclude(bundle="")
        return self.filter(Q(bundle="") | ~Exists(before))

    def along_with(self, row: Any, *, now: datetime) -> "DeliveryQuerySet":
        """Return the other rows of a bundle that nobody has in hand."""
        free = Q(state="pending") | Q(state__in=("claimed", "sending"), lease_until__lt=now)
        return self.filter(free, bundle=row.bundle).exclude(pk=row.pk).order_by("pk")

    def left_behind(self, channel: str, *, now: datetime) -> "DeliveryQuerySet":
        """Return what a dispatcher claimed and did not finish in its time: it is dead, or as good as."""
        return (
            self.leading()
            .filter(state__in=("claimed", "sending"), channel=channel, lease_until__lt=now)
            .order_by("lease_until", "pk")
        )

    def waiting_since(self, moment: datetime) -> "DeliveryQuerySet":
        """Return what should have left by then and did not."""
        # channel and the two halves of the state are spelt out for the partial indexes
        return self.filter(
            Q(state="pending") | Q(state__in=("claimed", "sending")), channel__in=("email", "bell"), try_at__lt=moment
        )


class NoticeQuerySet(models.QuerySet):
    """Lines under the bell."""

    def visible_to(self, viewer: Viewer) -> "NoticeQuerySet":
        """Return the viewer's own notices. A token does not read them: they are for the person."""
        if viewer.user_id is None or viewer.scopes is not None:
            return self.none()
        return self.filter(user_id=viewer.user_id)

    def unread(self) -> "NoticeQuerySet":
        """Return what has not been read."""
        return self.filter(read_at=None)


class OutboxQuerySet(models.QuerySet):
    """Mails of desks without a mail server."""

    def visible_to(self, viewer: Viewer) -> "OutboxQuerySet":
        """Return the mails of the desks whose staff this viewer is.

        They are read whole, with links that open all that a person has at the desk: no role on one project opens them.
        """
        return self.filter(viewer.reach(SCHEDULE_WRITE).desk_q("desk_id"))
