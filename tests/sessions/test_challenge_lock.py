"""A hold that another has in hand is not waited for: whoever has it may be waiting for us."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from django.db import connection, transaction

from producerdesk.kit.errors import Conflict
from sessions import challenges
from sessions.models import StudioSession
from tests import makers, services
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("noon")]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, where other connections see it."""
    return make_cast()


def test_what_is_being_changed_is_refused_at_once_and_can_be_tried_again(cast: Cast) -> None:
    held = makers.make_session(cast.project, cast.ana, room=cast.room, hold=True)

    def take() -> list[StudioSession]:
        try:
            with transaction.atomic():
                return challenges.ours_now([held.pk])
        finally:
            connection.close()

    # on SQLite whoever will write is alone, so nobody is met here
    refused = pytest.raises(Conflict, match="Try again") if services.on_postgres() else nullcontext()
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            StudioSession.objects.select_for_update().get(pk=held.pk)
            with refused:
                if services.on_postgres():
                    other.submit(take).result(timeout=30)
        assert other.submit(take).result(timeout=30) == [held]
