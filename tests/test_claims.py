"""Claims: constructed numbers get each verdict, pages call each key, printed scores are checked."""

import json
import re
from math import inf, nan
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pandas as pd
import pytest

import swgw
from swgw.claims import judge as rules
from swgw.claims.judge import find, sentence
from swgw.claims.read import read_claims
from swgw.storage.files import shared

CLAIMS = read_claims()
PAGES = {path.stem: path for path in sorted(shared("notebooks").glob("*.ipynb"))}
CODE = {
    page: "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "code")
    for page, path in PAGES.items()
}
UNTESTABLE = [claim.key for claim in CLAIMS.values() if claim.untestable]
each_claim = pytest.mark.parametrize("claim", CLAIMS.values(), ids=list(CLAIMS))


def study_of(folder, **changes):
    """The face of a study that claims use, with all that they need unless it is changed."""
    face = {"folder": folder, "companion": True, "water": "discharge", "unit": "m³/s"}
    face |= {"seeds": (0, 1, 2), "profile": SimpleNamespace(name="paper"), "lacking": lambda *_: []}
    face |= {"basin": SimpleNamespace(digest="d"), "settings": SimpleNamespace(title="t")}
    face |= {"words": lambda name: name.replace("_", " ")}
    face |= {"realisations": pd.DataFrame(), "gauge": "g", "test_period": slice(None)}
    face |= {"surface_water": pd.DataFrame({"g": [0.0, 10.0, 20.0]})}  # standard deviation 10
    return SimpleNamespace(**face | changes)


@pytest.fixture
def study(tmp_path):
    return study_of(tmp_path)


def table_of(*rows, seeds=3, **columns):
    """Parts named a, b, …, from (low, high)."""
    table = pd.DataFrame(rows, list("abcdefgh")[: len(rows)], ["low", "high"])
    return table.assign(value=table.mean(axis=1), seeds=seeds, **columns)


HARMLESS = ("no effect within the bound", "inconclusive")
OUTCOMES = list(rules.MARKS)[:-1]


def placed(claim, word):
    """The ends of an interval that gets a verdict, in standard deviations where unit is gauge."""
    (low, high), s = claim.band, claim.smallest
    one_sided = not (np.isfinite(low) and np.isfinite(high))
    deep = 2 * s + 0.1 if one_sided else (high - low) / 2
    depths = {
        "supported and of note": (deep * 0.9, deep),
        "supported but negligible": (0.2 * s, 0.4 * s),
        "no effect within the bound": (-0.5 * s, 0.5 * s),
        "contradicted": (-3 * s - 0.2, -2 * s - 0.1),
        "inconclusive": (-s - 0.1, deep * 0.9),
        "not judged": (deep * 0.9, deep),
    }[word]
    scale = 10 if claim.unit == "gauge" else 1
    edge, inwards = (low, 1) if np.isfinite(low) else (high, -1)
    return sorted(scale * (edge + inwards * depth) for depth in depths)


# ---- the list of claims --------------------------------------------------------------------


def test_keys_are_unique_and_entries_complete():
    text = Path(rules.__file__).with_name("claims.yml").read_text(encoding="utf-8")
    assert len(re.findall(r"^\w+:$", text, re.MULTILINE)) == len(CLAIMS) == 70
    assert len({claim.short for claim in CLAIMS.values()}) == len(CLAIMS)
    for claim in CLAIMS.values():
        assert claim.where and claim.table and claim.text.rstrip(")").endswith("."), claim.key
        assert claim.band[0] < claim.band[1] and claim.page in PAGES, claim.key
        two_edges = np.isfinite(claim.band).all()
        assert claim.smallest == 0 if two_edges else claim.smallest >= 0, claim.key
        assert set(claim.sample) <= {"seeds", "blocks", "wells", "steps", "lags"}, claim.key


def test_the_embedded_basin_has_what_claims_need(tmp_path):
    study = swgw.open_study("heihe", "quick", output=tmp_path, train=False)
    assert study.lacking(*sorted({need for claim in CLAIMS.values() for need in claim.needs})) == []


