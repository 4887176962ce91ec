"""Ways to corrupt a copy of the example basin, as spreadsheets, loggers and people do.

Each gives a function of the folder.
"""

import json

import pandas as pd


def table(folder, name):
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False)


def edit(name, change, **how):
    """Change a table: `change` takes and gives a frame of text."""

    def corrupt(folder):
        changed = change(table(folder, name)).to_csv(None, index=False, **how)
        (folder / name).write_bytes(changed.encode())

    return corrupt


def column(name, which, change, **how):
    """Change every cell of a column."""
    return edit(name, lambda t: t.assign(**{which: t[which].map(change)}), **how)


def cell(name, row, which, value):
    """Change one cell; rows as a spreadsheet counts them (the header is row 1)."""

    def change(t):
        t.loc[row - 2, which] = value
        return t

    return edit(name, change)


def text(name, change):
    """Change a file as text; the change may give bytes."""

    def corrupt(folder):
        before = (folder / name).read_bytes().decode()
        after = change(before)
        assert after != before
        (folder / name).write_bytes(after if isinstance(after, bytes) else after.encode())

    return corrupt


def setting(old, new):
    return text("basin.yml", lambda t: t.replace(old, new))


def write(name, content):
    return lambda folder: (folder / name).write_text(content)


def remove(*names):
    return lambda folder: [(folder / name).unlink() for name in names]


def all_of(*corruptions):
    return lambda folder: [corrupt(folder) for corrupt in corruptions]


def number(change, digits=4):
    return lambda cell: f"{change(float(cell)):.{digits}f}" if cell else cell


def line(*points):
    return json.dumps({"type": "LineString", "coordinates": points})


def swap(t):
    return t.rename(columns={"longitude": "latitude", "latitude": "longitude"})


def append(name, rows, **changes):
    """Append rows once more (a slice or list of positions), with changes."""
    return edit(name, lambda t: pd.concat([t, t.iloc[rows].assign(**changes)]))


def level(change, digits=4):
    """Change the heads and the surface they are held against alike."""
    both = (("heads.csv", "head"), ("wells.csv", "surface_elevation"))
    return all_of(*(column(name, which, number(change, digits)) for name, which in both))


NO_RIVER = setting("river: river.geojson", "")
NO_SURFACE = edit("wells.csv", lambda t: t.drop(columns="surface_elevation"))


def to_switzerland(folder):
    """Move the basin to 8° E, 47° N, where a swapped place is a place as well."""
    for name in ("wells.csv", "gauges.csv"):
        column(name, "longitude", number(lambda x: x - 92, 6))(folder)
        column(name, "latitude", number(lambda x: x + 8, 6))(folder)
    river = json.loads((folder / "river.geojson").read_text())
    points = [[x - 92, y + 8] for x, y in river["geometry"]["coordinates"]]
    (folder / "river.geojson").write_text(line(*points))


def heads_at(height):
    """Take the ground away and let the heads stand near a height [m]."""
    return all_of(NO_SURFACE, column("heads.csv", "head", number(lambda h: h - 1480 + height)))


def centimetres(name, where, which=-1):
    """Multiply the values of some rows by a hundred: `where` takes the table."""

    def change(t):
        value = t.columns[which]
        hundredfold = t[value].map(number(lambda v: v * 100))
        return t.assign(**{value: t[value].where(~where(t), hundredfold)})

    return edit(name, change)


def rows(name, which, value):
    """Write one value into the last column of some rows (a slice)."""

    def change(t):
        t.iloc[which, -1] = value
        return t

    return edit(name, change)


def thousand_point(cell):
    """Write a number as if a point between thousands were a decimal point."""
    value = round(float(cell) * 60)
    return f"{value // 1000}.{value % 1000:03d}" if value >= 1000 else str(value)
