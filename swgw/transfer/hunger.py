"""Data hunger: the same competitors where the target well has 1, 2, 4 or 8 years of record.

Everything about the target, its climatology and scales too, is then fitted on those years alone.
What a network was pre-trained on keeps its whole record and holds no value of the target.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from swgw.basin.folder import Basin, load_basin
from swgw.basin.prepare import Prepared
from swgw.inputs.panel import usable_wells
from swgw.storage.files import write_whole
from swgw.transfer.classical import references
from swgw.transfer.make import left_out, open_samples
from swgw.transfer.monthly import Samples, make_samples, monthly_basin, with_means
from swgw.transfer.plan import NETWORKS, Plan
from swgw.transfer.variants import score_wells

FAMILY = "virtual family"


def make_hunger(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """Write ``hunger.csv``: approach, years, well_id, lead_time, nse.

    Notes
    -----
    No tuning here: every network has the first of the settings that tuning tries.
    """
    from swgw.models.training import one_thread
    from swgw.transfer.networks import forecast, train_group

    prepared, seed, setting = monthly_basin(basin), plan.seeds[0], NETWORKS[0]
    with one_thread():
        origins = _origins(basin, plan, folder)
        found = []
        for years in plan.years:
            samples = make_samples(with_means(last_years(prepared, years), {}))
            wells = list(samples.series)
            rows = np.arange(len(wells))
            alone = [train_group(samples, wells, rows, setting, plan, seed)]
            heads = {"IT-LSTM": forecast(samples, wells, alone)}
            heads |= _fine_tuned(samples, wells, origins, plan)
            heads["damped persistence"] = references(samples, wells)["damped persistence"]
            for approach, values in heads.items():
                table = score_wells(samples, wells, values)
                found.append(table.assign(approach=approach, years=years))
    with write_whole(folder / "hunger.csv") as temporary:
        pd.concat(found).to_csv(temporary, index=False)


def _origins(basin: Basin, plan: Plan, folder: Path) -> dict:
    """Pre-trained networks by approach: the wells of each (empty for any), and the group."""
    from swgw.transfer.networks import train_group

    seed, setting = plan.seeds[0], NETWORKS[0]
    _, wells = open_samples(basin)
    means = left_out(wells)
    samples, _ = open_samples(basin, means)
    rows = np.arange(len(wells))
    own = train_group(samples, list(means), rows, setting, plan, seed)
    found = {"TL-LSTM, other wells": (wells, own)}
    if plan.members:
        family = family_samples(basin, samples.variables, plan.members, folder)
        group = train_group(family, [FAMILY], np.arange(1), setting, plan, seed)
        found["TL-LSTM, virtual family"] = ([], group)
    return found


def _fine_tuned(samples: Samples, wells: Sequence[str], origins: dict, plan: Plan) -> dict:
    from swgw.transfer.networks import fine_tune, forecast

    found = {}
    for approach, (sources, group) in origins.items():
        origin = [sources.index(well) if sources else 0 for well in wells]
        tuned = fine_tune(samples, wells, [group], origin, plan)
        found[approach] = forecast(samples, wells, tuned)
    return found


def last_years(prepared: Prepared, years: int) -> Prepared:
    """Hide the heads of all but the last years before the validation period."""
    start = prepared.basin.settings.train.end - pd.DateOffset(years=years)
    heads = prepared.heads.copy()
    heads[prepared.time <= start] = np.nan
    return replace(prepared, heads=heads)


def family_samples(basin: Basin, variables: Sequence[str], members: int, folder: Path) -> Samples:
    """Windows of the mean of the wells of virtual basins, one after another as one series.

    Parameters
    ----------
    basin : Basin
        The target: lead times and the weather ahead are as it has them.
    variables : sequence of str
        Its inputs; one that the virtual basins lack is zero there, its mean.
    members : int
        How many basins, each with other parameters and another seed.
    folder : Path
        Holds the basins while they are read.
    """
    parts = [_member(basin, variables, member, folder) for member in range(1, members + 1)]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts], axis=1)
        for name in ("x", "y", "base", "unit", "observed", "last", "climatology")
    }
    flat = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("period", "issue_time", "valid_time")
    }
    return Samples((FAMILY,), tuple(variables), **joined, **flat)


def _member(basin: Basin, variables: Sequence[str], member: int, folder: Path) -> Samples:
    """Simulate one virtual basin and cut the mean of its wells into windows."""
    from swgw.virtual import simulate

    with TemporaryDirectory(dir=folder, prefix=".member") as home:
        drawn = load_basin(simulate(Path(home), 1000 + member, draw_parameters(member)))
    settings = replace(drawn.settings, future_forcing=basin.settings.future_forcing)
    prepared = monthly_basin(replace(drawn, settings=settings))
    samples = make_samples(with_means(prepared, {FAMILY: usable_wells(prepared)}))
    row = samples.rows([FAMILY])
    x = np.zeros((1, *samples.x.shape[1:3], len(variables)), np.float32)
    for i, name in enumerate(variables):
        if name in samples.variables:
            x[..., i] = samples.x[row][..., samples.variables.index(name)]
    arrays = ("y", "base", "unit", "observed", "last", "climatology")
    own = {name: getattr(samples, name)[row] for name in arrays}
    return replace(samples, series=(FAMILY,), variables=tuple(variables), x=x, **own)


def draw_parameters(member: int):
    """Draw the simulator's parameters anew: those of aquifer, river and water use.

    Each goes a third of the way, at most, from the calibrated value to an end of its plausible
    range, so that the river neither dries up nor floods the plain.
    """
    from dataclasses import fields

    from swgw.virtual import Parameters

    rng, calibrated = np.random.default_rng([7, member]), Parameters()

    def drawn(part):
        values = {}
        for item in fields(part):
            value, share = getattr(part, item.name), rng.uniform(-1 / 3, 1 / 3)
            end = item.metadata["high"] if share > 0 else item.metadata["low"]
            values[item.name] = value + abs(share) * (end - value)
        return replace(part, **values)

    return replace(
        calibrated,
        aquifer=drawn(calibrated.aquifer),
        river=drawn(calibrated.river),
        water_use=drawn(calibrated.water_use),
    )