def test_what_we_infer_is_not_called_a_claim_of_the_sources():
    implied = {claim.key for claim in CLAIMS.values() if claim.origin == "implied"}
    assert implied == {
        *("learning", "coupling", "intervals", "attention_lead", "attention_needs", "gru_time"),
        *("weights_truth", "transfer_unlike"),
    }
    assert {claim.origin for claim in CLAIMS.values()} == {"source", "implied"}


@each_claim
def test_every_key_is_called_on_its_page_and_nowhere_else(claim):
    called = re.compile(rf'claim\(\s*study,\s*"{claim.key}"')
    found = [page for page, code in CODE.items() for _ in called.findall(code)]
    assert found == [claim.page] * (claim.table != "none")


@each_claim
def test_the_rule_in_words_names_its_band(claim):
    edges = [f"{edge:g}".replace("-", "−") for edge in claim.band if np.isfinite(edge)]
    assert all(edge in claim.rule() for edge in edges)
    assert "in each of 3" in claim.rule(3)


def test_passages_are_complete():
    table = swgw.passages()
    assert table.index.is_unique and len(table) >= 18
    assert table.ne("").all(axis=None) and table.notna().all(axis=None)
    assert "1979–2018" in table.loc["years of the forcing", "found"]
    assert "presumably" in table.loc["second source: leakage", "found"]


# ---- the rule ------------------------------------------------------------------------------


@pytest.mark.parametrize("word", OUTCOMES)
@each_claim
def test_every_claim_can_get_every_verdict(claim, word, study):
    if claim.smallest == 0 and word in ("supported but negligible", "no effect within the bound"):
        return
    seeds = 1 if word == "not judged" else 3
    found = find(study, claim, table_of(placed(claim, word), seeds=seeds))
    expected = "not testable here" if claim.untestable else word
    assert found["verdict"] == expected
    assert found["parts"][0]["verdict"] == word


@pytest.mark.parametrize(
    ("low", "high", "seeds", "word"),
    [
        (0.01, 0.09, 3, "supported and of note"),
        (0.0001, 0.0399, 3, "supported and of note"),
        (0.001, 0.003, 3, "supported but negligible"),
        (0.001, 0.03, 3, "supported but negligible"),
        (-0.019, 0.019, 3, "no effect within the bound"),
        (-0.012, -0.002, 3, "no effect within the bound"),
        (-0.03, -0.001, 3, "contradicted"),
        (-0.021, 0.019, 3, "inconclusive"),
        (-0.019, 0.021, 3, "inconclusive"),
        (0.01, 0.09, 1, "not judged"),
        (nan, nan, 3, "not judged"),
    ],
)
def test_the_outcomes_above_zero_from_two_hundredths(low, high, seeds, word):
    assert swgw.judge(table_of((low, high), seeds=seeds), (0, inf), 0.02) == [word]


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (0.16, 0.19, "supported and of note"),
        (0.05, 0.14, "contradicted"),
        (0.21, 0.30, "contradicted"),
        (0.10, 0.18, "inconclusive"),
        (0.10, 0.30, "inconclusive"),
    ],
)
def test_a_band_with_two_edges(low, high, word):
    assert swgw.judge(table_of((low, high)), (0.15, 0.20)) == [word]


def test_the_mirrored_claim_gets_the_mirrored_verdict():
    rng = np.random.default_rng(0)
    ends = np.sort(rng.normal(0, 0.03, (200, 2)), axis=1)
    table = pd.DataFrame(ends, columns=["low", "high"]).assign(seeds=3)
    table["value"] = table.mean(axis=1)
    other = pd.DataFrame({"low": -table["high"], "high": -table["low"]})
    other = other.assign(value=-table["value"], seeds=3)
    assert swgw.judge(table, (0, inf), 0.02) == swgw.judge(other, (-inf, 0), 0.02)


