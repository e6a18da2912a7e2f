"""PyGithub against the running site."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from github import Auth, Github, InputFileContent
from github.AuthenticatedUser import AuthenticatedUser
from github.GithubException import BadCredentialsException, GithubException, UnknownObjectException

from tests.clients.conftest import GistSite

pytestmark = pytest.mark.slow


def connect(site: GistSite, token: str, **options: object) -> Github:
    return Github(
        base_url=site.api,
        auth=Auth.Token(token),
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=None,
        **options,  # type: ignore[arg-type]
    )


@pytest.fixture
def alice(gist_site: GistSite) -> Iterator[Github]:
    with connect(gist_site, gist_site.alice, per_page=3) as client:
        yield client


@pytest.fixture
def bob(gist_site: GistSite) -> Iterator[Github]:
    with connect(gist_site, gist_site.bob) as client:
        yield client


def me(client: Github) -> AuthenticatedUser:
    user = client.get_user()
    assert isinstance(user, AuthenticatedUser)
    return user


def test_it_creates_reads_edits_and_deletes(alice: Github, gist_site: GistSite) -> None:
    files = {"a.py": InputFileContent("print(1)\n"), "b.txt": InputFileContent("b\n"), "c.txt": InputFileContent("c\n")}
    made = me(alice).create_gist(public=True, files=files, description="Three files")
    assert made.owner.login == "alice"
    gist = alice.get_gist(made.id)
    assert gist.html_url == f"{gist_site.address}/{gist.id}"
    assert (gist.public, gist.description) == (True, "Three files")
    assert gist.files["a.py"].language == "Python"
    assert gist.created_at > datetime.now(tz=UTC) - timedelta(minutes=1)
    changes = {
        "a.py": InputFileContent("print(2)\n", new_name="new.py"),
        "b.txt": None,
        "d.txt": InputFileContent("d\n"),
    }
    gist.edit(description="Changed", files=changes)
    again = alice.get_gist(made.id)
    assert {name: file.content for name, file in again.files.items()} == {
        "new.py": "print(2)\n",
        "c.txt": "c\n",
        "d.txt": "d\n",
    }
    assert [len(state.version) for state in again.history] == [40, 40]
    assert again.history[1].change_status.additions == 3
    again.delete()
    with pytest.raises(UnknownObjectException):
        alice.get_gist(made.id)


def test_it_lists_page_by_page(alice: Github, bob: Github) -> None:
    made = [me(alice).create_gist(False, {"f": InputFileContent(str(number))}).id for number in range(7)]
    listed = me(alice).get_gists()
    assert [gist.id for gist in islice(listed, 7)] == made[::-1]
    assert listed.totalCount >= 7
    assert [gist.id for gist in me(alice).get_gists().get_page(1)] == made[::-1][3:6]
    assert not set(made) & {gist.id for gist in bob.get_gists()}
    assert list(me(alice).get_gists(since=datetime.now(tz=UTC) + timedelta(hours=1))) == []


def test_it_stars_forks_and_comments(alice: Github, bob: Github) -> None:
    made = me(alice).create_gist(True, {"f.txt": InputFileContent("text")})
    gist = bob.get_gist(made.id)
    assert gist.is_starred() is False
    gist.set_starred()
    assert gist.is_starred() is True
    assert made.id in {one.id for one in me(bob).get_starred_gists()}
    gist.reset_starred()
    fork = gist.create_fork()
    assert fork.owner.login == "bob"
    assert fork.fork_of.id == made.id
    assert [one.id for one in alice.get_gist(made.id).forks] == [fork.id]
    comment = gist.create_comment("Nice")
    assert comment.user.login == "bob"
    comment.edit("Very nice")
    assert [one.body for one in alice.get_gist(made.id).get_comments()] == ["Very nice"]
    assert gist.get_comment(comment.id).body == "Very nice"
    comment.delete()
    assert list(gist.get_comments()) == []


def test_it_knows_people(alice: Github) -> None:
    assert me(alice).login == "alice"
    bob = alice.get_user("bob")
    assert (bob.login, bob.name) == ("bob", None)
    assert all(gist.public for gist in bob.get_gists())


def test_it_recognises_errors(gist_site: GistSite, alice: Github, bob: Github) -> None:
    with connect(gist_site, "wrong") as nobody, pytest.raises(BadCredentialsException):
        me(nobody).login  # noqa: B018 # asks when it is read
    made = me(alice).create_gist(True, {"f.txt": InputFileContent("text")})
    with pytest.raises(UnknownObjectException):
        bob.get_gist(made.id).delete()
    with pytest.raises(GithubException) as caught:
        made.create_fork()
    assert caught.value.status == 422
