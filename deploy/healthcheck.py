"""Ask this machine's web server at ``PORT`` whether it works: status 0 or 1; ``--wait 60`` asks until it does."""

import os
import sys
import time
from http.client import HTTPConnection, HTTPException

SECONDS = 4
PAUSE_SECONDS = 0.2


def main(arguments: list[str]) -> int:
    """Ask once, or for as many seconds as the arguments say."""
    over = time.monotonic() + (float(arguments[1]) if arguments[:1] == ["--wait"] else 0)
    while not works():
        if time.monotonic() >= over:
            return 1
        time.sleep(PAUSE_SECONDS)
    return 0


def works() -> bool:
    """Get ``/healthz`` by a host name that the site accepts."""
    host = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].lstrip(".") or "localhost"
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=SECONDS)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
