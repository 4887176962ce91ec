"""A local HTTP server that answers as public services do.

The answers are made by us, in the shapes that the services document; none is a recorded one.
"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pandas as pd


@contextmanager
def serve(answer):
    """Serve `answer(path, query)`, which gives a status and a body; yields address and log."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self, body=b""):
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            if body:
                query["body"] = body.decode()
            asked.append((parts.path, query, dict(self.headers)))
            self.reply(*answer(parts.path, query))

        def do_POST(self):
            self.do_GET(self.rfile.read(int(self.headers["Content-Length"])))

        def reply(self, status, body, headers=()):
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def power_answer(query):
    """What POWER's daily service for a point gives: a GeoJSON feature, values by YYYYMMDD."""
    days = pd.date_range(query["start"], query["end"])
    wave = [(n % 73) / 10 for n in range(len(days))]
    shift = float(query["latitude"]) / 10
    values = {
        "PRECTOTCORR": [round(max(w - 5, 0), 2) for w in wave],
        "T2M": [round(w + shift, 2) for w in wave],
        "WS10M": [round(2 + w / 10, 2) for w in wave],
    }
    texts = days.strftime("%Y%m%d")
    series = {name: dict(zip(texts, column, strict=True)) for name, column in values.items()}
    series["T2M"][texts[3]] = -999.0
    point = [float(query["longitude"]), float(query["latitude"]), 1480.5]
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": point},
        "properties": {"parameter": series},
        "header": {
            "title": "NASA/POWER Source Native Resolution Daily Data",
            "api": {"version": "v2.8.9", "name": "POWER Daily API"},
            "sources": ["MERRA2", "POWER"],
            "fill_value": -999.0,
            "time_standard": "LST",
            "start": query["start"],
            "end": query["end"],
        },
        "messages": [],
        "parameters": {
            "PRECTOTCORR": {"units": "mm/day", "longname": "Precipitation Corrected"},
            "T2M": {"units": "C", "longname": "Temperature at 2 Meters"},
            "WS10M": {"units": "m/s", "longname": "Wind Speed at 10 Meters"},
        },
        "times": {"data": 0.5, "process": 0.03},
    }


GAUGE = "USGS-08330000"
WELLS = {  # latitude, altitude [ft], parameter of its daily levels; None: measured by hand only
    "USGS-350001106400001": (35.05, 5000.0, "72019"),
    "USGS-350002106400002": (35.06, 5010.5, "72019"),
    "USGS-350003106400003": (35.30, 5100.0, None),
}
PAGE = 1500  # features


def usgs_answer(path, query, root):
    """What the USGS's OGC service gives: pages of GeoJSON features, values as text."""
    collection = path.split("/collections/")[1].split("/")[0]
    features = {
        "monitoring-locations": _locations, "daily": _daily, "field-measurements": _visits,
        "time-series-metadata": _series, "field-measurements-metadata": _hand_series,
    }[collection](query)  # fmt: skip
    first = int(query.get("offset", 0))
    page = features[first : first + PAGE]
    links = [{"rel": "self", "href": root + path}]
    if first + PAGE < len(features):
        follow = {**query, "offset": first + PAGE}
        links.append({"rel": "next", "href": f"{root}{path}?{urlencode(follow)}"})
    return {"type": "FeatureCollection", "features": page, "numberReturned": len(page),
            "links": links}  # fmt: skip


def _feature(number, place, properties):
    latitude = 35.09 if place == GAUGE else WELLS[place][0]
    point = {"type": "Point", "coordinates": [-106.68, latitude]}
    return {"type": "Feature", "id": number, "geometry": point,
            "properties": {"monitoring_location_id": place, **properties}}  # fmt: skip


def _locations(query):
    wanted = json.loads(query["body"])["args"][0]["args"][1] if "body" in query else [query["id"]]
    found = []
    for place in wanted:
        if place in {GAUGE, *WELLS}:
            altitude = WELLS.get(place, (0, 4946.2, ""))[1]
            feature = _feature(place, place, {
                "monitoring_location_name": f"RIO: {place[-4:]}", "altitude": altitude,
                "vertical_datum": "NAVD88", "site_type_code": "ST" if place == GAUGE else "GW",
            })  # fmt: skip
            del feature["properties"]["monitoring_location_id"]
            found.append(feature)
    return found


def _value(place, day, parameter, value, statistic, unit):
    status = "Approved" if day.year < 2006 else "Provisional"
    return _feature(f"{place}-{statistic}-{day:%Y%m%d}", place, {
        "parameter_code": parameter, "statistic_id": statistic, "time": f"{day:%Y-%m-%d}",
        "value": value, "unit_of_measure": unit, "approval_status": status,
        "qualifier": ["ESTIMATED"] if day.day == 13 else None,
        "time_series_id": f"{place}{parameter}{statistic}",
    })  # fmt: skip


def _daily(query):
    place, days = query["monitoring_location_id"], pd.date_range(*query["time"].split("/"))
    if place == GAUGE:
        flow = lambda n: str(900 + 50 * (n % 73))  # noqa: E731
        return [_value(place, day, "00060", None if n == 4 else flow(n), "00003", "ft^3/s")
                for n, day in enumerate(days)]  # fmt: skip
    parameter = WELLS[place][2]
    if parameter is None:
        return []
    level = lambda n, more: f"{10 + more + (n % 73) / 20:.2f}"  # noqa: E731
    means = [_value(place, day, parameter, level(n, 0), "00003", "ft")
             for n, day in enumerate(days)]  # fmt: skip
    largest = [_value(place, day, parameter, level(n, 1), "00001", "ft")
               for n, day in enumerate(days)]  # fmt: skip
    return means + largest


def _visits(query):
    place, span = query["monitoring_location_id"], query["time"].split("/")
    days = pd.date_range(span[0][:10], span[1][:10], freq="15D")
    values = [_value(place, day, "72019", f"{30 + n % 24 / 10:.2f}", "", "ft")
              for n, day in enumerate(days)]  # fmt: skip
    for value in values:
        value["properties"]["time"] += "T17:30:00+00:00"
        del value["properties"]["statistic_id"], value["properties"]["time_series_id"]
    return values


def _inside(query, by_hand):
    west, south, east, north = map(float, query["bbox"].split(","))
    return [
        _feature(f"series{place}", place, {
            "parameter_code": "72019", "begin": "1990-05-01T00:00:00+00:00",
            "end": "2020-05-01T00:00:00+00:00",
        })
        for place, (latitude, _, parameter) in WELLS.items()
        if (parameter is None) == by_hand and south <= latitude <= north and west < -106.68 < east
    ]  # fmt: skip


def _series(query):
    return _inside(query, by_hand=False)


def _hand_series(query):
    return _inside(query, by_hand=True)
