"""How far a model's readings may be trusted: beside shuffled inputs, over seeds, against the truth.

A reading says how much each driver matters at each well: the transformer's selection weights, its
permutation importance, or a correlation. On a virtual basin the truth says it too.
"""

import numpy as np
import pandas as pd
import xarray as xr
from scipy import stats

from swgw.attribution.groups import parts_of_past
from swgw.attribution.work import NEEDS, SHUFFLED
from swgw.scores.bootstrap import DRAWS, LEVEL, Interval
from swgw.scores.ranks import as_interval, drawn_ranks, rank_correlation


def needs(study) -> list[xr.Dataset]:
    """Read what each seed's network needs; see :func:`swgw.attribution.work.read_probe`."""
    return [study.probe(seed, NEEDS) for seed in study.profile.seeds]


def on_shuffled(study) -> list[xr.Dataset]:
    """Read the weights of each seed's twin that was trained on shuffled inputs."""
    return [study.probe(seed, SHUFFLED) for seed in study.profile.seeds]


def over_seeds(values: np.ndarray) -> Interval:
    """Mean over seeds with its 90 % interval by Student's t; without bounds for one seed.

    Parameters
    ----------
    values : array (seed,)

    Examples
    --------
    >>> print(over_seeds(np.array([1.0, 2.0, 3.0])))
    2.00 [0.31, 3.69]
    """
    values = np.asarray(values, float)
    count = values.size
    if count < 2:
        return Interval(float(values.mean()), np.nan, np.nan, (count, 0))
    half = stats.t.ppf((1 + LEVEL) / 2, count - 1) * values.std(ddof=1) / np.sqrt(count)
    return Interval(float(values.mean()), values.mean() - half, values.mean() + half, (count, 0))


def selection_weights(study, kind: str) -> pd.DataFrame:
    """Give the mean selection weights as shares.

    Parameters
    ----------
    study : Study
    kind : str
        "encoder", "decoder" or "static".

    Returns
    -------
    DataFrame (variable, seed)
    """
    return _weights(needs(study), study.profile.seeds, kind)


def shuffled_weights(study, kind: str) -> pd.DataFrame:
    """Give the same of the networks trained on shuffled inputs: (variable, seed)."""
    return _weights(on_shuffled(study), study.profile.seeds, kind)


def _weights(read: list[xr.Dataset], seeds: tuple[int, ...], kind: str) -> pd.DataFrame:
    each = [one[kind].mean("series").to_series() for one in read]
    return pd.DataFrame(dict(zip(seeds, each, strict=True)))


def weight_contrast(study, kind: str, names: list[str]) -> Interval:
    """Mean selection weight of some inputs less that of the others, over seeds."""
    return over_seeds(_contrast(selection_weights(study, kind), names))


def _contrast(values: pd.DataFrame, names: list[str]) -> np.ndarray:
    mine = values.index.isin(names)
    return (values[mine].mean() - values[~mine].mean()).to_numpy()


