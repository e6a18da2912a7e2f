"""What the highlighter made of files, so that no reader waits for it. `manage.py index_pastes --again` fills it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table."""

    dependencies = [("pastes", "0005_idempotency_digest")]

    operations = [
        migrations.CreateModel(
            name="Highlight",
            fields=[
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="highlight",
                        serialize=False,
                        to="pastes.file",
                        verbose_name="file",
                    ),
                ),
                ("renderer", models.CharField(max_length=40, verbose_name="renderer")),
                ("language", models.CharField(max_length=50, verbose_name="language")),
                ("packed", models.BinaryField()),
            ],
            options={"verbose_name": "highlighted text", "verbose_name_plural": "highlighted texts"},
        ),
    ]
