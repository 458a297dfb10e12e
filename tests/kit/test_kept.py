"""What tests begin with is the same whether it was made or put back, and what a test does to it reaches no other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from producerdesk.accounts.models import User
from tests import makers
from tests.cast import make_cast
from tests.kept import kept, rows_now
from tests.law.world import make_world


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _at_a_time_of_its_own() -> Iterator[None]:
    with time_machine.travel("2027-01-06T07:08:09Z", tick=False):
        yield


@pytest.mark.parametrize("make", [make_cast, make_world])
def test_rows_and_things_come_back_as_they_were(db: None, make: Callable[[], Any]) -> None:
    again = kept(make.__wrapped__)  # type: ignore[attr-defined]
    with undone():
        made, rows = again(), rows_now()
        User.objects.update(name="Changed")
        getattr(made, "cast", made).ana.name = "Changed"
    for _time in range(2):
        with undone(), CaptureQueriesContext(connection) as asked:
            back = again()
            assert back == made and rows_now() == rows
            ana = getattr(back, "cast", back).ana
            assert ana.name == "Ana"
            ana.name = "Changed"
        assert not [query for query in asked if query["sql"].startswith("UPDATE")], "it was made anew"


def test_what_comes_after_it_has_keys_of_its_own(db: None) -> None:
    for _time in range(3):
        with undone():
            cast = make_cast()
            users = [cast.ana, cast.cleo, makers.make_user(), makers.make_user()]
            assert len({user.pk for user in users}) == 4
            makers.make_song(makers.make_project(cast.desk))


def test_at_another_time_it_is_made_anew(db: None) -> None:
    with undone():
        first = make_cast().ana.date_joined
    with undone(), time_machine.travel("2027-02-07T07:08:09Z", tick=False):
        assert (make_cast().ana.date_joined - first).days == 32


def test_beside_what_is_there_it_is_made_anew(db: None) -> None:
    with undone():
        make_cast()
    with undone():
        there = makers.make_user("Somebody")
        assert make_cast().ana.pk != there.pk
