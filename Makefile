# Every recipe works from a fresh clone; `make setup` and `make setup-dev` do nothing the second time.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTEST_ARGS ?=
# Two at a time, each with servers of its own; a file's tests stay together, as some share what took minutes, and come in
# the order in which they were collected: those that take longest first (tests/conftest.py).
PYTEST = $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

VENV := .venv
BIN := $(VENV)/bin
# Settings load, and nothing connects.
NO_SERVERS := SECRET_KEY=none DATABASE_URL=postgres://none@/none REDIS_URL=redis://none
# What `check --deploy` is asked about: a deployment with https behind a proxy, and no variable of this shell.
DEPLOYED := env -i PATH="$$PATH" HOME="$$HOME" DATABASE_URL=postgres://none@/none REDIS_URL=redis://none \
	PUBLIC_URL=https://news.example BEHIND_PROXY=1 \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(48))')"

.PHONY: help setup setup-dev run demo test endurance lint types check lock messages

help:
	@echo "make run      start everything and print the address (PORT=$(PORT), HOST=$(HOST))"
	@echo "make demo     the same, with the invented news world loaded"
	@echo "make test     run the tests;  make endurance, make lint, make types, make check: what CI runs besides"
	@echo "make setup    the virtual environment alone;  make lock: pin the requirements anew"
	@echo "make messages collect the words of the pages for translators, and compile their work (needs gettext)"

setup: $(VENV)/.setup

setup-dev: $(VENV)/.setup-dev

$(BIN)/uv: requirements-dev.txt
	@python=; for name in python3 python3.11 python3.12 python3.13; do \
		if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "Firsthand needs Python 3.11 or later; here is $$(python3 --version 2>&1 | head -n 1)." >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$($$python --version)"; \
	$$python -m venv $(VENV)
	@awk '/^uv==/ { on = 1 } on { print } on && !/\\$$/ { exit }' requirements-dev.txt > $(VENV)/uv.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@touch $@

# uv is ten times as fast as pip here; it is told of pip's index, trusts what the system trusts, and pip is the way round.
define install
	@index="$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}"; \
	[ -z "$$index" ] || export UV_DEFAULT_INDEX="$$index"; \
	[ -z "$$PIP_CERT" ] || export SSL_CERT_FILE="$${SSL_CERT_FILE:-$$PIP_CERT}"; \
	$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes $(1) \
	|| $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes $(1)
endef

$(VENV)/.setup: requirements.txt | $(BIN)/uv
	@echo "Installing what Firsthand runs on"
	$(call install,-r requirements.txt)
	@touch $@

$(VENV)/.setup-dev: requirements-dev.txt $(VENV)/.setup
	@echo "Installing what its tests need"
	$(call install,-r requirements.txt -r requirements-dev.txt)
	@touch $@

run: setup
	@exec $(BIN)/python manage.py up --host $(HOST) --port $(PORT)

demo: setup
	@exec $(BIN)/python manage.py up --host $(HOST) --port $(PORT) --demo

test: setup-dev
	@if ! { command -v chromium || command -v chromium-browser || command -v google-chrome; } >/dev/null; then \
		echo "No Chromium on this machine: the browser tests need one."; [ -z "$$CI" ]; \
	fi
	@$(PYTEST) -m "not endurance" $(PYTEST_ARGS)

# Minutes each: races, kills, whole systems, the labelled sets.
endurance: setup-dev
	@$(PYTEST) -m endurance $(PYTEST_ARGS)

lint: setup-dev
	@echo "ruff: rules, then format"
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
	@echo "djlint: templates"
	@$(BIN)/djlint --lint --quiet templates
	@echo "import-linter: the layers"
	@$(BIN)/lint-imports

types: setup-dev
	@echo "mypy, strict"
	@$(NO_SERVERS) $(BIN)/mypy

check: setup-dev
	@echo "Migrations match the models"
	@$(NO_SERVERS) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@echo "A deployment's settings raise no warning"
	@$(DEPLOYED) $(BIN)/python manage.py check --deploy --fail-level WARNING

lock: setup-dev
	@echo "Pinning requirements.txt and requirements-dev.txt"
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --system-certs \
		requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --system-certs \
		requirements-dev.in -o requirements-dev.txt

# Only those who translate need gettext's programs; what they made is in the repository, compiled.
messages: setup-dev
	@echo "Collecting the words of the pages"
	@$(NO_SERVERS) $(BIN)/python -W ignore manage.py makemessages --all --no-wrap --add-location file --no-obsolete \
		--ignore var --ignore tests --ignore bench --ignore training --ignore 'stories/migrations/*'
	@$(NO_SERVERS) $(BIN)/python -W ignore manage.py compilemessages --ignore .venv --ignore var
