"""What the editor tells whoever is writing, before anything is published. Nothing of a text is kept or logged."""

from pastes import conf
from pastes.domain import limits
from pastes.domain.access import Viewer
from pastes.rendering import detect


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
        subject = limits.subject_of(user=viewer.user, address=viewer.address)
        limits.spend(what="typing", subject=subject, rate=conf.rate("TYPING_RATE"))
        [alias] = detect.detect([(name, head)])
    return alias
