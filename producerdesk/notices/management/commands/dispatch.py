"""`manage dispatch`: sends what is due with no broker, no worker and no beat."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError, close_old_connections

from producerdesk.notices import dispatcher, registry

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    """Runs the dispatcher in this process."""

    help = "Send reminders and other notices that are due: the same loop that the workers run, without a broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now, then end")
        parser.add_argument("--every", type=float, default=5, metavar="SECONDS", help="pause between rounds")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["every"] <= 0:
            raise CommandError("--every must be more than 0 seconds")
        if options["once"]:
            registry.plan_by_the_clock()
            registry.do_chores()
            self._tell(dispatcher.dispatch(name="command", budget=float("inf")))
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        while not stop.is_set():
            self._round()
            stop.wait(options["every"])

    def _round(self) -> None:
        close_old_connections()
        try:
            registry.plan_by_the_clock()
            self._tell(dispatcher.dispatch(name="command"))
            registry.do_chores()
        except (OperationalError, InterfaceError) as error:
            log.error("database away", error=str(error))

    def _tell(self, counts: dispatcher.Counts) -> None:
        if counts != dispatcher.Counts():
            self.stdout.write(", ".join(f"{name.replace('_', ' ')} {number}" for name, number in vars(counts).items()))
