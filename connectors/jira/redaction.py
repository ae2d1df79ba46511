"""What of a Jira payload may be stored, in one form whatever endpoints it came from: nothing that people wrote.

Law 12: bodies become hash and length; of mail addresses hash, length and domain are left, of people accounts and kinds
of account; descriptions, and whatever else nobody asked for, are left out. Histories and comments are put in order,
each once. Redacting what was redacted changes nothing, and mapping looks at nothing else.
"""

from collections.abc import Mapping

from connectors.jira.cells import Row, inner, is_object, only, rows, text
from connectors.jira.comments import kept_comments
from connectors.jira.fields import RATED_ON, RATING, Fields, described, types_of
from connectors.jira.listing import Listing, listing
from connectors.jira.native import cycles_of, is_native
from connectors.jira.people import slim
from connectors.jira.portal import kept_request, kept_statuses
from connectors.jira.settings import JiraOptions
from connectors.jira.slimming import kept_history, kept_value, mentioned_statuses

_IDENTITY = (
    "created", "updated", "creator", "reporter", "status", "resolution", "resolutiondate", "statuscategorychangedate",
    "priority", "assignee", "project", "parent", "issuelinks", "archiveddate",
)  # fmt: skip
"""Fields of an issue that every mapping needs."""


SCALE = 5
"""The best satisfaction there is."""


class Redacted(dict[str, object]):
    """A payload of which nothing is left to take out."""


class Redaction:
    """Takes out of payloads what must not be stored."""

    def __init__(self, options: JiraOptions) -> None:
        self._options = options

    def of(self, payload: Mapping[str, object]) -> Redacted:
        """Return what is left of a payload. Idempotent."""
        if isinstance(payload, Redacted):
            return payload
        kept = Redacted()
        told = inner(payload, "complete")
        if is_object(payload.get("issue")):
            changes = self._issue(payload, kept)
            kept["changelog"] = list(changes.rows)
        else:
            changes = Listing((), state=True)
            kept["request"] = kept_request(inner(payload, "request"), self._options)
            kept["statuses"] = kept_statuses(payload)
        beside = inner(inner(inner(payload, "issue"), "fields"), "comment")
        comments = listing(payload.get("comments"), beside, told.get("comments"))
        kept["comments"] = kept_comments(comments.rows, self._options)
        links = {"links": False} if told.get("links") is False else {}
        kept["complete"] = {"changelog": changes.state, "comments": comments.state, **links}
        native = self._native(payload)
        if native:
            kept["sla"] = native
        self._others(payload, kept)
        return kept

    def _issue(self, payload: Row, kept: Redacted) -> Listing:
        issue = inner(payload, "issue")
        values = inner(issue, "fields")
        changes = listing(
            payload.get("changelog"), inner(issue, "changelog"), inner(payload, "complete").get("changelog")
        )
        known = _known_fields(payload, issue, self._options.configured, changes)
        fields = Fields(self._options.configured, known)
        wanted = dict.fromkeys((*_IDENTITY, *(["summary"] if self._options.titles else []), *sorted(fields.tracked)))
        found = {key: kept_value(values[key], key, people=key in fields.people) for key in wanted if key in values}
        kept["issue"] = {**only(issue, ("id", "key")), "fields": found}
        slimmed = [kept_history(history, fields) for history in changes.rows]
        changes = Listing(tuple(each for each in slimmed if each is not None), changes.state, stray=changes.stray)
        directory = inner(payload, "directory")
        kept["directory"] = {
            "fields": {ident: known[ident] for ident in fields.relevant()},
            "statuses": mentioned_statuses(directory.get("statuses"), values, changes.rows),
            "users": [user for raw in rows(directory, "users") if (user := slim(raw))],
        }
        if changes.stray or inner(payload, "found").get("stray"):
            kept["found"] = {"stray": True}
        rating = _rating(payload, values, known)
        if rating:
            kept["feedback"] = rating
        return changes

    def _native(self, payload: Row) -> list[dict[str, object]]:
        """Return the SLA values of the endpoint and of the fields, each once; the endpoint's go first."""
        found: dict[str, dict[str, object]] = {}
        values = inner(inner(payload, "issue"), "fields")
        shown = [value for key in sorted(values) if is_native(value := values[key]) and isinstance(value, Mapping)]
        for value in (*rows(payload, "sla"), *shown):
            slimmed = cycles_of(value)
            if slimmed["id"] or slimmed["name"]:
                found.setdefault(str(slimmed["id"] or slimmed["name"]), slimmed)
        return [found[key] for key in sorted(found)]

    def _others(self, payload: Row, kept: Redacted) -> None:
        links = [
            {"id": text(row, "id"), "object": {"url": url}}
            for row in rows(payload, "links")
            if (url := text(inner(row, "object"), "url")).startswith(self._options.same_incident or ("\0",))
        ]
        if links:
            kept["links"] = sorted(links, key=lambda link: (link["id"], str(link["object"])))
        if "issue" in kept and is_object(payload.get("request")):
            kept["request"] = kept_request(inner(payload, "request"), self._options)
        if rating := _score(inner(payload, "feedback")):
            kept["feedback"] = rating
        if census := only(inner(payload, "census"), ("gone", "noticed_at")):
            kept["census"] = census


def _known_fields(payload: Row, issue: Row, configured: tuple[str, ...], changes: Listing) -> dict[str, Row]:
    """Return what is known of fields: the directory's, the issue's own names, and those that histories tell."""
    directory = inner(payload, "directory")
    listed = directory.get("fields")
    known: dict[str, Row] = {}
    names, schema = inner(issue, "names"), inner(issue, "schema")
    for ident in names:
        known[ident] = described({"name": text(names, ident), "schema": inner(schema, ident)})
    if isinstance(listed, list | tuple):
        known.update({text(row, "id"): described(row) for row in rows(directory, "fields") if text(row, "id")})
    else:
        by_id = inner(directory, "fields")
        known.update({ident: described(inner(by_id, ident)) for ident in by_id})
    wanted = {name.casefold() for name in configured}
    for history in changes.rows:
        for item in rows(history, "items"):
            ident, name = text(item, "fieldId"), text(item, "field")
            if ident and ident not in known and name.casefold() in wanted:
                known[ident] = described({"name": name})
    return known


def _rating(payload: Row, values: Row, known: Mapping[str, Row]) -> dict[str, object]:
    """Return the satisfaction that fields tell, unless the payload tells it apart."""
    if is_object(payload.get("feedback")):
        return {}
    scores = [found for ident in types_of(known, RATING) if (found := _score(inner(values, ident)))]
    dates = [values[ident] for ident in types_of(known, RATED_ON) if isinstance(values.get(ident), str)]
    return {**scores[0], **({"date": dates[0]} if dates else {})} if scores else {}


def _score(raw: Row) -> dict[str, object]:
    rating = raw.get("rating")
    if not isinstance(rating, int | float) or isinstance(rating, bool) or not 0 < rating <= SCALE:
        return {}
    return {"rating": rating, **({"date": raw["date"]} if isinstance(raw.get("date"), str | int) else {})}
