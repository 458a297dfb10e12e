"""Templates whose `{{ … }}` go the short way for what they nearly always are: a text, or a text that is safe already.

A page of ours has five hundred of them. Django asks each value for its time zone and its number format before it
escapes it, by five calls; a text has neither.
"""

from html import escape
from typing import Any

from django.template import Context, Template
from django.template.base import VariableNode, render_value_in_context
from django.template.loaders import cached
from django.utils.safestring import SafeString


class Loader(cached.Loader):
    """Django's own, which keeps what it has read."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        is_known = self.cache_key(template_name, skip) in self.get_template_cache
        template = super().get_template(template_name, skip)
        for node in () if is_known else template.nodelist.get_nodes_by_type(VariableNode):
            if type(node) is VariableNode:
                node.__class__ = _Quick
        return template


class _Quick(VariableNode):
    def render(self, context: Context) -> str:
        value = self.filter_expression.resolve(context)
        kind = type(value)
        if kind is SafeString:
            return value
        if kind is str:
            return escape(value) if context.autoescape else value
        return render_value_in_context(value, context)
