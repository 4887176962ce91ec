"""The jobs of transfer learning in a study, and where each leaves what it found."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pandas as pd

from swgw.basin.folder import Basin
from swgw.inputs.panel import usable_wells
from swgw.storage.jobs import Job
from swgw.storage.results import RunFolder, key_of, source_digest
from swgw.storage.timing import SECONDS
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


def _source(name: str) -> str:
    modules = SOURCES + OWN_SOURCES.get(name, ())
    return source_digest(*(f"transfer/{module}.py" for module in modules))


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


def folders(study) -> dict[str, RunFolder]:
    """Where each competitor of a study is kept; empty where :func:`lack_of` gives a reason."""
    plan = plan_of(study.profile)
    if lack_of(study):
        return {}
    names = [name for name in MAKERS if name != "data hunger" or plan.years]
    return {name: RunFolder(_home(study, name, plan)) for name in names}


def _home(study, name: str, plan: Plan) -> Path:
    key = key_of(_settings(name, plan), study.basin.digest)
    label = name.replace(",", "").replace(" ", "-")
    return study.folder / "runs" / f"transfer_{label}_{key}"


def _settings(name: str, plan: Plan) -> dict:
    return {"competitor": name, "source": _source(name)} | vars(plan)


def transfer_jobs(study) -> list[Job]:
    """List the jobs of transfer learning of a study, finished or not."""
    plan, wells = plan_of(study.profile), len(study.basin.wells)
    jobs = []
    for name, folder in folders(study).items():
        cost = COST * wells * plan.trials * COSTS.get(name, 1.0)
        args = (name, study.basin, plan, study.clusters, folder)
        jobs.append(Job(f"transfer, {name}", folder, carry_out, args, cost, kind="transfer"))
    return jobs


def carry_out(
    name: str, basin: Basin, plan: Plan, clusters: pd.Series | None, folder: RunFolder
) -> None:
    """Make one competitor; perhaps in a process of its own."""
    folder.start(_settings(name, plan), basin.digest)
    (folder.path / SECONDS).unlink(missing_ok=True)  # an attempt that was killed is no development
    MAKERS[name](basin, plan, clusters, folder.path)
    folder.finish()
