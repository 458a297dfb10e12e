"""The API of studios, sessions, calls and calendar feeds."""

from sessions.api.calls import CallViewSet
from sessions.api.feeds import FeedViewSet
from sessions.api.mine import ScheduleViewSet
from sessions.api.sessions import SessionViewSet
from sessions.api.studios import RoomViewSet, StudioViewSet
from sessions.api.takes import TakeLogViewSet, TakeViewSet

__all__ = [
    "CallViewSet",
    "FeedViewSet",
    "RoomViewSet",
    "ScheduleViewSet",
    "SessionViewSet",
    "StudioViewSet",
    "TakeLogViewSet",
    "TakeViewSet",
]
