"""What the network does when somebody accepts an invitation."""

from contributors.models import Contributor
from producerdesk.accounts.models import User
from projects.models import Invitation


def know_again(invitation: Invitation, user: User) -> None:
    """Give the desk's entry for the invited address its account: the person sees the own calls from now on."""
    people = Contributor.objects.filter(desk=invitation.desk_id)
    if people.filter(user=user).exists():
        return
    known = people.filter(email__iexact=invitation.email, user=None).order_by("-active", "pk").first()
    if known is not None:
        known.user = user
        known.save(update_fields=["user", "updated_at"])
