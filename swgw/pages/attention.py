"""What the page on attention shows: Fig. 10 with a null, and attention by lead time."""

import numpy as np
import pandas as pd
import xarray as xr
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw import words
from swgw.correlation import pearson
from swgw.interpret import Match, match_attention
from swgw.pages.simulations import trained
from swgw.plots import attention as plots

DRIVERS = {
    "precipitation": "Precipitation [mm/d]",
    "wind": "Wind [m/s]",
    "temperature": "Temperature [°C]",
}
"""The paper's three panels, in its order."""


def tft(study) -> str:
    """Name the TFT that is read: MT-TFT, or ST-TFT where there is one task only."""
    task = "head" if "head" in study.tasks else "surface_water"
    return next(model for model in ("MT-TFT", "ST-TFT") if model in trained(study, task))


def readings(study) -> list[xr.Dataset]:
    """Give the interpretation of every seed of that TFT."""
    return [study.interpretation(seed, tft(study)) for seed in study.profile.seeds]


def _encoder_time(study, reading: xr.Dataset) -> pd.DatetimeIndex:
    """Give the steps that the encoder of the windows of Fig. 10 covers."""
    time = study.prepared.time
    last = int(np.flatnonzero(study.prepared.inside("train"))[-1])
    return time[last - reading.sizes["encoder_step"] + 1 : last + 1]


def attention_of_issue(study) -> pd.DataFrame:
    """Give attention at the end of the training years [%], (time, seed)."""
    found = readings(study)
    columns = {
        seed: _percent(reading["attention_at_issue"].mean(["series", "lead_time"]))
        for seed, reading in zip(study.profile.seeds, found, strict=True)
    }
    return pd.DataFrame(columns, index=_encoder_time(study, found[0]))


def _percent(weights: xr.DataArray) -> np.ndarray:
    """Share of the encoder's attention on each step [%]; the decoder's own part is left out."""
    return (100 * weights / weights.sum("encoder_step")).to_numpy()


def null_of_issue(study) -> np.ndarray:
    """Give attention on shuffled inputs [%], (permutation, time), of all seeds."""
    return np.concatenate([_percent(reading["attention_null"]) for reading in readings(study)])


def drivers(study) -> pd.DataFrame:
    """Give the weather over the encoder of Fig. 10: the target gauge's, else the wells' mean."""
    prepared = study.prepared
    if study.gauge is not None:
        weather = prepared.weather_of_gauge(study.gauge)
    else:
        frames = [prepared.weather_of_well(well) for well in study.basin.wells.index]
        weather = sum(frames) / len(frames)
    return weather.loc[attention_of_issue(study).index]


def matches(study) -> dict[str, Match]:
    """Compare the attention, mean over seeds, with every driver that the basin has."""
    mean, null = attention_of_issue(study).mean(axis=1), null_of_issue(study)
    weather = drivers(study)
    return {
        name: match_attention(mean, null, weather[name])
        for name in DRIVERS
        if name in weather.columns
    }


def figure_10(study) -> Figure:
    """Fig. 10: attention against precipitation, wind and temperature."""
    weather, found, panels = drivers(study), matches(study), []
    for name, label in DRIVERS.items():
        if name in found:
            match = found[name]
            note = f"{name}: r = {words.number(match.found.r)}; inputs shuffled: "
            note += f"{words.number(match.null_low)} to {words.number(match.null_high)}"
            panels.append(plots.Panel(label, weather[name], note, name == "precipitation"))
        else:
            panels.append(plots.Panel(label, None, f"{name}: this basin has no such series", False))
    return plots.plot_attention(attention_of_issue(study), null_of_issue(study), panels)


def words_window(study) -> Markdown:
    """Say which windows are read."""
    reading = readings(study)[0]
    time = _encoder_time(study, reading)
    return Markdown(
        f"The windows read here belong to **{tft(study)}** and are issued at the end of the "
        f"training period. Their encoder spans {reading.sizes['encoder_step']} steps of "
        f"{words.step_word(study.basin.settings.step)}, from {_day(time[0])} to the step that "
        f"begins on {_day(time[-1])}; the weights are averaged over "
        f"{reading.sizes['series']:,} series and "
        f"{words.count(reading.sizes['lead_time'], 'lead time')}, and drawn for "
        f"{words.count(len(study.profile.seeds), 'seed')}."
    )


