"""Where whole answers are kept, and that nothing older than a change comes out again, in memory and on memcached."""

import socket
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations

import pytest
from django.conf import settings

from pastes import hot
from pastes.hot import stores
from pastes.hot.held import Held, Shelf
from pastes.hot.stores import Command, Memcached, Memory, Reply, Store, StoreDownError
from tests.services import memcached
from tests.services.process import LOOPBACK, free_port


@pytest.fixture(scope="module")
def servers() -> Iterator[list[str]]:
    """Two memcached servers."""
    with memcached() as one, memcached() as other:
        yield [f"{LOOPBACK}:{server.port}" for server in (one, other)]


@pytest.fixture(params=["memory", "memcached"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Each place where answers are kept, empty, in the place of the site's own."""
    made: Store = Memory() if request.param == "memory" else Memcached(request.getfixturevalue("servers"))
    made.clear()
    monkeypatch.setattr(hot, "_store", lambda: made)
    return made


def lease(key: str = "a" * 11, path: str = "", *, origin: str = "") -> hot.Lease:
    found = hot.find(subject=key, path=path or f"/{key}", language="en", origin=origin)
    assert isinstance(found, hot.Lease)
    return found


def keep(taken: hot.Lease, text: bytes = b"page", *, seconds: float = 60, public: bool = True, **headers: str) -> None:
    entry = hot.squeeze(text, headers=headers).of(taken.generation, seconds=seconds)
    hot.keep(entry, taken, seconds=seconds, public=public)


def kept(key: str = "a" * 11, path: str = "", *, origin: str = "") -> hot.Entry | None:
    found = hot.find(subject=key, path=path or f"/{key}", language="en", origin=origin)
    return found if isinstance(found, hot.Entry) else None


def test_it_gives_back_what_was_kept_with_its_own_headers(store: Store) -> None:
    keep(lease(), b"page" * 1000, ETag='"abc"')
    entry = kept()
    assert entry
    assert zlib.decompress(entry.packed, 31) == b"page" * 1000
    assert entry.headers == {"ETag": '"abc"'}


def test_a_change_ends_what_was_kept_and_what_was_being_made(store: Store) -> None:
    early = lease()
    keep(early)
    hot.drop_paste("a" * 11)
    assert kept() is None
    keep(early, b"the page before the change")
    assert kept() is None
    keep(lease(), b"the page after it")
    assert kept()


def test_what_was_being_made_is_not_kept_when_the_cache_was_emptied_meanwhile(store: Store) -> None:
    early = lease()
    store.clear()
    keep(early)
    assert kept() is None


def test_a_change_of_one_is_no_change_of_another(store: Store) -> None:
    keep(lease("a" * 11))
    keep(lease("b" * 11))
    hot.drop_paste("b" * 11)
    assert kept("a" * 11)
    assert kept("b" * 11) is None


def test_each_host_has_its_own_where_the_site_does_not_know_its_address(store: Store) -> None:
    keep(lease(origin="http://a"))
    assert kept(origin="http://a")
    assert kept(origin="http://b") is None


class TestHeld:
    """A process that has read an answer reads it no more, and never sends it after a change."""

    KEY = "d" * 11
    PLACES = (f"pb{hot.VERSION}p:en:/{KEY}", f"pb{hot.VERSION}u:en:/{KEY}")

    def lose(self, store: Store) -> None:
        """Take the answer out of the store; its generation stays."""
        store.do(self.KEY, [("delete", name) for name in self.PLACES])

    def test_an_answer_that_was_read_does_not_travel_again(self, store: Store) -> None:
        keep(lease(self.KEY))
        read = kept(self.KEY)
        assert read
        self.lose(store)
        assert kept(self.KEY) == read

    def test_one_that_was_never_read_is_not_held(self, store: Store) -> None:
        keep(lease(self.KEY))
        self.lose(store)
        assert kept(self.KEY) is None

    def test_a_change_in_another_process_ends_it(self, store: Store) -> None:
        """Another process has the same store and none of what this one holds."""
        keep(lease(self.KEY))
        assert kept(self.KEY)
        store.do(self.KEY, [("set", f"pb{hot.VERSION}g::{self.KEY}", b"another word", 60)])
        assert kept(self.KEY) is None

    @pytest.mark.usefixtures("store")
    def test_a_change_and_a_new_answer_of_another_process_are_what_is_sent(self) -> None:
        keep(lease(self.KEY), b"before")
        assert kept(self.KEY)
        [held] = [held for name in self.PLACES if (held := hot.shelf.take(name))]
        hot.drop_paste(self.KEY)
        keep(lease(self.KEY), b"after")
        hot.shelf.put(self.PLACES[1], held)  # as it is in a process that has not asked meanwhile
        entry = kept(self.KEY)
        assert entry
        assert zlib.decompress(entry.packed, 31) == b"after"

    def test_it_ends_with_a_store_that_forgot_everything(self, store: Store) -> None:
        keep(lease(self.KEY))
        assert kept(self.KEY)
        store.clear()
        assert kept(self.KEY) is None

    def test_an_answer_that_does_not_say_how_long_it_is_true_is_not_held(self, store: Store) -> None:
        """The release before this one kept such."""
        taken = lease(self.KEY)
        hot.keep(hot.squeeze(b"page", headers={}).of(taken.generation), taken, seconds=60, public=True)
        assert kept(self.KEY)
        self.lose(store)
        assert kept(self.KEY) is None

    def test_what_a_process_holds_has_an_end(self) -> None:
        shelf = Shelf[Held](most=1_000)
        for number in [*range(20), 19, 19]:
            shelf.put(str(number), Held(hot.Entry(b"x" * 100, {}), b"", time.time() + 60))
        assert [number for number in range(20) if shelf.take(str(number))] == list(range(10, 20))


@pytest.mark.parametrize("seconds", [0.9, 0, -1])
def test_what_is_true_for_less_than_a_second_is_not_kept(store: Store, seconds: float) -> None:
    keep(lease(), seconds=seconds)
    assert kept() is None


def test_nothing_is_sent_when_it_is_too_old(store: Store) -> None:
    keep(lease(), seconds=1)
    assert kept()
    time.sleep(1.1)
    assert kept() is None


def test_the_memory_of_a_process_has_an_end() -> None:
    memory = Memory(most=1_000)
    for number in range(20):
        memory.do("", [("set", str(number), b"x" * 100, 60)])
    assert [number for number in range(20) if memory.get("", [str(number)])] == list(range(10, 20))


def orders(*, fills: int, changes: int) -> list[str]:
    """Every order of so many commands of the filler (f) and of the change (c)."""
    places = combinations(range(fills + changes), changes)
    return ["".join("c" if at in chosen else "f" for at in range(fills + changes)) for chosen in places]


class Turns:
    """Lets two threads do one command each in a given order, until one of them has no more."""

    def __init__(self, order: str) -> None:
        self._order = list(order)
        self._changed = threading.Condition()
        self.left: list[list[Reply]] = []

    @contextmanager
    def wait(self, name: str) -> Iterator[None]:
        """Until it is this thread's turn."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._order or self._order[0] == name, 10)
            yield
            del self._order[:1]
            self._changed.notify_all()

    def leave(self, name: str) -> None:
        """The other one goes on alone."""
        with self._changed:
            self._order = [turn for turn in self._order if turn != name]
            self._changed.notify_all()


class TestNginx:
    """What nginx finds, it sends: it must not find anything older than a change, for however short a time."""

    KEY = "c" * 11
    NAME = f"pb{hot.VERSION}p:en:/{KEY}"

    @pytest.fixture
    def on_memcached(self, servers: list[str], monkeypatch: pytest.MonkeyPatch) -> Memcached:
        made = Memcached(servers)
        made.clear()
        monkeypatch.setattr(hot, "_store", lambda: made)
        return made

    def found(self, store: Store) -> bool:
        return store.do(self.KEY, [("get", self.NAME)]) != [None]

    def test_it_finds_what_is_public_and_needs_no_header_of_its_own(self, on_memcached: Memcached) -> None:
        keep(lease(self.KEY), public=False)
        assert kept(self.KEY)
        assert not self.found(on_memcached)
        hot.drop_paste(self.KEY)
        keep(lease(self.KEY))
        assert self.found(on_memcached)
        hot.drop_paste(self.KEY)
        assert not self.found(on_memcached)

    def test_a_change_at_any_moment_of_the_filling_is_the_last_word(
        self, on_memcached: Memcached, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In every order in which memcached may do the commands of both; when the change returns, the page is gone."""
        do = Memcached.do
        for order in orders(fills=6, changes=5):
            on_memcached.clear()
            taken, turns = lease(self.KEY), Turns(order)

            def in_turn(store: Memcached, place: str, commands: Sequence[Command], turns: Turns = turns) -> list[Reply]:
                replies: list[Reply] = []
                for command in commands:
                    with turns.wait(threading.current_thread().name):
                        replies += do(store, place, [command])
                return replies

            def change(turns: Turns = turns) -> None:
                hot.drop_paste(self.KEY)
                turns.left.append(do(on_memcached, self.KEY, [("get", self.NAME)]))
                turns.leave("c")

            def fill(turns: Turns = turns, taken: hot.Lease = taken) -> None:
                keep(taken, b"old")
                turns.leave("f")

            monkeypatch.setattr(Memcached, "do", in_turn)
            threads = [threading.Thread(target=change, name="c"), threading.Thread(target=fill, name="f")]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            monkeypatch.setattr(Memcached, "do", do)
            assert turns.left == [[None]], order
            assert not self.found(on_memcached), order

    def test_a_change_waits_for_who_died_in_the_middle_and_then_deletes(self, on_memcached: Memcached) -> None:
        filling, stale = f"pb{hot.VERSION}f::{self.KEY}", [("set", self.NAME, b"old", 60)]
        on_memcached.do(self.KEY, [("add", filling, b"somebody", hot.FILLING_SECONDS)])
        late = threading.Timer(0.2, on_memcached.do, args=[self.KEY, stale])
        late.start()
        hot.drop_paste(self.KEY)
        assert not late.is_alive()
        assert not self.found(on_memcached)


class TestServers:
    """memcached may be away, slow or restarted; and there may be several."""

    def test_the_server_of_a_place_is_the_one_that_nginx_asks(self) -> None:
        """The numbers are those of ``hash`` in nginx 1.22 with three servers."""
        three = Memcached(["a:1", "b:1", "c:1"])
        assert {three.index_of(place) for place in map(str, range(50))} == {0, 1, 2}
        assert three.index_of("lists") == (zlib.crc32(b"lists") >> 16 & 0x7FFF) % 3

    def test_a_connection_that_was_closed_at_the_other_end_is_replaced(self) -> None:
        port = free_port()
        with memcached(port=port):
            store = Memcached([f"{LOOPBACK}:{port}"])
            store.do("", [("set", "a", b"1", 60)])
        with memcached(port=port):
            assert store.do("", [("set", "a", b"2", 60), ("get", "a")]) == [True, b"2"]

    def test_one_that_is_away_is_left_alone_for_a_while(self, monkeypatch: pytest.MonkeyPatch) -> None:
        store, calls = Memcached([f"{LOOPBACK}:{free_port()}"]), []

        def connect(address: object) -> socket.socket:
            calls.append(address)
            raise ConnectionRefusedError

        monkeypatch.setattr(stores, "_connect", connect)
        for _ in range(3):
            with pytest.raises(StoreDownError):
                store.get("", ["a"])
        assert len(calls) == 1

    def test_one_that_answers_too_late_is_not_read_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Half an answer is on its way when patience ends; it must not be taken for the answer to the next question."""
        monkeypatch.setattr(stores, "ANSWER_SECONDS", 0.1)
        monkeypatch.setattr(stores, "DEAD_SECONDS", 0.0)
        with socket.create_server((LOOPBACK, 0)) as listener:
            store = Memcached([f"{LOOPBACK}:{listener.getsockname()[1]}"])

            def serve() -> None:
                first, _ = listener.accept()
                first.recv(100)
                first.sendall(b"VALUE a 1 100\r\nhalf")
                second, _ = listener.accept()
                second.recv(100)
                second.sendall(b"VALUE b 1 1\r\nB\r\nEND\r\n")
                first.close()
                second.close()

            server = threading.Thread(target=serve)
            server.start()
            with pytest.raises(StoreDownError):
                store.get("", ["a"])
            assert store.get("", ["b"]) == {"b": b"B"}
            server.join()

    def test_one_that_stops_answering_is_waited_for_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A connection that worked is not replaced by one that would be waited for as well."""
        monkeypatch.setattr(stores, "ANSWER_SECONDS", 0.2)
        with socket.create_server((LOOPBACK, 0)) as listener:
            store = Memcached([f"{LOOPBACK}:{listener.getsockname()[1]}"])
            accepted: list[socket.socket] = []

            def serve() -> None:
                accepted.append(listener.accept()[0])
                accepted[0].sendall(b"END\r\n")

            server = threading.Thread(target=serve)
            server.start()
            assert not store.holds("", "a", b"1")
            server.join()
            began = time.monotonic()
            for _ in range(2):
                with pytest.raises(StoreDownError):
                    store.holds("", "a", b"1")
            assert 0.2 <= time.monotonic() - began < 0.39
            accepted[0].close()

    def test_a_word_is_known_from_its_beginning_and_its_end(self, servers: list[str]) -> None:
        store = Memcached(servers)
        store.do("", [("set", "word", b"abcd", 60)])
        assert [value for value in (b"abcd", b"abc", b"bcd", b"abcde", b"") if store.holds("", "word", value)] == [
            b"abcd"
        ]
        assert not store.holds("", "nothing", b"abcd")

    def test_what_does_not_fit_is_an_error_and_nothing_else(self, servers: list[str]) -> None:
        store = Memcached(servers)
        with pytest.raises(StoreDownError):
            store.do("", [("set", "large", b"x" * 5_000_000, 60)])
        assert store.do("", [("set", "small", b"x", 60), ("get", "small")]) == [True, b"x"]


def test_production_without_memcached_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two web processes would not see each other's changes."""
    monkeypatch.setattr(settings, "MEMCACHED_SERVERS", [])
    monkeypatch.setattr(settings, "PRODUCTION", True)
    assert hot._store.__wrapped__() is None
