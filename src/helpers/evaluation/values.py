"""Which indicators have a page of their own, in each place: headline indicators, and all with several values."""

import pandas as pd

from helpers.evaluation import history
from helpers.package.tables import Tables

LEAST = 2  # values, from which an indicator that is no headline indicator has a page


def list_indicators(package: Tables) -> dict[str, list[str]]:
    """Indicators that have a page, in their order, by the code of the region; all regions that have figures are keys.

    The plan's own region has one for each headline indicator; another region for those of which it has any value. Values
    are printed figures of any measure, derived and public ones that a page of the region shows.
    """
    headline = package.indicators["headline"].notna()
    frames = [package.figures, history.derived(package), package.external]
    values = pd.concat([frame[["indicator", "region"]] for frame in frames if len(frame)] or [package.figures])
    listed = {}
    for region in package.choices.covered:
        counts = package.seen_from(region, values)["indicator"].value_counts()
        counts = counts.reindex(package.indicators.index, fill_value=0)
        has_page = (counts >= LEAST) | (headline & ((counts > 0) | (region == package.plan.region)))
        listed[region] = [*package.indicators.index[has_page]]
    return listed
