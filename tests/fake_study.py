"""A study made of noise, with the documented face of the real one, for tests of the pages."""

from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import xarray as xr

from swgw.pages.draws import STATISTICS

TRAINED = ("ST-GRU", "ST-LSTM", "ST-TFT", "MT-GRU", "MT-LSTM", "MT-TFT", "ST+-TFT")
REFERENCES = ("persistence", "damped persistence", "climatology", "ridge")
LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
STEP_DAYS = {"D": 1, "5D": 5, "W": 7, "MS": 365 / 12}
YEARS = {"train": (2001, 2003), "validation": (2004, 2004), "test": (2005, 2006)}


def _target(model, task):
    return "both" if model.startswith("MT") else task


class FakeStudy:
    """Reads like ``swgw.experiments.study.Study``; every number is drawn from ``rng``."""

    def __init__(
        self, wells, gauges, step, river, variables, surface_water, companion, truth, seeds
    ):
        self.rng = np.random.default_rng(0)
        self.quantile_levels = LEVELS
        self.profile = SimpleNamespace(
            name="quick", seeds=tuple(range(seeds)), windows=5000, recurrent_windows=2500,
            epochs=4, patience=4, hidden_size=16, grid=gauges > 1,
        )  # fmt: skip
        self._calendar(step)
        self._frames([f"w{i}_$x" for i in range(wells)], [f"g{i}" for i in range(gauges)], river)
        self._weather(variables)
        settings = SimpleNamespace(
            name="fake", title="A *fake* basin", virtual=truth, companion=companion, step=step,
            surface_water=surface_water, unit="m³/s" if surface_water == "discharge" else "m",
            encoder_length=min(self.per_year, 73), lead_times=3, future_forcing="observed",
            companion_is_paper=companion == "jing2025", history=True, river=None,
            target_gauge="g0" if gauges else None,
            **{
                name: SimpleNamespace(
                    start=pd.Timestamp(f"{first}-01-01"), end=pd.Timestamp(f"{last}-12-31")
                )
                for name, (first, last) in YEARS.items()
            },
        )  # fmt: skip
        self.basin = SimpleNamespace(
            path=Path("fake"),
            settings=settings,
            wells=self._wells,
            gauges=self._gauges,
            heads=pd.DataFrame(),  # so that nothing asks for runs of transfer learning
            river=pd.DataFrame({"longitude": [99.9, 100.2], "latitude": [38.0, 38.04]})
            if river
            else None,
            forcing=self.weather.reset_index(names="date").assign(place="basin"),
        )
        self.prepared = SimpleNamespace(
            basin=self.basin,
            time=self.time,
            heads=self.heads,
            surface_water=self.water,
            steps_per_year=self.per_year,
            weather={"basin": self.weather},
            weather_of_gauge=lambda gauge: self.weather,
            weather_of_well=lambda well: self.weather,
            steps_in_months=lambda months: round(months * self.per_year / 12),
            inside=self.inside,
            step_of_year=lambda: np.arange(self.time.size) % self.per_year,
        )
        self.tasks = ("surface_water",) * bool(gauges) + ("head",) * bool(wells)
        labels = pd.Series(1 + np.arange(wells) % 3, index=self._wells.index)
        self.clusters = labels if wells >= 3 else None
        self.gauge = settings.target_gauge
        self.gauges_studied = [self.gauge] if gauges else [None]
        self.runs, self.fold_runs = self._planned(), ()
        self.som = SimpleNamespace() if wells >= 3 else None
        self.truth = self._truth() if truth else None
        self.no_limit = "" if truth else "no simulator"
        rows = 10 if gauges > 1 else 0
        draws = np.random.default_rng(3).normal(0.1, 0.2, (rows, len(STATISTICS)))
        self.realisations = pd.DataFrame(draws, columns=list(STATISTICS))

    def _planned(self):
        """Plan the runs as the experiments do."""
        from swgw.experiments.table_2 import CONTROLS, TABLE_2

        values = {"hidden_size": 16, "attention_heads": 4, "batch_size": 128, "level_shift": 0.5}
        values |= {"dropout": 0.1, "learning_rate": 0.003, "gauge": self.gauge}
        return tuple(
            SimpleNamespace(experiment=experiment, seed=seed, **values)
            for experiment in TABLE_2 + CONTROLS
            for seed in self.profile.seeds
            if set(experiment.past_of) <= set(self.tasks)
        )

    def _calendar(self, step):
        self.step = step
        if step == "5D":
            starts = [pd.date_range(f"{y}-01-01", periods=73, freq="5D") for y in range(2000, 2007)]
            self.time = pd.DatetimeIndex(np.concatenate(starts))
        else:
            rule = {"W": "7D"}.get(step, step)
            self.time = pd.date_range("2000-01-01", "2006-12-31", freq=rule)
        self.time.name = "time"
        self.per_year = round(365 / STEP_DAYS[step])

    def _frames(self, wells, gauges, river):
        season = np.sin(2 * np.pi * np.arange(self.time.size) / self.per_year)
        noise = self.rng.normal(0, 0.2, (self.time.size, max(len(wells), len(gauges), 1)))
        head = 1400 + season[:, None] + noise.cumsum(0) / 5
        water = 50 + 40 * season[:, None] + 5 * noise
        self.heads = pd.DataFrame(head[:, : len(wells)], self.time, wells)
        self.heads = self.heads.mask(self.rng.random(self.heads.shape) < 0.1)
        self.water = pd.DataFrame(water[:, : len(gauges)], self.time, gauges)
        self._wells = pd.DataFrame(
            {
                "longitude": 100 + 0.01 * np.arange(len(wells)),
                "latitude": 38 + 0.02 * np.arange(len(wells)) % 0.05,
            },
            index=pd.Index(wells, name="well_id", dtype=str),
        )
        if river:
            self._wells["distance_to_river"] = np.linspace(0.1, 20, len(wells))
        self._gauges = pd.DataFrame(
            {"longitude": 100.0, "latitude": 38.0},
            index=pd.Index(gauges, name="gauge_id", dtype=str),
        )

    def _weather(self, variables):
        season = np.sin(2 * np.pi * np.arange(self.time.size) / self.per_year)
        values = {name: season + self.rng.normal(size=self.time.size) for name in variables}
        self.weather = pd.DataFrame(values, index=self.time)

    def inside(self, period):
        """Mask of the bins of a period."""
        first, last = YEARS[period]
        return np.asarray((self.time.year >= first) & (self.time.year <= last))

    def _truth(self):
        names = ["all", "no_river", "no_irrigation", "no_pumping", "no_evapotranspiration", "none"]
        shape = (len(names), len(self._wells), self.time.size)
        heads = xr.Dataset(
            {"head": (("scenario", "well", "time"), self.rng.normal(0, 1, shape).cumsum(-1))},
            {"scenario": names, "well": list(self._wells.index), "time": self.time},
        )
        parts = heads["head"].isel(scenario=slice(1, None)).rename(scenario="driver")
        drivers = [name.removeprefix("no_") for name in names[1:-1]] + ["interaction"]
        parts = parts.assign_coords(driver=drivers)
        return SimpleNamespace(heads=heads, contributions=lambda: parts)

    def _observed(self, task):
        return self.heads if task == "head" else self.water

    def seeds_of(self, model):
        """Give the seeds of a model."""
        return (-1,) if model in self.references("head") else self.profile.seeds

    def models(self, task, gauge=None):
        """List the models of a task."""
        both = len(self.tasks) == 2
        trained = [name for name in TRAINED if both or not name.startswith(("MT", "ST+"))]
        return trained + self.references(task)

    def observed_chain(self, task, gauge=None):
        """Give the observations of the test period."""
        return self._observed(task)[self.inside("test")]

    @lru_cache  # noqa: B019
    def chain(self, task, model, seed=0, gauge=None):
        """Give a simulation: the observations with noise, more of it for later models."""
        rng = np.random.default_rng([len(model), seed + 1])
        observed = self.observed_chain(task).interpolate(limit_direction="both")
        spread = observed.std().fillna(1).to_numpy() * (0.2 + 0.05 * len(model))
        return observed + rng.normal(size=observed.shape) * spread

    def chains_of(self, runs, task):
        """Give observations and forecasts of an arm's runs: those of MT are the best."""
        observed = self._observed(task)[self.inside("test")]
        if task == "surface_water":
            observed = observed[[runs[0][0].gauge]]
        sims = []
        for cell, arm, _, seed in runs:
            rng = np.random.default_rng([seed, len(arm), cell.weather_ahead, cell.history])
            noise = (1.2 - 0.2 * (arm == "MT")) * rng.normal(size=observed.shape)
            sims.append(observed.interpolate(limit_direction="both") + noise)
        return observed, np.stack(sims)

    def hindcast(self, task, model, seed=0, gauge=None):
        """Give the Dataset of a hindcast."""
        observed, steps = self._observed(task), np.flatnonzero(self.inside("test"))
        lead = np.arange(1, self.basin.settings.lead_times + 1)
        issue = steps[: -lead.size] - 1
        valid = issue[:, None] + lead
        values = observed.to_numpy()[valid].transpose(2, 0, 1)  # (series, issue_time, lead_time)
        dims = ("series", "issue_time", "lead_time")
        filled = np.nan_to_num(values, nan=float(np.nanmean(values)))
        rng = np.random.default_rng([len(model), seed + 1])
        forecast = filled + rng.normal(size=values.shape) * 5 * lead / lead.size
        data = {"forecast": (dims, forecast), "observed": (dims, values)}
        data["spread"] = (dims, 0 * forecast)
        if "TFT" in model:
            fan = forecast[..., None] + np.linspace(-8, 8, len(LEVELS))
            data |= {"median": (dims, forecast), "quantiles": ((*dims, "quantile"), fan)}
        coords = {
            "series": list(observed.columns),
            "issue_time": self.time.to_numpy()[issue],
            "lead_time": lead,
            "valid_time": (dims[1:], self.time.to_numpy()[valid]),
        }
        if "TFT" in model:
            coords["quantile"] = list(LEVELS)
        return xr.Dataset(data, coords, {"units": "m"})

    def references(self, task):
        """List the references; Pastas stands among those of heads."""
        return [*REFERENCES, *(["Pastas"] * (task == "head"))]

    def validation_hindcast(self, task, reference, gauge=None):
        """Give the forecasts of a year that tells which reference is best."""
        return self.hindcast(task, reference, -1, gauge)

    def limit(self, task, weather, gauge=None):
        """Give forecasts that are nearly right, of basins that have a truth."""
        if self.truth is None:
            return None
        found = self.hindcast(task, "persistence", gauge=gauge)
        near = found["observed"].fillna(0) + {"observed": 0.01, "resampled": 0.02}[weather]
        return found.assign(forecast=near)

    def _runs(self, task):
        for model in self.models(task) if task in self.tasks else ():
            for seed in self.seeds_of(model):
                yield model, seed, self.observed_chain(task), self.chain(task, model, seed)

    @lru_cache  # noqa: B019
    def table_3(self, gauge=None):
        """Score the surface water, as swgw.scores.skill does."""
        from swgw.scores import skill as scores

        names = ("nse", "r2", "rmse", "kge", "bias")
        rows = [
            {"model": model, "seed": seed, "n": len(obs), "spread_over_wells": 0.1}
            | {n: getattr(scores, n)(obs.iloc[:, 0], sim.iloc[:, 0]) for n in names}
            for model, seed, obs, sim in self._runs("surface_water")
        ]  # fmt: skip
        table = pd.DataFrame(rows, columns=["model", "seed", *names, "n", "spread_over_wells"])
        stage = self.basin.settings.surface_water == "stage"
        return table.drop(columns="kge") if stage else table

    @lru_cache  # noqa: B019
    def groundwater_scores(self):
        """Score the heads of each well."""
        from swgw.scores import skill as scores

        rows = [
            {"model": model, "seed": seed, "well_id": well, "n": int(obs[well].count())}
            | {n: getattr(scores, n)(obs[well], sim[well]) for n in ("nse", "r2", "rmse", "bias")}
            | ({} if self.clusters is None else {"cluster": self.clusters[well]})
            for model, seed, obs, sim in self._runs("head")
            for well in obs
        ]
        columns = ["model", "seed", "well_id", "nse", "r2", "rmse", "bias", "n"]
        columns += ["cluster"] * (self.clusters is not None)
        return pd.DataFrame(rows, columns=columns)

    def scores_by_lead_time(self, task, gauge=None):
        """Give scores that fall with lead time."""
        rows = [
            (model, seed, series, lead, 0.9 - 0.1 * lead, 10.0 * lead, 0.9 - 0.1 * lead)
            for model in self.models(task)
            for seed in self.seeds_of(model)
            for series in self._observed(task)
            for lead in range(1, self.basin.settings.lead_times + 1)
        ]
        names = ["model", "seed", "series", "lead_time", "nse", "rmse", "r2"]
        return pd.DataFrame(rows, columns=names)

    def learning_curves(self):
        """Give losses that fall."""
        rows = [
            (f"{task}-{model}-{seed}", model, _target(model, task), seed, n, 500 / n, 600 / n)
            for task in self.tasks
            for model in self.models(task)
            if model not in self.references("head")
            and not (model.startswith("MT") and task == "head")
            for seed in self.profile.seeds
            for n in (1000, 2000, 3000)
        ]
        names = [
            "run",
            "model",
            "target",
            "seed",
            "windows",
            "train_loss",
            "validation_loss",
        ]
        return pd.DataFrame(rows, columns=names)

    def parameter_counts(self):
        """Give counts of parameters."""
        curves = self.learning_curves()[["model", "target"]].drop_duplicates()
        return curves.assign(parameters=12345)

    def tuning(self):
        """Give trials for the study that has everything, none for the others."""
        if self.basin.settings.companion is None:
            return pd.DataFrame(columns=["model", "trial", "value"])
        rows = [
            (model, trial, 1 / (1 + trial) + 0.1, 16 + trial, 10 ** -(1 + trial / 3), 0.1)
            for model in ("GRU", "LSTM", "TFT")
            for trial in range(8)
        ]
        names = ["model", "trial", "value", "hidden_size", "learning_rate", "dropout"]
        return pd.DataFrame(rows, columns=names)

    def interpretation(self, seed, model="MT-TFT"):
        """Give attention and importances that sum to one."""
        length, leads = self.basin.settings.encoder_length, self.basin.settings.lead_times

        def shares(*shape):
            draw = self.rng.random(shape)
            return draw / draw.sum(-1, keepdims=True)

        lags = [f"surface_water_lag_{month}" for month in range(1, 13)]
        dynamic = [*self.weather.columns, "head", "surface_water", *lags]
        series = list(self._wells.index) or list(self._gauges.index)
        static = ["distance_to_river", "cluster", "slope"] if len(self._wells) else []
        targets = list(self.tasks) if model == "MT-TFT" else [self.tasks[-1]]
        steps = np.arange(-length + 1, 1)
        return xr.Dataset(
            {
                "attention": (("lead_time", "encoder_step"), shares(leads, length)),
                "attention_at_issue": (
                    ("series", "lead_time", "encoder_step"),
                    shares(len(series), leads, length),
                ),
                "attention_null": (("permutation", "encoder_step"), shares(20, length)),
                "encoder_importance": ("encoder_variable", shares(len(dynamic))),
                "decoder_importance": ("decoder_variable", shares(len(self.weather.columns) + 1)),
                "static_importance": ("static_variable", shares(len(static))),
            },
            {
                "lead_time": np.arange(1, leads + 1),
                "encoder_step": steps,
                "series": series,
                "target": targets,
                "encoder_variable": dynamic,
                "decoder_variable": [*self.weather.columns, "surface_water_lag_1"],
                "static_variable": static,
            },
            {"issued_at": str(self.time[self.inside("train")][-1].date())},
        )


def make_study(
    wells=6,
    gauges=1,
    step="5D",
    river=True,
    variables=("precipitation", "temperature", "wind"),
    surface_water="discharge",
    companion=None,
    truth=True,
    seeds=2,
):
    """Make a fake study of a basin with or without what a page may need."""
    return FakeStudy(
        wells, gauges, step, river, list(variables), surface_water, companion, truth, seeds
    )


VARIANTS = {
    "everything": {"companion": "jing2025", "seeds": 3},
    "one seed, rain only": {"seeds": 1, "variables": ("precipitation",)},
    "no gauge": {"gauges": 0},
    "no wells": {"wells": 0, "truth": False},
    "one well, no river": {"wells": 1, "river": False, "truth": False},
    "two gauges": {"gauges": 2, "seeds": 3},
    "monthly stage": {"surface_water": "stage", "step": "MS", "truth": False},
}
