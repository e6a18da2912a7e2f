"""``/api/v2/`` as dpaste.com has it: a form in, one line out. Debian's pastebinit speaks it."""

from django.http import HttpRequest, HttpResponseBase

from pastes.views import submission
from pastes.views.door import door
from pastes.views.publishing import answer_program, publish_plainly


@door("POST", before_form=submission.read_losslessly)
def publish(request: HttpRequest) -> HttpResponseBase:
    """Publish what a form holds: ``content``, and optionally ``title``, ``syntax`` and ``expiry_days``."""
    return answer_program(request, publish_plainly(request, form=True))
