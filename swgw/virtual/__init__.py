"""The virtual basin: a coupled simulation with a known truth, written as a basin folder."""

from swgw.virtual.parameters import Parameters, load_origin, parameters_table
from swgw.virtual.published import compare_published
from swgw.virtual.simulate import SEED, simulate, simulate_period
from swgw.virtual.truth import Truth, load_truth

__all__ = [
    "SEED",
    "Parameters",
    "Truth",
    "compare_published",
    "load_origin",
    "load_truth",
    "parameters_table",
    "simulate",
    "simulate_period",
]
