"""Addresses where programs sign in."""

from django.urls import path

from accounts import api

app_name = "sign_in"

urlpatterns = [
    path("login", api.login, name="login"),
    path("2fa/authenticate", api.second_factor, name="second_factor"),
    path("session", api.session, name="session"),
    path("refresh", api.refresh, name="refresh"),
]
