"""On PostgreSQL, a function that counts how much somebody publishes and, unless that is too much, writes the new paste.

It calls the function of migration 0009, which processes of the release before go on calling by itself.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

PUBLISH = """
CREATE FUNCTION pastes_publish_counted(
    near text, spare text, paste jsonb, revision jsonb, files jsonb, tasks jsonb, sent jsonb,
    whose text, begins timestamptz, most integer,
    OUT key text, OUT paste_id bigint, OUT revision_id bigint, OUT file_ids bigint[], OUT counted integer
) LANGUAGE plpgsql AS $$
BEGIN
    IF whose IS NOT NULL THEN
        INSERT INTO pastes_ratecount (subject, "window", count) VALUES (whose, begins, 1)
        ON CONFLICT (subject, "window") DO UPDATE SET count = pastes_ratecount.count + 1
        RETURNING count INTO counted;
        IF counted > most THEN
            RETURN;
        END IF;
    END IF;
    SELECT new.key, new.paste_id, new.revision_id, new.file_ids INTO key, paste_id, revision_id, file_ids
    FROM pastes_publish(near, spare, paste, revision, files, tasks, sent) new;
END $$
"""


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make it."""
    del apps
    if editor.connection.vendor == "postgresql":
        editor.execute(PUBLISH, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it."""
    del apps
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP FUNCTION pastes_publish_counted", params=None)


class Migration(migrations.Migration):
    """It takes no time: no table is touched."""

    dependencies = [("pastes", "0009_publishing_functions")]

    operations = [migrations.RunPython(create, drop)]
