"""The competitors, one job each, and variants of TL-LSTM as data."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from sklearn.base import BaseEstimator, clone
from sklearn.ensemble import RandomForestRegressor
from sklearn.svm import SVR

from swgw.basin.folder import Basin
from swgw.basin.settings import PERIODS
from swgw.inputs.panel import usable_wells
from swgw.models.training import one_thread
from swgw.scores.skill import nse
from swgw.storage.files import write_dataset, write_text
from swgw.storage.results import SECONDS, timed
from swgw.transfer import monthly as plans
from swgw.transfer.lstm import LAYERS, Weights, first_weights, learn, predict, side_by_side, take
from swgw.transfer.monthly import FROZEN, MEAN, Plan, Setting, monthly, monthly_windows, part


class Task(NamedTuple):
    """What is forecast, and with how much effort.

    Attributes
    ----------
    windows : Dataset
        Of the wells and then of the means to pre-train on; see ``monthly_windows``.
    wells : list of str
    plan : Plan
    """

    windows: xr.Dataset
    wells: list[str]
    plan: Plan

    def data(self, names: Sequence[str], period: str) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (series, window, step, variable) and targets (series, window, lead_time)."""
        found = part(self.windows, names, period)
        return found["x"].to_numpy(), found["y"].to_numpy()

    def heads(self, departure: np.ndarray) -> np.ndarray:
        """Heads [m] for departures (well, issue_time, lead_time) in the test period."""
        test = part(self.windows, self.wells, "test")
        return (test["damped persistence"] + test["unit"] * departure).to_numpy()


class Network(NamedTuple):
    """One network: its setting, its weights and its validation loss."""

    setting: Setting
    weights: Weights
    loss: float


def train(task: Task, settings: Mapping[str, Setting], seed: int) -> dict[str, Network]:
    """Train a network for each series, by its name, with its setting, from random weights."""
    n_inputs, starts = task.windows.sizes["variable"], {}
    for row, (name, setting) in enumerate(settings.items()):
        weights = first_weights(seed * 100_003 + row, n_inputs, setting.hidden_size)
        starts[name] = Network(setting, weights, np.inf)
    return train_on(task, starts)


def train_on(
    task: Task, starts: Mapping[str, Network], slower: float = 1.0, frozen: int = 0
) -> dict[str, Network]:
    """Train networks on the windows of the series that name them; see :func:`learn`."""
    found = {}
    for setting, names, weights in _by_setting(starts):
        data = task.data(names, "train"), task.data(names, "validation")
        tried = setting._replace(learning_rate=setting.learning_rate * slower)
        weights, loss = learn(weights, *data, tried, task.plan, frozen)
        found |= {n: Network(setting, take(weights, i), loss[i]) for i, n in enumerate(names)}
    return {name: found[name] for name in starts}


def _by_setting(networks: Mapping[str, Network]) -> Iterator[tuple[Setting, list[str], Weights]]:
    """Give the networks of each setting together: setting, names, weights (network, ...)."""
    for setting in dict.fromkeys(network.setting for network in networks.values()):
        alike = {name: n.weights for name, n in networks.items() if n.setting == setting}
        yield setting, list(alike), side_by_side(list(alike.values()))


def tune(
    task: Task, names: Sequence[str], seed: int, chosen: Mapping[str, Network] | None = None
) -> dict[str, Network]:
    """Train each series with every setting, keep the best; with ``chosen``, use its settings."""
    if chosen is not None:
        return train(task, {name: network.setting for name, network in chosen.items()}, seed)
    settings = plans.NETWORKS[: task.plan.trials]
    trials = [train(task, dict.fromkeys(names, setting), seed) for setting in settings]
    return {n: min((trial[n] for trial in trials), key=lambda found: found.loss) for n in names}


