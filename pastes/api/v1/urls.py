"""The API put together, and its addresses."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from pastes.api.v1 import (
    comments,
    links,
    lists,
    notifications,
    opening,
    pastes,
    people,
    reactions,
    redactions,
    reports,
    revisions,
    search,
    signing_in,
    statistics,
    tokens,
    webhooks,
)
from pastes.api.v1.docs import Docs
from pastes.api.v1.endpoints import Api, StrictParser
from pastes.api.v1.errors import NoSuchAddress

api = Api(
    title=f"{settings.SITE_NAME} API",
    version="1",
    urls_namespace="api-v1",
    docs=Docs(),
    parser=StrictParser(),
)
for module in (
    pastes,
    opening,
    revisions,
    redactions,
    links,
    reactions,
    comments,
    reports,
    statistics,
    search,
    lists,
    people,
    notifications,
    signing_in,
    tokens,
    webhooks,
):
    api.add_router("", module.router)


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponseBase:
    """Answer as the API does where it has no operation.

    Raises:
        NoSuchAddress: always.
    """
    del request, rest
    raise NoSuchAddress


urlpatterns = [
    path("", nothing_here, name="api-v1-root"),
    path("", api.urls),
    path("<path:rest>", nothing_here, name="api-v1-nothing"),
]
