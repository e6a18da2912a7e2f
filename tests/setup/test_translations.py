"""Every word of the site can be translated, and the Russian catalogue has all of them, whole and compiled.

Nothing here needs gettext's programs: they are for whoever changes a string (`make messages`).
"""

import ast
import gettext
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin import site
from django.template.base import Lexer, TokenType
from django.urls import reverse
from django.utils.translation.template import templatize

from accounts.models import User
from tests.factories import client_for, make_paste, make_user

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "ru" / "LC_MESSAGES" / "django.po"
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"})
MODULES = sorted(path for app in ("accounts", "pastebin", "pastes") for path in (ROOT / app).rglob("*.py"))
#: Shown when nothing works any more, translations included: it says everything in both languages.
LAST_RESORT = ROOT / "templates" / "500.html"

SPOKEN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title"}
#: Scripts say what the page gives them: sentences, unlike the names and addresses in other attributes.
SENTENCE = re.compile(r"\w[,.:]? \w")
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
#: What stands in them is no language: code, keys, what people wrote.
QUOTING_ELEMENTS = {"bdi", "code", "kbd", "option", "pre", "script", "style", "textarea"}
#: Alike in every language.
NAMES = {"API", "Ctrl", "E-mail", "English", "Gist", "GitHub", "JWT", "JavaScript", "Markdown", "PIN", "UTC", "https"}
NAMES |= {"nginx", "oEmbed", "python", "zip"}
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}|<[^>]+>")

type Key = tuple[str, str, str]
"""Context, singular, plural; "" is none."""


@dataclass
class Entry:
    """One message of a catalogue: its flags, and its texts by what stands before them (msgid, msgstr[0], …)."""

    flags: set[str] = field(default_factory=set)
    obsolete: bool = False
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What it is found by."""
        return (self.parts.get("msgctxt", ""), self.parts.get("msgid", ""), self.parts.get("msgid_plural", ""))

    @property
    def translations(self) -> list[str]:
        """One, or one for each plural form."""
        return [text for name, text in self.parts.items() if name.startswith("msgstr")]


@pytest.fixture(scope="module")
def entries() -> list[Entry]:
    """The messages of the Russian catalogue, without its header."""
    blocks = CATALOGUE.read_text().strip().split("\n\n")
    return [_entry(block) for block in blocks[1:]]


def _entry(block: str) -> Entry:
    entry, part = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#,"):
            entry.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif line.startswith("#"):
            entry.obsolete |= line.startswith("#~")
        else:
            name, text = line.split('"', 1)
            part = name.strip() or part
            entry.parts[part] = entry.parts.get(part, "") + ast.literal_eval('"' + text)
    return entry


def test_the_catalogue_is_complete(entries: list[Entry]) -> None:
    assert [entry.key for entry in entries if entry.obsolete or "fuzzy" in entry.flags] == []
    assert [entry.key for entry in entries if not all(entry.translations)] == []
    assert {len(entry.translations) for entry in entries} == {1, 3}
    assert [key for key, times in Counter(entry.key for entry in entries).items() if times > 1] == []


def test_the_catalogue_has_the_strings_of_the_site_and_no_others(entries: list[Entry]) -> None:
    """After changing a string: `make messages`, and translate what is new."""
    used = {key for path in MODULES for key in messages_in(path.read_text())}
    used |= {key for path in TEMPLATES for key in messages_in_template(path.read_text())}
    assert used == {entry.key for entry in entries}


def test_translations_keep_the_placeholders_and_the_markup(entries: list[Entry]) -> None:
    for entry in entries:
        _context, singular, plural = entry.key
        for translation in entry.translations:
            assert Counter(PLACEHOLDERS.findall(translation)) == Counter(PLACEHOLDERS.findall(plural or singular))


def test_translations_keep_to_the_house_style(entries: list[Entry]) -> None:
    for entry in entries:
        for translation in map(str, entry.translations):
            words = re.sub(PLACEHOLDERS, "", re.sub(r"\{.*\}", "", translation))  # without JSON
            assert not re.search(r"""[!"“”']|\.\.\.|(?<=[а-я,] )В(ы|аш)""", words), translation
            ends = {text[-1] for text in (entry.key[1], translation) if text[-1] in ".:?…"}
            assert len(ends) < 2, translation


