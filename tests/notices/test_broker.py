"""The embedded broker: files that appear whole or not at all."""

import json
import os
import time
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection, Queue

import producerdesk.celery
from producerdesk.notices import broker

assert producerdesk.celery  # importing it makes `filesystem://` ours


@pytest.fixture
def channel(tmp_path: Path) -> Any:
    """A channel on a queue `ticks`."""
    for name in ("queue", "processed"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "processed_folder": str(tmp_path / "processed"),
        "control_folder": str(tmp_path / "control"),
    }
    connection = Connection("filesystem://", transport_options=options)
    channel = connection.channel()
    Queue("ticks", channel=channel).declare()
    yield channel
    connection.release()


def files(channel: Any) -> list[str]:
    """Return what lies in the queue's folder."""
    return sorted(os.listdir(channel.data_folder_in))


def test_the_channel_is_ours(channel: Any) -> None:
    assert isinstance(channel, broker.Channel)


def test_messages_come_out_in_the_order_they_went_in_and_leave_nothing(channel: Any) -> None:
    for number in range(3):
        channel._put("ticks", {"number": number})
        time.sleep(0.002)
    assert [channel._get("ticks")["number"] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(Empty):
        channel._get("ticks")
    assert files(channel) == []
    assert os.listdir(channel.processed_folder) == []


def test_a_message_is_never_seen_half_written(channel: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Path, "replace", die)
        with pytest.raises(KeyboardInterrupt):
            channel._put("ticks", {"number": 1})
    assert not [name for name in files(channel) if name.endswith(".msg")]
    with pytest.raises(Empty):
        channel._get("ticks")


def test_a_torn_message_is_put_aside(channel: Any) -> None:
    (Path(channel.data_folder_in) / f"{0:015d}9_a.ticks.msg").write_text("{")
    now = f"{int(time.time() * 1000):015d}"
    (Path(channel.data_folder_in) / f"{now}_b.ticks.msg").write_text('{"numb')
    time.sleep(0.002)
    channel._put("ticks", {"number": 2})
    assert channel._get("ticks") == {"number": 2}


@pytest.mark.parametrize("torn", ["", "[[", "3"])
def test_a_torn_list_of_queues_is_written_anew(channel: Any, torn: str) -> None:
    channel._queue_bind("desk", "tick", "", "ticks")
    file = channel._exchange_file("desk")
    file.write_text(torn)
    assert channel.get_table("desk") == []
    channel._queue_bind("desk", "tick", "", "ticks")
    assert json.loads(file.read_text()) == [["tick", "", "ticks"]]


def test_ticks_of_long_ago_are_swept_away(channel: Any) -> None:
    old = int((time.time() - broker.MESSAGE_LIFE - 60) * 1000)
    (Path(channel.data_folder_in) / f"{old:015d}_a.ticks.msg").write_text('{"number": 1}')
    channel._put("ticks", {"number": 2})
    assert channel._get("ticks") == {"number": 2}
    assert files(channel) == []


def test_other_queues_are_left_alone(channel: Any) -> None:
    channel._put("other", {"number": 1})
    with pytest.raises(Empty):
        channel._get("ticks")
    assert channel._get("other") == {"number": 1}
