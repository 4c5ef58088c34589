# `make serve` runs the mock, `make test` the tests, `make lint` the checks of the code. They need Python 3.11+ and
# nothing else; the network only when the locked requirements have changed.
#
# Programs run as `python -m …`, and every path is relative: the checkout may have spaces in its path, and may move.

RUN := .venv/bin/python
DEV := .venv-dev/bin/python
FUZZ := .venv-fuzz/bin/python
SITE := .venv-docs/bin/python
INSTALL := sh requirements/install

# Arguments of the program behind a target: make serve ARGS="--port 0 --profile live"
ARGS ?=
# The interpreter to make environments with; found when it is not named.
PYTHON ?=
export PYTHON
UV ?= uv
EXAMPLES ?= 2000
OLDEST := tests/control tests/journal tests/faults tests/seeding tests/worlds tests/infisical/universal_auth \
	tests/infisical/token_auth tests/contract/test_past_differences.py tests/contract/test_document.py

.PHONY: serve test test-all test-oldest dist image lint fuzz fuzz-control fuzz-parsers docs site screenshots bench bench-flame bench-worlds bench-large stress soak lock clean venv venv-dev venv-fuzz venv-oldest venv-docs

serve: venv
	@exec $(RUN) -m mockserver serve --log-level info $(ARGS)

# As many workers as cores, but not dozens: each starts an interpreter.
test: venv-dev
	$(DEV) -m pytest -m "not extensive" --numprocesses auto --maxprocesses 8 $(ARGS)

# What is slow and rarely tells anything new: clients from their registries, thousands of generated bodies, stress,
# browsers, installations.
test-all: venv-dev
	$(DEV) -m pytest -m extensive --numprocesses auto --maxprocesses 8 $(ARGS)

# A part of the tests, with the oldest versions of all dependencies that the package admits.
test-oldest: venv-oldest
	.venv-oldest/bin/python -m pytest --numprocesses auto --maxprocesses 8 -m "not extensive" $(OLDEST) $(ARGS)

# Wheel and sdist, built offline with the locked backend, and checked as an index would check them.
dist: venv-dev
	rm -rf dist
	$(DEV) -m build --no-isolation --outdir dist .
	$(DEV) -m twine check --strict dist/*
	$(DEV) -m check_wheel_contents dist/*.whl

image:
	@command -v docker >/dev/null || { echo "make image needs docker (https://docs.docker.com/get-docker)" >&2; exit 1; }
	docker build --tag infisical-mock .

lint: venv-dev
	$(DEV) -m ruff check .
	$(DEV) -m ruff format --check .
	$(DEV) -m mypy
	$(DEV) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(DEV) requirements/audit.py requirements/run.txt requirements/dev.txt requirements/fuzz.txt requirements/docs.txt

fuzz: venv-dev
	$(DEV) tests/fuzz/run.py --max-examples $(EXAMPLES) $(ARGS)

fuzz-control: venv-dev
	$(DEV) tests/fuzz/run.py control $(ARGS)

fuzz-parsers: venv-fuzz
	$(FUZZ) -m tests.fuzz_parsers.run $(ARGS)

docs: venv-dev
	$(DEV) -m docs.render

# The pictures of docs/how-to/inspector.md; they need a Chromium.
screenshots: venv-dev
	$(DEV) -m docs.screenshots $(ARGS)

bench: venv-dev
	$(DEV) -m bench.run $(ARGS)

bench-flame: venv-dev
	$(DEV) -m bench.flame after $(ARGS)

bench-worlds: venv-dev
	$(DEV) -m bench.worlds $(ARGS)

# A quarter of an hour, and 4 GB of memory for a million identities.
bench-large: venv-dev
	$(DEV) -m bench.growth
	$(DEV) -m bench.holds $(ARGS)

# Ten minutes; ARGS="--seconds 60" for a shorter look.
stress: venv-dev
	$(DEV) -m tests.stress.run $(ARGS)

# An hour.
soak: venv-dev
	$(DEV) -m tests.stress.run --seconds 3600 $(ARGS)

# The users' environment holds no test tools: what they run is what the package declares.
venv:
	@$(INSTALL) .venv requirements/run.txt infisical-mock mockserver

venv-dev:
	@$(INSTALL) .venv-dev requirements/dev.txt

# The documentation, built into site/. It loads nothing from another host; a broken link fails the build.
site: venv-docs
	NO_MKDOCS_2_WARNING=1 $(SITE) -m mkdocs build --strict $(ARGS)

venv-docs:
	@$(INSTALL) .venv-docs requirements/docs.txt

venv-fuzz:
	@$(INSTALL) .venv-fuzz requirements/fuzz.txt

venv-oldest:
	@$(INSTALL) .venv-oldest requirements/oldest.txt

# --universal: one lock for every platform and interpreter. The development lock agrees with the run-time one.
lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv (https://docs.astral.sh/uv), or its path: make lock UV=/path/to/uv" >&2; exit 1; }
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra all pyproject.toml -o requirements/run.txt
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --group build -o requirements/build.txt
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --group dev --extra all pyproject.toml -c requirements/run.txt -c requirements/build.txt -o requirements/dev.txt
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --group fuzz pyproject.toml -c requirements/run.txt -o requirements/fuzz.txt
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --group docs -c requirements/dev.txt -o requirements/docs.txt
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --resolution lowest-direct --group oldest pyproject.toml -o requirements/oldest.txt

clean:
	rm -rf .venv .venv-dev .venv-fuzz .venv-oldest .venv-docs .fuzz .clients .bench .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis schemathesis-report build dist site
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
