"""The tables of README.md, from the JSON that the benchmarks left; nothing in them is typed in."""

import json
import re
from pathlib import Path

import numpy as np

from swgw.storage.files import write_text

Row = list[str]


def write_tables(results: Path, readme: Path) -> None:
    """Put each benchmark's table between its marks ``<!-- NAME -->`` and ``<!-- /NAME -->``."""
    text = readme.read_text(encoding="utf-8")
    for name, lines in TABLES.items():
        path = results / f"{name}.json"
        if path.exists():
            result = json.loads(path.read_text(encoding="utf-8"))
            machine = [describe(result["machine"])] if "machine" in result else []
            made = "\n".join([*lines(result), "", *machine]).rstrip()
            mark = re.compile(f"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
            text = mark.sub(lambda found, made=made: f"{found[1]}{made}\n{found[2]}", text)
    write_text(readme, text)


def describe(machine: dict) -> str:
    """One line on the machine."""
    versions = ", ".join(f"{name} {found}" for name, found in machine["versions"].items())
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['threads']} thread; "
        f"Python {machine['python']}, {versions}; engine {machine['engine']}."
    )


def markdown(head: Row, rows: list[Row]) -> list[str]:
    """A table; all columns but the first are numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return ["| " + " | ".join(cells) + " |" for cells in [head, rule, *rows]]


def ratios(result: dict) -> list[str]:
    """Windows per second and paired ratios to the first way, a table for each hidden size."""
    lines = []
    for size, ways in result["hidden_size"].items():
        head = ["windows per second", f"× {next(iter(ways))}", "in processor time", "× row above"]
        rows, before = [], None
        for name, way in ways.items():
            speed = way["windows_per_second"]["median"]
            step = "" if before is None else f"{way['ratio']['median'] / before:.2f}"
            before = way["ratio"]["median"]
            cells = [spread(way["ratio"]), spread(way["ratio_cpu"]), step]
            rows.append([name, f"{speed:,.0f}", *cells])
        lines += ["", *markdown([f"hidden size {size}", *head], rows)]
    repetitions = way["ratio"]["repetitions"]
    what = ", ".join(f"{name} {value}" for name, value in result["what"].items())
    return [*lines, "", f"Median [lowest, highest] of {repetitions} repetitions. {what}."]


def spread(found: dict) -> str:
    """A median with its range."""
    return f"{found['median']:.2f} [{found['lowest']:.2f}, {found['highest']:.2f}]"


def losses(result: dict) -> list[str]:
    """Validation loss by sampling, and processor time to the stock way's loss."""
    lines = []
    for size, found in result["hidden_size"].items():
        rows = []
        for name, values in found["validation_loss"].items():
            difference = found["difference"][name]
            interval = f"[{difference['low']:+.1%}, {difference['high']:+.1%}]"
            times = [row["ratio"] for row in found["to_stock_loss"].get(name, []) if row["ratio"]]
            reached = f"{np.median(times):.1f} ({len(times)} of {len(values)})" if times else ""
            mean = [f"{np.mean(values):.3f}", f"{np.std(values, ddof=1):.3f}"]
            rows.append([name, *mean, f"{difference['mean']:+.1%} {interval}", reached])
        head = ["validation loss", "deviation over seeds", "against shuffled", "times sooner"]
        lines += ["", *markdown([f"hidden size {size}", *head], rows)]
    seeds = len(values)
    told = (
        f"{seeds} seeds, {result['windows']:,} windows each; differences are paired by seed, with "
        "their 90 % interval. Times sooner: processor time of the stock way to its own best loss, "
        "over that of ours to the same loss; in brackets how many seeds reached it."
    )
    return [*lines, "", told]


def growth(result: dict) -> list[str]:
    """Processor time of each stage, by number of wells, for each window where it has any."""
    wells = result["wells"]
    rows = []
    for stage in next(iter(wells.values()))[0]:
        turns = [[turn[stage] for turn in wells[count]] for count in wells]
        each = [
            [turn["processor_seconds"] / (turn["windows"] or int(count)) for turn in own]
            for count, own in zip(wells, turns, strict=True)
        ]
        ratios = np.divide(each[-1], each[0])
        spread = f"{np.median(ratios):.2f} [{ratios.min():.2f}, {ratios.max():.2f}]"
        rows.append([stage, *map(_time_and_memory, turns), spread])
    head = ["stage", *[f"{int(count):,} wells" for count in wells], "last × first"]
    told = (
        "Processor time of the stage and peak memory up to its end, median over turns. Last × "
        "first: time for each window (for each well in loading, clusters and interpretation), turn "
        "by turn, with the lowest and highest."
    )
    return [*markdown(head, rows), "", told]


