"""Finding pastes by their text, which `pastes.domain.indexing` keeps.

Who may see a paste is read from its row at every search; what is kept of its text never decides that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

from django.db.models import F, OrderBy, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from pastes import conf, replica
from pastes import search as engine
from pastes.domain import discovery, limits
from pastes.domain.access import Viewer
from pastes.domain.discovery import Page
from pastes.exceptions import Invalid
from pastes.models import Paste, SearchText, Visibility
from pastes.models.pastes import PasteQuerySet
from pastes.search import excerpts, terms
from pastes.search.backend import TooSlow, plain
from pastes.search.terms import Terms

TO_TEXT = "search_text__"

PAGE = 10
"""Hits on a page: each has up to three lines of text, so that ten fill a screen."""

NEWEST = 250
"""So many of the newest pastes that fit the filters are looked at one by one, which finds a page of frequent terms."""

FILTERED = 600
"""So many are, in all, where a filter leaves few: the indexes of text know nothing of filters, and would find a
frequent term in all the pastes that do not fit. As many as for terms that no index holds; the next page goes on."""

ENOUGH_SECONDS = 0.025
EMPTY_SECONDS = 0.04
"""After so long the first page is shown with what it has, or says that it has nothing so far; the next one takes its
time. So nobody waits for the first answer, and whatever is there is found by the second."""

WINDOW_SECONDS = 0.03
"""For one window of the first page, which takes 7 to 20 ms but for a few frequent terms together. What it would have
found the next page finds."""

DEADLINE_SECONDS = 2.0
"""For one query; then the page shows what was found before it."""

MARGIN = timedelta(hours=1)

PUBLISHED = Coalesce(F("created"), F("created"))
"""When; so written that PostgreSQL does not take the index of half of all pastes for it. The ids say where to look."""

NOT_BY_INDEX = (F("pk") + 0).desc()
"""The newest first, so written that PostgreSQL does not go through all pastes in this order until it has enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What somebody searches for.

    Attributes:
        text: terms with blanks between them, or in quotes; all of them must be there, in whatever case.
        words: whether each term must be a whole word.
        language: an alias, as in `Paste.language`.
        author: a user name.
        tag: a tag's name.
        since: the first day, in UTC, on which it was published.
        until: the last.
        mine: only the viewer's own.
    """

    text: str
    words: bool = False
    language: str = ""
    author: str = ""
    tag: str = ""
    since: date | None = None
    until: date | None = None
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A paste that was found, with what was searched for marked in safe HTML; "" and [] where it is not."""

    paste: Paste
    title: SafeString
    description: SafeString | str
    lines: list[excerpts.Line]

    @property
    def guarded(self) -> bool:
        """Whether it is the viewer's own and not for everybody."""
        return self.paste.visibility != Visibility.PUBLIC


def find(*, query: Query, viewer: Viewer, after: str = "", size: int = PAGE, at: datetime | None = None) -> Page:
    """What everybody may find and the viewer's own, the newest first. A search for nothing finds nothing.

    A page may have fewer than ``size`` pastes, even none, and still a next one: terms of one or two characters are in
    no index, and each page looks at `FILTERED` pastes; and after `EMPTY_SECONDS` at most the first page ends.

    Args:
        query: what for.
        viewer: who asks.
        after: where the page begins, from `Page.next`.
        size: pastes on a page.
        at: now.

    Raises:
        Invalid: when the text is longer than a search may be, or the database took too long for it.
        TooMany: when this viewer searches too often.
    """
    wanted = parse(query)
    if not wanted.texts:
        return Page([], "")
    subject = limits.subject_of(user=viewer.user, address=viewer.address)
    limits.spend(what="search", subject=subject, rate=conf.rate("SEARCH_RATE"), at=at)
    return _look(query, wanted, viewer, after, size, at)


@replica.may_answer
def _look(query: Query, wanted: Terms, viewer: Viewer, after: str, size: int, at: datetime | None) -> Page:
    below = discovery.number(after)
    lists = _filtered(query, viewer, at)
    return _merged([_Search(pastes, wanted, size, few=few).page(below) for pastes, few in lists], size)


def parse(query: Query) -> Terms:
    """The terms of a query.

    Raises:
        Invalid: when they are too many or too long.
    """
    try:
        return terms.parse(query.text, whole=query.words)
    except terms.TooLong as error:
        limits = {"characters": terms.MOST_CHARACTERS, "terms": terms.MOST_TERMS}
        raise _invalid(_("A search has at most %(characters)s characters and %(terms)s words.") % limits) from error


@replica.may_answer
def show(*, query: Query, pastes: Sequence[Paste]) -> list[Hit]:
    """Where in each of these pastes it was found."""
    wanted = parse(query)
    rows = SearchText.objects.defer("words").in_bulk([paste.pk for paste in pastes])
    return [_hit(paste, rows.get(paste.pk), wanted) for paste in pastes]


