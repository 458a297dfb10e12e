"""`manage dispatch` and the task."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from producerdesk.celery import app
from producerdesk.notices import dispatcher, tasks
from producerdesk.notices.management.commands import dispatch
from producerdesk.notices.models import DispatcherTick

Notes = Any


def test_once_sends_what_is_due_and_says_so(notes: Notes, capsys: pytest.CaptureFixture[str]) -> None:
    notes.plan("note:1", "note:2")
    call_command("dispatch", "--once")
    assert notes.state("note:1") == notes.state("note:2") == "sent"
    assert capsys.readouterr().out == "sent 2, dropped 0, postponed 0, failed 0, put back 0\n"
    assert DispatcherTick.objects.get().name == "command"


def test_with_nothing_to_send_it_says_nothing(notes: Notes, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("dispatch", "--once")
    assert capsys.readouterr().out == ""


def test_a_database_that_is_away_for_a_while_does_not_end_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**how: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(dispatch, "close_old_connections", lambda: None)
    monkeypatch.setattr(dispatcher, "dispatch", away)
    dispatch.Command()._round()


def test_a_pause_of_nothing_is_refused(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("dispatch", "--every", "0")


def test_the_task_sends_what_is_due(notes: Notes) -> None:
    notes.plan()
    tasks.wake()
    assert notes.state() == "sent"
    assert DispatcherTick.objects.get().name == "worker"


def test_ticks_are_worthless_soon_and_lost_ones_are_repeated() -> None:
    (entry,) = (entry for entry in app.conf.beat_schedule.values() if entry["task"] == tasks.wake.name)
    assert entry["options"]["expires"] <= 2 * entry["schedule"]
    conf = app.conf
    assert (conf.task_acks_late, conf.task_reject_on_worker_lost, conf.task_ignore_result) == (True, True, True)
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_time_limit and conf.task_soft_time_limit < conf.task_time_limit
    assert conf.result_backend is None
