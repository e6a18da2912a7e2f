"""What every test relies on: a folder and an environment of its own, and an empty cache.

The settings are read from the environment, so that is prepared here, before pytest-django loads them.
"""

import atexit
import gc
import json
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import pytest
from django.conf import settings

from tests import migrated
from tests.services import MissingServerError
from tests.services.worker import worker

#: The people and the stores that tests ask for by name; imported after what stands below.
pytest_plugins = ["tests.browser", "tests.cast"]

if settings.configured:
    raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE: the tests choose their settings and their folder")

DATA_DIR = Path(tempfile.mkdtemp(prefix="pastebin-tests-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
TEST_DATABASE = DATA_DIR / "test.sqlite3"

#: Set by ``python -m tests.services``: the servers in the environment are there to be written to.
REAL = os.environ.get("REAL_SERVERS") == "1"
#: Where the outside world is; only what belongs to ``tests.services`` may reach the settings.
OUTSIDE = ("DATABASE_URL", "MEMCACHED_SERVERS", "S3_")
KEEP = (
    "HOME",
    "LANG",
    "LC_",
    "PATH",
    "PYTEST_",
    "PYTHON",
    "TMPDIR",
    "TZ",
    "VIRTUAL_ENV",
    "REQUIRE_ALL",
    "REAL_COPIES",
    "REAL_SERVERS",
    # How npm reaches its registry from here, for the tests of clients that come from there.
    "NODE_EXTRA_CA_CERTS",
    "NPM_CONFIG_",
    "npm_config_",
)

for name in list(os.environ):
    if not name.startswith((*KEEP, *OUTSIDE) if REAL else KEEP):
        del os.environ[name]
os.environ |= {
    "DATA_DIR": str(DATA_DIR),
    "PRODUCTION": "0",
    "ENV_FILE": os.devnull,
    "SECRET_KEY": "of-the-tests-" * 6,
    "QUEUE_SYNC": "1",
    "LOG_LEVEL": "WARNING",
}
if REAL and (process := os.environ.get("PYTEST_XDIST_WORKER", "")):
    # Each process has a cache and a bucket of its own; pytest-django gives it a database of its own.
    os.environ |= json.loads(os.environ["REAL_COPIES"])[int(process.removeprefix("gw"))]
if not REAL:
    # Said outright, so that a developer's .env does not say otherwise.
    os.environ |= {"DATABASE_URL": f"sqlite:///{DATA_DIR}/pastebin.sqlite3", "MEMCACHED_SERVERS": "", "S3_BUCKET": ""}

(DATA_DIR / "static").mkdir()  # WhiteNoise warns when there is none
# pytest-django does this only for settings that were named before any conftest was read. The name does not stay in the
# environment, because the processes of pytest-xdist would load the settings by it before they have a folder.
os.environ["DJANGO_SETTINGS_MODULE"] = "pastebin.settings"
django.setup()
# Each test client would otherwise look at every static file first; that was half of the time of the tests.
settings.WHITENOISE_AUTOREFRESH = True
del os.environ["DJANGO_SETTINGS_MODULE"]


def pytest_collection_finish() -> None:
    """Keep the collector away from what was imported: it would go through a million objects again and again."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Skip what needs a server that is not there, which `make test` has in the pass on real servers; slow tests first.

    At the end there are then many short ones, which two processes share evenly.
    """
    for item in items:
        if item.get_closest_marker("worker"):
            # The worker sees only what is committed. (pytest-django makes the databases that such marks name.)
            item.add_marker(pytest.mark.django_db(transaction=True))
        if not REAL and (item.get_closest_marker("real") or item.get_closest_marker("worker")):
            item.add_marker(pytest.mark.skip(reason="needs real servers: make test-real"))
    yield
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@contextmanager
def missing_servers() -> Iterator[None]:
    """Skip a test whose server is not installed, unless REQUIRE_ALL=1 makes that a failure."""
    try:
        yield
    except MissingServerError as missing:
        if os.environ.get("REQUIRE_ALL") == "1":
            raise
        pytest.skip(str(missing))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None]:
    """See `missing_servers`."""
    with missing_servers():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None]:
    """See `missing_servers`."""
    with missing_servers():
        return (yield)


@pytest.fixture(scope="session")
def migrated_database(pytestconfig: pytest.Config) -> Path | None:
    """Where a run leaves its empty database for the next one; None beside real servers."""
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)
    return None if REAL or cache is None else cache.mkdir("migrated") / migrated.name()


@pytest.fixture(scope="session")
def django_db_keepdb(migrated_database: Path | None) -> bool:
    """Take the database as it was copied; it disappears with its folder."""
    return migrated_database is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, migrated_database: Path | None
) -> None:
    """Keep the embedded test database in a file: threads of one in-memory database lock each other out."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        database.setdefault("TEST", {})["NAME"] = str(TEST_DATABASE)
    if migrated_database:
        migrated.take(migrated_database, TEST_DATABASE)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, migrated_database: Path | None) -> None:
    """Leave the database for the next run, before any test has written to it."""
    if migrated_database:
        migrated.keep(TEST_DATABASE, migrated_database)


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    """Empty both caches, so that no test sees pages or rate limits of another, and hold nothing against the store."""
    from django.core.cache import caches  # noqa: PLC0415 # the settings exist only from here on

    from pastes import hot, storage  # noqa: PLC0415 # as above
    from pastes.domain import limits  # noqa: PLC0415 # as above

    limits.forget()
    storage.reading.reset()
    storage.writing.reset()
    caches["hot"].clear()
    hot.clear()
    if "LocMem" in settings.CACHES["default"]["BACKEND"]:
        caches["default"].clear()  # in the database, it is rolled back with the test


@pytest.fixture(scope="module")
def running_worker(django_db_setup: None) -> Iterator[int]:
    """A worker on the test database while a module's tests run; its process id."""
    from django.db import connection  # noqa: PLC0415 # the settings exist only from here on

    with worker(database=str(connection.settings_dict["NAME"])) as pid:
        yield pid


@pytest.fixture(autouse=True)
def tasks_go_to_the_worker(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give tests marked ``worker`` a running one. In all others a task runs at once, where it is enqueued."""
    if request.node.get_closest_marker("worker"):
        from django_q.conf import Conf  # noqa: PLC0415 # it reads the settings when it is imported

        request.getfixturevalue("running_worker")
        monkeypatch.setattr(Conf, "SYNC", False)
        monkeypatch.setitem(settings.Q_CLUSTER, "sync", False)
