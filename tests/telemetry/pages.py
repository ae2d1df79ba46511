"""Metrics pages read back with the client library's own parsers, and families made by that library to compare with."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from syncd.telemetry.fleet import Fleet
from syncd.telemetry.fleet_rows import HISTOGRAMS, ROWS
from syncd.telemetry.names import Kind
from syncd.telemetry.snapshot import SnapshotHolder

OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

Series = tuple[str, frozenset[tuple[str, str]]]


def families_of(page: str, *, openmetrics: bool) -> list[tuple[str, str, str, list[Sample]]]:
    """Return every family of a page: name, type, help and samples, in order."""
    parse = parse_openmetrics if openmetrics else parse_text
    return [(family.name, family.type, family.documentation, list(family.samples)) for family in parse(page)]


def series_of(page: str, *, openmetrics: bool = False) -> list[tuple[Series, float]]:
    """Return every sample of a page in order, with repetitions."""
    parse = parse_openmetrics if openmetrics else parse_text
    return [
        ((sample.name, frozenset(sample.labels.items())), sample.value)
        for family in parse(page)
        for sample in family.samples
    ]


class Reference(Collector):
    """The fleet as the library would collect it."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    def collect(self) -> Iterable[Metric]:
        for family, rows in ROWS.items():
            kind = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
            found = kind(family.name, family.help, labels=family.labels)
            for labels, value in rows(self._fleet).items():
                found.add_metric(labels, value)
            yield found
        for family, observed in HISTOGRAMS.items():
            histogram = HistogramMetricFamily(family.name, family.help, labels=family.labels)
            bounds = [*map(str, family.buckets), "+Inf"]
            for labels, (counts, total) in observed(self._fleet).items():
                histogram.add_metric(labels, list(zip(bounds, map(float, counts), strict=True)), total)
            yield histogram


def reference_registry(fleet: Fleet) -> CollectorRegistry:
    """Return a registry whose page is what a fleet's page must say."""
    registry = CollectorRegistry()
    registry.register(Reference(fleet))
    return registry


def text_of(holder: SnapshotHolder, now: datetime, accept: str = "") -> str:
    """Return the page as a client without gzip reads it."""
    body, _ = holder.page(accept, "", now)
    return body.decode()
