"""Where logins are kept: in Django's own table, and read by a prepared query, since every request reads one."""

import datetime as dt

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from producerdesk.kit.prepared import prepared
from producerdesk.kit.viewer import NOBODY, Viewer


class SessionStore(db.SessionStore):
    """Django's own store of login sessions."""

    def _get_session_from_db(self) -> Session | None:
        found = _standing(NOBODY, key=self.session_key, now=timezone.now()).objects()
        if not found:
            self._session_key = None  # so that a new one is made, and not under a key that somebody named
        return found[0] if found else None


@prepared
def _standing(viewer: Viewer, key: str, now: dt.datetime) -> QuerySet:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
