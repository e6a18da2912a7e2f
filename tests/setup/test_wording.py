"""What libraries say is said in the site's words, in both languages: allauth's pages and mails, a little of Django."""

import gettext
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import allauth
import django
import pytest
from django.utils import translation

from tests.setup.test_translations import (
    PLACEHOLDERS,
    Entry,
    Key,
    _entry,
    messages_in,
    messages_in_template,
)

ROOT = Path(__file__).resolve().parents[2]
ALLAUTH = Path(allauth.__file__).parent
SAID = ("account", "mfa", "usersessions", "socialaccount")
#: Ways to sign in that are not switched on here, and what only developers see.
UNSEEN = re.compile(r"phone|code|by_passkey|signup_form|email_change\.html|base_confirm|trust\.html|verified_email")
#: Django's own that had no Russian when this was written.
OF_DJANGO = ("db/models/fields/__init__.py",)


def sources() -> Iterator[Key]:
    """All that allauth's apps, and those parts of Django, mark for translation."""
    for app in SAID:
        for path in (ALLAUTH / "templates" / app).rglob("*.*"):
            yield from messages_in_template(path.read_text())
        for path in (ALLAUTH / app).rglob("*.py"):
            if "providers" not in path.parts:
                yield from messages_in(path.read_text())
    for name in OF_DJANGO:
        yield from messages_in((Path(django.__file__).parent / name).read_text())


def catalogue(language: str) -> list[Entry]:
    """What is said differently in ``language``."""
    text = (ROOT / "wording" / language / "LC_MESSAGES" / "django.po").read_text()
    return [_entry(block) for block in text.strip().split("\n\n")[1:]]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_words_only_what_the_libraries_say(language: str) -> None:
    """An update of a library may say it differently; then the entry goes, or changes."""
    assert {entry.key for entry in catalogue(language)} - set(sources()) == set()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_keeps_the_placeholders(language: str) -> None:
    for entry in catalogue(language):
        _context, singular, plural = entry.key
        for said in entry.translations:
            assert set(PLACEHOLDERS.findall(said)) <= set(PLACEHOLDERS.findall(plural or singular)), entry.key
            assert Counter(re.findall(r"<a href", said)) == Counter(re.findall(r"<a href", singular)), entry.key


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_compiled_wording_is_up_to_date(language: str) -> None:
    with (ROOT / "wording" / language / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for entry in catalogue(language):
        context, singular, plural = entry.key
        if not plural:
            said = compiled.pgettext(context, singular) if context else compiled.gettext(singular)
            assert [said] == entry.translations, entry.key


@pytest.mark.parametrize("app", SAID)
def test_allauth_speaks_russian_as_the_site_does(app: str) -> None:
    wrong: list[tuple[str, str]] = []
    for path in sorted((ALLAUTH / "templates" / app).rglob("*.*")):
        own = ROOT / "templates" / path.relative_to(ALLAUTH / "templates")
        if UNSEEN.search(str(path.relative_to(ALLAUTH))) or own.exists():
            continue
        with translation.override("ru"):
            for context, words, plural in messages_in_template(path.read_text()):
                said = translation.pgettext(context, words) if context else translation.gettext(words)
                said = translation.ngettext(words, plural, 5) if plural else said
                plain = re.sub(PLACEHOLDERS, "", said)
                if said == words or re.search(r"""[!"“”']|\.\.\.|(?<=[а-я,] )В(ы|аш)|учетн|учётн|Пожалуйста""", plain):
                    wrong.append((path.name, said))
    assert wrong == []
