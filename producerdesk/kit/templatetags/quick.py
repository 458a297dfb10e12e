"""The commonest tags, made quick. A page says `trans`, `url` and `icon` three hundred times.

`trans` and `url` mean what Django's mean; what they cannot do quickly they leave to Django's. `kept` is our own.
"""

from collections.abc import Hashable
from functools import cache
from typing import Any

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from producerdesk.kit.paths import path_to
from producerdesk.kit.templatetags import desk

register = template.Library()

KEPT_AT_MOST = 64  # texts of one `kept`: its values are few (signed in or not, a place or none)


# --- trans ------------------------------------------------------------------------------------------


@register.tag("trans")
def trans(parser: Parser, token: Token) -> Node:
    """Say a text in the reader's language. Looked up once for each language."""
    node: TranslateNode = do_translate(parser, token)
    said = node.filter_expression
    literal = getattr(said.var, "literal", None)
    if literal is None or said.filters or node.noop or node.message_context:
        return node
    return _Said(str(literal), node.asvar)


class _Said(Node):
    child_nodelists = ()

    def __init__(self, text: str, name: str | None) -> None:
        self.text, self.name = text, name

    def render(self, context: template.Context) -> str:
        said = _said(get_language(), self.text)
        if self.name is None:
            return said
        context[self.name] = said
        return ""


@cache
def _said(language: str | None, text: str) -> SafeString:
    return SafeString(gettext(text.replace("%", "%%")).replace("%%", "%"))


# --- url --------------------------------------------------------------------------------------------


@register.tag("url")
def url(parser: Parser, token: Token) -> Node:
    """Say where a route leads. One that is named by ids alone is looked up once."""
    node: URLNode = django_url(parser, token)
    return node if node.kwargs or not _is_fixed(node.view_name) else _Address(node)


class _Address(Node):
    child_nodelists = ()

    def __init__(self, node: URLNode) -> None:
        self.node, self.route, self.args, self.name = node, str(node.view_name.var), node.args, node.asvar

    def render(self, context: template.Context) -> str:
        ids = [arg.resolve(context) for arg in self.args]
        if self.name is not None or not all(type(key) is int for key in ids):
            return self.node.render(context)
        return path_to(self.route, *ids)


# --- icon -------------------------------------------------------------------------------------------


@register.tag("icon")
def icon(parser: Parser, token: Token) -> Node:
    """Draw an icon. One that is always the same is drawn once."""
    node = desk.register.tags["icon"](parser, token)
    given = [*node.args, *node.kwargs.values()]
    return _Fixed(node) if node.target_var is None and all(map(_is_fixed, given)) else node


class _Fixed(Node):
    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        self.node, self.text = node, ""

    def render(self, context: template.Context) -> str:
        self.text = self.text or self.node.render(context)
        return self.text


def _is_fixed(said: FilterExpression) -> bool:
    """Return whether an argument is a text as it stands in the template."""
    return isinstance(said.var, str) and not said.filters


# --- kept -------------------------------------------------------------------------------------------


@register.tag("kept")
def kept(parser: Parser, token: Token) -> Node:
    """Keep a part of the frame that is the same for everybody: `{% kept url=shell.search_url %} … {% endkept %}`.

    Inside it only the named values are known, so that nothing of one reader can reach another; the part is drawn once
    for each set of them and each language.
    """
    named = token_kwargs(token.split_contents()[1:], parser)
    body = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(named, body)


class _Kept(Node):
    def __init__(self, named: dict[str, FilterExpression], body: NodeList) -> None:
        self.named, self.nodelist = named, body
        self.texts: dict[tuple[Hashable, ...], str] = {}

    def render(self, context: template.Context) -> str:
        values: dict[str, Any] = {name: said.resolve(context) for name, said in self.named.items()}
        key = (get_language(), *values.values())
        if key not in self.texts:
            if len(self.texts) >= KEPT_AT_MOST:
                self.texts.clear()
            self.texts[key] = self.nodelist.render(context.new(values))
        return self.texts[key]
