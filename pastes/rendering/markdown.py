"""Markdown as people write it in comments, as HTML that may stand on a page.

CommonMark (https://spec.commonmark.org/0.31.2/) with GitHub's tables, strikethrough and bare addresses
(https://github.github.com/gfm/). A line end is a line end. Raw HTML is text, pictures are links to them, headings are
bold paragraphs, which leave the outline of the page alone. nh3 cleans what comes out once more, so that a mistake of
the parser is no hole in the site.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Concatenate

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from pastes.rendering import pool
from pastes.rendering.visible import spell_hidden, visible

logger = logging.getLogger(__name__)

SHORT = 500
"""Characters that are parsed in this process: no text this short was found that takes over 50 ms. Longer ones can take
a second (10,000 brackets), and go to a child."""

FEW_BARS = 20
"""With more of them a text goes to a child, too: a line end may add a whole row of cells to a wide table."""

DEADLINE_SECONDS = 1.0
"""For a child; then the text is shown as it was written."""

LARGEST_HTML = 200_000
"""Characters. A table fills missing cells up, and becomes many times as long as its text."""

MOST_MENTIONS = 20
"""How many people one text can mention; further names are words."""

SCHEMES = frozenset({"http", "https", "mailto"})

# A user name as accounts have them: it ends where a sentence's full stop begins. Not after a letter, a slash or another
# @, and not before one: that is a mail address, a path, or the address of somebody on another network.
_MENTION = r"(?<![\w@/])@(?P<name>[A-Za-z0-9][A-Za-z0-9._-]{0,38}[A-Za-z0-9])(?![\w@])"
_ADDRESS = r"(?<![\w/])(?P<address>https?://[^\s<>\"]+)"
_FOUND = re.compile(f"{_MENTION}|{_ADDRESS}", re.IGNORECASE)
_ALIGNED = re.compile(r"text-align:(left|center|right)")


class SafeMarkdown(MarkdownIt):
    """The parser, with the links this site takes. What is no link stays as it was written."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 # the library's name
        """Whether ``url`` is of one of the `SCHEMES`, or an address on this site."""
        head, colon, _rest = url.partition(":")
        return head.lower() in SCHEMES if colon and not set(head) & set("/?#") else True


_PARSER = (
    SafeMarkdown("commonmark", {"html": False, "breaks": True, "xhtmlOut": False})
    .enable(["table", "strikethrough"])
    .disable(["html_block", "html_inline"])
)
_CLEANER = nh3.Cleaner(
    tags={
        "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td",
        "th", "thead", "tr", "ul",
    },
    attributes={"a": {"href"}, "ol": {"start"}},
    tag_attribute_values={"table": {"tabindex": {"0"}}},
    allowed_classes={"td": {"left", "center", "right"}, "th": {"left", "center", "right"}, "a": {"mention"}},
    url_schemes=set(SCHEMES),
    link_rel="nofollow ugc noopener",
)  # fmt: skip


def render(text: str, *, people: Mapping[str, str] | None = None) -> str:
    """Return ``text`` as safe HTML, hidden characters written out.

    Args:
        text: Markdown, of any length.
        people: addresses of pages about people, by their names in lower case. Only these become links.
    """
    return _bounded(render_here, text, dict(people or {})) or f"<p>{visible(text)}</p>".replace("\n", "<br>")


def mentions(text: str) -> set[str]:
    """Return the names after an @, in lower case: not those in code, in mail addresses or in links."""
    return (_bounded(mentions_here, text) or set()) if "@" in text else set()


def is_small(text: str) -> bool:
    """Whether ``text`` is parsed in no time, whatever it is."""
    return len(text) <= SHORT and text.count("|") <= FEW_BARS


def render_here(text: str, people: Mapping[str, str]) -> str:
    """Do the work of `render`, without a deadline; "" when there would be too much of it."""
    env: dict[str, Mapping[str, str]] = {"people": people}
    html = _PARSER.render(text, env)
    return "" if len(html) > LARGEST_HTML else spell_hidden(_CLEANER.clean(html)) or "<p></p>"


def mentions_here(text: str) -> set[str]:
    """Do the work of `mentions`, without a deadline."""
    env: dict[str, dict[str, None]] = {"mentioned": {}}
    _PARSER.parse(text, env)
    return set(env["mentioned"])


