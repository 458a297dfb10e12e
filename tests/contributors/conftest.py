"""What tests of people and hires share."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from producerdesk.accounts.models import User
from tests.cast import Cast, make_cast

API = "/api/v1/"
Answer = Any  # Django's test response


class Caller:
    """Somebody at the API. `call.get("contributors/")`, `call.put("contributors/3/", version=1, name="Ana")`."""

    def __init__(self, user: User | None = None, token: str = "", link: str = "") -> None:
        self.client = Client()
        if user is not None:
            self.client.force_login(user)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        if link:
            self.headers = {"Authorization": f"Link {link}"}

    def get(self, path: str, **query: Any) -> Answer:
        return self.client.get(API + path, query, headers=self.headers)

    def post(self, path: str, *, once: str = "", **said: Any) -> Answer:
        headers = self.headers | ({"Idempotency-Key": once} if once else {})
        return self.client.post(API + path, said, content_type="application/json", headers=headers)

    def put(self, path: str, *, version: int | None = None, **said: Any) -> Answer:
        headers = self.headers | ({"If-Match": f'"{version}"'} if version is not None else {})
        return self.client.put(API + path, said, content_type="application/json", headers=headers)

    def delete(self, path: str) -> Answer:
        return self.client.delete(API + path, headers=self.headers)

    def form(self, path: str, **said: Any) -> Answer:
        """Post to a page, as a browser does."""
        return self.client.post(path, said)

    def page(self, path: str, **query: Any) -> Answer:
        return self.client.get(path, query)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, in the database."""
    return make_cast()


@pytest.fixture
def as_(cast: Cast) -> Callable[[str], Caller]:
    """Who calls: `as_("ana").get("contributors/")`."""
    return lambda name: Caller(getattr(cast, name))


@pytest.fixture
def ana(cast: Cast) -> Caller:
    """The producer."""
    return Caller(cast.ana)
