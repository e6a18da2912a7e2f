"""Many programs at once (promise 22). That exactly one of many opens what burns, `tests/pages/test_burn.py` sees."""

from collections import Counter
from functools import partial

import pytest

from accounts.models import User
from pastes.models import Paste, Revision
from tests.api.cast import Program, as_json
from tests.parallel import at_once

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 8


@pytest.mark.usefixtures("empty_store")
def test_it_publishes_once_what_many_send_with_one_idempotency_key(alice: User) -> None:
    program = Program(alice, Idempotency_Key="once")
    body = {"files": [{"content": "once\n"}]}
    answers = at_once([partial(program.post, "/pastes", body) for _ in range(MANY)])
    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    found = [answer for answer in answers if not isinstance(answer, Exception)]
    assert Counter(answer.status_code for answer in found) == {201: 1, 200: MANY - 1}
    assert {as_json(answer)["key"] for answer in found} == {Paste.objects.get().key}


@pytest.mark.parametrize("body", [{"files": [{"content": "changed\n"}]}, {"title": "Changed"}], ids=["text", "title"])
def test_it_saves_one_of_many_changes_of_one_state(alice: User, body: dict[str, object]) -> None:
    program = Program(alice)
    key = program.publish("before\n")["key"]
    etag = program.get(f"/pastes/{key}")["ETag"]
    # Each its own, so that none of them is what another has made already.
    bodies = [body | {"description": f"By {number}"} for number in range(MANY)]
    answers = at_once([partial(program.send, "PATCH", f"/pastes/{key}", one, If_Match=etag) for one in bodies])
    found = [answer for answer in answers if not isinstance(answer, Exception)]
    assert Counter(answer.status_code for answer in found) == {200: 1, 412: MANY - 1}
    assert Revision.objects.filter(paste__key=key).count() == (2 if "files" in body else 1)
