"""What the schedule does when something changes below it: a person gets an account, a desk other reminder offsets."""

from django.db.models import QuerySet

from contributors.models import Contributor
from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from projects.models import Invitation
from sessions import reminders
from sessions.booking.resources import relink
from sessions.models import Call, StudioSession


def bring_calendar(invitation: Invitation, user: User) -> None:
    """Book the person who joined through the account from now on, and let the bell ring beside the mails."""
    for person in Contributor.objects.filter(desk=invitation.desk_id, user=user):
        relink(person)
        reminders.plan_again(invitation.desk_id, list(_coming().filter(contributor=person)))


def remind_otherwise(desk: Desk) -> None:
    """Plan the reminders of all that is to come by the desk's new offsets."""
    reminders.plan_again(desk.pk, list(_coming().filter(session__desk=desk)))


def _coming() -> QuerySet[Call]:
    """Return the calls that people are reminded of."""
    found = Call.objects.filter(
        session__state=StudioSession.State.CONFIRMED, call_at__gt=clock.now(), removed_at=None
    ).exclude(answer=Call.Answer.DECLINED)
    return found.select_related("session__desk", "contributor").order_by("pk")
