"""The files of a paste as its page shows them: which part of each, and the ways to the rest."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from pastes.domain import anchors, content, logbook, reading, showing
from pastes.domain.anchors import Remark
from pastes.domain.reading import Opening, RenderedPart
from pastes.models import File
from pastes.urlkeys import address_of
from pastes.views import margins, snippets
from pastes.views.door import number_in
from pastes.views.logs import LogView, fold, log_view
from pastes.views.looks import Look, base_url, look_at

INLINE_BYTES = 256 * 1024
"""How much text of all files one page shows at once; the rest is a click or a scroll away."""


@dataclass(frozen=True, slots=True)
class FileView:
    """A file as the page shows it: the part that was asked for, and the way to the others."""

    file: File
    anchor: str
    look: Look
    log: LogView | None
    previous_error_url: str
    next_error_url: str
    html: SafeString
    first_line: int
    last_line: int
    previous_url: str
    next_url: str
    previous_part_url: str
    next_part_url: str
    is_binary: bool
    is_plain: bool
    is_whole: bool
    hidden_characters: int
    long_lines: int
    collapsed: bool
    page_url: str
    raw_url: str
    download_url: str


def file_views(request: HttpRequest, opening: Opening) -> list[FileView]:
    """All files: the first part of each while the page has room, and the part with the line that was asked for."""
    spot = snippets.spot_in(request.GET)
    talk = anchors.remarks(paste=opening.paste, revision=opening.revision)
    views = []
    room = INLINE_BYTES
    for file in opening.files:
        if opening.data is not None:
            views.append(_whole_view(opening, file))
            continue
        asked = file.position + 1 == spot.file and not request.GET.keys().isdisjoint({"line", "file", "view"})
        line = spot.lines.first if asked and spot.lines else 0
        index = reading.part_of_line(file, line) if line else 0
        start, end = content.part_range(file, index)
        # The first is always shown: only a very long line makes its part this large, and that is cut.
        shown = asked or not views or end - start <= room
        room -= (end - start) if shown else 0
        look = _look(request, opening, file, asked=asked) if shown else Look()
        views.append(file_view(opening, file, index, talk, look=look, line=line, collapsed=not shown))
    return views


def _look(request: HttpRequest, opening: Opening, file: File, *, asked: bool) -> Look:
    """The view that was asked for. Lines are lines of the code."""
    if not asked:
        return look_at(opening, file)
    wanted = showing.CODE if "line" in request.GET else request.GET.get("view", "")
    return look_at(opening, file, wanted=wanted, row=number_in(request, "row") or 1)


def file_view(
    opening: Opening,
    file: File,
    index: int,
    talk: Mapping[str, Sequence[Remark]],
    *,
    look: Look | None = None,
    line: int = 0,
    collapsed: bool = False,
) -> FileView:
    """A file with one of its parts, where its code is looked at; ``line`` is the one that was asked for."""
    look = look or Look()
    anchor = reading.anchor_of(file)
    binary = file.encoding == "binary"
    show = not collapsed and not binary and look.name == showing.CODE
    part = reading.render_part(file=file, index=index, anchor=anchor) if show else None
    first, last = reading.line_span(file, index)
    has_next = show and index + 1 < reading.part_count(file)
    log = log_view(part.errors or logbook.errors_of(file), line=line) if part else None
    return FileView(
        file=file,
        anchor=anchor,
        look=look,
        log=log,
        previous_error_url=_error_url(opening, file, log.previous_line, index) if log else "",
        next_error_url=_error_url(opening, file, log.next_line, index) if log else "",
        html=_rows(opening, file, part, talk.get(file.name, [])) if part else SafeString(""),
        first_line=first,
        last_line=last,
        previous_url=_page_url(opening, file, reading.line_span(file, index - 1)[0]) if show and index else "",
        next_url=_page_url(opening, file, last + 1) if has_next else "",
        previous_part_url=_part_url(opening, file, index) if show and index else "",
        next_part_url=_part_url(opening, file, index + 2) if has_next else "",
        is_binary=binary,
        is_plain=part.plain if part else False,
        is_whole=(part is None or part.is_whole) and not look.failed,
        hidden_characters=part.hidden if part else 0,
        long_lines=part.cut if part else 0,
        collapsed=collapsed and not binary,
        page_url=_page_url(opening, file, 1 if len(showing.views(file)) == 1 else None),
        raw_url=_file_url("raw_file", opening, file),
        download_url=_file_url("download_file", opening, file),
    )


def _rows(opening: Opening, file: File, part: RenderedPart, remarks: Sequence[Remark]) -> SafeString:
    """The lines of a part, with what is said about them and what is folded away."""
    anchor, (first, last) = reading.anchor_of(file), reading.line_span(file, part.index)
    html = margins.insert(part.html, remarks, paste=opening.paste, anchor=anchor, first=first, last=last)
    return fold(html, part.folds, anchor=anchor)


def _whole_view(opening: Opening, file: File) -> FileView:
    """All of a file at once: there is no second request for a text that may be read only now."""
    data = opening.read(file)
    binary = file.encoding == "binary"
    anchor = reading.anchor_of(file)
    errors, marks = logbook.survey_once(file, data)
    parts = [] if binary else reading.render_once(file=file, data=data, marks=marks, anchor=anchor)
    log = log_view(errors, line=0)
    return FileView(
        file=file,
        anchor=anchor,
        look=look_at(opening, file),
        log=log,
        previous_error_url=f"#{anchor}L{log.previous_line}" if log else "",
        next_error_url=f"#{anchor}L{log.next_line}" if log else "",
        html=mark_safe("".join(fold(part.html, part.folds, anchor=anchor) for part in parts)),  # noqa: S308 # escaped
        first_line=1,
        last_line=file.lines,
        previous_url="",
        next_url="",
        previous_part_url="",
        next_part_url="",
        is_binary=binary,
        is_plain=any(part.plain for part in parts),
        is_whole=False,
        hidden_characters=sum(part.hidden for part in parts),
        long_lines=sum(part.cut for part in parts),
        collapsed=False,
        page_url="",
        raw_url="",
        download_url="",
    )


def jump_url(request: HttpRequest, opening: Opening) -> str:
    """Where the line or lines are that were asked for without a script: ``?to=12``, ``?to=12-20``, with ``file``."""
    position = (number_in(request, "file") or 1) - 1
    file = next((item for item in opening.files if item.position == position), opening.files[0])
    numbers = [min(int(found), file.lines) for found in re.findall(r"\d{1,9}", request.GET["to"])[:2]]
    first, last = (max(1, end(numbers, default=1)) for end in (min, max))
    address = _page_url(opening, file, first)
    return f"{address}-{reading.anchor_of(file)}L{last}" if last > first else address


def _page_url(opening: Opening, file: File, line: int | None) -> str:
    """The address of the page with a line of a file, or with the file as it is looked at first."""
    query = {"file": str(file.position + 1)} if file.position else {}
    if line is None:
        return f"{base_url(opening)}?{urlencode(query)}#file-{file.position + 1}"
    query["line"] = str(line)
    return f"{base_url(opening)}?{urlencode(query)}#{reading.anchor_of(file)}L{line}"


def _error_url(opening: Opening, file: File, line: int, index: int) -> str:
    """The address of an error: on the page where its part is, else on the page that has it."""
    if reading.part_of_line(file, line) == index:
        return f"#{reading.anchor_of(file)}L{line}"
    return _page_url(opening, file, line)


def _part_url(opening: Opening, file: File, number: int) -> str:
    address = reverse("pastes:part", args=[opening.paste.key, file.position, number])
    query = {}
    if opening.revision.number != opening.paste.revision_count:
        query["revision"] = str(opening.revision.number)
    if opening.extension and not file.position:
        query["as"] = opening.extension
    return f"{address}?{urlencode(query)}" if query else address


def _file_url(name: str, opening: Opening, file: File) -> str:
    several = len(opening.files) > 1
    key = opening.paste.key
    address = reverse(f"pastes:{name}", args=[key, file.name]) if several else address_of(f"pastes:{name[:-5]}", key)
    latest = opening.revision.number == opening.paste.revision_count
    return address if latest else f"{address}?revision={opening.revision.number}"