def _time_and_memory(turns: list[dict]) -> str:
    """Median processor time and peak memory of a stage."""
    seconds, peak = (np.median([t[name] for t in turns]) for name in ("processor_seconds", "peak"))
    return f"{seconds:,.1f} s, {peak:.2f} GB"


def budgets(result: dict) -> list[str]:
    """Skill on the test years with the book's windows and with many times as many."""
    rows = []
    for name, found in result["models"].items():
        change = found["difference"]
        cells = [f"{np.mean(found[arm]['nse']):.3f}" for arm in ("book", "longer")]
        cells.append(f"{change['value']:+.3f} [{change['low']:+.3f}, {change['high']:+.3f}]")
        spent = [found[arm]["processor_seconds"] for arm in ("book", "longer")]
        rows.append([name, *cells, *[f"{seconds:,.0f} s" for seconds in spent]])
    times = f"{result['times']} ×"
    head = ["NSE, test years", "book", times, "gain", "a run of the book", f"a run of {times}"]
    told = (
        f"Mean over {result['seeds']} seeds (heads: of the median over wells), and the gain with "
        "its 90 % interval over seeds and blocks of time (and wells). Training stops early in both."
    )
    return [*markdown(head, rows), "", told]


def stages(result: dict) -> list[str]:
    """Processor time of a book's work by kind, and elapsed time of its notebooks."""
    work = {"notebooks (elapsed)": result["notebooks"]} | result["work"]
    work |= {"**all**": sum(work.values())}
    rows = [[kind, f"{seconds / 60:.1f}"] for kind, seconds in work.items()]
    told = f"Profile `{result['profile']}`, {len(result['seeds'])} seeds."
    return [told, "", *markdown(["work", "processor minutes"], rows)]


def realisations(result: dict) -> list[str]:
    """Mean of each statistic over realisations, with its 90 % interval."""
    rows = [
        [f"`{name}`", f"{found['value']:+.3f}", f"[{found['low']:+.3f}, {found['high']:+.3f}]"]
        for name, found in result["statistics"].items()
    ]
    told = f"{result['realisations']} realisations; commit {result['commit']}."
    return [*markdown(["statistic", "mean", "90 % interval"], rows), "", told]


def contest(result: dict) -> list[str]:
    """Scores of the challenge: ours, our members' and the teams'."""
    names = ["nse", "mae", "rmse", "mae_20", "mae_80", "coverage"]
    rows, over_seeds = [], []
    for row in result["scores"]:
        who = f"**{row['who']}**" if row["kind"] == "ours" else row["who"]
        cells = [three(row[name]) for name in names]
        cells[0] += f" [{three(row['nse_low'])}, {three(row['nse_high'])}]"
        rows.append([who, *cells, three(row["nse_cal"]), three(row["nse_out_of_fold"])])
        if row["kind"] != "team":
            ends = [[three(row[f"{name}_{end}"]) for end in ("min", "max")] for name in names]
            over_seeds.append([who, *["–".join(pair) if all(pair) else "" for pair in ends]])
    head = ["NSE", "MAE (m)", "RMSE (m)", "MAE_0.2", "MAE_0.8", "PICP"]
    weights = ", ".join(f"{name} {value:.2f}" for name, value in result["weights"].items())
    told = (
        f"Weights: {weights}. 95 % intervals of a block, made from the other blocks, hold "
        f"{result['coverage_of_blocks']:.3f} of its heads. {result['processor_seconds'] / 60:.1f} "
        f"minutes of one processor for all fits, {result['seeds']} seeds."
    )
    first = markdown([result["site"], *head, "NSE cal", "NSE oof"], rows)
    return [*first, "", *markdown(["over seeds", *head], over_seeds), "", told]


def three(value: float | None) -> str:
    """Three decimals; empty where there is none."""
    return "" if value is None else f"{value:.3f}"


TABLES = {
    "speed": ratios,
    "same_loss": losses,
    "scaling": growth,
    "peers": ratios,
    "budget": budgets,
    "paper": stages,
    "realisations": realisations,
    "challenge": contest,
}
