"""The page that shows the API: Swagger UI, whose files django-ninja carries, under the site's own policy."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

from pastes.views.door import has_session


class Docs(DocsBase):
    """Whoever is signed in tries the operations as themselves."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page."""
        address = self.get_openapi_url(api, kwargs)
        # The validator of swagger.io would have to be asked, and told the address of this site.
        settings = {"url": address, "layout": "BaseLayout", "deepLinking": True, "validatorUrl": None}
        context = {
            "swagger_settings": json.dumps(settings),
            "openapi_url": address,
            "add_csrf": has_session(request),
        }
        return render(request, "api/docs.html", context)
