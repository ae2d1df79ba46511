"""Messages one by one and in lists, and folders ("List messages", "Get message", "mailFolder", v1.0)."""

from connectors.mail.simulator.answers import Refused, not_found
from connectors.mail.simulator.box import Box, Folder, Message
from connectors.mail.simulator.query import (
    FOLDER_PROPERTIES,
    PROPERTIES,
    Preferences,
    bad,
    count,
    expanded,
    filtered,
    params_of,
    selected,
)
from connectors.mail.simulator.rows import folder_row, message_row
from syncd.ports.toolkit import HttpRequest

_MOST = 1000
_ORDERS = ("receivedDateTime desc", "receivedDateTime asc", "receivedDateTime")


class MessagesApi:
    """Reads one mailbox as it is."""

    def __init__(self, box: Box) -> None:
        self._box = box

    def folder(self, name: str) -> Folder:
        """Return a folder by its id or well-known name."""
        for each in self._box.folders.values():
            if each.id == name or (each.well_known and each.well_known == name.lower()):
                return each
        raise not_found()

    def folders(self, request: HttpRequest, parent: str, base: str, path: str) -> dict[str, object]:
        """Return the folders in a folder."""
        params = params_of(request)
        select = selected(params, FOLDER_PROPERTIES)
        inside = [each for each in self._box.folders.values() if each.parent == parent]
        top, skip = count(params, "$top", 10, _MOST), count(params, "$skip", 0, 10**6)
        body: dict[str, object] = {"value": [folder_row(self._box, each, select) for each in inside[skip : skip + top]]}
        if skip + top < len(inside):
            body["@odata.nextLink"] = f"{base}{path}?$select={','.join(select)}&$top={top}&$skip={skip + top}"
        return body

    def one_folder(self, request: HttpRequest, name: str) -> dict[str, object]:
        """Return one folder."""
        return folder_row(self._box, self.folder(name), selected(params_of(request), FOLDER_PROPERTIES))

    def messages(self, request: HttpRequest, folder: Folder, wish: Preferences, base: str) -> dict[str, object]:
        """Return one page of the messages in a folder."""
        params = params_of(request)
        select, size, test = selected(params, PROPERTIES), expanded(params), filtered(params.get("$filter", ""))
        order = params.get("$orderby", _ORDERS[0])
        if order not in _ORDERS:
            raise bad("The restriction or sort order is too complex for this operation.", "InefficientFilter")
        found = sorted(
            filter(test, self._box.inside(folder.id)), key=lambda each: each.received_at, reverse=order == _ORDERS[0]
        )
        top, skip = count(params, "$top", 10, _MOST), count(params, "$skip", 0, 10**6)
        shown = [message_row(each, select, immutable=wish.immutable, size=size) for each in found[skip : skip + top]]
        body: dict[str, object] = {"value": shown}
        if skip + top < len(found):
            kept = {name: value for name, value in params.items() if name not in ("$skip", "$top")}
            query = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in kept.items())
            body["@odata.nextLink"] = f"{base}/mailFolders/{folder.id}/messages?{query}&$top={top}&$skip={skip + top}"
        return body

    def message(self, key: str) -> Message:
        """Return a message by either of its ids."""
        found = self._box.messages.get(self._box.numbers.get(key, 0))
        if found is None:
            raise not_found()
        return found

    def one_message(self, request: HttpRequest, key: str, wish: Preferences) -> dict[str, object]:
        """Return one message's properties."""
        params = params_of(request)
        select, size = selected(params, PROPERTIES), expanded(params)
        return message_row(self.message(key), select, immutable=wish.immutable, size=size)

    def mime(self, key: str, *, broken: bool) -> bytes:
        """Return one message in MIME."""
        found = self.message(key).raw
        if broken:
            raise Refused(500, "ErrorMimeContentConversionFailed", "The MIME content cannot be converted.")
        return found
