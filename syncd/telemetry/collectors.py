"""The process families as collectors of the Prometheus client, made from the table of names."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

from syncd.telemetry.names import Family, Kind


class Collectors:
    """The collectors of a registry by family; asking for one with label values makes that series."""

    def __init__(self, registry: CollectorRegistry, families: Iterable[Family]) -> None:
        # No second series for every counter; the library has no annotation here.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._counters: dict[Family, Counter] = {}
        self._gauges: dict[Family, Gauge] = {}
        self._histograms: dict[Family, Histogram] = {}
        for family in families:
            name, text, labels = family.name, family.help, family.labels
            if family.kind is Kind.COUNTER:
                self._counters[family] = Counter(name, text, labels, registry=registry)
            elif family.kind is Kind.GAUGE:
                self._gauges[family] = Gauge(name, text, labels, registry=registry)
            else:
                self._histograms[family] = Histogram(name, text, labels, registry=registry, buckets=family.buckets)

    def counter(self, family: Family, *labels: str) -> Counter:
        """Return one counter of a family; without labels where the family has none."""
        found = self._counters[family]
        return found.labels(*labels) if labels else found

    def gauge(self, family: Family, *labels: str) -> Gauge:
        """Return one gauge of a family."""
        found = self._gauges[family]
        return found.labels(*labels) if labels else found

    def histogram(self, family: Family, *labels: str) -> Histogram:
        """Return one histogram of a family."""
        found = self._histograms[family]
        return found.labels(*labels) if labels else found
