"""Alice's, Bob's and nobody's program for the Gist interface."""

import pytest

from accounts.models import User
from tests.api.gist_programs import Program, program_of


@pytest.fixture
def anon() -> Program:
    return Program()


@pytest.fixture
def mine(alice: User) -> Program:
    return program_of(alice)


@pytest.fixture
def his(bob: User) -> Program:
    return program_of(bob)
