"""GitHub's own description of its interface, cut to gists: what an answer here is measured by."""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

EVERYWHERE = {
    "400": "basic-error",
    "401": "basic-error",
    "403": "basic-error",
    "404": "basic-error",
    "422": "validation-error",
}
"""What every address may answer by GitHub's guides, and its description does not repeat for each
(https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api)."""

COMMENT = {"minLength": 1, "maxLength": 10_000, "pattern": r"\S"}
"""A comment says something, and is shorter here than GitHub's 65,535 characters."""


def gists_of(description: Path) -> dict[str, Any]:
    """The description with the operations on gists, and what they refer to."""
    whole = json.loads(description.read_text())
    paths = {
        path: operations
        for path, operations in whole["paths"].items()
        if path.startswith("/gists") or path == "/users/{username}/gists"
    }
    cut = {name: whole[name] for name in ("openapi", "info")} | {"paths": deepcopy(paths), "components": {}}
    # The program `gist` sends POST where the description says PATCH.
    cut["paths"]["/gists/{gist_id}"]["post"] = deepcopy(paths["/gists/{gist_id}"]["patch"]) | {
        "operationId": "gists/post"
    }
    for operations in cut["paths"].values():
        for operation in operations.values():
            _complete(operation)
    waiting = list(_references(cut["paths"])) + [f"#/components/schemas/{name}" for name in EVERYWHERE.values()]
    while waiting:
        kind, name = waiting.pop().removeprefix("#/components/").split("/")
        found = cut["components"].setdefault(kind, {})
        if name not in found:
            found[name] = whole["components"][kind][name]
            waiting += _references(found[name])
    return cut


def _complete(operation: dict[str, Any]) -> None:
    """Add the answers of `EVERYWHERE`, and what is said in words: no text is empty, null ends a file."""
    for status, name in EVERYWHERE.items():
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
        operation["responses"].setdefault(status, {"description": name, "content": content})
    for media in operation.get("requestBody", {}).get("content", {}).values():
        properties = media["schema"].get("properties", {})
        if "body" in properties:
            properties["body"] |= COMMENT
        if "description" in properties:
            properties["description"] |= {"nullable": True, "maxLength": 2_000}
        if "public" in properties:
            properties["files"]["minProperties"] = 1
            properties["files"]["additionalProperties"]["properties"]["content"]["minLength"] = 1
        elif "files" in properties:
            properties["files"]["additionalProperties"]["nullable"] = True


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            yield reference
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)
