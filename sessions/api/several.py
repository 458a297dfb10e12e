"""What is said of several dates at once: which sessions and which gear it names."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from producerdesk.kit.errors import Refused
from producerdesk.kit.viewer import Viewer
from sessions.models import Gear, StudioSession

Dates = Sequence[dict[str, Any]]  # as `serializers.DatesInput` gives them


def sessions_of(dates: Dates, session: StudioSession) -> list[StudioSession]:
    """Return the sessions that are named, each once and all of one session's project: one right is asked for all."""
    rows = StudioSession.objects.filter(project=session.project_id).select_related("project")
    known = rows.in_bulk([each["session"] for each in dates])
    found: list[StudioSession] = []
    for number, each in enumerate(dates):
        one = known.pop(each["session"], None)
        if one is None:
            twice = each["session"] in {earlier.pk for earlier in found}
            text = _("This date stands here twice.") if twice else _("No session of this project.")
            raise Refused({f"dates.{number}.session": text})
        found.append(one)
    return found


def versions_of(dates: Dates, session: StudioSession) -> list[dict[str, int]]:
    """Return the versions that these dates of the session's project have by now."""
    keys = [each["session"] for each in dates]
    rows = StudioSession.objects.filter(pk__in=keys, project=session.project_id).order_by("starts_at", "pk")
    return [{"session": key, "version": version} for key, version in rows.values_list("pk", "version")]


def gear_of(dates: Dates, viewer: Viewer) -> list[list[Gear]]:
    """Return the items that are named for each date, of those the viewer may use."""
    known = Gear.objects.visible_to(viewer).in_bulk({key for each in dates for key in each["gear"]})
    for number, each in enumerate(dates):
        if strange := [key for key in each["gear"] if key not in known]:
            raise Refused({f"dates.{number}.gear": _("There is no gear %(key)d here.") % {"key": strange[0]}})
    return [[known[key] for key in dict.fromkeys(each["gear"])] for each in dates]
