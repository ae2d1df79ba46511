"""What lint needs of contract files beyond their values: written keys, lines, and what load refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from syncd.domain.contract import Agreements
from syncd.domain.lint_finding import LintFinding, Place, Severity, Written
from syncd.errors import ConfigError
from syncd.settings.agreement_files import agreement_files
from syncd.settings.agreements import read_agreements
from syncd.settings.document import Document, read_document
from syncd.settings.finding import Finding, Findings, shown_place

_STOPS = "syncd refuses the whole configuration and measures nothing until this is mended"


@dataclass(frozen=True, slots=True)
class _Refusal:
    """What a refusal of the loader is called by lint, what it means, and how to end it."""

    code: str
    means: str
    fix: str


_OTHER = _Refusal("refused", _STOPS, "what is allowed stands beside what was found")
_BARE_DAY = _Refusal(
    "bare-day",
    "24 hours of service, 24 hours by the wall clock and a working day lie days apart: nobody can say when it is due",
    "write 24h for counted hours, or a number of working days",
)
_ZONE = _Refusal(
    "missing-zone",
    "nobody can say at which instants its hours or dates begin: deadlines move by the distance between two zones",
    "write time_zone with an IANA name, such as Europe/Berlin",
)
_NO_SERVICE = _Refusal(
    "calendar-without-service", "no time ever counts on it, so no ticket can be late", "give it hours on some day"
)
_FLOOR = _Refusal(
    "objective-below-floor",
    "a period could keep the promise and score nothing at the same time",
    "set the floor to the objective or less",
)
_VOLUME = _Refusal(
    "min-volume-alone",
    "nobody can say what decides a period with few tickets",
    "give min_volume and allowed_misses together",
)
_NO_GOAL = _Refusal(
    "priority-without-goal",
    "tickets of that priority are never timed, so what is said of it is never judged",
    "add a goal for the priority, or take it out here",
)
_NEVER_REACHED = _Refusal(
    "arrival-never-reached",
    "the first row of goals that holds decides, so the goals of this one are never used",
    "put the row without started_in last",
)


class _Gathered(Findings):
    """Findings that can be looked at one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.each: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Keep a finding; the same one is kept once."""
        if finding not in self.each:
            self.each.append(finding)
        super().add(finding)


@dataclass(frozen=True, slots=True)
class LintSource:
    """Contracts that can be examined, what their files say beyond values, and what loading refused of the others.

    `skipped` are the contracts that were refused, and so not looked at any further.
    """

    agreements: Agreements
    written: Mapping[str, Written]
    refused: tuple[LintFinding, ...] = ()
    skipped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    _contracts: Mapping[str, Document] = field(default_factory=dict)
    _calendars: Mapping[str, tuple[Document, Place]] = field(default_factory=dict)

    def located(self, finding: LintFinding) -> LintFinding:
        """Return a finding with the file and line that it is about; as it is where neither is known."""
        if finding.calendar is not None and finding.calendar in self._calendars:
            document, place = self._calendars[finding.calendar]
            return replace(finding, file=document.file, line=document.line((*place, *finding.place)))
        if finding.contract is not None and finding.contract in self._contracts:
            document = self._contracts[finding.contract]
            return replace(finding, file=document.file, line=document.line(finding.place))
        return finding


def read_for_lint(paths: Sequence[Path]) -> LintSource:
    """Return everything about contract and calendar files that can be examined.

    What loading refuses of a file that can be read is a finding, and its contract is skipped. Raises ConfigError where
    there is nothing to judge: a path that is not there, a file that is not YAML, or holds neither kind.
    """
    gathered = _Gathered()
    loaded = read_agreements(paths, gathered)
    unreadable = [str(finding) for finding in gathered.each if not finding.place]
    if unreadable:
        raise ConfigError(findings=unreadable)
    # Read once more, because values keep neither lines nor what was left unsaid; what is wrong was gathered above.
    read = (read_document(file.path, Findings()) for file in agreement_files(paths, Findings()))
    documents = {document.file: document for document in read if document is not None}
    contracts = {name: each for each in documents.values() if (name := _text(_inside(each.data, "contract")))}
    known = {contract.id for contract in loaded.agreements.contracts}
    return LintSource(
        agreements=loaded.agreements,
        written={name: _written(contracts[name].data) for name in known},
        refused=tuple(_refused(finding, documents.get(finding.file)) for finding in gathered.each),
        skipped=tuple(name for name in contracts if name not in known),
        warnings=loaded.warnings,
        _contracts=contracts,
        _calendars=_places_of_calendars(documents.values()),
    )


def _places_of_calendars(documents: Iterable[Document]) -> dict[str, tuple[Document, Place]]:
    found: dict[str, tuple[Document, Place]] = {}
    for document in documents:
        for n, calendar in enumerate(_list(document.data, "calendars")):
            found.setdefault(_text(_inside(calendar, "name")) or "", (document, ("calendars", n)))
    return found


def _written(data: object) -> Written:
    """Return what a contract's file says; it has been loaded, so its shape is right."""
    keys: dict[tuple[int, int], frozenset[str]] = {}
    for n, revision in enumerate(_list(data, "revisions")):
        for m, target in enumerate(_list(revision, "targets")):
            keys[n, m] = frozenset(map(str, target)) if isinstance(target, Mapping) else frozenset()
    return Written(keys)


def _refused(finding: Finding, document: Document | None) -> LintFinding:
    refusal = _named(finding)
    data = None if document is None else document.data
    revision = _at(data, finding.place, "revisions")
    target = _at(revision, finding.place[2:], "targets")
    return LintFinding(
        severity=Severity.ERROR,
        code=refusal.code,
        what=f"{shown_place(finding.place)}: {' '.join(finding.sentence.split())}",
        means=refusal.means,
        fix=refusal.fix,
        contract=_text(_inside(data, "contract")),
        revision=_text(_inside(_inside(revision, "effective"), "from")),
        target=_text(_inside(target, "name")),
        calendar=_text(_inside(_at(data, finding.place, "calendars"), "name")),
        place=finding.place,
        file=finding.file,
        line=finding.line,
    )


def _named(finding: Finding) -> _Refusal:
    """Return what lint calls a refusal: by the words of its sentence, or by the key that is wrong."""
    keys = [step for step in finding.place if isinstance(step, str)]
    if "how its days are counted" in finding.sentence:
        return _BARE_DAY
    if "no service at all" in finding.sentence:
        return _NO_SERVICE
    if "is no priority of goals" in finding.sentence:
        return _NO_GOAL
    if "can never apply" in finding.sentence:
        return _NEVER_REACHED
    if "lies above the objective" in finding.sentence:
        return _FLOOR
    if "below min_volume cycles" in finding.sentence:
        return _VOLUME
    return _ZONE if keys[-1:] == ["time_zone"] else _OTHER


def _at(data: object, place: Place, key: str) -> object:
    """Return the entry of a list under `key` that a place leads into; None where it leads elsewhere."""
    match place:
        case (name, int(number), *_) if name == key:
            entries = _list(data, key)
            return entries[number] if number < len(entries) else None
        case _:
            return None


def _list(data: object, key: str) -> list[object]:
    found = _inside(data, key)
    return found if isinstance(found, list) else []


def _inside(data: object, key: str) -> object:
    return data.get(key) if isinstance(data, Mapping) else None


def _text(value: object) -> str | None:
    """Return a scalar as it is written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
