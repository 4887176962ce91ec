"""What a study's models are held against: the best reference, and the limit of a perfect model.

Which reference is the best is asked in the validation year, so that it is not picked by its score
in the test period. The limit exists where a simulator made the basin and can be started again.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from swgw.basin.prepare import Prepared
from swgw.inputs.panel import usable_wells
from swgw.inputs.windows import issue_steps
from swgw.models import pastas as response
from swgw.models.profiles import Profile
from swgw.models.run import tasks
from swgw.storage.files import read_dataset, write_dataset
from swgw.storage.results import Result

WELLS_A_JOB = 13
SECOND = 2_000.0  # a second of work in the unit of a job's cost
SIZES = {"smoke": (2, 2), "quick": (6, 40)}  # members, issue times of the limit at most
PAPER_SIZE = (16, 240)


@dataclass(frozen=True, eq=False)
class Yardsticks:
    """References beside those of every study, and the limit, each in run folders.

    Attributes
    ----------
    prepared : Prepared
    clusters : Series (well,) or None
    profile : Profile
    runs : Path
        Folder of the run folders.
    """

    prepared: Prepared
    clusters: pd.Series | None
    profile: Profile
    runs: Path

    @property
    def extra_references(self) -> tuple[str, ...]:
        """References for heads that need what is not always installed."""
        return (response.NAME,) if self.pastas else ()

    def results(self, gauges: list[str | None]) -> list[Result]:
        """List the work that all this takes."""
        return [*map(self._validation, gauges), *self.pastas, *self._limit]

    @cached_property
    def pastas(self) -> list[Result]:
        """Fits of wells by Pastas, some wells a job.

        None where it is not installed, nor in the smallest profile, which tests wait for.
        """
        wanted = self.profile.name != "smoke" and "head" in tasks(self.prepared)
        if not wanted or not response.available():
            return []
        wells = usable_wells(self.prepared)
        count = math.ceil(len(wells) / WELLS_A_JOB)
        parts = [tuple(map(str, part)) for part in np.array_split(wells, count)]
        return [self._pastas_part(part, f"Pastas {k + 1}/{count}") for k, part in enumerate(parts)]

    def _pastas_part(self, wells: tuple[str, ...], label: str) -> Result:
        gauge = self.prepared.basin.settings.target_gauge
        return Result(
            self.runs,
            "pastas",
            response.fit_heads,
            (self.prepared, wells, gauge),
            {"pastas": version("pastas"), "wells": wells, "gauge": gauge},
            self.prepared.basin.digest,
            label=label,
            kind="Pastas",
            cost=SECOND * 3 * len(wells),
        )

    def pastas_hindcast(self, period: str = "test") -> xr.Dataset:
        """Give the forecasts of heads by Pastas, of the "test" or the "validation" period."""
        parts = [read_dataset(part.path / f"{period}.nc") for part in self.pastas]
        return xr.concat(parts, "series", coords="minimal", compat="override")

    def _validation(self, gauge: str | None) -> Result:
        return Result(
            self.runs,
            "references_validation",
            forecast_validation,
            (self.prepared, self.clusters, gauge),
            {"references": "validation", "gauge": gauge},
            self.prepared.basin.digest,
            label="references, validation year",
            cost=4 * SECOND,
        )

    def validation_hindcast(self, task: str, reference: str, gauge: str | None) -> xr.Dataset:
        """Give a reference's forecasts of the validation year."""
        if reference in self.extra_references:
            return self.pastas_hindcast("validation")
        return read_dataset(self._validation(gauge).path / f"{task}_{reference}.nc")

    @cached_property
    def _limit(self) -> list[Result]:
        """The limit; none where no simulator made the basin and says how."""
        from swgw.virtual import limit, load_origin

        basin = self.prepared.basin
        truth = basin.path / "truth"
        if load_origin(truth) is None or not (truth / "heads.csv").is_file():
            return []
        size = limit.Size(*SIZES.get(self.profile.name, PAPER_SIZE))
        step, valid = basin.settings.step, valid_times(self.prepared)
        return [limit.limit_result(self.runs, basin.path, step, valid, size)]

    def no_limit(self) -> str:
        """Say why there is no limit; empty where there is one."""
        from swgw.virtual import limit, load_truth

        if not self._limit:
            known = load_truth(self.prepared.basin) is not None
            return "a truth that does not say how it was simulated" if known else "no simulator"
        reason = self._limit[0].path / limit.REASON
        return reason.read_text(encoding="utf-8").strip() if reason.exists() else ""

    def limit(self, task: str, weather: str, template: xr.Dataset) -> xr.Dataset | None:
        """Give the limit on the index of a hindcast; None where there is none.

        Parameters
        ----------
        task : str
        weather : str
            "observed": the weather to come is known; "resampled": it is that of other years.
        template : Dataset (series, issue_time, lead_time)
        """
        from swgw.virtual.limit import open_limit

        if self.no_limit():
            return None
        return open_limit(self._limit[0].path, task, weather, template)


def valid_times(prepared: Prepared) -> xr.DataArray:
    """First days of the bins that are forecast: DataArray (issue_time, lead_time)."""
    settings = prepared.basin.settings
    issues = issue_steps(settings, prepared.inside("test"))
    leads = np.arange(1, settings.lead_times + 1)
    times = prepared.time.to_numpy()[issues[:, None] + leads]
    coordinates = {"issue_time": prepared.time[issues], "lead_time": leads}
    return xr.DataArray(times, coordinates, ("issue_time", "lead_time"))


def forecast_validation(
    prepared: Prepared, clusters: pd.Series | None, gauge: str | None, folder: Path
) -> None:
    """Forecast the validation year by every reference and write the hindcasts."""
    from swgw.models.baseline import reference_hindcasts

    scored = prepared.inside("validation")
    for task in tasks(prepared):
        found = reference_hindcasts(prepared, task, gauge, clusters, scored)
        for reference, hindcast in found.items():
            write_dataset(hindcast, folder / f"{task}_{reference}.nc")
