"""One truth: every page draws what the API says to the same viewer, to each role that may open it.

The table says which names of a page's context hold an answer of the API as it is. Whatever a page asks beside them (to
count, to group by day) is compared too, after drawing, so nothing can be changed on the way.
"""

from typing import Any

import pytest

from tests import services
from tests.law.seen import NO_PAGES, Reader, Seen, pages
from tests.law.world import World, make_world, on_each_database

DRAWN = {
    "accounts:desk": "desk desks options",
    "accounts:me": "me options",
    "accounts:staff": "desk staff invitations options",
    "budgets:entries": "budget project questions entries",
    "budgets:expenses": "budget project questions expenses",
    "budgets:list": "budgets",
    "budgets:new_expense": "budget project payees options",
    "budgets:of_project": "project questions budgets history expenses approvals",
    "budgets:plan": "budget project questions lines",
    "budgets:settings": "budget project questions rates options",
    "contributors:delete": "person",
    "contributors:detail": "person sessions",
    "contributors:edit": "person options",
    "contributors:import": "",  # its form alone, built of OPTIONS
    "contributors:links": "person links",
    "contributors:list": "people known",
    "contributors:new": "options",
    "engagement:delete": "engagement",
    "engagement:detail": "engagement",
    "engagement:edit": "engagement options",
    "engagement:list": "project engagements questions",
    "engagement:new": "project options",
    "expense:detail": "expense entries",
    "expense:edit": "expense payees options",
    "members:access": "project members staff invitations options questions",
    "members:join": "invitation",
    "notices:list": "notices unread",
    "notices:outbox": "mails",
    "notices:outbox_mail": "mail",
    "overview:activity": "project questions deeds doers",
    "overview:search": "found",
    "overview:today": "day",
    "projects:brief": "project questions",
    "projects:delete": "thing",
    "projects:delete_song": "thing",
    "projects:detail": "glance",
    "projects:edit": "project options",
    "projects:edit_song": "song project options",
    "projects:list": "summary projects shelf",
    "projects:new": "options",
    "projects:new_song": "project options",
    "projects:song": "song project questions next_sessions tasks people",
    "projects:songs": "project songs questions tasks",
    "projects:start": "options",
    "session:detail": "session costs deliveries",
    "sessions:calendar": "sessions known",
    "sessions:all_gear": "gear studios",
    "sessions:call": "session options",
    "sessions:call_sheet": "session found",
    "sessions:call_sheet_version": "session found",
    "sessions:cancel": "session fee options",
    "sessions:delete_gear": "gear",
    "sessions:comp": "found tasks people",
    "sessions:dates": "whose poll",
    "sessions:delete_room": "thing",
    "sessions:delete_studio": "thing",
    "sessions:detail": "session costs deliveries",
    "sessions:duplicate": "session options",
    "sessions:edit": "session options",
    "sessions:edit_call": "call options",
    "sessions:edit_call_sheet": "session options",
    "sessions:edit_gear": "gear options",
    "sessions:edit_repair": "repair options",
    "sessions:edit_note": "session options",
    "sessions:edit_import": "calendar options",
    "sessions:edit_room": "room options",
    "sessions:edit_studio": "studio options",
    "sessions:end_import": "calendar",
    "sessions:enter_poll": "poll",
    "sessions:feeds": "whose",
    "sessions:find": "options",
    "sessions:gear": "gear needed sessions",
    "sessions:hold": "session options",
    "sessions:inputs": "session found options",
    "sessions:imported": "calendars",
    "sessions:list": "sessions known",
    "sessions:mine": "whose",
    "sessions:move": "session options",
    "sessions:my-dates": "whose poll",
    "sessions:my-feeds": "whose",
    "sessions:my-mine": "whose",
    "sessions:my-sheet": "whose copy",
    "sessions:new": "options",
    "sessions:new_fault": "gear options",
    "sessions:new_gear": "options",
    "sessions:new_repair": "gear options",
    "sessions:new_import": "options",
    "sessions:new_poll": "options",
    "sessions:new_room": "studio options",
    "sessions:new_studio": "options",
    "sessions:my-notices": "whose options",
    "sessions:notices": "whose options",
    "sessions:notes": "session options",
    "sessions:of_project": "project sessions questions",
    "sessions:poll": "poll",
    "sessions:polls": "polls",
    "sessions:remove_call": "call",
    "sessions:report": "session report tasks costs",
    "sessions:room": "log",
    "sessions:session_gear": "session options",
    "sessions:sheet": "whose copy",
    "sessions:studio": "studio",
    "sessions:studio_hours": "studio options",
    "sessions:studio_terms": "studio options",
    "sessions:studios": "studios",
    "sessions:swap_call": "call options",
    "sessions:unsubscribe": "told",
    "sessions:wrap": "session options",
    "tokens:list": "tokens",
}
# the same pages, asked another way
ASKED_ANEW = {
    "budgets:entries": "?head=600&kind=actual",
    "budgets:expenses": "?receipt=false",
    "budgets:list": "?search=neon",
    "budgets:of_project": "?by=account&as_of=2026-01-01",
    "contributors:list": "?search=wren&active=true",
    "overview:activity": "?kind=session&kind=call",
    "overview:search": "?q=glass",
    "projects:list": "?view=list",
    "sessions:all_gear": "?kind=microphone&state=ready",
    "sessions:calendar": "?view=month&date=2027-03-10",
    "sessions:list": "?when=past",
    "sessions:mine": "?past",
    "sessions:new": "?project=1",
    "sessions:studios": "?active=false",
}
TELLS_NOTHING = {
    "api_docs": "drawn of the API's description by a script",
    "budgets:detail": "leads on",
    "accounts:own_desk": "leads on for who has a desk",
    "sessions:price": "draws a price only of what is sent to it",
}
# fetched with GET they lead back and change nothing
ACTS = set(
    """
    budgets:start budgets:approve budgets:offer_lines budgets:new_line budgets:line budgets:remove_line
    budgets:restore_line budgets:set_rate budgets:forget_rate
    expense:remove expense:restore expense:attach expense:detach tokens:end
    accounts:staff_remove accounts:staff_role contributors:archive contributors:end_link contributors:restore
    engagement:audition engagement:confirm engagement:decline engagement:end engagement:offer engagement:reopen
    members:remove members:resend members:resend_staff members:role members:take_back members:take_back_staff
    notices:follow notices:read_all notices:retry overview:nudge_all
    projects:move_song projects:song_stage projects:stage
    sessions:accept_call sessions:archive_room sessions:archive_studio sessions:call-confirm sessions:call-decline
    sessions:call-propose sessions:call-seen sessions:confirm sessions:confirm_call sessions:decline_call
    sessions:feed-end sessions:keep_call sessions:my-call-confirm sessions:my-call-decline sessions:my-call-propose
    sessions:my-call-seen sessions:my-feed-end sessions:nudge_call sessions:reprice sessions:restore
    sessions:restore_dates
    sessions:restore_room sessions:release sessions:promote sessions:challenge
    sessions:restore_studio sessions:publish_call_sheet sessions:reopen_call
    sessions:sheet-opened sessions:sheet-confirm
    sessions:undo_gear sessions:archive_gear sessions:restore_gear sessions:remove_repair sessions:restore_repair
    sessions:repair_back sessions:remove_fault sessions:fix_fault sessions:reopen_fault
    sessions:my-sheet-opened sessions:my-sheet-confirm
    sessions:recall_inputs sessions:put_back_inputs sessions:keep_inputs sessions:remove_input_template
    sessions:restore_input_template sessions:new_section sessions:rename_section sessions:move_section
    sessions:use_take sessions:remove_section sessions:restore_section sessions:new_task sessions:task_done
    sessions:reopen_task sessions:edit-done sessions:edit-reopen sessions:my-edit-done sessions:my-edit-reopen
    sessions:assign_task sessions:keep_voice sessions:remove_note sessions:restore_note
    sessions:remove_voice sessions:restore_voice sessions:confirm_poll sessions:cancel_poll sessions:refresh_import
    sessions:undo_repair sessions:undo_session_gear sessions:undo_poll sessions:clear_poll
    """.split()
)
BEHIND_A_LINK = "sessions:my-"


