"""Drawing on a person's line in a real browser: the line's clock is another than the room's."""

import pytest
from playwright.sync_api import expect

from sessions.models import StudioSession
from tests import makers
from tests.browser.test_calendar_walk import DAY, drag, opened, said, track, when
from tests.browsing import Browsing, clean
from tests.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, on the desk behind `site`; Wren lives an hour behind the studio."""
    found = make_cast()
    found.wren_called.time_zone = "Europe/Lisbon"
    found.wren_called.save()
    return found


def test_what_is_drawn_on_a_line_is_by_the_lines_clock(browsing: Browsing, cast: Cast) -> None:
    calls = [{"contributor": each, "role": "Voice"} for each in (cast.wren_called, cast.nora_called)]
    makers.make_session(
        cast.project, cast.ana, f"{DAY}T10:00", f"{DAY}T12:00", title="Drums", room=cast.room, calls=calls
    )
    page = opened(browsing, cast, "view=timeline&rows=people&span=day")
    wren = f"person-{cast.wren_called.pk}"
    row = page.locator(f"[data-row='{wren}']")
    expect(row).to_contain_text("Lisbon time")
    expect(row).to_contain_text("09:00 – 11:00")
    clean(page)
    drag(page, track(page, wren, 14), track(page, wren, 16))
    form = page.get_by_role("dialog", name="Book a session")
    expect(form.get_by_label("From")).to_have_value("15:00")
    expect(form.locator("[data-clock-said]")).to_contain_text("Berlin")
    form.get_by_label("What will be done").fill("Doubles")
    form.get_by_role("button", name="Book", exact=True).click()
    said(page, "Booked: ")
    made = StudioSession.objects.get(title="Doubles")
    assert when(made) == (f"{DAY}T15:00", f"{DAY}T17:00")
    # and what is dragged there goes as far as it was dragged
    page.reload()
    drag(page, track(page, wren, 15), track(page, wren, 17))
    said(page, "Moved to")
    assert when(made) == (f"{DAY}T17:00", f"{DAY}T19:00")