def _day(time: pd.Timestamp) -> str:
    return f"{time.day} {time:%B} {time.year}"


def table_attention(study) -> Markdown:
    """Correlation of attention with each driver, its interval, and what shuffled inputs give."""
    mean, null = attention_of_issue(study).mean(axis=1), null_of_issue(study)
    weather, rows = drivers(study), []
    for name, match in matches(study).items():
        excess = pearson(mean - null.mean(axis=0), weather[name])
        rows.append(
            {
                "driver": name,
                "r": words.number(match.found.r),
                "90 % interval": _span(match.found.low, match.found.high),
                "steps, counting as": f"{match.found.n}, {match.found.effective_n:.0f}",
                "inputs shuffled, 90 %": _span(match.null_low, match.null_high),
                "p, by shuffling": words.number(match.p, 3),
                "r beyond position": words.number(excess.r),
            }
        )
    if not rows:
        return Markdown("This basin has none of the three drivers.")
    return words.table(pd.DataFrame(rows))


def _span(low: float, high: float) -> str:
    return f"{words.number(low)} to {words.number(high)}" if np.isfinite(low) else "–"


def words_attention(study) -> Markdown:
    """Say of each driver whether attention follows it more closely than position alone does."""
    lines = []
    for name, match in matches(study).items():
        if not np.isfinite(match.p):
            reading = "cannot be compared, because one of the two does not vary"
        elif match.p < 0.1:
            reading = "differs from what shuffled inputs give"
        else:
            reading = "is within what shuffled inputs give, so position alone may explain it"
        lines.append(f"- **{name}**: r = {words.number(match.found.r)} {reading}.")
    return Markdown("\n".join(lines) or "This basin has none of the three drivers.")


def figure_null(study) -> Figure:
    """Draw every seed's correlations beside those of shuffled inputs."""
    weather, attention, null = drivers(study), attention_of_issue(study), null_of_issue(study)
    names = [name for name in DRIVERS if name in weather.columns]
    found = {n: [pearson(attention[seed], weather[n]).r for seed in attention] for n in names}
    chance = {n: [pearson(row, weather[n]).r for row in null] for n in names}
    return plots.plot_null(pd.DataFrame(found), pd.DataFrame(chance))


def _by_lead_time(study) -> pd.DataFrame:
    """Give the mean attention of the test windows [%], (encoder_step, lead_time)."""
    mean = xr.concat([reading["attention"] for reading in readings(study)], "seed").mean("seed")
    return pd.DataFrame(
        _percent(mean).T, index=mean["encoder_step"].to_numpy(), columns=mean["lead_time"]
    )


def _late(study) -> tuple[pd.Series, int]:
    """Give the share of attention on the latest month [%] by lead time, and its steps."""
    steps = max(1, study.prepared.steps_in_months(1))
    return _by_lead_time(study).tail(steps).sum(), steps


def _last(steps: int) -> str:
    return "the last step" if steps == 1 else f"the last {steps} steps"


def figure_lead_times(study) -> Figure:
    """Attention by lead time, mean over the test windows."""
    late, steps = _late(study)
    step = words.step_word(study.basin.settings.step)
    return plots.plot_lead_times(_by_lead_time(study), late, step, _last(steps))


def words_lead_times(study) -> Markdown:
    """Say how the attention on the latest steps and on wet steps changes with lead time."""
    late, steps = _late(study)
    first, last = late.iloc[0], late.iloc[-1]
    uniform = 100 * steps / len(_by_lead_time(study))
    change = "falls" if last < first - 0.5 else "rises" if last > first + 0.5 else "stays"
    return Markdown(
        f"On {_last(steps)} of the encoder lies "
        f"{words.number(first, 1)} % of the attention for the shortest lead time and "
        f"{words.number(last, 1)} % for the longest: with growing lead time it {change}. "
        f"Attention spread evenly would put {words.number(uniform, 1)} % there."
    )
