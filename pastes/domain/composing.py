"""What the editor tells whoever is writing, before anything is published. Nothing of a text is kept or logged."""

from django.utils.translation import gettext as _

from pastes import conf
from pastes.domain import limits
from pastes.domain.access import Viewer
from pastes.exceptions import TooLarge
from pastes.rendering import detect, documents
from pastes.units import size

PREVIEW_BYTES = 100 * 1024
"""How much Markdown is shown before it is published: what a child renders in a fraction of its second."""


def recognise(*, name: str, text: str, viewer: Viewer) -> str:
    """The language that a file would be published in, as an alias; "" while there is nothing of it.

    Only the beginning of the text matters. What shows without the model is free of the rate: it costs nothing.

    Raises:
        TooMany: when the model is asked too often.
    """
    head = text[: detect.HEAD_BYTES].encode(errors="replace")
    if not name and not head.strip():
        return ""
    alias = detect.certain(name, head)
    if alias is None:
        _spend(viewer)
        [alias] = detect.detect([(name, head)])
    return alias


def preview(*, text: str, prefix: str, viewer: Viewer) -> str:
    """Markdown as it will look, as safe HTML; the ids of its headings begin with ``prefix``.

    Raises:
        TooLarge: when it is too much to be shown while somebody waits; ``advice`` says that it can be published.
        TooMany: when this is asked too often.
    """
    length = len(text.encode(errors="replace"))
    advice = _("It can be published all the same.")
    if length > PREVIEW_BYTES:
        message = _("There is no preview of more than %(limit)s.") % {"limit": size(PREVIEW_BYTES)}
        raise TooLarge(message, limit=PREVIEW_BYTES, actual=length, advice=advice)
    _spend(viewer)
    html = documents.render(text, prefix=prefix)
    if html is None:
        raise TooLarge(_("A preview of this would take too long."), limit=PREVIEW_BYTES, actual=length, advice=advice)
    return html


def _spend(viewer: Viewer) -> None:
    subject = limits.subject_of(user=viewer.user, address=viewer.address)
    limits.spend(what="typing", subject=subject, rate=conf.rate("TYPING_RATE"))
