"""Pages kept beside their rows, and the version of a page that says whether one is right."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default, which rewrites nothing, and a table."""

    dependencies = [
        ("pastes", "0006_highlights"),
    ]

    operations = [
        migrations.AddField(
            model_name="paste",
            name="page_version",
            field=models.PositiveIntegerField(db_default=0, default=0, verbose_name="version of the page"),
        ),
        migrations.CreateModel(
            name="PageCopy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("page_language", models.CharField(max_length=10, verbose_name="language of the page")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("made_by", models.CharField(max_length=64, verbose_name="made by")),
                ("made_at", models.DateTimeField(db_index=True, verbose_name="made")),
                ("headers", models.JSONField(default=dict, verbose_name="headers")),
                ("packed", models.BinaryField()),
                (
                    "paste",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="copies",
                        to="pastes.paste",
                        verbose_name="paste",
                    ),
                ),
            ],
            options={
                "verbose_name": "kept page",
                "verbose_name_plural": "kept pages",
                "constraints": [
                    models.UniqueConstraint(fields=("paste", "page_language"), name="copy_once_per_language")
                ],
            },
        ),
    ]
