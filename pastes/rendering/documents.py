"""A whole file of Markdown as HTML that may stand on a page: what a README looks like.

CommonMark with GitHub's tables, strikethrough, task lists and bare addresses. As in comments
(`pastes.rendering.markdown`) raw HTML is text, pictures are links to them, and nh3 cleans what comes out. Other than
there, headings are headings: one level lower than written, as the page has a title of its own, and with ids, so that
they can be linked. Code in fences has the colours of files. A line end is a blank.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from urllib.parse import unquote

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments.util import ClassNotFound

from pastes.rendering import languages, pool
from pastes.rendering.lexing import CLASSES, lex
from pastes.rendering.markdown import SCHEMES, SafeMarkdown, align, links, picture, words
from pastes.rendering.visible import HIDDEN, spell_hidden, visible

logger = logging.getLogger(__name__)

LONGEST = 128 * 1024
"""Characters. A book is read as text, in parts."""

LARGEST_HTML = 2_000_000
"""Characters. A table fills missing cells up, and becomes many times as long as its text."""

DEADLINE_SECONDS = 2.0

LONGEST_SLUG = 80
"""Characters of a heading's id."""

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"`{3,}")
_TASK = re.compile(r"\[([ xX])\] ")
_OTHERS = re.compile(r"[^\w\- ]+")

_CLEANER = nh3.Cleaner(
    tags={
        "a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "span",
        "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
    },
    attributes={"a": {"href"}, "ol": {"start"}, "span": {"title"}} | {f"h{level}": {"id"} for level in range(2, 7)},
    tag_attribute_values={"table": {"tabindex": {"0"}}, "pre": {"tabindex": {"0"}}},
    allowed_classes={
        "td": {"left", "center", "right"},
        "th": {"left", "center", "right"},
        "li": {"task"},
        "span": {*filter(None, CLASSES.values()), "hid", "cut"},
    },
    url_schemes=set(SCHEMES),
    link_rel="nofollow ugc noopener",
)  # fmt: skip


def render(text: str, *, prefix: str) -> str | None:
    """Return ``text`` as safe HTML, or None where it is too long or takes too long.

    Code that cannot be coloured in time costs its colours, and not the document.

    Args:
        text: Markdown, of any length.
        prefix: what the ids of headings begin with, so that they are nobody else's on the page.
    """
    if len(text) > LONGEST:
        return None
    for coloured in (True, False):
        try:
            return pool.run(render_here, DEADLINE_SECONDS, text, prefix, coloured) or None
        except (pool.RenderTimeout, pool.RenderFailed) as error:
            logger.info("a document of %d characters was not rendered: %s", len(text), error)
    return None


def render_here(text: str, prefix: str, coloured: bool) -> str:  # the pool passes by position
    """Do the work of `render`, without a deadline; "" when there would be too much of it."""
    env: dict[str, object] = {"prefix": prefix, "coloured": coloured, "slugs": {}}
    html = _PARSER.render(_with_front_matter(text.replace("\r\n", "\n")), env)
    return "" if len(html) > LARGEST_HTML else spell_hidden(_CLEANER.clean(html)) or "<p></p>"


def _with_front_matter(text: str) -> str:
    """What stands between two lines of dashes at the very beginning is data about the text: shown as such."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return text
    fence = "`" * max([3, *(len(found) + 1 for found in _FENCE.findall(match[1]))])
    return f"{fence}yaml\n{match[1]}{fence}\n{text[match.end() :]}"


def _adapt(state: StateCore) -> None:
    """Change the parsed text: a rule of the parser, before escaped characters are joined to their neighbours."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        elif token.type == "table_open":
            token.attrSet("tabindex", "0")
        elif token.type in {"th_open", "td_open"}:
            align(token)
        if token.children is not None:
            token.children = list(_inline(state, token.children))
    for before, token in pairwise(state.tokens):
        if before.type == "heading_open":
            before.attrSet("id", _id_of(state, words(token.children or [])))
    for item, paragraph, token in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type == "list_item_open" and paragraph.type == "paragraph_open" and token.children:
            _mark_task(item, token.children)


def _inline(state: StateCore, tokens: list[Token]) -> Iterator[Token]:
    """The tokens of one paragraph, with pictures and bare addresses as links, and without links that lead nowhere."""
    inside = 0
    dropped = False
    for token in tokens:
        if token.type == "link_open":
            dropped = not _lead_somewhere(state, token)
            inside += 1
            if dropped:
                continue
        elif token.type == "link_close":
            inside -= 1
            if dropped:
                continue
        if token.type == "image":
            source = str(token.attrs.get("src", ""))
            yield from picture(token, linked=inside > 0 or source.partition(":")[0].lower() not in SCHEMES)
        elif token.type == "text" and not inside:
            yield from links(state, token)
        else:
            yield token


def _lead_somewhere(state: StateCore, link: Token) -> bool:
    """Whether a link leads anywhere from here: to another site, or to a heading, whose id has a prefix here.

    A document's links to its neighbours ("docs/use.md") are of the place it was written for.
    """
    href = str(link.attrs.get("href", ""))
    if href.startswith("#"):
        link.attrSet("href", f"#{state.env['prefix']}{_slug(unquote(href[1:]))}")
        return True
    return href.partition(":")[0].lower() in SCHEMES


def _slug(title: str) -> str:
    """A title as GitHub writes it in the address of its heading."""
    return HIDDEN.sub("", _OTHERS.sub("", title.strip().lower()).replace(" ", "-"))[:LONGEST_SLUG]


def _id_of(state: StateCore, title: str) -> str:
    slug = _slug(title) or "section"
    seen: dict[str, int] = state.env["slugs"]
    number = seen.get(slug, 0)
    # "a", "a-1": a heading may itself be called like the second of another.
    while number and f"{slug}-{number}" in seen:
        number += 1
    seen[slug] = number + 1
    name = f"{slug}-{number}" if number else slug
    seen.setdefault(name, 1)
    return f"{state.env['prefix']}{name}"


def _mark_task(item: Token, children: list[Token]) -> None:
    first = children[0]
    if first.type == "text" and (match := _TASK.match(first.content)):
        item.attrSet("class", "task")
        first.content = ("☐ " if match[1] == " " else "☑ ") + first.content[match.end() :]


class _Renderer(RendererHTML):
    """HTML with code in the colours of files."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        """A block of code in the language it names."""
        token = tokens[idx]
        name = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
        return _code(token.content, name if env.get("coloured") else "")

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:  # noqa: ARG002
        """A block that is code because it is indented."""
        return _code(tokens[idx].content, "")


def _code(text: str, name: str) -> str:
    alias = languages.canonical(name) or languages.canonical(name.rpartition(".")[2]) or ""
    lines = None
    if languages.has_lexer(alias):
        try:
            lines = lex(text, alias)
        except ClassNotFound:
            lines = None
    html = "\n".join(lines) + "\n" if lines else visible(text)
    # It scrolls by itself where it is too wide; so a keyboard must reach it.
    return f'<pre tabindex="0"><code>{html}</code></pre>\n'


_PARSER = (
    SafeMarkdown("commonmark", {"html": False, "xhtmlOut": False}, renderer_cls=_Renderer)
    .enable(["table", "strikethrough"])
    .disable(["html_block", "html_inline"])
)  # fmt: skip
_PARSER.core.ruler.before("text_join", "adapt", _adapt)
