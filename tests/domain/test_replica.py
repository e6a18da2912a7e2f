"""A streaming replica answers what it can, and nobody is shown anything older than without it."""

import os
import signal
from collections.abc import Iterator
from time import monotonic, sleep

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from pastebin.env import replica_of
from pastes import replica
from pastes.domain import indexing, publishing
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.models import Paste, Visibility
from tests.factories import client_for, make_paste, make_user, publish, viewer_for
from tests.services import Server, postgres_replica

real = [
    pytest.mark.real,
    pytest.mark.django_db(transaction=True, databases=["default", replica.ALIAS]),
    pytest.mark.usefixtures("site"),
]


@pytest.fixture(scope="module")
def server(django_db_setup: None) -> Iterator[Server]:
    """A replica of the tests' PostgreSQL, which Django knows of as with DATABASE_REPLICA_URL."""
    database = connections["default"].settings_dict
    with postgres_replica(os.environ["DATABASE_URL"]) as started, pytest.MonkeyPatch.context() as patched:
        there = replica_of(database, database | {"PORT": started.port, "OPTIONS": {}})
        patched.setitem(connections.settings, replica.ALIAS, there)
        yield started


@pytest.fixture
def site(server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The site with that replica, which it has not asked yet."""
    settings.DATABASE_ROUTERS = ["pastes.replica.Router"]
    replica.away.reset()
    replica.late.reset()
    monkeypatch.setattr(replica, "reads", dict.fromkeys(replica.reads, 0))
    # Tests that run beside write to the same server as fast as they can.
    monkeypatch.setattr(replica, "PATIENCE", 5)
    yield
    connections[replica.ALIAS].close()
    del connections[replica.ALIAS]


@pytest.fixture
def behind(site: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The replica no longer replays what it receives."""
    monkeypatch.setattr(replica, "PATIENCE", 0.02)
    with connections[replica.ALIAS].cursor() as cursor:
        cursor.execute("SELECT pg_wal_replay_pause()")
        yield
        cursor.execute("SELECT pg_wal_replay_resume()")
        # Else the next test finds its tables locked by a TRUNCATE that is not replayed yet.
        catch_up()


def catch_up() -> None:
    end = monotonic() + 10
    while not replica.has_everything() and monotonic() < end:
        sleep(0.01)
        replica.late.reset()


class TestAReplicaThatIsThere:
    pytestmark = real

    @pytest.mark.parametrize(
        "address",
        [
            "/recent", "/recent?language=text", "/popular", "/trending", "/tags", "/tags/greeting", "/recent.atom",
            "/u/alice", "/u/alice?show=forks", "/u/alice.atom", "/search?q=hello", "/search.atom?q=hello",
            "/api/v1/recent", "/api/v1/search?q=hello", "/api/v3/gists/public", "/",
        ],
    )  # fmt: skip
    def test_answers_lists_feeds_and_searches(self, address: str) -> None:
        paste = make_paste(owner=make_user("alice"), text="Hello, Bob\n", name="a.txt", tags="greeting")
        indexing.index(paste.pk)
        catch_up()
        with CaptureQueriesContext(connections[replica.ALIAS]) as asked:
            answer = client_for().get(address)
        assert answer.status_code == 200
        assert any("pastes_paste" in query["sql"] for query in asked)
        assert replica.reads["away"] == 0

    def test_has_what_was_published_just_before(self) -> None:
        client = client_for()
        for number in range(30):
            paste = make_paste(title=f"Number {number}")
            assert f"Number {number}" in client.get("/recent").text
            Paste.objects.filter(pk=paste.pk).delete()
        assert replica.reads["replica"] > 15, "it is rarely so late that it is not waited for"

    def test_never_answers_what_an_open_transaction_asks(self) -> None:
        with transaction.atomic():
            make_paste(title="Not yet committed")
            assert "Not yet committed" in client_for().get("/recent").text

    def test_is_a_part_of_what_is_ready(self) -> None:
        catch_up()
        assert client_for().get("/readyz").json()["replica"] == "ok"

    def test_is_never_written_to(self) -> None:
        make_paste(title="Before")
        catch_up()
        found = replica.may_answer(lambda: Paste.objects.select_related("owner").get())()
        assert found._state.db == replica.ALIAS
        found.owner = make_user("bob")
        found.title = "After"
        found.save()
        found.refresh_from_db()
        assert (found.title, Paste.objects.get().owner) == ("After", found.owner)


@pytest.mark.usefixtures("behind")
class TestAReplicaThatIsBehind:
    pytestmark = real

    def test_does_not_hide_what_is_new(self) -> None:
        make_paste(title="The newest")
        assert "The newest" in client_for().get("/recent").text
        assert replica.reads["behind"] == 1

    def test_is_waited_for_by_one_request_a_second(self) -> None:
        make_paste()
        for _ in range(5):
            client_for().get("/recent.atom")
        assert replica.reads == {"replica": 0, "behind": 1, "away": 0}

    @pytest.mark.parametrize("address", ["/recent", "/recent.atom", "/search?q=hidden", "/api/v1/recent"])
    def test_does_not_show_what_is_no_longer_public(self, address: str) -> None:
        alice = make_user("alice")
        paste = make_paste(owner=alice, title="Secret plan", text="hidden\n")
        indexing.index(paste.pk)
        with connections[replica.ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_wal_replay_resume()")
            catch_up()
            cursor.execute("SELECT pg_wal_replay_pause()")
        assert "Secret plan" in client_for().get(address).text
        hidden = Draft(files=[NewFile(b"hidden\n")], title="Secret plan", visibility=Visibility.PRIVATE)
        publishing.revise(paste=paste, draft=hidden, base=1, viewer=viewer_for(alice))
        assert "Secret plan" not in client_for().get(address).text
        assert replica.reads["behind"] > 0

    def test_puts_nothing_old_into_the_hot_cache(self) -> None:
        published = publish(title="Soon deleted")
        client = client_for()
        assert "Soon deleted" in client.get("/recent").text
        publishing.remove(paste=published.paste, viewer=viewer_for(edit_token=published.edit_token))
        assert "Soon deleted" not in client.get("/recent").text
        assert "Soon deleted" not in client.get("/recent").text, "the second answer is from the cache"


class TestAReplicaThatIsAway:
    pytestmark = real

    def test_leaves_the_site_ready(self) -> None:
        replica.away.failed()
        answer = client_for().get("/readyz")
        assert (answer.status_code, answer.json()["replica"]) == (200, "failed")

    def test_costs_one_request_a_moment_and_the_others_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(connections[replica.ALIAS].settings_dict, "PORT", 1)
        connections[replica.ALIAS].close()
        make_paste(title="Still there")
        for _ in range(3):
            assert "Still there" in client_for().get("/recent?language=").text
        assert replica.reads == {"replica": 0, "behind": 0, "away": 1}

    def test_may_go_in_the_middle_of_an_answer(self) -> None:
        make_paste(title="Still there")
        catch_up()
        asked = []

        @replica.may_answer
        def titles() -> list[str]:
            asked.append(replica.alias())
            if replica.alias() == replica.ALIAS:
                with connections[replica.ALIAS].cursor() as cursor:
                    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
            return list(Paste.objects.values_list("title", flat=True))

        assert titles() == ["Still there"]
        assert asked == [replica.ALIAS, "default"]

    def test_may_be_frozen(self) -> None:
        make_paste(title="Still there")
        catch_up()
        with connections[replica.ALIAS].cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            process = cursor.fetchone()[0]
        os.kill(process, signal.SIGSTOP)
        try:
            start = monotonic()
            assert "Still there" in client_for().get("/recent").text
            assert monotonic() - start < replica.ANSWER_SECONDS + 1
        finally:
            os.kill(process, signal.SIGCONT)
        assert replica.reads["away"] == 1

    def test_is_asked_again_when_it_is_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        replica.away.failed()
        make_paste()
        client_for().get("/recent.atom")
        assert replica.reads["replica"] == 0
        monkeypatch.setattr(replica.away, "_next_try", 0.0)
        catch_up()
        client_for().get("/recent.atom")
        assert replica.reads["replica"] == 1


@pytest.mark.django_db
def test_without_one_nothing_is_asked_twice() -> None:
    assert replica.ALIAS not in settings.DATABASES
    with CaptureQueriesContext(connections["default"]) as asked:
        client_for().get("/recent.atom")
    assert not [query for query in asked if "wal" in query["sql"]]


def test_only_postgresql_has_replicas() -> None:
    sqlite, postgres = ({"ENGINE": f"django.db.backends.{name}"} for name in ("sqlite3", "postgresql"))
    with pytest.raises(ImproperlyConfigured, match="only PostgreSQL"):
        replica_of(sqlite, postgres)
    with pytest.raises(ImproperlyConfigured, match="only PostgreSQL"):
        replica_of(postgres | {"CONN_MAX_AGE": 0}, sqlite)
