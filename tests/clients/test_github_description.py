"""Requests made up from GitHub's own description of gists: nothing that is answered is against it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.clients.conftest import GistSite, Npm
from tests.clients.github_description import gists_of

pytestmark = pytest.mark.slow

EXAMPLES = 4
SECONDS = 300
"""A limit for machines that do many things at once; alone it takes about 60."""

CONFIGURATION = """
# Neither of the two databases can hold NUL in a text.
[generation]
allow-x00 = false

[[operations]]
include-path = "/users/{username}/gists"
parameters = { username = "alice" }

# What these answer depends on what is in the gist, whose it is, and whether it is starred.
[[operations]]
include-path = "/gists/{gist_id}"
include-method = ["PATCH", "POST"]
checks = { positive_data_acceptance = { enabled = false } }

[[operations]]
include-path = "/gists/{gist_id}/star"
checks = { ensure_resource_availability = { enabled = false } }

[[operations]]
include-path = "/gists/{gist_id}/forks"
checks = { positive_data_acceptance = { enabled = false } }
"""


def test_it_keeps_what_github_promises(gist_site: GistSite, npm: Npm, tmp_path: Path) -> None:
    description = npm("@octokit/openapi@23.0.2") / "@octokit/openapi/generated/api.github.com.json"
    (tmp_path / "gists.json").write_text(json.dumps(gists_of(description)))
    (tmp_path / "schemathesis.toml").write_text(CONFIGURATION)
    command = [
        *(str(Path(sys.executable).with_name("st")), "run", "gists.json", "--url", gist_site.api),
        *("--header", f"Authorization: token {gist_site.alice}", "--continue-on-failure"),
        *("--phases", "examples,coverage,fuzzing,stateful", "--max-examples", str(EXAMPLES), "--seed", "1"),
        *("--no-shrink", "--warnings", "off"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stdout.decode()[-8_000:]
