"""Small help for the pages about accounts."""

import re
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.utils.translation import gettext

register = template.Library()

# In the order in which they are looked for: every one of them also claims to be some of those that follow.
BROWSERS = [
    ("Edge", "Edg"), ("Opera", "OPR/"), ("Yandex", "YaBrowser"), ("Samsung Internet", "SamsungBrowser"),
    ("Firefox", "Firefox/|FxiOS"), ("Chrome", "Chrome/|CriOS"), ("Safari", "Safari/"), ("curl", "curl/"),
]  # fmt: skip
SYSTEMS = [
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("ChromeOS", "CrOS"),
    ("macOS", "Mac OS X|Macintosh"), ("Linux", "Linux"),
]  # fmt: skip


@register.filter
def fields_of(form: BaseForm) -> list[BoundField]:
    """The visible fields of ``form``: labels without a colon, and no placeholders (allauth's repeat the labels)."""
    form.label_suffix = ""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
    return form.visible_fields()


@register.filter
def browser(user_agent: Any) -> str:
    """What a person calls the program behind a User-Agent header, such as "Firefox, Linux"."""
    text = str(user_agent)
    names = [next((name for name, pattern in known if re.search(pattern, text)), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in names if name) or gettext("Unknown program")