class _Search:
    """One list of pastes, the newest first, searched for terms in steps that stop when a page is full."""

    def __init__(self, pastes: PasteQuerySet, wanted: Terms, size: int, *, few: bool) -> None:
        self._pastes = pastes.select_related("owner").newest()
        self._plain = plain(wanted, TO_TEXT)
        self._indexed = engine.backend().indexed(wanted, TO_TEXT)
        self._one_by_one = [NEWEST, FILTERED - NEWEST] if few or self._indexed is None else [NEWEST]
        self._size = size
        self._found: list[Paste] = []
        # What is not below this has been searched.
        self._searched: int | None = None
        self._started = monotonic()

    def page(self, first: int | None) -> Page:
        """The page that begins below the id ``first``: as far as the database came in time, if that is anywhere.

        Raises:
            Invalid: when it is not.
        """
        ended = False
        try:
            with engine.backend().deadline(DEADLINE_SECONDS):
                ended = self._newest(first)
            if not ended and self._indexed is not None:
                quick = engine.backend().at_once_seconds
                slow = WINDOW_SECONDS if first is None else DEADLINE_SECONDS
                ended = self._at_once(self._indexed, quick) or self._by_windows(self._indexed, slow)
                # Whoever asks for more is ready to wait for it.
                if not ended and first is not None:
                    ended = self._at_once(self._indexed, DEADLINE_SECONDS)
        except TooSlow as error:
            if self._searched is None:
                message = _("That took too long to find. Add a word, or choose a language or an author.")
                raise _invalid(message) from error
        if len(self._found) > self._size:
            found = self._found[: self._size]
            return Page(found, str(found[-1].pk))
        return Page(self._found, "" if ended else str(self._searched))

    def _newest(self, below: int | None) -> bool:
        """Look at the newest one by one; whether that was all there is to do."""
        floor = below
        for count in self._one_by_one:
            below, floor = floor, self._floor(floor, count)
            if self._take(self._plain & _between(floor, below)) or floor is None:
                return True
            self._searched = floor
        return False

    def _at_once(self, indexed: Q, seconds: float) -> bool:
        """Search all that is left, if that goes quickly; whether it did. It does for what is rare by its trigrams."""
        try:
            with engine.backend().deadline(seconds):
                self._take(indexed & Q(pk__lt=self._searched), order=NOT_BY_INDEX)
        except TooSlow:
            return False
        return True

    def _by_windows(self, indexed: Q, seconds: float) -> bool:
        """Search what is left in windows, as long as there is time; whether there is nothing further.

        Raises:
            TooSlow: when one window takes longer than so many seconds.
        """
        assert self._searched is not None
        with engine.backend().deadline(seconds):
            for step in engine.backend().steps(below=self._searched, to=TO_TEXT):
                if self._take(indexed & step.condition, order=NOT_BY_INDEX):
                    return True
                self._searched = step.floor
                if monotonic() - self._started > (ENOUGH_SECONDS if self._found else EMPTY_SECONDS):
                    break
        return self._searched == 0

    def _floor(self, below: int | None, count: int) -> int | None:
        """The id of the last of the next ``count`` pastes; None when there are not so many."""
        ids = self._pastes.filter(_between(None, below)).values_list("pk", flat=True)
        return next(iter(ids[count - 1 : count]), None)

    def _take(self, condition: Q, *, order: str | OrderBy = "-pk") -> bool:
        """Add what a condition finds; whether the page is full, with one more that says that there is another."""
        self._found += self._pastes.filter(condition).order_by(order)[: self._size + 1 - len(self._found)]
        return len(self._found) > self._size


def _filtered(query: Query, viewer: Viewer, at: datetime | None) -> list[tuple[PasteQuerySet, bool]]:
    """The pastes to search: the public ones and the viewer's own, each list by the index that has its order.

    With each goes whether it has few of all pastes.
    """
    few = bool(query.language or query.author or query.tag)
    own = [(Paste.objects.owned_by(viewer.account).live(at), True)] if viewer.account else []
    lists = own if query.mine else [(Paste.objects.listed().live(at), few), *own]
    fits = Q()
    if query.language:
        fits &= Q(language=query.language)
    if query.author:
        author = User.objects.filter(username__iexact=query.author).values_list("pk", flat=True).first()
        if author is None:
            return []
        fits &= Q(owner=author)
    if query.since:
        fits &= _published_from(_midnight(query.since))
    if query.until:
        fits &= _published_before(_midnight(query.until) + timedelta(days=1))
    found = [(pastes.filter(fits), few) for pastes, few in lists]
    return [(pastes.tagged(query.tag), few) for pastes, few in found] if query.tag else found


def _merged(pages: Sequence[Page], size: int) -> Page:
    """The newest of several pages, each paste once; it ends where the first of them did that has a next one."""
    end = max((int(page.next) for page in pages if page.next), default=0)
    by_id = {paste.pk: paste for page in pages for paste in page.pastes if paste.pk >= end}
    pastes = [by_id[pk] for pk in sorted(by_id, reverse=True)]
    if len(pastes) > size:
        return Page(pastes[:size], str(pastes[size - 1].pk))
    return Page(pastes, str(end) if end else "")


def _between(floor: int | None, below: int | None) -> Q:
    found = Q() if floor is None else Q(pk__gte=floor)
    return found if below is None else found & Q(pk__lt=below)


def _published_from(moment: datetime) -> Q:
    """Ids grow with time (transactions that end late: within `MARGIN`), so a date also says where to look."""
    first = _first_after(moment - MARGIN)
    return Q(GreaterThanOrEqual(PUBLISHED, moment)) & Q(pk__gte=first) if first else Q(pk=None)


def _published_before(moment: datetime) -> Q:
    end = _first_after(moment + MARGIN)
    return Q(LessThan(PUBLISHED, moment)) & (Q(pk__lt=end) if end else Q())


def _first_after(moment: datetime) -> int | None:
    ids = Paste.objects.filter(created__gte=moment).order_by("created").values_list("pk", flat=True)
    return ids.first()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _invalid(message: str) -> Invalid:
    return Invalid({"q": [message]}, _("Nothing was searched."))


def _hit(paste: Paste, row: SearchText | None, wanted: Terms) -> Hit:
    name = paste.title or paste.file_name
    description = excerpts.marked(paste.description, wanted) if excerpts.holds(paste.description, wanted) else ""
    lines = excerpts.lines(text=row.text, folded=row.folded, files=row.files, terms=wanted) if row else []
    return Hit(paste, excerpts.marked(name, wanted), description, lines)
