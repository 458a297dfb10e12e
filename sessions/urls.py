"""Addresses of sessions: pages here, API resources for `producerdesk.api_urls`."""

from django.urls import path

from sessions import api, schedule_urls
from sessions.pages import (
    booking,
    calendar,
    call_sheet,
    calls,
    finding,
    holds,
    imported,
    polls,
    sessions,
    studios,
    takes,
)

app_name = "sessions"
resources = [
    ("studios", api.StudioViewSet, "studio"),
    ("rooms", api.RoomViewSet, "room"),
    ("imported-calendars", api.ImportedCalendarViewSet, "imported-calendar"),
    ("sessions", api.SessionViewSet, "session"),
    ("calls", api.CallViewSet, "call"),
    ("call-sheets", api.CallSheetViewSet, "call-sheet"),
    ("call-sheet-copies", api.SheetCopyViewSet, "call-sheet-copy"),
    ("date-polls", api.DatePollViewSet, "date-poll"),
    ("feeds", api.FeedViewSet, "feed"),
    ("take-logs", api.TakeLogViewSet, "take-log"),
    ("takes", api.TakeViewSet, "take"),
    ("unsubscribe", api.UnsubscribeViewSet, "unsubscribe"),
]
singles = [
    path("schedule/", api.ScheduleViewSet.as_view({"get": "retrieve"}), name="schedule"),
    path(
        "notice-settings/",
        api.NoticeSettingsViewSet.as_view({"get": "retrieve", "put": "update"}),
        name="notice-settings",
    ),
]
urlpatterns = [
    *schedule_urls.urlpatterns,
    path("calendar/", calendar.calendar, name="calendar"),
    path("projects/<id:pk>/sessions/", sessions.of_project, name="of_project"),
    # /sessions/
    path("sessions/", sessions.index, name="list"),
    path("sessions/new/", booking.new, name="new"),
    path("sessions/price/", booking.price, name="price"),
    path("sessions/find/", finding.find, name="find"),
    # /sessions/<pk>/
    path("sessions/<id:pk>/", sessions.detail, name="detail"),
    path("sessions/<id:pk>/edit/", sessions.edit, name="edit"),
    path("sessions/<id:pk>/move/", sessions.move, name="move"),
    path("sessions/<id:pk>/duplicate/", sessions.duplicate, name="duplicate"),
    path("sessions/<id:pk>/wrap/", sessions.wrap, name="wrap"),
    path("sessions/<id:pk>/cancel/", sessions.cancel, name="cancel"),
    path("sessions/<id:pk>/confirm/", sessions.confirm, name="confirm"),
    path("sessions/<id:pk>/hold/", holds.keep, name="hold"),
    path("sessions/<id:pk>/release/", holds.release, name="release"),
    path("sessions/<id:pk>/promote/", holds.promote, name="promote"),
    path("sessions/<id:pk>/challenge/", holds.challenge, name="challenge"),
    path("sessions/<id:pk>/restore/", sessions.restore, name="restore"),
    path("sessions/<id:pk>/reprice/", sessions.reprice, name="reprice"),
    path("sessions/<id:pk>/call/", calls.new, name="call"),
    path("sessions/<id:pk>/call-sheet/", call_sheet.detail, name="call_sheet"),
    path("sessions/<id:pk>/call-sheet/edit/", call_sheet.edit, name="edit_call_sheet"),
    path("sessions/<id:pk>/call-sheet/publish/", call_sheet.publish, name="publish_call_sheet"),
    path("sessions/<id:pk>/call-sheet.pdf", call_sheet.pdf, name="call_sheet_pdf"),
    path("sessions/<id:pk>/room/", takes.room, name="room"),
    path("sessions/room-worker.js", takes.worker, name="room_worker"),
    # /calls/<pk>/
    path("calls/<id:pk>/edit/", calls.edit, name="edit_call"),
    path("calls/<id:pk>/swap/", calls.swap, name="swap_call"),
    path("calls/<id:pk>/remove/", calls.remove, name="remove_call"),
    path("calls/<id:pk>/accept/", calls.accept, name="accept_call"),
    path("calls/<id:pk>/keep/", calls.keep, name="keep_call"),
    path("calls/<id:pk>/reopen/", calls.reopen, name="reopen_call"),
    path("calls/<id:pk>/nudge/", calls.nudge, name="nudge_call"),
    path("calls/<id:pk>/confirm/", calls.answer, {"name": "confirm"}, name="confirm_call"),
    path("calls/<id:pk>/decline/", calls.answer, {"name": "decline"}, name="decline_call"),
    # /date-polls/
    path("date-polls/", polls.index, name="polls"),
    path("date-polls/new/", polls.new, name="new_poll"),
    path("date-polls/<id:pk>/", polls.detail, name="poll"),
    path("date-polls/<id:pk>/confirm/", polls.confirm, name="confirm_poll"),
    path("date-polls/<id:pk>/cancel/", polls.cancel, name="cancel_poll"),
    # /imported-calendars/
    path("imported-calendars/", imported.index, name="imported"),
    path("imported-calendars/new/", imported.new, name="new_import"),
    path("imported-calendars/<id:pk>/edit/", imported.edit, name="edit_import"),
    path("imported-calendars/<id:pk>/refresh/", imported.refresh, name="refresh_import"),
    path("imported-calendars/<id:pk>/end/", imported.end, name="end_import"),
    # /studios/
    path("studios/", studios.index, name="studios"),
    path("studios/new/", studios.new, name="new_studio"),
    # /studios/<pk>/
    path("studios/<id:pk>/", studios.detail, name="studio"),
    path("studios/<id:pk>/edit/", studios.edit, name="edit_studio"),
    path("studios/<id:pk>/hours/", studios.hours, name="studio_hours"),
    path("studios/<id:pk>/terms/", studios.terms, name="studio_terms"),
    path("studios/<id:pk>/archive/", studios.archive, {"kind": "studio"}, name="archive_studio"),
    path("studios/<id:pk>/restore/", studios.restore, {"kind": "studio"}, name="restore_studio"),
    path("studios/<id:pk>/delete/", studios.delete, {"kind": "studio"}, name="delete_studio"),
    path("studios/<id:pk>/rooms/new/", studios.new_room, name="new_room"),
    # /rooms/<pk>/
    path("rooms/<id:pk>/edit/", studios.edit_room, name="edit_room"),
    path("rooms/<id:pk>/archive/", studios.archive, {"kind": "room"}, name="archive_room"),
    path("rooms/<id:pk>/restore/", studios.restore, {"kind": "room"}, name="restore_room"),
    path("rooms/<id:pk>/delete/", studios.delete, {"kind": "room"}, name="delete_room"),
]
# the ledger's entries lead to `session:detail`
entries = ([path("sessions/<id:pk>/", sessions.detail, name="detail")], "session")