def test_the_compiled_catalogue_is_up_to_date(entries: list[Entry]) -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in entries:
        context, singular, plural = entry.key
        if plural:
            found = [compiled.ngettext(singular, plural, count) for count in (1, 2, 5)]
            if context:
                found = [compiled.npgettext(context, singular, plural, count) for count in (1, 2, 5)]
        else:
            found = [compiled.pgettext(context, singular) if context else compiled.gettext(singular)]
        assert found == entry.translations, entry.key


def test_the_catalogue_names_no_person_and_no_moment() -> None:
    """Both would only make every change of it a conflict."""
    header = CATALOGUE.read_text().split("\n\n")[0]
    assert "nplurals=3;" in header
    assert not re.search(r"@|-Date|Translator|Team|\d{4}", header)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_every_word_of_a_template_is_marked_for_translation(path: Path) -> None:
    assert path == LAST_RESORT or [words for words in spoken(unmarked(path.read_text())) if foreign_in(words)] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_has_no_words_of_its_own(path: Path) -> None:
    """They would be in one language: it takes them from the page, where they are marked."""
    code = re.sub(r"(?m)^\s*//.*$|(?<=[;{}]) *//.*$", "", path.read_text())
    literals = [text for _quote, text in re.findall(r"""(["'`])((?:\\.|(?!\1)[^\n])*)\1""", code)]
    assert [text for text in literals if re.search(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}|[A-Z][a-z]+ [a-z]+", text)] == []
    assert not re.search(r"""(?:textContent|innerText|placeholder|title|ariaLabel)\s*=\s*["'`]\s*[A-Za-z]""", code)


ANYBODY = ["/", "/recent", "/diff", "/accounts/login/", "/accounts/signup/", "/no-such-page", "/11111111111"]
ANYBODY += [f"/{{key}}{page}" for page in ("", "/fork", "/revisions", "/diff/1..1", "/token")]
MEMBERS = ["/mine", "/{key}", "/{key}/edit", "/{key}/expiry", "/{key}/delete", "/{key}/redact", "/{key}/shares"]
ANYBODY += ["/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/password/reset/key/1-x/"]
ANYBODY += ["/accounts/password/reset/key/done/", "/accounts/confirm-email/", "/accounts/confirm-email/x/"]
ANYBODY += ["/accounts/inactive/", "/accounts/3rdparty/login/cancelled/"]
MEMBERS += ["/accounts/email/", "/accounts/password/set/", "/accounts/2fa/", "/accounts/2fa/webauthn/add/"]
MEMBERS += ["/accounts/logout/", "/accounts/3rdparty/", "/accounts/tokens", "/accounts/webhooks", "/notifications"]
MEMBERS += ["/accounts/settings", "/accounts/delete", "/accounts/sessions/", "/accounts/2fa/webauthn/"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ANYBODY)
def test_a_russian_reader_gets_a_russian_page(address: str) -> None:
    check_russian(address.format(key=make_paste(title="Заметка", name="заметка").key))


@pytest.mark.parametrize("address", MEMBERS)
def test_a_russian_author_gets_a_russian_page(address: str, alice: User) -> None:
    paste = make_paste(owner=alice, visibility="private", title="Заметка", name="заметка")
    check_russian(address.format(key=paste.key), user=alice)


@pytest.mark.django_db
def test_the_admin_names_everything_in_russian() -> None:
    desk = client_for(make_user("olga", is_staff=True, is_superuser=True))
    for model, admin in site._registry.items():
        if model._meta.app_label in {"pastes", "accounts"}:
            address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            page = desk.get(address, headers={"accept-language": "ru"}).content.decode()
            names = re.findall(r"(?s)<(h1|summary|div class=\"text\"|option value=\"\" selected)>(.*?)</", page)
            said = [re.sub("<[^>]+>", "", name) for _tag, name in names]
            assert [words.strip() for words in said if foreign_in(words)] == [], admin


@pytest.mark.django_db
def test_a_russian_reader_is_warned_in_russian() -> None:
    check_russian(f"/{make_paste(burn=True, password='secret').key}")
    check_russian(f"/{make_paste(max_views=3).key}")


@pytest.mark.django_db
def test_a_program_is_told_in_russian() -> None:
    response = client_for(browser=False).get("/11111111111", headers={"accept-language": "ru-RU,ru;q=0.9"})
    assert response.content.decode().startswith("По этому адресу записи нет.\n")


@pytest.mark.django_db
@pytest.mark.parametrize(("lines", "words"), [(1, "1 строка"), (2, "2 строки"), (5, "5 строк"), (21, "21 строка")])
def test_russian_counts_in_three_forms(lines: int, words: str) -> None:
    key = make_paste(text="x\n" * lines).key
    page = client_for().get(f"/{key}", headers={"accept-language": "ru"}).content.decode()
    assert f"· {words}<" in page


def check_russian(address: str, *, user: User | None = None) -> None:
    """Ask for a page in Russian, and look for words of another language on it."""
    response = client_for(user).get(address, headers={"accept-language": "ru"})
    assert response.headers["Content-Language"] == "ru"
    page = response.content.decode()
    assert '<html lang="ru"' in page
    own = {settings.SITE_NAME, user.username if user else ""}
    assert [words for words in spoken(page) if foreign_in(words) - own] == []
    assert any(re.search("[а-я]", words) for words in spoken(page))


def foreign_in(words: str) -> set[str]:
    """The words in Latin letters that are none of `NAMES`."""
    words = re.sub(r"\{\w+\}|https?://\S+|\S+@\S+", "", words)
    return {word for word in re.findall(r"[A-Za-z]+(?:-[A-Za-z]+)*", words) if len(word) > 1} - NAMES


def messages_in(source: str) -> Iterator[Key]:
    """The messages that a Python module marks, under whatever names it imports the functions that do it."""
    tree = ast.parse(source)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = {
        alias.asname or alias.name: alias.name.removesuffix("_lazy").removesuffix("_noop")
        for node in imports
        if node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield _message(names[node.func.id], node)


def messages_in_template(source: str) -> Iterator[Key]:
    """The messages that a template marks. Django writes it as calls between blanked text, for gettext to read."""
    calls = templatize(source)
    for start in re.finditer(r"\b(_|n?p?gettext)\(", calls):
        call = _call_at(calls, start.start())
        yield _message("gettext" if start[1] == "_" else start[1], call)


def _call_at(text: str, start: int) -> ast.Call:
    """The call that begins at ``start``: up to the first bracket with which it is Python."""
    for end in re.finditer(r"\)", text[start:]):
        try:
            call = ast.parse(text[start : start + end.end()], mode="eval").body
        except SyntaxError:
            continue
        assert isinstance(call, ast.Call)
        return call
    raise AssertionError(text[start : start + 80])


def _message(function: str, call: ast.Call) -> Key:
    """What a call of ``function`` marks; its texts are literals, or nobody could gather them."""
    texts = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    context = str(texts.pop(0)) if "p" in function.removesuffix("gettext") else ""
    plural = str(texts[1]) if function.startswith("n") else ""
    return (context, str(texts[0]), plural)


def unmarked(source: str) -> str:
    """What stands in a template outside its tags, comments, variables, translated blocks and blocks for a class."""
    kept: list[str] = []
    closing = ""
    for token in Lexer(source).tokenize():
        name, *rest = token.contents.split() if token.token_type == TokenType.BLOCK else [""]
        if name in {"blocktranslate", "comment"} or (name == "block" and rest[0].endswith(("class", "type"))):
            closing = f"end{name}"
        elif name and name == closing:
            closing = ""
        elif token.token_type == TokenType.TEXT and not closing:
            kept.append(token.contents)
    return "".join(kept)


def spoken(page: str) -> list[str]:
    """What a reader sees or hears of a page, piece by piece, without what it only quotes."""
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader.pieces


class Reader(HTMLParser):
    """Collects the texts and the spoken attributes of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.quoting: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is said instead of the element, and whether its text is only quoted."""
        if tag in QUOTING_ELEMENTS:
            self.quoting.append(tag)
        self.pieces += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]
        self.pieces += [value for name, value in attrs if name.startswith("data-") and value and SENTENCE.search(value)]

    def handle_endtag(self, tag: str) -> None:
        """Listen again after a quotation."""
        if self.quoting and self.quoting[-1] == tag:
            self.quoting.pop()

    def handle_data(self, data: str) -> None:
        """Note the text."""
        if not self.quoting and (words := " ".join(data.split())):
            self.pieces.append(words)
