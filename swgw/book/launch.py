"""Opening a notebook elsewhere: the address of the repository, and the cell that installs from it.

The address is in ``_config.yml`` (``repository: url``), from which the book's buttons for Colab and
Binder are made, and in the first cell of each notebook, since Colab gets a notebook alone. A fork
replaces it in both: ``sed -i s/YOUR_ACCOUNT/its-name/ _config.yml notebooks/*.ipynb``.
"""

import yaml

from swgw.storage.share import shared

PLACEHOLDER = "YOUR_ACCOUNT"
"""Part of the address as long as nobody has published this copy."""

CODE = """\
# On Colab, where swgw is missing, this installs it and says so; elsewhere it does nothing.
import importlib.util
import subprocess
import sys

source = "git+{address}"
if importlib.util.find_spec("swgw") is None:
    print(f"Installing swgw from {{source}}; this takes some minutes.")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)"""


def repository() -> str:
    """Address of the repository that this copy was published from."""
    return yaml.safe_load(shared("_config.yml").read_text(encoding="utf-8"))["repository"]["url"]


def setup_code(address: str = "") -> str:
    """Source of the cell, tagged ``setup``, that installs swgw where it is missing.

    Parameters
    ----------
    address : str
        Of the repository; that of ``_config.yml`` if empty.
    """
    return CODE.format(address=address or repository())
