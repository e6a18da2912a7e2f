"""What operators see first: whether the site has what it needs to go on, and what waits for them."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.utils import timezone

from pastes import queue
from pastes.domain import keys, reports

register = template.Library()


@dataclass(frozen=True, slots=True)
class State:
    """Unused keys and the level at which some are added, the queue, and the open reports of readers."""

    keys: int
    keys_low_water: int
    queue: queue.State
    reports: int


@register.simple_tag
def operations_state() -> State:
    """The state of now."""
    return State(
        keys=keys.level(),
        keys_low_water=settings.KEYS_LOW_WATER,
        queue=queue.state(at=timezone.now()),
        reports=reports.open_count(),
    )
