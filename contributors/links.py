"""Private links: the address by which a person without an account reads and answers the own schedule."""

from datetime import datetime, timedelta
from urllib.parse import urljoin

from django.conf import settings

from contributors.models import Contributor, PrivateLink
from producerdesk.accounts.models import User
from producerdesk.kit import clock, secret

LIFE = timedelta(days=180)
# a mail's link must outlive what it is about: a session is planned weeks ahead, and looked up again after it
LEFT_FOR_A_MAIL = timedelta(days=90)
NOTED_EVERY = timedelta(minutes=1)  # more often would cost an UPDATE with each request
PURPOSE = "private link"


def mint(
    contributor: Contributor, *, now: datetime, by: User | None = None, life: timedelta = LIFE
) -> tuple[PrivateLink, str]:
    """Make a new link; return it and its secret."""
    salt = secret.new_salt()
    text = secret.derive(PURPOSE, salt)
    link = PrivateLink.objects.create(
        contributor=contributor,
        salt=salt,
        secret_hash=secret.hash_of(text),
        created_at=now,
        created_by=by,
        expires_at=now + life,
    )
    return link, text


def for_mail(contributor: Contributor, *, now: datetime) -> str:
    """Return the secret for a mail to this person: of the newest link that lives long enough, or of a new one."""
    link = PrivateLink.objects.valid(now + LEFT_FOR_A_MAIL).filter(contributor=contributor).first()
    if link is not None:
        text = secret.derive(PURPOSE, link.salt)
        if secret.fits(text, link.secret_hash):
            return text
    return mint(contributor, now=now)[1]


def find(text: str, *, now: datetime | None = None) -> PrivateLink | None:
    """Return the link with this secret if it is valid, with its contributor and desk. One query, found or not."""
    valid = PrivateLink.objects.valid(now or clock.now()).select_related("contributor__desk")
    return valid.filter(secret_hash=secret.hash_of(text)).first()


def note_use(link: PrivateLink, *, now: datetime) -> None:
    """Remember that the link was opened, at most once a minute."""
    if link.last_used_at is None or now - link.last_used_at > NOTED_EVERY:
        PrivateLink.objects.filter(pk=link.pk).update(last_used_at=now)


def revoke(link: PrivateLink, *, now: datetime) -> None:
    """End one link at once."""
    PrivateLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now)


def revoke_all(contributor: Contributor, *, now: datetime) -> int:
    """End every link of a person at once; the next mail carries a new one. Return how many there were."""
    return PrivateLink.objects.filter(contributor=contributor, revoked_at=None).update(revoked_at=now)


def address(text: str) -> str:
    """Return the whole address for a secret, as it stands in a mail."""
    return urljoin(settings.SITE_URL, f"/my/{text}/")
