"""Every way a studio session and the calls to it change.

Each is one transaction, takes keyword arguments and the viewer who does it. Whether the viewer may is asked before, at
the door. Locks are taken in this order: the session's row, resources, the budget.
"""

from sessions.actions.answers import (
    accept_proposal,
    confirm_call,
    decline_call,
    keep_call,
    mark_seen,
    propose_time,
    reopen_proposal,
)
from sessions.actions.bookings import book_session, duplicate_session, price_of
from sessions.actions.call_sheet import confirm_sheet, open_sheet, publish_sheet, save_sheet
from sessions.actions.changes import cancel_session, confirm_session, move_session, restore_session, update_session
from sessions.actions.dates import cancel_dates, move_dates, restore_dates, update_dates
from sessions.actions.holds import challenge_hold, keep_hold, promote_hold, release_hold
from sessions.actions.imported import change_calendar, end_calendar, import_calendar, refresh_calendar
from sessions.actions.nudging import NUDGE_PAUSE, nudge_all, nudge_call
from sessions.actions.people import call_person, change_call, remove_call, swap_call
from sessions.actions.plans import KEEP, CallSpec
from sessions.actions.polling import (
    answer_poll,
    cancel_poll,
    clear_answer,
    confirm_slot,
    enter_answer,
    propose_dates,
)
from sessions.actions.repricing import follow_terms, is_outdated, reprice_session
from sessions.actions.reserving import reserve_gear, reserve_on_dates
from sessions.actions.wrapping import wrap_session

__all__ = [
    "KEEP",
    "NUDGE_PAUSE",
    "CallSpec",
    "accept_proposal",
    "answer_poll",
    "book_session",
    "call_person",
    "cancel_dates",
    "cancel_poll",
    "cancel_session",
    "challenge_hold",
    "change_calendar",
    "change_call",
    "clear_answer",
    "confirm_call",
    "confirm_session",
    "confirm_sheet",
    "confirm_slot",
    "decline_call",
    "duplicate_session",
    "end_calendar",
    "enter_answer",
    "follow_terms",
    "import_calendar",
    "is_outdated",
    "keep_call",
    "keep_hold",
    "mark_seen",
    "move_dates",
    "move_session",
    "nudge_all",
    "nudge_call",
    "open_sheet",
    "price_of",
    "promote_hold",
    "propose_dates",
    "propose_time",
    "publish_sheet",
    "refresh_calendar",
    "release_hold",
    "remove_call",
    "reopen_proposal",
    "reprice_session",
    "reserve_gear",
    "reserve_on_dates",
    "restore_dates",
    "restore_session",
    "save_sheet",
    "swap_call",
    "update_dates",
    "update_session",
    "wrap_session",
]
