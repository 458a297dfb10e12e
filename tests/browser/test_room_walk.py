"""In the room, in a real browser: takes by key and by thumb, two people at once, and a network that comes and goes."""

import random
import time
from datetime import timedelta
from email.utils import formatdate

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from sessions.models import StudioSession, Take
from tests import makers, services
from tests.browsing import Browsing, clean_at_both_sizes
from tests.cast import Cast, make_cast

# in a soak on both databases
pytestmark = [] if services.rounds(0, 1) else [pytest.mark.once]
TODAY = timezone.now().date() + timedelta(days=1)
TAKES = services.rounds(12, 150)
IS_KEPT = "caches.open('desk-room').then(kept => kept.match(location.href)).then(Boolean)"
SEEDS = range(services.rounds(1, 6))


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, on the desk behind `site`."""
    return make_cast()


@pytest.fixture
def session(cast: Cast) -> StudioSession:
    """Two songs; Emil engineers, Nora sings."""
    songs = [makers.make_song(cast.project, title, tempo="92.5") for title in ("Last Ferry", "Undertow")]
    calls = [{"contributor": cast.emil_called, "role": "Engineer"}, {"contributor": cast.nora_called, "role": "Vocals"}]
    return makers.make_session(cast.project, cast.ana, f"{TODAY}T10:00", songs=songs, calls=calls)


def enter(page: Page, session: StudioSession) -> None:
    """Open the page and wait until it knows what is logged."""
    page.goto(f"/sessions/{session.pk}/room/")
    expect(page.locator("[data-state-text]")).not_to_be_empty()


def says(page: Page, words: str) -> None:
    """Expect the line that says how sending stands."""
    expect(page.locator("[data-state-text]")).to_contain_text(words, timeout=30_000)


def row(page: Page, number: int) -> Locator:
    """Return a take of the list."""
    return page.locator("[data-row]").filter(has_text=f"Take {number}")


@pytest.mark.heavy
def test_takes_are_logged_by_key_and_seen_by_the_other(browsing: Browsing, cast: Cast, session: StudioSession) -> None:
    ana = browsing.window(cast.ana)
    enter(ana, session)
    for key in ("t", "3", "r"):
        ana.keyboard.press(key)
    ana.keyboard.type("timing, bar 12 ")
    ana.keyboard.press("Enter")
    for key in ("t", "5", "k", "n"):
        ana.keyboard.press(key)
    ana.keyboard.type("The one")
    ana.keyboard.press("Escape")
    ana.get_by_role("button", name="Nora", exact=True).click()
    ana.keyboard.press("t")
    ana.keyboard.press("z")  # the third was none
    says(ana, "All sent")
    expect(ana.locator("[data-row]")).to_have_count(2)
    clean_at_both_sizes(ana)
    first, second = Take.objects.standing().order_by("number")
    assert (first.rating, first.reason) == (3, "timing, bar 12 ")
    assert (second.rating, second.keeper, second.note) == (5, True, "The one")
    assert [person.name for person in second.performers.all()] == ["Nora"]

    emil = browsing.window(cast.emil, phone=True, dark=True)
    enter(emil, session)
    expect(row(emil, 2)).to_contain_text("The one")
    clean_at_both_sizes(emil)
    # both at the same take at once: other fields are joined, for the same one somebody is asked
    emil.context.set_offline(True)
    row(emil, 1).get_by_role("button").tap()
    emil.get_by_role("button", name="4", exact=True).tap()
    row(ana, 1).get_by_role("button").click()
    ana.keyboard.press("k")
    says(ana, "All sent")
    emil.context.set_offline(False)
    says(emil, "All sent")
    expect(row(ana, 1)).to_contain_text("4 of 5", timeout=15_000)
    first.refresh_from_db()
    assert (first.rating, first.keeper) == (4, True)
    emil.context.set_offline(True)
    emil.get_by_role("button", name="2", exact=True).tap()
    ana.keyboard.press("1")
    says(ana, "All sent")
    emil.context.set_offline(False)
    expect(row(emil, 1)).to_contain_text("Somebody else wrote meanwhile: 1 of 5", timeout=15_000)
    emil.get_by_role("button", name="Keep mine").tap()
    says(emil, "All sent")
    first.refresh_from_db()
    assert first.rating == 2
    emil.get_by_role("button", name="Take", exact=True).tap()
    expect(ana.locator("[data-row]")).to_have_count(3, timeout=15_000)
    session.songs.clear()  # what was played stays on the page
    ana.reload()
    expect(ana.locator("[data-row]")).to_have_count(3)
    expect(ana.get_by_role("heading", name="Last Ferry", exact=True)).to_be_visible()


class Weather:
    """A network that is there or not, loses what is asked or loses the answer."""

    def __init__(self, page: Page, dice: random.Random) -> None:
        self.dice, self.good, self.lost = dice, False, 0
        page.route("**/api/v1/take**", self._pass)

    def _pass(self, route: Route) -> None:
        luck = 1.0 if self.good else self.dice.random()
        if luck < 0.3:
            return route.abort()
        if luck < 0.5:  # done, and nobody hears of it
            route.fetch()
            self.lost += 1
            return route.abort()
        return route.continue_()


def test_what_one_wrote_oneself_is_nobody_elses(browsing: Browsing, cast: Cast, session: StudioSession) -> None:
    """Half a note arrives and its answer is lost; the rest of it is no quarrel with somebody else."""
    page = browsing.window(cast.ana)
    enter(page, session)
    page.keyboard.press("t")
    says(page, "All sent")

    def lose_answers(route: Route) -> None:
        if route.request.method == "PUT":
            route.fetch()
        route.abort()

    page.route("**/api/v1/take**", lose_answers)
    page.keyboard.press("n")
    with page.expect_event("requestfailed", lambda request: request.method == "PUT"):
        page.keyboard.type("Bright")
    page.keyboard.type("er")
    page.unroute("**/api/v1/take**")
    says(page, "All sent")
    assert Take.objects.get().note == "Brighter"


def test_takes_stay_in_their_order_when_the_clock_is_put_right(
    browsing: Browsing, cast: Cast, session: StudioSession
) -> None:
    page = browsing.window(cast.ana)
    enter(page, session)

    def behind(route: Route) -> None:
        answer = route.fetch()
        told = formatdate(time.time() - 10, usegmt=True)
        route.fulfill(response=answer, headers=answer.headers | {"date": told})

    for number in (1, 2, 3):
        page.keyboard.press("t")
        page.keyboard.press(str(number))
        says(page, "All sent")
        expect(page.locator("[data-row]")).to_have_count(number)
        page.route("**/api/v1/take**", behind)  # from the second on the page knows of another clock
    assert [take.rating for take in Take.objects.order_by("taken_at")] == [1, 2, 3]


@pytest.mark.heavy
@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS)
def test_no_take_is_lost_or_doubled_whatever_the_network_does(
    browsing: Browsing, cast: Cast, session: StudioSession, seed: int
) -> None:
    dice = random.Random(seed)
    page = browsing.window(cast.ana)
    enter(page, session)
    page.evaluate("navigator.serviceWorker.ready")
    services.wait_for(lambda: page.evaluate(IS_KEPT), what="the page to be kept")
    weather, offline = Weather(page, dice), False
    for number in range(1, TAKES + 1):
        if dice.random() < 0.4:
            offline = not offline
            page.context.set_offline(offline)
        if dice.random() < 0.2 or number == 5:  # the lid is shut, with or without a network
            page.close()
            page = page.context.new_page()
            browsing._listen(page)
            enter(page, session)
            weather = Weather(page, dice)
        page.keyboard.press("t")
        page.keyboard.press(str(number % 5 + 1))
        page.keyboard.press("n")
        page.keyboard.type(f"pass {number}")
        page.keyboard.press("Escape")
        if dice.random() < 0.3:
            page.wait_for_timeout(dice.randrange(700))
    page.context.set_offline(True)
    page.keyboard.press("t")
    says(page, "waiting to be sent. No network: they are kept in this browser.")
    weather.good = True
    page.context.set_offline(False)
    says(page, "All sent")
    takes = list(Take.objects.order_by("taken_at"))
    assert [take.note for take in takes] == [f"pass {number}" for number in range(1, TAKES + 1)] + [""]
    assert [take.rating for take in takes[:-1]] == [number % 5 + 1 for number in range(1, TAKES + 1)]
    assert [take.number for take in takes] == list(range(1, TAKES + 2))
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('room-take:'))") == []
    assert takes == sorted(takes, key=lambda take: take.pk)
