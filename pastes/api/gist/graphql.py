"""The two questions that GitHub's own program ``gh`` asks in GraphQL: who am I, and which gists are mine.

The answer has exactly the keys that were asked for, because gh refuses others. No other question is answered, so this
reads just as much of the language (https://spec.graphql.org/October2021/) as these two are written in.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.models import Scope
from pastes.api.gist import sent
from pastes.api.gist.door import GistRequest, answer, require_account, require_scope
from pastes.api.gist.people import moment_shape, node_id
from pastes.api.gist.shapes import description_of
from pastes.domain import discovery, numbered
from pastes.exceptions import Invalid
from pastes.models import File, Paste, Visibility
from pastes.rendering import languages

TOKEN = re.compile(r'[A-Za-z_][A-Za-z0-9_]*|"(?:[^"\\]|\\.)*"|[{}()]|[^\s,{}()"A-Za-z_]+')
LONGEST = 10_000
"""Characters of a question, of which gh needs a few hundred."""

DEEPEST = 10
"""Braces in each other; gh needs five."""

MOST = 100
"""Gists on a page."""


type Fields = dict[str, "Fields"]
"""What is asked for, by name; the innermost ones ask for nothing further."""


@dataclass(slots=True)
class _Reader:
    """Reads words one after another; what is in round brackets is an argument and was said in the variables, too."""

    words: list[str]
    variables: Mapping[str, Any]
    place: int = field(default=0)

    def fields(self, depth: int = 0) -> Fields:
        """The names between two braces, of which the first was read already.

        Raises:
            Invalid: when the second does not come, or there are more than `DEEPEST` in each other.
        """
        if depth > DEEPEST:
            raise Invalid({"query": [_("This question goes too deep.")]})
        found: Fields = {}
        last = ""
        while (word := self._next()) != "}":
            if word == "{":
                found[last] = self.fields(depth + 1)
            elif word == "(":
                self._skip_arguments()
            elif word == "@":
                if not self._is_included():
                    found.pop(last, None)
            else:
                last = word
                found[last] = {}
        return found

    def _next(self) -> str:
        if self.place >= len(self.words):
            raise Invalid({"query": [_("This question ends too early.")]})
        self.place += 1
        return self.words[self.place - 1]

    def _skip_arguments(self) -> list[str]:
        inside: list[str] = []
        while (word := self._next()) != ")":
            inside.append(word)
        return inside

    def _is_included(self) -> bool:
        """What the directives ``@include(if: $name)`` and ``@skip(if: $name)`` say."""
        name = self._next()
        arguments = self._skip_arguments() if self._next() == "(" else []
        value = bool(self.variables.get(arguments[-1])) if arguments else True
        return value if name == "include" else not value


def ask(request: GistRequest) -> HttpResponse:
    """Answer one of the two."""
    body = sent.body_of(request)
    query, variables = body.get("query"), body.get("variables", {})
    variables = {} if variables is None else variables
    if not isinstance(query, str) or len(query) > LONGEST or not isinstance(variables, dict):
        raise Invalid({"query": [_("This must be a text.")]})
    fields = _Reader(list(_words(query)), variables).fields()
    viewer = fields.get("viewer", {})
    if set(fields) != {"viewer"} or not viewer or set(viewer) - {"login", "gists"}:
        return answer({"data": None, "errors": [{"message": _("Only the questions of gh are answered here.")}]})
    result: dict[str, Any] = {}
    if "login" in viewer:
        result["login"] = require_account(request).username
    if "gists" in viewer:
        result["gists"] = _gists(request, viewer["gists"], variables)
    return answer({"data": {"viewer": result}})


def _words(query: str) -> Iterator[str]:
    """The words of a question, beginning inside its outermost braces."""
    found = (match[0] for match in TOKEN.finditer(query.replace("@", " @ ").replace("$", " ")))
    for word in found:
        if word == "{":
            break
    yield from found


def _gists(request: GistRequest, wanted: Fields, variables: Mapping[str, Any]) -> dict[str, Any]:
    require_scope(request, Scope.GIST_READ)
    size = variables.get("per_page")
    cursor = variables.get("endCursor")
    page = discovery.own(
        user=require_account(request),
        public={"PUBLIC": True, "SECRET": False}.get(str(variables.get("visibility"))),
        after=cursor if isinstance(cursor, str) else "",
        size=max(1, min(size, MOST)) if isinstance(size, int) else discovery.PAGE,
    )
    files = numbered.latest_files(page.pastes)
    everything = {
        "nodes": [_node(paste, files[paste.pk]) for paste in page.pastes],
        "pageInfo": {"hasNextPage": bool(page.next), "endCursor": page.next or None},
    }
    return {name: _chosen(everything.get(name), inner) for name, inner in wanted.items()}


def _node(paste: Paste, files: list[File]) -> dict[str, Any]:
    return {
        "id": node_id("Gist", paste.key),
        "name": paste.key,
        "description": description_of(paste),
        "isPublic": paste.visibility == Visibility.PUBLIC,
        "createdAt": moment_shape(paste.created),
        "updatedAt": moment_shape(paste.updated),
        "files": [
            {"name": file.name, "size": file.size, "language": {"name": languages.name_of(file.language)}}
            for file in files
        ],
    }


def _chosen(value: Any, wanted: Fields) -> Any:
    """Of a thing, or of each of several, what was asked for; what nothing is known of is nothing."""
    if isinstance(value, list):
        return [_chosen(each, wanted) for each in value]
    if not wanted or not isinstance(value, dict):
        return value
    return {name: _chosen(value.get(name), inner) for name, inner in wanted.items()}
