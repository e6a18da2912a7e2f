"""The product: pastes and everything people do with them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PastesConfig(AppConfig):
    """Pastes, their revisions, and the talk about them."""

    name = "pastes"
    verbose_name = _("Pastes")
    default_auto_field = "django.db.models.BigAutoField"
