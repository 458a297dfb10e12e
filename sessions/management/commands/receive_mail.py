"""`manage receive_mail`: takes one mail from standard input, as a mail server's pipe gives it."""

import sys
from argparse import ArgumentParser
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError

from sessions import replies

log = structlog.get_logger(__name__)
TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the mail and comes again


class Command(BaseCommand):
    """Reads the answer that somebody's calendar sends."""

    help = "Read an answer to an invitation from a mail on standard input. What is no answer is logged and dropped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recipient", default="", help="whom the mail is for, where its headers may not say it")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.INBOUND_MAIL:
            raise CommandError("INBOUND_MAIL is not set: there is no address that calendars answer to")
        raw = sys.stdin.buffer.read(replies.LARGEST + 1)
        try:
            done = replies.receive(raw, options["recipient"])
        except replies.Refusal as refusal:
            # no bounce: who forged the sender would have us write to a stranger
            log.warning("mail refused", reason=str(refusal))
            self.stdout.write(f"refused: {refusal}")
        except (OperationalError, InterfaceError) as error:
            log.error("database away", error=str(error))
            sys.exit(TRY_AGAIN)
        else:
            log.info("answer by mail", done=done)
            self.stdout.write(done)
