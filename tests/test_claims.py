"""Claims: each rule gives each verdict, and every claim has its numbers from a page."""

import re
from functools import cache
from math import inf, nan

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from fake_study import VARIANTS, make_study

from swgw.claims import CLAIMS, VERDICTS, Band, Claim, Finding, Part
from swgw.claims.paper_statements import STATEMENTS
from swgw.claims.rules import combine
from swgw.pages import claims as page
from swgw.pages import draws, drivers, groundwater, second_task
from swgw.scores.bootstrap import Interval, judge, verdict
from swgw.storage.share import shared
from swgw.transfer import claims as transfer_claims

KEYS = [claim.key for claim in CLAIMS]
SPANS = {
    "supported": (0.2, 0.4),
    "contradicted": (-0.9, -0.7),
    "inconclusive": (-0.5, 0.5),
    "not judged": (nan, nan),
}


def interval(low, high, seeds=3):
    return Interval((low + high) / 2, low, high, (seeds, 14))


def placed(band, word):
    """Build an interval that lies inside a band, outside it, or across its edge."""
    low, high = max(band.low, -9.0), min(band.high, 9.0)
    width = high - low
    edge = band.low if np.isfinite(band.low) else band.high
    outside = -1 if np.isfinite(band.low) else 1
    if word == "supported":
        return interval(low + 0.25 * width, low + 0.75 * width)
    if word == "contradicted":
        return interval(*sorted((edge + outside * 0.1, edge + outside * 0.2)))
    if word == "inconclusive":
        return interval(edge - 0.1, edge + 0.1)
    return interval(low + 0.25 * width, low + 0.75 * width, seeds=1)


@pytest.mark.parametrize("word", [v for v in VERDICTS if v != "not testable here"])
@pytest.mark.parametrize("claim", CLAIMS, ids=KEYS)
def test_every_claim_can_get_every_verdict(claim, word):
    part = Part("", placed(claim.band, word), claim.band)
    assert part.word == word
    assert Finding(claim, (part,)).verdict == word


@pytest.mark.parametrize("claim", CLAIMS, ids=KEYS)
def test_a_reason_makes_any_claim_untestable(claim):
    part = Part("", placed(claim.band, "supported"), claim.band)
    assert Finding(claim, (part,), reason="no river").verdict == "not testable here"
    assert Finding(claim, reason="no river").deciding is None


@pytest.mark.parametrize(
    ("low", "high", "seeds", "word"),
    [
        (0.16, 0.19, 3, "supported"),
        (0.05, 0.14, 3, "contradicted"),
        (0.21, 0.30, 3, "contradicted"),
        (0.10, 0.18, 3, "inconclusive"),
        (0.10, 0.30, 3, "inconclusive"),
        (0.16, 0.19, 1, "not judged"),
        (nan, nan, 3, "not judged"),
    ],
)
def test_a_band_with_two_edges(low, high, seeds, word):
    assert judge(interval(low, high, seeds), 0.15, 0.20) == word


@pytest.mark.parametrize("seed", range(20))
def test_the_rules_of_the_pages_are_the_same_rule(seed):
    rng = np.random.default_rng(seed)
    found = interval(*np.sort(rng.normal(0, 0.1, 2)), seeds=rng.integers(1, 4))
    assert verdict(found) == judge(found, 0, inf)
    assert verdict(found, -1) == judge(found, -inf, 0)
    margin = transfer_claims.MARGIN
    assert transfer_claims.identical(found) == judge(found, -margin, margin)


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["supported", "supported"], "supported"),
        (["supported", "inconclusive"], "inconclusive"),
        (["supported", "inconclusive", "contradicted"], "contradicted"),
        (["supported", "not judged"], "not judged"),
        ([], "not testable here"),
    ],
)
def test_a_claim_about_several_things_needs_all_and_fails_with_one(words, word):
    assert combine(words) == word


