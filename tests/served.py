"""A local HTTP server that answers as public services do.

The answers are made by us, in the shapes that the services document; none is a recorded one.
"""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pandas as pd


@contextmanager
def serve(answer):
    """Serve `answer(path, query)`, which gives a status and a body; yields address and log."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = urlsplit(self.path)
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            asked.append((parts.path, query, dict(self.headers)))
            self.reply(*answer(parts.path, query))

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

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
