"""github3.py against the running site."""

from typing import Any

import github3
import pytest
from github3.exceptions import NotFoundError

from tests.clients.conftest import GistSite

pytestmark = pytest.mark.slow


@pytest.fixture
def alice(gist_site: GistSite) -> Any:
    return github3.GitHubEnterprise(gist_site.address, token=gist_site.alice)


@pytest.fixture
def bob(gist_site: GistSite) -> Any:
    return github3.GitHubEnterprise(gist_site.address, token=gist_site.bob)


def test_it_creates_reads_edits_and_deletes(alice: Any, gist_site: GistSite) -> None:
    files = {"a.py": {"content": "print(1)\n"}, "b.txt": {"content": "b\n"}, "c, d.txt": {"content": "c\n"}}
    made = alice.create_gist("Three files", files, public=True)
    assert made.html_url == f"{gist_site.address}/{made.id}"
    gist = alice.gist(made.id)
    assert {name: file.content() for name, file in gist.files.items()} == {
        "a.py": b"print(1)\n",
        "b.txt": b"b\n",
        "c, d.txt": b"c\n",
    }
    changes = {"a.py": {"filename": "new.py", "content": "print(2)\n"}, "b.txt": None, "e.txt": {"content": "e\n"}}
    assert gist.edit("Changed", changes) is True
    again = alice.gist(made.id)
    assert again.description == "Changed"
    assert {name: file.content() for name, file in again.files.items()} == {
        "new.py": b"print(2)\n",
        "c, d.txt": b"c\n",
        "e.txt": b"e\n",
    }
    commits = list(again.commits())
    assert [len(commit.version) for commit in commits] == [40, 40]
    assert commits[1].gist().files["a.py"].content() == b"print(1)\n"
    assert again.delete() is True
    with pytest.raises(NotFoundError):
        alice.gist(made.id)


def test_it_lists_page_by_page(alice: Any, bob: Any) -> None:
    made = [alice.create_gist("", {"f": {"content": str(number)}}, public=False).id for number in range(35)]
    assert [gist.id for gist in alice.gists(number=35)] == made[::-1]
    assert not set(made) & {gist.id for gist in bob.gists()}
    assert all(gist.public for gist in bob.gists_by("alice"))
    assert all(gist.public for gist in bob.public_gists(number=5))


def test_it_stars_forks_and_comments(alice: Any, bob: Any) -> None:
    made = alice.create_gist("", {"f.txt": {"content": "text"}}, public=True)
    gist = bob.gist(made.id)
    assert gist.is_starred() is False
    assert gist.star() is True
    assert gist.is_starred() is True
    assert gist.unstar() is True
    fork = gist.fork()
    assert fork.owner.login == "bob"
    assert [one.id for one in alice.gist(made.id).forks()] == [fork.id]
    comment = gist.create_comment("Nice")
    assert comment.user.login == "bob"
    assert comment.edit("Very nice") is True
    assert [one.body for one in alice.gist(made.id).comments()] == ["Very nice"]
    assert comment.delete() is True
    assert list(gist.comments()) == []


def test_it_takes_user_name_and_token_as_a_password(gist_site: GistSite) -> None:
    client = github3.GitHubEnterprise(gist_site.address, username="alice", password=gist_site.alice)
    made = client.create_gist("", {"f": {"content": "x"}}, public=False)
    assert made.owner.login == "alice"
    assert client.user("bob").login == "bob"
