"""Somebody at the API or at a page, as a login, with a token, with a private link, or as nobody."""

import re
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import Any

from django.db import connections
from django.test import Client

from producerdesk.accounts.models import User

API = "/api/v1/"
Answer = Any  # Django's test response


class Caller:
    """`Caller(ana).put("desks/3/", version=1, name="Lowlight")`, `Caller(ana).page("/desk/")`."""

    def __init__(self, user: User | None = None, *, authorization: str = "", **options: Any) -> None:
        self.client = Client(**options)
        self.headers = {"Authorization": authorization} if authorization else {}
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, **query: Any) -> Answer:
        return self.client.get(API + path, query, headers=self.headers)

    def options(self, path: str, **query: Any) -> Answer:
        return self.client.options(API + path, query_params=query, headers=self.headers)

    def post(self, path: str, *, once: str = "", **said: Any) -> Answer:
        headers = self.headers | ({"Idempotency-Key": once} if once else {})
        return self.client.post(API + path, said, content_type="application/json", headers=headers)

    def post_over(self, path: str, version: int, **said: Any) -> Answer:
        """Write over the version that one has read."""
        headers = self.headers | {"If-Match": f'"{version}"'}
        return self.client.post(API + path, said, content_type="application/json", headers=headers)

    def put(self, path: str, *, version: int | None = None, **said: Any) -> Answer:
        headers = self.headers | ({"If-Match": f'"{version}"'} if version is not None else {})
        return self.client.put(API + path, said, content_type="application/json", headers=headers)

    def delete(self, path: str) -> Answer:
        return self.client.delete(API + path, headers=self.headers)

    def page(self, path: str, **query: Any) -> Answer:
        return self.client.get(path, query)

    def send(self, path: str, **said: Any) -> Answer:
        """Post a page's form."""
        return self.client.post(path, said)

    def undo(self, page: str, presses: int = 1) -> Answer:
        """Open a page and press "Undo" on the last message there, or press it twice before it leads on."""
        text = self.page(page).content.decode()
        pressed = r'action="([^"]*)">((?:<input[^>]*>)*)<button class="btn btn-s" type="submit">Undo<'
        path, form = re.findall(pressed, text)[-1]
        said: dict[str, list[str]] = {}
        for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form):
            said.setdefault(name, []).append(unescape(value))
        return [self.send(path, **said) for _press in range(presses)][-1]


def at_once(callers: Sequence[Caller], deed: Callable[[Caller, int], Any], *, threads: int = 0) -> list[Any]:
    """Return what came of a deed that all of these do at the same time, each on a connection of its own.

    Of many, so many `threads` begin together, and the others follow.
    """
    gate = threading.Barrier(threads or len(callers))

    def one(number: int) -> Any:
        try:
            return deed(callers[number], number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(gate.parties, initializer=gate.wait) as pool:
        return list(pool.map(one, range(len(callers))))
