"""ghapi, which builds its calls from GitHub's own description, against the running site."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.conftest import GistSite

pytestmark = [
    pytest.mark.slow,
    # Its own modules, as they are imported and as they leave connections.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning", "ignore::ResourceWarning"),
]

type Connect = Callable[[str], Any]


@pytest.fixture
def connect(gist_site: GistSite) -> Connect:
    from ghapi.all import GhApi  # noqa: PLC0415 # it warns of itself when it is imported

    client: Any = GhApi
    return lambda token: client(token=token, gh_host=gist_site.api)


def test_it_creates_reads_edits_and_deletes(gist_site: GistSite, connect: Connect) -> None:
    async def story() -> None:
        gists = connect(gist_site.alice).gists
        files = {"a.py": {"content": "print(1)\n"}, "b.txt": {"content": "b\n"}, "c.txt": {"content": "c\n"}}
        made = await gists.create(files=files, description="Three files", public=True)
        assert made.owner.login == "alice"
        changes = {"a.py": {"filename": "new.py"}, "b.txt": None, "c.txt": {"content": "C\n"}}
        await gists.update(made.id, description="Changed", files=changes)
        again = await gists.get(made.id)
        assert {name: file.content for name, file in again.files.items()} == {"new.py": "print(1)\n", "c.txt": "C\n"}
        commits = await gists.list_commits(made.id)
        first = await gists.get_revision(made.id, commits[1].version)
        assert set(first.files) == {"a.py", "b.txt", "c.txt"}
        await gists.delete(made.id)
        with pytest.raises(Exception, match="404"):
            await gists.get(made.id)

    asyncio.run(story())


def test_it_lists_page_by_page(gist_site: GistSite, connect: Connect) -> None:
    from ghapi import page  # noqa: PLC0415 # as above

    paged: Any = page.paged

    async def story() -> None:
        api = connect(gist_site.alice)
        made = [(await api.gists.create(files={"f": {"content": str(number)}})).id for number in range(5)]
        listed = [gist.id async for several in paged(api.gists.list, per_page=2) for gist in several]
        assert listed[:5] == made[::-1]
        await api.gists.list(per_page=2)
        assert api.last_page() == -(-len(listed) // 2)
        others = await connect(gist_site.bob).gists.list_for_user("alice")
        assert not set(made) & {gist.id for gist in others}
        assert not set(made) & {gist.id for gist in await api.gists.list_public()}

    asyncio.run(story())


def test_it_stars_forks_and_comments(gist_site: GistSite, connect: Connect) -> None:
    async def story() -> None:
        alice, bob = connect(gist_site.alice).gists, connect(gist_site.bob).gists
        made = await alice.create(files={"f.txt": {"content": "text"}}, public=True)
        with pytest.raises(Exception, match="404"):
            await bob.check_is_starred(made.id)
        await bob.star(made.id)
        await bob.check_is_starred(made.id)
        assert made.id in {gist.id for gist in await bob.list_starred()}
        await bob.unstar(made.id)
        fork = await bob.fork(made.id)
        assert [one.id for one in await alice.list_forks(made.id)] == [fork.id]
        comment = await bob.create_comment(made.id, body="Nice")
        await bob.update_comment(made.id, comment.id, body="Very nice")
        assert (await alice.get_comment(made.id, comment.id)).body == "Very nice"
        assert len(await alice.list_comments(made.id)) == 1
        await bob.delete_comment(made.id, comment.id)
        assert len(await alice.list_comments(made.id)) == 0

    asyncio.run(story())
