"""What sites and programs show of a paste beside a link to it: words in the head of its page, and a picture."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csp import csp_override

from pastes.domain import previews
from pastes.domain.previews import Lines, Preview, Spot
from pastes.domain.reading import Opening
from pastes.forms import SpotForm, require_valid
from pastes.rendering import drawing
from pastes.rendering.visible import without_hidden
from pastes.templatetags.pastes import language_name
from pastes.urlkeys import address_of
from pastes.views import snippets
from pastes.views.door import door, viewer_of

ALONE = {"default-src": [CSP.NONE], "img-src": [CSP.SELF], "style-src": [CSP.UNSAFE_INLINE]}
"""For a picture, which browsers show in a page of their own making, with their own style."""

DESCRIPTION = 200
"""Characters; no site shows more."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a paste's page says to programs.

    Addresses begin with `SITE_URL`, and with nothing where there is none: the page is kept for all readers, and must
    not carry the name by which one of them called the site.

    Attributes:
        title: of the paste, with the lines that are asked for.
        description: its language, how long it is, and how it begins.
        canonical: the address of the paste.
        url: the same with the lines.
        image: the address of the picture.
        oembed: the address of `pastes.views.oembed` for this one, without its format.
    """

    title: str
    description: str
    canonical: str
    url: str
    image: str
    oembed: str

    width = drawing.WIDTH
    height = drawing.HEIGHT


@csp_override(ALONE)
@door("GET")
def card(request: HttpRequest, key: str) -> HttpResponse:
    """Lines of a paste that everybody may read, as a picture. Who asks makes no difference.

    Raises:
        NotFound, Locked, Invalid, TooMany, Unavailable: as for the page in a frame, and where too many are drawn.
    """
    form = SpotForm(request.GET)
    require_valid(form, _("The address of this picture is not right."))
    preview = previews.find(key=key, spot=form.spot())
    etag = f'"{previews.card_name(preview)}"'
    if etag in request.headers.get("If-None-Match", ""):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(previews.picture(preview, viewer=viewer_of(request)), content_type="image/png")
    response["ETag"] = etag
    # Kept, and asked about each time: a paste that is not for everybody any more has no picture from that moment.
    response["Cache-Control"] = "no-cache"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if not preview.paste.is_listed:
        response["X-Robots-Tag"] = "noindex"
    return response


def card_url(preview: Preview) -> str:
    """The path of the picture. With the number of the revision, as sites keep a picture by its address for long."""
    spot = Spot(preview.file.position + 1, preview.lines, preview.revision.number)
    return address_of("pastes:card", preview.paste.key) + snippets.preview_query(spot)


def head(request: HttpRequest, opening: Opening) -> Head | None:
    """What the page says of itself, from what was read for it anyhow; None where not everybody may read it."""
    spot = snippets.spot_in(request.GET)
    file = next((file for file in opening.files if file.position + 1 == spot.file), None)
    if not opening.paste.is_shared_page or file is None:
        return None
    lines = spot.lines if spot.lines and spot.lines.first <= file.lines else None
    lines = Lines(lines.first, min(lines.last, file.lines)) if lines else None
    preview = Preview(opening.paste, opening.revision, file, lines)
    url = settings.SITE_URL + snippets.page_path(opening.paste.key, preview.spot)
    return Head(
        title=title_of(preview),
        description=_description(preview),
        canonical=settings.SITE_URL + opening.paste.get_absolute_url(),
        url=url,
        image=settings.SITE_URL + card_url(preview),
        oembed=f"{settings.SITE_URL}{reverse('pastes:oembed')}?{urlencode({'url': url})}",
    )


def title_of(preview: Preview) -> str:
    """The paste's title, with the lines where only some are meant."""
    if preview.lines is None:
        return preview.title
    values = {"title": preview.title, "first": preview.lines.first, "last": preview.lines.last}
    if len(preview.lines) == 1:
        return _("%(title)s, line %(first)s") % values
    return _("%(title)s, lines %(first)s–%(last)s") % values


def _description(preview: Preview) -> str:
    file, paste = preview.file, preview.paste
    count = ngettext("%(shown)s line", "%(shown)s lines", file.lines) % {"shown": intcomma(file.lines)}
    told = paste.description or ("" if file.position else " ".join(paste.excerpt.split()))
    kind = language_name(file.language)
    about = f"{kind}, {count}" if file.encoding != "binary" else kind
    words = " ".join(without_hidden(told).split())
    return Truncator(f"{about}: {words}" if words else about).chars(DESCRIPTION)
