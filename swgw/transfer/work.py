"""The jobs of transfer learning in a study, and where each leaves what it found."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from swgw.basin.folder import Basin
from swgw.inputs.panel import usable_wells
from swgw.storage.results import ENGINE, SECONDS, Result
from swgw.transfer import hunger, make, variants
from swgw.transfer.monthly import ENCODER_LENGTH, make_samples, monthly_basin, with_means
from swgw.transfer.plan import Plan, plan_of

LEAST_WELLS = 3
MAKERS: dict[str, Callable] = {
    "references": make.make_references,
    "IT-LSTM": make.make_individual,
    "TL-LSTM": make.make_transferred,
    "TL-LSTM, well left out": make.make_left_out,
    "SVR": make.make_support_vectors,
    "random forest": make.make_forests,
    "variants": variants.make_variants,
    "data hunger": hunger.make_hunger,
}
COSTS = {"IT-LSTM": 8.0, "TL-LSTM, well left out": 8.0, "variants": 6.0, "data hunger": 6.0}
"""Against the other competitors, which cost 1."""

COST = 100.0
"""Of one well and one trial, in windows presented to a recurrent network."""


SOURCES = ("monthly", "lstm", "learn", "plan", "networks", "make")
OWN_SOURCES = {
    "references": ("classical",),
    "SVR": ("classical",),
    "random forest": ("classical",),
    "variants": ("variants",),
    "data hunger": ("hunger", "variants", "classical"),
}
"""Modules that the numbers of every competitor depend on, and those of some alone."""


@lru_cache(maxsize=8)
def lack_of(study) -> str:
    """Say in words why a study has no transfer learning; empty where it has."""
    return lack(study.basin)


def lack(basin: Basin) -> str:
    """Say in words why a basin has no transfer learning; empty where it has."""
    if not len(basin.heads):
        return "no wells"
    prepared = monthly_basin(basin)
    wells = usable_wells(prepared)
    if len(wells) < LEAST_WELLS:
        return (
            f"{len(wells)} {'well' if len(wells) == 1 else 'wells'} with ten or more months of "
            f"heads in the training years, where a mean needs {LEAST_WELLS}"
        )
    found = set(make_samples(with_means(prepared, {})).period)
    short = [name for name in ("train", "validation", "test") if name not in found]
    if short:
        return f"no month to forecast after {ENCODER_LENGTH} months of record in: {short[0]}"
    return ""


def transfer_results(study) -> dict[str, Result]:
    """List the competitors of a study; empty where :func:`lack_of` gives a reason."""
    plan, wells = plan_of(study.profile), len(study.basin.wells)
    if lack_of(study):
        return {}
    names = [name for name in MAKERS if name != "data hunger" or plan.years]
    return {name: _result(study, name, plan, wells) for name in names}


def _result(study, name: str, plan: Plan, wells: int) -> Result:
    modules = SOURCES + OWN_SOURCES.get(name, ())
    return Result(
        study.folder / "runs",
        "transfer_" + name.replace(",", "").replace(" ", "-"),
        carry_out,
        (name, study.basin, plan, study.clusters),
        {"competitor": name} | vars(plan),
        study.basin.digest,
        (*ENGINE, *(f"transfer/{module}.py" for module in modules)),
        f"transfer, {name}",
        "transfer",
        COST * wells * plan.trials * COSTS.get(name, 1.0),
    )


def carry_out(
    name: str, basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path
) -> None:
    """Make one competitor; perhaps in a process of its own."""
    (folder / SECONDS).unlink(missing_ok=True)  # an attempt that was killed is no development
    MAKERS[name](basin, plan, clusters, folder)
