"""Every way a person comes to a project or a desk, changes the role there, and goes.

An invitation is for the person whose mail it reaches. Its secret opens the page that shows it; to accept it one signs
in with an account that has proved the invited address (or signs up with that address, which the secret itself proves
when it came by a real mail). So a forwarded invitation lets nobody else in, and nothing here tells whether an address
has an account.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rest_framework.exceptions import PermissionDenied

from producerdesk.accounts.actions import add_staff, has_proved, raises
from producerdesk.accounts.authentication import viewer_of_user
from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.permissions import may_give
from producerdesk.kit import secret
from producerdesk.kit.errors import Conflict, Refused
from producerdesk.notices import actions as notices
from producerdesk.notices.models import Delivery, OutboxMail
from projects import notices as letters
from projects.activity import Actor, note
from projects.models import Invitation, Membership, Project

LIFE = timedelta(days=14)
# a stranger's mailbox is not ours to fill
MAILED_AGAIN_AFTER = timedelta(minutes=10)
MAILS_AT_MOST = 6  # of one invitation
WAITING_AT_MOST = 20  # told to one person
A_DAY_AT_MOST = 100  # invitations by one person

JoinHook = Callable[[Invitation, User], Any]
_join_hooks: list[JoinHook] = []


def on_join(hook: JoinHook) -> None:
    """Call this when somebody accepts an invitation, in that transaction. Registered from an `AppConfig.ready`."""
    _join_hooks.append(hook)


# --- inviting ---------------------------------------------------------------------------------------
@transaction.atomic
def invite(*, by: User, desk: Desk, project: Project | None, email: str, role: str, now: datetime) -> Invitation:
    """Ask a person to join a project, or without one the desk's staff. The mail leaves with the next tick."""
    email = email.strip().lower()
    place = _place(desk.pk, project.pk if project else None)
    _refuse_who_is_here(desk, project, email)
    Invitation.objects.open().filter(place, email=email, expires_at__lte=now).update(revoked_at=now)
    if Invitation.objects.open().filter(place, email=email).exists():
        raise Refused({"email": _("This address is invited already. Send the invitation again, or take it back.")})
    if Invitation.objects.filter(invited_by=by, created_at__gt=now - timedelta(days=1)).count() >= A_DAY_AT_MOST:
        raise Conflict(_("You have invited %(most)d people today. Go on tomorrow.") % {"most": A_DAY_AT_MOST})
    salt = secret.new_salt()
    invitation = Invitation(
        desk=desk,
        project=project,
        email=email,
        role=role,
        salt=salt,
        secret_hash=_hash(salt),
        invited_by=by,
        mailed_at=now,
        expires_at=now + LIFE,
    )
    invitation.full_clean()
    invitation.save()
    _mail(invitation, now)
    return invitation


@transaction.atomic
def send_again(*, invitation: Invitation, now: datetime) -> Invitation:
    """Send the mail of an open invitation once more; its days count anew. An older mail's link works as well."""
    if not Invitation.objects.open().filter(pk=invitation.pk).exists():
        raise Conflict(_("This invitation is not open any more."))
    salt = invitation.salt
    if not secret.fits(secret.derive(letters.PURPOSE, salt), invitation.secret_hash):
        salt = secret.new_salt()  # the server's key was changed: the old secret cannot be written again
    mailed = Invitation.objects.open().filter(
        pk=invitation.pk, mailed_at__lte=now - MAILED_AGAIN_AFTER, generation__lt=MAILS_AT_MOST
    )
    if not mailed.update(
        salt=salt,
        secret_hash=_hash(salt),
        generation=F("generation") + 1,
        mailed_at=now,
        expires_at=now + LIFE,
    ):
        raise Conflict(_("The mail went out a moment ago, or often enough. Ask the person to look for it."))
    invitation.refresh_from_db()
    notices.supersede(
        ref=letters.ref(invitation), reason=gettext_noop("It is sent again."), before_generation=invitation.generation
    )
    _mail(invitation, now)
    return invitation


@transaction.atomic
def take_back(*, invitation: Invitation, now: datetime) -> None:
    """End an open invitation at once."""
    if not Invitation.objects.open().filter(pk=invitation.pk).update(revoked_at=now):
        raise Conflict(_("This invitation is not open any more."))
    notices.cancel(
        ref=letters.ref(invitation), kinds=[letters.INVITATION], reason=gettext_noop("The invitation was taken back.")
    )


def _place(desk_id: int, project_id: int | None) -> Q:
    return Q(project_id=project_id) if project_id else Q(project=None, desk_id=desk_id)


def _refuse_who_is_here(desk: Desk, project: Project | None, email: str) -> None:
    # only what the inviter sees in the lists anyway: the address that somebody there signs in with
    if DeskStaff.objects.filter(desk=desk, user__email=email).exists():
        raise Refused({"email": _("This person works at the desk already.")})
    if project and Membership.objects.filter(project=project, user__email=email).exists():
        raise Refused({"email": _("This person is in the project already. Change the role in the list.")})


def _hash(salt: str) -> str:
    return secret.hash_of(secret.derive(letters.PURPOSE, salt))


