"""What a drill found out: one line of the table."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.drills.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was counted, beside what is promised.

    Attributes:
        did: what was done to the site.
        counted: what came of it, in numbers.
        promised: what must come of it.
        kept: whether it did.
    """

    did: str
    counted: str
    promised: str
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A drill by its name.

    Attributes:
        name: as the command line has it.
        promise: the sentence that is tried.
        run: does it on a site that is whole, leaves it whole, and gives what it found. Told whether to be short.
    """

    name: str
    promise: str
    run: Callable[[Site, bool], Iterator[Finding]]
