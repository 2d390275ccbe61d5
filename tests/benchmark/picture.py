"""Bars and curves as SVG, for the plot."""

import math
from html import escape


def three(value):
    """Three significant digits, without an exponent."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3g}"


class Svg:
    """A picture that follows the reader's light or dark scheme."""

    STYLE = """
  .back { fill: #ffffff } .text { fill: #1f2328 } .faint { fill: #656d76 } .grid { stroke: #d8dee4 }
  .ours { fill: #1f6feb } .other { fill: #9aa5b1 } .ours-line { stroke: #1f6feb } .other-line { stroke: #8b96a3 }
  text { font: 13px system-ui, sans-serif } .title { font-weight: 600 } .small { font-size: 11px }
  .line { fill: none; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 } .text { fill: #e6edf3 } .faint { fill: #8d96a0 } .grid { stroke: #30363d }
    .ours { fill: #58a6ff } .other { fill: #6e7681 } .ours-line { stroke: #58a6ff } .other-line { stroke: #7d8590 }
  }
"""

    def __init__(self, width, title):
        self.width, self.height, self.title, self.parts = width, 0, title, []

    def text(self, x, y, words, kind="text", anchor="start"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>')

    def bar(self, x, y, width, height, kind):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2" class="{kind}"/>')

    def rule(self, x1, y1, x2, y2):
        self.parts.append(f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" class="grid"/>')

    def curve(self, points, kind):
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        self.parts.append(f'<path d="M{path}" class="line {kind}-line"/>')
        self.parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" class="{kind}"/>' for x, y in points]

    def bytes(self):
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" width="{self.width}" '
            f'height="{self.height}" role="img">', f"<title>{escape(self.title)}</title>", f"<style>{self.STYLE}</style>",
            f'<rect width="{self.width}" height="{self.height}" class="back"/>', *self.parts, "</svg>", ""])


def ticks(largest):
    """1, 2, 5, 10, ... up to the first that is not below `largest`."""
    found, scale = [], 1
    while True:
        for step in (1, 2, 5):
            found.append(step * scale)
            if found[-1] >= largest and len(found) > 1:
                return found
        scale *= 10


def rounded(value, up):
    """The nearest of 1, 2, 5, 10, ... that is not below `value`, or not above it."""
    scale = 10.0 ** math.floor(math.log10(value))
    steps = [step * scale for step in (1, 2, 5, 10)]
    slack = 1e-9 * value
    return min(s for s in steps if s >= value - slack) if up else max(s for s in steps if s <= value + slack)


def level_marks(values, logarithmic):
    """Round numbers from the axis' lowest to its highest."""
    if not logarithmic:
        step = rounded((max(values) or 1) / 3, True)
        return [step * i for i in range(max(1, math.ceil(max(values) / step)) + 1)]
    low, high = rounded(min(values), False), rounded(max(values), True)
    decades = [10.0 ** i for i in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]
    return [low, *(mark for mark in decades if low * 1.5 < mark < high / 1.5), high]


def place(value, largest):
    """Where on a logarithmic axis from 1 to `largest`, 0 to 1."""
    return max(0.0, math.log(value) / math.log(largest))


def draw_bars(svg, title, bars):
    left, right, row = 250, 70, 24
    room = svg.width - left - right
    marks = ticks(max(ratio for _, ratio, _ in bars))
    top = svg.height + 24
    svg.text(16, top, title, "text title")
    first = top + 14
    bottom = first + row * len(bars)
    for mark in marks:
        x = left + room * place(mark, marks[-1])
        svg.rule(x, first, x, bottom)
        if len(marks) < 8 or str(mark)[0] == "1":
            svg.text(x, bottom + 14, f"{mark:g}", "faint small", "middle")
    for i, (label, ratio, ours) in enumerate(bars):
        y = first + row * i
        length = max(2.0, room * place(ratio, marks[-1]))
        svg.text(left - 8, y + 16, label, "text", "end")
        svg.bar(left, y + 4, length, row - 8, "ours" if ours else "other")
        svg.text(left + length + 6, y + 16, f"{three(ratio)}×", "text")
    svg.height = bottom + 26


def draw_curves(svg, corner, title, curves, x_label, y_label, logarithmic):
    x0, y0 = corner[0] + 64, corner[1] + 34
    width, height = 270, 130
    svg.text(corner[0] + 16, corner[1] + 20, title, "text title")
    marks = level_marks([y for points in curves.values() for _, y in points], logarithmic)
    low, high = marks[0], marks[-1]

    def level(value):
        part = math.log(value / low) / math.log(high / low) if logarithmic else value / high
        return y0 + height * (1 - part)

    for mark in marks:
        svg.rule(x0, level(mark), x0 + width, level(mark))
        svg.text(x0 - 6, level(mark) + 4, y_label(mark), "faint small", "end")
    xs = sorted({x for points in curves.values() for x, _ in points})
    place_of = {x: x0 + width * i / max(1, len(xs) - 1) for i, x in enumerate(xs)}
    for x in xs:
        svg.text(place_of[x], y0 + height + 16, x_label(x), "faint small", "middle")
    for i, (name, points) in enumerate(sorted(curves.items(), key=lambda item: "libsandbox" in item[0])):
        ours = "libsandbox" in name or name == "Pool"
        svg.curve([(place_of[x], level(y)) for x, y in points], "ours" if ours else "other")
        svg.bar(x0 + 150 * i, y0 + height + 25, 10, 10, "ours" if ours else "other")
        svg.text(x0 + 150 * i + 15, y0 + height + 34, name.split(",")[0], "faint small")
