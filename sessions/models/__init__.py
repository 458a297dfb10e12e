"""Studios, rooms and gear, studio sessions, the people called to them, call sheets, and calendar feeds."""

from sessions.booking.models import BookingSlot, ImportedSpan, Resource
from sessions.models.after import CompSection, EditTask
from sessions.models.call_sheet import (
    RESERVED,
    SHEET_GEAR,
    Audience,
    CallSheet,
    CallSheetVersion,
    GearSource,
    SheetCopy,
)
from sessions.models.feed import CalendarFeed
from sessions.models.gear import Gear, GearFault, GearRepair
from sessions.models.imported import ImportedCalendar
from sessions.models.inputs import InputList, InputTemplate
from sessions.models.poll import DatePoll, PollReply, PollSlot
from sessions.models.private import CoachingNote, VoiceNote
from sessions.models.series import SessionSeries
from sessions.models.session import Call, StudioSession
from sessions.models.studio import Room, RoomRate, Studio
from sessions.models.takes import Take
from sessions.models.telling import NoticeSettings
from sessions.models.terms import CancellationTier, StudioTerms

__all__ = [
    "RESERVED",
    "SHEET_GEAR",
    "Audience",
    "BookingSlot",
    "CalendarFeed",
    "Call",
    "CallSheet",
    "CallSheetVersion",
    "CancellationTier",
    "CoachingNote",
    "CompSection",
    "DatePoll",
    "EditTask",
    "Gear",
    "GearFault",
    "GearRepair",
    "GearSource",
    "ImportedCalendar",
    "ImportedSpan",
    "InputList",
    "InputTemplate",
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
    "VoiceNote",
]
