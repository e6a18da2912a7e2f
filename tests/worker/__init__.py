"""The worker: a running qcluster on the same database, and its tasks."""
