"""What differs between two sides, as a page shows it: one below the other or side by side, and the ways to the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pastes.domain.history import FileDiff
from pastes.models import File
from pastes.rendering import difftable
from pastes.rendering.difftable import Gaps, Words
from pastes.views.door import number_in

VIEWS = ("unified", "split")
VIEW_COOKIE = "diff_view"
VIEW_COOKIE_SECONDS = 365 * 24 * 3600

PAGE_ROWS = 10_000
"""Rows that one page shows of all its files."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a difference is looked at: in which view, whether blanks count, one file alone, with all of its lines."""

    view: str
    ignore_blanks: bool
    file: int | None
    whole: bool

    def url(self, **others: str | None) -> str:
        """The address, relative to the page, that looks the same but for what is given."""
        own = {
            "view": self.view,
            "blanks": "ignore" if self.ignore_blanks else None,
            "file": str(self.file) if self.file else None,
            "lines": "all" if self.whole else None,
        }
        return "?" + urlencode({name: value for name, value in (own | others).items() if value})

    @property
    def blanks_url(self) -> str:
        """The same with blanks heeded if they are ignored, and the other way round."""
        return self.url(blanks=None if self.ignore_blanks else "ignore")

    @property
    def all_url(self) -> str:
        """The same for all files."""
        return self.url(file=None, lines=None)

    @property
    def opens(self) -> bool:
        """Whether all lines are asked for. They are shown of one file at a time."""
        return self.whole and self.file is not None

    @property
    def views(self) -> list[tuple[str, str]]:
        """Each view with its address."""
        return [(view, self.url(view=view)) for view in VIEWS]


@dataclass(frozen=True, slots=True)
class DiffView:
    """One file of a comparison as the page shows it, with its number among them (from 1)."""

    number: int
    diff: FileDiff
    rows: SafeString
    collapsed_url: str

    @property
    def file(self) -> File | None:
        """The file on the newer side, else on the older."""
        return self.diff.new or self.diff.old


def look_of(request: HttpRequest) -> Look:
    """What the address asks for; the view as it was chosen last where the address does not say."""
    asked = [request.GET.get("view"), request.COOKIES.get(VIEW_COOKIE)]
    return Look(
        view=next((view for view in asked if view in VIEWS), VIEWS[0]),
        ignore_blanks=request.GET.get("blanks") == "ignore",
        file=number_in(request, "file") or None,
        whole=request.GET.get("lines") == "all",
    )


def keep_view(request: HttpRequest, response: HttpResponse, look: Look) -> None:
    """Let the browser remember the view for the next difference."""
    response.set_cookie(
        VIEW_COOKIE,
        look.view,
        max_age=VIEW_COOKIE_SECONDS,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )


def diff_views(diffs: Sequence[FileDiff], look: Look) -> list[DiffView]:
    """All files while the page has room, the others with a way to them; or the one that was asked for."""
    views: list[DiffView] = []
    room = PAGE_ROWS
    for number, diff in enumerate(diffs, start=1):
        if look.file not in {number, None} and (look.file or 0) <= len(diffs):
            continue
        count = len(diff.result.rows)
        shown = count <= room or look.file == number or not views
        room -= count if shown else 0
        rows = _table(diff, number, look) if shown else ""
        collapsed_url = "" if shown else f"{look.url(file=str(number))}#file-{number}"
        views.append(DiffView(number, diff, mark_safe(rows), collapsed_url))  # noqa: S308 # rendering/ escapes
    return views


def total_of(views: Sequence[DiffView]) -> dict[str, int]:
    """Lines added and removed in all files."""
    return {side: sum(getattr(view.diff, side) for view in views) for side in ("added", "removed")}


def _table(diff: FileDiff, number: int, look: Look) -> str:
    make = difftable.split_table if look.view == "split" else difftable.unified_table
    words = Words(added=_("added"), removed=_("removed"), unchanged=_unchanged)
    gaps = Gaps(url=look.url(file=str(number), lines="all"), prefix=f"file-{number}-")
    return make(diff.rows, words=words, gaps=gaps)


def _unchanged(count: int) -> str:
    return ngettext("%(count)d unchanged line", "%(count)d unchanged lines", count) % {"count": count}
