"""Every kind of list, page and search that is measured: what makes the address of one, and how long it may take."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmarks.filling import AUTHORS, busiest
from benchmarks.world import LANGUAGES, World

LIST_MS, PAGE_MS, SEARCH_MS, MODERATORS_MS = 50, 150, 100, 500
"""What 99 of 100 lists, pages of a paste, searches, and lists of the admin may take."""

type Chance = random.Random


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Requests that are alike: where they go, who asks, and how many milliseconds 99 of 100 may take."""

    group: str
    name: str
    address: Callable[[Chance], str]
    signed_in: bool = False
    most: float = LIST_MS


def kinds(world: World, pastes: int, tags: list[str]) -> Iterator[Kind]:
    """All of them; ``tags`` are names, the most used first."""
    yield from _lists(pastes, tags)
    yield from _people()
    yield from _pastes(pastes)
    yield from _own()
    yield from _moderators()
    yield from _programs()
    yield from _searches(world)


def _lists(pastes: int, tags: list[str]) -> Iterator[Kind]:
    def kind(name: str, address: Callable[[Chance], str]) -> Kind:
        return Kind(group="lists", name=name, address=address)

    yield kind("home", lambda _: "/")
    yield kind("recent", lambda _: "/recent")
    yield kind("recent, far down", lambda chance: f"/recent?after={chance.randrange(1, pastes)}")
    yield kind("recent, a language", lambda chance: f"/recent?language={chance.choice(LANGUAGES)}")
    yield kind("recent, a language nobody uses", lambda _: "/recent?language=brainfuck")
    yield kind("popular", lambda _: "/popular")
    yield kind("popular, far down", lambda chance: f"/popular?after={(chance.random() ** 2).hex()}_{pastes}")
    yield kind("popular, a language", lambda chance: f"/popular?language={chance.choice(LANGUAGES)}")
    yield kind("trending", lambda _: "/trending")
    yield kind("tags", lambda _: "/tags")
    yield kind("a tag", lambda chance: f"/tags/{chance.choice(tags)}")
    yield kind("the most used tag", lambda _: f"/tags/{tags[0]}")
    yield kind("feed of the newest", lambda _: "/recent.atom")
    yield kind("feed of the popular", lambda _: "/popular.atom")
    yield kind("feed of a tag", lambda chance: f"/tags/{chance.choice(tags)}.atom")


def _people() -> Iterator[Kind]:
    def kind(name: str, address: Callable[[Chance], str]) -> Kind:
        return Kind(group="people", name=name, address=address)

    yield kind("a profile", lambda chance: f"/u/author{chance.randrange(AUTHORS)}")
    yield kind("the busiest profile", lambda _: "/u/author0")
    yield kind("its forks", lambda _: "/u/author0?show=forks")
    yield kind("its stars", lambda _: "/u/author0?show=stars")
    yield kind("its feed", lambda _: "/u/author0.atom")


