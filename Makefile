# Figures of district poverty-reduction reports, from transcribed sheets to shared HTML reports.
# `make reports` and `make test` need git, make and Python 3.11 or newer; they set up the rest.

# ---- what can be overridden: make reports DISTRICTS=phong-tho BASELINE=2021 ENDLINE=2022
DISTRICTS =
LANGUAGES = vi en
BASELINE  = 2019
ENDLINE   = 2022
JOBS      =
ENGINE    = embedded
SCHEDULER =
DOCUMENTS =
SIZES     = 3 63 705
PYTHON   ?= python3

# ---- the environment: an active conda environment made from environment.yml, or .venv
ifeq ($(notdir $(CONDA_PREFIX)),district-reports)
ENVIRONMENT := $(CONDA_PREFIX)
BIN         := $(CONDA_PREFIX)/bin
else
ENVIRONMENT := .venv
BIN         := .venv/bin
endif
READY := $(ENVIRONMENT)/.district-reports-ready

PRESS = $(BIN)/python -m helpers.press \
	--districts "$(DISTRICTS)" --languages "$(LANGUAGES)" \
	--baseline "$(BASELINE)" --endline "$(ENDLINE)" --jobs "$(JOBS)" --engine "$(ENGINE)" \
	--scheduler "$(SCHEDULER)"

MAKEFLAGS += --no-builtin-rules
# The press runs in parallel by itself, and one at a time.
.NOTPARALLEL:
.SUFFIXES:
# A report stands or falls with the press: make would delete a good one where another fails.
.PRECIOUS: reports/%.html
.PHONY: help reports test trace verify sums bench lab lint lock clean clean-all setup FORCE

help: ## say what each target does
	@awk 'BEGIN {FS = ":.*## "} /^[a-z%./-]+:.*## / {printf "  %-28s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  overrides: DISTRICTS LANGUAGES BASELINE ENDLINE JOBS ENGINE SCHEDULER DOCUMENTS SIZES PYTHON"

reports: $(READY) ## build every report and reports/index.html
	@$(PRESS)

reports/%.html: $(READY) FORCE ## build one report, such as reports/phong-tho.vi.html
	@$(PRESS) $(if $(filter index,$*),,$@)

test: $(READY) ## run the tests
	@$(BIN)/python -m pytest

trace: $(READY) ## hold the sheets against the reports in DOCUMENTS=folder
	@$(BIN)/python -m helpers.trace "$(DOCUMENTS)"

verify: $(READY) ## build twice under other conditions; compare the bytes, and reports/SHA256SUMS
	@$(BIN)/python -m helpers.press.verify

sums: $(READY) ## verify, and write reports/SHA256SUMS anew
	@$(BIN)/python -m helpers.press.verify --write

bench: $(READY) ## measure the press against other ways (SIZES districts); write docs/benchmark.md
	@$(BIN)/python -m bench --sizes "$(SIZES)"

lab: $(READY) ## open the notebooks in JupyterLab
	@$(BIN)/jupyter lab --notebook-dir=notebooks

lint: $(READY) ## check the code with ruff
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

lock: ## bring requirements.lock up to pyproject.toml (needs uv)
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 \
		--extra dev pyproject.toml -o requirements.lock

setup: $(READY) ## set up the environment only

clean: ## remove what was built, keep the environment
	rm -rf build data/processed/*/ reports/*.html

clean-all: clean ## remove the environment too
	rm -rf .venv

# The lock is installed with its hashes; then the package itself, from this folder.
$(READY): requirements.lock pyproject.toml
ifeq ($(ENVIRONMENT),.venv)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "error: Python 3.11 or newer is needed; '$(PYTHON)' is not. Name another: make PYTHON=python3.12"; exit 1; }
	@echo "setting up .venv from requirements.lock (a minute or two, once)"
	@$(PYTHON) -m venv --clear .venv || { \
		echo "error: Python cannot make an environment; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
endif
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

FORCE:
