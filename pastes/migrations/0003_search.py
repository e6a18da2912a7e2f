import django.db.models.deletion
from django.db import ProgrammingError, migrations, models

import pastes.search.fields

EXTENSIONS = ("pg_trgm", "btree_gin")

POSTGRESQL = """
CREATE INDEX pastes_searchtext_trigrams ON pastes_searchtext
    USING gin (folded gin_trgm_ops, (paste_id >> 14)) WITH (fastupdate = off);
CREATE INDEX pastes_searchtext_words ON pastes_searchtext
    USING gin (words, (paste_id >> 14)) WITH (fastupdate = off);
"""

# The table of the index holds no text of its own. https://www.sqlite.org/fts5.html#external_content_tables
SQLITE = (
    """
    CREATE VIRTUAL TABLE pastes_searchtext_fts USING fts5(
        folded, content = 'pastes_searchtext', content_rowid = 'paste_id', tokenize = 'trigram', columnsize = 0
    )
    """,
    """
    CREATE TRIGGER pastes_searchtext_added AFTER INSERT ON pastes_searchtext BEGIN
        INSERT INTO pastes_searchtext_fts (rowid, folded) VALUES (new.paste_id, new.folded);
    END
    """,
    """
    CREATE TRIGGER pastes_searchtext_removed AFTER DELETE ON pastes_searchtext BEGIN
        INSERT INTO pastes_searchtext_fts (pastes_searchtext_fts, rowid, folded)
        VALUES ('delete', old.paste_id, old.folded);
    END
    """,
    """
    CREATE TRIGGER pastes_searchtext_changed AFTER UPDATE ON pastes_searchtext BEGIN
        INSERT INTO pastes_searchtext_fts (pastes_searchtext_fts, rowid, folded)
        VALUES ('delete', old.paste_id, old.folded);
        INSERT INTO pastes_searchtext_fts (rowid, folded) VALUES (new.paste_id, new.folded);
    END
    """,
)


def add_extensions(apps, schema_editor):
    """Have what the indexes need. Both extensions are trusted: the owner of the database may create them."""
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        missing = [name for name in EXTENSIONS if (name,) not in set(cursor.fetchall())]
        for name in missing:
            try:
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {name}")
            except ProgrammingError as error:
                cause = str(error).strip()
                raise RuntimeError(
                    f"The search needs PostgreSQL's extension {name}, and this role may not create it ({cause}). "
                    f"Have the database's owner or an administrator run, in this database: "
                    f"CREATE EXTENSION IF NOT EXISTS {name}; then migrate again."
                ) from error


def add_indexes(apps, schema_editor):
    """What finds text, by the database."""
    if schema_editor.connection.vendor == "postgresql":
        # Compressed texts are read often: LZ4 does that several times as fast, where PostgreSQL was built with it.
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 'lz4' = ANY (enumvals) FROM pg_settings WHERE name = 'default_toast_compression'")
            if cursor.fetchone()[0]:
                for column in ("text", "folded", "words"):
                    cursor.execute(f"ALTER TABLE pastes_searchtext ALTER COLUMN {column} SET COMPRESSION lz4")
        # What each possible match is looked at for stays in its row; the rest of the row moves away first.
        schema_editor.execute("ALTER TABLE pastes_searchtext ALTER COLUMN folded SET STORAGE MAIN")
        schema_editor.execute(POSTGRESQL)
    else:
        for statement in SQLITE:
            schema_editor.execute(statement)


def remove_indexes(apps, schema_editor):
    """The rest goes with the table."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE pastes_searchtext_fts")


class Migration(migrations.Migration):
    dependencies = [
        ("pastes", "0002_people"),
    ]

    operations = [
        migrations.RunPython(add_extensions, migrations.RunPython.noop),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "paste",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="pastes.paste",
                        verbose_name="paste",
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("folded", models.TextField(verbose_name="searched text")),
                ("words", pastes.search.fields.WordsField(verbose_name="words")),
                ("files", models.JSONField(verbose_name="files")),
            ],
            options={
                "verbose_name": "searched text",
                "verbose_name_plural": "searched texts",
            },
        ),
        migrations.AddIndex(
            model_name="paste",
            index=models.Index(fields=["created"], name="paste_created"),
        ),
        migrations.RunPython(add_indexes, remove_indexes),
    ]
