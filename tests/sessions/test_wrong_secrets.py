"""Whoever guesses at secret addresses learns nothing: each wrong one is answered alike, by the same way.

Time itself is not measured here. What would differ in time would differ in what is asked of the database, or in what is
answered: both are the same. A secret is looked up by its SHA-256, so a comparison that ends early tells of the hash.
"""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contributors import links
from contributors.models import PrivateLink
from producerdesk.kit import clock
from sessions import feeds
from sessions.models import CalendarFeed
from tests.calling import Caller
from tests.cast import Cast
from tests.sessions.scheduling import by_link, feed_of, mint

NEVER = "n" * 43
VARIES = re.compile(rb'nonce-[\w+/=-]+|nonce="[^"]+"')


def opened(path: str) -> tuple[int, bytes, dict[str, str], list[str]]:
    """Return what a stranger gets: status, body, headers, and the statements it took, without their values."""
    cache.clear()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = Client().get(path)
    headers = {name: VARIES.sub(b"", value.encode()).decode() for name, value in answer.headers.items()}
    headers.pop("X-Request-ID", None)
    statements = [re.sub(r"'[^']*'|\b[0-9a-f]{32,}\b", "?", query["sql"]) for query in asked.captured_queries]
    return answer.status_code, VARIES.sub(b"", answer.content), headers, statements


def secrets_of_feeds(cast: Cast) -> dict[str, str]:
    ended, closed, gone, revoked = (
        feed_of(caller)
        for caller in (
            Caller(cast.ben),
            Caller(cast.emil),
            by_link(mint(cast.wren_called)),
            by_link(mint(cast.nora_called)),
        )
    )
    feeds.revoke(feeds.find(ended))  # type: ignore[arg-type] # it is there
    cast.emil.is_active = False
    cast.emil.save()
    cast.wren_called.active = False
    cast.wren_called.save()
    links.revoke_all(cast.nora_called, now=clock.now())  # and with the link the feed that it made
    return {"ended": ended, "of a closed account": closed, "of somebody archived": gone, "of a revoked link": revoked}


def secrets_of_links(cast: Cast) -> dict[str, str]:
    revoked, expired = mint(cast.wren_called), mint(cast.nora_called)
    links.revoke(PrivateLink.objects.get(contributor=cast.wren_called), now=clock.now())
    PrivateLink.objects.filter(contributor=cast.nora_called).update(expires_at="2020-01-01T00:00:00Z")
    return {"revoked": revoked, "expired": expired}


@pytest.mark.parametrize(
    ("made", "path"),
    [
        (secrets_of_feeds, "/feeds/{}.ics"),
        (secrets_of_links, "/my/{}/"),
        (secrets_of_links, "/my/{}/calls/1/sheet/"),
        (secrets_of_links, "/my/{}/calls/1/sheet.pdf"),
        (secrets_of_links, "/my/{}/calendar/"),
        (secrets_of_links, "/my/{}/notices/"),
    ],
)
def test_a_wrong_secret_is_answered_as_if_it_had_never_been(cast: Cast, made: Any, path: str) -> None:
    known = made(cast)
    never = opened(path.format(NEVER))
    assert never[0] == 404 and never[3], "asked for by its hash"
    assert "secret_hash" in " ".join(never[3])
    for why, secret in known.items():
        found = opened(path.format(secret))
        for part, (one, other) in enumerate(zip(found, never, strict=True)):
            assert one == other, (why, part)
    assert NEVER.encode() not in never[1]


def test_a_link_that_a_mail_program_cut_off_gets_the_words_for_one_that_opens_nothing(cast: Cast) -> None:
    whole, cut = (opened(f"/my/{secret}/") for secret in (NEVER, NEVER[:12]))
    assert (cut[0], cut[1]) == (whole[0], whole[1])
    assert b"This link opens nothing" in cut[1]


def test_a_right_secret_is_something_else(cast: Cast) -> None:
    """So that what is compared above is not one wall for all."""
    assert opened(f"/my/{mint(cast.wren_called)}/")[0] == 200
    secret = feed_of(Caller(cast.nora))
    assert opened(f"/feeds/{secret}.ics")[0] == 200
    assert not CalendarFeed.objects.filter(secret_hash__contains=secret).exists()