def test_parts_that_contradict_are_corrected_for_their_number():
    """One interval just below zero contradicts alone, and not as one of eight."""
    near, far, unclear = (-0.9, -0.01), (-0.9, -0.5), (-0.5, 0.5)
    assert swgw.judge(table_of(near)) == ["contradicted"]
    assert swgw.judge(table_of(near, *[unclear] * 7)) == ["inconclusive"] * 8
    words = swgw.judge(table_of(far, near, unclear))  # Holm: with two left, the next level
    assert words == ["contradicted", "inconclusive", "inconclusive"]
    assert swgw.judge(table_of(far, (-0.9, -0.2))) == ["contradicted"] * 2


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.1, "supported and of note"),
        (0.7, "supported but negligible"),
        (1.2, "no effect within the bound"),
        (1.7, "contradicted"),
    ],
)
def test_a_measured_share_has_no_interval_and_a_verdict(share, word, study):
    claim = CLAIMS["transfer_time"]
    assert find(study, claim, table_of((share, share)))["verdict"] == word


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["supported and of note"] * 2, "supported and of note"),
        (["supported and of note", "supported but negligible"], "supported but negligible"),
        (["supported but negligible", "no effect within the bound"], "no effect within the bound"),
        (["no effect within the bound", "inconclusive"], "inconclusive"),
        (["supported and of note", "inconclusive", "contradicted"], "contradicted"),
        (["supported and of note", "not judged"], "not judged"),
        ([], "not testable here"),
    ],
)
def test_a_claim_needs_all_parts_and_fails_with_one(words, word):
    assert rules.combine(words) == word


def test_the_number_shown_is_the_one_that_decides(study):
    table = table_of((0.2, 0.4), (-0.5, 0.5), (-0.9, -0.7), (-0.3, -0.1), blocks=14)
    found = find(study, CLAIMS["best"], table)
    assert (found["verdict"], found["deciding"]) == ("contradicted", "c")
    assert found["sample"] == "3 seeds × 14 blocks"
    assert found["value"] == pytest.approx(-0.8)


# ---- a claim on a page ---------------------------------------------------------------------


def shown(capsys):
    return capsys.readouterr().out


def kept(study, key):
    path = study.folder / "results" / "findings" / f"{key}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_finding_is_shown_and_kept_whole(study, capsys):
    swgw.claim(study, "peaks", table_of((-9.0, -2.0), (-5.0, -1.0), blocks=14))
    found = kept(study, "peaks")
    assert found["verdict"] == "supported and of note" and found["unit"] == "m³/s"
    assert found["smallest"] == 0.5 and found["rule"].endswith("smallest effect of interest 0.5")
    assert found["text"] == "GRU and LSTM forecast high discharge too low."
    assert [part["part"] for part in found["parts"]] == ["a", "b"]
    assert not list((study.folder / "results" / "findings").glob(".*"))
    text = sentence(found)
    assert "−3.00 [−5.00, −1.00] m³/s (`b`, which decides among 2; 3 seeds × 14 blocks)" in text
    assert 'class="verdict supported-and-of-note">▲</span> **supported and of note**' in text
    assert "section 3.1, Fig. 5" in text
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("table", "note"),
    [("it takes two gauges", "it takes two gauges"), (table_of(), "none of the models")],
)
def test_what_cannot_be_tested_says_why(study, table, note):
    swgw.claim(study, "coupling", table)
    found = kept(study, "coupling")
    assert found["verdict"] == "not testable here" and note in found["note"]
    assert found["value"] is None and found["parts"] == []
    assert note in sentence(found)


def test_seeds_are_those_of_the_study_unless_given(study, tmp_path):
    table = table_of((0.2, 0.4)).drop(columns="seeds")
    assert find(study, CLAIMS["r2_distance"], table)["verdict"] == "supported and of note"
    one = study_of(tmp_path, seeds=(0,))
    assert find(one, CLAIMS["r2_distance"], table)["verdict"] == "not judged"


def test_a_verdict_of_the_table_does_not_count(study):
    table = table_of((0.2, 0.4), verdict="supported")
    assert find(study, CLAIMS["gain_water_gru"], table)["verdict"] == "contradicted"


