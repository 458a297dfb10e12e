"""The input list and the comp map by keyboard, in a real browser."""

import pytest
from playwright.sync_api import expect

from sessions.actions import editing
from sessions.actions.takes import log_take
from sessions.models import CompSection, InputList
from tests import makers
from tests.browsing import Browsing, clean_at_both_sizes
from tests.cast import Cast, make_cast

PASTED = "Cello\tU 67\tNeve\r\nViolin\tC414\r\n=1+1\t<b>\r\n"
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


@pytest.fixture
def cast(site: str) -> Cast:
    """The cast, on the desk behind `site`."""
    return make_cast()


@pytest.mark.heavy
@pytest.mark.once
def test_a_list_is_pasted_and_typed_and_takes_are_chosen_by_keyboard(browsing: Browsing, cast: Cast) -> None:
    song = makers.make_song(cast.project, "Last Ferry")
    session = makers.make_session(cast.project, cast.ana, songs=[song])
    page = browsing.window(cast.ana)
    page.goto(f"/sessions/{session.pk}/inputs/")
    page.locator("[name='channels[0]source']").focus()
    page.evaluate(PASTE, PASTED)
    page.locator("[name='channels[7]source']").focus()
    page.keyboard.press("Enter")  # at the end: a new row
    page.keyboard.type("Talkback")
    page.keyboard.press("Alt+ArrowUp")
    clean_at_both_sizes(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The input list is saved.")).to_be_visible()
    rows = InputList.objects.get().channels
    assert [(row["source"], row["mic"]) for row in rows] == [
        ("Cello", "U 67"),
        ("Violin", "C414"),
        ("=1+1", "<b>"),
        ("Talkback", ""),
    ]

    for number in (1, 2):
        key = f"00000000-0000-4000-8000-00000000000{number}"
        log_take(viewer=cast.viewer("ana"), session=session, key=key, song=song.pk)  # type: ignore[arg-type]
    for name in ("Verse 1", "Chorus"):
        editing.add_section(song=song, name=name)
    page.goto(f"/songs/{song.pk}/comp/")
    page.get_by_role("button", name="Take 1 in Verse 1").focus()
    for key in ("ArrowRight", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_role("button", name="Take 2 in Chorus")).to_have_attribute("aria-pressed", "true")
    page.wait_for_load_state("networkidle")
    clean_at_both_sizes(page)
    assert [take.number for take in CompSection.objects.get(name="Chorus").takes.all()] == [2]
