"""What a template says goes the short way, and reads as Django would have written it."""

import datetime as dt
from typing import Any

import pytest
from django.template import Context, Template, engines
from django.template.base import VariableNode, render_value_in_context
from django.template.loader import get_template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from producerdesk.kit.templates import _Quick


class Odd(str):
    """A text of another type."""


@pytest.mark.parametrize("autoescape", [True, False])
@pytest.mark.parametrize(
    "value",
    [
        *("", "Salt & <Neon> \"'", "äöü", mark_safe("<b>bold</b>"), Odd("<i>"), gettext_lazy("Draft <x>")),
        *(0, 1234567, 1.5, True, None, dt.date(2027, 3, 1), dt.datetime(2027, 3, 1, 10, tzinfo=dt.UTC), [1, "<"]),
    ],
)
def test_a_value_is_written_as_django_writes_it(value: Any, autoescape: bool) -> None:
    template = Template("{{ value }}", engine=engines["django"].engine)  # type: ignore[attr-defined]
    (node,) = template.nodelist
    assert isinstance(node, VariableNode)
    context = Context({"value": value}, autoescape=autoescape)
    with context.bind_template(template):
        expected = render_value_in_context(value, context)
        node.__class__ = _Quick
        assert node.render(context) == expected


def test_each_template_that_is_read_goes_the_short_way() -> None:
    nodes = get_template("sessions/_facts.html").template.nodelist.get_nodes_by_type(VariableNode)  # type: ignore[attr-defined]
    assert nodes and all(type(node) is _Quick for node in nodes)
