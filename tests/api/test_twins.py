"""Whatever a person can do on the pages a program can do by the API, or there is a reason why not."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from pastes.api.v1.endpoints import operations
from pastes.api.v1.urls import api
from pastes.views.door import SAFE
from tests.api.twins import OPERATORS, OTHER_DOORS, PROVIDERS, REASONS, SIGNING_IN, rows


def routes(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[tuple[str, Any]]:
    """Every route of the site by its name, or its address where it has none, and its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        elif isinstance(entry, URLPattern):
            yield namespace + (entry.name or str(entry.pattern)), entry.callback


def powers() -> set[tuple[str, str]]:
    """What the pages do: each route with each of its methods."""
    elsewhere = (*SIGNING_IN, *PROVIDERS, *OTHER_DOORS)
    found = set()
    for name, view in routes():
        methods = getattr(view, "methods", None)
        if methods is not None:
            found |= {(name, method) for method in methods if method == "GET" or method not in SAFE}
        else:
            assert name.startswith(elsewhere) or name in OPERATORS or name == "admin", f"{name} needs a door"
    return found


def test_every_power_of_the_pages_is_listed() -> None:
    assert powers() - rows().keys() == set(), "say what their twins in the API are"
    assert rows().keys() - powers() == set(), "these are not there any more"


def test_every_twin_exists() -> None:
    existing = {str(operation.operation_id) for operation in operations(api)}
    named = {twin for twins in rows().values() if not twins.startswith("!") for twin in twins.split(",")}
    assert named - existing == set()


def test_every_reason_is_given() -> None:
    assert {twin[1:] for twin in rows().values() if twin.startswith("!")} == REASONS.keys()


def test_what_changes_something_on_the_pages_is_no_get_of_the_api() -> None:
    methods = {str(operation.operation_id): operation.methods[0] for operation in operations(api)}
    for (route, method), twins in rows().items():
        if method not in SAFE and not twins.startswith("!"):
            assert all(methods.get(twin) != "GET" for twin in twins.split(",")), route
