"""Ways in that belong to accounts: login and API token. Each builds the same Viewer."""

from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from producerdesk.accounts.models import ApiToken, User
from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Grants, Viewer, grant_columns, grant_names, grants_in

# writing "last used" more often would cost an UPDATE with each request
LAST_USED_STEP_SECONDS = 60


def user_and_grants(user_id: int) -> tuple[User, Grants] | None:
    """Return a user with all grants, or None. One query."""
    columns, names = _columns(), grant_names()
    for values in _granted(NOBODY, user_id=user_id).values_list(*columns, *names):
        user, folded = values[: len(columns)], values[len(columns) :]
        return User.from_db(User.objects.db, columns, user), grants_in(dict(zip(names, folded, strict=True)))
    return None


def grants_of(user_id: int) -> Grants:
    """Return all grants of a user. One query."""
    names = grant_names()
    found = _granted(NOBODY, user_id=user_id).values_list(*names)
    return grants_in(dict(zip(names, found[0], strict=True))) if found else ({}, {})


@prepared
def _granted(viewer: Viewer, user_id: int) -> QuerySet:
    return User.objects.filter(pk=user_id).annotate(**grant_columns())


@cache
def _columns() -> list[str]:
    return [field.attname for field in User._meta.concrete_fields]


def viewer_of_user(user: User, grants: Grants | None = None, **narrowed: Any) -> Viewer:
    """Return the viewer that a user is, with all grants: those that are known already, else by one query."""
    desks, projects = grants or grants_of(user.pk)
    return Viewer(
        via=narrowed.pop("via", "login"),
        user_id=user.pk,
        name=user.name,
        email=user.email,
        time_zone=user.time_zone,
        desks=desks,
        projects=projects,
        **narrowed,
    )


def viewer_of_login(request: Any) -> Viewer:
    """Return the viewer of a Django request's login, built once and shared with every `ask` made from it."""
    kept = request.__dict__.setdefault("viewer_kept", {})
    if "viewer" not in kept:
        user = request.user
        # the grants came with the user (AccountBackend.get_user); who has just signed in has none yet
        kept["viewer"] = viewer_of_user(user, getattr(user, "known_grants", None)) if user.is_authenticated else NOBODY
    return kept["viewer"]


def renew_viewer(request: Any) -> None:
    """Build the viewer of an API request anew: the person's grants changed within it."""
    request.auth = viewer_of_user(request.user, via=request.auth.via)
    request._request.__dict__.setdefault("viewer_kept", {}).pop("viewer", None)


class LoginAuthentication(SessionAuthentication):
    """Signed in by the browser's cookie; writes need the CSRF secret."""

    scheme = {"login": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}}

    def authenticate(self, request: Any) -> tuple[User, Viewer] | None:
        user = getattr(request._request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        self.enforce_csrf(request)
        return user, viewer_of_login(request._request)

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"  # without a challenge DRF would answer 403 to who is not signed in


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Bearer …`: what its scopes say, within the owner's present right."""

    scheme = {"token": {"type": "http", "scheme": "bearer"}}

    def authenticate(self, request: Any) -> tuple[User, Viewer] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        user, token = found
        limits = frozenset(token.project_limits.values_list("project_id", flat=True)) if token.limited else None
        self._note_use(token)
        return user, viewer_of_user(user, via="token", scopes=frozenset(token.scopes), project_limit=limits)

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        if not 40 <= len(token) <= 200:
            raise AuthenticationFailed(_("This token is not valid."))
        return super().authenticate_credentials(token)

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"

    def _note_use(self, token: ApiToken) -> None:
        now = timezone.now()
        if token.last_used_at is None or (now - token.last_used_at).total_seconds() > LAST_USED_STEP_SECONDS:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
