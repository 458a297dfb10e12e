"""What was planned so far is about the project of the call, the hold or the reply that its `ref` names."""

from typing import Any

from django.db import migrations
from django.db.models import BigIntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Cast, Substr

NAMED = (
    ("call:", "Call", "session__project_id"),
    ("hold:", "StudioSession", "project_id"),
    ("poll-reply:", "PollReply", "poll__project_id"),
)


AT_ONCE = 20_000  # rows: whoever sends or plans meanwhile waits for no more than these


def fill(apps: Any, schema_editor: Any) -> None:
    deliveries = apps.get_model("notices", "Delivery").objects.using(schema_editor.connection.alias)
    last = deliveries.aggregate(last=Max("pk"))["last"] or 0
    for first in range(0, last + 1, AT_ONCE):
        some = deliveries.filter(pk__gte=first, pk__lt=first + AT_ONCE, project_id=None)
        for word, model, column in NAMED:
            key = Cast(Substr(OuterRef("ref"), len(word) + 1), BigIntegerField())
            rows = apps.get_model("studio_sessions", model).objects.filter(pk=key).order_by()
            mine = some.filter(ref__startswith=word, ref__regex=rf"^{word}[0-9]{{1,15}}$")
            mine.update(project_id=Subquery(rows.values(column)[:1]))


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("studio_sessions", "0019_version_poll_replies"),
        ("notices", "0004_name_project_of_deliveries"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