@pytest.fixture
def world(db: None) -> World:
    """Everything there is to see."""
    return make_world()


@pytest.fixture
def reader(world: World, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Who opens pages and notes what they ask."""
    return Reader(world, monkeypatch)


# by what they may do the others are among these, or are asked in a soak
ELSE = services.rounds("emil lena", "ben asa emil lena xavi")


@pytest.mark.once
def test_every_page_has_its_row() -> None:
    routes = {route.name for route in pages()}
    rows = DRAWN.keys() | TELLS_NOTHING.keys() | ACTS
    assert routes - rows == set(), "pages without a row"
    assert rows - routes == set(), "rows without a page"
    assert not NO_PAGES.keys() & rows


@pytest.mark.soak
@pytest.mark.parametrize("role", on_each_database("ana nora link", once=ELSE))
def test_every_page_draws_what_the_api_says(reader: Reader, role: str) -> None:
    wrong = []
    for route in pages():
        if route.name not in DRAWN or (role == "link") != route.name.startswith(BEHIND_A_LINK):
            continue
        for query in ("", ASKED_ANEW.get(route.name)):
            if query is not None:
                seen = reader.open(role, route, query)
                wrong += [
                    f"{route.name}{query}: {what}" for what in _wrong(reader, role, route.name, seen, bare=not query)
                ]
    assert not wrong, "\n".join(wrong)


def _wrong(reader: Reader, role: str, name: str, seen: Seen, *, bare: bool) -> list[str]:
    """Return what does not stand on the page as the API says it."""
    may_open = role in ("ana", "link")
    if seen.status != 200:
        return [f"answered {seen.status}"] if may_open or seen.status >= 500 else []
    wrong = [
        f"asked {each.address} and has something else" for each in seen.asked if each.data != reader.says(role, each)
    ]
    wanted = DRAWN[name].split()
    if may_open and bare:  # asked another way, a page may need less
        wrong += [f"{missing} is not there" for missing in wanted if missing not in seen.context]
    held = [seen.context[each] for each in wanted if each in seen.context]
    return wrong + [f"holds what the API did not say: {each}" for each in held if not _is_answer(each, seen)]


def _is_answer(value: Any, seen: Seen) -> bool:
    """Say whether this is an answer itself (or its rows), no copy that somebody could have dressed up."""
    answers = [each.data for each in seen.asked]
    rows = [data["results"] for data in answers if isinstance(data, dict) and "results" in data]
    return any(value is answer for answer in answers + rows)


@pytest.mark.parametrize("role", ["nobody", "ana", "nora"])
def test_what_acts_does_nothing_when_it_is_only_opened(reader: Reader, role: str) -> None:
    for route in pages():
        if route.name in ACTS:
            seen = reader.open(role, route)
            assert seen.status in (302, 403, 404), route.name
            assert not [each.address for each in seen.asked if each.method not in ("GET", "OPTIONS")], route.name
