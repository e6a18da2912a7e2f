"""The description of /api/v1: whole, true, and shown under the site's own policy."""

from typing import Any, get_args

import pytest
from django.test import Client
from ninja.operation import Operation

from pastes.api.v1 import paste_schemas
from pastes.api.v1.describing import NOTES, PROBLEMS
from pastes.api.v1.endpoints import operations
from pastes.api.v1.urls import api
from pastes.domain import expiry
from tests.factories import client_for

OPERATIONS = {str(operation.operation_id): operation for operation in operations(api)}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = Client().get("/api/v1/openapi.json").json()
    return found


def described(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The operations of the description, by id."""
    return {one["operationId"]: one for methods in document["paths"].values() for one in methods.values()}


def notes_of(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = (operation.openapi_extra or {})[NOTES]
    return found


def test_it_describes_every_operation(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert described(document).keys() == OPERATIONS.keys()
    assert len(OPERATIONS) == len(operations(api)), "two operations have one id"
    for name, one in described(document).items():
        assert all(one.get(part) for part in ("summary", "description", "tags", "security")), name
        assert NOTES not in one
        for parameter in one["parameters"]:
            assert parameter.get("description"), f"{name}: {parameter['name']}"


def test_it_has_an_example_of_whatever_is_sent_and_answered(document: dict[str, Any]) -> None:
    for name, one in described(document).items():
        bodies = [one["requestBody"]] if "requestBody" in one else []
        bodies += [answer for status, answer in one["responses"].items() if status.startswith("2")]
        for body in bodies:
            assert all("example" in content for content in body.get("content", {}).values()), name


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_its_examples_are_what_it_takes_and_gives(operation: Operation) -> None:
    notes = notes_of(operation)
    answer = next(iter(operation.response_models.values()))
    if answer is not None and notes["kind"] == "application/json":
        answer.model_validate({"response": notes["example"]})
    for model in operation.models:
        if model.__ninja_param_source__ == "body":
            (field,) = model.model_fields
            model.model_validate({field: notes["sends"]})


def test_it_explains_every_problem(document: dict[str, Any]) -> None:
    assert {status for operation in OPERATIONS.values() for status in notes_of(operation)["fails"]} <= PROBLEMS.keys()
    for answer in document["components"]["responses"].values():
        assert answer["description"]
        assert answer["content"]["application/problem+json"]["example"]["code"]


def test_it_names_the_presets_of_the_site() -> None:
    assert get_args(paste_schemas.Preset) == tuple(expiry.PRESETS)


def test_it_is_read_only() -> None:
    for path in ("openapi.json", "docs"):
        assert Client().post(f"/api/v1/{path}").status_code == 405
        assert Client().head(f"/api/v1/{path}").status_code == 200


def test_its_page_is_the_same_for_everybody_who_is_not_signed_in() -> None:
    first, second = (client_for().get("/api/v1/docs") for _ in range(2))
    assert first.content == second.content
    assert not first.cookies
    assert b'data-csrf=""' in first.content
