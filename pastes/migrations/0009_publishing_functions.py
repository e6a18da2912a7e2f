"""On PostgreSQL, two functions: one takes a key, one writes all rows of a new paste.

Who changes the columns of one of these tables writes the second anew in the same migration: a test tells.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PASTE = (
    "key owner_id title description visibility created updated expires_at burn max_views opens password encrypted "
    "forked_from_id comments_enabled views stars likes comments revision_count language file_name file_count size "
    "excerpt tags popularity trend page_version edit_token_hash address_hash deleted_at hidden_at hidden_reason"
)
REVISION = "paste_id number version author_id created message added removed"
FILE = "revision_id position name language size lines encoding sha256 object_name parts"
TASK = "key payload lock"
SENT = "subject value digest paste_id created"

TAKE_KEY = """
CREATE FUNCTION pastes_take_key(near text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    taken text;
BEGIN
    DELETE FROM pastes_key WHERE value = (
        SELECT value FROM pastes_key WHERE value >= near ORDER BY value LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING value INTO taken;
    IF taken IS NULL THEN
        DELETE FROM pastes_key WHERE value = (
            SELECT value FROM pastes_key ORDER BY value LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING value INTO taken;
    END IF;
    RETURN taken;
END $$
"""


def insert(table: str, columns: str, **own: str) -> str:
    """An INSERT of rows that are in a list of JSON objects called as the table; ``own`` columns get these values."""
    names = ", ".join(f'"{name}"' for name in columns.split())
    values = ", ".join(own.get(name, f'r."{name}"') for name in columns.split())
    return f"INSERT INTO {table} ({names}) SELECT {values} FROM jsonb_populate_recordset(NULL::{table}, {table}) r"  # noqa: S608


PUBLISH = f"""
CREATE FUNCTION pastes_publish(
    near text, spare text,
    pastes_paste jsonb, pastes_revision jsonb, pastes_file jsonb, django_q_ormq jsonb, pastes_idempotencykey jsonb,
    OUT key text, OUT paste_id bigint, OUT revision_id bigint, OUT file_ids bigint[]
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    new_key text := coalesce(pastes_take_key(near), spare);
    new_paste bigint;
    new_revision bigint;
BEGIN
    {insert("pastes_paste", PASTE, key="new_key")} RETURNING id INTO new_paste;
    {insert("pastes_revision", REVISION, paste_id="new_paste")} RETURNING id INTO new_revision;
    WITH inserted AS ({insert("pastes_file", FILE, revision_id="new_revision")} RETURNING id, position)
    SELECT array_agg(id ORDER BY position) FROM inserted INTO file_ids;
    IF django_q_ormq IS NOT NULL THEN
        {insert("django_q_ormq", TASK)};
    END IF;
    IF pastes_idempotencykey IS NOT NULL THEN
        {insert("pastes_idempotencykey", SENT, paste_id="new_paste")};
    END IF;
    key := new_key;
    paste_id := new_paste;
    revision_id := new_revision;
END $$
"""


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make both."""
    del apps
    if editor.connection.vendor == "postgresql":
        editor.execute(TAKE_KEY, params=None)
        editor.execute(PUBLISH, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop both."""
    del apps
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION pastes_publish", params=None)
        editor.execute("DROP FUNCTION pastes_take_key", params=None)


class Migration(migrations.Migration):
    """It takes no time: no table is touched."""

    dependencies = [("pastes", "0008_flat_lists"), ("django_q", "0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more")]

    operations = [migrations.RunPython(create, drop)]
