# make portrait   a drawing becomes a portrait in a real Krita (SKETCH=file takes another drawing)
# make test       all tests, the real-Krita suite included
# make lint       ruff and mypy
# make guard      half a minute of measuring: fails when something got much slower
# make dist       the release: the plugin's zip for Krita, wheel and sdist of dfd_core, in dist/
# make manual     the pictures of the manual, taken in a real Krita, and krita_dfd/Manual.html from docs/manual
# Both set up what they need on the first run. PIP_ARGS goes to pip, for example
#   make portrait PIP_ARGS="--index-url https://my.mirror/simple"

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PIP_ARGS ?=
SKETCH ?=

.PHONY: portrait test unit lint guard setup dist manual clean

portrait: setup
	@$(RUN) tools/portrait_in_krita.py $(if $(SKETCH),--sketch "$(SKETCH)")

test: setup lint
	$(RUN) -m pytest

unit: $(VENV)/installed
	$(RUN) -m pytest tests/dfd_core tests/installer tests/krita_dfd tests/tools

lint: $(VENV)/installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

guard: $(VENV)/installed
	@$(RUN) -m dfd_core bench --guard

dist: $(VENV)/installed
	@$(RUN) tools/make_dist.py

setup: $(VENV)/installed
	@tools/setup_krita.sh

$(VENV)/installed: pyproject.toml requirements.txt tools/setup_python.sh
	@PYTHON="$(PYTHON)" PIP_ARGS="$(PIP_ARGS)" tools/setup_python.sh $(VENV)
	@touch $@

manual: setup
	@$(RUN) tools/make_manual.py

clean:
	rm -rf $(VENV) build dist
