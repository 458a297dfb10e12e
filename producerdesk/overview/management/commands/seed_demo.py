"""Loads the demo desk into an empty database."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from producerdesk.accounts.models import Desk, User
from producerdesk.kit import clock
from producerdesk.overview import demo


class Command(BaseCommand):
    help = "Loads the demo desk: a believable small business round today. Only into a desk that has no people yet."

    def handle(self, *args: Any, **options: Any) -> None:
        if User.objects.exists() or Desk.objects.exists():
            raise CommandError("There are people in this database already. The demo desk is for an empty one.")
        logins = demo.make(clock.now().date())
        (settings.DATA_DIR / "demo.json").write_text(json.dumps(logins, indent=1))
        self.stdout.write(f"The demo desk is there: {len(logins)} logins, in demo.json.")
