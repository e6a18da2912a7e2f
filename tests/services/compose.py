"""Reading docker-compose.yml as Docker does, to start its processes without Docker."""

import re
from typing import Any

import yaml

from tests.services.servers import ROOT

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<rest>[^}]*))?\}")


def load(variables: dict[str, str]) -> dict[str, Any]:
    """The file with ``variables`` filled in.

    Raises:
        KeyError: a variable that the file insists on is not among them.
    """
    loaded = yaml.safe_load(_VARIABLE.sub(lambda match: _value(match, variables), _text()))
    assert isinstance(loaded, dict)
    return loaded


def variables() -> set[str]:
    """The names that the file takes from its surroundings."""
    return {match["name"] for match in _VARIABLE.finditer(_text())}


def _text() -> str:
    return (ROOT / "docker-compose.yml").read_text()


def _value(match: re.Match[str], variables: dict[str, str]) -> str:
    if match["name"] in variables:
        return variables[match["name"]]
    if match["kind"] == ":-":
        return match["rest"]
    raise KeyError(match["name"])
