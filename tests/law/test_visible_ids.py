"""An id in a body is looked for among what the viewer may see: of what is not, nobody learns that it is there."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework import serializers

from producerdesk.api_urls import router
from producerdesk.kit.fields import VisibleField, VisibleMany
from producerdesk.kit.viewer import Viewer
from sessions.actions import inputs
from tests import makers
from tests.calling import Caller
from tests.law.world import World, make_world

NO_SUCH_ID = 10**15


@pytest.fixture
def world(db: None) -> World:
    """The world, and one of each thing at another desk."""
    world = make_world()
    cast = world.cast
    makers.make_song(cast.other_project)
    person = makers.make_contributor(cast.other_desk, "Una")
    makers.make_engagement(cast.other_project, person)
    makers.make_gear(cast.other_desk)
    session = makers.make_session(cast.other_project, cast.cleo)
    rows = [{"source": "Cello"}]
    inputs.save_inputs(viewer=cast.viewer("cleo"), session=session, expected=0, channels=rows)
    inputs.keep_template(session=session, name="Cello")
    return world


@pytest.mark.once
def test_an_id_of_another_desk_and_one_that_is_none_get_the_same_answer(world: World) -> None:
    found = list(_fields(world.cast.viewer("ana")))
    assert len(found) > 5, "the fields are not found any more"
    for name, field in found:
        model = field.rows.all().model
        foreign = model.objects.exclude(pk__in=model.objects.visible_to(field.viewer).values("pk")).first()
        assert foreign is not None, f"{name}: make a {model.__name__} at another desk"
        assert _refusal(field, foreign.pk) == _refusal(field, NO_SUCH_ID), name
        assert foreign.pk not in [choice["value"] for choice in field.options()], name


def _refusal(field: VisibleField, key: int) -> str:
    """Return what is said to this id, the id itself left out."""
    many = isinstance(field.parent, VisibleMany)
    with pytest.raises(serializers.ValidationError) as refused:
        if many:
            field.parent.to_internal_value([key])
        else:
            field.to_internal_value(key)
    return str(refused.value.detail).replace(str(key), "…")


def _fields(viewer: Viewer) -> Iterator[tuple[str, VisibleField]]:
    """Yield every such field of every body that the API takes."""
    context: dict[str, Any] = {
        "request": SimpleNamespace(auth=viewer, user=viewer, query_params={}, GET={}),
        "narrow": {},
    }
    registered: list[tuple[str, Any, str]] = router.registry
    for _prefix, viewset, basename in registered:
        for action, body in viewset.inputs.items():
            yield from _within(f"{basename} {action}", body(context=context))


def _within(name: str, part: Any) -> Iterator[tuple[str, VisibleField]]:
    if isinstance(part, VisibleMany):
        part = part.child_relation
    if isinstance(part, VisibleField):
        if not part.read_only:
            yield name, part
    elif isinstance(part, serializers.ListSerializer):
        yield from _within(name, part.child)
    elif isinstance(part, serializers.Serializer):
        for key, field in part.fields.items():
            yield from _within(f"{name}.{key}", field)


@pytest.mark.once
def test_what_one_sees_and_may_not_use_is_refused(world: World) -> None:
    """Nora produces at a desk of her own; of Ana's record she is the artist, and adds nothing to it."""
    makers.make_desk(world.cast.nora)
    asked = set()
    for name, field in _fields(world.cast.viewer("nora")):
        barred = [row for row in field.get_queryset() if field.may and not field.may(field.viewer, row)]
        for row in barred[:1]:
            asked.add(name)
            assert _refusal(field, row.pk) != _refusal(field, NO_SUCH_ID), name
            assert row.pk not in [choice["value"] for choice in field.options()], name
    assert {"session create.project", "engagement create.project", "song create.project"} <= asked


@pytest.mark.parametrize("what", ["sessions", "engagements", "songs"])
def test_an_artist_with_a_desk_of_her_own_adds_nothing_to_anothers_record(world: World, what: str) -> None:
    makers.make_desk(world.cast.nora)
    said = {
        "sessions": {"title": "Mine", "day": "2027-03-11", "starts": "10:00", "ends": "12:00", "remote_place": "Home"},
        "engagements": {"role": "Cello"},
        "songs": {"title": "Mine"},
    }[what]
    answer = Caller(world.cast.nora).post(f"{what}/", project=world.cast.project.pk, **said)
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["project"])
