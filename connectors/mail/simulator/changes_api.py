"""`messages/delta`: everything in a folder, then what changed, in rounds of pages ("message: delta", v1.0).

With immutable ids a message that moves is told as removed where it left, and is not told where it came until it changes
again; moved out and back between two rounds it is told as removed, though it is there (msgraph-docs-contrib issue 72).
"""

from collections.abc import Mapping
from dataclasses import replace

from connectors.mail.simulator.box import Box, Folder, Message, immutable_id
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
        rows = self._rows(state, params, wish)
        link = f"{base}/mailFolders('{folder.id}')/messages/delta"
        body: dict[str, object] = {"@odata.context": f"{base}/$metadata#Collection(message)"}
        last = state.offset + wish.page
        body["value"] = rows[state.offset : last]
        if last < len(rows) and not short:
            token = written(replace(state, offset=last), self._box.seed)
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
            filtered(params, "ge gt")
            state = State(folder.id, folder.generation, selected(params, PROPERTIES), expanded(params), 0)
        return state if state.ends else replace(state, ends=max(1, self._box.sequence))

    def _rows(self, state: State, params: Mapping[str, str], wish: Preferences) -> list[dict[str, object]]:
        if state.begins == 0:
            inside = [each for each in self._box.inside(state.folder) if filtered(params, "ge gt")(each)]
            most = _FILTERED_MOST if "$filter" in params else len(inside)
            return [self._row(each, state, wish) for each in inside[:most]]
        told: dict[tuple[int, str], tuple[str, str]] = {}
        for number, message, kind, old in self._box.folders[state.folder].log:
            if not state.begins < number <= state.ends:
                continue
            if wish.immutable:
                key = (message, "")
                known, shown = told.pop(key, ("", ""))[0], str(kind)
                if kind == "came" and self._silent:
                    shown = "left" if known == "left" else "silent"
                told[key] = (shown, immutable_id(self._box.seed, message))
            else:
                told.pop((message, old), None)
                told[message, old] = (kind, old)
        return [row for key, what in told.items() if (row := self._change(key[0], what, state, wish)) is not None]

    def _change(self, number: int, what: tuple[str, str], state: State, wish: Preferences) -> dict[str, object] | None:
        kind, key = what
        message = self._box.messages.get(number)
        if kind == "silent":
            return None
        if kind != "left" and message is not None and message.folder == state.folder:
            return self._row(message, state, wish)
        shown = key or immutable_id(self._box.seed, number)
        return {"id": shown, "@odata.type": "#microsoft.graph.message", "@removed": {"reason": "deleted"}}

    def _row(self, message: Message, state: State, wish: Preferences) -> dict[str, object]:
        return message_row(message, state.select, immutable=wish.immutable, size=state.size)
