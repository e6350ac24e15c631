# make          the demo, from nothing to figures
# make test     all tests but those of deployment, which take long and want root
# make sanitize the compiled engine's tests, with its memory and arithmetic watched
# make test-deployment   runs on SLURM, in environments of their own, and killed at random moments
# make lint     what CI checks of the code's form         make format  put it into that form
# make clean    remove results, rendered data and .venv

PYTHON ?= python3
CORES ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: demo test sanitize test-deployment lint format clean
.DEFAULT_GOAL := demo

$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	@echo "Making $(VENV) with the packages of requirements/run.txt (a few minutes, about 2 GB)"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/test.stamp: requirements/test.txt $(VENV)/run.stamp
	$(PIP) -r requirements/test.txt
	touch $@

demo: $(VENV)/run.stamp
	$(BIN)/snakemake --cores $(CORES)
	$(BIN)/snakemake --cores $(CORES) --report results/demo/report.html
	@echo
	@echo "Done. Open results/demo/report.html (captions and figures), results/demo/explorer.html"
	@echo "(every model and neuron), results/demo/figures/ and results/demo/tables/."

# Whole runs of the workflow first, so that no core waits for one at the end.
test: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n $(CORES) --dist loadgroup --no-loadscope-reorder tests/workflow tests/unit

sanitize: $(VENV)/test.stamp
	PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/sanitize_native.sh

test-deployment: $(VENV)/test.stamp
	$(BIN)/python -m pytest tests/deployment -v

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile workflow
	$(BIN)/snakemake --lint

format: $(VENV)/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/snakefmt Snakefile workflow

clean:
	rm -rf results .snakemake data/demo data/sufr $(VENV)
