"""What people are told about projects: the mail that invites somebody to join, and the bell when it was accepted."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from producerdesk.kit import moments, secret
from producerdesk.notices import registry
from producerdesk.notices.models import Delivery
from producerdesk.notices.registry import Bell, Kind, Mail, NotDue
from projects.models import Invitation, Project

State = Delivery.State

INVITATION = "project.invitation"
JOINED = "project.joined"
PURPOSE = "invitation"  # of the secret (kit/secret.py)


def ref(invitation: Invitation) -> str:
    """Return what the delivery of this invitation carries as `ref` and as `recipient`."""
    return f"invitation:{invitation.pk}"


def address(text: str) -> str:
    """Return the whole address at which an invitation is accepted."""
    return urljoin(settings.SITE_URL, f"/invitations/{text}/")


def register() -> None:
    """Make the kinds known to the dispatcher."""
    registry.register(Kind(name=INVITATION, load=_load, still_due=_still_due, mail=_mail))
    registry.register(Kind(name=JOINED, load=_load, still_due=_has_joined, bell=_joined))


def _load(deliveries: Sequence[Delivery]) -> Mapping[int, Invitation]:
    numbers = {delivery.pk: int(delivery.ref.partition(":")[2]) for delivery in deliveries}
    invitations = Invitation.objects.select_related("project", "desk", "invited_by", "accepted_by")
    found = invitations.in_bulk(list(numbers.values()))
    return {pk: found[number] for pk, number in numbers.items() if number in found}


def _still_due(delivery: Delivery, invitation: Invitation, now: datetime) -> NotDue | None:
    if invitation.revoked_at is not None:
        return NotDue(State.CANCELLED, gettext_noop("The invitation was taken back."))
    if invitation.accepted_at is not None:
        return NotDue(State.CANCELLED, gettext_noop("It is accepted already."))
    if invitation.expires_at <= now:
        return NotDue(State.EXPIRED, gettext_noop("The invitation has run out."))
    if not secret.fits(secret.derive(PURPOSE, invitation.salt), invitation.secret_hash):
        # the server's key was changed between the invitation and the mail
        return NotDue(State.FAILED, gettext_noop("The invitation cannot be written any more. Invite the person again."))
    return None


def _mail(delivery: Delivery, invitation: Invitation) -> Mail:
    by = invitation.invited_by
    letter = _to_project(invitation, invitation.project) if invitation.project else _to_desk(invitation)
    place = invitation.project or invitation.desk
    context = {
        "letter": letter,
        "desk": invitation.desk,
        "url": address(secret.derive(PURPOSE, invitation.salt)),
        "until": moments.long_day(invitation.expires_at, place.time_zone),
    }
    return Mail(
        to=invitation.email,
        subject=letter["subject"],
        text=render_to_string("emails/project_invitation.txt", context),
        html=render_to_string("emails/project_invitation.html", context),
        sender=by.name,
        reply_to=by.email,
    )


def _to_project(invitation: Invitation, project: Project) -> dict[str, Any]:
    by = invitation.invited_by
    words = {
        "who": by.name or by.email,
        "project": project.title,
        "artist": project.artist,
        "role": invitation.get_role_display(),
    }
    return {
        "subject": _("%(who)s invites you to %(project)s") % words,
        "headline": _("%(who)s invites you to %(project)s") % words,
        "lines": [_("You would join %(project)s, %(artist)s, as: %(role)s.") % words],
        "button": _("Join the project"),
    }


def _to_desk(invitation: Invitation) -> dict[str, Any]:
    by, desk = invitation.invited_by, invitation.desk
    words = {"who": by.name or by.email, "desk": desk.name, "role": invitation.get_role_display()}
    return {
        "subject": _("%(who)s asks you to work at %(desk)s") % words,
        "headline": _("%(who)s asks you to work at %(desk)s") % words,
        "lines": [_("You would work on every project of %(desk)s, as: %(role)s.") % words],
        "button": _("Join the desk"),
    }


def _has_joined(delivery: Delivery, invitation: Invitation, now: datetime) -> NotDue | None:
    return None if invitation.accepted_by else NotDue(State.CANCELLED, gettext_noop("The account is gone."))


def _joined(delivery: Delivery, invitation: Invitation) -> Bell:
    by, project, desk = invitation.accepted_by, invitation.project, invitation.desk
    assert by is not None, "_has_joined has asked"  # noqa: S101
    words = {
        "who": by.name or by.email,
        "place": project.title if project else desk.name,
        "role": invitation.get_role_display(),
    }
    path = reverse("members:access", args=[project.pk]) if project else reverse("accounts:staff", args=[desk.pk])
    return Bell(
        user_id=invitation.invited_by_id,
        text=_("%(who)s has joined %(place)s as: %(role)s") % words,
        path=path,
    )
