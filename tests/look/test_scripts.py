"""The scripts of the frame, the forms and the board, in a real browser."""

import json

import pytest
from django.template import engines
from django.test import RequestFactory

from producerdesk.kit.viewer import NOBODY
from tests.browsing import clean
from tests.makers import make_desk, make_project, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

BOARD = """{% extends "base.html" %}
{% block scripts %}<script src="{% static 'js/board.js' %}" defer></script>{% endblock %}
{% block body %}<h1>Board</h1><div class="pd-board" data-board data-url-template="/stage/__id__/">
{% for lane in lanes %}<section class="pd-lane" data-lane="{{ lane }}" data-lane-name="{{ lane|word }}">
<h2 class="pd-lane-head">{% stage lane %}<span data-lane-count></span></h2><div class="pd-lane-cards" data-lane-cards>
{% if lane == "tracking" %}<article class="pd-card" data-card="7" data-etag='"1"'><a href="#opened"><b>Salt</b></a>
<button class="pd-card-move" type="button" data-card-move aria-label="Move Salt">{% icon "dots" %}</button></article>
{% endif %}
</div></section>{% endfor %}</div>{% endblock %}"""
FORM = """{% extends "base.html" %}{% block body %}<h1>Form</h1>
<form class="pd-form" method="post" action="/sent/" id="try" data-form novalidate>
{% for field in fields %}{% include "_field.html" %}{% endfor %}
<button class="btn btn-primary" type="submit">Save</button></form>{% endblock %}"""


def field(name: str, **said) -> dict:
    return {"name": name, "id": f"f-{name}", "label": name.title(), "type": "text", "errors": [], "value": ""} | said