def test_the_number_shown_is_the_one_that_decides():
    band = Band(low=0)
    parts = [Part(name, interval(*SPANS[name]), band) for name in ("supported", "inconclusive")]
    parts += [Part("worst", interval(-0.9, -0.7), band), Part("bad", interval(-0.3, -0.1), band)]
    finding = Finding(CLAIMS[1], tuple(parts))
    assert finding.verdict == "contradicted"
    assert finding.deciding.label == "worst"
    assert finding.sample == "3 seeds × 14 blocks"


def test_a_pages_own_rule_is_kept():
    part = Part("", Interval(0.7, nan, nan, (3, 0)), Band(high=0.5), said="inconclusive")
    assert Finding(CLAIMS[0], (part,)).verdict == "inconclusive"


def test_keys_and_numbers_fit():
    assert len(set(KEYS)) == len(KEYS) >= 25
    assert set(KEYS) == set(page.EVIDENCE)
    assert all(claim.where and claim.text.endswith(".") for claim in CLAIMS)


@pytest.mark.parametrize("claim", CLAIMS, ids=KEYS)
def test_the_figure_of_a_claim_is_on_its_page(claim: Claim):
    notebook = nbformat.read(shared("notebooks") / f"{claim.page}.ipynb", 4)
    names = [c.metadata.get("mystnb", {}).get("figure", {}).get("name") for c in notebook.cells]
    assert claim.figure in names


@pytest.mark.parametrize("claim", CLAIMS, ids=KEYS)
def test_the_rule_in_words_names_its_band(claim: Claim):
    assert claim.exact or claim.band.words in claim.rule()
    assert "in each of 3" in claim.rule(3) or claim.exact


@cache
def study_of(variant):
    """Make each fake study once; its findings are kept with it."""
    return make_study(**VARIANTS[variant])


@pytest.fixture(params=VARIANTS, ids=str, scope="module")
def study(request):
    return study_of(request.param)


def test_every_finding_has_a_verdict_and_its_reason(study):
    found = page.findings(study)
    assert {finding.verdict for finding in found} <= set(VERDICTS)
    for finding in found:
        assert (finding.verdict == "not testable here") == bool(finding.reason), finding
        assert finding.parts or finding.reason


def test_one_seed_judges_nothing(study):
    decided = {"supported", "contradicted", "inconclusive"}
    words = {finding.verdict for finding in page.findings(study)}
    assert bool(words & decided) == (len(study.profile.seeds) > 1)


def test_the_sources_speak_only_beside_their_companion(study):
    table = page.claims_table(study)
    companion = study.basin.settings.companion_is_paper
    assert table["published"].any() == companion
    assert table["where"].any() == companion
    assert ("level" in set(table["claim"])) == companion
    assert ("findings for this basin" in page.words_scope(study).data) != companion
    assert all(np.isnan(p.paper) for f in page.findings(study) for p in f.parts) != companion


def test_the_page_and_the_file_hold_the_same(study):
    kept = page.table_all(study)
    data, metadata = kept._repr_mimebundle_()
    assert set(data) == {"text/markdown", "text/plain"}  # the renderer warns of any other
    assert metadata["kept_table"]["name"] == "claims"
    rows = metadata["kept_table"]["csv"].splitlines()
    assert len(rows) == 1 + len(page.findings(study))
    assert rows[0].startswith("claim,group,text,where,published,rule")
    said = [page.table_claims(study, g).data for g in {c.group for c in CLAIMS}]
    for word in VERDICTS:
        shown = sum(text.count(f"**{word}**") for text in said)
        assert shown == sum(finding.verdict == word for finding in page.findings(study))


