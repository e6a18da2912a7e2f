"""A backup is taken while people write, and restored on a host that has nothing."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import httpx

from tests.drills.evidence import holdings
from tests.drills.finding import Drill, Finding
from tests.drills.load import people, unreadable
from tests.drills.site import Site
from tests.services import postgres, production, s3
from tests.services.process import free_port


def run(site: Site, short: bool) -> Iterator[Finding]:
    """Back up twice under load, burn and expire something, and restore the second one elsewhere."""
    target = tempfile.mkdtemp(dir=site.home)
    with people(site.url) as log:
        time.sleep(2 if short else 20)
        first = site.command("backup", target).strip()
        time.sleep(2 if short else 20)
        over = _publish_what_ends(site.url)
        acknowledged = list(log.acknowledged)
        second = site.command("backup", target).strip()
        during = log.since(0)
    yield Finding(
        did="two backups into one folder while people write",
        counted=f"{first} Then: {second} People: {during.said()}",
        promised="no failed request; the second copies only what is new",
        kept=not during.failures and " 0 of them new" not in first,
    )
    with ExitStack() as stack:
        database = stack.enter_context(postgres())
        objects = stack.enter_context(s3())
        port = free_port()
        home = tempfile.mkdtemp(dir=site.home)
        elsewhere = site.environment | database.environment | objects.environment
        elsewhere |= {"DATA_DIR": home, "SITE_URL": f"http://127.0.0.1:{port}", "MEMCACHED_SERVERS": ""}
        began = time.monotonic()
        said = production.run(["python", "manage.py", "restore", target], elsewhere).strip()
        seconds = time.monotonic() - began
        web = [part for part in site.webs[0].command if not part.startswith("--port=")]
        stack.enter_context(production.web([*web, f"--port={port}"], elsewhere, port=port))
        url = f"http://127.0.0.1:{port}"
        lost = unreadable(url, acknowledged)
        back = [what for what, path in over.items() if httpx.get(f"{url}{path}/raw").status_code != 404]
        found = holdings(elsewhere, endpoint=objects.environment["S3_ENDPOINT_URL"])
    shutil.rmtree(target)
    yield Finding(
        did="restored with an empty PostgreSQL and an empty bucket, by `manage.py restore`",
        counted=f"{said} {seconds:.0f} s. {len(acknowledged)} acknowledged before the backup, {len(lost)} lost; "
        f"{found.halves} half-made, {found.lost} files without their object",
        promised="every text acknowledged before the backup is there, by its SHA-256",
        kept=not (lost or found.halves or found.lost) and len(acknowledged) > 0,
    )
    yield Finding(
        did="a paste burnt before the backup, and one that expired before the restore",
        counted=f"{len(back)} came back{': ' * bool(back)}{', '.join(back)}",
        promised="0 come back",
        kept=not back,
    )


def _publish_what_ends(url: str) -> dict[str, str]:
    """One paste that is read and burnt now, and one that expires before the backup is restored; their addresses."""
    with httpx.Client(base_url=url, timeout=30) as client:
        burnt = client.post("/", files={"file": ("once.txt", b"for one")}, data={"burn": "1"})
        burnt_path = httpx.URL(burnt.raise_for_status().text.strip()).path
        client.post(burnt_path).raise_for_status()
        moment = datetime.now(tz=UTC) + timedelta(seconds=5)
        files = [{"name": "soon.txt", "content": "for a moment"}]
        soon = {"files": files, "expires_at": moment.isoformat()}
        expiring = client.post("/api/v1/pastes", json=soon).raise_for_status().json()["key"]
    return {"burnt": burnt_path, "expired": f"/{expiring}"}


DRILL = Drill(
    name="backup",
    promise="A backup taken while people write, restored on an empty host by the documented commands, gives every "
    "acknowledged paste with the same SHA-256; what was burnt or expired does not come back.",
    run=run,
)
