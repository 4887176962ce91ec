"""The numbers behind the claims on attention and drivers; see :mod:`swgw.pages.evidence`."""

import numpy as np
import pandas as pd

from swgw.attribution import agreement
from swgw.attribution import tests as trust
from swgw.attribution.work import lack
from swgw.claims import Claim, Finding, Part
from swgw.experiments.realisation_statistics import lag_table as lags_of_wells
from swgw.pages.attention import largest_step, late_shares, matches, readings, tft
from swgw.pages.drivers import driving_series, lag_table, monthly_autocorrelation
from swgw.pages.evidence import Found
from swgw.pages.evidence_wells import one_part, over_wells, seeds_of
from swgw.scores.bootstrap import Interval
from swgw.scores.correlation import correlate_each, pearson
from swgw.scores.rounding import with_interval

LAGS = (1, 2, 4, 11)
STATICS = ("distance_to_river", "cluster", "slope")


def attention_rain(study, claim: Claim, without_largest: bool = False) -> Found:
    """Correlation of attention with precipitation, and its excess over shuffled inputs."""
    match = matches(study, without_largest)["precipitation"]
    found, n = match.found, (seeds_of(study), match.found.n)
    excess = found.r - (match.null_low + match.null_high) / 2
    beyond = Interval(excess, found.r - match.null_high, found.r - match.null_low, n)
    plain = Interval(found.r, found.low, found.high, n)
    return [
        Part("correlation", plain, claim.band),
        Part("less shuffled inputs", beyond, claim.band),
    ]


def attention_others(study, claim: Claim, without_largest: bool = False) -> Found:
    """Correlation of attention with wind and temperature."""
    parts, compared = [], matches(study, without_largest)
    for name in ("wind", "temperature"):
        found = compared[name].found
        n = (seeds_of(study), found.n)
        parts.append(Part(name, Interval(found.r, found.low, found.high, n), claim.band))
    return parts


def on_one_step(study, claim: Claim) -> str:
    """Say that a verdict on attention rests on one step; nothing where it stands without it."""
    function = READINGS[claim.key]
    whole, without = (Finding(claim, tuple(function(study, claim, left))) for left in (False, True))
    if whole.verdict not in ("supported", "contradicted") or without.verdict == whole.verdict:
        return ""
    part = without.deciding
    found = with_interval(part.found.value, part.found.low, part.found.high)
    return (
        f"rests on one step: without that of {largest_step(study)}, where attention is largest, "
        f"it would be {without.verdict}, with {found} ({part.label})"
    )


def attention_near(study, claim: Claim) -> Found:
    """Attention on the latest month less an even share."""
    shares, even = late_shares(study)
    return [Part("", trust.over_seeds((shares.mean() - even).to_numpy() / 100), claim.band)]


def attention_lead(study, claim: Claim) -> Found:
    """Attention on the latest month, shortest lead time less longest."""
    shares, _ = late_shares(study)
    if len(shares) < 2:
        return "one lead time, where two are needed"
    change = (shares.iloc[0] - shares.iloc[-1]).to_numpy() / 100
    return [Part("", trust.over_seeds(change), claim.band)]


def attention_needs(study, claim: Claim) -> Found:
    """Rank correlation of attention with what forecasts need of the past."""
    if lack(study):
        return lack(study)
    return [Part("", trust.attention_and_needs(study), claim.band)]


def weights_truth(study, claim: Claim) -> Found:
    """Rank correlation over wells of selection weights with the truth."""
    if lack(study):
        return lack(study)
    return [Part("", agreement.agreement_of(study, agreement.WEIGHTS), claim.band)]


def _head_correlations(study) -> pd.DataFrame:
    """Correlate each well's head with each driver: (well, driver)."""
    settings, series = study.basin.settings, driving_series(study)
    heads = study.prepared.heads.loc[settings.train.start : settings.test.end]
    each = pd.DataFrame({name: correlate_each(heads, series[name]) for name in series})
    return each.dropna(axis="columns", how="all").dropna()


def heads_weak(study, claim: Claim) -> Found:
    """Mean over wells of the correlation with the driver where it is largest."""
    each = _head_correlations(study)
    if each.empty:
        return "no well has enough values to correlate"
    strongest = each.mean().abs().idxmax()
    found = over_wells(each[strongest].to_numpy(), np.mean)
    return [Part(strongest, one_part(study, claim, *found, len(each))[0].found, claim.band)]


