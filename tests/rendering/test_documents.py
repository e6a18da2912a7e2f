"""Markdown files as documents: what is written comes out, what could run does not, no text takes long (promise 17)."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pastes.rendering import documents, markdown, pool
from pastes.rendering.documents import render, render_here
from pastes.rendering.visible import HIDDEN
from tests.rendering.test_highlight import BOMBS as LEXER_BOMBS
from tests.rendering.test_markdown import ATTRIBUTES, BOMBS, MARKS, TAGS, Page

LINK = 'rel="nofollow ugc noopener"'


def html_of(text: str, prefix: str = "doc-") -> str:
    return render_here(text, prefix, coloured=True).strip()


def assert_harmless(html: str) -> None:
    page = Page(html)
    assert page.tags <= TAGS | {f"h{level}" for level in range(2, 7)}, html
    assert page.attributes <= ATTRIBUTES | {"id", "scope"}, html
    for link in page.links:
        assert link.startswith("#doc-") or link.partition(":")[0].lower() in markdown.SCHEMES, html
    assert all(name.startswith("doc-") for name in re.findall(r' id="([^"]*)"', html)), html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* ~~c~~\nd", "<p>a <em>b</em> <s>c</s>\nd</p>"),
        ("# Head *ing*", '<h2 id="doc-head-ing">Head <em>ing</em></h2>'),
        ("###### Deep", '<h6 id="doc-deep">Deep</h6>'),
        ("# Ünï code, & more!", '<h2 id="doc-ünï-code--more">Ünï code, &amp; more!</h2>'),
        ("# !!", '<h2 id="doc-section">!!</h2>'),
        ("```py\nif x\n```", '<pre tabindex="0"><code><span class="k">if </span>x\n</code></pre>'),
        ("```\n<b>\n```", '<pre tabindex="0"><code>&lt;b&gt;\n</code></pre>'),
        ("```klingon\n<b>\n```", '<pre tabindex="0"><code>&lt;b&gt;\n</code></pre>'),
        ("x\n\n    a < b\n", '<p>x</p>\n<pre tabindex="0"><code>a &lt; b\n</code></pre>'),
        ("- [ ] a\n- [X] b", '<ul>\n<li class="task">☐ a</li>\n<li class="task">☑ b</li>\n</ul>'),
        ("![a *cat*](https://e.org/c.png)", f'<p><a href="https://e.org/c.png" {LINK}>a cat</a></p>'),
        ("![cat](cat.png) ![](data:image/png;base64,x)", "<p>cat ![](data:image/png;base64,x)</p>"),
        ("see https://e.org/a.", f'<p>see <a href="https://e.org/a" {LINK}>https://e.org/a</a>.</p>'),
        ("[x](#Some%20Part) [y](docs/a.md) [z](/etc)", f'<p><a href="#doc-some-part" {LINK}>x</a> y z</p>'),
        ("@alice", "<p>@alice</p>"),
        ("<b onclick=x>a</b>", "<p>&lt;b onclick=x&gt;a&lt;/b&gt;</p>"),
    ],
)  # fmt: skip
def test_it_reads_what_people_write(text: str, html: str) -> None:
    assert html_of(text) == html


def test_headings_of_one_name_have_ids_of_their_own() -> None:
    ids = re.findall(r'id="([^"]+)"', html_of("# a\n# a\n# a-1\n# a\n# a-1\n" + "# a\n" * 200))
    assert len(ids) == len(set(ids)) == 205
    assert ids[:2] == ["doc-a", "doc-a-1"]


def test_data_before_the_text_is_shown_as_data() -> None:
    html = html_of("---\ntitle: x\ncode: |\n  ```\n---\n# Text\n")
    assert html.startswith('<pre tabindex="0"><code><span class="k">title</span>')
    assert "<h2" in html


def test_code_that_hangs_a_lexer_costs_its_colours_and_not_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "DEADLINE_SECONDS", 0.7)
    html = render(f"# Title\n\n```scala\n{LEXER_BOMBS['scala']}\n```\n", prefix="doc-")
    assert html is not None
    assert html.startswith('<h2 id="doc-title">')


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1)) [x](&#x6A;avascript:alert(1)) [x](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](data:image/svg+xml,<svg onload=alert(1)>)",
        '# <script>alert(1)</script>\n# " onmouseover=alert(1)',
        '[x](#"onmouseover="alert(1)) [y](#<script>)',
        "```html\n</code></pre><script>alert(1)</script>\n```",
        '```"onload=alert(1) <script>\nx\n```',
        "---\n</code><script>alert(1)</script>\n---\n",
        "|<script>|\n|-|\n|<img onerror=x>|",
        "- [ ] <svg/onload=alert(1)>",
        "[x]: javascript:alert(1)\n[x]",
        "<style>*{display:none}</style><form action=//evil><input name=password>",
        "# \u202etitle\u3164",
    ],
)
def test_it_lets_nothing_run(text: str) -> None:
    assert_harmless(html_of(text))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.sampled_from([*MARKS, "- [ ] ", "# ", "---\n", "```py\n"]), st.text(max_size=8))))
def test_whatever_is_written_is_harmless_and_hides_nothing(pieces: list[str]) -> None:
    html = html_of("".join(pieces)[:2_000])
    assert_harmless(html)
    assert HIDDEN.search(html) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=40))
def test_every_word_comes_out(words: list[str]) -> None:
    shapes = ["# {} *{}*\n\n", "- {}\n\n", "{} ", "> {}\n\n", "`{}` ", "```\n{}\n```\n"]
    shapes = ["# {} *{}*\n\n", "- {}\n\n", "{} ", "> {}\n\n", "`{}` ", "```\n{}\n```\n"]
    text = "".join(shapes[n % 6].replace("{}", word) for n, word in enumerate(words))
    shown = re.sub(r"<[^>]+>", "", html_of(text))
    for word in words:
        assert word in shown


@pytest.mark.parametrize("name", [*BOMBS, "headings"])
def test_no_text_takes_long(name: str) -> None:
    text = ((BOMBS | {"headings": "# a\n"})[name] * 20_000)[: documents.LONGEST]
    started = time.monotonic()
    html = render(text, prefix="doc-")
    assert time.monotonic() - started < 2 * (documents.DEADLINE_SECONDS + pool.START_SECONDS + pool.WAIT_SECONDS)
    if html is not None:
        assert len(html) <= 2 * documents.LARGEST_HTML


def test_a_book_is_no_document() -> None:
    assert render("a" * (documents.LONGEST + 1), prefix="doc-") is None
