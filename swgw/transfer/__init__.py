"""Transfer learning from the mean of the wells to each of them, and what it stands beside.

TL-LSTM is the second source of the book: monthly heads, one month ahead, one network pre-trained
on the mean of the wells and fine-tuned for each. Nothing here needs torch before a competitor is
trained.

Here are its jobs in a study, and what they leave behind for pages.
"""

from typing import NamedTuple

import pandas as pd
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.basin.settings import PERIODS
from swgw.inputs.panel import usable_wells
from swgw.storage.files import read_dataset
from swgw.storage.results import Result, read_seconds
from swgw.transfer import monthly as plans
from swgw.transfer.monthly import APPROACHES, DEVELOPMENT, MEAN, monthly_windows, plan_of

# Wells of a mean, and months of a well in each period after those of the first window.
FEWEST = 3

VARIANTS = "variants"
# Half a minute of work each: a model for every well or many means. TL-LSTM trains one network.
LONG = "IT-LSTM", plans.LEFT_OUT, "random forest", VARIANTS


class TransferResults(NamedTuple):
    """Forecasts one month ahead of every approach in the test period, and what they took.

    Attributes
    ----------
    heads : DataFrame (time, well)
        Monthly heads of the whole record [m]; NaN where nothing is observed.
    obs : DataFrame (time, well)
        The same in the test period.
    sims : DataFrame (time; model, seed, well)
        Forecasts [m] in the form of ``study.concatenated("head")``.
    seconds : Series (model,)
        Processor seconds to develop one model of every well.
    variants : DataFrame
        NSE of variants of TL-LSTM with the first seed: well_id, nse, variant ("frozen layers",
        "wells in the mean", "mean of the cluster"), value (a number), sample (of wells).
    windows : Dataset
        Of the wells and their mean; see :func:`swgw.transfer.monthly.monthly_windows`.
    """

    heads: pd.DataFrame
    obs: pd.DataFrame
    sims: pd.DataFrame
    seconds: pd.Series
    variants: pd.DataFrame
    windows: xr.Dataset


def transfer_results(study) -> TransferResults:
    """Open the transfer learning of a study (second source: TL-LSTM, Rahman et al., 2025).

    Parameters
    ----------
    study : Study
        Of a basin for which :func:`lack_of_transfer` gives no reason.
    """
    folders = {name: result.path for name, result in transfer_work(study).items()}
    sims = {}
    for name in APPROACHES:
        month = read_dataset(folders[name] / "hindcast.nc").isel(lead_time=0)
        month = month.set_index(issue_time="valid_time").rename(issue_time="time")
        sim = month["forecast"].stack(column=("seed", "well"))  # noqa: PD013
        sims[name] = sim.transpose("time", ...).to_pandas()
    prepared = plans.monthly(study.basin)
    wells = usable_wells(prepared)
    return TransferResults(
        prepared.heads[wells],
        month["observed"].to_pandas().T,
        pd.concat(sims, axis=1, names=["model"]),
        pd.Series({name: read_seconds(folders[name])[DEVELOPMENT][1] for name in APPROACHES}),
        pd.read_csv(folders[VARIANTS] / "variants.csv", dtype={"well_id": str}),
        monthly_windows(prepared, {MEAN: wells}),
    )


def lack_of_transfer(prepared: Prepared) -> str:
    """Say why a basin has no transfer learning; empty where it has.

    Returns
    -------
    str
        Completes the sentence "This basin has …".
    """
    months = plans.monthly(prepared.basin)
    first = months.basin.settings.encoder_length  # month with a whole window before it
    seen = months.heads[usable_wells(months)].notna()[first:]
    counts = [seen[months.inside(period)[first:]].sum() for period in PERIODS]
    if seen.shape[1] < FEWEST:
        return f"{seen.shape[1]} of {FEWEST} wells needed, with ten months of training data"
    if pd.concat(counts, axis=1).min(axis=1).max() < FEWEST:
        return f"no well with {FEWEST} months of heads in training, validation and test"
    return ""


def transfer_work(study) -> dict[str, Result]:
    """List the approaches and the variants, finished or not; empty where a basin lacks wells."""
    if lack_of_transfer(study.prepared):
        return {}
    plan = plan_of(study.profile)
    cost = 600.0 * len(study.basin.wells) * plan.trials  # in samples of a recurrent network
    rest = {"tables": "transfer/settings.yml", "kind": "transfer"}

    def result(name: str, function: str, *args) -> Result:
        folder, made = f"transfer_{name.replace(',', '').replace(' ', '-')}", {"approach": name}
        make = f"swgw.transfer.competitors:{function}"
        more = rest | {"label": f"transfer, {name}", "cost": cost if name in LONG else cost / 30}
        return study.kept(folder, make, args, made | vars(plan), **more)

    found = {name: result(name, "make_hindcast", name, study.basin, plan) for name in APPROACHES}
    variants = result(VARIANTS, "make_variants", study.basin, plan, study.clusters)
    return found | {VARIANTS: variants}
