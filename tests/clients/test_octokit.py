"""@octokit/rest against the running site."""

from pathlib import Path

import pytest

from tests.clients.conftest import GistSite, Npm, Run

pytestmark = pytest.mark.slow

STORY = """
import assert from "node:assert/strict";
import { Octokit } from "@octokit/rest";

const [baseUrl, aliceToken, bobToken] = process.argv.slice(2);
const log = { debug() {}, info() {}, warn: console.error, error() {} };
const alice = new Octokit({ baseUrl, auth: aliceToken, log });
const bob = new Octokit({ baseUrl, auth: bobToken, log });
const texts = (gist) => Object.fromEntries(Object.entries(gist.files).map(([name, file]) => [name, file.content]));
const fails = (status, promise) => assert.rejects(promise, (error) => error.status === status);

const files = { "a.py": { content: "print(1)\\n" }, "b.txt": { content: "b\\n" }, "c.txt": { content: "c\\n" } };
const made = await alice.rest.gists.create({ files, public: true, description: "Three files" });
assert.equal(made.status, 201);
const gist_id = made.data.id;
assert.equal(made.headers.location, `${baseUrl}/gists/${gist_id}`);
assert.equal(made.headers["x-oauth-scopes"], "gist:read, gist:write");

await alice.rest.gists.update({
  gist_id,
  description: "Changed",
  files: { "a.py": { filename: "new.py" }, "b.txt": null, "d.txt": { content: "d\\n" } },
});
const { data: changed, headers } = await bob.rest.gists.get({ gist_id });
assert.deepEqual(texts(changed), { "new.py": "print(1)\\n", "c.txt": "c\\n", "d.txt": "d\\n" });
assert.equal(changed.description, "Changed");
await fails(304, bob.rest.gists.get({ gist_id, headers: { "if-none-match": headers.etag } }));

const { data: commits } = await bob.rest.gists.listCommits({ gist_id });
assert.equal(commits.length, 2);
const { data: first } = await bob.rest.gists.getRevision({ gist_id, sha: commits[1].version });
assert.deepEqual(texts(first), { "a.py": "print(1)\\n", "b.txt": "b\\n", "c.txt": "c\\n" });

await fails(404, bob.rest.gists.checkIsStarred({ gist_id }));
await bob.rest.gists.star({ gist_id });
assert.equal((await bob.rest.gists.checkIsStarred({ gist_id })).status, 204);
assert.equal((await bob.rest.gists.listStarred()).data[0].id, gist_id);
await bob.rest.gists.unstar({ gist_id });

const { data: fork } = await bob.rest.gists.fork({ gist_id });
assert.equal(fork.fork_of.id, gist_id);
assert.deepEqual((await alice.rest.gists.listForks({ gist_id })).data.map(({ id }) => id), [fork.id]);
await fails(422, alice.rest.gists.fork({ gist_id }));

const { data: comment } = await bob.rest.gists.createComment({ gist_id, body: "Nice" });
const comment_id = comment.id;
await bob.rest.gists.updateComment({ gist_id, comment_id, body: "Very nice" });
assert.equal((await alice.rest.gists.getComment({ gist_id, comment_id })).data.body, "Very nice");
assert.equal((await alice.rest.gists.listComments({ gist_id })).data.length, 1);
await bob.rest.gists.deleteComment({ gist_id, comment_id });
await fails(404, bob.rest.gists.getComment({ gist_id, comment_id }));

const more = [];
for (let number = 0; number < 5; number++) {
  more.unshift((await alice.rest.gists.create({ files: { f: { content: `${number}` } } })).data.id);
}
const all = await alice.paginate(alice.rest.gists.list, { per_page: 2 });
assert.deepEqual(all.slice(0, 5).map(({ id }) => id), more);
const theirs = await bob.paginate(bob.rest.gists.listForUser, { username: "alice", per_page: 2 });
assert.ok(theirs.some(({ id }) => id === gist_id) && !theirs.some(({ id }) => more.includes(id)));
assert.equal((await alice.rest.users.getAuthenticated()).data.login, "alice");

await fails(404, bob.rest.gists.delete({ gist_id }));
assert.equal((await alice.rest.gists.delete({ gist_id })).status, 204);
await fails(404, alice.rest.gists.get({ gist_id }));
await fails(401, new Octokit({ baseUrl, auth: "a.b.c", log }).rest.gists.list());
console.log("done");
"""


@pytest.fixture(scope="session")
def modules(npm: Npm) -> Path:
    """Octokit."""
    return npm("@octokit/rest@22.0.1")


def test_it_does_everything(gist_site: GistSite, run: Run, modules: Path) -> None:
    # Node looks for the modules of an ES module beside its file, not in NODE_PATH.
    script = modules.parent / "story.mjs"
    script.write_text(STORY)
    done = run("node", str(script), gist_site.api, gist_site.alice, gist_site.bob, package="nodejs")
    assert done.stdout.decode() == "done\n"