def test_a_verdict_that_rests_on_one_value_says_so(study):
    table, without = table_of((0.2, 0.4)), table_of((-0.2, 0.4))
    swgw.claim(study, "attention_rain", table, without=without)
    assert "would be inconclusive" in kept(study, "attention_rain")["note"]
    swgw.claim(study, "attention_rain", table, without=table)
    assert kept(study, "attention_rain")["note"] == ""


def test_the_verdict_in_our_way_stands_beside_that_of_the_paper(study, capsys):
    swgw.claim(study, "rank_heads", table_of((0.1, 0.2), wells=25), table_of((-0.01, 0.01)))
    found = kept(study, "rank_heads")
    assert found["verdict"] == "supported and of note" and "0.15" in sentence(found)
    assert found["ours"] == swgw.findings(study).loc["rank_heads", "ours"]
    assert found["ours"] == "no effect within the bound"
    swgw.claim(study, "rank_heads", table_of((0.1, 0.2), wells=25))
    assert kept(study, "rank_heads")["ours"] == ""


def test_the_sources_are_named_beside_their_companion_only(tmp_path, capsys):
    other = study_of(tmp_path, companion=False, water="stage", unit="m")
    swgw.claim(other, "level", table_of((0.5, 0.7)))
    assert not (tmp_path / "results").exists() and shown(capsys) == ""
    found = find(other, CLAIMS["rank_water"], table_of((0.1, 0.2)))
    assert (found["where"], found["number"]) == ("", "")
    assert "stage" in found["text"] and "{" not in json.dumps(found["text"])
    assert len(swgw.findings(other)) == len(CLAIMS) - len(UNTESTABLE)


def test_realisations_of_the_basin_judge_what_depends_on_them(tmp_path):
    names = ["water_precipitation", "water_temperature", "entropy_distance"]
    made = pd.DataFrame(np.random.default_rng(0).normal(0.5, 0.1, (10, 3)), columns=names)
    study = study_of(tmp_path, realisations=made, seeds=(0,))
    for key in ("water_weather", "entropy_distance", "autocorrelation"):
        swgw.claim(study, key, table_of((-0.2, 0.1), seeds=1))
    assert kept(study, "water_weather")["verdict"] == "supported and of note"
    assert kept(study, "water_weather")["sample"] == "10 realisations"
    assert len(kept(study, "water_weather")["parts"]) == 2
    assert kept(study, "entropy_distance")["verdict"] == "contradicted"
    assert kept(study, "autocorrelation")["verdict"] == "not judged"


def test_statistics_of_realisations_are_computed():
    from swgw.experiments import realisations as realisation_statistics

    text = Path(realisation_statistics.__file__).read_text(encoding="utf-8")
    named = {name for claim in CLAIMS.values() for name in claim.realisations}
    assert all(f'"{name}"' in text for name in named - {"water_precipitation", "water_temperature"})


def test_an_unknown_key_is_refused(study):
    with pytest.raises(KeyError, match="rank_watr"):
        swgw.claim(study, "rank_watr", table_of((0.1, 0.2)))


# ---- gathered ------------------------------------------------------------------------------


def test_findings_are_those_of_this_study(study, tmp_path):
    swgw.claim(study, "best", table_of((0.1, 0.2), blocks=14))
    swgw.claim(study, "r2_distance", table_of((0.1, 0.2), wells=25))
    table = swgw.findings(study)
    assert list(table.index) == list(CLAIMS)
    assert table.loc["best", "verdict"].startswith("supported") and table.loc["best", "to"] == inf
    assert "03_1_runoff was not executed" in table.loc["rank_water", "note"]
    less = study_of(tmp_path, lacking=lambda *needs: ["no course"] * ("river" in needs))
    assert swgw.findings(less).loc["r2_distance", "note"] == "this basin has no course"
    other = study_of(tmp_path, profile=SimpleNamespace(name="quick"))
    assert set(swgw.findings(other)["verdict"]) == {"not testable here"}


# ---- the page ------------------------------------------------------------------------------


