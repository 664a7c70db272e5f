"""Medians, spreads and means of what was measured."""

import math
import statistics


def summary(values):
    """Median, quartile spread relative to it, least and most."""
    middle = statistics.median(values)
    spread = 0.0
    if len(values) > 1 and middle > 0:
        low, _, high = statistics.quantiles(values, n=4, method="inclusive")
        spread = (high - low) / middle
    return {"median": middle, "spread": spread, "min": min(values),
            "max": max(values), "values": values}


def geomean(values):
    values = [value for value in values if value > 0]
    if not values:
        return None
    return math.exp(sum(math.log(value) for value in values) / len(values))
