# The only commands anyone needs. Bare `make` lists them.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
T ?=
K ?=
N ?= 10000
SEED ?= 1
ROWS ?= 1000000
PAIRS ?= 3
KILLS ?= 100

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help install demo docs pictures test lint types imports check coverage fuzz bench tables tables-check picture torture sandbox rehearse format build clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp makes the second time quick; changed dependencies make it old.
$(READY): setup.cfg pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	@touch $@

install: $(READY) ## Make .venv and install the program with its tools

demo: $(READY) ## Send the sample spreadsheet to a local stand-in: no account, no text leaves
	@mkdir -p build/demo
	$(BIN)/bulksms rehearse --yes --results build/demo/results.csv
	@echo 'Now the same in the browser: $(BIN)/bulksms web'

test: $(READY) ## Run the tests (T=tests/unit/loader K=word M=postgres to choose)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m '$(M)' $(if $(K),-k "$(K)") $(T)

lint: $(READY) ## Look for mistakes and for untidy layout
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(READY) ## Check the types
	$(BIN)/mypy

imports: $(READY) ## Check that imports point one way
	$(BIN)/lint-imports

check: lint types imports test ## All that CI runs

coverage: $(READY) ## Say which lines no test reaches; fail when they are too many
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 --dist worksteal -m ''
	$(BIN)/coverage combine
	$(BIN)/coverage report --show-missing --skip-covered

fuzz: $(READY) ## Spoil files of the corpus and read them (N=10000 SEED=1)
	$(BIN)/python -m tests.corpus.fuzz $(N) --seed $(SEED)

torture: $(READY) ## Kill it, break its line, fill its disk, and count who was texted twice (KILLS=1000: all)
	$(BIN)/python -m tests.torture --kills $(KILLS) --seed $(SEED)

tables: $(READY) ## Compile the number table from the installed phonenumbers
	$(BIN)/python -m tools.number_table bulksms/contacts/numbers/table.npz

tables-check: $(READY) ## Compare the whole number table with phonenumbers (half an hour)
	$(BIN)/python -m tests.numbers.agreement

picture: $(READY) ## Send 20,000 contacts to a sandbox and take pictures of the report (needs Chromium)
	$(BIN)/python -m tools.report_picture build/picture --docs

docs: $(READY) ## Make the generated parts of docs/reference, and the manual page
	$(BIN)/python -m tools.reference_pages

pictures: $(READY) ## Make the pictures of the page for its tutorial; needs Chromium
	$(BIN)/python -m tools.page_pictures

bench: $(READY) ## Measure us against the peers and the limits (ROWS=1000000 PAIRS=3)
	$(BIN)/python -m benchmarks --rows $(ROWS) --pairs $(PAIRS)

sandbox: $(READY) ## Start the local stand-in for the API and leave it running
	$(BIN)/bulksms sandbox

rehearse: $(READY) ## Like demo, as one would type it
	$(BIN)/bulksms rehearse

format: $(READY) ## Lay the code out
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

build: $(READY) ## Make the wheel, in dist/
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps -w dist .

clean: ## Remove .venv and all that was made; never a ledger
	rm -rf .venv build dist bulksms_octopush.egg-info .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage .coverage.*
	find bulksms tests sample_data benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
