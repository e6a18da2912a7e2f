"""Indexes in the order of lists that were gone through for what they leave out; three that these make superfluous go."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """On a million pastes it took some seconds."""

    dependencies = [
        ("pastes", "0007_page_copies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="notification",
            name="notification_to_mail",
        ),
        migrations.AlterField(
            model_name="paste",
            name="forked_from",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="forks",
                to="pastes.paste",
                verbose_name="forked from",
            ),
        ),
        migrations.AlterField(
            model_name="paste",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="pastes",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.AlterField(
            model_name="star",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stars",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["created"], name="notification_created"),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("mailed_at", None), ("read_at", None)),
                fields=["user", "created"],
                name="notification_to_mail",
            ),
        ),
        migrations.AddIndex(
            model_name="paste",
            index=models.Index(fields=["owner", "visibility", "-id"], name="paste_owner_visibility"),
        ),
        migrations.AddIndex(
            model_name="paste",
            index=models.Index(
                condition=models.Q(("forked_from", None), _negated=True),
                fields=["owner", "-id"],
                name="paste_owner_forks",
            ),
        ),
        migrations.AddIndex(
            model_name="paste",
            index=models.Index(
                condition=models.Q(("forked_from", None), _negated=True),
                fields=["forked_from", "-id"],
                name="paste_forks",
            ),
        ),
        migrations.AddIndex(
            model_name="star",
            index=models.Index(fields=["user", "-id"], name="star_list"),
        ),
    ]
