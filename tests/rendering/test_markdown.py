"""Comments as HTML: what people write comes out, what could run does not, no text takes long (promises 12, 16, 17)."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pastes.rendering import markdown, pool
from pastes.rendering.visible import HIDDEN

PEOPLE = {"alice": "/u/alice", "bo_b": "/u/bo_b"}
TAGS = {
    "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "span", "strong", "table", "tbody", "td",
    "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"href", "rel", "class", "start", "tabindex", "title"}
LINK = 'rel="nofollow ugc noopener"'


class Page(HTMLParser):
    """The tags and attributes of some HTML, as a browser reads it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, value in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]


def assert_harmless(html: str) -> None:
    page = Page(html)
    assert page.tags <= TAGS, html
    assert page.attributes <= ATTRIBUTES, html
    for link in page.links:
        assert link.partition(":")[0].lower() in markdown.SCHEMES or ":" not in link.partition("/")[0], html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* **c** ~~d~~ `e`", "<p>a <em>b</em> <strong>c</strong> <s>d</s> <code>e</code></p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("# Head *ing*", "<p><strong>Head <em>ing</em></strong></p>"),
        ("under\n=====", "<p><strong>under</strong></p>"),
        ("```py\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("3. x", '<ol start="3">\n<li>x</li>\n</ol>'),
        ("[x](https://e.org/?a=1&b=2)", f'<p><a href="https://e.org/?a=1&amp;b=2" {LINK}>x</a></p>'),
        ("<https://e.org>", f'<p><a href="https://e.org" {LINK}>https://e.org</a></p>'),
        ("(see https://e.org/a_(b)).", f'<p>(see <a href="https://e.org/a_(b)" {LINK}>https://e.org/a_(b)</a>).</p>'),
        ("[mail](mailto:a@e.org)", f'<p><a href="mailto:a@e.org" {LINK}>mail</a></p>'),
        ("![a *cat*](https://e.org/c.png)", f'<p><a href="https://e.org/c.png" {LINK}>a cat</a></p>'),
        ("[![cat](https://e.org/c.png)](/x)", f'<p><a href="/x" {LINK}>cat</a></p>'),
    ],
)
def test_it_reads_what_people_write(text: str, html: str) -> None:
    assert markdown.render(text).strip() == html


def test_it_aligns_tables_without_styles_and_lets_a_keyboard_scroll_them() -> None:
    html = markdown.render("|a|b|\n|:-:|--:|\n|1|2|")
    assert '<table tabindex="0">' in html
    assert '<th class="center">a</th>' in html
    assert '<td class="right">2</td>' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<a href="javascript:alert(1)">x</a>',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x](&#x6A;avascript:alert(1))",
        "[x](\\javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:msgbox)",
        "[x](file:///etc/passwd)",
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml,<svg onload=alert(1)>)",
        '[x](https://e.org "\\" onmouseover=alert(1) x=\\"")',
        '[x](<https://e.org/" onmouseover="alert(1)>)',
        "<javascript:alert(1)>",
        "[x]: javascript:alert(1)\n[x]",
        'https://e.org/"onmouseover="alert(1)',
        "`<script>`</code><script>alert(1)</script>",
        "```\n</code></pre><script>alert(1)</script>\n```",
        "<!-- --><svg><script>alert(1)</script></svg>",
        "<![CDATA[<script>]]>",
        "|<script>|\n|-|\n|<img onerror=x>|",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "<style>*{display:none}</style><form action=//evil><input name=password>",
        "[x](//evil.org\\@e.org) [y](https:evil)",
        '@alice"><script>alert(1)</script>',
    ],
)
def test_it_lets_nothing_run(text: str) -> None:
    assert_harmless(markdown.render(text, people=PEOPLE))


