"""The first act of who has nothing yet makes a desk, and only one."""

import threading

import pytest
from django.db import connection

from producerdesk.accounts.models import DeskStaff
from tests import makers
from tests.calling import Caller


@pytest.mark.django_db(transaction=True)
def test_who_begins_in_several_windows_at_once_gets_one_desk() -> None:
    new = makers.make_user("Nell")
    gate = threading.Barrier(6)
    answers: list[int] = []

    def begin(number: int) -> None:
        caller = Caller(new)
        said = {"name": f"Studio {number}", "time_zone": "Europe/Lisbon"}
        gate.wait()
        answers.append(caller.post("studios/", **said).status_code)
        connection.close()

    windows = [threading.Thread(target=begin, args=[number]) for number in range(6)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert answers == [201] * 6
    assert DeskStaff.objects.filter(user=new).count() == 1
