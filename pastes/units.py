"""How sizes are written, in pages and in messages."""

from django.utils.formats import number_format
from django.utils.translation import gettext


def size(value: int) -> str:
    """``value`` bytes in the reader's language, ``612 B`` or ``1.2 KiB``, with a no-break space before the unit."""
    number: float = value
    units = unit_names().split()
    for unit in units[:-1]:
        if number < 1024:
            return f"{_short(number)}\N{NO-BREAK SPACE}{unit}"
        number /= 1024
    return f"{_short(number)}\N{NO-BREAK SPACE}{units[-1]}"


def unit_names() -> str:
    """The names of byte, kibibyte, mebibyte and gibibyte, divided by blanks; scripts read them from the page."""
    # Translators: units of size, in this order, divided by blanks.
    return gettext("B KiB MiB GiB")


def _short(number: float) -> str:
    """At most one decimal, and none that is zero."""
    return number_format(round(number, 1), decimal_pos=0 if round(number, 1) == int(number) else 1, use_l10n=True)
