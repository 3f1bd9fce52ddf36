"""Which targets are reached or on schedule, however their status is called."""

import pandas as pd

REACHED = ("exceeded", "met", "achieved_early")  # statuses of a target that is reached
ON_SCHEDULE = ("achieved_early", "ahead", "on_track")  # those of one that is not due, and will be reached at this pace
ON_OR_AHEAD = "on_or_ahead"  # reason for no status of one that has one of these, by the range of its value


def list_reached(score: pd.DataFrame, before_due: bool) -> pd.Series:
    """Which targets are reached, or before their year on or ahead of schedule, whichever of the two a range leaves open."""
    if before_due:
        return score["status"].isin(ON_SCHEDULE) | (score["reason"] == ON_OR_AHEAD)
    return score["status"].isin(REACHED)


def is_before_due(score: pd.DataFrame) -> bool:
    """Are targets judged before their year, so that a count of those that are reached would mislead?"""
    return bool((score["due"] > score["year"]).any())
