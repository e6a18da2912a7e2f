"""Addresses of the account page. They live here, because what an account keeps and leaves behind are its pastes."""

from django.urls import path

from pastes.views import account, tokens, webhooks

app_name = "accounts"

urlpatterns = [
    path("settings", account.settings, name="settings"),
    path("export", account.export, name="export"),
    path("tokens", tokens.index, name="tokens"),
    path("tokens/jwt", tokens.make_pair, name="make_pair"),
    path("tokens/<int:token_id>/revoke", tokens.revoke, name="revoke_token"),
    path("tokens/jwt/<int:pair_id>/revoke", tokens.revoke_pair, name="revoke_pair"),
    path("webhooks", webhooks.index, name="webhooks"),
    path("webhooks/<int:webhook_id>", webhooks.webhook, name="webhook"),
    path("webhooks/<int:webhook_id>/remove", webhooks.remove, name="remove_webhook"),
    path("webhooks/<int:webhook_id>/secret", webhooks.renew_secret, name="renew_webhook_secret"),
    path("webhooks/<int:webhook_id>/ping", webhooks.ping, name="ping_webhook"),
    path("webhooks/<int:webhook_id>/deliveries/<int:delivery_id>", webhooks.redeliver, name="redeliver_webhook"),
    path("delete", account.remove, name="remove"),
]
