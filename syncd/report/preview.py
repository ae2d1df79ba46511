"""Which tickets each target covers, as JSON and as rows of tables."""

from collections.abc import Mapping

from syncd.domain.coverage import Coverage, Fit, Overview, Tally, TargetOfContract

_REASONS: Mapping[str, str] = {
    "no_vendor_told": "no vendor was ever told of it",
    "no_contract_with_vendor": "the vendor that was told has no contract here",
    "opened_before_contract": "opened before the contract, which takes on no backlog",
    "not_started": "what starts the clock has not happened",
    "no_revision_in_force": "the clock starts when no revision is in force",
    "opened_before_observe_from": "opened before observe_from",
    "not_in_covers": "the contract's covers do not name it",
    "no_target_matches": "in the contract's covers, but no target's conditions hold",
}

Row = dict[str, object]


def reason_words(reason: str) -> str:
    """Return in words why a ticket is uncovered; a reason without words of its own as it is."""
    return _REASONS.get(reason, reason)


def coverage_as_json(coverage: Coverage) -> Row:
    """Return what every target makes of one ticket."""
    return {
        "source": coverage.source,
        "ticket": coverage.ticket,
        "vendor": coverage.vendor,
        "uncovered": coverage.uncovered,
        "targets": [_fit(fit) for fit in coverage.fits],
        "no_target": list(coverage.no_target),
        "twice": [[f"{each.contract}/{each.name}" for each in targets] for targets in coverage.twice],
    }


def _fit(fit: Fit) -> Row:
    line: Row = {**_target(fit.target), "covered": fit.reason is None}
    if fit.reason is None:
        return {**line, "revision": fit.revision, "no_goal": fit.no_goal}
    return {**line, "reason": fit.reason}


def overview_as_json(overview: Overview) -> Row:
    """Return what all targets make of all tickets."""
    return {
        "tickets": overview.tickets,
        "targets": [
            {**_target(target), **_tally(tally), "no_goal": _tally(overview.no_goal.get(target, Tally()))}
            for target, tally in overview.covered.items()
        ],
        "uncovered": [{"reason": reason, **_tally(tally)} for reason, tally in overview.uncovered.items()],
        "no_target": [{"contract": contract, **_tally(tally)} for contract, tally in overview.no_target.items()],
        "twice": [
            {"metric": targets[0].metric.value, "targets": [f"{each.contract}/{each.name}" for each in targets]}
            | _tally(tally)
            for targets, tally in overview.twice.items()
        ],
    }


def target_rows(overview: Overview) -> list[Row]:
    """Return one row per target, those that cover nothing included."""
    return [
        {
            **_target(target),
            "tickets": tally.count,
            "such as": ", ".join(tally.examples),
            "without a goal": _counted(overview.no_goal.get(target, Tally())),
        }
        for target, tally in overview.covered.items()
    ]


def uncovered_rows(overview: Overview) -> list[Row]:
    """Return one row per reason, the most frequent first."""
    found = sorted(overview.uncovered.items(), key=lambda item: (-item[1].count, item[0]))
    return [
        {
            "reason": reason,
            "tickets": tally.count,
            "such as": ", ".join(tally.examples),
            "that is": reason_words(reason),
        }
        for reason, tally in found
    ]


def no_target_rows(overview: Overview) -> list[Row]:
    """Return one row per contract that covers tickets which none of its targets measures."""
    return [
        {"contract": contract, "tickets": tally.count, "such as": ", ".join(tally.examples)}
        for contract, tally in overview.no_target.items()
    ]


def twice_rows(overview: Overview) -> list[Row]:
    """Return one row per set of targets that measure the same metric of the same tickets."""
    return [
        {
            "metric": targets[0].metric.value,
            "targets": ", ".join(f"{each.contract}/{each.name}" for each in targets),
            "tickets": tally.count,
            "such as": ", ".join(tally.examples),
        }
        for targets, tally in overview.twice.items()
    ]


def _target(target: TargetOfContract) -> Row:
    return {"contract": target.contract, "target": target.name, "metric": target.metric.value}


def _tally(tally: Tally) -> Row:
    return {"tickets": tally.count, "examples": list(tally.examples)}


def _counted(tally: Tally) -> str:
    return "" if not tally.count else f"{tally.count}: {', '.join(tally.examples)}"
