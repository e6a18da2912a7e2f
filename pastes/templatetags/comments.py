"""How templates write what comments are about."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from pastes.domain import reading, showing
from pastes.models import Comment, File, Paste
from pastes.rendering import visible

register = template.Library()


@register.simple_tag
def lines_address(paste: Paste, comment: Comment, files: Sequence[File]) -> str:
    """The address of a comment's lines in the latest revision, whose ``files`` are given; "" when they are gone."""
    first, last = comment.current_first, comment.current_last
    file = next((one for one in files if one.name == comment.current_file), None)
    if first is None or last is None or file is None:
        return ""
    anchor = reading.anchor_of(file)
    # A long file shows the part with the line that is asked for; a short one is all there, if its lines are looked at.
    position = f"&file={file.position + 1}" if file.position else ""
    query = f"?line={first}{position}" if reading.part_count(file) > 1 or len(showing.views(file)) > 1 else ""
    span = f"{anchor}L{first}" + (f"-{anchor}L{last}" if last > first else "")
    return f"{paste.get_absolute_url()}{query}#{span}"


@register.filter
def spelled(text: str) -> SafeString:
    """The text of lines as code shows it: what would be hidden is written out."""
    return mark_safe(visible.visible(text))  # noqa: S308 # visible() escapes
