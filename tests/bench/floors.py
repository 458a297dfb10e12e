"""Two floors to measure against, served beside the product: a REST framework hello behind a login, and bare SQL.

`/hello/` is what no view of Django and REST framework with a login goes below: it looks up session and user, checks
them, and says hello. `/raw/` reads the rows of the sessions list by psycopg2 and writes them by orjson: no framework.
"""

import os
import threading
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.floor_settings")

import orjson
import psycopg2
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

_own = threading.local()
LOGIN = """SELECT u.id FROM django_session s, accounts_user u WHERE s.session_key = %s AND u.id = %s"""
COUNT = "SELECT count(*) FROM studio_sessions_studiosession WHERE desk_id = 1"
LIST = """SELECT s.id, s.kind, s.title, s.state, s.remote_place, s.time_zone, s.starts_at, s.ends_at, s.starts_local,
    s.ends_local, s.sequence, s.updated_at, s.version, p.id, p.title, p.artist, r.id, r.name, t.id, t.name, t.city
    FROM studio_sessions_studiosession s JOIN projects_project p ON p.id = s.project_id
    LEFT JOIN studio_sessions_room r ON r.id = s.room_id LEFT JOIN studio_sessions_studio t ON t.id = r.studio_id
    WHERE s.desk_id = 1 ORDER BY s.starts_at, s.id LIMIT 50"""
CALLS = """SELECT c.session_id, c.id, p.id, p.name, c.role, c.call_at, c.answer, c.reason, c.proposed_at, c.answered_at,
    c.seen_at, c.version FROM studio_sessions_call c JOIN contributors_contributor p ON p.id = c.contributor_id
    WHERE c.session_id = ANY(%s) AND c.removed_at IS NULL"""
SONGS = """SELECT x.studiosession_id, g.id, g.title FROM studio_sessions_studiosession_songs x
    JOIN projects_song g ON g.id = x.song_id WHERE x.studiosession_id = ANY(%s)"""


class Hello(APIView):
    """Says hello to who is signed in."""

    def get(self, request: Any) -> Response:
        return Response({"hello": request.user.name})


urlpatterns = [path("hello/", Hello.as_view())]
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Serve both."""
    if environ["PATH_INFO"] != "/raw/":
        return _django(environ, start_response)
    body = orjson.dumps(_rows())
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


def _rows() -> list[Any]:
    if not hasattr(_own, "connection"):
        _own.connection = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
        _own.connection.autocommit = True
    with _own.connection.cursor() as cursor:
        cursor.execute(LOGIN, ("x", 1))
        cursor.fetchall()
        cursor.execute(COUNT)
        cursor.fetchall()
        cursor.execute(LIST)
        sessions = cursor.fetchall()
        ids = [row[0] for row in sessions]
        cursor.execute(CALLS, (ids,))
        calls = cursor.fetchall()
        cursor.execute(SONGS, (ids,))
        return [sessions, calls, cursor.fetchall()]
