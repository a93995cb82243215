# Every target sets up what it needs in .venv, once; PYTHON chooses the interpreter it is made with.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test coverage check lint notebooks bench site clean

demo: .venv/demo
	$(BIN)/micrograd demo
	$(BIN)/micrograd digits --epochs 10
	@echo "$$NEXT"

define NEXT

What to open next:
  out/boundary.png    where the network divides the plane between the moons
  out/network.html    that network as a graph: click on a layer, and it opens
  out/mistakes.png    the digits that the other network has misread
  notebooks/          the course: start with 1-the-engine.ipynb
  $(BIN)/micrograd practice
                      predict a backward pass; the usual mistakes are recognised
  make site           the playground, the course and the reference as web pages
endef
export NEXT

# The quick test, with the engine that is installed; FULL_TEST=1 runs all of it, with each.
PYTEST := $(BIN)/python -m pytest --numprocesses auto --dist worksteal

test: lint
ifdef FULL_TEST
	MICROGRAD_ENGINE=native $(PYTEST)
	MICROGRAD_ENGINE=python $(PYTEST)
else
	$(PYTEST)
endif

# How much of the package the full test reaches. Python is two and a half times as slow while it is watched.
coverage: .venv/test
	FULL_TEST=1 MICROGRAD_ENGINE=python $(PYTEST) --cov

# For every save: style, types, and the engine's tests.
check: lint
	$(BIN)/python -m pytest --quiet tests/test_engine.py tests/test_ops.py tests/test_functions.py tests/test_architecture.py

lint: .venv/test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

notebooks: .venv/test
	$(BIN)/python -m notebooks.run --write

# The site, as plain files for any static host: to look at it, `python3 -m http.server -d out/site`.
site: .venv/site
	$(BIN)/python -m docs.build

# PyTorch takes part where it is installed: its package for Linux brings gigabytes for a GPU that is not used.
bench: .venv/bench .venv/peers/original
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv out build docs/node_modules *.egg-info .*_cache .coverage micrograd/compiler/*/*.so micrograd/_core/native/*.so

.venv/python:
	$(PYTHON) -m venv .venv
	touch $@

# The package with its extensions in C is built once; an extra adds the packages that it names.
SOURCES := $(wildcard micrograd/_core/native/_*.[ch] micrograd/compiler/*/_*.[ch] micrograd/compiler/*/native/_*.[ch])

.venv/package: .venv/python pyproject.toml $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/%: .venv/package
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'micrograd-lab[$*]'
	touch $@

# What `bench` compares with, apart: the original has our name.
.venv/peers/original: .venv/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target $@ --no-deps micrograd==0.1.0
	touch $@

.PRECIOUS: .venv/demo .venv/test .venv/bench .venv/site
