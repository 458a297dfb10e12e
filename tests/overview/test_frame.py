"""The frame of every page: what it shows to whom, and what it costs; and where home leads."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.template import engines
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from producerdesk.accounts.models import Desk, DeskStaff
from producerdesk.kit.viewer import NOBODY
from producerdesk.notices.models import Notice
from producerdesk.overview.shell import LOOKING, PLAYING, PRODUCING, Shell, places_of, shell
from tests import makers
from tests.calling import Caller
from tests.cast import Cast

As = Callable[[str], Caller]


@pytest.mark.parametrize(
    ("name", "places"),
    [
        *((name, PRODUCING) for name in ("ana", "ben", "asa", "cleo")),
        *((name, PLAYING) for name in ("nora", "emil", "cara")),
        *((name, LOOKING) for name in ("lena", "xavi")),
    ],
)
def test_everybody_is_led_to_what_they_come_for(cast: Cast, as_: As, name: str, places: tuple) -> None:
    assert places_of(cast.viewer(name)) == places
    assert places[0].key == "today"
    assert as_(name).page("/").status_code == 200


def test_who_is_new_starts_a_record(cast: Cast) -> None:
    caller = Caller(makers.make_user("Mara"))
    assert caller.page("/")["Location"] == "/projects/start/"
    assert caller.page("/projects/")["Location"] == "/projects/start/"


@pytest.mark.parametrize(
    ("url", "way"),
    [
        ("/studios/", "/studios/new/"),
        ("/gear/", "/gear/new/"),
        ("/calendar/", "/projects/start/"),
        ("/calendar/?view=month", "/projects/start/"),
        ("/calendar/?view=timeline&rows=gear", "/projects/start/"),
        ("/sessions/", "/projects/start/"),
        ("/date-polls/", "/projects/start/"),
        ("/imported-calendars/", "/projects/start/"),
    ],
)
def test_who_is_new_finds_a_way_to_begin_everywhere(db: None, url: str, way: str) -> None:
    caller = Caller(makers.make_user("Mara"))
    page = caller.page(url)
    assert page.status_code == 200 and f'href="{way}"' in page.content.decode()
    assert not Desk.objects.exists()  # looking makes no desk
    assert caller.page(way).status_code == 200


@pytest.mark.parametrize(("what", "kind"), [("studios", {"city": "Porto"}), ("gear", {"kind": "microphone"})])
def test_the_first_studio_or_item_makes_the_desk(db: None, what: str, kind: dict[str, str]) -> None:
    mara = makers.make_user("Mara")
    said = {"name": "Foxglove", "time_zone": "Europe/Lisbon"} | kind if what == "studios" else {"name": "Vox"} | kind
    first, again = (Caller(mara).post(f"{what}/", once="first-of-all", **said) for _time in "ab")
    assert first.status_code == 201 and first.json()["id"] == again.json()["id"]
    assert DeskStaff.objects.get().user == mara
    assert Caller(mara).get(f"{what}/").json()["count"] == 1
    assert Caller(mara).post(f"{what}/", **said | {"name": " "}).status_code == 400


def test_nobody_signs_in_first(db: None) -> None:
    assert Caller().page("/")["Location"] == "/accounts/login/"


@pytest.mark.parametrize("name", ["ana", "asa", "nora", "emil", "lena", "xavi", "cleo"])
def test_no_place_is_a_dead_end(cast: Cast, as_: As, name: str) -> None:
    places = Shell(cast.viewer(name)).nav
    assert places
    for place in places:
        assert as_(name).page(place["url"]).status_code in (200, 302), place


def test_the_label_and_the_artist_find_no_way_to_what_is_not_theirs(cast: Cast) -> None:
    for name in ("nora", "emil", "cara", "lena", "xavi"):
        frame = Shell(cast.viewer(name))
        assert not {"people", "studios"} & {place["key"] for place in frame.nav}
        assert not frame.book_url and not frame.account_menu
    assert "budgets" not in {place["key"] for place in Shell(cast.viewer("nora")).nav}


def _draw(viewer: Any) -> tuple[str, int]:
    request = RequestFactory().get("/")
    request.viewer = viewer  # type: ignore[attr-defined]
    template = engines["django"].from_string(
        "{% for place in shell.nav %}{{ place.url }} {% endfor %}{% for project in shell.open_projects %}"
        "{{ project.title }} {% endfor %}"
        "{{ shell.unread }} {{ shell.desk_name }} {{ shell.name }} {{ shell.single_keys }}"
    )
    with CaptureQueriesContext(connection) as asked:
        text = template.render(shell(request))
    return text, len(asked)


@pytest.mark.parametrize("projects", [0, 3, 20])
def test_the_frame_costs_one_query_however_much_there_is(cast: Cast, projects: int) -> None:
    for _number in range(projects):
        makers.make_project(cast.desk)
        Notice.objects.create(user=cast.ana, text="x")
    text, asked = _draw(cast.viewer("ana"))
    assert asked == 1
    assert f"{projects} Lowlight Ana" in text


def test_a_page_without_the_frame_costs_nothing(cast: Cast) -> None:
    request = RequestFactory().get("/")
    with CaptureQueriesContext(connection) as asked:
        shell(request)
        text, _asked = _draw(NOBODY)
    assert not asked
    assert text.split() == ["0", "True"]


def test_open_projects_are_the_last_touched_without_the_delivered(cast: Cast) -> None:
    makers.make_project(cast.desk, "Gone", stage="delivered")
    for number in range(9):
        makers.make_project(cast.desk, f"P{number}")
    cast.project.save()
    titles = [project["title"] for project in Shell(cast.viewer("ana")).open_projects]
    assert titles == ["Salt & Neon", *(f"P{number}" for number in range(8, 1, -1))]


def test_demo_logins_stand_on_a_loopback_demo_desk_alone(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    logins = '[{"email": "ana@example.com", "password": "demo", "who": "Producer", "name": "Ana"}]'
    (tmp_path / "demo.json").write_text(logins)
    page = "/accounts/login/"
    assert b"demo desk" not in Caller().page(page).content
    settings.DEMO = True
    assert b"demo desk" in Caller().page(page).content
    assert b"demo desk" not in Caller(REMOTE_ADDR="10.0.0.7").page(page).content


@pytest.mark.parametrize("who", ["ana", None])
def test_the_api_draws_no_frame(cast: Cast, as_: As, who: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producerdesk.overview.shell.Shell", None)
    caller = as_(who) if who else Caller()
    assert caller.get("projects/").status_code == (200 if who else 401)


@pytest.mark.once
@pytest.mark.parametrize(("name", "serve"), [("ana", "ngb"), ("lena", "gb"), ("nora", "")])
def test_the_list_of_keys_has_those_that_do_something(cast: Cast, name: str, serve: str) -> None:
    client = Client()
    client.force_login(getattr(cast, name))
    page = client.get("/me/").content.decode()
    assert ("Book at this time" in page, "<dt>New session" in page) == ("n" in serve, "n" in serve)
    assert ("<dt>Budgets" in page) == ("b" in serve)
    assert "<dt>Today" in page
