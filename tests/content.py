"""What the project's own data package contains: the one file of the tests to change when a year is added to `data/`.

Each constant says when to change it. `tests/test_content.py` compares them with the package; a failure names the constant and what
the package has. All other tests take what they expect from here, from the package, or from `report`, the part of the package that
the mid-term report printed, which a later year does not change.
"""

# --- change these when rows are added to data/ --------------------------------------------------------------------

# Years with figures that are no targets. Adding a year: add it at the end.
YEARS = [2016, 2017, 2018]

# --- change these only if the plan or the notebooks change --------------------------------------------------------

# Notebooks that are executed once a year, and those that cover all years. Change them with a notebook of `notebooks/`.
YEARLY_NOTEBOOKS, OTHER_NOTEBOOKS = 6, 2

# Languages of every page. Change it with a language.
LANGUAGES = ("zh", "en")

# --- follow from those above; never to be changed -----------------------------------------------------------------

LATEST_YEAR = YEARS[-1]
RUNS_A_YEAR = YEARLY_NOTEBOOKS * len(LANGUAGES)
RUNS_OF_NO_YEAR = OTHER_NOTEBOOKS * len(LANGUAGES)
RUNS = RUNS_A_YEAR * len(YEARS) + RUNS_OF_NO_YEAR
YEARS_IN_WORDS = ", ".join(map(str, YEARS))

# --- the mid-term report, as it was printed; a new year never changes these ---------------------------------------

# Years that the report has figures of, and its last one.
REPORT_YEARS = [2016, 2017, 2018]
REPORT_LAST_YEAR = REPORT_YEARS[-1]