MARKS = [
    *"""< > [ ]( ) ! ` ``` * _ ~~ | |-| &# ; \\ " ' javascript: https:// @alice <script> onerror= # - 1.""".split(),  # noqa: SIM905 # a list would be a line for each
    *(" ", "\n", "\n\n", "    ", "\u202e"),
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(MARKS),
            st.text(max_size=8),
        ),
        max_size=40,
    ).map("".join)
)
def test_whatever_is_written_is_harmless_and_hides_nothing(text: str) -> None:
    html = markdown.render_here(text[: markdown.SHORT], PEOPLE)
    assert_harmless(html)
    assert HIDDEN.search(html) is None
    markdown.mentions_here(text[: markdown.SHORT])


def test_it_writes_hidden_characters_out() -> None:
    html = markdown.render("a\u202eb &#x202e; `c\u200bd` [e\u2066](https://e.org/\u202e)")
    assert html.count("[U+202E]") == 2
    assert "c<span" in html
    assert "[U+2066]" in html
    assert "%E2%80%AE" in html


def test_it_mentions_people_where_a_name_is_meant() -> None:
    text = (
        "Hi @alice, @bob. @Bo_b! (@carol) `@code` x@mail.org <y@mail.org> [@label](/x) \\@escaped @far@away.social "
        "https://e.org/@path\n\n    @block"
    )
    assert markdown.mentions(text) == {"alice", "bob", "bo_b", "carol"}


def test_it_links_only_people_who_are_there() -> None:
    html = markdown.render("@Alice @bob `@alice` @bo_b.", people=PEOPLE)
    assert f'<a href="/u/alice" class="mention" {LINK}>@Alice</a>' in html
    assert f'<a href="/u/bo_b" class="mention" {LINK}>@bo_b</a>.' in html
    assert html.count("<a ") == 2


def test_it_mentions_only_so_many() -> None:
    text = " ".join(f"@user{number:03}" for number in range(100))
    assert markdown.mentions(text) == {f"user{number:03}" for number in range(markdown.MOST_MENTIONS)}


BOMBS = {
    "brackets": "[" * 10_000,
    "pictures": "![" * 5_000,
    "links": "[a](" * 2_500,
    "stars": "**a *b " * 1_400,
    "alternating": "a**b" * 2_500,
    "quotes": ">" * 10_000,
    "nested lists": "".join("  " * depth + "- a\n" for depth in range(98)),
    "backticks": "".join("`" * count + " " for count in range(140)),
    "definitions": "[a]: x\n" * 1_400,
    "cdata": "<![CDATA[" * 1_100,
    "underlines": "a\n" * 4_999 + "=",
    "wide table": "|a" * 60 + "\n" + "|-" * 60 + "\n" + "|\n" * 4_800,
    "names": "@a-" * 3_300,
    "addresses": "https://a(" * 1_000,
    "line ends": "\n" * 10_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_text_takes_long(name: str) -> None:
    text = BOMBS[name][:10_000]
    started = time.monotonic()
    html = markdown.render(text, people=PEOPLE)
    assert time.monotonic() - started < markdown.DEADLINE_SECONDS + pool.START_SECONDS + pool.WAIT_SECONDS
    assert_harmless(html)
    assert len(html) <= markdown.LARGEST_HTML


@pytest.mark.parametrize("name", [*BOMBS, "narrow table"])
def test_what_is_parsed_at_once_is_parsed_quickly(name: str) -> None:
    bombs = BOMBS | {"narrow table": "|a" * 9 + "\n" + "|-" * 9 + "\n" + "a\n" * 300}
    text = bombs[name][: markdown.SHORT]
    while not markdown.is_small(text):
        text = text[:-1]
    started = time.process_time()
    markdown.render_here(text, PEOPLE)
    assert time.process_time() - started < 0.5


def test_what_cannot_be_rendered_is_shown_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def stuck(*args: object) -> str:
        raise pool.RenderTimeout("too long")

    monkeypatch.setattr(pool, "run", stuck)
    text = "*a* <b>\n" * 100
    assert markdown.render(text).startswith("<p>*a* &lt;b&gt;<br>*a*")
    assert markdown.mentions("@alice " * 100) == set()
