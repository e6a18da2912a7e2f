"""Indexes that were written with every paste and every view, and that nothing looked at, go.

Those of ten references are the beginning of another index each. On PostgreSQL there was one for ``LIKE`` beside each of
a text, too; `pastebin.postgresql.schema` makes no more of them.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFERENCES = [
    migrations.AlterField(
        model_name="commentvote",
        name="user",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="+",
            to=settings.AUTH_USER_MODEL,
            verbose_name="person",
        ),
    ),
    migrations.AlterField(
        model_name="dailyviews",
        name="paste",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="daily_views",
            to="pastes.paste",
            verbose_name="paste",
        ),
    ),
    migrations.AlterField(
        model_name="delivery",
        name="webhook",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="deliveries",
            to="pastes.webhook",
            verbose_name="webhook",
        ),
    ),
    migrations.AlterField(
        model_name="file",
        name="revision",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="files",
            to="pastes.revision",
            verbose_name="revision",
        ),
    ),
    migrations.AlterField(
        model_name="like",
        name="user",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="likes",
            to=settings.AUTH_USER_MODEL,
            verbose_name="person",
        ),
    ),
    migrations.AlterField(
        model_name="notification",
        name="user",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="notifications",
            to=settings.AUTH_USER_MODEL,
            verbose_name="person",
        ),
    ),
    migrations.AlterField(
        model_name="referral",
        name="paste",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="referrals",
            to="pastes.paste",
            verbose_name="paste",
        ),
    ),
    migrations.AlterField(
        model_name="revision",
        name="paste",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="revisions",
            to="pastes.paste",
            verbose_name="paste",
        ),
    ),
    migrations.AlterField(
        model_name="tagging",
        name="tag",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="taggings",
            to="pastes.tag",
            verbose_name="tag",
        ),
    ),
    migrations.AlterField(
        model_name="view",
        name="paste",
        field=models.ForeignKey(
            db_index=False,
            on_delete=django.db.models.deletion.CASCADE,
            related_name="+",
            to="pastes.paste",
            verbose_name="paste",
        ),
    ),
]


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them by what they are, because Django made up their names.

    `AlterField` would drop one as well, and on SQLite make its table anew for it.
    """
    connection = editor.connection
    names = []
    with connection.cursor() as cursor:
        for change in REFERENCES:
            model = apps.get_model("pastes", change.model_name)
            column = model._meta.get_field(change.name).column
            named = {index.name for index in model._meta.indexes}
            found = connection.introspection.get_constraints(cursor, model._meta.db_table).items()
            names += [
                name
                for name, index in found
                if index["index"] and not index["unique"] and index["columns"] == [column] and name not in named
            ]
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() "
                r"AND indexname LIKE '%\_like' AND indexdef LIKE '%\_pattern\_ops)'"
            )
            names += [name for (name,) in cursor.fetchall()]
    for name in names:
        editor.execute(f"DROP INDEX {editor.quote_name(name)}", params=None)


class Migration(migrations.Migration):
    """Each goes in an instant, as soon as nobody uses its table."""

    dependencies = [
        ("pastes", "0010_counted_publishing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, migrations.RunPython.noop)],
            state_operations=REFERENCES,
        )
    ]
