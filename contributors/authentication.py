"""The way in that belongs to contributors: a private link. Its viewer is that one person of that one desk."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed

from contributors import links
from producerdesk.kit import clock
from producerdesk.kit.viewer import Viewer


def viewer_of_link(text: str) -> Viewer:
    """Return the viewer that this secret makes; notes that the link was used. Raises AuthenticationFailed."""
    now = clock.now()
    link = links.find(text, now=now)
    if link is None:
        raise AuthenticationFailed(_("This link is not valid any more. Ask for a new one."))
    links.note_use(link, now=now)
    person = link.contributor
    return Viewer(
        via="link",
        contributor_id=person.pk,
        name=person.name,
        email=person.email,
        time_zone=person.time_zone or person.desk.time_zone,
    )


class PrivateLinkAuthentication(BaseAuthentication):
    """`Authorization: Link <secret>`: the same secret that stands in the mails' addresses."""

    scheme = {
        "link": {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Link <secret>`, of a mail.",
        }
    }

    def authenticate(self, request: Any) -> tuple[Viewer, Viewer] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"link":
            return None
        text = parts[1].decode("latin-1") if len(parts) == 2 else ""
        # looked up once, and shared with every `ask` made from one request
        kept = request._request.__dict__.setdefault("viewer_kept", {})
        viewer = kept.get(("link", text)) or viewer_of_link(text)
        kept["link", text] = viewer
        return viewer, viewer

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
