"""Registering operations with all that their description needs, and completing the OpenAPI document with it."""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser

from pastes.api.v1 import describing
from pastes.api.v1.door import Authority, guarded
from pastes.api.v1.errors import as_domain_error

type Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

ALWAYS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What any operation may answer: a bad token, a wrong scope, an argument that cannot be, too often, the store away."""


def endpoint[**P, R](
    router: Router,
    method: Method,
    path: str,
    *,
    scope: str,
    account: bool = False,
    answers: Mapping[int, Any],
    fails: Sequence[int] = (),
    example: Any = None,
    sends: Any = None,
    kind: str = "application/json",
    headers: Mapping[int, Mapping[str, str]] | None = None,
    security: Sequence[Mapping[str, Sequence[str]]] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register the function below as an operation; its name is the operation's id, its docstring the description.

    Args:
        router: of the module.
        method: HTTP's.
        path: as django-ninja writes it: ``/pastes/{key:key}``.
        scope: what an access token needs (`accounts.models.Scope`).
        account: whether it takes an account.
        answers: the schema by status; None is an answer without a body.
        fails: which problems it may answer, beside `ALWAYS`; 400 and 413 are added where something is sent.
        example: the body of the first answer.
        sends: an example of the request's body.
        kind: the content type of the first answer.
        headers: what the answers of a status say in headers, with a description.
        security: which credentials count (`describing.SECURITY`), where it is not those that every operation takes.
    """

    def register(function: Callable[P, R]) -> Callable[P, R]:
        summary, _, description = inspect.cleandoc(function.__doc__ or "").partition("\n")
        notes = {
            "scope": scope,
            "account": account,
            "fails": sorted({*map(int, ALWAYS), *fails}),
            "example": example,
            "sends": sends,
            "kind": kind,
            "headers": headers or {},
            "security": security,
        }
        register_with = getattr(router, method.lower())
        registered: Callable[P, R] = register_with(
            path,
            auth=Authority(scope, account=account),
            response=dict(answers),
            operation_id=function.__name__,
            summary=summary.rstrip("."),
            description=description.strip() or summary,
            openapi_extra={describing.NOTES: notes},
        )(function)
        return registered

    return register


DESCRIPTION = frozenset({"openapi-json", "openapi-view", "api-root"})
"""Addresses of the description, by name."""


class StrictParser(Parser):
    """JSON as RFC 8259 has it: without NaN and Infinity."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body's value.

        Raises:
            ValueError: when it is none.
        """
        return json.loads(request.body, parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(name)


class Api(NinjaAPI):
    """django-ninja's API, with the site's errors and a whole description."""

    _document: OpenAPISchema | None = None

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Leave it to the site's middleware, as every error of every door."""
        del request
        error = as_domain_error(exc)
        raise error from (exc if error is not exc else exc.__cause__)

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                # What django-ninja adds for the description takes any method.
                view = require_safe(pattern.callback) if pattern.name in DESCRIPTION else pattern.callback
                pattern.callback = guarded(view)
        return patterns

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """The OpenAPI 3.1 document. It is made once: nothing in it depends on who asks."""
        if self._document is None:
            self._document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
            describing.complete(self._document)
        return self._document


def operations(api: NinjaAPI) -> list[Operation]:
    """All operations."""
    return [
        operation
        for bound in api._get_bound_routers()
        for view in bound.path_operations.values()
        for operation in view.operations
    ]
