"""What Jing, Tian & Zheng (2025) publish, as data: ``paper.yml`` says where each number stands.

Pages show them only beside a basin whose ``basin.yml`` says ``companion: jing2025``. Nothing in
this package is fitted to them. The paper's statements are on the pages.
"""

from pathlib import Path

import pandas as pd
import yaml

_DATA = yaml.safe_load(Path(__file__).with_name("paper.yml").read_text(encoding="utf-8"))

_TABLES = "TABLE_3", "GROUNDWATER_R2", "CLUSTERS"
TABLE_3, GROUNDWATER_R2, CLUSTERS = (pd.DataFrame(**_DATA[name]) for name in _TABLES)
CORRELATIONS, DISTANCE_ORDER = _DATA["CORRELATIONS"], tuple(_DATA["DISTANCE_ORDER"])
WELLS = _DATA["WELLS"]
