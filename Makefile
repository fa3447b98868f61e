# make app   install into .venv and open the app on localhost
# make test  install into .venv what the tests need, then check style and run every test
# A stamp file in .venv remembers each install, so a second run starts at once.

PYTHON ?= python3
BIN := .venv/bin

.PHONY: app test clean

app: .venv/installed
	$(BIN)/streamlit run app.py

test: .venv/installed-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest tests

.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -r requirements.txt
	touch $@

.venv/installed-tests: .venv/installed tests/requirements.txt
	$(BIN)/python -m pip install --quiet -r tests/requirements.txt
	touch $@

clean:
	rm -rf .venv
