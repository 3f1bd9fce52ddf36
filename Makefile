# Everything runs in .venv, which is made from requirements.lock; nothing else is needed but Python 3.11+, git and make. A run needs
# the first part of the lock; what only the extras need is installed by the targets that use it.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
EXTRAS := .venv/.extras
# A file of tests stays in one process, with what its tests share; the order is that of LONGEST in tests/conftest.py.
PYTEST := $(BIN)/pytest --numprocesses auto --dist loadscope --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Python compiles what is imported, when it is first imported; to compile all that is installed takes longer than to install it.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip install --quiet --no-compile
LOCKED := --require-hashes --requirement
# uv takes a fifth of the time of pip, which takes over where uv fails. uv does not read in pip's settings which index to use.
UV := $(shell command -v uv || echo $(BIN)/uv)
INDEX := $$($(BIN)/python -m pip config list | sed -n "s/.*[.]index-url='\(.*\)'/\1/p" | head -n 1)
install = UV_DEFAULT_INDEX=$${UV_DEFAULT_INDEX:-$(INDEX)} $(UV) pip install --quiet --python $(BIN)/python $(LOCKED) $(1) || \
  $(PIP) $(LOCKED) $(1)

.DEFAULT_GOAL := help
.PHONY: help report test check lab examples look references bench bench-audit fuzz extras lint format lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

report: $(READY) ## run every notebook for every year and language, and make the pages in reports/
	$(BIN)/evaluate run

test: $(EXTRAS) ## pass all tests, and execute every committed notebook again; fails if either does
	status=0; $(PYTEST) || status=$$?; \
	$(PYTEST) --nbval notebooks tests/references --nbval-kernel-name evaluation-warm --quiet || status=$$?; \
	exit $$status

check: $(EXTRAS) lint ## check style, and pass the tests that need no kernel, browser, cluster or whole package
	$(PYTEST) --quiet -m "not kernel and not browser and not cluster and not whole"

lab: $(READY) ## open the notebooks in JupyterLab
	$(BIN)/jupyter trust notebooks/*.ipynb
	$(BIN)/jupyter lab --notebook-dir notebooks

examples: $(READY) ## make the pages of the plan in examples/, in reports/national-13th-plan
	$(BIN)/evaluate run --data examples/national-13th-plan --years 2018,2020 --out reports/national-13th-plan

look: $(EXTRAS) report ## make pictures of the pages on desktop, phone and paper, and a contact sheet, in reports/look
	$(BIN)/python tools/look.py

references: $(READY) ## renew the committed outputs after an intended change
	$(BIN)/evaluate references

bench: $(EXTRAS) ## measure the batch beside what people use today
	$(BIN)/python benchmarks/batch.py
	$(BIN)/python benchmarks/pictures.py

bench-audit: $(READY) ## measure which transcription errors the audit finds
	$(BIN)/python benchmarks/audit.py

extras: $(EXTRAS) ## install what tests, clusters and addresses need, too

fuzz: $(EXTRAS) ## damage 2,000 inputs of five kinds, and see that nothing gets through; FUZZ="--seed 2" makes others
	$(BIN)/python tools/fuzz.py $(FUZZ)

lint: $(EXTRAS) ## check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: $(EXTRAS) ## mend style and format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: $(EXTRAS) ## resolve the dependencies of pyproject.toml again, into requirements.lock and environment.yml
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --all-extras --python-version 3.11 \
	  --no-header --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml
	$(BIN)/python tools/environment.py

clean: ## remove the environment and the pages
	rm -rf .venv reports

# The editable install names its folder by an absolute path, which has other characters in a locale of another encoding; the relative
# path goes first. What installs takes the name of a folder for UTF-8, whatever the locale: in GBK, uv would install into another one.
$(READY) $(EXTRAS): export LC_ALL = C.UTF-8
$(READY): requirements.lock pyproject.toml src/helpers/kernels/kernel.json
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; call make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > .venv/uv.txt
	sed '/^# Only the extras need the rest/,$$d' requirements.lock > .venv/ready.txt
	test -x $(UV) || $(PIP) --only-binary :all: $(LOCKED) .venv/uv.txt || true
	$(call install,.venv/ready.txt)
	$(PIP) --no-deps --no-build-isolation --editable .
	echo ../../../../src > $$(echo .venv/lib/python3*/site-packages)/_checkout.pth
	touch $@

$(EXTRAS): $(READY)
	$(call install,requirements.lock)
	touch $@
