"""How fast the site is, beside what could not be faster: ``python -m benchmarks [--short] [--write]``.

One run on one machine starts the production stack, the baselines and the load, so the ratios between its figures hold
although the figures themselves belong to the machine.

============ ==========================================================================
``stack``    the processes: those of docker-compose.yml, and the baselines beside them
``baseline`` a Django project with one view that reads a row and one that writes one
``seed``     the pastes and the account that the cases need, made through the site's door
``cases``    what is measured, and beside what
``load``     wrk, and what it found out
``report``   the table, and the page in ``docs/``
============ ==========================================================================
"""
