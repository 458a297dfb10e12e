"""The API of studios, sessions, calls, call sheets and calendar feeds."""

from sessions.api.call_sheet import CallSheetViewSet, SheetCopyViewSet
from sessions.api.calls import CallViewSet
from sessions.api.editing import CompMapViewSet, CompSectionViewSet, EditTaskViewSet
from sessions.api.feeds import FeedViewSet
from sessions.api.gear import GearFaultViewSet, GearRepairViewSet, GearViewSet
from sessions.api.imported import ImportedCalendarViewSet
from sessions.api.input_lists import InputListViewSet, InputTemplateViewSet
from sessions.api.mine import ScheduleViewSet
from sessions.api.polls import DatePollViewSet
from sessions.api.private import CoachingNoteViewSet, VoiceNoteViewSet
from sessions.api.sessions import SessionViewSet
from sessions.api.studios import RoomViewSet, StudioViewSet
from sessions.api.takes import TakeLogViewSet, TakeViewSet
from sessions.api.telling import NoticeSettingsViewSet, UnsubscribeViewSet

__all__ = [
    "CallSheetViewSet",
    "CallViewSet",
    "CoachingNoteViewSet",
    "CompMapViewSet",
    "CompSectionViewSet",
    "DatePollViewSet",
    "EditTaskViewSet",
    "FeedViewSet",
    "GearFaultViewSet",
    "GearRepairViewSet",
    "GearViewSet",
    "ImportedCalendarViewSet",
    "InputListViewSet",
    "InputTemplateViewSet",
    "NoticeSettingsViewSet",
    "RoomViewSet",
    "ScheduleViewSet",
    "SessionViewSet",
    "SheetCopyViewSet",
    "StudioViewSet",
    "TakeLogViewSet",
    "TakeViewSet",
    "UnsubscribeViewSet",
    "VoiceNoteViewSet",
]
