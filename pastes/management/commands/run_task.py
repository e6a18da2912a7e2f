"""`manage.py run_task NAME`: do now what the worker does by itself at its time."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from pastes import tasks
from pastes.schedules import SCHEDULES


class Command(BaseCommand):
    """Run one of the scheduled tasks here and now; all of them may run at any time and twice."""

    help = "Do now what the worker does by itself at its time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The task's name."""
        parser.add_argument("task", choices=sorted(every.task for every in SCHEDULES))

    def handle(self, *args: Any, task: str, **options: Any) -> None:
        """Run it, and print what it returns, which is mostly how many of something."""
        del args, options
        self.stdout.write(f"{task}: {getattr(tasks, task)()}")