def heads_water_most(study, claim: Claim) -> Found:
    """Largest correlation of heads with surface water less the largest with weather."""
    each, quantity = _head_correlations(study), study.basin.settings.surface_water
    water = np.array([name.startswith(quantity) for name in each.columns])
    if each.empty or not water.any() or water.all():
        return "no driver of one kind to compare with the other"

    def gap(drawn: np.ndarray) -> float:
        size = np.abs(drawn.mean(axis=0))
        return float(size[water].max() - size[~water].max())

    return one_part(study, claim, *over_wells(each.to_numpy(), gap), len(each))


def heads_water(study, claim: Claim) -> Found:
    """Correlation of heads with surface water now and earlier, mean over lags and wells."""
    each = lags_of_wells(study.prepared).mean(axis=1).dropna()
    return one_part(study, claim, *over_wells(each.to_numpy(), np.mean), len(each))


def water_weather(study, claim: Claim) -> Found:
    """Correlation of surface water with precipitation and temperature."""
    series, parts = driving_series(study), []
    water = series[study.basin.settings.surface_water]
    for name in ("precipitation", "temperature"):
        found = pearson(water, series[name])
        n = (seeds_of(study), found.n)
        parts.append(Part(name, Interval(found.r, found.low, found.high, n), claim.band))
    return parts


def autocorrelation(study, claim: Claim) -> Found:
    """Autocorrelation of monthly surface water at 1, 6 and 12 months; the middle one turned."""
    table = monthly_autocorrelation(study, True)
    if 12 not in table.index:
        return "fewer than two years of months"
    parts = []
    for lag, sign in ((1, 1), (6, -1), (12, 1)):
        r, half = sign * table.loc[lag, "r"], table.loc[lag, "high"]
        label = f"lag {lag}" + ", turned" * (sign < 0)
        found = Interval(r, r - half, r + half, (seeds_of(study), len(table)))
        parts.append(Part(label, found, claim.band))
    return parts


def lags_differ(study, claim: Claim) -> Found:
    """Share of wells that agree on the sign of a lag's correlation, mean over lags."""
    positive = (lag_table(study).dropna() > 0).to_numpy().astype(float)

    def agreement(drawn: np.ndarray) -> float:
        share = drawn.mean(axis=0)
        return float(np.maximum(share, 1 - share).mean())

    return one_part(study, claim, *over_wells(positive, agreement), len(positive))


def _weights(study, kind: str) -> pd.DataFrame:
    """Selection weights as shares (variable, seed)."""
    frames = [reading[f"{kind}_importance"].to_series() for reading in readings(study)]
    return pd.concat(frames, axis=1)


def statics(study, claim: Claim) -> Found:
    """Smallest weight of distance, cluster and slope less the largest of other static inputs."""
    weights = _weights(study, "static")
    others = weights.index.difference(STATICS)
    if not set(STATICS) <= set(weights.index) or others.empty:
        return "the network has not these three static inputs and others beside them"
    gap = weights.loc[list(STATICS)].min() - weights.loc[others].max()
    return [Part("", trust.over_seeds(gap.to_numpy()), claim.band)]


def _lags(weights: pd.DataFrame) -> pd.Index:
    return weights.index[weights.index.str.startswith("surface_water_lag_")]


def lagged(study, claim: Claim) -> Found:
    """Largest weight of a lagged surface water less the largest of the other inputs."""
    weights = _weights(study, "encoder")
    mine = _lags(weights)
    if mine.empty:
        return f"{tft(study)} has no lagged surface water among its inputs"
    gap = weights.loc[mine].max() - weights.drop(index=mine).max()
    return [Part("", trust.over_seeds(gap.to_numpy()), claim.band)]


def lags(study, claim: Claim) -> Found:
    """Mean weight of the lags that the paper names less that of the other lags."""
    weights = _weights(study, "encoder")
    named = [f"surface_water_lag_{month}" for month in LAGS]
    others = _lags(weights).difference(named)
    if not set(named) <= set(weights.index) or others.empty:
        return "the network has not all these lags among its inputs, and others"
    gap = weights.loc[named].mean() - weights.loc[others].mean()
    return [Part("", trust.over_seeds(gap.to_numpy()), claim.band)]


READINGS = {
    "attention_rain": attention_rain,
    "attention_others": attention_others,
    "attention_near": attention_near,
    "attention_lead": attention_lead,
    "attention_needs": attention_needs,
    "heads_weak": heads_weak,
    "heads_water_most": heads_water_most,
    "heads_water": heads_water,
    "water_weather": water_weather,
    "autocorrelation": autocorrelation,
    "lags_differ": lags_differ,
    "statics": statics,
    "lagged": lagged,
    "lags": lags,
    "weights_truth": weights_truth,
}
"""By key of the claim: what gives its numbers."""

REMARKS = {"attention_rain": on_one_step, "attention_others": on_one_step}
"""By key of the claim: what has to be said beside its verdict, if anything."""
