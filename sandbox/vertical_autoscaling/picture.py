"""A demonstration as a picture: memory that is used and asked for above, restarts and time down below. Pure; SVG."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby, pairwise
from xml.sax.saxutils import escape

from sandbox.vertical_autoscaling.recording import PodSample, Sample, names

WIDTH, LEFT, RIGHT = 920, 90, 190
MEMORY_TOP, MEMORY_BOTTOM = 50, 330
RESTARTS_TOP, RESTARTS_BOTTOM = 380, 470
LANES_TOP, LANE = 500, 22
TARGET = "#888888"
COLOURS = ("#1f77b4", "#d95f02", "#1b9e77", "#7570b3", "#e7298a")
STEPS_MIB = (256, 512, 1024, 2048, 4096, 8192)
STEPS_SECONDS = (5, 10, 30, 60, 120, 300, 600, 1800, 3600)
Scale = Callable[[float], float]


def picture(samples: Sequence[Sample], title: str) -> str:
    """The whole picture. ValueError without samples."""
    if not samples:
        raise ValueError("there is nothing to draw")
    pods = names(samples)
    height = LANES_TOP + LANE * len(pods) + 50
    first, last = samples[0].seconds, max(samples[-1].seconds, samples[0].seconds + 1)
    most = max(_memory(samples), default=1.0) * 1.1
    restarts = max(1, *(pod.restarts for sample in samples for pod in sample.pods.values()))
    x = _scale(first, last, LEFT, WIDTH - RIGHT)
    memory = _scale(0, most, MEMORY_BOTTOM, MEMORY_TOP)
    count = _scale(0, restarts, RESTARTS_BOTTOM, RESTARTS_TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12" role="img" aria-label="{escape(title)}">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        _text(LEFT, 25, title, size=15),
        *_grid(memory, _ticks(0, most, STEPS_MIB), "MiB", MEMORY_TOP),
        *_grid(count, range(restarts + 1), "restarts", RESTARTS_TOP),
        *_seconds(x, _ticks(first, last, STEPS_SECONDS), height),
        _line(x, memory, [(s.seconds, s.target_mib) for s in samples], TARGET, dash="2 3"),
        _legend(0, TARGET, "2 3", "recommended request"),
    ]
    for number, name in enumerate(pods):
        of = [(sample.seconds, sample.pods[name]) for sample in samples if name in sample.pods]
        colour, lane = COLOURS[number % len(COLOURS)], LANES_TOP + LANE * number
        parts += [
            _line(x, memory, [(s, pod.request_mib) for s, pod in of], colour),
            _line(x, memory, [(s, pod.used_mib or None) for s, pod in of], colour, dash="7 4"),
            _line(x, count, [(s, pod.restarts) for s, pod in of], colour),
            *_lane(x, of, lane, colour, name),
            _legend(2 * number + 1, colour, "", f"{name}: request"),
            _legend(2 * number + 2, colour, "7 4", f"{name}: used"),
        ]
    parts.append(_text(WIDTH - RIGHT + 15, LANES_TOP + 14, "bar: ready; gap: down"))
    return "\n".join([*parts, "</svg>", ""])


def _memory(samples: Iterable[Sample]) -> Iterable[float]:
    for sample in samples:
        yield sample.target_mib or 0
        for pod in sample.pods.values():
            yield max(pod.used_mib, pod.request_mib or 0)


def _scale(low: float, high: float, start: float, end: float) -> Scale:
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _ticks(low: float, high: float, steps: Sequence[int]) -> list[int]:
    """Round values in the range, at most eight of them."""
    step = next((step for step in steps if (high - low) / step <= 8), steps[-1])
    return [value for value in range(0, int(high) + 1, step) if value >= low]


def _grid(y: Scale, values: Iterable[int], unit: str, top: float) -> Iterable[str]:
    yield _text(10, top - 10, unit)
    for value in values:
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="#dddddd"/>'
        yield _text(LEFT - 8, y(value) + 4, str(value), anchor="end")


def _seconds(x: Scale, values: Iterable[int], height: float) -> Iterable[str]:
    for value in values:
        yield f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{MEMORY_TOP}" y2="{height - 40}" stroke="#eeeeee"/>'
        yield _text(x(value), height - 22, str(value), anchor="middle")
    yield _text(WIDTH - RIGHT + 15, height - 22, "real seconds")


def _line(x: Scale, y: Scale, points: Iterable[tuple[float, float | None]], colour: str, dash: str = "") -> str:
    """Steps: each value holds until the next. A None breaks the line."""
    path, before = [], None
    for seconds, value in points:
        if value is not None:
            path.append(f"M{x(seconds):.1f} {y(value):.1f}" if before is None else f"H{x(seconds):.1f}V{y(value):.1f}")
        elif before is not None:
            path.append(f"H{x(seconds):.1f}")
        before = value
    return f'<path d="{"".join(path)}" fill="none" stroke="{colour}" stroke-width="1.8" stroke-dasharray="{dash}"/>'


def _lane(x: Scale, of: Sequence[tuple[float, PodSample]], top: float, colour: str, name: str) -> Iterable[str]:
    yield _text(LEFT - 8, top + 14, name, anchor="end", size=11)
    for up, during in groupby(pairwise(of), key=lambda pair: pair[0][1].up):
        spans = list(during)
        left, right = x(spans[0][0][0]), x(spans[-1][1][0])
        if up and right > left:
            yield f'<rect x="{left:.1f}" y="{top + 3}" width="{right - left:.1f}" height="{LANE - 8}" fill="{colour}"/>'


def _legend(row: int, colour: str, dash: str, text: str) -> str:
    left, y = WIDTH - RIGHT + 15, MEMORY_TOP + 18 * row
    line = f'<line x1="{left}" x2="{left + 28}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="1.8"'
    return f'{line} stroke-dasharray="{dash}"/>{_text(left + 34, y + 4, text)}'


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'
