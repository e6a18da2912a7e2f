"""Running a command as a shell does: what it says, where, and how it ends."""

from dataclasses import dataclass
from io import StringIO
from typing import Protocol

import pytest
from django.core.management import CommandError, call_command


@dataclass(frozen=True, slots=True)
class Run:
    """What a command wrote; ``failure`` is "" when it would have ended with status 0."""

    out: str
    err: str
    failure: str


class Shell(Protocol):
    def __call__(self, *args: str) -> Run: ...


@pytest.fixture
def shell(db: None) -> Shell:
    def run(*args: str) -> Run:
        out, err, failure = StringIO(), StringIO(), ""
        try:
            call_command(*args, stdout=out, stderr=err)
        except CommandError as error:
            failure = str(error)
        return Run(out.getvalue().strip(), err.getvalue().strip(), failure)

    return run
