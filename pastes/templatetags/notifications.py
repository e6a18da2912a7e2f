"""How pages write what happened."""

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from pastes.domain.wording import QUOTED, Item

register = template.Library()


@register.filter
def sentence(item: Item) -> SafeString:
    """The sentence of a notification, with the names kept apart from the words around them in every direction."""
    what = str(QUOTED) % {"name": item.what}
    names = {"who": format_html("<b><bdi>{}</bdi></b>", item.who), "what": format_html("<bdi>{}</bdi>", what)}
    return mark_safe(escape(str(item.words)) % names)  # noqa: S308 -- every part is escaped
