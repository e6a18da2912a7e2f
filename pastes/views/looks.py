"""The views of a file as its page offers them: tabs with addresses of their own, and what the chosen one shows."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from pastes.domain import reading, showing
from pastes.domain.reading import Opening
from pastes.domain.showing import CODE, RENDERED, TABLE
from pastes.models import File
from pastes.rendering.tables import MOST_COLUMNS, Page
from pastes.urlkeys import address_of


@dataclass(frozen=True, slots=True)
class Tab:
    """One view, and its address."""

    name: str
    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Look:
    """How a file is looked at.

    Attributes:
        name: of the view that is shown.
        tabs: the views it has; none where there is but one, or no second request.
        document: the HTML of a rendered file.
        head: the HTML of a table's first row.
        body: that of some of its rows.
        page: which rows these are.
        next_url: the address of the rows after them.
        previous_url: the address of those before.
        failed: whether the view that was asked for could not be made.
    """

    name: str = CODE
    tabs: tuple[Tab, ...] = ()
    document: SafeString | str = ""
    head: SafeString | str = ""
    body: SafeString | str = ""
    page: Page | None = None
    next_url: str = ""
    previous_url: str = ""
    failed: bool = False

    @property
    def hidden_columns(self) -> int:
        """How many columns are not shown."""
        return max(0, self.page.columns - MOST_COLUMNS) if self.page else 0


def look_at(opening: Opening, file: File, *, wanted: str = "", row: int = 1) -> Look:
    """The view of a file that was asked for, or the one to begin with; the code where that cannot be made."""
    views = showing.views(file)
    name = wanted if wanted in views else views[0]
    anchor = reading.anchor_of(file)
    once = opening.data is not None
    data = opening.read(file) if once and name != CODE else None
    html, page = "", None
    if name == RENDERED:
        html = showing.document(file=file, anchor=anchor, data=data) or ""
    elif name == TABLE:
        page = showing.table(file=file, anchor=anchor, first=row, data=data)
    failed = name != CODE and not html and not page
    shown = CODE if failed else name
    more = page is not None and not once
    return Look(
        name=shown,
        tabs=() if once or len(views) == 1 else tuple(_tab(opening, file, view, shown) for view in views),
        document=mark_safe(html),  # noqa: S308 # rendering/ cleans
        head=mark_safe(page.head if page else ""),  # noqa: S308 # rendering/ escapes
        body=mark_safe(page.body if page else ""),  # noqa: S308 # the same
        page=page,
        next_url=_rows_url(opening, file, page.last + 1) if more and page and page.last < page.total else "",
        previous_url=_rows_url(opening, file, 1) if more and page and page.first > 1 else "",
        failed=failed,
    )


def base_url(opening: Opening) -> str:
    """The address of the page that shows the paste as it is opened."""
    key = opening.paste.key
    if opening.extension:
        return reverse("pastes:paste_as", args=[key, opening.extension])
    if opening.revision.number == opening.paste.revision_count:
        return address_of("pastes:paste", key)
    return reverse("pastes:revision", args=[key, opening.revision.number])


def _tab(opening: Opening, file: File, view: str, shown: str) -> Tab:
    labels = {CODE: _("Code"), RENDERED: _("Rendered"), TABLE: _("Table")}
    return Tab(view, labels[view], _url(opening, file, view=view), current=view == shown)


def _rows_url(opening: Opening, file: File, row: int) -> str:
    return _url(opening, file, view=TABLE, row=str(row))


def _url(opening: Opening, file: File, **query: str) -> str:
    """The first file's first view is the page's own address, which is kept in the cache."""
    if query == {"view": showing.views(file)[0]} and not file.position:
        return base_url(opening)
    if file.position:
        query["file"] = str(file.position + 1)
    return f"{base_url(opening)}?{urlencode(query)}"
