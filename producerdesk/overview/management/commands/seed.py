"""Fills a desk with large data, to try how it behaves when it is full."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.crypto import get_random_string

from producerdesk.accounts.actions import make_user
from producerdesk.accounts.models import Desk, DeskStaff, User
from producerdesk.accounts.roles import Role
from producerdesk.overview.seeding import Wanted, seed
from projects.actions import open_desk
from projects.models import Project

MOST = 5_000_000
EMAIL = "seed@example.invalid"


class Command(BaseCommand):
    help = (
        "Adds sessions, projects, songs, people, rooms, slots, ledgers and reminders to a desk: its first one, or one"
        " that is made for it. Half of the sessions are past and wrapped, half to come. Nothing overlaps."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sessions", type=int, default=1_000, help="How many sessions (1000).")
        parser.add_argument("--projects", type=int, default=50, help="How many projects (50).")
        parser.add_argument("--songs", type=int, default=None, help="How many songs (four a project).")
        parser.add_argument("--desk", type=int, default=None, help="The id of the desk; else the first one.")
        parser.add_argument("--force", action="store_true", help="Also into a production desk that has projects.")

    def handle(self, *args: Any, **options: Any) -> None:
        songs = options["songs"] if options["songs"] is not None else options["projects"] * 4
        wanted = Wanted(options["sessions"], options["projects"], songs)
        self._refuse_nonsense(wanted)
        desk, by = self._desk(options["desk"])
        if settings.PRODUCTION and not options["force"] and Project.objects.filter(desk=desk).exists():
            raise CommandError("This is a production desk with projects in it. Say --force if you mean it.")
        seed(desk, by, wanted, self._tell)
        self.stdout.write(f"{desk.name} has {wanted.sessions} sessions and {wanted.projects} projects more.")

    def _refuse_nonsense(self, wanted: Wanted) -> None:
        for name in ("sessions", "projects", "songs"):
            if not 0 <= getattr(wanted, name) <= MOST:
                raise CommandError(f"--{name} is a number from 0 to {MOST}.")
        if wanted.projects < 1:
            raise CommandError("Sessions and songs belong to projects: --projects is 1 at least.")

    def _desk(self, wanted: int | None) -> tuple[Desk, User]:
        found = Desk.objects.filter(pk=wanted) if wanted is not None else Desk.objects.order_by("pk")
        desk = found.first()
        if desk is None and wanted is not None:
            raise CommandError(f"There is no desk {wanted}.")
        if desk is None:
            password = get_random_string(20)
            user = make_user(email=EMAIL, name="Producer", password=password)
            self.stdout.write(f"There was no desk yet. Sign in as {EMAIL} with {password}")
            return open_desk(by=user, currency="EUR", time_zone="Europe/Lisbon"), user
        owner = DeskStaff.objects.filter(desk=desk, role=Role.OWNER).select_related("user").order_by("pk").first()
        if owner is None:
            raise CommandError(f"Nobody owns the desk {desk.pk}.")
        return desk, owner.user

    def _tell(self, what: str, done: int, of: int) -> None:
        line = f"{what}: {done} of {of}"
        if self.stdout.isatty():
            self.stdout.write(f"\r{line:<40}", ending="\n" if done >= of else "")
            self.stdout.flush()
        elif done >= of:
            self.stdout.write(line)