def weight_table(study, kind: str) -> pd.DataFrame:
    """Set selection weights beside those of networks trained on shuffled inputs.

    Returns
    -------
    DataFrame (variable; value, low, high, null_low, null_high, null_most)
        Shares. low, high: 90 % interval over seeds (NaN for one). null_low, null_high, null_most:
        5 % and 95 % quantile and the largest of all inputs of this kind and seeds on shuffled
        inputs, where no input is worth more than another.
    """
    found = selection_weights(study, kind)
    chance = shuffled_weights(study, kind).to_numpy().ravel()
    rows = {}
    null = np.quantile(chance, [0.05, 0.95, 1]) if chance.size else np.full(3, np.nan)
    for variable, values in found.iterrows():
        each = over_seeds(values.to_numpy())
        rows[variable] = (each.value, each.low, each.high, *null)
    columns = ["value", "low", "high", "null_low", "null_high", "null_most"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def importance_table(study, target: str, kind: str = "rise_of_variable") -> pd.DataFrame:
    """Give the permutation importance of each input for a target, with intervals.

    Parameters
    ----------
    study : Study
    target : str
        "head" or "surface_water".
    kind : str
        "rise_of_variable", "rise_of_static", "rise_of_group" or "rise_in_season".

    Returns
    -------
    DataFrame (input; value, low, high)
        Rise of the loss as a share of it; the interval is over seeds × blocks of issue times.
    """
    rows = {}
    for name, drawn in _drawn_rises(study, target, kind).items():
        found = as_interval(drawn, (len(study.profile.seeds), 0))
        rows[name] = (found.value, found.low, found.high)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high"])


def importance_contrast(study, target: str, names: list[str]) -> Interval:
    """Mean permutation importance of some inputs less that of the others, seeds × blocks."""
    drawn = _drawn_rises(study, target, "rise_of_variable")
    mine = [values for name, values in drawn.items() if name in names]
    others = [values for name, values in drawn.items() if name not in names]
    gap = np.mean(mine, axis=0) - np.mean(others, axis=0)
    blocks = needs(study)[0].sizes["block"]
    return as_interval(gap, (len(study.profile.seeds), blocks))


def importance_of_seeds(study, target: str, kind: str = "rise_of_variable") -> pd.DataFrame:
    """Give the permutation importance of each input by seed: DataFrame (input, seed)."""
    columns = {}
    for seed, read in zip(study.profile.seeds, needs(study), strict=True):
        one = read.sel(target=target).sum(["series", "block"])
        columns[seed] = (one[kind] / one["loss"]).to_series()
    return pd.DataFrame(columns)


def weights_and_needs(study, target: str) -> Interval:
    """Rank correlation, over the encoder's inputs, of selection weight and permutation importance.

    The interval is over seeds × blocks of issue times.
    """
    rises = _drawn_rises(study, target, "rise_of_variable")
    weights = selection_weights(study, "encoder").loc[list(rises)].to_numpy()
    seeds, blocks = _draws(study)
    drawn = weights[:, seeds].mean(axis=-1).T  # (draw, input)
    found = rank_correlation(drawn, np.stack(list(rises.values()), axis=-1))
    return as_interval(found, (len(study.profile.seeds), blocks.shape[1]))


def _draws(study) -> tuple[np.ndarray, np.ndarray]:
    """Draw seeds (1 + draw, seed) and blocks (1 + draw, block), the first as they are."""
    rng = np.random.default_rng(0)
    found = []
    for count in (len(study.profile.seeds), needs(study)[0].sizes["block"]):
        drawn = rng.integers(0, count, (1 + DRAWS, count))
        drawn[0] = np.arange(count)
        found.append(drawn)
    return tuple(found)


def _drawn_rises(study, target: str, kind: str) -> dict[str, np.ndarray]:
    """Importance of each input, as it is and for seeds and blocks drawn anew: (1 + draw,)."""
    read = [one.sel(target=target).sum("series") for one in needs(study)]
    loss = np.stack([one["loss"].to_numpy() for one in read])  # (seed, block)
    rise = np.stack([one[kind].transpose(..., "block").to_numpy() for one in read])
    seeds, blocks = _draws(study)
    below = loss[:, blocks].sum(axis=-1)  # (seed, draw)
    found = {}
    for place, name in enumerate(read[0][_input_dim(kind)].to_numpy()):
        share = (rise[:, place][:, blocks].sum(axis=-1) / below).T  # (draw, seed)
        found[str(name)] = np.take_along_axis(share, seeds, axis=1).mean(axis=1)
    return found


def _input_dim(kind: str) -> str:
    return {"rise_of_variable": "encoder_variable", "rise_of_static": "static_input"}.get(
        kind, "group"
    )


def said_of_past(study, kind: str) -> np.ndarray:
    """Give how much each part of the past matters at each series: (seed, series, age) of shares.

    Parameters
    ----------
    study : Study
    kind : str
        "attention", or "needs": the rise of the loss when that part is exchanged, over all
        targets; rises below zero count as none.
    """
    each = []
    for one in needs(study):
        if kind == "attention":
            values = one["attention"].transpose("series", "age").to_numpy()
        else:
            loss = one["loss_of_windows"].sum(["series", "block"])
            rise = (one["rise_of_past"].sum("block") / loss).sum("target")
            values = rise.transpose("series", "age").to_numpy().clip(min=0)
        total = values.sum(axis=1, keepdims=True)
        each.append(np.divide(values, total, out=np.full(values.shape, np.nan), where=total > 0))
    return np.stack(each)


def attention_and_needs(study) -> Interval:
    """Rank correlation, over parts of the past, of attention with what forecasts need of them.

    Both per step, since longer parts hold more of either, and of the same networks; the mean over
    series, with seeds and series drawn anew.
    """
    settings = study.basin.settings
    parts = parts_of_past(settings.encoder_length, study.prepared.steps_per_year / 12)
    steps = np.array([part.stop - part.start for part in parts.values()])
    attention, needed = (said_of_past(study, kind) / steps for kind in ("attention", "needs"))
    drawn = drawn_ranks(attention, needed)[:, -1]
    return as_interval(drawn, attention.shape[:2])
