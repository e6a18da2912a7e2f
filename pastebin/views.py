"""Pages of the site as a whole."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import CommentOrder, Theme, User
from pastes.views.door import door, has_session

GROUND = "#fbfaf8"
ACCENT = "#007459"
"""``--ground`` and ``--accent`` of the light theme, as manifests want them."""


@door("POST")
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember a language, a theme or an order of comments: in a cookie, and in the account of whoever is signed in."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=settings.SECURE):
        target = reverse("pastes:home")
    response = HttpResponseRedirect(target, status=303)
    wishes = {}
    if (language := request.POST.get("language")) in dict(settings.LANGUAGES):
        wishes["language"] = str(language)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            str(language),
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SECURE,
            samesite="Lax",
        )
    if (theme := request.POST.get("theme")) in Theme.values:
        wishes["theme"] = str(theme)
    order = request.POST.get("comment_order")
    if order in CommentOrder.values and has_session(request) and isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(comment_order=order)
    if wishes and has_session(request):
        request.session.update(wishes)
        if isinstance(request.user, User):
            User.objects.filter(pk=request.user.pk).update(**wishes)
    return response


@door("GET")
def robots(request: HttpRequest) -> HttpResponse:
    """What crawlers may fetch: pages, not what costs much or has nothing to find."""
    del request
    lines = ["User-agent: *", "Disallow: /accounts/", "Disallow: /admin/", "Disallow: /diff", "Disallow: /s/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@door("GET")
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for a picture when the page says nothing about one, as plain text does."""
    del request
    response = HttpResponseRedirect(settings.SITE_LOGO or static("icons/favicon.ico"))
    response["Cache-Control"] = "public, max-age=86400"
    return response


@door("GET")
def manifest(request: HttpRequest) -> HttpResponse:
    """What the site is called and looks like when somebody puts it beside their apps."""
    del request
    icons: list[dict[str, Any]] = [{"src": static("mark.svg"), "sizes": "any", "type": "image/svg+xml"}]
    for side in (192, 512):
        picture = {"src": static(f"icons/app-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        icons.append(picture | {"purpose": "any maskable"})
    if settings.SITE_LOGO:
        icons = [{"src": settings.SITE_LOGO, "sizes": "any"}]
    about = {"name": settings.SITE_NAME, "short_name": settings.SITE_NAME, "id": "/", "start_url": "/", "scope": "/"}
    look = {"display": "minimal-ui", "background_color": GROUND, "theme_color": ACCENT, "icons": icons}
    response = JsonResponse(about | look, content_type="application/manifest+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response
