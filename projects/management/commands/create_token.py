"""`manage create_token`: a token for the REST API, shown once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from producerdesk.accounts.models import User
from producerdesk.accounts.roles import RIGHTS
from producerdesk.kit.errors import Refused
from projects.tokens import make_token


class Command(BaseCommand):
    """Makes a token and prints it, alone on standard output."""

    help = "Make a token for the REST API. It is printed once and kept only as a hash."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="whose token it is: it can never do more than this person")
        parser.add_argument("--name", required=True, help="what it is for")
        parser.add_argument("--scopes", required=True, nargs="+", metavar="SCOPE", help=", ".join(RIGHTS))
        parser.add_argument(
            "--project", type=int, action="append", default=[], help="only this project; may be repeated"
        )
        parser.add_argument("--days", type=int, default=365, help="until it expires (default 365)")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if owner is None:
            raise CommandError(f"nobody signs in with {options['email']}")
        # both `--scopes a b` and `--scopes a,b` are natural
        scopes = [scope for text in options["scopes"] for scope in text.split(",") if scope]
        try:
            token, secret = make_token(
                owner=owner,
                name=options["name"],
                scopes=scopes,
                project_ids=options["project"],
                days=options["days"],
            )
        except Refused as refused:
            raise CommandError("; ".join(f"{name}: {texts[0]}" for name, texts in refused.fields.items())) from None
        self.stderr.write(f"Expires {token.expiry:%Y-%m-%d}. Keep it now, it is not shown again. Use it like this:")
        self.stderr.write("  curl -H 'Authorization: Bearer <token>' …/api/v1/projects/")
        self.stdout.write(secret)