def fine_tune(
    task: Task, origins: Mapping[str, Network], frozen: int = plans.FROZEN
) -> dict[str, Network]:
    """Fine-tune a copy of a pre-trained network for each well.

    Parameters
    ----------
    task : Task
    origins : mapping of str to Network
        By well, the network that it starts from.
    frozen : int
        How many of the first layers keep their weights.
    """
    return train_on(task, origins, plans.FINE_TUNING, frozen)


def forecast(task: Task, networks: Mapping[str, Network]) -> np.ndarray:
    """Forecast heads (well, issue_time, lead_time) of the test period [m]."""
    x, y = task.data(task.wells, "test")
    departure = np.full(y.shape, np.nan, np.float32)
    for _, wells, weights in _by_setting(networks):
        rows = [task.wells.index(well) for well in wells]
        departure[rows] = predict(weights, x[rows])
    return task.heads(departure)


def individual(task: Task, seed: int, chosen: dict[str, Network] | None):
    """IT-LSTM: tune and train a network for each well; gives heads and networks."""
    networks = tune(task, task.wells, seed, chosen)
    return forecast(task, networks), networks


def transferred(task: Task, seed: int, chosen: dict[str, Network] | None):
    """TL-LSTM: pre-train on one mean or on a mean for each well, fine-tune to each well."""
    means = list(task.windows["series"].to_numpy()[len(task.wells) :])
    networks = tune(task, means, seed, chosen)
    origins = {well: networks[mean] for well, mean in zip(task.wells, cycle(means), strict=False)}
    return forecast(task, fine_tune(task, origins)), networks


def support_vectors(task: Task, seed: int, chosen: np.ndarray | None):
    """Tune and fit a support vector regression for each well; nothing in it is random."""
    models = [SVR(**setting) for setting in plans.SUPPORT_VECTORS[: task.plan.trials]]
    return _machines(task, models, chosen)[0], None


def random_forests(task: Task, seed: int, chosen: np.ndarray | None):
    """Tune and fit a random forest for each well."""
    settings = plans.FORESTS[: task.plan.trials]
    models = [RandomForestRegressor(task.plan.trees, random_state=seed, **s) for s in settings]
    return _machines(task, models, chosen)


def _machines(task: Task, models: list[BaseEstimator], chosen: np.ndarray | None):
    """Fit a model to each well; gives heads and which of the models is chosen (well,)."""
    (x, y), (x_check, y_check), (x_test, _) = (_flat(task, period) for period in PERIODS)
    departure, best = np.zeros(x_test.shape[:2], np.float32), np.zeros(len(y), int)
    for i, (known, checked) in enumerate(zip(np.isfinite(y), np.isfinite(y_check), strict=True)):
        if known.sum() < 2:
            continue
        tried = models if chosen is None else [models[chosen[i]]]
        fitted = [clone(model).fit(x[i, known], y[i, known]) for model in tried]
        if checked.any():
            misses = [m.predict(x_check[i, checked]) - y_check[i, checked] for m in fitted]
            best[i] = np.argmin([np.mean(miss**2) for miss in misses])
        departure[i] = fitted[best[i]].predict(x_test[i])
    return task.heads(departure[..., None]), best if chosen is None else chosen


def _flat(task: Task, period: str) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (well, window, step · variable) and targets (well, window)."""
    x, y = task.data(task.wells, period)
    return x.reshape(*x.shape[:2], -1), y[..., 0]


# The others are baselines: variables of the windows.
CALLS: dict[str, Callable] = {
    "IT-LSTM": individual, "TL-LSTM": transferred, plans.LEFT_OUT: transferred,
    "SVR": support_vectors, "random forest": random_forests,
}  # fmt: skip


def means_of(approach: str, wells: Sequence[str]) -> dict[str, list[str]]:
    """List the wells of each mean that an approach pre-trains on, by the mean's name."""
    without = {f"mean without {well}": [w for w in wells if w != well] for well in wells}
    return {"TL-LSTM": {plans.MEAN: list(wells)}, plans.LEFT_OUT: without}.get(approach, {})


