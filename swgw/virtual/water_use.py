"""Water use: canals, pumping, return flow, and their unobserved random part."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from swgw.virtual.domain import Domain
from swgw.virtual.parameters import DISTRICTS, WaterUseParameters

CANALS = DISTRICTS[DISTRICTS["intake"] != ""]
# Share of a year's canal water by month, January first; November is the winter irrigation.
CANAL_CALENDAR = (0.0, 0.0, 0.0, 0.12, 0.18, 0.17, 0.16, 0.13, 0.06, 0.03, 0.15, 0.0)
PUMP_CALENDAR = (0.0, 0.0, 0.04, 0.13, 0.21, 0.22, 0.20, 0.13, 0.04, 0.01, 0.02, 0.0)


@dataclass(frozen=True)
class Noise:
    """Log anomalies of what is not observed: pumping (patch, member), demand (canal, member)."""

    pumping: np.ndarray
    diversion: np.ndarray


class WaterUse:
    """Daily demand of canals and pumped wells, and where their water goes."""

    def __init__(self, domain: Domain, parameters: WaterUseParameters):
        self.domain, self.parameters = domain, parameters
        self.node = np.array([domain.node[intake] for intake in CANALS["intake"]])
        self.share = CANALS["canal_share"].to_numpy()[:, None]
        inside = domain.district[:, None] == DISTRICTS.index.to_numpy()  # (cell, district)
        self.pump_canal = inside[:, CANALS.index]  # (cell, canal)
        self.canal_cells = self.pump_canal / self.pump_canal.sum(axis=0)
        pumping = DISTRICTS["pumping_share"].to_numpy()
        self.pump_share = (pumping * inside / inside.sum(axis=0)).sum(axis=1, keepdims=True)

    def canal_demand(self, day: pd.Timestamp, rain: float | np.ndarray, noise: Noise) -> np.ndarray:
        """Demand of the canals (canal, member) [m³/s].

        ``rain`` [mm] is that of recent days, one value or (member,).
        """
        p = self.parameters
        year = _between(p.diversion_first, p.diversion_last, day) / 86400
        less = np.exp(-p.rain_response * rain)
        random = np.exp(noise.diversion - p.diversion_sd**2 / 2)
        return year * _season(CANAL_CALENDAR, day) * less * self.share * random

    def limit(self, demand: np.ndarray, flow: np.ndarray) -> np.ndarray:
        """Demand (canal, member) cut to a share of the flow (reach, member) at its intake."""
        wanted = self.at_nodes(demand, len(flow))
        allowed = np.minimum(wanted, self.parameters.share_limit * flow)
        cut = np.divide(allowed, wanted, out=np.ones_like(wanted), where=wanted > 0)
        return demand * cut[self.node]

    def at_nodes(self, demand: np.ndarray, n_reach: int) -> np.ndarray:
        """Demand by reach (reach, member)."""
        total = np.zeros((n_reach, demand.shape[1]))
        np.add.at(total, self.node, demand)
        return total

    def pumping(self, day: pd.Timestamp, deficit: np.ndarray, noise: Noise) -> np.ndarray:
        """Pumped water (cell, member) [m³/d]; more where canals fall short (canal, member)."""
        p = self.parameters
        year = _between(p.pumping_first, p.pumping_last, day)
        season = p.base_pumping / 365.25 + (1 - p.base_pumping) * _season(PUMP_CALENDAR, day)
        response = 1 + p.deficit_response * (self.pump_canal @ deficit)
        random = np.exp(noise.pumping - p.pumping_sd**2 / 2)[self.domain.patch]
        return year * season * self.pump_share * response * random

    def infiltration(self, diverted, pumped, heavy_rain: float | np.ndarray) -> np.ndarray:
        """Water entering the ground (cell, member) [m³/d].

        ``diverted`` (canal, member) [m³/s], ``pumped`` (cell, member) [m³/d], ``heavy_rain``
        [mm/d] above the threshold, one value or (member,).
        """
        p = self.parameters
        from_canals = self.canal_cells @ (p.return_canal * diverted * 86400)
        hills = np.where(self.domain.margin, 4.0, 1.0)[:, None]  # runoff gathers at their foot
        from_rain = p.rain_recharge * heavy_rain * 1e3 * hills
        return from_canals + p.return_pumped * pumped + from_rain

    def next_noise(self, noise: Noise, rng: np.random.Generator) -> Noise:
        """Noise of the next day."""
        p = self.parameters
        return Noise(
            _next(noise.pumping, p.pumping_sd, p.pumping_memory, rng),
            _next(noise.diversion, p.diversion_sd, p.diversion_memory, rng),
        )

    def no_noise(self, members: int) -> Noise:
        """No anomaly anywhere."""
        patches = int(self.domain.patch.max()) + 1
        return Noise(np.zeros((patches, members)), np.zeros((len(CANALS), members)))


def _next(anomaly, sd, memory, rng) -> np.ndarray:
    keep = np.exp(-1 / memory)
    return keep * anomaly + sd * np.sqrt(1 - keep**2) * rng.standard_normal(anomaly.shape)


def _between(first: float, last: float, day: pd.Timestamp) -> float:
    """Straight line from 1998 to 2012."""
    years = day.year + (day.dayofyear - 1) / 365.25
    return first + (last - first) * (years - 1998) / 15


def _season(calendar: tuple[float, ...], day: pd.Timestamp) -> float:
    """A day's share of the year's water, without steps between the months."""
    middle = day.month - 1 + (day.day - 0.5) / day.days_in_month - 0.5
    lower, part = int(np.floor(middle)), middle - np.floor(middle)
    return ((1 - part) * calendar[lower % 12] + part * calendar[(lower + 1) % 12]) / 30.44
