"""Who may sign in: allauth's way, less the demo's people where the desk is not a demo on this machine alone."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from producerdesk.accounts.authentication import user_and_grants


class AccountBackend(AuthenticationBackend):
    """Refuses the demo's people unless `bin/desk` runs a demo on loopback: anybody can read their passwords."""

    def user_can_authenticate(self, user: Any) -> bool:
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)

    def get_user(self, user_id: Any) -> Any:
        """Return the user of a login that began earlier, if that person may still be signed in, with the grants."""
        found = user_and_grants(int(user_id))
        if found is None or not self.user_can_authenticate(found[0]):
            return None
        user, grants = found
        user.known_grants = grants  # type: ignore[attr-defined]  # for `viewer_of_login`
        return user
