# Everything runs in .venv, which is made from requirements.lock; nothing else is needed but Python 3.11+, git and make.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
# A file of tests stays in one process, with what its tests share; the order is that of LONGEST in tests/conftest.py.
PYTEST := $(BIN)/pytest --numprocesses logical --dist loadscope --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help report test check lab look references bench bench-audit lint format lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

report: $(READY) ## run every notebook for every year and language, and make the pages in reports/
	$(BIN)/evaluate run

test: $(READY) ## pass all tests, and execute every committed notebook again; fails if either does
	status=0; $(PYTEST) || status=$$?; \
	$(PYTEST) --nbval notebooks tests/references --nbval-kernel-name evaluation-warm --quiet || status=$$?; \
	exit $$status

check: $(READY) lint ## check style, and pass the tests that need no kernel, browser or cluster
	$(PYTEST) --quiet -m "not kernel and not browser and not cluster"

lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/jupyter trust notebooks/*.ipynb
	$(BIN)/jupyter lab --notebook-dir notebooks

look: report ## make pictures of the pages on desktop, phone and paper, and a contact sheet, in reports/look
	$(BIN)/python tools/look.py

references: $(READY) ## renew the committed outputs after an intended change
	$(BIN)/evaluate references

bench: $(READY) ## measure the batch beside what people use today
	$(BIN)/python benchmarks/batch.py
	$(BIN)/python benchmarks/pictures.py

bench-audit: $(READY) ## measure which transcription errors the audit finds
	$(BIN)/python benchmarks/audit.py

lint: $(READY) ## check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(READY) ## mend style and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(READY) ## resolve the dependencies of pyproject.toml again, into requirements.lock and environment.yml
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --all-extras --python-version 3.11 \
	  --no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml
	$(BIN)/python tools/environment.py

clean: ## remove the environment and the pages
	rm -rf .venv reports

$(READY): requirements.lock pyproject.toml src/helpers/kernels/kernel.json
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; call make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
