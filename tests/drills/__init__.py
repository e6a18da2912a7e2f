"""Drills: what the site promises for bad days, tried on real processes.

``python -m tests.drills [NAME…] [--short] [--write]``, or ``make drills`` and ``make drill-NAME``. One run starts the
site as docker-compose.yml does, with two web servers behind nginx, and does each drill on it under load: something is
killed, stopped, frozen or broken on purpose, what readers and authors saw is counted, and what is promised is compared
with it. A promise that was not kept ends the run with status 1.

============ ==========================================================================
``site``     the processes, each of which can be killed and started again
``load``     people who publish and read meanwhile, and what they were answered
``evidence`` what the database and the object store hold, asked without the site
``finding``  one line of the table: what was counted, beside what is promised
``report``   the table, and the page in ``docs/``
============ ==========================================================================

Every other module is a drill.
"""
