"""Every way an input list changes, and the templates that a desk keeps of them."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from producerdesk.kit import clock
from producerdesk.kit.errors import Conflict, Refused, Stale
from producerdesk.kit.models import bump
from producerdesk.kit.viewer import Viewer
from sessions.actions.noting import note_session
from sessions.actions.standing import answering, must_be_on
from sessions.models import InputList, InputTemplate, StudioSession

ROWS_AT_MOST = 200
TEMPLATES_AT_MOST = 200  # of a desk
FACTS = ("daw", "sample_rate", "bit_depth")
Channels = list[dict[str, str]]


def list_of(session: StudioSession) -> InputList:
    """Return the session's input list, or the one it would start with: recorded as its project was last, version 0."""
    found = InputList.objects.filter(pk=session.pk).first()
    if found is not None:
        return found
    others = InputList.objects.filter(session__project=session.project_id).exclude(session__state="cancelled")
    last = others.order_by("-session__starts_at", "-pk").first()
    facts = {name: getattr(last, name) for name in FACTS} if last else {}
    return InputList(session=session, version=0, **facts)


@transaction.atomic
def save_inputs(*, viewer: Viewer, session: StudioSession, expected: int, **said: Any) -> InputList:
    """Write the list and the facts of the recording whole. Raises Stale when somebody changed them first."""
    session = answering(session.pk)
    must_be_on(session)
    found = list_of(session)
    if found.version != expected:
        raise Stale
    was = {name: getattr(found, name) for name in said}
    _write(found, **said, before=None)
    if was != said:
        note_session(session, "inputs_written", viewer, count=len(found.channels))
    return found


@transaction.atomic
def recall_inputs(
    *, viewer: Viewer, session: StudioSession, channels: Channels, facts: InputList | None = None, append: bool = False
) -> InputList:
    """Take over these rows, in the place of what stands or after it. What stood can be put back."""
    session = answering(session.pk)
    must_be_on(session)
    found = list_of(session)
    rows = [*found.channels, *channels] if append else list(channels)
    if len(rows) > ROWS_AT_MOST:
        raise Conflict(_("An input list holds up to %(most)d rows.") % {"most": ROWS_AT_MOST})
    before = {"channels": found.channels} | {name: getattr(found, name) for name in FACTS}
    taken = {name: getattr(facts, name) for name in FACTS} if facts and not append else {}
    _write(found, channels=rows, before=before, **taken)
    note_session(session, "inputs_recalled", viewer, count=len(rows))
    return found


@transaction.atomic
def put_back_inputs(*, viewer: Viewer, session: StudioSession) -> InputList:
    """Put back what stood before a list was taken over."""
    session = answering(session.pk)
    must_be_on(session)
    found = list_of(session)
    if found.before is None:
        raise Conflict(_("There is nothing to put back: the list was written since."))
    _write(found, **found.before, before=None)
    note_session(session, "inputs_written", viewer, count=len(found.channels))
    return found


def _write(found: InputList, **said: Any) -> None:
    """Write these values, as a new row if it is none yet. The session's row is ours."""
    if found.version:
        bump(found)
    for name, value in said.items():
        setattr(found, name, value)
    found.version = found.version or 1
    found.clean_fields(exclude=["session", "channels", "before"])
    found.save()


@transaction.atomic
def keep_template(*, session: StudioSession, name: str) -> InputTemplate:
    """Keep the session's list under a name, for other sessions of the desk."""
    session = answering(session.pk)
    channels = list_of(session).channels
    if not channels:
        raise Conflict(_("There is nothing in this list yet. Save it first."))
    standing = InputTemplate.objects.filter(desk_id=session.desk_id).standing()
    if standing.filter(name=name).exists():
        raise Refused({"name": _("There is a template of that name. Choose another.")})
    if standing.count() >= TEMPLATES_AT_MOST:
        raise Conflict(_("A desk keeps up to %(most)d templates.") % {"most": TEMPLATES_AT_MOST})
    try:
        with transaction.atomic():
            return InputTemplate.objects.create(desk_id=session.desk_id, name=name, channels=channels)
    except IntegrityError:  # somebody kept another session's list under it just now
        raise Refused({"name": _("There is a template of that name. Choose another.")}) from None


@transaction.atomic
def set_template_removed(*, template: InputTemplate, removed: bool) -> InputTemplate:
    """Take a template away, or bring it back."""
    if (
        not removed
        and InputTemplate.objects.standing()
        .filter(desk=template.desk_id, name=template.name)
        .exclude(pk=template.pk)
        .exists()
    ):
        raise Conflict(_("There is another template of that name by now."))
    template.removed_at = clock.now() if removed else None
    template.save(update_fields=["removed_at"])
    return template
