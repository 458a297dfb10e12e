"""Studios and rooms, studio sessions, the people called to them, call sheets, and calendar feeds."""

from sessions.booking.models import BookingSlot, ImportedSpan, Resource
from sessions.models.call_sheet import Audience, CallSheet, CallSheetVersion, GearSource, SheetCopy
from sessions.models.feed import CalendarFeed
from sessions.models.imported import ImportedCalendar
from sessions.models.poll import DatePoll, PollReply, PollSlot
from sessions.models.series import SessionSeries
from sessions.models.session import Call, StudioSession
from sessions.models.studio import Room, RoomRate, Studio
from sessions.models.takes import Take
from sessions.models.telling import NoticeSettings
from sessions.models.terms import CancellationTier, StudioTerms

__all__ = [
    "Audience",
    "BookingSlot",
    "CalendarFeed",
    "Call",
    "CallSheet",
    "CallSheetVersion",
    "CancellationTier",
    "DatePoll",
    "GearSource",
    "ImportedCalendar",
    "ImportedSpan",
    "NoticeSettings",
    "PollReply",
    "PollSlot",
    "Resource",
    "Room",
    "RoomRate",
    "SessionSeries",
    "SheetCopy",
    "Studio",
    "StudioSession",
    "StudioTerms",
    "Take",
]
