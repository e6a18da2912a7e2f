"""Text to highlighted lines: the half of :mod:`pastes.rendering.highlight` that runs in a child process.

Pygments knows some 80 kinds of token; a reader tells apart a handful of colours. :data:`CLASSES` maps the ones to the
others. A kind that is not in it is shown as its parent, and what has no class (names, operators, punctuation, the text
of a document) needs no element at all: the HTML is about twice its source, where Pygments' own is up to ten times.

===== ======================================================= =====
class what it colours                                         as in
===== ======================================================= =====
k     keywords, word operators, preprocessor lines, HTML tags ``if``
s     strings, characters, regular expressions                ``"a"``
m     numbers, constants, entities                            ``42``
c     comments, documentation, prompts                        ``# a``
f     functions, attributes, decorators, variables of a shell ``f()``
t     types, classes, modules, exceptions                     ``int``
d     removed lines, errors                                   ``-a``
i     inserted lines                                          ``+a``
h     headings, emphasis                                      ``= a``
===== ======================================================= =====
"""

from functools import cache

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Generic, Keyword, Name, Number, Operator, String, Token, _TokenType

from pastes.rendering.parts import display_lines
from pastes.rendering.visible import LONGEST_LINE, cut_marker, visible

CLASSES: dict[_TokenType, str] = {
    Token: "",
    Keyword: "k",
    Keyword.Constant: "m",
    Keyword.Type: "t",
    Operator.Word: "k",
    Name.Attribute: "f",
    Name.Builtin: "f",
    Name.Builtin.Pseudo: "m",
    Name.Class: "t",
    Name.Constant: "m",
    Name.Decorator: "f",
    Name.Entity: "m",
    Name.Exception: "t",
    Name.Function: "f",
    Name.Label: "f",
    Name.Namespace: "t",
    Name.Property: "f",
    Name.Tag: "k",
    Name.Variable: "f",
    String: "s",
    String.Doc: "c",
    Number: "m",
    Comment: "c",
    Comment.Preproc: "k",
    Comment.PreprocFile: "s",
    Generic.Deleted: "d",
    Generic.Emph: "h",
    Generic.EmphStrong: "h",
    Generic.Error: "d",
    Generic.Heading: "h",
    Generic.Inserted: "i",
    Generic.Prompt: "c",
    Generic.Strong: "h",
    Generic.Subheading: "h",
    Generic.Traceback: "d",
}


def lex(text: str, language: str) -> list[str] | None:
    """Return the lines of ``text`` as HTML, or None if the lexer's tokens are not exactly the text.

    Every line stands for itself: a token that spans lines has an element in each.

    Raises:
        pygments.util.ClassNotFound: no lexer has this alias.
    """
    # Whole lines in, whole lines out: some rules need the last line's end, which the text may lack.
    source = "".join(line + "\n" for line in display_lines(text))
    lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    lines: list[str] = []
    line = _Line()
    position = 0
    # `get_tokens` would normalise newlines, strip, and expand tabs first.
    for _, kind, value in lexer.get_tokens_unprocessed(source):
        if not source.startswith(value, position):
            return None
        position += len(value)
        name = _class_of(kind)
        first, *others = value.split("\n")
        line.add(name, first)
        for piece in others:
            lines.append(line.html())
            line = _Line()
            line.add(name, piece)
    return lines if position == len(source) else None


@cache
def _class_of(kind: _TokenType) -> str:
    """Return the class of a kind of token: its own or that of its nearest ancestor that has one."""
    while kind not in CLASSES:
        assert kind.parent is not None, "every kind of token descends from Token"
        kind = kind.parent
    return CLASSES[kind]


class _Line:
    """One line, growing token by token; neighbours of one class become one element."""

    def __init__(self) -> None:
        self._runs: list[tuple[str, list[str]]] = []
        self._length = 0

    def add(self, name: str, text: str) -> None:
        """Append ``text`` in class ``name``, up to the longest line that is shown."""
        shown = text[: max(0, LONGEST_LINE - self._length)]
        self._length += len(text)
        if not shown:
            return
        # Blanks look the same in every colour: they stay with what is before them and separate nothing.
        if self._runs and (self._runs[-1][0] == name or shown.isspace()):
            self._runs[-1][1].append(shown)
        else:
            self._runs.append(("" if shown.isspace() else name, [shown]))

    def html(self) -> str:
        """Return the line as HTML without its end."""
        html = "".join(_element(name, "".join(texts)) for name, texts in self._runs)
        return html if self._length <= LONGEST_LINE else html + cut_marker(self._length - LONGEST_LINE)


def _element(name: str, text: str) -> str:
    return f'<span class="{name}">{visible(text)}</span>' if name else visible(text)
