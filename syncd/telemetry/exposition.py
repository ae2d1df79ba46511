"""Metrics as text, written by hand because the library takes five to ten times as long.

Formats: Prometheus text 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/) and OpenMetrics 1.0. What
is written here means what the library would have written: tests read both back and compare.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from math import isfinite

from prometheus_client import CollectorRegistry

from syncd.telemetry.fleet import Fleet
from syncd.telemetry.fleet_rows import HISTOGRAMS, ROWS
from syncd.telemetry.names import Family, Kind
from syncd.telemetry.period_rows import Labels

_IN_LABELS = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})
_IN_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})


def render(fleet: Fleet, families: Iterable[Family], *, openmetrics: bool) -> bytes:
    """Return fleet families that have samples, without an end mark.

    The formats differ in the names of counters only, because no help text needs escaping.
    """
    lines: list[str] = []
    for family in families:
        samples = _histogram(family, fleet) if family.kind is Kind.HISTOGRAM else _samples(family, ROWS[family](fleet))
        lines += declared(family, samples, openmetrics=openmetrics)
    return "".join(lines).encode()


def render_rows(rows: Mapping[Family, Mapping[Labels, float]]) -> bytes:
    """Return gauges that have samples, without an end mark: the same in both formats."""
    lines: list[str] = []
    for family, values in rows.items():
        lines += declared(family, _samples(family, values), openmetrics=False)
    return "".join(lines).encode()


def declared(family: Family, samples: list[str], *, openmetrics: bool) -> list[str]:
    """Return samples below what they are samples of; nothing where there are none."""
    if not samples:
        return []
    counter = openmetrics and family.kind is Kind.COUNTER
    name = family.name.removesuffix("_total") if counter else family.name
    return [f"# HELP {name} {family.help}\n# TYPE {name} {family.kind}\n", *samples]


def _samples(family: Family, rows: Mapping[Labels, float]) -> list[str]:
    sample = _sampler(family.name, family.labels)
    return [sample(labels, value) for labels, value in rows.items()]


def _histogram(family: Family, fleet: Fleet) -> list[str]:
    bucket = _sampler(f"{family.name}_bucket", (*family.labels, "le"))
    count, total = _sampler(f"{family.name}_count", family.labels), _sampler(f"{family.name}_sum", family.labels)
    bounds = [*(repr(bound) for bound in family.buckets), "+Inf"]
    lines = []
    for labels, (counts, observed) in HISTOGRAMS[family](fleet).items():
        lines += [bucket((*labels, bound), float(figure)) for bound, figure in zip(bounds, counts, strict=True)]
        lines += [count(labels, float(counts[-1])), total(labels, observed)]
    return lines


def render_registry(registry: CollectorRegistry, *, openmetrics: bool) -> bytes:
    """Return the families of a registry that have samples, without an end mark.

    In OpenMetrics a counter's family is named without `_total`; its samples end in it in both formats.
    """
    lines: list[str] = []
    help_escapes = _IN_LABELS if openmetrics else _IN_HELP
    for family in registry.collect():
        if not family.samples:
            continue
        name = f"{family.name}_total" if family.type == "counter" and not openmetrics else family.name
        lines.append(f"# HELP {name} {family.documentation.translate(help_escapes)}\n# TYPE {name} {family.type}\n")
        lines += [
            f"{_series(sample.name, tuple(sample.labels.items()))} {_number(sample.value)}\n"
            for sample in family.samples
        ]
    return "".join(lines).encode()


@lru_cache(maxsize=50_000)
def _series(name: str, labels: tuple[tuple[str, str], ...]) -> str:
    """Return how a series is written; remembered, because label sets are few and every scrape asks for all of them."""
    pairs = ",".join([f'{label}="{_escaped(value)}"' for label, value in labels])
    return f"{name}{{{pairs}}}" if pairs else name


def _number(value: float) -> str:
    """Return a number as both formats read it."""
    if isfinite(value):
        return repr(value)
    return {"inf": "+Inf", "-inf": "-Inf"}.get(repr(value), "NaN")


def _escaped(text: str) -> str:
    return text.translate(_IN_LABELS) if "\\" in text or '"' in text or "\n" in text else text


def _sampler(sampled: str, names: tuple[str, ...]) -> Callable[[Labels, float], str]:
    """Return a function that writes one sample as a line."""
    if not names:
        return lambda _, value: f"{sampled} {value!r}\n"
    pairs = ",".join(f'{name}="%s"' for name in names)
    template = f"{sampled}{{{pairs}}} %r\n"

    def sample(labels: Labels, value: float) -> str:
        text = "".join(labels)
        if "\\" in text or '"' in text or "\n" in text:
            labels = tuple(_escaped(label) for label in labels)
        return template % (*labels, value)

    return sample
