"""The virtual basin: a coupled simulation with a known truth, written as a basin folder."""

from swgw.virtual.origin import load_origin
from swgw.virtual.parameters import Parameters, parameters_table
from swgw.virtual.simulate import SEED, simulate
from swgw.virtual.truth import Truth, load_truth

__all__ = [
    "SEED",
    "Parameters",
    "Truth",
    "load_origin",
    "load_truth",
    "parameters_table",
    "simulate",
]
