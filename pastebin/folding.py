"""Templates with what is the same on every page put together when they are loaded.

Half of what a page costs is the walk over its template: words to look up, addresses of pages and files, files to
include by name. Most of these depend on nothing but the language. `Loader` reads templates as Django's cached one does
and replaces each run of such nodes by one that remembers what it made, so that nobody has to mark them in a template
(`{% kept %}` is for pieces that depend on a few values). What a template says stays what it says.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from django.template import Engine, Node, NodeList, Template
from django.template.base import FilterExpression, TextNode, TokenType, Variable
from django.template.context import Context
from django.template.defaulttags import CommentNode, LoadNode, URLNode
from django.template.loader_tags import IncludeNode
from django.template.loaders import cached
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.translation import get_language

from pastes.urlkeys import KEY_PATTERN, address_of

_KEY: Final = re.compile(KEY_PATTERN)


class Loader(cached.Loader):
    """Django's cached loader, whose templates are folded."""

    def get_template(self, template_name: str, skip: list[Any] | None = None) -> Template:
        """The template, folded when it is read for the first time."""
        template = super().get_template(template_name, skip)
        if not hasattr(template, "folded"):
            fold(template.nodelist, self.engine)
            template.folded = True  # type: ignore[attr-defined] # a second time would change nothing
        return template


def fold(nodes: NodeList, engine: Engine) -> None:
    """Put together what is constant in a list of nodes, and in the lists inside it."""
    folded: list[Node] = []
    run: list[Node] = []
    for node in nodes:
        if is_constant(node):
            run.append(node)
            continue
        for inner in _lists_in(node):
            fold(inner, engine)
        folded += [*_together(run), _quick(node, engine)]
        run = []
    nodes[:] = [*folded, *_together(run)]


def is_constant(node: Node) -> bool:
    """Whether a node depends on nothing but the language."""
    match node:
        case TextNode() | LoadNode() | CommentNode() | Folded():
            return True
        case TranslateNode():
            return not node.asvar and _are_literal(node.filter_expression, node.message_context)
        case BlockTranslateNode():
            texts = [*node.singular, *(node.plural or [])]
            plain = all(token.token_type == TokenType.TEXT for token in texts)
            return plain and not (node.asvar or node.countervar or node.extra_context or node.message_context)
        case StaticNode():
            return not node.varname and _are_literal(node.path)
        case URLNode():
            return not (node.asvar or node.args or node.kwargs) and _are_literal(node.view_name)
        case IncludeNode():
            return node.isolated_context and _are_literal(node.template, *node.extra_context.values())
        case _:
            return False


class Folded(Node):
    """A run of constant nodes, rendered once for each language."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.token, self.origin = nodes[0].token, nodes[0].origin
        self.rendered: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """The run in the language of the moment."""
        language = get_language()
        found = self.rendered.get(language)
        if found is None:
            found = self.rendered[language] = "".join(str(node.render_annotated(context)) for node in self.nodes)
        return found


class KeyURL(Node):
    """The address of something of a paste, made by putting its key where one goes; of other values, as Django does."""

    def __init__(self, node: URLNode) -> None:
        self.node = node
        self.token, self.origin = node.token, node.origin

    def render(self, context: Context) -> str:
        """The address."""
        key = self.node.args[0].resolve(context)
        if isinstance(key, str) and _KEY.fullmatch(key):
            with suppress(NoReverseMatch):  # what the template says is no route of a key alone
                return address_of(self.node.view_name.resolve(context), key)
        return str(self.node.render(context))


class _Included:
    """The template of an ``{% include %}``, looked for once; it stands where the name did."""

    def __init__(self, name: str, engine: Engine) -> None:
        self.name, self.engine = name, engine
        self.template: Template | None = None

    def resolve(self, context: Context) -> Template:
        """What `FilterExpression.resolve` gives for a template in a variable."""
        del context
        if self.template is None:
            self.template = self.engine.get_template(self.name)
        return self.template


def _together(run: list[Node]) -> list[Node]:
    """A run as one node; text alone is as quick as it is, and what renders to nothing goes."""
    said = [node for node in run if not isinstance(node, (LoadNode, CommentNode))]
    return said if all(isinstance(node, (TextNode, Folded)) for node in said) else [Folded(said)]


def _quick(node: Node, engine: Engine) -> Node:
    """A node that does the same with less looking up."""
    match node:
        case IncludeNode() if _are_literal(node.template):
            included: Any = _Included(str(node.template.var), engine)
            node.template = included
        case URLNode(args=[_], kwargs={}, asvar=None) if not node.kwargs and _are_literal(node.view_name):
            return KeyURL(node)
    return node


def _lists_in(node: Node) -> Iterator[NodeList]:
    if branches := getattr(node, "conditions_nodelists", None):
        yield from (nodes for _condition, nodes in branches)
        return
    for name in node.child_nodelists:
        if nodes := getattr(node, name, None):
            yield nodes


def _are_literal(*expressions: object) -> bool:
    return all(_is_literal(expression) for expression in expressions if expression is not None)


def _is_literal(expression: object) -> bool:
    if not isinstance(expression, FilterExpression) or expression.filters:
        return False
    var = expression.var
    return not isinstance(var, Variable) or var.lookups is None or var.var in {"True", "False", "None"}
