"""``python -m pastebin.server --host 0.0.0.0 --port 8000 --workers 2``: the web server, as all who start it want it.

What is said after it is for granian. The application is loaded before granian makes its processes, which then have one
copy of what none of them changes: two take 146 MB together instead of 199.
"""

import gc
import multiprocessing
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from django.conf import settings
from django.urls import get_resolver
from granian.cli import cli

OPTIONS: Final = (
    "--interface=wsgi",
    "--no-ws",
    "--log-level=error",
    # Requests that a process works on at once, which mostly wait for the database and the store. Eight of them hold up
    # each other where nothing is waited for: 14,000 hot pages a second instead of 21,000, one in a hundred after 28 ms
    # instead of 8.
    "--blocking-threads=4",
    # A thread keeps its database connection; the longer it lives, the rarer one is opened.
    "--blocking-threads-idle-timeout=600",
    "--respawn-failed-workers",
    "--workers-kill-timeout=30",
)
"""What comes later on the command line holds."""


def main(arguments: Sequence[str]) -> None:
    """Load the site, then serve it until a signal."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pastebin.settings")
    if sys.platform == "linux":  # where Python's own choice depends on its version
        multiprocessing.set_start_method("fork", force=True)
    module, _, name = settings.WSGI_APPLICATION.rpartition(".")
    import_module(module)
    get_resolver().url_patterns  # noqa: B018 # reading it loads the views
    gc.collect()
    gc.freeze()  # the collector would touch, and so copy, every page
    cli([f"{module}:{name}", *OPTIONS, *arguments], auto_envvar_prefix="GRANIAN")


if __name__ == "__main__":
    main(sys.argv[1:])
