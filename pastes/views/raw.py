"""The bytes themselves: raw, as a download, and several in a zip."""

import gzip
import io
import re
import zipfile
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers

from pastes import hot
from pastes.domain import content, counting, reading
from pastes.domain.access import Viewer
from pastes.domain.reading import Opening
from pastes.models import File, Paste
from pastes.views.door import (
    door,
    find_paste,
    has_authority,
    number_in,
    password_in,
    seconds_left,
    share,
    takes_gzip,
)

SANDBOX = "default-src 'none'; sandbox"
OWN_HEADERS = frozenset({"Content-Disposition", "ETag", "X-Robots-Tag"})
"""Those in which one text differs from others."""

TEXT = "text/plain; charset=utf-8"
COMPRESSED_BYTES = 1_024
"""Smaller answers are not worth compressing."""

RANGE = re.compile(r"bytes=(\d*)-(\d*)\Z")


@door("GET", "POST", tokens="text")
def raw(request: HttpRequest, key: str, name: str | None = None) -> HttpResponseBase:
    """A file's bytes as they were sent, always as plain text: nothing in them runs."""
    if name is not None or hot.LEASE not in request.META:
        return _send(request, key, name, download=False)
    paste, viewer = find_paste(request, key)
    response = send(request, paste=paste, viewer=viewer, name=name, pack=False)
    if not paste.is_shared_page or response["Content-Type"] != TEXT:
        return response
    headers = {name: value for name, value in response.items() if name in OWN_HEADERS}
    return share(request, response, seconds=seconds_left(paste), public=paste.is_listed, headers=headers)


@door("GET", "POST")
def download(request: HttpRequest, key: str, name: str | None = None) -> HttpResponseBase:
    """The same to keep: one file, or all of them in a zip."""
    return _send(request, key, name, download=True)


def _send(request: HttpRequest, key: str, name: str | None, *, download: bool) -> HttpResponse:
    paste, viewer = find_paste(request, key)
    return send(request, paste=paste, viewer=viewer, name=name, download=download)


def send(
    request: HttpRequest, *, paste: Paste, viewer: Viewer, name: str | None, download: bool = False, pack: bool = True
) -> HttpResponse:
    """One file of a paste, the first when no ``name`` is given; all of them in a zip for a ``download`` of several.

    Without ``pack`` it is not compressed, also for who takes that.

    Raises:
        Forbidden: when one of several files would be the last that anybody sees of the others.
        Locked, NotFound, Unavailable: as `reading.open_paste`.
    """
    everything = download and name is None
    if not everything:
        reading.require_one_file(paste=paste, viewer=viewer)
    opening = reading.open_paste(
        paste=paste,
        viewer=viewer,
        password=password_in(request),
        confirmed=request.method == "POST",
        number=number_in(request, "revision"),
        file_name=name,
    )
    if request.method == "GET" and not paste.is_gated:
        counting.count_view(paste=paste, viewer=viewer, agent=request.headers.get("User-Agent", ""))
    if everything and len(opening.files) > 1:
        response = _zip(opening)
    else:
        file = next(file for file in opening.files if name in {None, file.name})
        response = _bytes(request, opening, file, pack=pack)
        disposition = "attachment" if download else "inline"
        response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(file.name, safe='')}"
    return _secured(response, paste, cacheable=not has_authority(request))


def _bytes(request: HttpRequest, opening: Opening, file: File, *, pack: bool) -> HttpResponse:
    """All of a file, a range of it, or the news that it has not changed."""
    kind = TEXT if file.encoding == "utf-8" else "text/plain"
    etag = f'"{file.sha256}"'
    zipped = pack and file.size > COMPRESSED_BYTES and takes_gzip(request.headers.get("Accept-Encoding", ""))
    whole_etag = f'"{file.sha256}-gzip"' if zipped else etag
    known = request.headers.get("If-None-Match", "")
    if opening.data is None and known and (known == "*" or file.sha256 in known):
        return _with(HttpResponse(status=304), etag=whole_etag)
    span = _range(request, file.size, etag)
    if span == (-1, -1):
        refused = HttpResponse(status=416, content_type=kind)
        refused["Content-Range"] = f"bytes */{file.size}"
        return refused
    if span:
        start, stop = span
        data = opening.data[file.position][start:stop] if opening.data else content.read_range(file, start, stop)
        response = HttpResponse(data, status=206, content_type=kind)
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{file.size}"
        return _with(response, etag=etag)
    data = opening.read(file)
    response = HttpResponse(gzip.compress(data, 5, mtime=0) if zipped else data, content_type=kind)
    if zipped:
        response["Content-Encoding"] = "gzip"
    return _with(response, etag=whole_etag)


def _with(response: HttpResponse, *, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """The one range that is asked for, as first byte and the one behind the last (RFC 9110, section 14).

    None means everything: no range, several, or one for another version. (-1, -1) cannot be satisfied.
    """
    match = RANGE.match(request.headers.get("Range", "").strip())
    if request.method not in {"GET", "HEAD"} or not match or match.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if len(first) > 18 or len(last) > 18:
        return (-1, -1)
    if not first:
        length = min(int(last), size)
        return (size - length, size) if length else (-1, -1)
    start, stop = int(first), min(int(last) + 1 if last else size, size)
    if last and int(last) < int(first):
        return None
    return (start, stop) if start < size else (-1, -1)


def _zip(opening: Opening) -> HttpResponse:
    """All files of a revision. Their names have no folders in them, so nothing is unpacked elsewhere."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in opening.files:
            entry = zipfile.ZipInfo(file.name, opening.revision.created.timetuple()[:6])
            archive.writestr(entry, opening.read(file), zipfile.ZIP_DEFLATED)
    response = HttpResponse(buffer.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{opening.paste.key}.zip"'
    return response


def _secured(response: HttpResponse, paste: Paste, *, cacheable: bool) -> HttpResponse:
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin" if paste.is_private else "cross-origin"
    response["Cache-Control"] = "no-cache" if cacheable and paste.is_shared_page else "private, no-store"
    if not paste.is_listed:
        response["X-Robots-Tag"] = "noindex"
    return response
