"""The chart of a run: for each workload, what we take beside what the peer takes.

An SVG that follows the reader's light or dark mode. Places are medians on a logarithmic scale;
beside each line stands how many times as long the peer took.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tests.bench.peers import TITLES
from tests.bench.results import OURS, Figure, Results

_WIDTH, _LEFT, _RIGHT = 880, 330, 790
_ROW, _TITLE, _TOP, _BOTTOM = 21, 46, 64, 44

_STYLE = """
text { font: 12.5px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
.title { font-size: 14px; font-weight: 600; }
.soft, .tick { fill: #59636e; }
.tick { font-size: 11px; }
.faster { font-weight: 600; }
.grid { stroke: #d1d9e0; }
.row { stroke: #d1d9e0; stroke-width: 3; stroke-linecap: round; }
.sidecar { fill: #0969da; }
.dexie { fill: #d4622a; }
.memory { fill: none; stroke: #8c959f; stroke-width: 1.5; }
.livestore { fill: #8250df; }
.node { fill: none; stroke: #8250df; stroke-width: 1.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .soft, .tick { fill: #9198a1; }
  .grid { stroke: #30363d; }
  .row { stroke: #3d444d; }
  .sidecar { fill: #4493f8; }
  .dexie { fill: #f0883e; }
  .livestore { fill: #ab7df8; }
  .node { stroke: #ab7df8; }
}
"""

_MARKS = {
    OURS: "sidecar",
    "dexie": "dexie",
    "memory": "memory",
    "livestore": "livestore",
    "livestore node": "node",
}
"""The peers of the chart, each with the class of its mark; the first ones lie on top."""


@dataclass(frozen=True)
class _Part:
    """Some rows under a title; `rival` is whom the ratios are about."""

    title: str
    rival: str
    figures: Sequence[Figure]


def svg(results: Results) -> str:
    """Return the chart of a run; what it did not measure is left out."""
    parts = [part for part in _parts(results) if part.figures]
    values = [
        spread.p50
        for part in parts
        for figure in part.figures
        for peer, spread in figure.peers.items()
        if peer in _MARKS
    ]
    if not values:
        return '<svg xmlns="http://www.w3.org/2000/svg"/>\n'
    scale = _Scale(min(values), max(values))
    height = _TOP + sum(_TITLE + _ROW * len(part.figures) for part in parts) + _BOTTOM
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            f'width="{_WIDTH}" height="{height}" role="img">'
        ),
        f"<title>Medians of each workload: {', '.join(TITLES[peer] for peer in _MARKS)}</title>",
        f"<style>{_STYLE}</style>",
        *_legend(parts),
        *_grid(scale, height),
    ]
    y = _TOP
    for part in parts:
        y += _TITLE
        lines.append(_text(part.title, 16, y - 14, 'class="title"'))
        for figure in part.figures:
            lines += _row(figure, part.rival, scale, y)
            y += _ROW
    return "\n".join([*lines, "</svg>\n"])


def _parts(results: Results) -> list[_Part]:
    size = min((one.size for one in results.of("app")), default=0)
    return [
        _Part(
            f"An app with {size:,} memories, beside RxDB",
            "dexie",
            [one for one in results.of("app") if one.size == size],
        ),
        _Part("RxDB's own workload", "dexie", list(results.of("average"))),
        _Part(
            "LiveStore's own workload",
            "livestore",
            [one for one in results.of("items") if "livestore" in one.peers],
        ),
    ]


class _Scale:
    """Places of milliseconds: whole decades that hold all values."""

    def __init__(self, least: float, most: float) -> None:
        self.first = math.floor(math.log10(least))
        self.last = max(self.first + 1, math.ceil(math.log10(most)))

    def x(self, milliseconds: float) -> float:
        share = (math.log10(milliseconds) - self.first) / (self.last - self.first)
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)


def _legend(parts: Sequence[_Part]) -> list[str]:
    shown = {peer for part in parts for one in part.figures for peer in one.peers}
    lines, x = [], 22
    for peer, mark in _MARKS.items():
        if peer in shown:
            lines.append(f'<circle class="{mark}" cx="{x}" cy="24" r="5"/>')
            lines.append(_text(TITLES[peer], x + 11, 28))
            x += 44 + 7 * len(TITLES[peer])
    note = "median, further left is faster; at the right: how many times as long the peer took"
    return [*lines, _text(note, 16, 54, 'class="soft"')]


def _grid(scale: _Scale, height: int) -> list[str]:
    lines = []
    for decade in range(scale.first, scale.last + 1):
        x = scale.x(10**decade)
        lines.append(
            f'<line class="grid" x1="{x}" y1="{_TOP + 8}" x2="{x}" y2="{height - _BOTTOM + 6}"/>'
        )
        name = _duration(10**decade)
        lines.append(_text(name, x, height - _BOTTOM + 24, 'class="tick" text-anchor="middle"'))
    return lines


def _row(figure: Figure, rival: str, scale: _Scale, y: int) -> list[str]:
    shown = {peer: one.p50 for peer, one in figure.peers.items() if peer in _MARKS}
    middle = y + _ROW // 2 - 4
    size = f", {figure.size:,} events" if figure.group == "items" and figure.size else ""
    name = figure.workload + size
    lines = [_text(name, _LEFT - 22, middle + 4, 'text-anchor="end"')]
    ours, theirs = shown.get(OURS), shown.get(rival)
    if ours and theirs:
        ends = f'x1="{scale.x(ours)}" x2="{scale.x(theirs)}"'
        lines.append(f'<line class="row" {ends} y1="{middle}" y2="{middle}"/>')
        ratio = theirs / ours
        mark = "faster" if ratio >= 1 else "soft"
        attributes = f'class="{mark}" text-anchor="end"'
        lines.append(_text(f"{_plain(ratio)}×", _WIDTH - 16, middle + 4, attributes))
    for peer in reversed(_MARKS):
        if peer in shown:
            x = scale.x(shown[peer])
            lines.append(f'<circle class="{_MARKS[peer]}" cx="{x}" cy="{middle}" r="5"/>')
    return lines


def _text(text: str, x: float, y: float, attributes: str = "") -> str:
    return f'<text x="{x}" y="{y}" {attributes}>{escape(text)}</text>'


def _plain(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}" if ratio >= 0.95 else f"{ratio:.2f}"


def _duration(milliseconds: float) -> str:
    if milliseconds >= 1000:
        return f"{milliseconds / 1000:g} s"
    return f"{milliseconds:g} ms" if milliseconds >= 1 else f"{milliseconds * 1000:g} µs"
