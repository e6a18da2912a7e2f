"""What search engines are asked to leave alone."""

from urllib.robotparser import RobotFileParser

import pytest

from tests.factories import client_for

pytestmark = pytest.mark.django_db


def test_it_lets_pages_be_found_and_keeps_costly_and_secret_ones_out() -> None:
    response = client_for().get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    parser = RobotFileParser()
    parser.parse(response.text.splitlines())
    for path in ("/", "/recent", "/5Kd3NBUAdUn"):
        assert parser.can_fetch("*", path)
    for path in ("/accounts/login/", "/admin/", "/diff/5Kd3NBUAdUn..5Kd3NBUAdUm", "/s/token"):
        assert not parser.can_fetch("*", path)
