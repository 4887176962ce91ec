"""What the page on attention shows: Fig. 10 with a null, and attention by lead time."""

import numpy as np
import pandas as pd
import xarray as xr
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.attribution import tests as trust
from swgw.attribution.truth import Match, match_attention
from swgw.book import text as words
from swgw.pages.simulations import trained
from swgw.plots import attention as plots
from swgw.scores.correlation import pearson
from swgw.scores.ranks import rank_correlation
from swgw.scores.rounding import telling_digits, with_interval

CHANCE = 0.1
"""A p of shuffled inputs from which on attention is not told from them."""
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


def matches(study, without_largest: bool = False) -> dict[str, Match]:
    """Compare the attention, mean over seeds, with every driver that the basin has.

    Parameters
    ----------
    study : Study
    without_largest : bool
        Leave out the step that attention is largest on, for shuffled inputs too.
    """
    mean, null = attention_of_issue(study).mean(axis=1), null_of_issue(study)
    weather = drivers(study)
    if without_largest:
        mean = mean.where(mean.index != mean.idxmax())
    return {
        name: match_attention(mean, null, weather[name].where(mean.notna()))
        for name in DRIVERS
        if name in weather.columns
    }


def beyond_chance(match: Match, without: Match, level: float = CHANCE) -> bool:
    """Whether attention follows a driver more closely than position explains, on many steps.

    Parameters
    ----------
    match, without : Match
        Of all steps, and without the step that attention is largest on.
    level : float
        Both have to reach a p below it, and have one sign.
    """
    one_sign = match.found.r * without.found.r > 0
    return bool(match.p < level and without.p < level and one_sign)


def largest_step(study) -> str:
    """Name the step that attention, mean over seeds, is largest on, by its first day."""
    return _day(attention_of_issue(study).mean(axis=1).idxmax())


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
    digits = telling_digits((low, high))
    low, high = words.number(low, digits), words.number(high, digits)
    return "–" if "–" in (low, high) else f"{low} to {high}"


def words_attention(study) -> Markdown:
    """Say of each driver whether attention follows it more closely than position alone does."""
    found, without = matches(study), matches(study, without_largest=True)
    if not found:
        return Markdown("This basin has none of the three drivers.")
    mean = attention_of_issue(study).mean(axis=1)
    lines = [
        f"The largest attention, {words.number(mean.max(), 1)} %, lies on the step that begins on "
        f"{largest_step(study)}; spread evenly, each step would have "
        f"{words.number(100 / len(mean), 1)} %.",
        "",
    ]
    for name, match in found.items():
        r, ranks = match.found, _rank(mean, drivers(study)[name])
        text = f"- **{name}**: r = {with_interval(r.r, r.low, r.high)} {_reading(match)}."
        if np.isfinite(match.p):
            text += _without(match, without[name]) + f" The rank correlation is {ranks}."
        lines.append(text)
    return Markdown("\n".join(lines))


def _reading(match: Match) -> str:
    if not np.isfinite(match.p):
        return "cannot be compared, because one of the two does not vary"
    if match.p < CHANCE:
        return "differs from what shuffled inputs give"
    return "is within what shuffled inputs give, so position alone may explain it"


def _rank(attention: pd.Series, weather: pd.Series) -> str:
    """Rank correlation of attention with a driver over the steps with both."""
    both = pd.concat([attention, weather], axis=1).dropna().to_numpy().T
    return words.number(float(rank_correlation(*both)))


def _without(match: Match, without: Match) -> str:
    """Say what remains of a correlation without the step that attention is largest on."""
    r = without.found
    text = f" Without that step r = {with_interval(r.r, r.low, r.high)}"
    if match.p < CHANCE and not beyond_chance(match, without):
        return f"{text}: **what was found rests on this one step**."
    return text + "."


def figure_null(study) -> Figure:
    """Draw every seed's correlations beside those of shuffled inputs."""
    weather, attention, null = drivers(study), attention_of_issue(study), null_of_issue(study)
    names = [name for name in DRIVERS if name in weather.columns]
    found = {n: [pearson(attention[seed], weather[n]).r for seed in attention] for n in names}
    chance = {n: [pearson(row, weather[n]).r for row in null] for n in names}
    return plots.plot_null(pd.DataFrame(found), pd.DataFrame(chance))


def _by_lead_time(study) -> np.ndarray:
    """Give the mean attention of the test windows [%]: array (seed, lead_time, encoder_step)."""
    order = ("lead_time", "encoder_step")
    return np.stack([_percent(read["attention"].transpose(*order)) for read in readings(study)])


def late_shares(study) -> tuple[pd.DataFrame, float]:
    """Give the share of attention on the latest month [%], and what an even spread would have.

    Returns
    -------
    DataFrame (lead_time, seed), float
        Of the attention that lies on the encoder; for each seed and lead time it adds up to 100.
    """
    attention, steps = _by_lead_time(study), _steps_of_month(study)
    late = attention[:, :, -steps:].sum(axis=2).T
    leads = readings(study)[0]["lead_time"].to_numpy()
    return pd.DataFrame(late, leads, study.profile.seeds), 100 * steps / attention.shape[2]


def _steps_of_month(study) -> int:
    return max(1, study.prepared.steps_in_months(1))


def _last(steps: int) -> str:
    return "the last step" if steps == 1 else f"the last {steps} steps"


def figure_lead_times(study) -> Figure:
    """Attention by lead time, mean over the test windows and the seeds."""
    late, _ = late_shares(study)
    steps = readings(study)[0]["encoder_step"].to_numpy()
    mean = pd.DataFrame(_by_lead_time(study).mean(axis=0).T, steps, late.index)
    step = words.step_word(study.basin.settings.step)
    return plots.plot_lead_times(mean, late, step, _last(_steps_of_month(study)))


def words_lead_times(study) -> Markdown:
    """Say how the attention on the latest steps changes with lead time, by seeds and interval."""
    late, even = late_shares(study)
    mean = late.mean(axis=1)
    text = (
        f"On {_last(_steps_of_month(study))} of the encoder lies {words.number(mean.iloc[0], 1)} % "
        f"of the attention for the shortest lead time; spread evenly, it would be "
        f"{words.number(even, 1)} %."
    )
    return Markdown(text + _change(late) * (len(late) > 1))


def _change(late: pd.DataFrame) -> str:
    """Say how the latest month's share changes from the shortest to the longest lead time."""
    change = (late.iloc[-1] - late.iloc[0]).to_numpy()
    found, seeds = trust.over_seeds(change), len(change)
    way = "falls" if found.value < 0 else "rises"
    alike = int((np.sign(change) == np.sign(found.value)).sum())
    text = f" For the longest it is {words.number(late.iloc[-1].mean(), 1)} %: "
    if seeds < 2:
        digits = telling_digits(change, 1)
        points = words.number(abs(found.value), digits)
        return text + f"it {way} by {points} points with the one seed, which is not judged."
    sure = "beyond chance" if found.low * found.high > 0 else "not told from chance"
    points = with_interval(found.value, found.low, found.high, 1)
    return text + f"it {way} with {alike} of {seeds} seeds, by {points} points, {sure}."
