# `make serve` runs the mock, `make test` the tests, `make lint` the checks of the code. They need Python 3.11+ and
# nothing else; the network only when the locked requirements have changed.
#
# Programs run as `python -m …`, and every path is relative: the checkout may have spaces in its path, and may move.

RUN := .venv/bin/python
DEV := .venv-dev/bin/python
FUZZ := .venv-fuzz/bin/python
INSTALL := sh requirements/install

# Arguments of the program behind a target: make serve ARGS="--port 0 --profile live"
ARGS ?=
# The interpreter to make environments with; found when it is not named.
PYTHON ?=
export PYTHON
UV ?= uv
EXAMPLES ?= 2000

.PHONY: serve test lint fuzz fuzz-control fuzz-parsers docs bench bench-flame bench-worlds stress lock clean venv venv-dev venv-fuzz

serve: venv
	@exec $(RUN) -m mockserver serve --log-level info $(ARGS)

# As many workers as cores, but not dozens: each starts an interpreter.
test: venv-dev
	$(DEV) -m pytest --numprocesses auto --maxprocesses 8 $(ARGS)

lint: venv-dev
	$(DEV) -m ruff check .
	$(DEV) -m ruff format --check .
	$(DEV) -m mypy
	$(DEV) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(DEV) requirements/audit.py requirements/run.txt requirements/dev.txt requirements/fuzz.txt

fuzz: venv-dev
	$(DEV) tests/fuzz/run.py --max-examples $(EXAMPLES) $(ARGS)

fuzz-control: venv-dev
	$(DEV) tests/fuzz/run.py control $(ARGS)

fuzz-parsers: venv-fuzz
	$(FUZZ) -m tests.fuzz_parsers.run $(ARGS)

docs: venv-dev
	$(DEV) -m docs.render

bench: venv-dev
	$(DEV) -m bench.run $(ARGS)

bench-flame: venv-dev
	$(DEV) -m bench.flame after $(ARGS)

bench-worlds: venv-dev
	$(DEV) -m bench.worlds $(ARGS)

# Ten minutes; ARGS="--seconds 60" for a shorter look.
stress: venv-dev
	$(DEV) -m tests.stress.run $(ARGS)

# The users' environment holds no test tools: what they run is what the package declares.
venv:
	@$(INSTALL) .venv requirements/run.txt infisical-mock mockserver

venv-dev:
	@$(INSTALL) .venv-dev requirements/dev.txt

venv-fuzz:
	@$(INSTALL) .venv-fuzz requirements/fuzz.txt

# --universal: one lock for every platform and interpreter. The development lock agrees with the run-time one.
lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv (https://docs.astral.sh/uv), or its path: make lock UV=/path/to/uv" >&2; exit 1; }
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 pyproject.toml -o requirements/run.txt
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --group build -o requirements/build.txt
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --group dev pyproject.toml -c requirements/run.txt -c requirements/build.txt -o requirements/dev.txt
	$(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 --group fuzz pyproject.toml -c requirements/run.txt -o requirements/fuzz.txt

clean:
	rm -rf .venv .venv-dev .venv-fuzz .fuzz .clients .bench .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis schemathesis-report build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