@pytest.fixture
def show(browsing):
    """Serve a page made of our templates at /shown/, on the real site's files."""

    def open_page(template: str, **context):
        request = RequestFactory().get("/shown/")
        request.viewer = NOBODY  # type: ignore[attr-defined]
        html = engines["django"].from_string(template).render(context, request)
        page = browsing.window()
        page.route("**/shown/", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto("/shown/")
        return page

    return open_page


@pytest.fixture
def board(show):
    page = show(BOARD, lanes=["tracking", "editing", "mixing"])
    page.asked = []

    def answer(route):
        page.asked.append((route.request.post_data, route.request.headers.get("if-match")))
        refused = "mixing" in route.request.post_data
        said = {"detail": "Mixing is closed."} if refused else {"version": 2}
        route.fulfill(status=409 if refused else 200, body=json.dumps(said), content_type="application/json")

    page.route("**/stage/7/", answer)
    return page


def lane_of(page) -> str:
    return page.evaluate("document.querySelector('[data-card]').closest('[data-lane]').dataset.lane")


def test_a_card_is_dragged_and_the_move_undone(board):
    card = board.locator("[data-card]").bounding_box()
    lane = board.locator("[data-lane=editing]").bounding_box()
    board.mouse.move(card["x"] + 10, card["y"] + 10)
    board.mouse.down()
    board.mouse.move(lane["x"] + 40, lane["y"] + 60, steps=6)
    board.mouse.up()
    board.get_by_text("Moved to Editing").wait_for()
    assert lane_of(board) == "editing"
    assert board.asked == [("stage=editing", '"1"')]
    assert "#opened" not in board.url
    board.get_by_role("button", name="Undo").click()
    board.get_by_text("Moved to Tracking").wait_for()
    assert board.asked[-1] == ("stage=tracking", '"2"')


def test_a_card_moves_by_keyboard_and_goes_back_when_refused(board):
    board.locator("[data-card] a").focus()
    board.keyboard.press("Alt+ArrowRight")
    board.get_by_text("Moved to Editing").wait_for()
    board.keyboard.press("Alt+ArrowRight")
    board.get_by_text("Not moved. Mixing is closed.").wait_for()
    assert lane_of(board) == "editing"
    assert board.evaluate("document.activeElement.closest('[data-card]') !== null")


def test_a_card_moves_by_its_button(board):
    board.get_by_role("button", name="Move Salt").click()
    board.get_by_role("button", name="Editing").click()
    board.get_by_text("Moved to Editing").wait_for()
    assert lane_of(board) == "editing"


def test_a_press_on_a_card_opens_it(board):
    board.get_by_text("Salt").click()
    assert board.url.endswith("#opened")


def test_the_first_bad_field_has_the_focus(show):
    page = show(FORM, fields=[field("title"), field("artist", errors=["Who plays?"]), field("label", errors=["x"])])
    assert page.evaluate("document.activeElement.id") == "f-artist"
    assert page.get_by_label("Artist").get_attribute("aria-describedby") == "f-artist-error"


def test_two_presses_send_once(show):
    page = show(FORM, fields=[field("title")])
    sent = []
    page.route("**/sent/", lambda route: sent.append(1))  # never answered: the second press comes meanwhile
    page.get_by_role("button", name="Save").dblclick(no_wait_after=True)
    page.wait_for_timeout(300)
    assert sent == [1]


def test_text_that_met_a_dead_server_is_there_again(show):
    page = show(FORM, fields=[field("title"), field("secret", type="password"), field("hold", type="checkbox")])
    page.route(
        "**/sent/", lambda route: route.fulfill(body="<body data-keep-forms>away</body>", content_type="text/html")
    )
    page.get_by_label("Title").fill("Harbour Lights")
    page.get_by_label("Secret").fill("hush")
    page.get_by_label("Hold").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("away").wait_for()
    page.goto("/shown/")
    page.get_by_text("What you had typed is back.").wait_for()
    assert page.get_by_label("Title").input_value() == "Harbour Lights"
    assert page.get_by_label("Hold").is_checked()
    assert page.get_by_label("Secret").input_value() == ""


def test_a_menu_is_walked_by_keys_and_gives_the_focus_back(show):
    page = show(
        """{% extends "base.html" %}{% block body %}<h1>Menu</h1><details class="pd-menu" data-menu>
        <summary class="btn" id="opens">More</summary><div class="pd-menu-list"><a href="#a" id="a">A</a>
        <button type="button" id="b" hidden>B</button><button type="button" disabled>C</button>
        <form method="post" action="/d/"><button type="submit" id="d">D</button></form></div></details>{% endblock %}"""
    )
    focused = lambda: page.evaluate("document.activeElement.id")  # noqa: E731
    page.locator("#opens").focus()
    for key, there in (("ArrowDown", "a"), ("ArrowDown", "d"), ("ArrowDown", "a"), ("ArrowUp", "d"), ("Home", "a")):
        page.keyboard.press(key)
        assert focused() == there, key
    page.keyboard.press("End")
    assert focused() == "d"
    page.keyboard.press("Escape")
    assert focused() == "opens"
    assert page.locator(".pd-menu[open]").count() == 0
    page.keyboard.press("Home")
    assert page.locator(".pd-menu[open]").count() == 0, "only an arrow opens it"
    page.keyboard.press("ArrowUp")
    assert focused() == "d", "an arrow up begins at the end"


def test_rows_are_added_and_taken_away(show):
    row = {"role": field("calls[0]role", label="Role", value="Cello")}
    blank = {"role": field("calls[__n__]role", label="Role")}
    page = show(FORM, fields=[field("calls", type="rows", rows=[row], blank=blank, add="Call someone")])
    page.get_by_role("button", name="Call someone").click()
    page.get_by_role("button", name="Call someone").click()
    assert page.evaluate("document.activeElement.name") == "calls[2]role"
    page.get_by_role("button", name="Remove").nth(1).click()
    names = page.locator("[name^=calls]").evaluate_all("all => all.map(each => each.name)")
    assert names == ["calls[0]role", "calls[2]role"]
    clean(page)


@pytest.fixture
def desk_page(browsing):
    mara = make_user("mara")
    make_project(make_desk(mara), "Slow Cathedral")
    page = browsing.window(mara)
    page.goto("/projects/")
    return page


def test_the_slash_jumps_to_a_project(desk_page):
    desk_page.keyboard.press("/")
    desk_page.keyboard.type("cathe")
    clean(desk_page)
    desk_page.keyboard.press("Enter")
    desk_page.wait_for_url("**/projects/*/")


def test_the_keys_are_listed_and_can_be_switched_off(desk_page):
    desk_page.keyboard.press("?")
    assert desk_page.locator("#keys").is_visible()
    clean(desk_page)
    desk_page.get_by_label("Use single keys").uncheck()
    desk_page.keyboard.press("Escape")
    desk_page.keyboard.press("/")
    assert not desk_page.locator("#jump").is_visible()


def test_a_theme_is_kept_and_comes_with_the_first_byte(desk_page):
    theme = "document.documentElement.dataset.bsTheme"
    assert desk_page.evaluate(theme) == "light"
    desk_page.locator(".pd-side [data-theme-toggle]").click()
    assert desk_page.evaluate(theme) == "dark"
    answer = desk_page.reload()
    assert 'data-bs-theme="dark"' in answer.text()
    assert desk_page.evaluate(theme) == "dark"


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_signing_in_has_no_barrier(browsing, phone):
    page = browsing.window(phone=phone)
    for address in ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing/here/"):
        page.goto(address)
        clean(page)


def test_a_readers_own_clock_is_named_only_if_it_differs(show):
    page = show(
        '{% extends "base.html" %}{% block body %}<h1>x</h1><p id="a">{% local_time at "Europe/Lisbon" "Porto" %}</p>'
        '<p id="b">{% local_time at "Europe/Madrid" %}</p>{% endblock %}',
        at="2026-11-17T10:00:00Z",
    )
    assert page.locator("#a").inner_text() == "Porto time. 11:00 in Berlin, where you are"
    assert page.locator("#b").inner_text() == "Madrid time"
