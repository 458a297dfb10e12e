"""Which right each action on studios, sessions and calls takes. What is not listed is denied."""

from producerdesk.accounts.roles import BUDGET_READ, SCHEDULE_WRITE
from producerdesk.kit.permissions import ANYONE, SIGNED_IN, Right
from producerdesk.kit.viewer import Viewer


def may_furnish(viewer: Viewer) -> bool:
    """Return whether the viewer plans sessions, or is new and may begin: the first studio or item makes a desk."""
    return viewer.can_anywhere(SCHEDULE_WRITE) or viewer.is_new(SCHEDULE_WRITE)


STUDIOS: dict[str, Right] = {
    "list": may_furnish,
    "retrieve": SCHEDULE_WRITE,
    "create": may_furnish,
    "update": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "archive": SCHEDULE_WRITE,
    "restore": SCHEDULE_WRITE,
    "terms": SCHEDULE_WRITE,
    "hours": SCHEDULE_WRITE,
    "outside": SCHEDULE_WRITE,
}
ROOMS = STUDIOS | {"create": SCHEDULE_WRITE}  # it stands in a studio
GEAR: dict[str, Right] = {
    "list": may_furnish,
    "retrieve": SCHEDULE_WRITE,
    "create": may_furnish,
    "update": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "archive": SCHEDULE_WRITE,
    "restore": SCHEDULE_WRITE,
    "needed": SCHEDULE_WRITE,
}
GEAR_REPAIRS = {
    "retrieve": SCHEDULE_WRITE,
    "create": SCHEDULE_WRITE,
    "update": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "restore": SCHEDULE_WRITE,
    "back": SCHEDULE_WRITE,
}
GEAR_FAULTS = {
    "retrieve": SCHEDULE_WRITE,
    "create": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "fix": SCHEDULE_WRITE,
    "reopen": SCHEDULE_WRITE,
}
IMPORTED_CALENDARS: dict[str, Right] = {
    "list": may_furnish,
    "retrieve": SCHEDULE_WRITE,
    "create": SCHEDULE_WRITE,  # of a room or a person that is there
    "update": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "refresh": SCHEDULE_WRITE,
}
SESSIONS = {
    "list": SIGNED_IN,  # everybody has some schedule; the queryset says which
    "calendar": SIGNED_IN,
    "month": SIGNED_IN,
    "busy": SIGNED_IN,  # who plans at no desk is told of none
    "open": SIGNED_IN,  # likewise
    "gear_calendar": SIGNED_IN,  # likewise
    "known": SIGNED_IN,
    "find": SCHEDULE_WRITE,
    "retrieve": SIGNED_IN,
    "create": SCHEDULE_WRITE,
    "update": SCHEDULE_WRITE,
    "move": SCHEDULE_WRITE,
    "gear": SCHEDULE_WRITE,
    "gear_dates": SCHEDULE_WRITE,
    "confirm": SCHEDULE_WRITE,
    "hold": SCHEDULE_WRITE,
    "release": SCHEDULE_WRITE,
    "promote": SCHEDULE_WRITE,
    "challenge": SCHEDULE_WRITE,
    "line": SCHEDULE_WRITE,
    "warnings": SCHEDULE_WRITE,
    "cancel": SCHEDULE_WRITE,
    "restore": SCHEDULE_WRITE,
    "restore_dates": SCHEDULE_WRITE,
    "wrap": SCHEDULE_WRITE,
    "duplicate": SCHEDULE_WRITE,
    "reprice": SCHEDULE_WRITE,
    "call": SCHEDULE_WRITE,
    "price": BUDGET_READ,
    "costs": BUDGET_READ,
    "cancellation": BUDGET_READ,
}


def may_answer(viewer: Viewer) -> bool:
    """Return whether the way in lets one answer a call: a feed, or a token that only reads, does not."""
    return viewer.is_authenticated and viewer.allows(SCHEDULE_WRITE)


CALLS = {
    "list": SIGNED_IN,
    "retrieve": SIGNED_IN,
    # one's own call, or any in a project whose schedule one writes: the queryset shows no others
    "confirm": may_answer,
    "decline": may_answer,
    "propose": may_answer,
    "seen": may_answer,
    "accept": SCHEDULE_WRITE,
    "keep": SCHEDULE_WRITE,
    "reopen": SCHEDULE_WRITE,
    "nudge": SCHEDULE_WRITE,
    "nudge_all": SCHEDULE_WRITE,
    "update": SCHEDULE_WRITE,
    "swap": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
}


