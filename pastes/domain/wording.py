"""What a notification says to its reader, on the site and in a mail.

It is put into words when it is read: by then a title may have changed, a comment may be deleted, or the paste may be
none of the reader's business any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from textwrap import TextWrapper

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pastes.domain import reminders
from pastes.exceptions import Text
from pastes.models import Comment, ModerationAction, Notification, Paste
from pastes.rendering.visible import HIDDEN
from pastes.urlkeys import address_of

Kind, Verb = Notification.Kind, ModerationAction.Verb

NAME, QUOTE = 80, 1_000
"""Characters of a title or a name in a sentence, and of a comment below it."""

WORDS: dict[str, Text] = {
    Kind.REPLY: _("%(who)s replied to your comment on %(what)s"),
    Kind.COMMENT: _("%(who)s commented on %(what)s"),
    Kind.MENTION: _("%(who)s mentioned you in a comment on %(what)s"),
    Kind.EXPIRY: _("%(what)s is about to expire"),
    Kind.WEBHOOK: _("Your webhook %(what)s was switched off, because nothing could be delivered to it"),
}
ACTIONS: dict[str, Text] = {
    Verb.HIDE: _("A moderator has hidden your paste %(what)s"),
    Verb.SHOW: _("A moderator shows your paste %(what)s again"),
    Verb.DELETE: _("A moderator has deleted your paste %(what)s"),
    Verb.REMOVE: _("A moderator has removed your comment on %(what)s"),
    Verb.RESTORE: _("A moderator has put back your comment on %(what)s"),
}
ACTED = _("A moderator has done something that concerns you")
KEPT = _("%(what)s was about to expire; its end has been changed since")
GONE_COMMENT = _("A comment on a paste that you can no longer read")
GONE_PASTE = _("A paste of yours was about to expire, and is gone")
SOMEBODY = _("Somebody who has left")
QUOTED = _("“%(name)s”")

# RFC 5322 (section 2.1.1) wants lines of at most 78 characters; addresses stay whole, so that they can be followed.
_WRAPPER = TextWrapper(76, break_long_words=False, break_on_hyphens=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A notification as its reader may see it now.

    Attributes:
        row: the notification.
        words: a sentence with places for ``who`` and ``what``.
        who: the name of whoever did it.
        what: the name of the paste.
        quote: what was said, or a moderator's reason; several lines, plain text.
        url: where to look at it; "" when there is nothing left to look at.
        extend_token: for `reminders.extend`; "" when there is nothing to extend.
    """

    row: Notification
    words: Text
    who: str = ""
    what: str = ""
    quote: str = ""
    url: str = ""
    extend_token: str = ""

    @property
    def sentence(self) -> str:
        """The sentence as plain text."""
        return str(self.words) % {"who": self.who, "what": str(QUOTED) % {"name": self.what}}

    @property
    def quoted(self) -> str:
        """The quote as mails write it."""
        lines = (piece for line in self.quote.split("\n") for piece in _WRAPPER.wrap(line) or [""])
        return "\n".join(f"> {line}".rstrip() for line in lines)

    @property
    def is_news(self) -> bool:
        """Whether it is still worth a mail: there is something to look at, or to do."""
        if self.row.kind == Kind.EXPIRY:
            return bool(self.extend_token)
        return bool(self.url) or self.row.kind == Kind.MODERATION


def items(rows: Iterable[Notification], *, at: datetime | None = None) -> list[Item]:
    """Put notifications, as `notifications.with_subjects` gives them, into words; at most one query."""
    rows = list(rows)
    numbers = {row.pk: row.event.partition(":")[2] for row in rows if row.kind == Kind.MODERATION}
    ids = {int(number) for number in numbers.values() if number.isdecimal()}
    actions = {str(action.pk): action for action in ModerationAction.objects.filter(pk__in=ids)} if ids else {}
    return [_moderated(row, actions.get(numbers[row.pk])) if row.pk in numbers else _happened(row, at) for row in rows]


def one_line(text: str, limit: int = NAME) -> str:
    """``text`` without line ends and characters that hide, cut after ``limit`` characters: fit for a mail's subject."""
    line = " ".join(HIDDEN.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _happened(row: Notification, at: datetime | None) -> Item:
    if row.kind == Kind.WEBHOOK:
        return Item(row, WORDS[row.kind], what=one_line(row.text), url=reverse("accounts:webhooks"))
    paste, comment = row.paste, row.comment
    if paste is None or not paste.is_live(at) or (paste.is_private and paste.owner_id != row.user_id):
        return Item(row, GONE_PASTE if row.kind == Kind.EXPIRY else GONE_COMMENT)
    what = one_line(str(paste))
    if comment is None:
        still = row.event == reminders.event_of(paste)
        token = reminders.token_for(paste) if still else ""
        return Item(row, WORDS[row.kind] if still else KEPT, what=what, url=_page(paste), extend_token=token)
    return Item(
        row,
        WORDS[row.kind],
        who=one_line(row.actor.display_name if row.actor else str(SOMEBODY)),
        what=what,
        quote=_quote(comment, paste, row.user_id),
        url=f"{reverse('pastes:comment', args=[paste.key, comment.pk])}#comment-{comment.pk}",
    )


def _moderated(row: Notification, action: ModerationAction | None) -> Item:
    words = ACTIONS.get(action.verb, ACTED) if action else ACTED
    paste = row.paste
    # What concerns a comment may be about a paste that was made private since.
    may_read = paste is not None and (paste.owner_id == row.user_id or not paste.is_private)
    what = str(paste) if paste and may_read else row.text if action and action.verb == Verb.DELETE else "…"
    return Item(
        row,
        words,
        what=one_line(what),
        quote=action.reason if action else row.text,
        url=_page(paste) if paste and may_read else "",
    )


def _quote(comment: Comment, paste: Paste, reader_id: int) -> str:
    """The comment's text; not that of one that was deleted, nor what a password stands before."""
    if comment.deleted is not None or (paste.password and paste.owner_id != reader_id):
        return ""
    text = HIDDEN.sub("", comment.body.replace("\r\n", "\n")).strip()
    return text if len(text) <= QUOTE else text[: QUOTE - 1].rstrip() + "…"


def _page(paste: Paste) -> str:
    return address_of("pastes:paste", paste.key)