def _mail(invitation: Invitation, now: datetime) -> None:
    ref = letters.ref(invitation)
    row = notices.Row(
        letters.INVITATION,
        ref,
        ref,
        Delivery.Channel.EMAIL,
        due_at=now,
        generation=invitation.generation,
        recipient_name=invitation.email[:120],
        expires_at=invitation.expires_at,
        project=invitation.project_id,
    )
    notices.plan(desk=invitation.desk_id, rows=[row], now=now)


# --- accepting --------------------------------------------------------------------------------------
def find(text: str) -> Invitation | None:
    """Return the invitation with this secret, in whatever state it is. One query, found or not."""
    found = Invitation.objects.select_related("desk", "project", "invited_by")
    return found.filter(secret_hash=secret.hash_of(text)).first()


def waiting_for(user: User, now: datetime) -> list[tuple[Invitation, str]]:
    """Return what this person may accept now, the newest first, each with its secret; not more than a page shows.

    Who has proved the address may read its mailbox, where the secret stands as well.
    """
    found = Invitation.objects.waiting_for(user.pk, now).select_related("desk", "project", "invited_by")
    asked = found.order_by("-pk")[:WAITING_AT_MOST]
    known = [(each, secret.derive(letters.PURPOSE, each.salt)) for each in asked]
    # after a change of the server's key the old secret cannot be written again
    return [
        (each, text) for each, text in known if secret.fits(text, each.secret_hash) and state_of(each, now) == "open"
    ]


def state_of(invitation: Invitation, now: datetime) -> str:
    """Return "open", "accepted", "revoked" or "expired". Who may not give the role any more has taken it back."""
    if invitation.accepted_at:
        return "accepted"
    if invitation.revoked_at:
        return "revoked"
    if invitation.expires_at <= now:
        return "expired"
    inviter = viewer_of_user(invitation.invited_by)
    stands = invitation.invited_by.is_active and may_give(
        inviter, invitation.role, desk_id=invitation.desk_id, project_id=invitation.project_id
    )
    return "open" if stands else "revoked"


def proves_address(invitation: Invitation) -> bool:
    """Return whether the secret can only have been read in the invited mailbox.

    Without a mail server it stood on the desk's outbox page, where its staff could read it.
    """
    mails = Delivery.objects.about([letters.ref(invitation)])
    sent = mails.filter(state=Delivery.State.SENT, channel=Delivery.Channel.EMAIL)
    return sent.exists() and not OutboxMail.objects.filter(delivery__in=mails).exists()


@transaction.atomic
def accept(*, invitation: Invitation, user: User, now: datetime) -> Invitation:
    """Let the invited person in, once: who accepted already gets the same answer again."""
    if invitation.accepted_by_id == user.pk:
        return invitation
    if not has_proved(user, invitation.email):
        raise PermissionDenied(
            _("This invitation is for %(email)s. Sign in with that address, or add it to your account first.")
            % {"email": invitation.email}
        )
    if state_of(invitation, now) != "open":
        raise Conflict(_("This invitation is not open any more. Ask for a new one."))
    taken = Invitation.objects.open().filter(pk=invitation.pk, expires_at__gt=now)
    if not taken.update(accepted_at=now, accepted_by=user):
        invitation.refresh_from_db()
        if invitation.accepted_by_id == user.pk:  # the same person, twice at once
            return invitation
        raise Conflict(_("This invitation is not open any more. Ask for a new one."))
    invitation.accepted_at, invitation.accepted_by = now, user
    _let_in(invitation, user)
    notices.cancel(
        ref=letters.ref(invitation), kinds=[letters.INVITATION], reason=gettext_noop("It is accepted already.")
    )
    _tell_inviter(invitation, now)
    for hook in _join_hooks:
        hook(invitation, user)
    return invitation


def _tell_inviter(invitation: Invitation, now: datetime) -> None:
    row = notices.Row(
        letters.JOINED,
        letters.ref(invitation),
        f"user:{invitation.invited_by_id}",
        Delivery.Channel.BELL,
        due_at=now,
        recipient_name=invitation.invited_by.name,
    )
    notices.plan(desk=invitation.desk_id, rows=[row], now=now)


def _let_in(invitation: Invitation, user: User) -> None:
    if invitation.project is None:
        add_staff(desk=invitation.desk, user=user, role=invitation.role)
        return
    if DeskStaff.objects.filter(desk=invitation.desk_id, user=user).exists():
        return  # works on every project of the desk
    member, made = Membership.objects.get_or_create(
        project=invitation.project, user=user, defaults={"role": invitation.role}
    )
    if made:
        note(invitation.project, "member", "joined", by=user, title=_named(user), now=invitation.role)
    elif raises(member.role, invitation.role):
        set_member_role(member=member, role=invitation.role, by=user)


def _named(user: User) -> str:
    return user.name or user.email


# --- those who are in -------------------------------------------------------------------------------
@transaction.atomic
def set_member_role(*, member: Membership, role: str, by: Actor = None) -> Membership:
    """Give somebody another role in a project."""
    was = member.role
    member.role = role
    member.full_clean()
    member.save(update_fields=["role"])
    if role != was:
        note(member.project_id, "member", "role", by=by, title=_named(member.user), was=was, now=role)
    return member


@transaction.atomic
def remove_member(*, member: Membership, by: Actor = None) -> None:
    """End somebody's sight of a project. What the person was hired for and called to stands."""
    note(member.project_id, "member", "removed", by=by, title=_named(member.user), was=member.role)
    member.delete()
