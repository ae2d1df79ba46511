"""Metrics as text, written by hand because the library takes five to ten times as long.

Formats: Prometheus text 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0. What
is written here means what the library would have written: tests read both back and compare.
"""

from collections.abc import Callable, Iterable
from math import isinf, isnan

from prometheus_client import CollectorRegistry

from syncd.telemetry.fleet import Fleet
from syncd.telemetry.fleet_rows import ROWS, Labels
from syncd.telemetry.names import Family

_IN_LABELS = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_IN_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})


def render(fleet: Fleet, families: Iterable[Family]) -> bytes:
    """Return fleet families with their samples, without an end mark: the same in both formats.

    That is so because all of them are gauges and no help text needs escaping.
    """
    lines: list[str] = []
    for family in families:
        lines.append(f"# HELP {family.name} {family.help}\n# TYPE {family.name} {family.kind}\n")
        sample = _sampler(family)
        lines += [sample(labels, value) for labels, value in ROWS[family](fleet).items()]
    return "".join(lines).encode()


def render_registry(registry: CollectorRegistry, *, openmetrics: bool) -> bytes:
    """Return what a registry collects, without an end mark.

    In OpenMetrics a counter's family is named without `_total`; its samples end in it in both formats.
    """
    lines: list[str] = []
    help_escapes = _IN_LABELS if openmetrics else _IN_HELP
    for family in registry.collect():
        name = f"{family.name}_total" if family.type == "counter" and not openmetrics else family.name
        lines.append(f"# HELP {name} {family.documentation.translate(help_escapes)}\n# TYPE {name} {family.type}\n")
        for sample in family.samples:
            pairs = ",".join([f'{label}="{_escaped(value)}"' for label, value in sample.labels.items()])
            labels = f"{{{pairs}}}" if pairs else ""
            lines.append(f"{sample.name}{labels} {_number(sample.value)}\n")
    return "".join(lines).encode()


def _number(value: float) -> str:
    """Return a number as both formats read it."""
    if isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return "NaN" if isnan(value) else repr(value)


def _escaped(text: str) -> str:
    return text.translate(_IN_LABELS) if "\\" in text or '"' in text or "\n" in text else text


def _sampler(family: Family) -> Callable[[Labels, float], str]:
    """Return a function that writes one sample of a family as a line."""
    if not family.labels:
        return lambda _, value: f"{family.name} {value!r}\n"
    pairs = ",".join(f'{name}="%s"' for name in family.labels)
    template = f"{family.name}{{{pairs}}} %r\n"

    def sample(labels: Labels, value: float) -> str:
        text = "".join(labels)
        if "\\" in text or '"' in text or "\n" in text:
            labels = tuple(_escaped(label) for label in labels)
        return template % (*labels, value)

    return sample
