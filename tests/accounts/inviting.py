"""Invitations as their tests make and open them."""

from typing import Any

from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock, secret
from producerdesk.notices import dispatcher
from producerdesk.notices.models import Delivery
from projects import joining
from projects.models import Invitation, Project
from projects.notices import PURPOSE
from tests.cast import Cast

MARA = "mara@lowlight.example"


def invite(
    cast: Cast, *, email: str = MARA, role: str = "artist", project: Project | None = None, desk: Desk | None = None
) -> Invitation:
    """Return an invitation by Ana: to her project, another one, or the staff of a desk."""
    place = None if desk else project or cast.project
    home = desk or (place.desk if place else cast.desk)
    return joining.invite(by=cast.ana, desk=home, project=place, email=email, role=role, now=clock.now())


def secret_of(invitation: Invitation) -> str:
    """Return the secret that stands in the mail."""
    return secret.derive(PURPOSE, invitation.salt)


def page_of(invitation: Invitation) -> str:
    """Return the address that stands in the mail."""
    return f"/invitations/{secret_of(invitation)}/"


def joins(invitation: Invitation, tail: str = "") -> str:
    """Return the invitation's place in the API."""
    return f"joins/{secret_of(invitation)}/{tail}"


def accept(invitation: Invitation, user: User) -> Invitation:
    """Let the user in."""
    return joining.accept(invitation=Invitation.objects.get(pk=invitation.pk), user=user, now=clock.now())


def send_mails() -> None:
    """Let everything leave that is due."""
    dispatcher.dispatch(name="test")


def mails(invitation: Invitation) -> list[Any]:
    """Return (state, generation) of each mail of the invitation."""
    rows = Delivery.objects.about([f"invitation:{invitation.pk}"]).filter(channel=Delivery.Channel.EMAIL)
    return list(rows.order_by("generation").values_list("state", "generation"))
