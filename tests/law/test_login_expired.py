"""A login that ends in the middle of a form: after signing in, the form stands there with what was typed."""

import pytest
from django.test import Client

from tests.accounts.entrance import sign_in
from tests.law.world import World, make_world

TYPED = "Typed <just> before & after"


@pytest.fixture
def world(db: None) -> World:
    """Something behind every form."""
    return make_world()


def _forms(world: World) -> dict[str, str]:
    """Return forms of every kind, new and edited, and in each a field of text."""
    project, session, room = world.cast.project.pk, world.session.pk, world.cast.room
    return {
        "/projects/new/": "title",
        f"/projects/{project}/edit/": "title",
        f"/projects/{project}/songs/new/": "title",
        f"/projects/{project}/songs/{world.song.pk}/edit/": "title",
        f"/projects/{project}/access/": "email",
        f"/projects/{project}/people/new/": "role",
        f"/engagements/{world.engagement.pk}/edit/": "role",
        "/people/new/": "name",
        f"/people/{world.cast.wren_called.pk}/edit/": "name",
        "/sessions/new/": "title",
        f"/sessions/{session}/edit/": "title",
        f"/sessions/{session}/move/": "remote_place",
        f"/sessions/{session}/cancel/": "reason",
        f"/sessions/{session}/call-sheet/edit/": "emergency",
        "/studios/new/": "name",
        f"/studios/{room.studio_id}/edit/": "name",
        f"/rooms/{room.pk}/edit/": "name",
        f"/desk/{world.cast.desk.pk}/": "name",
        "/me/": "name",
        f"/expenses/{world.expense.pk}/edit/": "vendor",
    }


def test_what_was_typed_is_there_after_signing_in(world: World) -> None:
    lost = []
    for path, name in _forms(world).items():
        client = Client()
        sent = client.post(path, {name: TYPED, "project": world.cast.project.pk, "password": "secret of theirs"})
        assert sent.status_code == 302, path
        assert sent["Location"].startswith("/accounts/login/?next="), path
        assert "secret of theirs" not in str(dict(client.session)), path
        back = sign_in(client, world.cast.ana.email, following=path)["Location"]
        page = client.get(back, follow=True).content.decode()
        if "Typed &lt;just&gt; before &amp; after" not in page or "You were signed out meanwhile" not in page:
            lost.append(path)
    assert not lost


def test_it_is_shown_once_and_on_its_own_page_alone(world: World) -> None:
    client = Client()
    client.post("/people/new/", {"name": TYPED})
    sign_in(client, world.cast.ana.email)
    assert "Typed" not in client.get("/projects/new/").content.decode()
    assert "Typed" in client.get("/people/new/").content.decode()
    assert "Typed" not in client.get("/people/new/").content.decode()
