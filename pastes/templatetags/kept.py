"""A piece of a template that is rendered once, as long as this process lives."""

from collections.abc import Sequence

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.translation import get_language

register = template.Library()

MOST = 64
"""Renderings of one piece that are remembered."""


@register.tag
def kept(parser: Parser, token: Token) -> template.Node:
    """``{% kept a b %}…{% endkept %}``: what stands between depends on nothing but the language, ``a`` and ``b``.

    There is no block in it, and nothing that one reader sees and another does not.

    Looking up addresses, files and words is most of what the frame of a page costs, and it is the same on each.
    """
    values = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodes, values)


class KeptNode(template.Node):
    """See `kept`."""

    def __init__(self, nodelist: NodeList, values: Sequence[FilterExpression]) -> None:
        self.nodelist = nodelist
        self.values = values
        self.rendered: dict[tuple[str, ...], str] = {}

    def render(self, context: Context) -> str:
        """The piece as it was, or as it is made now."""
        name = (get_language() or "", *(str(value.resolve(context)) for value in self.values))
        found = self.rendered.get(name)
        if found is None:
            found = self.nodelist.render(context)
            if len(self.rendered) < MOST:
                self.rendered[name] = found
        return found
