"""A figure that a reader can zoom in: a still picture and a moving one in its place.

The book's ``live.js`` shows the moving one on a screen, from the copy of plotly.js that comes with
the book; Jupyter and VS Code show it by their own. Print, and a reader without scripts, keep the
still one.
"""

import base64
import html
import io
from collections.abc import Sequence

import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure

PLOTLY = "application/vnd.plotly.v1+json"
LAYOUT = {
    "autosize": True,
    "font": {"size": 13},
    "height": 420,
    "margin": {"l": 60, "r": 10, "t": 30, "b": 50},
    "legend": {"orientation": "h", "y": -0.16, "yanchor": "top", "x": 0},
    "hovermode": "closest",
    "dragmode": "zoom",
    "uirevision": "kept",  # a change of colours or of the choice leaves the zoom as it is
    "template": "none",
}
"""What all moving figures share; colours come from the page."""


class LiveFigure:
    """A still and a moving figure of the same thing, which a notebook shows as one.

    Parameters
    ----------
    still : Figure
        Of matplotlib; closed, so that it is not shown a second time.
    moving : plotly.graph_objects.Figure
        A trace with a ``meta`` is seen only while this is the choice.
    choices : sequence of str
        What a reader may choose, the first being what the still figure shows.
    label : str
        Names the choice.
    """

    def __init__(
        self, still: Figure, moving, choices: Sequence[str] = (), label: str = "Shown"
    ) -> None:
        self.pictures = {kind: _picture(still, kind) for kind in ("svg", "png")}
        plt.close(still)
        self.moving, self.choices, self.label = moving, list(choices), label

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {
            "text/html": self.html(),
            "image/svg+xml": self.pictures["svg"].decode(),
            "image/png": base64.b64encode(self.pictures["png"]).decode(),
            PLOTLY: self.moving.to_plotly_json(),
        }

    def html(self) -> str:
        """Write both figures as HTML; the still one's alternative text is added by the book."""
        picture = base64.b64encode(self.pictures["svg"]).decode()
        # no "<" can end the script that holds the numbers
        numbers = self.moving.to_json().replace("<", "\\u003c")
        return (
            '<div class="live-figure">'
            f'<img class="live-still" alt="" src="data:image/svg+xml;base64,{picture}">'
            f'{self._select()}<div class="live-plot"></div>'
            f'<script type="application/json">{numbers}</script></div>'
        )

    def _select(self) -> str:
        if not self.choices:
            return ""
        options = "".join(
            f'<option value="{html.escape(each)}">{html.escape(each)}</option>'
            for each in self.choices
        )
        label = html.escape(self.label)
        return f'<label class="live-choice">{label} <select>{options}</select></label>'


def show(still: Figure, moving, choices: Sequence[str] = (), label: str = "Shown") -> Figure:
    """Show a live figure where one is looking, in a notebook; give the still one.

    Parameters
    ----------
    still, moving, choices, label
        See :class:`LiveFigure`.
    """
    display(LiveFigure(still, moving, choices, label))
    return still


def dump(values, digits: int = 5) -> list:
    """Give numbers as a short list for plotly: few digits, a gap as None.

    Examples
    --------
    >>> dump([1.23456789, float("nan")])
    [1.2346, None]
    """
    return [
        None if value != value else float(f"{value:.{digits}g}") for value in map(float, values)
    ]


def days(index) -> list[str]:
    """Give times as text for plotly, by the day."""
    return [f"{day:%Y-%m-%d}" for day in index]


def _picture(figure: Figure, kind: str) -> bytes:
    stream = io.BytesIO()
    figure.savefig(stream, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return stream.getvalue()


def with_description(text: str, description: str) -> str:
    """Give the still picture in a live figure's HTML its alternative text.

    Parameters
    ----------
    text : str
        See :meth:`LiveFigure.html`.
    description : str
        Plain text.
    """
    plain = html.escape(description)
    text = text.replace('class="live-still" alt=""', f'class="live-still" alt="{plain}"')
    return text.replace(
        '<div class="live-plot">', f'<div class="live-plot" role="group" aria-label="{plain}">'
    )
