# The project's commands. `make help` lists them; each also works on a machine where nothing was set up before.

PORT ?= 8000
DATA_DIR ?= ./var
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup run test lint test-embedded test-slow test-real test-browser bench bench-search bench-scale bench-cost drills format messages lock screenshots

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## make the virtual environment with everything that tests and checks need
	@bin/setup dev

run: ## start the whole site: make run PORT=8000 DATA_DIR=./var (Ctrl-C stops it)
	@bin/setup
	@DATA_DIR="$(DATA_DIR)" exec .venv/bin/python manage.py serve --port "$(PORT)"

test: ## every check and every test, on the embedded stack, on real servers and in a browser
	@bin/test all

lint: ## style, types, import contracts, templates, shell scripts, migrations, deploy check
	@bin/test lint

test-embedded: ## the quick tests on SQLite and files on disk; ARGS="-k words" chooses some
	@bin/test embedded $(ARGS)

test-slow: ## the tests on the embedded stack that take longer than a second
	@bin/test slow $(ARGS)

test-real: ## the same tests on PostgreSQL, memcached, S3 and a running worker
	@bin/test real $(ARGS)

test-browser: ## the tests that drive Chromium
	@bin/test browser $(ARGS)

bench: ## requests a second and slowest percent of every kind of page, beside nginx serving the same bytes; ARGS=--short
	@bin/setup dev && bin/setup seaweed
	@.venv/bin/python -m benchmarks $(ARGS)

bench-search: ## how long a search among PASTES=1000000 pastes takes on PostgreSQL; half an hour
	@bin/setup dev
	@.venv/bin/python -m benchmarks.scale --pastes $(or $(PASTES),1000000) --only search $(ARGS)

drills: ## break the site on purpose and see that it keeps its promises; one of them: make drill-NAME; ARGS=--short
	@bin/setup dev && bin/setup seaweed
	@.venv/bin/python -m tests.drills $(ARGS)

drill-%:
	@bin/setup dev && bin/setup seaweed
	@.venv/bin/python -m tests.drills $* $(ARGS)

bench-scale: ## how long lists, pages, searches and housekeeping take with PASTES=1000000 pastes on PostgreSQL; half an hour
	@bin/setup dev
	@.venv/bin/python -m benchmarks.scale --pastes $(or $(PASTES),1000000) $(ARGS)

bench-cost: ## processor time and queries of one request of every kind; ARGS=--profile says where it goes
	@bin/setup dev && bin/setup seaweed
	@.venv/bin/python -m benchmarks.cost $(ARGS)

screenshots: ## take the pictures of the README and the documents anew, of a site with the examples (needs Chromium)
	@bin/setup dev
	@.venv/bin/python -m tests.screenshots

format: ## put code in its format and sort its imports
	@bin/setup dev
	@.venv/bin/ruff check --fix-only --quiet . && .venv/bin/ruff format .

messages: ## gather strings for translation and compile the catalogues (needs gettext)
	@bin/setup dev
	@.venv/bin/python manage.py makemessages --all --no-location --no-obsolete \
		--ignore ".venv*" --ignore var --ignore node_modules --ignore tests --ignore benchmarks
	@sed -i.bak '/^"POT-Creation-Date:/d' locale/*/LC_MESSAGES/*.po && rm locale/*/LC_MESSAGES/*.bak # a date is no news
	@.venv/bin/python manage.py compilemessages --ignore ".venv*" --ignore var

lock: ## write requirements*.txt anew from requirements*.in; ARGS=--upgrade takes newer versions
	@bin/setup dev
	@for name in requirements requirements-dev requirements-seaweed; do \
		.venv/bin/uv pip compile --quiet --generate-hashes --no-header --no-annotate --universal --python-version 3.12 \
			$(ARGS) --output-file $$name.txt $$name.in || exit 1; \
	done
