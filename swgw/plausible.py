"""Checks of values against each other: swapped coordinates, and centimetres among metres."""

import pandas as pd

from swgw.errors import Problem

FAR = 5000.0  # km from the middle of a basin; none is that wide
HUNDREDFOLD = (40.0, 250.0)  # ratios that a factor of 100 between two varying levels gives


def check_coordinates(
    wells: pd.DataFrame | None, gauges: pd.DataFrame | None, problems: list[Problem]
) -> None:
    """Report places far from all others, saying so where swapping would bring them near."""


def check_heads(
    heads: pd.DataFrame | None, wells: pd.DataFrame | None, problems: list[Problem]
) -> None:
    """Report heads or depths that look like centimetres."""


def check_stage(surface_water: pd.DataFrame | None, problems: list[Problem]) -> None:
    """Report stages that jump a hundredfold within a series."""
