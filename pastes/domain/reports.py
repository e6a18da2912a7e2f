"""What readers report, and what becomes of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from pastes import conf, validators
from pastes.domain import content, limits, moderation
from pastes.domain.access import Viewer
from pastes.exceptions import Invalid, NotFound, PasteError, Unavailable
from pastes.models import Comment, File, ModerationAction, Paste, Report, Revision

Verb = ModerationAction.Verb

NOT_REPORTED = gettext_lazy("Nothing was reported, because something does not fit.")

MOST_TEXT = 2_000
"""Characters."""

SHOWN_LINES = 200
SHOWN_BYTES = 16 * 1024
"""How much of a text a moderator sees: enough to judge it, and a page that opens at once."""

SHOWN_FILES = 5
SHOWN_REPORTS = 50
SHOWN_ACTIONS = 20


class Handled(PasteError):
    """Another moderator was faster."""

    status = 409
    code = "handled"
    message = gettext_lazy("Another moderator has handled this report already. Nothing was done.")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """How a file begins. ``lines`` is None when there is nothing to show, and then ``why`` says why."""

    name: str
    lines: Sequence[str] | None
    why: str = ""
    cut: bool = False


def report(
    *, paste: Paste, viewer: Viewer, category: str, text: str = "", comment: Comment | None = None
) -> tuple[Report, bool]:
    """Put something before the moderators. No more is kept of who reports than their account, if they have one.

    Args:
        paste: what is reported, or what the comment is on.
        viewer: who reports.
        category: one of `Report.Category`.
        text: what they say about it, at most `MOST_TEXT` characters; needed for `Report.Category.OTHER`.
        comment: the reported comment, if it is one.

    Returns:
        The report and whether it is new: an account's open report on the same thing is not made twice.

    Raises:
        Invalid: when category or text do not fit.
        TooMany: when this account or address reports too often.
        NotFound: when the thing is gone meanwhile.
    """
    text = text.replace("\r\n", "\n").strip()
    _require_valid(category, text)
    limits.spend(
        what="report",
        subject=limits.subject_of(user=viewer.user, address=viewer.address),
        rate=conf.rate("REPORT_RATE"),
    )
    try:
        return _keep(Report(paste=paste, comment=comment, reporter=viewer.account, category=category, reason=text))
    except IntegrityError as error:
        raise NotFound from error  # deleted since it was looked up


def find_comment(*, paste: Paste, comment_id: int) -> Comment:
    """A comment of this paste that readers see.

    Raises:
        NotFound: when there is none.
    """
    comment = Comment.objects.select_related("author").filter(paste=paste, pk=comment_id, deleted=None).first()
    if comment is None:
        raise NotFound
    return comment


def about_the_same(*, paste_id: int, comment_id: int | None) -> QuerySet[Report]:
    """The open reports on one thing, the oldest first."""
    return Report.objects.filter(paste=paste_id, comment=comment_id, state=Report.State.OPEN).order_by("pk")


def open_count() -> int:
    """How many reports wait."""
    return Report.objects.filter(state=Report.State.OPEN).count()


def author_of(report: Report) -> User | None:
    """Who wrote what is reported."""
    return report.comment.author if report.comment else report.paste.owner


def decisions(*, report: Report, moderator: User) -> list[ModerationAction.Verb]:
    """What this moderator may do about an open report; whoever may change a thing may act on it."""
    author = author_of(report)
    allowed = {
        Verb.REJECT: moderator.has_perm("pastes.change_report"),
        Verb.REMOVE: report.comment is not None
        and report.comment.deleted is None
        and moderator.has_perm("pastes.change_comment"),
        Verb.HIDE: report.paste.hidden_at is None and moderator.has_perm("pastes.change_paste"),
        Verb.BAN: author is not None
        and author.banned_at is None
        and moderator.has_perm("accounts.change_user")
        and moderation.bannable_by(moderator).filter(pk=author.pk).exists(),
        Verb.DELETE: moderator.has_perm("pastes.delete_paste"),
    }
    return [verb for verb, may in allowed.items() if may and report.state == Report.State.OPEN]


@transaction.atomic
def decide(*, report: Report, verb: str, moderator: User, reason: str, at: datetime | None = None) -> None:
    """Do what the moderator decided, and close all open reports on the same thing.

    Raises:
        Handled: when the report is not open any more.
        Invalid: without a reason, or when this cannot be done here by this moderator.
    """
    reason = moderation.require_reason(reason)
    state = Report.State.REJECTED if verb == Verb.REJECT else Report.State.ACCEPTED
    # The gate: of two moderators one finds the rows open, and the other waits here and finds them closed, or gone.
    together = about_the_same(paste_id=report.paste_id, comment_id=report.comment_id)
    waiting = [row.pk for row in together.select_for_update()]
    if report.pk not in waiting:
        raise Handled
    if verb not in decisions(report=report, moderator=moderator):
        raise Invalid({"verb": [_("Choose one of the buttons.")]}, _("Nothing was done."))
    Report.objects.filter(pk__in=waiting).update(state=state, handled_by=moderator, handled_at=at or timezone.now())
    _act(report, Verb(verb), moderator=moderator, reason=reason)


def excerpts(*, report: Report) -> list[Excerpt]:
    """How the files of the reported paste begin: at most `SHOWN_LINES` lines of all, from `SHOWN_FILES` files.

    What is not for everybody is shown only while the report is open: the operators are no readers. A moderator's look
    opens nothing: what burns after reading is not burnt by it. What the author's browser encrypted is as unreadable
    here as it is everywhere.
    """
    paste = report.paste
    if report.comment or not (report.state == Report.State.OPEN or paste.is_shared_page):
        return []
    revision = Revision.objects.filter(paste=paste, number=paste.revision_count).first()
    files = list(revision.files.all()) if revision else []
    left = SHOWN_LINES
    found = []
    for index, file in enumerate(files):
        excerpt = _excerpt(file, paste, most=left if index < SHOWN_FILES else 0)
        left -= len(excerpt.lines or ())
        found.append(excerpt)
    return found


@transaction.atomic
def _keep(row: Report) -> tuple[Report, bool]:
    if row.reporter:
        # Two reports sent at once wait for each other here.
        User.objects.select_for_update(no_key=True).get(pk=row.reporter.pk)
        known = about_the_same(paste_id=row.paste_id, comment_id=row.comment_id)
        if earlier := known.filter(reporter=row.reporter).first():
            return earlier, False
    row.save(force_insert=True)
    return row, True


def _excerpt(file: File, paste: Paste, *, most: int) -> Excerpt:
    if paste.encrypted:
        return Excerpt(file.name, None, _("It is encrypted: only who has its link can read it."))
    if file.encoding == "binary":
        return Excerpt(file.name, None, _("It is not text."))
    if most <= 0:
        return Excerpt(file.name, None, _("Not shown: there is enough above."))
    try:
        data = content.read_range(file, 0, min(file.size, SHOWN_BYTES))
    except (NotFound, Unavailable):
        return Excerpt(file.name, None, _("The text cannot be read now."))
    lines = content.decode(file, data).splitlines()
    return Excerpt(file.name, lines[:most], cut=len(lines) > most or file.size > len(data))


def _act(report: Report, verb: ModerationAction.Verb, *, moderator: User, reason: str) -> None:
    paste, comment, author = report.paste, report.comment, author_of(report)
    if verb == Verb.HIDE:
        moderation.hide(pastes=[paste], moderator=moderator, reason=reason)
    elif verb == Verb.DELETE:
        moderation.delete(pastes=[paste], moderator=moderator, reason=reason)
    elif verb == Verb.REJECT:
        moderation.note_rejection(report=report, moderator=moderator, reason=reason)
    if verb in {Verb.REMOVE, Verb.BAN} and comment:
        moderation.remove_comments(comments=[comment], moderator=moderator, reason=reason)
    if verb == Verb.BAN and author:
        moderation.ban(author=author, moderator=moderator, reason=reason)


def _require_valid(category: str, text: str) -> None:
    errors: dict[str, list[str]] = {}
    if category not in Report.Category.values:
        errors["category"] = [_("Say what is wrong with it.")]
    if len(text) > MOST_TEXT:
        errors["text"] = [_("At most %(limit)s characters fit here.") % {"limit": MOST_TEXT}]
    elif category == Report.Category.OTHER and not text:
        errors["text"] = [_("Say in a few words what is wrong.")]
    try:
        validators.storable(text)
    except ValidationError as error:
        errors.setdefault("text", []).extend(error.messages)
    if errors:
        raise Invalid(errors, NOT_REPORTED)
