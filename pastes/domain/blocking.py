"""Words and addresses that the operator does not want: nothing with them is published or said."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from pastes.domain.access import Viewer
from pastes.exceptions import Refused

log = structlog.get_logger("pastes.blocking")


def require_allowed(*, viewer: Viewer, texts: Iterable[str]) -> None:
    """Let pass what holds none of `BLOCKED_WORDS`, from whoever is not in `BLOCKED_ADDRESSES`.

    Raises:
        Refused: for everything else. The word is named, so that an honest author can tell what to change.
    """
    if viewer.address and _is_blocked(viewer.address, tuple(settings.BLOCKED_ADDRESSES)):
        log.info("blocked_address")
        raise Refused(_("Nothing can be published from your network."), _("Ask whoever runs this site."))
    words = [word.casefold() for word in settings.BLOCKED_WORDS]
    if not words:
        return
    for text in texts:
        folded = text.casefold()
        if found := next((word for word in words if word in folded), None):
            log.info("blocked_word")
            raise Refused(
                _("This site does not take texts with “%(word)s”.") % {"word": found},
                _("Take that out and send it again."),
            )


@lru_cache(maxsize=1_024)
def _is_blocked(address: str, networks: tuple[str, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if parsed.version == 6 and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in _parsed(networks))


@lru_cache(maxsize=8)
def _parsed(networks: tuple[str, ...]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(text.strip(), strict=False) for text in networks]
