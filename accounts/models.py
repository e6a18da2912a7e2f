"""The person: Django's user with what the site remembers of their wishes."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Theme(models.TextChoices):
    """Light, dark, or what the device prefers."""

    DEVICE = "", _("As on this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class User(AbstractUser):
    """Somebody with an account.

    ``first_name`` and ``last_name`` are Django's and unused: people have one name here, and write it as they like.
    """

    name = models.CharField(_("name"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=5, blank=True, choices=Theme)
    default_visibility = models.CharField(_("default visibility"), max_length=10, blank=True)
    default_expiry = models.CharField(_("default expiry"), max_length=10, blank=True)
    banned_at = models.DateTimeField(_("banned"), null=True, blank=True)

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name other people see."""
        return self.name or self.username

    def get_absolute_url(self) -> str:
        """The account page."""
        return reverse("accounts:settings")