def make_hindcast(approach: str, basin: Basin, plan: Plan, folder: Path) -> None:
    """Write the forecasts of the test period and the time that they take.

    ``hindcast.nc`` has forecast (seed, well, issue_time, lead_time) and observed [m];
    ``seconds.json`` the time to develop a model of every well, and that of the further seeds.
    """
    (folder / SECONDS).unlink(missing_ok=True)  # an interrupted attempt is no development
    prepared = monthly(basin)
    wells = usable_wells(prepared)
    task = Task(monthly_windows(prepared, means_of(approach, wells)), wells, plan)
    test = part(task.windows, wells, "test")
    call = CALLS.get(approach, lambda *_: (test[approach].to_numpy(), None))
    heads, chosen = [], None
    with one_thread():
        for seed in plan.seeds:
            with timed(folder, "other seeds" if heads else plans.DEVELOPMENT):
                found, chosen = call(task, seed, chosen)
            heads.append(found)
            if chosen is None:  # nothing in it is random
                break
    forecasts = ("seed", *test["observed"].dims), np.stack(heads).astype(np.float32)
    data = test[["observed"]].drop_vars("period").assign(forecast=forecasts)
    write_dataset(data.rename(series="well"), folder / "hindcast.nc")


# Wells in a mean, up to the number of wells: 7 is the source's.
SIZES = (1, 2, 3, 5, 7, 10, 15, 25, 50)


def make_variants(basin: Basin, plan: Plan, clusters: pd.Series | None, folder: Path) -> None:
    """Write ``variants.csv``: well_id, nse, variant, value, sample (of wells)."""
    prepared = monthly(basin)
    wells = usable_wells(prepared)
    zoo, sampled = cluster_means(wells, clusters), sampled_means(wells, plan.samples)
    windows = monthly_windows(prepared, {MEAN: wells} | zoo | sampled)
    task, observed = Task(windows, wells, plan), part(windows, wells, "test")["observed"].to_numpy()
    tables = []
    with one_thread():
        for variant, value, sample, origins, frozen in _variants(task, zoo, sampled):
            heads = forecast(task, fine_tune(task, origins, frozen))
            table = pd.DataFrame({"well_id": wells, "nse": list(map(nse, observed, heads))})
            tables.append(table.assign(variant=variant, value=value, sample=sample))
    write_text(folder / "variants.csv", pd.concat(tables).to_csv(index=False))


def _variants(task: Task, zoo: Mapping, sampled: Mapping) -> Iterator[tuple]:
    """Give each variant: name, value, sample, the network of each well, frozen layers."""
    wells, seed = task.wells, task.plan.seeds[0]
    tuned = tune(task, [MEAN], seed)[MEAN]
    for depth in range(len(LAYERS) + 1):
        yield "frozen layers", depth, 0, dict.fromkeys(wells, tuned), depth
    if zoo:
        own = train(task, dict.fromkeys(zoo, tuned.setting), seed)
        home = {well: own[name] for name, members in zoo.items() for well in members}
        yield "mean of the cluster", len(zoo), 0, home, FROZEN
    means = train(task, dict.fromkeys(sampled, tuned.setting), seed)
    for sample, (name, members) in enumerate(sampled.items()):
        yield "wells in the mean", len(members), sample, dict.fromkeys(wells, means[name]), FROZEN


def cluster_means(wells: list[str], clusters: pd.Series | None) -> dict[str, list[str]]:
    """List the wells of the mean of each cluster; empty where there are no clusters."""
    groups = {} if clusters is None else clusters[wells].groupby(clusters).groups
    return {f"mean of cluster {number}": list(members) for number, members in groups.items()}


def sampled_means(wells: list[str], samples: int) -> dict[str, list[str]]:
    """List the wells of means of few and of many wells, sampled at random; of all wells once."""
    rng = np.random.default_rng(0)
    sizes = [size for size in SIZES if size < len(wells) for _ in range(samples)]
    members = [[wells[i] for i in sorted(rng.choice(len(wells), n, replace=False))] for n in sizes]
    return {f"sample {k}": names for k, names in enumerate([*members, wells])}
