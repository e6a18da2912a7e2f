"""What is measured: the baselines first, then the site's pages and doors, each beside one or two of them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import boto3
import httpx
from botocore.config import Config

from benchmarks.load import Load
from benchmarks.seed import BROWSER, Seeded
from benchmarks.stack import Stack
from tests.services.servers import ROOT

FILE = "nginx: the same page from disk"
PACKED_FILE = "nginx: the same page from disk, compressed beforehand"
READ = "bare Django: a query and a template"
INSERT = "bare Django: a row inserted"
PUT = "object store: an object put"

CURL = "publish a file by curl -T"
FORM = "publish by the form"
API = "publish by the API"
UNNAMED = "publish Python without a name"
READ_BY_MODEL = "publish JavaScript without a name, which a model reads"

SCRIPT = ROOT / "static" / "js" / "cards.js"

PUT_ADDRESSES = 500
"""Objects that are written in turn."""

GZIP = {"Accept": BROWSER, "Accept-Encoding": "gzip"}

FORM_BOUNDARY = "----of-the-benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the table.

    Attributes:
        name: what it is, for people.
        load: what is asked.
        status: the answer that counts as right.
        beside: names of the baselines that it is compared with.
        table: where each request must leave a row; "" for those that only read.
        cache: ``hit`` or ``miss``: what the cache must have answered; "" where it is not asked.
        emptied: a table that is emptied as often as the cache is; "" for none.
    """

    name: str
    load: Load
    status: int = 200
    beside: Sequence[str] = ()
    table: str = ""
    cache: str = ""
    emptied: str = ""


def cases(stack: Stack, seeded: Seeded, *, files: str) -> Iterator[Case]:
    """All of them; ``files`` is the origin of nginx with the hot page on disk."""
    yield from _baselines(stack, seeded, files)
    yield from _reading(stack, seeded)
    yield from _publishing(stack, seeded)


def _baselines(stack: Stack, seeded: Seeded, files: str) -> Iterator[Case]:
    yield Case(name=FILE, load=Load(origin=files, paths=["/page.html"]))
    yield Case(name=PACKED_FILE, load=Load(origin=files, paths=["/page.html"], headers=GZIP))
    yield Case(name=READ, load=Load(origin=stack.bare, paths=[seeded.note]))
    insert = Load(origin=stack.bare, method="POST", body=seeded.text)
    yield Case(name=INSERT, load=insert, status=303, table="baseline_note")
    put = Load(origin=stack.environment["S3_ENDPOINT_URL"], paths=_put_addresses(stack), method="PUT", body=seeded.text)
    yield Case(name=PUT, load=put)


def _reading(stack: Stack, seeded: Seeded) -> Iterator[Case]:
    raw = [f"{path}/raw" for path in seeded.cold]
    shared = {"hot page": seeded.hot, "hot raw": f"{seeded.hot}/raw"}
    shared |= {"home": "/", "recent": "/recent", "popular": "/popular"}
    for way, origin in (("", stack.web), (", through nginx", stack.proxy)):
        for name, path in shared.items():
            load = Load(origin=origin, paths=[path], headers=GZIP)
            yield Case(name=f"{name}{way}", load=load, beside=(FILE, PACKED_FILE), cache="hit")
    signed_in = Load(origin=stack.web, paths=[seeded.hot], headers=GZIP | {"Cookie": seeded.cookie})
    yield Case(name="hot page, signed in", load=signed_in, beside=[READ])
    cold = Load(origin=stack.web, paths=seeded.cold, headers=GZIP, many_people=True)
    yield Case(name="cold page", load=cold, beside=[READ], cache="miss")
    yield Case(name="page made anew", load=cold, beside=[READ], cache="miss", emptied="pastes_pagecopy")
    cold_raw = Load(origin=stack.web, paths=raw, headers=GZIP, many_people=True)
    yield Case(name="cold raw", load=cold_raw, beside=[READ], cache="miss")
    api = Load(origin=stack.web, paths=[f"/api/v1/pastes{path}" for path in seeded.cold], many_people=True)
    yield Case(name="read by the API", load=api, beside=[READ])


def _publishing(stack: Stack, seeded: Seeded) -> Iterator[Case]:
    """Every way to publish with objects on the disk, and two of them with objects in S3."""
    for name, (status, load) in _ways_to_publish(seeded.text).items():
        on_disk = replace(load, origin=stack.disk, many_people=True)
        yield Case(name=f"{name}, on disk", load=on_disk, status=status, beside=[INSERT], table="pastes_paste")
    for name in (CURL, FORM):
        status, load = _ways_to_publish(seeded.text)[name]
        in_s3 = replace(load, many_people=True, origin=stack.web)
        yield Case(name=f"{name}, in S3", load=in_s3, status=status, beside=(INSERT, PUT), table="pastes_paste")


def _ways_to_publish(text: bytes) -> dict[str, tuple[int, Load]]:
    """By name: the status of the answer, and what is sent."""
    api = json.dumps({"files": [{"name": "graphlib.py", "content": text.decode()}]}).encode()
    form = GZIP | {"Content-Type": f"multipart/form-data; boundary={FORM_BOUNDARY}"}
    # What `curl --data-binary @file` says.
    unnamed = {"Accept": "*/*", "Content-Type": "application/x-www-form-urlencoded"}
    post = partial(Load, origin="", method="POST")
    return {
        CURL: (201, Load(origin="", method="PUT", paths=["/graphlib.py"], headers={"Accept": "*/*"}, body=text)),
        FORM: (303, post(headers=form, body=_form(text))),
        API: (201, post(paths=["/api/v1/pastes"], headers={"Content-Type": "application/json"}, body=api)),
        UNNAMED: (201, post(headers=unnamed, body=text)),
        READ_BY_MODEL: (201, post(headers=unnamed, body=b"// @number@\n" + SCRIPT.read_bytes())),
    }


def _form(text: bytes) -> bytes:
    """What a browser sends for the editor with one file in it; line ends as browsers write them."""
    fields = {
        "idempotency": b"bench-@number@",
        "publish": b"1",
        "title": b"Topological sorting",
        "filename": b"graphlib.py",
        "language": b"",
        "content": text.replace(b"\n", b"\r\n"),
        "visibility": b"public",
        "expiry": b"never",
        "description": b"",
    }
    head = f'--{FORM_BOUNDARY}\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
    parts = [(head % name).encode() + value + b"\r\n" for name, value in fields.items()]
    return b"".join(parts) + f"--{FORM_BOUNDARY}--\r\n".encode()


def _put_addresses(stack: Stack) -> list[str]:
    """Addresses that carry their signature, so that the store's own rate is measured, not that of a client library."""
    client = boto3.client(
        "s3",
        endpoint_url=stack.environment["S3_ENDPOINT_URL"],
        aws_access_key_id=stack.environment["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=stack.environment["S3_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )
    bucket = stack.environment["S3_BUCKET"]
    urls = [
        client.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": f"bench/{number}"})
        for number in range(PUT_ADDRESSES)
    ]
    return [httpx.URL(url).raw_path.decode() for url in urls]
