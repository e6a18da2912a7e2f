"""Pages by number, and the Link header that leads to the others."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from pastes.domain.numbered import Page, Wanted
from pastes.exceptions import Invalid
from pastes.views.door import origin

MOST = 100
"""Things on a page; whoever asks for more gets these."""

FURTHEST = 1_000_000
"""The last page whose place is computed; it is empty, as all are after it."""

INTEGER = re.compile(r"[+-]?[0-9]+")


def wanted_in(request: HttpRequest) -> Wanted:
    """The page that an address asks for.

    Raises:
        Invalid: when ``page`` or ``per_page`` is no number, or ``since`` no moment.
    """
    return Wanted(
        number=_integer(request, "page", default=1, most=FURTHEST),
        size=_integer(request, "per_page", default=30, most=MOST),
        since=_moment(request, "since"),
    )


def linked[Row](request: HttpRequest, response: HttpResponse, wanted: Wanted, page: Page[Row]) -> HttpResponse:
    """The answer with the addresses of the next, the last, the first and the previous page, as far as they exist."""
    last = max(1, -(-page.total // wanted.size))
    numbers: dict[str, int] = {}
    if wanted.number > 1:
        numbers["prev"] = min(wanted.number - 1, last)
    if wanted.number < last:
        numbers |= {"next": wanted.number + 1, "last": last}
    if wanted.number > 1:
        numbers["first"] = 1
    if numbers:
        links = (f'<{_address(request, wanted, number)}>; rel="{name}"' for name, number in numbers.items())
        response["Link"] = ", ".join(links)
    return response


def _address(request: HttpRequest, wanted: Wanted, number: int) -> str:
    """Clients split the header at commas and look for ``page=``, so the query is written anew."""
    query = {"page": str(number), "per_page": str(wanted.size)}
    if since := request.GET.get("since"):
        query["since"] = since
    return f"{origin(request)}{request.path}?{urlencode(query)}"


def _integer(request: HttpRequest, name: str, *, default: int, most: int) -> int:
    text = request.GET.get(name)
    if text is None:
        return default
    if not INTEGER.fullmatch(text):
        raise Invalid({name: [_("This must be a whole number.")]})
    digits = text.lstrip("+-").lstrip("0") or "0"
    if text.startswith("-") or digits == "0":
        return default if name == "per_page" else 1
    return most if len(digits) > len(str(most)) else min(int(digits), most)


def _moment(request: HttpRequest, name: str) -> datetime | None:
    text = request.GET.get(name)
    if text is None:
        return None
    try:
        # A plus sign in an address that was not escaped is a blank.
        moment = parse_datetime(text.replace(" ", "+") if text.count(":") > 2 else text)
        if moment is not None:
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise Invalid({name: [_("Write a moment like 2030-12-31T18:00:00Z.")]})
