"""The first act of who has nothing yet makes a desk, and only one."""

import pytest

from producerdesk.accounts.models import DeskStaff
from tests import makers
from tests.calling import Caller, at_once


@pytest.mark.django_db(transaction=True)
def test_who_begins_in_several_windows_at_once_gets_one_desk() -> None:
    new = makers.make_user("Nell")

    def begin(caller: Caller, number: int) -> int:
        return caller.post("studios/", name=f"Studio {number}", time_zone="Europe/Lisbon").status_code

    assert at_once([Caller(new) for _ in range(6)], begin) == [201] * 6
    assert DeskStaff.objects.filter(user=new).count() == 1