def _pastes(pastes: int) -> Iterator[Kind]:
    from pastes.domain import keys  # noqa: PLC0415 # the settings exist only from here on

    def kind(name: str, address: Callable[[Chance], str], *, signed_in: bool = False) -> Kind:
        return Kind(group="pastes", name=name, address=address, signed_in=signed_in, most=PAGE_MS)

    def some(chance: Chance) -> str:
        number = chance.randrange(pastes // 100, pastes)
        return keys.from_number(number + 1 if not number % 10 else number)

    busy = keys.from_number(busiest(pastes))
    yield kind("a paste", lambda chance: f"/{some(chance)}")
    yield kind("a paste, signed in", lambda chance: f"/{some(chance)}", signed_in=True)
    yield kind("the busiest paste", lambda _: f"/{busy}")
    yield kind("the busiest paste, signed in", lambda _: f"/{busy}", signed_in=True)
    for order in ("best", "newest", "oldest"):
        yield kind(f"its comments, {order}", lambda _, order=order: f"/{busy}/comments?order={order}")  # type: ignore[misc]
    yield kind("a comment in its longest thread", lambda _: f"/{busy}/comments/{2 * pastes + 10 + 17_000}")
    yield kind("feed of its comments", lambda _: f"/{busy}/comments.atom")
    yield kind("its revisions", lambda _: f"/{busy}/revisions")
    yield kind("its statistics of a year", lambda _: f"/{busy}/statistics?days=365", signed_in=True)


def _own() -> Iterator[Kind]:
    def kind(name: str, address: str) -> Kind:
        return Kind(group="own", name=name, address=lambda _: address, signed_in=True)

    yield kind("own pastes", "/mine")
    yield kind("own pastes, private", "/mine?visibility=private")
    yield kind("own pastes, of a kind there is none", "/mine?visibility=unlisted")
    yield kind("own pastes that end", "/mine?expiry=some")
    yield kind("own stars", "/stars")
    yield kind("own stars with a word", "/stars?q=self")
    yield kind("notifications", "/notifications")


def _moderators() -> Iterator[Kind]:
    """Django's admin, which counts all rows to say on how many pages they are."""

    def kind(name: str, address: str) -> Kind:
        return Kind(group="moderators", name=name, address=lambda _: address, signed_in=True, most=MODERATORS_MS)

    yield kind("moderators' list of pastes", "/admin/pastes/paste/")
    yield kind("moderators' list of comments", "/admin/pastes/comment/")


def _programs() -> Iterator[Kind]:
    def kind(name: str, address: str) -> Kind:
        return Kind(group="programs", name=name, address=lambda _: address)

    yield kind("API: recent", "/api/v1/recent")
    yield kind("API: popular", "/api/v1/popular")
    yield kind("gists, page 100", "/api/v3/gists/public?page=100")
    yield kind("gists changed since", "/api/v3/gists/public?since=2025-12-01T00:00:00Z")
    yield kind("gists of the busiest person", "/api/v3/users/author0/gists?page=100")


def _search(name: str, ask: Callable[[Chance], str], **others: Callable[[Chance], str]) -> Kind:
    def address(chance: Chance) -> str:
        return "/search?" + urlencode({"q": ask(chance)} | {name: say(chance) for name, say in others.items()})

    return Kind(group="search", name=name, address=address, most=SEARCH_MS)


def _searches(world: World) -> Iterator[Kind]:
    def word(chance: Chance, first: int, last: int) -> str:
        return world.words[min(chance.randrange(first, last), len(world.words) - 1)]

    def part(chance: Chance, length: int) -> str:
        text = word(chance, 100, 20_000)
        start = chance.randrange(max(1, len(text) - length))
        return text[start : start + length]

    kind = _search
    yield kind("a frequent word (of the first 100)", lambda chance: word(chance, 0, 100))
    yield kind("a common word (of 100 to 2,000)", lambda chance: word(chance, 100, 2_000))
    yield kind("an uncommon word (of 2,000 to 20,000)", lambda chance: word(chance, 2_000, 20_000))
    yield kind("a rare word (of those after 20,000)", lambda chance: word(chance, 20_000, len(world.words)))
    yield kind("a word that is nowhere", lambda chance: f"zq{chance.getrandbits(40):x}")
    yield kind("a part of a word, 5 characters", lambda chance: part(chance, 5))
    yield kind("3 characters", lambda chance: part(chance, 3))
    yield kind("2 characters", lambda chance: "".join(chance.choices("abcdefghijklmnopqrstuvwxyz7%_", k=2)))
    yield kind("two words", lambda chance: f"{word(chance, 0, 500)} {word(chance, 500, 20_000)}")
    yield kind("three words", lambda chance: " ".join(word(chance, 0, 3_000) for _ in range(3)))
    yield kind("two words in quotes", lambda chance: f'"{word(chance, 0, 300)} {word(chance, 0, 300)}"')
    yield from _filtered_searches(word)


def _filtered_searches(word: Callable[[Chance, int, int], str]) -> Iterator[Kind]:
    def cyrillic(chance: Chance) -> str:
        return next(text for text in iter(lambda: word(chance, 20, 50_000), "") if text[0] > "z")

    kind = _search
    yield kind("Cyrillic", lambda chance: cyrillic(chance).upper())
    yield kind("whole words", lambda chance: f"{word(chance, 0, 20_000)} {word(chance, 0, 500)}", words=lambda _: "on")
    yield kind(
        "a common word in a language",
        lambda chance: word(chance, 50, 5_000),
        language=lambda chance: chance.choice(LANGUAGES),
    )
    yield kind(
        "a common word of an author",
        lambda chance: word(chance, 0, 2_000),
        author=lambda chance: f"author{chance.randrange(AUTHORS)}",
    )
    yield kind(
        "a common word before a date",
        lambda chance: word(chance, 0, 5_000),
        until=lambda chance: f"2025-{chance.randrange(1, 13):02}-10",
    )
    yield kind("the second page of a common word", lambda chance: word(chance, 0, 1_000), after=lambda _: "500000")