def test_verdicts_are_those_of_the_pages():
    study = study_of("everything")
    found = {finding.claim.key: finding for finding in page.findings(study)}
    table = second_task.differences(study).set_index(["score", "comparison"])
    for name in ("GRU", "LSTM", "TFT"):
        for score, kind in (("NSE", "water"), ("R²", "heads")):
            line = table.loc[(score, f"MT-{name} − ST-{name}")]
            finding = found[f"gain_{kind}_{name.lower()}"]
            assert finding.deciding.found.value == line["value"]
            if finding.claim.band == Band(low=0):
                assert finding.verdict == line["word"]
    entropy = groundwater.correlations_with_distance(study)["entropy"]
    assert found["entropy_distance"].deciding.found.low == entropy.low
    drawn = study_of("two gauges")
    words = {name: line["word"] for name, line in draws.judged(drawn).iterrows()}
    for finding in page.findings(drawn):
        if finding.draws:
            assert finding.verdict == combine([words[name] for name in finding.claim.drawn])


def test_stage_is_called_stage():
    study = study_of("monthly stage")
    text = " ".join(page.claims_table(study)["text"])
    assert "stage" in text and "discharge" not in text and "{" not in text


def test_draws_judge_what_depends_on_them():
    study = study_of("two gauges")
    found = {finding.claim.key: finding for finding in page.findings(study)}
    entropy = found["entropy_distance"]
    assert entropy.draws and not entropy.one_basin and entropy.sample == "10 draws of the basin"
    table = page.over_draws(study, entropy.claim)
    assert entropy.verdict == table[0].word
    assert found["lags_differ"].one_basin


def test_figures_and_words_stand(study):
    for name in ("figure_forecasts", "figure_readings", "figure_verdicts"):
        figure = getattr(page, name)(study)
        figure.canvas.draw()
        plt.close(figure)
    assert re.match(r"Of \d+ (claims|statements), ", page.words_tally(study).data)


def test_statements_and_claims_cite_the_same_paper():
    assert "section 5, conclusion 1" in {claim.where for claim in CLAIMS}
    assert "section 5, conclusion 1" in {statement.where for statement in STATEMENTS.values()}


def test_a_number_shows_on_which_side_of_its_band_it_lies():
    found = Interval(0.0014, -0.00036, 0.003, (3, 25))
    assert page._value(Part("", found, Band(0))) == "0.0014 [−0.0004, 0.0030]"
    assert page._value(Part("", interval(0.147, 0.3), Band(0.15, 0.2))).endswith("[0.147, 0.300]")


def test_a_claim_of_the_sources_basin_only_names_no_rule():
    own = [claim for claim in CLAIMS if not claim.own]
    assert own and not any(Finding(claim, reason="x").rule for claim in own)
    assert "lies above 0" in Finding(CLAIMS[1], reason="x").rule


def test_what_is_not_judged_holds_in_no_basin():
    study = study_of("one seed, rain only")
    assert "hold" not in page.words_tally(study).data
    assert "in this one virtual basin" not in set(page.claims_table(study)["note"])


def test_an_open_notebook_shows_no_roles():
    table = page.table_claims(study_of("everything"), page.ATTENTION)
    assert "{numref}`fig-10-attention`" in table.data
    html = table._repr_html_()
    assert "numref" not in html and "figure on page <code>04_1_attention</code>" in html
    assert html.count("<tr>") == table.data.count("\n") and '<span class="verdict' in html


def test_distance_and_the_river_correlate_alike_on_both_pages():
    study = study_of("everything")
    claim = next(claim for claim in CLAIMS if claim.key == "water_distance")
    found = drivers.water_with_distance(study)
    assert page.find(study, claim).deciding.found.value == found.r
    assert found.text in drivers.words_lags(study).data


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["supported"] * 3, "is **supported**"),
        (["supported", "inconclusive", "inconclusive"], "is **inconclusive**"),
        (["supported", "contradicted", "inconclusive"], "is **contradicted**"),
    ],
)
def test_whatever_the_architecture_means_every_one(words, said, monkeypatch):
    table = pd.DataFrame({"place": second_task.HEADS, "word": words})
    monkeypatch.setattr(second_task, "differences", lambda study: table)
    text = second_task.words_claim(study_of("everything")).data
    assert said in text and f"{words.count('supported')} of 3" in text
