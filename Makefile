# make app   install into .venv and open the app on localhost
# make test  install into .venv what the tests need, then check the style and the types and run every test
#            (style and types of the scripts too, where node and npm are here; the app needs neither)
# make quick install the same, then check the style and run the tests that take little: no browser, no whole page,
#            no learning; tests/conftest.py says which are left out
# make docs  build the documentation as a site, in site/
# make wheel build the wheel, install it elsewhere and try it there
# A stamp file remembers each install, so a second run starts at once.

PYTHON ?= python3
BIN := .venv/bin
SCRIPTS := tests/js/node_modules

# Files run side by side, each process on one thread; those with a browser stay together.
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist loadgroup --no-loadscope-reorder

.PHONY: app test quick docs wheel scripts check-scripts clean

app: .venv/installed
	$(BIN)/streamlit run app.py

test: .venv/installed-tests scripts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests $(SIDE_BY_SIDE)

quick: .venv/installed-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests $(SIDE_BY_SIDE) -m "not slow"

docs: .venv/installed-tests
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

wheel: .venv/installed-tests
	$(BIN)/python tests/check_wheel.py

scripts:
	@if command -v node >/dev/null && command -v npm >/dev/null; \
	then $(MAKE) --no-print-directory check-scripts; \
	else echo "NOT checked: style and types of the scripts. node and npm are not on the path."; fi

check-scripts: $(SCRIPTS)/installed
	$(SCRIPTS)/.bin/eslint --config tests/js/eslint.config.js --max-warnings 0 sqexplain/ui tests/js
	$(SCRIPTS)/.bin/prettier --print-width 120 --log-level warn --check "sqexplain/ui/**/*.js" "tests/js/*.js"
	$(SCRIPTS)/.bin/tsc --project tests/js

$(SCRIPTS)/installed: tests/js/package.json
	npm --prefix tests/js install --no-package-lock --no-audit --no-fund --loglevel=error
	touch $@

.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

# librosa compiles on first use; processes that did so side by side would spoil each other's cache
.venv/installed-tests: .venv/installed pyproject.toml
	$(BIN)/python -m pip install --quiet -c requirements.txt -e ".[dev]"
	$(BIN)/python -c "import librosa, numpy, sqexplain.media as media; librosa.pyin; librosa.zero_crossings; \
	media.onsets(numpy.zeros(16000), 25); media.resample(numpy.zeros(99), 8000)"
	touch $@

clean:
	rm -rf .venv $(SCRIPTS)
