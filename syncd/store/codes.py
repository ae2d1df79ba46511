"""The small numbers under which the store keeps closed vocabularies: a word's place in its vocabulary.

Vocabularies only ever grow at their end; a test pins what is stored today.
"""

from collections.abc import Mapping

from syncd.domain.events import KINDS, TicketEvent
from syncd.domain.names import Metric, Party, Quality, Stage, Verdict

KIND_TYPES: tuple[type[TicketEvent], ...] = tuple(KINDS.values())
KIND_NUMBERS: Mapping[type[TicketEvent], int] = {kind: number for number, kind in enumerate(KIND_TYPES)}

PARTIES: tuple[Party, ...] = tuple(Party)
PARTY_NUMBERS: Mapping[Party, int] = {party: number for number, party in enumerate(PARTIES)}

QUALITIES: tuple[Quality, ...] = tuple(Quality)
QUALITY_NUMBERS: Mapping[Quality, int] = {quality: number for number, quality in enumerate(QUALITIES)}

METRICS: tuple[Metric, ...] = tuple(Metric)
METRIC_NUMBERS: Mapping[Metric, int] = {metric: number for number, metric in enumerate(METRICS)}

STAGES: tuple[Stage, ...] = tuple(Stage)
STAGE_NUMBERS: Mapping[Stage, int] = {stage: number for number, stage in enumerate(STAGES)}

VERDICTS: tuple[Verdict, ...] = tuple(Verdict)
VERDICT_NUMBERS: Mapping[Verdict, int] = {verdict: number for number, verdict in enumerate(VERDICTS)}

OPEN_STAGES_BELOW = 2
"""Stages numbered below it are open: running and paused. Partial indexes are built on this figure."""

QUEUED, DELIVERED, DEAD, SETTLED, WITHDRAWN = range(5)
"""The states of a delivery: waits, was taken, never will be, is over and known to be so, was over before it left."""
