"""What the database and the object store hold, asked without the site."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
import psycopg
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

HALVES = """
SELECT count(*) FROM pastes_paste AS paste
WHERE NOT EXISTS (
    SELECT 1 FROM pastes_revision AS revision JOIN pastes_file AS file ON file.revision_id = revision.id
    WHERE revision.paste_id = paste.id AND revision.number = paste.revision_count
) OR file_count != (
    SELECT count(*) FROM pastes_revision AS revision JOIN pastes_file AS file ON file.revision_id = revision.id
    WHERE revision.paste_id = paste.id AND revision.number = paste.revision_count
)
"""
"""Pastes without their latest revision, or without all of its files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What is there.

    Attributes:
        pastes: rows.
        halves: pastes that lack a revision or a file.
        lost: files whose object is missing or is not what the row says.
        orphans: objects that no row names; the sweep removes them after an hour.
    """

    pastes: int
    halves: int
    lost: int
    orphans: int


def holdings(environment: Mapping[str, str], *, endpoint: str) -> Holdings:
    """Look at every row and every object."""
    with psycopg.connect(environment["DATABASE_URL"]) as database:
        pastes = _one(database, "SELECT count(*) FROM pastes_paste")
        halves = _one(database, HALVES)
        rows = database.execute("SELECT DISTINCT object_name, sha256 FROM pastes_file").fetchall()
    client = bucket_client(environment, endpoint=endpoint)
    bucket = environment["S3_BUCKET"]
    stored: dict[str, str] = {}
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for item in page.get("Contents", ()):
            body = client.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
            stored[item["Key"]] = hashlib.sha256(body).hexdigest()
    named = {name for name, _sha256 in rows}
    return Holdings(
        pastes=pastes,
        halves=halves,
        lost=sum(stored.get(name) != sha256 for name, sha256 in rows),
        orphans=len(set(stored) - named),
    )


def bucket_client(environment: Mapping[str, str], *, endpoint: str) -> "S3Client":
    """A client of the object store that does not go through what stands before it."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=environment["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["S3_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}, retries={"total_max_attempts": 3}),
    )


def _one(database: "psycopg.Connection[tuple[object, ...]]", query: str) -> int:
    row = database.execute(query).fetchone()
    assert row
    return int(str(row[0]))
