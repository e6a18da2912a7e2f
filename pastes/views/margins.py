"""Comments at the lines they are about: what stands between the rows of code."""

from collections.abc import Sequence

from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pastes.domain import reading
from pastes.domain.anchors import Remark
from pastes.models import Comment, File, Paste
from pastes.rendering.visible import visible

EXCERPT_CHARACTERS = 80


def insert(html: str, remarks: Sequence[Remark], *, paste: Paste, anchor: str, first: int, last: int) -> SafeString:
    """The rows of lines ``first`` to ``last`` with the remarks whose last line is among them, each under that line.

    The rows are a fragment that all readers share (`pastes.rendering.highlight.rows`), so this looks for the beginning
    of the row after each: text is escaped and cannot look like one.

    Args:
        html: the rows.
        remarks: in the order of their last lines.
        paste: the paste.
        anchor: what stands before ``L10`` in the ids of lines.
        first: the number of the first line.
        last: the number of the last one.
    """
    pieces, done = [], 0
    for remark in remarks:
        if not first <= remark.last <= last:
            continue
        # The last row ends where the rows do.
        end = html.find(f'<span class="l" id="{escape(anchor)}L{remark.last + 1}"', done)
        end = len(html) if end < 0 else end
        pieces += [html[done:end], marker(remark, paste=paste)]
        done = end
    return mark_safe("".join([*pieces, html[done:]]))  # noqa: S308 # rows of rendering/, and what is escaped here


def marker(remark: Remark, *, paste: Paste) -> SafeString:
    """One line between the rows: who says what of which lines, and the way to the thread.

    It may stand in a ``<pre>``, and ends with a line end for readers without styles. The text is what was typed, not
    Markdown: one line has no room for more.
    """
    comment = remark.comment
    author = comment.author.display_name if comment.author else _("deleted account")
    body = " ".join(comment.body[: EXCERPT_CHARACTERS * 5].split())
    replies = ngettext("%(shown)s reply", "%(shown)s replies", remark.replies) % {"shown": intcomma(remark.replies)}
    return format_html(
        '<span class="talk" id="talk-{key}"><a href="{address}#comment-{key}" data-talk="{key}">'
        '<span class="num">{lines}</span> <b><bdi>{author}</bdi></b> <bdi class="words">{body}</bdi>{replies}'
        "</a>\n</span>",
        key=comment.pk,
        address=reverse("pastes:comment", args=[paste.key, comment.pk]),
        lines=_lines(remark.first, remark.last),
        author=author,
        body=mark_safe(visible(Truncator(body).chars(EXCERPT_CHARACTERS))),  # noqa: S308 # visible() escapes
        replies=format_html(' <span class="num">{}</span>', replies) if remark.replies else "",
    )


def placed(comment: Comment, *, paste: Paste, files: Sequence[File]) -> tuple[str, SafeString] | None:
    """For a comment that is new on the page: the id of the row it stands under, and its marker; None when it has none.

    Args:
        comment: the first of a thread.
        paste: the paste.
        files: of the latest revision, which the page shows.
    """
    file = next((file for file in files if file.name == comment.current_file), None)
    if file is None or comment.current_first is None or comment.current_last is None:
        return None
    remark = Remark(comment, comment.current_first, comment.current_last, replies=0)
    return f"{reading.anchor_of(file)}L{remark.last}", marker(remark, paste=paste)


def _lines(first: int, last: int) -> str:
    if first == last:
        return _("Line %(first)s") % {"first": intcomma(first)}
    return _("Lines %(first)s–%(last)s") % {"first": intcomma(first), "last": intcomma(last)}
