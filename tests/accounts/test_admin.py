"""The admin: for operators to look, through the same door as everybody."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from producerdesk.accounts.models import User
from tests import makers
from tests.accounts.entrance import sign_in
from tests.browsing import Browsing
from tests.calling import Caller
from tests.cast import Cast

OURS = ("accounts", "notices", "projects", "budgets", "contributors", "studio_sessions")
SECRET_WORDS = ("salt", "secret_hash", "digest", "token_key", "password")


@pytest.fixture
def root(db: None) -> Client:
    """An operator, signed in."""
    return Caller(makers.make_user("Root", is_staff=True, is_superuser=True)).client


def models() -> list:
    """Return every table of ours."""
    return [model for label in OURS for model in apps.get_app_config(label).get_models()]


def test_every_table_can_be_looked_at_and_none_be_changed(cast: Cast, root: Client) -> None:
    person = makers.make_contributor(cast.desk)
    makers.make_session(cast.project, cast.ana, room=cast.room, calls=[{"contributor": person}])
    for model in models():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert root.get(reverse(f"{name}_changelist")).status_code == 200, model
        assert root.get(reverse(f"{name}_add")).status_code == 403, model
        row = model._default_manager.first()
        if row is not None:
            page = root.get(reverse(f"{name}_change", args=[row.pk]))
            assert page.status_code == 200, model
            assert root.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403, model
            if model is not User:
                assert b'type="submit" value="Save"' not in page.content, model
                assert root.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403, model


def test_secrets_are_not_shown(cast: Cast, root: Client) -> None:
    for model in models():
        shown = admin.site.get_model_admin(model).get_fields(None, None)  # type: ignore[arg-type]
        assert not set(SECRET_WORDS) & set(shown), model


def test_an_operator_locks_somebody_out_and_changes_nothing_else(cast: Cast, root: Client) -> None:
    path = reverse("admin:accounts_user_change", args=[cast.cleo.pk])
    root.post(path, {"name": "Eve", "email": "eve@example.com"})
    user = User.objects.get(pk=cast.cleo.pk)
    assert (user.name, user.email, user.is_active) == ("Cleo", "cleo@example.com", False)


@pytest.mark.parametrize("name", ["ana", "nora", "lena", "cleo"])
def test_it_is_not_for_producers(cast: Cast, name: str) -> None:
    caller = Caller(getattr(cast, name))
    assert caller.page("/admin/").status_code in (302, 403)
    assert caller.page("/admin/studio_sessions/studiosession/").status_code in (302, 403)


def test_its_door_is_the_houses_own(db: None) -> None:
    makers.make_user("Root", is_staff=True, is_superuser=True)
    client = Client()
    assert client.get("/admin/login/")["Location"].startswith("/accounts/login/")
    assert (
        client.post("/admin/login/", {"username": "root@example.com", "password": makers.PASSWORD}).status_code == 302
    )
    assert client.get("/admin/").status_code == 302, "the admin's own form opens nothing"
    sign_in(client, "root@example.com", following="/admin/")
    assert client.get("/admin/").status_code == 200


@pytest.mark.once
def test_it_breaks_no_rule_of_the_page(browsing: Browsing, cast: Cast) -> None:
    page = browsing.window(makers.make_user("Root", is_staff=True, is_superuser=True))
    for path in ("/admin/", "/admin/accounts/user/", f"/admin/accounts/user/{cast.ana.pk}/change/"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200
        page.wait_for_timeout(200)
