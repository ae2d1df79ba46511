"""What `syncd check --connect` says of a Jira source read as an agent, one line per subject."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors.jira.api import JiraApi, shown_zone
from connectors.jira.cells import Row, inner, text
from connectors.jira.control import Control
from connectors.jira.directory import Directory, Known
from connectors.jira.jql import BEGINNING, Question, Span, scope_of
from connectors.jira.settings import JiraOptions
from connectors.jira.settings.rules import StatusIn
from connectors.jira.walks import Walks
from syncd.errors import SourceRefused
from syncd.ports.connector import CheckLine


def checked(api: JiraApi, directory: Directory, options: JiraOptions) -> list[CheckLine]:
    """Return the lines; raises only where the site as a whole cannot be used (down, or no login)."""
    who = api.identity()
    control = Control(api, options)
    try:
        server: Row = control.ask(lambda client: client.server_info())
        told: Row = control.ask(lambda client: client.myself())
        statuses = [each.raw for each in control.ask(lambda client: client.statuses())]
        priorities = [each.raw for each in control.ask(lambda client: client.priorities())]
        resolutions = [each.raw for each in control.ask(lambda client: client.resolutions())]
    finally:
        control.close()
    known = directory.read()
    return [
        _server(api, server),
        _login(who, told, server),
        *_rights(api, directory, options),
        _search(api, options),
        *_fields(known, options),
        *(CheckLine("groups", ok=False, detail=problem.detail) for problem in known.problems),
        _statuses(statuses, options),
        _priorities(priorities, options),
        *_resolutions(resolutions, options),
    ]


def _server(api: JiraApi, server: Row) -> CheckLine:
    product = api.product()
    kind = "Cloud" if product.cloud else "Data Center or Server"
    same = text(server, "version") == product.version
    detail = f"Jira {kind} {product.version}" if same else "two clients were told two versions: a proxy in between?"
    return CheckLine("server", same, detail)


def _login(who: Row, told: Row, server: Row) -> CheckLine:
    same = all(text(who, key) == text(told, key) for key in ("accountId", "name", "key"))
    if not same:
        return CheckLine("login", ok=False, detail="two clients are taken for two accounts")
    kind = text(who, "accountType") or "user"
    zone = shown_zone(who, server) or "unknown"
    return CheckLine("login", ok=True, detail=f"accepted, as {kind}; time zone {zone}, on which nothing here depends")


def _rights(api: JiraApi, directory: Directory, options: JiraOptions) -> Iterator[CheckLine]:
    visible = {text(row, "key").casefold(): row for row in directory.projects()}
    if not options.scope.projects:
        detail = f"{len(visible)} projects can be seen, and all are read"
        yield CheckLine("projects", bool(visible) and _may_browse(api, ""), detail)
    for key in options.scope.projects:
        row = visible.get(key.casefold())
        if row is None or not _may_browse(api, text(row, "key")):
            yield CheckLine(f"project {key}", ok=False, detail="does not exist, or may not be browsed")
            continue
        kind = text(row, "projectTypeKey") or "unknown"
        yield CheckLine(f"project {key}", ok=True, detail=f"may be browsed; type {kind}")


def _may_browse(api: JiraApi, project: str) -> bool:
    """Tell what `/mypermissions` says of one project, or of any."""
    # Cloud must be told which permission; Data Center tells all of them, and does not know the parameter.
    which = {"permissions": "BROWSE_PROJECTS"} if api.product().cloud else {}
    params = {**which, **({"projectKey": project} if project else {})}
    try:
        told = api.get("mypermissions", params)
    except SourceRefused as refused:
        if refused.reason == "auth":
            raise
        return False
    return inner(inner(told, "permissions"), "BROWSE_PROJECTS").get("havePermission") is True


def _search(api: JiraApi, options: JiraOptions) -> CheckLine:
    question = Question(scope_of(options.scope), (Span("created", BEGINNING),), "updated DESC")
    try:
        found = next(Walks(api, options).found(question, ("updated",), limit=1), None)
    except SourceRefused as refused:
        if refused.reason == "auth":
            raise
        return CheckLine("search", ok=False, detail=f"refused: {refused}")
    if found is None:
        return CheckLine("search", ok=False, detail="no ticket can be seen")
    return CheckLine("search", ok=True, detail=f"newest change {text(inner(found, 'fields'), 'updated')}")


def _fields(known: Known, options: JiraOptions) -> Iterator[CheckLine]:
    for name, ids in sorted(known.ambiguous.items()):
        yield CheckLine(
            f"field {name}", ok=False, detail=f"several fields have this name, give the id: {', '.join(ids)}"
        )
    for name in known.unknown:
        yield CheckLine(f"field {name}", ok=False, detail="no field is called so, nor has it as its id")
    odd = {*known.unknown, *known.ambiguous}
    good = [name for name in options.configured if name not in odd and name.casefold() not in odd]
    if good:
        yield CheckLine("fields", ok=True, detail=", ".join(good))


def _strange(configured: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the configured words that none of these is called by, nor has as its id: typing errors."""
    words = {text(row, key).casefold() for row in rows for key in ("id", "name")}
    return sorted({name for name in configured if name.casefold() not in words})


def _statuses(statuses: Sequence[Mapping[str, Any]], options: JiraOptions) -> CheckLine:
    """Return whether the configured words are statuses'; statuses without a word go by their category."""
    resolved = options.resolved_when.status_in if isinstance(options.resolved_when, StatusIn) else ()
    strange = _strange((*options.statuses, *options.waiting, *options.closed_statuses, *resolved), statuses)
    detail = f"{len(statuses)}, of which none is {', '.join(strange)}" if strange else f"{len(statuses)} are known"
    return CheckLine("statuses", not strange, detail)


def _priorities(priorities: Sequence[Mapping[str, Any]], options: JiraOptions) -> CheckLine:
    ours = options.priority_names
    lost = [text(row, "name") for row in priorities if not _mapped(row, ours)]
    strange = _strange(options.priorities, priorities)
    if strange:
        return CheckLine("priorities", ok=False, detail=f"no priority is {', '.join(strange)}")
    detail = f"no priority of ours stands for {', '.join(lost)}" if lost else f"{len(priorities)} are known"
    return CheckLine("priorities", not lost, detail)


def _resolutions(resolutions: Sequence[Mapping[str, Any]], options: JiraOptions) -> Iterator[CheckLine]:
    """Yield whether the configured words are resolutions'; those that are meant by default need not exist."""
    if "cancelled_resolutions" in options.model_fields_set:
        strange = _strange(options.cancelled_resolutions, resolutions)
        detail = f"no resolution is {', '.join(strange)}" if strange else f"{len(resolutions)} are known"
        yield CheckLine("resolutions", not strange, detail)


def _mapped(row: Mapping[str, Any], ours: Mapping[str, str]) -> bool:
    return text(row, "id").casefold() in ours or text(row, "name").casefold() in ours
