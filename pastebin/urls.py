"""All addresses of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from pastebin import health, metrics, views
from pastes.views import publishing

admin.site.site_header = settings.SITE_NAME
admin.site.site_title = settings.SITE_NAME

urlpatterns = [
    # Before the pastes: the word has eleven letters of base58, and so the form of a key.
    path("preferences", views.preferences, name="preferences"),
    path("", include("pastes.urls")),
    path("api/v1/", include("pastes.api.v1.urls")),
    path("api/", include("pastes.api.gist.urls")),
    path("accounts/", include("pastes.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("site.webmanifest", views.manifest, name="manifest"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    # Last, because anything fits: `curl -T notes.txt https://…/` adds the file's name to the address.
    path("<str:filename>", publishing.upload, name="upload"),
]

handler400 = "pastebin.errors.bad_request"
handler403 = "pastebin.errors.forbidden"
handler404 = "pastebin.errors.not_found"
handler500 = "pastebin.errors.server_error"
# Django knows no such handler; allauth looks for it.
handler429 = "pastebin.errors.too_many"
