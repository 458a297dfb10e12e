"""The embedded broker: kombu's folder of files, made safe against a process that dies while it writes.

kombu writes a message, and the list of an exchange's queues, into the file that others are reading. Half a file would
end the worker that takes it, and half a list would end every program at each start. Here a file appears whole or not
at all, and what cannot be read is put aside: what it said is said again by the next tick.
"""

import os
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

import structlog
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

log = structlog.get_logger(__name__)

# what nobody took for so long is a tick of the past: thousands would gather while no worker runs
MESSAGE_LIFE = 3600.0


class Channel(filesystem.Channel):
    """Files in a folder. `processed_folder` is on the disk of the queue: a message is taken by renaming it."""

    def _put(self, queue: str, payload: dict, **options: Any) -> None:  # type: ignore[override] # kombu ships no types
        # the wall clock sorts the same after a reboot; kombu's monotonic clock starts over
        name = f"{_milliseconds(0):015d}_{uuid.uuid4()}.{queue}.msg"
        _write(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str, timeout: float | None = None) -> dict:
        oldest = f"{_milliseconds(-MESSAGE_LIFE):015d}"
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            if name < oldest:
                (Path(self.data_folder_in) / name).unlink(missing_ok=True)
                continue
            taken = Path(self.processed_folder) / name
            try:
                os.rename(Path(self.data_folder_in) / name, taken)
            except FileNotFoundError:
                continue  # another worker was faster
            text = taken.read_bytes()
            taken.unlink()
            try:
                return loads(text)
            except ValueError:
                log.warning("broker: a message was torn", name=name)
        raise Empty

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        """Return the queues bound to an exchange."""
        try:
            return [filesystem.exchange_queue_t(*row) for row in loads(self._exchange_file(exchange).read_bytes())]
        except FileNotFoundError:
            return []
        except (ValueError, TypeError):
            log.warning("broker: the list of queues was torn", exchange=exchange)
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        file = self._exchange_file(exchange)
        bound = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        table = self.get_table(exchange)
        if bound not in table:
            # two that bind at once: both know one queue only, so the lists they write are the same
            file.parent.mkdir(parents=True, exist_ok=True)
            _write(file, [bound, *table])


class Transport(filesystem.Transport):
    """The folder as kombu's transport."""

    Channel = Channel


def install() -> None:
    """Make `filesystem://` mean ours."""
    TRANSPORT_ALIASES["filesystem"] = f"{__name__}:Transport"


def _milliseconds(later: float) -> int:
    return int((time.time() + later) * 1000)


def _write(file: Path, content: Any) -> None:
    unfinished = file.with_name(f"{uuid.uuid4()}.part")
    unfinished.write_text(dumps(content), encoding="utf-8")
    unfinished.replace(file)
