"""Signing up and in, as a browser does it page by page."""

import re
from typing import Any

from django.conf import settings
from django.test import Client

from tests.makers import PASSWORD

LINK = re.compile(r"https?://\S+")
SIGN_UP, SIGN_IN, RESET = "/accounts/signup/", "/accounts/login/", "/accounts/password/reset/"


def sign_up(client: Client, email: str, *, name: str = "Mara Ellison", following: str = "", **said: Any) -> Any:
    """Send the sign-up form; return the answer."""
    form = {"name": name, "email": email, "password1": PASSWORD} | said
    return client.post(SIGN_UP + (f"?next={following}" if following else ""), form)


def sign_in(client: Client, email: str, password: str = PASSWORD, *, following: str = "", **options: Any) -> Any:
    """Send the login form; return the answer."""
    path = SIGN_IN + (f"?next={following}" if following else "")
    return client.post(path, {"login": email, "password": password}, **options)


def link_in(text: str) -> str:
    """Return the first address in a mail."""
    found = LINK.search(text)
    assert found, text
    return found.group()


def path_in(text: str) -> str:
    """Return the path of the first address in a mail, which must be ours."""
    link = link_in(text)
    assert link.startswith(settings.SITE_URL + "/"), link
    return link.removeprefix(settings.SITE_URL)


def signed_in(client: Client) -> bool:
    """Return whether the client's cookie opens anything."""
    return client.get("/api/v1/me/").status_code == 200
