"""Addresses as QR codes."""

import io

import segno

BORDER = 4
"""Modules of light around the code, without which readers do not find it (ISO/IEC 18004, section 9.1)."""

MODULE = 8
"""Pixels of one module, where the picture is not made larger or smaller."""


def svg(address: str) -> bytes:
    """Return ``address`` as an SVG image: dark on light whatever is around it, as readers expect.

    Colours are attributes of presentation, so that no policy against inline styles takes them away. Up to 15 % of the
    code may be dirty or torn.
    """
    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer, kind="svg", scale=MODULE, border=BORDER, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return buffer.getvalue()