def run_page(study, monkeypatch, **changed):
    """Execute the page of claims on a study; give its names."""
    monkeypatch.setattr(swgw, "open_study", lambda *_: study, raising=False)
    names = {}
    for cell in nbformat.read(PAGES["05_claims"], 4).cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "code" and not {"setup", "needs:gauge"} & set(tags):
            code = cell.source
            for line, other in changed.items():
                code = re.sub(rf"^{line} = \S+", f"{line} = {other}", code, flags=re.MULTILINE)
            exec(compile(code, cell.id, "exec"), names)
    return names


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A study on which every claim was judged, with each verdict among them."""
    study = study_of(tmp_path_factory.mktemp("full"), keep=lambda table, name: table)
    for i, claim in enumerate(CLAIMS.values()):
        usual = OUTCOMES[:1] if claim.smallest == 0 else OUTCOMES
        word = usual[i % len(usual)]
        rows = [placed(claim, "supported and of note"), placed(claim, word)]
        swgw.claim(study, claim.key, table_of(*rows, seeds=1 if word == "not judged" else 3))
    return study


def test_the_rule_on_the_page_is_the_rule(full, monkeypatch):
    names = run_page(full, monkeypatch)
    assert (names["claims"]["here"] == names["claims"]["verdict"]).all()
    assert set(names["claims"]["here"]) == set(rules.MARKS)
    assert names["counts"].to_numpy().sum() == len(CLAIMS)


def test_the_marked_line_changes_verdicts(full, monkeypatch):
    claims = run_page(full, monkeypatch, fewest="1")["claims"]
    turned = claims["here"] != claims["verdict"]
    assert set(claims.loc[turned, "verdict"]) == {"not judged"}
    assert turned.sum() == (claims["verdict"] == "not judged").sum() > 5


def test_the_page_of_a_basin_where_nothing_was_judged(tmp_path, monkeypatch):
    study = study_of(tmp_path, companion=False, keep=lambda table, name: table)
    with pytest.warns(UserWarning, match="No artists with labels"):
        names = run_page(study, monkeypatch)
    assert set(names["claims"]["here"]) == {"not testable here"}


@pytest.fixture(scope="module")
def audit(tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch, pytest.warns(UserWarning):
        folder = tmp_path_factory.mktemp("audit")
        return run_page(study_of(folder, keep=lambda table, name: table), monkeypatch)


def test_the_variances_of_table_3(audit):
    """Literal numbers, computed once by hand."""
    assert audit["variance"]["value"].round().to_dict() == {
        "ST-GRU": 3189, "MT-GRU": 3160, "ST-LSTM": 3475,
        "MT-LSTM": 3136, "ST-TFT": 2433, "MT-TFT": 2994,
    }  # fmt: skip
    ends = audit["variance"].loc["ST-TFT", ["low", "high"]]
    assert list(ends.round()) == [2397, 2470]
    assert (round(audit["start"]), round(audit["end"])) == (3156, 3167)
    assert set(audit["agrees"].index[audit["agrees"]]) == {"ST-GRU", "MT-GRU", "MT-LSTM"}


def test_r2_excludes_the_rmse_of_one_row(audit):
    check = audit["check"]
    impossible = check.index[check["implied_nse"] > check["highest_nse"]]
    assert list(impossible) == ["ST-TFT"]
    assert check.loc["ST-TFT", "implied_nse"] == pytest.approx(0.738, abs=5e-4)
    assert check.loc["ST-TFT", "highest_nse"] == pytest.approx(0.685)
    assert check.loc["ST-TFT", "lowest_rmse"] == pytest.approx(31.5, abs=0.1)
    assert check.loc["ST-TFT", "implied_rmse"] == pytest.approx(32.8, abs=0.05)


def test_gains_of_both_targets(audit):
    gains = audit["gains"].round(1)
    values = [-11.8, 20.0, 10.6, -5.8, 16.7, 10.3, -6.5, 25.6, 20.9, -6.2, 30.3, 6.1]
    assert list(gains["value"]) == pytest.approx(values)
    assert list(gains.loc["R² of heads, median, TFT", ["low", "high"]]) == [18.4, 23.5]
    assert list(audit["can"]) == [
        "NSE of runoff, LSTM", "R² of runoff, LSTM", "R² of heads, median, TFT",
    ]  # fmt: skip


def test_one_correlation_is_significant_and_one_is_not(audit):
    table = audit["correlations"].round(3)
    assert table["p"].to_dict() == {"entropy_distance": 0.209, "r2_distance": 0.008}
    assert table.loc["entropy_distance", "low"] < 0 < table.loc["entropy_distance", "high"]
    assert table.loc["r2_distance", "low"] > 0


def test_persistence_on_the_papers_river(audit):
    """Identity 3, and how many rows of Table 3 are below it."""
    memory = audit["memory"]
    assert memory["NSE of persistence"].round(2).to_dict() == {1: 0.96, 5: 0.8, 30: 0.52}
    assert memory["rows of Table 3 below"].to_dict() == {1: 6, 5: 6, 30: 4}


def test_persistence_has_twice_the_autocorrelation_less_one():
    noise = np.random.default_rng(0).normal(size=20_000)
    series = pd.Series(noise).ewm(alpha=0.1).mean()
    r = series.autocorr(5)
    assert swgw.nse(series, series.shift(5)) == pytest.approx(2 * r - 1, abs=0.01)


def test_the_published_season(audit):
    cycle = [round(float(r), 2) for r in audit["cycle"]]
    assert cycle[:6] == [0.82, 0.39, -0.1, -0.49, -0.72, -0.8]
    assert cycle[:11] == cycle[10::-1] and cycle[11] == 1
    rain = audit["rain"]
    assert rain[1] < rain[4] and rain[5] > rain[10] and rain.idxmax() == 7


def test_cluster_means_agree_with_the_mean_over_wells(audit):
    fits = dict(zip(audit["sizes"], audit["fits"], strict=True))
    assert fits[10, 8, 7] and not fits[8, 10, 7]
    assert sum(fits.values()) == 37


@pytest.mark.parametrize("seed", range(10))
def test_the_identities_hold_for_scores_of_one_series(seed):
    rng = np.random.default_rng(seed)
    obs = pd.Series(rng.gamma(2, 3, 60))
    sims = [obs * rng.uniform(0.2, 2) + rng.normal(0, rng.uniform(0.1, 5), 60) for _ in range(5)]
    implied = [swgw.rmse(obs, sim) ** 2 / (1 - swgw.nse(obs, sim)) for sim in sims]
    assert np.ptp(implied) < 1e-9 * max(implied)
    assert all(swgw.nse(obs, sim) <= swgw.r2(obs, sim) + 1e-12 for sim in sims)


# ---- how often the rule errs ----------------------------------------------------------------


def test_identical_arms_are_seldom_taken_for_different_ones(monkeypatch):
    """Arms of three seeds of one process, whose errors last for days; and arms that do differ."""
    monkeypatch.setattr("swgw.scores.resample.RESAMPLES", 1_000)
    rng, steps = np.random.default_rng(0), 219
    obs = pd.Series(rng.normal(size=steps)).ewm(alpha=0.2).mean()
    columns = pd.MultiIndex.from_product([["A", "B"], range(3)])
    errors, found = 0, 0
    for _ in range(60):
        shared = pd.Series(rng.normal(size=steps)).ewm(alpha=0.2).mean().to_numpy()[:, None]
        own = pd.DataFrame(rng.normal(size=(steps, 6))).ewm(alpha=0.05).mean().to_numpy()
        sims = pd.DataFrame(obs.to_numpy()[:, None] + 0.5 * shared + 0.5 * own, columns=columns)
        same = swgw.differences(obs, sims, [("A", "B")], swgw.nse)
        errors += swgw.judge(same, smallest=0.02)[0] not in HARMLESS
        sims["B"] = sims["B"] + obs.std()
        other = swgw.differences(obs, sims, [("A", "B")], swgw.nse)
        found += swgw.judge(other, smallest=0.02) == ["supported and of note"]
    assert errors <= 6
    assert found >= 40