def _bounded[**P, T](work: Callable[Concatenate[str, P], T], text: str, *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What ``work`` returns, or None when it takes too long or fails."""
    try:
        if is_small(text):
            return work(text, *args, **kwargs)
        return pool.run(work, DEADLINE_SECONDS, text, *args, **kwargs)
    except (pool.RenderTimeout, pool.RenderFailed) as error:
        logger.warning("a comment is shown as it was written: %s", error)
    except Exception:
        # The parser promises not to raise. Should it, what somebody wrote is still worth showing.
        logger.exception("a comment is shown as it was written")
    return None


def _adapt(state: StateCore) -> None:
    """Change the parsed text: a rule of the parser, before escaped characters are joined to their neighbours."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = "p"
        elif token.type == "table_open":
            # It scrolls by itself where it is too wide; so a keyboard must reach it.
            token.attrSet("tabindex", "0")
        elif token.type in {"th_open", "td_open"}:
            align(token)
        if token.children is not None:
            token.children = list(_inline(state, token.children))
    for before, token in zip(state.tokens, state.tokens[1:], strict=False):
        if before.type == "heading_open" and token.children:
            token.children = [tag("strong", 1), *token.children, tag("strong", -1)]


def _inline(state: StateCore, tokens: list[Token]) -> Iterator[Token]:
    """The tokens of one paragraph, with pictures, names and bare addresses as links."""
    inside = 0
    for token in tokens:
        inside += token.nesting if token.type in {"link_open", "link_close"} else 0
        if token.type == "image":
            yield from picture(token, linked=inside > 0)
        elif token.type == "text" and not inside:
            yield from links(state, token)
        else:
            yield token


def align(cell: Token) -> None:
    """Say how a cell is aligned by a class: no style comes through the site's policy."""
    if style := _ALIGNED.search(str(cell.attrs.pop("style", ""))):
        cell.attrSet("class", style[1])


def picture(token: Token, *, linked: bool) -> Iterator[Token]:
    """A picture as a link to it, or as its words where a link would not do."""
    source = str(token.attrs.get("src", ""))
    label = words(token.children or []) or source
    yield from [text_token(label)] if linked else _link(source, label)


def words(tokens: list[Token]) -> str:
    """What a reader reads of some tokens."""
    return "".join(words(token.children) if token.children else token.content for token in tokens)


def links(state: StateCore, token: Token) -> Iterator[Token]:
    """Text with its bare addresses as links, and the names of people who are there."""
    people: Mapping[str, str] = state.env.get("people", {})
    mentioned: dict[str, None] = state.env.setdefault("mentioned", {})
    end = 0
    for match in _FOUND.finditer(token.content):
        if match["address"]:
            label = _without_end(match["address"])
            href = state.md.normalizeLink(label)
            link = _link(href, label) if state.md.validateLink(href) else iter([text_token(label)])
            stop = match.start() + len(label)
        else:
            label, stop = match[0], match.end()
            name = match["name"].lower()
            if len(mentioned) < MOST_MENTIONS:
                mentioned[name] = None
            if name not in people or name not in mentioned:
                continue
            link = _link(people[name], label, "mention")
        yield text_token(token.content[end : match.start()])
        yield from link
        end = stop
    yield text_token(token.content[end:])


def _without_end(address: str) -> str:
    """An address without the punctuation of the sentence around it; brackets that it opens itself stay."""
    while address and (address[-1] in "?!.,:;*_~'" or (address[-1] == ")" and address.count(")") > address.count("("))):
        address = address[:-1]
    return address


def _link(href: str, label: str, css: str = "") -> Iterator[Token]:
    start = Token("link_open", "a", 1, attrs={"href": href})
    if css:
        start.attrSet("class", css)
    yield from (start, text_token(label), Token("link_close", "a", -1))


def text_token(content: str) -> Token:
    return Token("text", "", 0, content=content)


def tag(name: str, nesting: int) -> Token:
    return Token(f"{name}_{'open' if nesting > 0 else 'close'}", name, nesting)  # type: ignore[arg-type]


_PARSER.core.ruler.before("text_join", "adapt", _adapt)
