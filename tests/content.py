"""What the project's own data package contains: the one file of the tests to change when a year is added to `data/`.

Each constant says when to change it. `tests/test_content.py` compares them with the package; a failure names the constant and what
the package has. All other tests take what they expect from here, from the package, or from `report`, the part of the package that
the mid-term report printed, which a later year does not change.
"""

# --- change these when rows are added to data/ --------------------------------------------------------------------

# Years with figures that are no targets. Adding a year: add it at the end.
YEARS = [2016, 2017, 2018]

# Figures and targets in data/figures.csv by the year in which their period ends, at last those without a period. Adding a year: add
# an entry with the number of its rows. Adding other rows: change the number of their year.
FIGURES = {2016: 1, 2017: 71, 2018: 65, None: 158}

# Places with figures, in the order of data/regions.csv. Adding the first figure of a place: add the place.
PLACES = ["330000", "330100", "330200", "330600", "hangzhou-west-corridor"]

# Findings of the audit by verdict (`evaluate audit` lists them). Adding a year: its figures are compared with those of other years
# and with public ones; read each new contradiction before you write the number.
FINDINGS = {"consistent": 130, "contradiction": 6, "label": 5, "scope": 29, "suspicious": 10}

# Statuses of the 22 headline indicators by year, as printed and read with errata. Adding a year: add an entry.
STATUSES_PRINTED = {
    2016: {"no_data": 22},
    2017: {"exceeded": 8, "met": 6, "missed": 1, "no_data": 7},
    2018: {"missed": 1, "no_data": 20, "undecided": 1},
}
STATUSES_CORRECTED = {
    2016: {"no_data": 22},
    2017: {"exceeded": 8, "met": 5, "missed": 2, "no_data": 7},
    2018: {"exceeded": 2, "no_data": 20},
}

# Indicators with a page of their own: those with a target, and those with two or more values. Adding a year: add those that get
# their second value.
INDICATOR_PAGES = 47

# --- change these only if the plan or the notebooks change --------------------------------------------------------

# Notebooks that are executed once a year, and those that cover all years; the one of an indicator counts by its pages. Change them with a notebook of `notebooks/`.
YEARLY_NOTEBOOKS, OTHER_NOTEBOOKS = 6, 2

# Languages of every page. Change it with a language.
LANGUAGES = ("zh", "en")

# --- follow from those above; never to be changed -----------------------------------------------------------------

LATEST_YEAR = YEARS[-1]
RUNS_A_YEAR = YEARLY_NOTEBOOKS * len(LANGUAGES)
RUNS_OF_NO_YEAR = OTHER_NOTEBOOKS * len(LANGUAGES)
RUNS_OF_INDICATORS = INDICATOR_PAGES * len(LANGUAGES)
RUNS_OF_NOTEBOOKS = RUNS_A_YEAR * len(YEARS) + RUNS_OF_NO_YEAR
RUNS = RUNS_OF_NOTEBOOKS + RUNS_OF_INDICATORS
YEARS_IN_WORDS = ", ".join(map(str, YEARS))

# --- the mid-term report, as it was printed; a new year never changes these ---------------------------------------

# Years that the report has figures of, and its last one.
REPORT_YEARS = [2016, 2017, 2018]
REPORT_LAST_YEAR = REPORT_YEARS[-1]

# Figures by the place where the report prints them: its summary (0), its table (T), its chapters.
REPORT_FIGURES = {"0": 2, "T": 52, "1": 39, "2": 76, "3": 77, "4": 18, "5": 31}

# Rows of its table of headline indicators, and how many of them have an actual value and a completion.
HEADLINES, COMPLETIONS = 22, 15
