"""A wrap and a cancellation at the same moment: one comes after the other, and finds what the other left.

Without the lock that a wrap takes on its session this fails on PostgreSQL: the cancellation gets in between what the
wrap has read and what it writes, and a session that everybody was told is off is wrapped and paid. On SQLite it cannot
fail: there whoever will write is alone from the first statement on.
"""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
from django.db import connection

from producerdesk.kit.errors import Conflict
from projects.models import Activity
from sessions import actions
from sessions.actions import wrapping
from sessions.models import StudioSession
from tests import makers
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("noon")]
A_MOMENT = 1.5  # seconds: far longer than a cancellation that nobody keeps waiting


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, where other connections see it."""
    return make_cast()


def test_a_cancellation_waits_for_a_wrap_and_is_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    session = makers.make_session(cast.project, cast.ana, "2027-02-27T10:00", "2027-02-27T18:00", room=cast.room)
    meanwhile: list[Future[Any]] = []

    def cancel() -> None:
        try:
            actions.cancel_session(viewer=cast.viewer("ana"), session=StudioSession.objects.get(pk=session.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        read = wrapping._check_real_hours

        def read_and_wait(*said: Any) -> None:
            read(*said)
            meanwhile.append(other.submit(cancel))
            wait(meanwhile, timeout=A_MOMENT)

        monkeypatch.setattr(wrapping, "_check_real_hours", read_and_wait)
        actions.wrap_session(viewer=cast.viewer("ana"), session=session)
        with pytest.raises(Conflict, match="wrapped"):
            meanwhile[0].result(timeout=30)
    session.refresh_from_db()
    assert session.state == "wrapped"
    assert list(Activity.objects.filter(kind="session", deed__in=("wrapped", "cancelled")).values_list("deed")) == [
        ("wrapped",)
    ]
