"""`messages/delta`: everything in a folder, then what changed, in rounds of pages ("message: delta", v1.0).

With immutable ids a message that moves is told as removed where it left, and is not told where it came until it changes
again; moved out and back between two rounds it is told as removed, though it is there (msgraph-docs-contrib issue 72).
"""

from collections.abc import Mapping
from dataclasses import replace

from connectors.mail.simulator.box import Box, Folder, immutable_id
from connectors.mail.simulator.query import PROPERTIES, Preferences, bad, expanded, filtered, params_of, selected
from connectors.mail.simulator.rows import message_row
from connectors.mail.simulator.states import State, read, written
from syncd.ports.toolkit import HttpRequest

_REFUSED = ("$search", "$skip", "$count")
_FILTERED_MOST = 5_000


class ChangesApi:
    """Rounds of changes over one mailbox; `silent_moves` is what Graph does, else moves are told on both sides."""

    def __init__(self, box: Box, *, silent_moves: bool) -> None:
        self._box = box
        self._silent = silent_moves

    def page(
        self, request: HttpRequest, folder: Folder, wish: Preferences, base: str, *, short: bool
    ) -> dict[str, object]:
        """Return one page of a round; a `short` round ends with it, whatever is left."""
        params = params_of(request)
        for name in _REFUSED:
            if name in params:
                raise bad(f"{name} is not supported with delta.", "ErrorInvalidUrlQuery")
        state = self._state(params, folder)
        told = self._told(state, wish)
        link = f"{base}/mailFolders('{folder.id}')/messages/delta"
        body: dict[str, object] = {"@odata.context": f"{base}/$metadata#Collection(message)"}
        left = [each for each in told if each[0] > state.offset]
        shown = left[: wish.page]
        body["value"] = [self._row(message, removed, state, wish) for _, message, removed in shown]
        if len(left) > wish.page and not short:
            token = written(replace(state, offset=shown[-1][0]), self._box.seed)
            body["@odata.nextLink"] = f"{link}?$skiptoken={token}"
        else:
            token = written(replace(state, begins=state.ends, ends=0, offset=0), self._box.seed)
            body["@odata.deltaLink"] = f"{link}?$deltatoken={token}"
        return body

    def _state(self, params: Mapping[str, str], folder: Folder) -> State:
        token = params.get("$skiptoken") or params.get("$deltatoken")
        generations = {each.id: each.generation for each in self._box.folders.values()}
        if token is not None:
            state = read(token, self._box.seed, generations)
            if state.folder != folder.id:
                raise bad("Badly formed token.", "BadRequest")
        else:
            if params.get("$orderby", "receivedDateTime desc") != "receivedDateTime desc":
                raise bad("Only receivedDateTime desc is supported.", "ErrorInvalidUrlQuery")
            where = params.get("$filter", "")
            filtered(where, "ge gt")
            state = State(folder.id, folder.generation, selected(params, PROPERTIES), expanded(params), where, 0)
        return state if state.ends else replace(state, ends=self._box.sequence)

    def _told(self, state: State, wish: Preferences) -> list[tuple[int, int, str]]:
        """Return what a round is about: place in it, message, and the id under which that is told as removed, if it is.

        Of a message that is not there any more in the end, whatever happened, nothing but that it went is told.
        """
        if state.begins == 0:
            wanted = filtered(state.where, "ge gt")
            inside = [(each.number, each.number, "") for each in self._box.inside(state.folder) if wanted(each)]
            return inside[:_FILTERED_MOST] if state.where else inside
        told: dict[tuple[int, str], str] = {}
        for number, message, kind, old in self._box.folders[state.folder].log:
            if not state.begins < number <= state.ends:
                continue
            key = (message, "" if wish.immutable else old)
            known = told.pop(key, None)
            if kind == "came" and wish.immutable and self._silent:
                told[key] = "left" if known == "left" else "silent"
            else:
                told[key] = str(kind)
        found: list[tuple[int, int, str]] = []
        inside_now = {each.number for each in self._box.inside(state.folder)}
        for place, ((number, old), last) in enumerate(told.items(), start=1):
            if last == "left" or number not in inside_now:
                found.append((place, number, old or immutable_id(self._box.seed, number)))
            elif last != "silent":
                found.append((place, number, ""))
        return found

    def _row(self, number: int, removed: str, state: State, wish: Preferences) -> dict[str, object]:
        if not removed:
            return message_row(
                self._box.messages[number], state.select, immutable=wish.immutable, size=state.size
            )  # fmt: skip
        return {"id": removed, "@odata.type": "#microsoft.graph.message", "@removed": {"reason": "deleted"}}
