"""What the schedule does when something changes below it: a person gets an account, a desk other reminders."""

from contributors.models import Contributor
from producerdesk.accounts.models import Desk, User
from projects.models import Invitation
from sessions import reminders
from sessions.booking.resources import relink
from sessions.models import NoticeSettings


def bring_calendar(invitation: Invitation, user: User) -> None:
    """Book the person who joined through the account from now on, and let the bell ring beside the mails.

    What the person had said of mails by the private link holds on, unless the account says otherwise already.
    """
    for person in Contributor.objects.filter(desk=invitation.desk_id, user=user):
        relink(person)
        if not NoticeSettings.objects.filter(user=user).exists():
            NoticeSettings.objects.filter(contributor=person).update(user=user, contributor=None)
        reminders.plan_again(list(reminders.coming().filter(contributor=person)))


def remind_otherwise(desk: Desk) -> None:
    """Plan the reminders of all that is to come as the desk has them now."""
    reminders.plan_again(list(reminders.coming().filter(session__desk=desk)))
