"""Addresses of the account page. They live here, because what an account keeps and leaves behind are its pastes."""

from django.urls import path

from pastes.views import account

app_name = "accounts"

urlpatterns = [
    path("settings", account.settings, name="settings"),
    path("export", account.export, name="export"),
    path("delete", account.remove, name="remove"),
]