def may_read_polls(viewer: Viewer) -> bool:
    """Return whether the way in shows date polls: a feed carries what is planned, not what people answer."""
    return viewer.is_authenticated and viewer.via != "feed"


DATE_POLLS = {
    "list": may_read_polls,
    "retrieve": may_read_polls,
    "create": SCHEDULE_WRITE,
    "confirm": SCHEDULE_WRITE,
    "cancel": SCHEDULE_WRITE,
    "answer_mine": may_answer,  # for oneself alone
    "enter": SCHEDULE_WRITE,  # for somebody who said it on the phone
    "clear": SCHEDULE_WRITE,
}

CALL_SHEETS = dict.fromkeys(("retrieve", "update", "publish", "version", "pdf"), SCHEDULE_WRITE)


def may_read_sheet(viewer: Viewer) -> bool:
    """Return whether the way in shows call sheets: a feed carries times and places, not whom to call."""
    return viewer.is_authenticated and viewer.via != "feed"


SHEET_COPIES = {"retrieve": may_read_sheet, "pdf": may_read_sheet, "opened": may_answer, "confirm": may_answer}


def has_schedule(viewer: Viewer) -> bool:
    """Return whether the viewer is a person who came in by login or private link: no token and no feed makes feeds."""
    return viewer.scopes is None and viewer.is_authenticated


SCHEDULE = {"retrieve": has_schedule}
NOTICE_SETTINGS = {"retrieve": has_schedule, "update": has_schedule}
UNSUBSCRIBE = {"retrieve": ANYONE, "stop": ANYONE, "resume": ANYONE}  # who has the mail has its secret


def is_feed(viewer: Viewer) -> bool:
    """Return whether a calendar app asks, with the secret of a feed."""
    return viewer.via == "feed"


FEEDS = {"list": has_schedule, "create": has_schedule, "destroy": has_schedule, "events": is_feed}


# --- in the room: who plans the session and its engineer log; who is called and comes reads --------------------
TAKE_LOGS = {
    "retrieve": SIGNED_IN,
    "sheet": SIGNED_IN,
    "pdf": SIGNED_IN,
    "report": SIGNED_IN,
    "log": may_answer,
}  # further asked of the very session, below
TAKES = {"list": SIGNED_IN, "retrieve": SIGNED_IN, "update": may_answer, "destroy": may_answer, "restore": may_answer}


INPUT_LISTS = {
    "retrieve": SIGNED_IN,
    "table": SIGNED_IN,
    "update": may_answer,
    "recall": may_answer,
    "put_back": may_answer,
    "keep": SCHEDULE_WRITE,
}
INPUT_TEMPLATES = {
    "list": SCHEDULE_WRITE,
    "retrieve": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "restore": SCHEDULE_WRITE,
}


# the comp map is the producers'; what is to be edited is also for whoever is to do it
COMP_MAPS = {"retrieve": SCHEDULE_WRITE}
COMP_SECTIONS = {
    "create": SCHEDULE_WRITE,
    "retrieve": SCHEDULE_WRITE,
    "rename": SCHEDULE_WRITE,
    "move": SCHEDULE_WRITE,
    "use": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "restore": SCHEDULE_WRITE,
}
EDIT_TASKS = {
    "list": SIGNED_IN,
    "retrieve": SIGNED_IN,
    "create": SCHEDULE_WRITE,
    "done": may_answer,
    "reopen": may_answer,
    "assign": SCHEDULE_WRITE,
}


# a producer's own: neither a call nor a role on the project opens these
COACHING_NOTES = {
    "list": SCHEDULE_WRITE,
    "retrieve": SCHEDULE_WRITE,
    "create": SCHEDULE_WRITE,
    "update": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "restore": SCHEDULE_WRITE,
}
VOICE_NOTES = {
    "list": SCHEDULE_WRITE,
    "retrieve": SCHEDULE_WRITE,
    "sound": SCHEDULE_WRITE,
    "create": SCHEDULE_WRITE,
    "destroy": SCHEDULE_WRITE,
    "restore": SCHEDULE_WRITE,
}


def is_in_room(viewer: Viewer, desk_id: int, project_id: int, is_there: bool) -> bool:
    """Return whether the viewer reads what happens in a session. Who only reads the schedule does not."""
    return is_there or viewer.can(SCHEDULE_WRITE, desk_id=desk_id, project_id=project_id)


def may_log(viewer: Viewer, desk_id: int, project_id: int, engineers: bool) -> bool:
    """Return whether the viewer writes down what happens in a session."""
    plans = viewer.can(SCHEDULE_WRITE, desk_id=desk_id, project_id=project_id)
    return plans or (engineers and viewer.allows(SCHEDULE_WRITE))
