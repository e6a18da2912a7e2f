"""Pages of the site as a whole."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import CommentOrder, Theme, User
from pastes.views.door import door, has_session


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
