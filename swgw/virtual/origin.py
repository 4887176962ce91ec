"""How a virtual basin was made: the seed and the parameters, so that it can be taken up again."""

import json
from dataclasses import asdict, fields
from pathlib import Path

from swgw.storage.files import write_text
from swgw.virtual.parameters import Parameters

FILE = "simulation.json"


def write_origin(folder: Path, seed: int, parameters: Parameters) -> None:
    """Write the seed and the parameters into the folder of a truth."""
    record = {"seed": seed, "parameters": asdict(parameters)}
    write_text(folder / FILE, json.dumps(record, indent=1) + "\n")


def load_origin(folder: Path) -> tuple[int, Parameters] | None:
    """Read the seed and the parameters of a virtual basin.

    Parameters
    ----------
    folder : Path
        The truth's folder.

    Returns
    -------
    tuple of int and Parameters, or None
        None where nothing is recorded, or something that this simulator does not know.
    """
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf-8"))
        parts = {
            part.name: part.type(**record["parameters"][part.name]) for part in fields(Parameters)
        }
        return int(record["seed"]), Parameters(**parts)
    except (OSError, ValueError, KeyError, TypeError):
        return None
