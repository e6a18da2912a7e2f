"""Browsers of people who are signed in, and what their answers say."""

import gzip
import re
from typing import Any

from django.middleware.csrf import _unmask_cipher_token  # type: ignore[attr-defined] # how forms are checked
from django.test import Client

from accounts.models import User
from pastebin import signed_in
from pastes import cache, hot, release
from pastes.domain import discussion, publishing, reactions
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Comment, Paste
from pastes.views.stencils import Stencil
from tests.factories import HTML, client_for, make_user, viewer_for

SECRET = "abcdefghABCDEFGH0123456789abcdef"
"""Of a browser that has had a form."""
TOKEN = re.compile(r'(?<=value=")[A-Za-z0-9]{64}(?=")|(?<="X-CSRFToken": ")[A-Za-z0-9]{64}(?=")')

RANDOM = re.compile(rf"{TOKEN.pattern}|(?<=<code>)[0-9a-f]{{16}}(?=</code>)")
"""Masked tokens, and the id of a request in a page that says what went wrong."""


def straight(user: User | None) -> Client:
    """A browser whose requests Django alone answers."""
    client = Client(headers={"accept": HTML})
    if user:
        client.force_login(user, backend="accounts.sessions.Backend")
    client.cookies["csrftoken"] = SECRET
    return client


def browser(user: User) -> Client:
    """The same, whose requests go the short way first."""
    client = client_for(user)
    client.cookies["csrftoken"] = SECRET
    return client


def page_of(answer: Any) -> str:
    """What a browser has of an answer."""
    zipped = answer.get("Content-Encoding") == "gzip"
    return str(gzip.decompress(answer.content).decode() if zipped else answer.text)


def text_of(answer: Any) -> str:
    """What the reader of an answer sees, but for what is random."""
    return RANDOM.sub("", page_of(answer))


def told(answer: Any) -> tuple[Any, ...]:
    """All that an answer to somebody signed in says, but for what is random, and whether it is compressed."""
    tokens = set(TOKEN.findall(page_of(answer)))
    assert [_unmask_cipher_token(token) for token in tokens] == [SECRET], "one token, of the browser's own secret"
    cookies = {name: re.sub("expires=[^;]+", "", morsel.OutputString()) for name, morsel in answer.cookies.items()}
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    if headers.pop("Content-Encoding", "") == "gzip":
        assert int(headers["Content-Length"]) == len(answer.content)
        headers["Content-Length"] = str(len(page_of(answer).encode()))
        headers["Vary"] = headers["Vary"].removesuffix(", Accept-Encoding")
    return answer.status_code, text_of(answer), headers, cookies


def short(client: Client, path: str, **headers: str) -> Any:
    """The answer, in which Django had no part."""
    before = cache.hits["signed_in"]
    answer = client.get(path, headers=headers)
    assert cache.hits["signed_in"] == before + 1, "this is answered before Django begins"
    return answer


def long(client: Client, path: str, **headers: str) -> Any:
    """The answer, which only Django can have given."""
    before = cache.hits["signed_in"]
    answer = client.get(path, headers=headers)
    assert cache.hits["signed_in"] == before, "this is left to Django"
    return answer


def person(username: str, paste: Paste, *, gives: Any = (), **fields: Any) -> User:
    user = make_user(username)
    User.objects.filter(pk=user.pk).update(**fields)
    for kind in gives:
        reactions.react(kind=kind, paste=paste, viewer=viewer_for(user), on=True)
    user.refresh_from_db()
    return user


def warm(path: str, **fields: Any) -> None:
    """Let somebody read it first."""
    browser(person(f"first-{User.objects.count()}", Paste(), **fields)).get(path)


def forget() -> None:
    """Let neither the cache nor this process have anything."""
    hot.clear()
    signed_in._shelf._held.clear()


def say(paste: Paste, user: User, body: str = "**So**", **fields: Any) -> Comment:
    return discussion.create(paste=paste, viewer=viewer_for(user), body=body, **fields)


def stencils_of(paste: Paste) -> dict[tuple[str, str], Stencil]:
    """What is kept of a paste, by language and what its readers have given."""
    path, origin = f"/{paste.key}", "http://testserver"
    places = signed_in._labels(path, origin, release.fingerprint())
    _lease, kept = hot.find_variants(subject=paste.key, path=path, origin=origin, places=places)
    return {place: Stencil.read(entry) for place, entry in kept.items()}


def revise(paste: Paste, author: User, **fields: Any) -> None:
    draft = Draft(files=[NewFile(b"new\n", "b.py")], title="New", **fields)
    publishing.revise(paste=paste, draft=draft, base=paste.revision_count, viewer=viewer_for(author))
