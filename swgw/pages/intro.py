"""The first page: which basin this is, how it was run, and how the models did at a glance."""

import pandas as pd
from IPython.display import Markdown
from matplotlib.figure import Figure

from swgw.book import text as words
from swgw.experiments.choices_work import lack
from swgw.pages import missing
from swgw.pages.against import standing
from swgw.pages.answer import told_apart
from swgw.plots.intro import plot_headline

_LOST = {
    "gauge": "forecasts of surface water and whatever compares them with heads",
    "gauges:2": "the question of the second task at another gauge",
    "wells:3": "clusters of wells and what is told apart by them",
    "river": "the river on the map and distances to it",
    "truth": "the check of the interpretations against what really drives each well",
    "temperature": "what rests on temperature",
    "wind": "what rests on wind",
    "well:slope": "the slope among the static inputs",
    "discharge": "KGE of the surface water",
    "sites": "the second task at many gauges, each with wells of its own ({doc}`03_5_many_gauges`)",
}


def words_basin(study) -> Markdown:
    """Present the basin of this book: what it is, what is measured, how it is divided."""
    settings = study.basin.settings
    kind = "a **virtual basin**: its records are simulated" if settings.virtual else "a real basin"
    gauge = (
        f"; the target gauge is {words.escape(_name(study.basin.gauges, settings.target_gauge))}"
        if settings.target_gauge
        else ""
    )
    lines = [
        f"This edition shows **{words.escape(settings.title)}**, {kind}. "
        f"{words.escape(settings.description)}",
        f"- {words.count(len(study.basin.wells), 'well')} and "
        f"{words.count(len(study.basin.gauges), 'gauge')}{gauge}",
        f"- one value every {words.step_word(settings.step).removeprefix('1 ')}, forecast up to "
        f"{words.count(settings.lead_times, 'step')} ahead from a history of "
        f"{words.count(settings.encoder_length, 'step')}",
        f"- training {words.period(settings.train)}; validation "
        f"{words.period(settings.validation)}; test {words.period(settings.test)}",
        f"- profile `{study.profile.name}`: {words.count(len(study.profile.seeds), 'seed')}, "
        f"{words.budget(study.profile)}",
        f"- licence of the data: {words.escape(settings.licence)}; "
        f"source: {words.escape(settings.citation)}",
    ]
    return Markdown(lines[0] + "\n\n" + "\n".join(lines[1:]))


def words_limits(study) -> Markdown:
    """Say what of the paper this basin can and cannot show."""
    settings = study.basin.settings
    if settings.companion_is_paper:
        first = (
            "The paper's records are not public. Its methods are rerun here on a stand-in, so our "
            "numbers stand beside the paper's and are not expected to equal them. What can be "
            "tested is whether the methods behave as the paper says, on a basin of the same kind."
        )
    else:
        first = (
            "This is not the basin of the paper. Its methods are rerun here; nothing on these "
            "pages confirms or refutes the paper's numbers, which are therefore left out."
        )
    if study.truth is not None:
        first += (
            " Because the basin is simulated, its truth is known, and an interpretation of a model "
            "can be held against what really happened. "
        )
        first += (
            "No score of the paper was a target of its calibration; one number, the spread of the "
            "observed discharge, is inferred from the errors and scores of the paper's Table 3."
        )
    lost = [f"- {_LOST[need]}: {'; '.join(missing(study, need))}" for need in _LOST if
            missing(study, need)]  # fmt: skip
    if lost:
        first += "\n\nWhat this basin cannot show, and why:\n\n" + "\n".join(lost)
    left = _left_to_other_profiles(study)
    if left:
        first += f"\n\nWhat profile `{study.profile.name}` leaves out:\n\n" + "\n".join(left)
    return Markdown(first if lost or left else f"{first}\n\nNo page lacks anything here.")


def _left_to_other_profiles(study) -> list[str]:
    """List the parts of pages that only a larger profile computes."""
    full = {
        "the second task where weather or pasts are unknown, and at other gauges "
        "({doc}`03_3_second_task`)": not missing(study, "both") and not study.profile.grid,
        "ten more draws of the basin ({doc}`03_3_second_task`)": study.truth is not None
        and not len(study.realisations),
        "training anew with one choice made otherwise ({doc}`choices`)": not missing(study, "both")
        and bool(lack(study)),
    }
    lines = [f"- {part}: profile `full`" for part, absent in full.items() if absent]
    if not study.fold_runs:
        lines.append("- recalibrated intervals ({doc}`03_4_uncertainty`): profile `paper`")
    return lines


def words_headline(study) -> Markdown:
    """Compare the best trained model of each task with the best reference, in words."""
    lines = [_headline(study, task) for task in study.tasks]
    if len(study.profile.seeds) == 1:
        lines.append(
            "With one seed, differences between trained models are **not judged**: another seed "
            "may turn them round."
        )
    return Markdown("\n\n".join(lines))


def figure_headline(study) -> Figure:
    """Draw the NSE of every model and seed, for each task."""
    titles = {
        "surface_water": f"{words.surface_water_word(study).capitalize()} at the target gauge",
        "head": "Heads (median over wells)",
    }
    return plot_headline({titles[task]: _scores(study, task) for task in study.tasks})


def _scores(study, task: str) -> pd.DataFrame:
    if task == "surface_water":
        scores = study.table_3()[["model", "seed", "nse"]]
    else:
        by_well = study.groundwater_scores()
        scores = by_well.groupby(["model", "seed"], sort=False)["nse"].median().reset_index()
    return scores.assign(reference=scores["seed"] < 0)


def _headline(study, task: str) -> str:
    found = standing(study, task)
    what = words.surface_water_word(study) if task == "surface_water" else "heads"
    if found is None:
        return f"**{what.capitalize()}.** No score is defined on this basin's test period."
    score = "NSE" if task == "surface_water" else "median NSE over the wells"
    verb = "scores" if found.ahead == 1 else "score"
    return (
        f"**{what.capitalize()}.** The best trained model is {found.model} ({score} "
        f"{words.number(found.score, 3)}). The best forecast without a network is "
        f"{found.reference} ({words.number(found.floor, 3)}). The trained model is "
        f"{_stands(found.score - found.floor)}; {told_apart(study, task, found.difference)}. "
        f"{found.ahead or 'None'} of {words.count(found.of, 'trained model')} {verb} higher than "
        "that reference."
    )


def _stands(gap: float) -> str:
    """Say how far a model is ahead of a reference or behind it, by three digits."""
    size = words.number(abs(gap), 3)
    if float(size) == 0:
        return "level with it"
    return f"{'ahead of' if gap > 0 else '**behind**'} it by {size}"


def _name(frame: pd.DataFrame, key: str) -> str:
    name = frame["name"].get(key) if "name" in frame else None
    return name if isinstance(name, str) and name else key
