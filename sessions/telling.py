"""What single people wish to be told, and how: asked when messages are planned, and again when they leave.

A topic is what somebody may switch off by mail. That a session one knows of is moved or cancelled is none: whoever is
not told of that stands before a locked door.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from contributors.models import Contributor
from producerdesk.accounts import reminding
from producerdesk.accounts.models import User
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer
from producerdesk.notices.quiet import TO_GET_READY, Quiet
from sessions.models import Call, NoticeSettings
from sessions.notices import ANSWER, CALL_SHEET, INVITATION, POLL_ASKED, PROPOSAL_ANSWERED, REMINDER

INVITATIONS, REMINDERS, CALL_SHEETS, ANSWERS = "invitations", "reminders", "call_sheets", "answers"
DIGEST = "digest"
TOPICS = {
    INVITATIONS: _("Invitations to sessions"),
    REMINDERS: _("Reminders of your sessions"),
    CALL_SHEETS: _("Call sheets"),
    ANSWERS: _("What people answer to your sessions"),
    DIGEST: _("A mail each morning at 8:00: what is on today, and what waits for you"),
}
TOPIC_OF = {
    INVITATION: INVITATIONS,
    PROPOSAL_ANSWERED: INVITATIONS,
    POLL_ASKED: INVITATIONS,
    REMINDER: REMINDERS,
    CALL_SHEET: CALL_SHEETS,
    ANSWER: ANSWERS,
}
UNSUBSCRIBED = gettext_noop("Unsubscribed from such mails.")
QUIET = gettext_noop("It would have come in the quiet hours.")

Owner = User | Contributor


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one person wishes. `settings` is None for who never said anything; `zone` is the clock the person reads."""

    settings: NoticeSettings | None
    zone: str

    def mailed(self, kind: str) -> bool:
        """Return whether messages of this kind go to the person by mail."""
        topic = TOPIC_OF.get(kind)
        return topic is None or self.settings is None or getattr(self.settings, f"mail_{topic}")

    def offsets(self, call: Call) -> list[int]:
        """Return when the person is reminded of this call, in minutes before it, the earliest first."""
        if self.settings and self.settings.own_offsets:
            return self.settings.offsets
        return reminding.offsets_of(call.session.desk, call.session.kind, call.role)

    def quiet(self, call: Call, kind: str) -> Quiet | None:
        """Return the quiet hours that hold for messages of this kind. What nobody may switch off does not wait."""
        if kind not in TOPIC_OF:
            return None
        desk = call.session.desk
        source = self.settings if self.settings and self.settings.own_quiet else desk
        if source.quiet_from is None or source.quiet_until is None:
            return None
        return Quiet(source.quiet_from, source.quiet_until, self.zone or desk.time_zone)


def owner_of(person: Contributor) -> Owner:
    """Return whose settings count for somebody: the account's, where there is one."""
    return person.user or person


def wishes(person: Contributor) -> Wishes:
    """Return what this person wishes. Reads nothing if the person was loaded with `WITH_WISHES`."""
    return of_owner(owner_of(person))


def of_owner(owner: Owner) -> Wishes:
    """Return what the owner of settings wishes."""
    return Wishes(getattr(owner, "notice_settings", None), owner.time_zone)


WITH_WISHES = ("notice_settings", "user__notice_settings")


def wishes_of(calls: Iterable[Call]) -> dict[int, Wishes]:
    """Return what the people called wish, by contributor. One query; none for who was read with them."""
    people = {call.contributor_id: _read(call) for call in calls}
    keys = sorted(key for key, person in people.items() if person is None)
    found = _people(NOBODY, keys=keys).objects() if keys else ()
    return {person.pk: wishes(person) for person in (*found, *people.values()) if person}


def _read(call: Call) -> Contributor | None:
    """Return the person called if that one was read with what `WITH_WISHES` names."""
    person: Contributor | None = call._state.fields_cache.get("contributor")
    if person is None:
        return None
    known = person._state.fields_cache
    if "notice_settings" not in known or not (person.user_id is None or "user" in known):
        return None
    user = known.get("user")
    return person if user is None or "notice_settings" in user._state.fields_cache else None


@prepared
def _people(viewer: Viewer, keys: list[int]) -> QuerySet:
    return Contributor.objects.select_related(*WITH_WISHES).filter(pk__among=keys).order_by()


def quiet_until(call: Call, kind: str, wish: Wishes, now: datetime) -> datetime | None:
    """Return when the quiet hours end that it is in now, or None: there are none, or the call would not wait."""
    quiet = wish.quiet(call, kind)
    hours = quiet and quiet.around(now)
    return hours[1] if hours and hours[1] + TO_GET_READY <= call.call_at else None


# --- unsubscribing with one press -------------------------------------------------------------------------
# spelt out, since reversing would load every page and view into the workers; a test compares
UNSUBSCRIBE = "/unsubscribe/{secret}/"
_signer = Signer(salt="unsubscribe", sep=".")


def stop_secret(owner: Owner, topic: str) -> str:
    """Return what stands in a mail's address for stopping such mails. It holds for good: old mails are found, too."""
    letter = "u" if isinstance(owner, User) else "c"
    return _signer.sign(f"{letter}{owner.pk}.{topic}")


def stop_url(owner: Owner, topic: str) -> str:
    """Return the address in a mail that stops such mails."""
    return urljoin(settings.SITE_URL, UNSUBSCRIBE.format(secret=stop_secret(owner, topic)))


def one_press(url: str) -> dict[str, str]:
    """Return the headers by which a mail program stops such mails with one press (RFC 8058)."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url else {}


def read_secret(text: str) -> tuple[Owner, str] | None:
    """Return whose mails of which topic the secret stops; None for a wrong one, or one of somebody who is gone."""
    try:
        who, topic = _signer.unsign(text).split(".")
        pk = int(who[1:])
    except (BadSignature, ValueError):
        return None
    rows = User.objects.filter(is_active=True) if who[0] == "u" else Contributor.objects.select_related("user")
    found: Owner | None = rows.filter(pk=pk).first()
    if isinstance(found, Contributor):
        found = owner_of(found)
    return (found, topic) if found and topic in TOPICS else None
