"""Addresses of one's own schedule: with a login, by private link, and for calendars. `sessions.urls` serves them."""

from django.urls import path, re_path

from sessions import feed_pages, notice_pages, poll_pages, sheet_pages
from sessions import schedule_pages as pages
from sessions.schedule_pages import ANSWERS, by_link, by_login

# how one looks; shorter than any, it is one that a mail program cut off, and gets the words for a wrong one
SECRET = r"(?P<secret>[A-Za-z0-9_-]{1,100})"  # noqa: S105

# the same pages behind both doors: name, address, page
_PAGES: list[tuple[str, str, pages.Page]] = [
    ("mine", "", pages.mine),
    ("notices", "notices/", notice_pages.settings),
    ("feeds", "calendar/", pages.feeds),
    # calendar/<pk>/
    ("feed-end", r"calendar/(?P<pk>[0-9]{1,18})/end/", pages.feed_end),
    ("dates", r"dates/(?P<pk>[0-9]{1,18})/", poll_pages.dates),
    # edit-tasks/<pk>/
    ("edit-done", r"edit-tasks/(?P<pk>[0-9]{1,18})/done/", pages.edit_done),
    ("edit-reopen", r"edit-tasks/(?P<pk>[0-9]{1,18})/reopen/", pages.edit_reopen),
    # calls/<pk>
    ("call-ics", r"calls/(?P<pk>[0-9]{1,18})\.ics", pages.call_ics),
    ("sheet", r"calls/(?P<pk>[0-9]{1,18})/sheet/", sheet_pages.sheet),
    ("sheet-opened", r"calls/(?P<pk>[0-9]{1,18})/sheet/opened/", sheet_pages.opened),
    ("sheet-confirm", r"calls/(?P<pk>[0-9]{1,18})/sheet/confirm/", sheet_pages.confirm),
    ("sheet-pdf", r"calls/(?P<pk>[0-9]{1,18})/sheet\.pdf", sheet_pages.sheet_pdf),
    ("call-seen", r"calls/(?P<pk>[0-9]{1,18})/seen/", pages.seen),
    *((f"call-{name}", rf"calls/(?P<pk>[0-9]{{1,18}})/{name}/", pages.answer) for name in ANSWERS),
]


def _more(name: str) -> dict[str, str]:
    answer = name.removeprefix("call-")
    return {"name": answer} if answer in ANSWERS else {}


urlpatterns = [
    *(re_path(rf"^schedule/{at}$", by_login(page), _more(name), name=name) for name, at, page in _PAGES),
    *(re_path(rf"^my/{SECRET}/{at}$", by_link(page), _more(name), name=f"my-{name}") for name, at, page in _PAGES),
    path("sessions/<id:pk>.ics", pages.session_ics, name="session-ics"),
    re_path(r"^unsubscribe/(?P<secret>[A-Za-z0-9._-]{1,200})/$", notice_pages.unsubscribe, name="unsubscribe"),
    re_path(rf"^feeds/{SECRET}\.ics$", feed_pages.feed, name="feed-ics"),
]
