"""No half-made paste (promise 24): publishing through an object store that fails in every way a server can."""

import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from accounts.models import User
from pastes import storage
from pastes.domain import content, publishing, sweeping
from pastes.domain.content import NewFile
from pastes.domain.drafts import Draft
from pastes.exceptions import Unavailable
from pastes.models import File, Paste, Revision
from tests.factories import make_paste, viewer_for
from tests.services.faults import FaultProxy
from tests.services.process import LOOPBACK

pytestmark = [pytest.mark.django_db, pytest.mark.real]

FILES = [NewFile(b"one", "a.txt"), NewFile(b"two", "b.txt")]

FAULTS: dict[str, Callable[[FaultProxy], None]] = {
    "down": FaultProxy.refuse,
    "500": FaultProxy.error500,
    "slow": lambda proxy: proxy.stall(seconds=30),
    "truncated": lambda proxy: proxy.truncate(size=0),
}


@pytest.fixture
def proxy(settings: Settings, empty_store: None) -> Iterator[FaultProxy]:
    """What stands between the site and its object store."""
    store = settings.STORAGES["pastes"]
    with FaultProxy(urlsplit(store["OPTIONS"]["endpoint_url"]).port or 0) as proxy:
        options = store["OPTIONS"] | {"endpoint_url": f"http://{LOOPBACK}:{proxy.port}"}
        settings.STORAGES = settings.STORAGES | {"pastes": store | {"OPTIONS": options}}
        yield proxy


@pytest.mark.parametrize("fault", [name for name in FAULTS if name != "truncated"])
def test_nothing_is_published_and_the_next_attempt_works(proxy: FaultProxy, fault: str) -> None:
    FAULTS[fault](proxy)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        publishing.create(draft=Draft(files=FILES), viewer=viewer_for())
    assert time.monotonic() - started < 5
    assert not Paste.objects.exists()

    proxy.heal()
    publishing.create(draft=Draft(files=FILES), viewer=viewer_for())
    assert [content.read(file) for file in File.objects.all()] == [b"one", b"two"]


@pytest.mark.parametrize("fault", FAULTS)
def test_an_edit_leaves_the_paste_as_it_was(alice: User, proxy: FaultProxy, fault: str) -> None:
    paste = make_paste(owner=alice, text="old", name="a.txt")
    FAULTS[fault](proxy)
    with pytest.raises(Unavailable):
        publishing.revise(paste=paste, draft=Draft(files=FILES), base=1, viewer=viewer_for(alice))
    assert Revision.objects.count() == 1
    proxy.heal()
    assert content.read(File.objects.get()) == b"old"


def test_a_sweep_that_fails_removes_nothing(proxy: FaultProxy) -> None:
    make_paste(text="kept")
    proxy.error500()
    with pytest.raises(Unavailable):
        sweeping.sweep()
    proxy.heal()
    assert len(list(storage.iterate())) == 1
