"""Examples on the help pages: code with a label and a button that copies it."""

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

WORD_BREAK = mark_safe("<wbr>")


@register.simple_block_tag(end_name="endexample")
def example(content: SafeString, name: str, label: str) -> SafeString:
    """What stands between ``{% example %}`` and ``{% endexample %}``: a ``<code>``, written out.

    Args:
        content: code, escaped as everything in a template is.
        name: what the example is called in the page's addresses.
        label: what it does, in a few words.
    """
    # Not escaped twice: the template that holds the example has done it.
    return mark_safe(render_to_string("help/_example.html", {"name": name, "label": label, "code": content}))  # noqa: S308


@register.filter
def breakable(name: str) -> SafeString:
    """``name`` with places after its underscores where a narrow line may end."""
    *heads, last = name.split("_")
    return format_html_join("", "{}{}", [*((f"{head}_", WORD_BREAK) for head in heads), (last, "")])
