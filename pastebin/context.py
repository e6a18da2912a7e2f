"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pastebin.middleware import carries_authority


def site(request: HttpRequest) -> dict[str, Any]:
    """The site's name and links, the reader's theme, and whether the page may hold anything personal."""
    personal = carries_authority(request)
    match = request.resolver_match
    return {
        "site_name": settings.SITE_NAME,
        "site_logo": settings.SITE_LOGO,
        "site_links": settings.SITE_LINKS,
        "signup_open": settings.SIGNUP_OPEN,
        "personal": personal,
        "place": match.view_name if match else request.path,
        "theme": request.session.get("theme", "") if personal else "",
        "request_id": getattr(request, "request_id", ""),
    }
