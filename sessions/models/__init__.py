"""Studios and rooms, studio sessions, the people called to them, and calendar feeds."""

from sessions.booking.models import BookingSlot, Resource
from sessions.models.feed import CalendarFeed
from sessions.models.session import Call, StudioSession
from sessions.models.studio import Room, RoomRate, Studio
from sessions.models.takes import Take

__all__ = ["BookingSlot", "CalendarFeed", "Call", "Resource", "Room", "RoomRate", "Studio", "StudioSession", "Take"]
