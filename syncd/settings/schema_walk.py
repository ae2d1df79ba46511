"""What a JSON Schema says about one place of a document: which keys it may have, and what a key is for."""

from collections.abc import Iterator, Mapping, Sequence

from syncd.settings.finding import Place

Schema = Mapping[str, object]


def allowed_keys(schema: Schema, data: object, place: Place) -> tuple[str, ...]:
    """Return the keys that the mapping at a place may have, in the order of the schema."""
    found: dict[str, None] = {}
    for node in _nodes(schema, data, place):
        properties = node.get("properties")
        if isinstance(properties, Mapping):
            found.update(dict.fromkeys(properties))
    return tuple(found)


def description(schema: Schema, data: object, place: Place) -> str:
    """Return the first sentence of the description of what belongs at a place; empty where there is none."""
    for node in (*_nodes(schema, data, place, whole=True), *_nodes(schema, data, place)):
        text = node.get("description")
        if isinstance(text, str):
            return text.partition("\n")[0].partition(". ")[0].removesuffix(".")
    return ""


def _nodes(schema: Schema, data: object, place: Place, *, whole: bool = False) -> list[Schema]:
    """Return the alternatives that govern a place, choosing by what `data` holds; `whole`: before they are parted."""
    nodes: list[Schema] = [schema]
    for step in place:
        nodes = [
            inner for node in nodes for parted in _alternatives(schema, node, data) for inner in _step(parted, step)
        ]
        data = inside(data, step)
    return nodes if whole else [parted for node in nodes for parted in _alternatives(schema, node, data)]


def inside(data: object, step: str | int) -> object:
    """Return what lies one step inside; None where nothing does."""
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, Sequence) and not isinstance(data, str) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _alternatives(root: Schema, node: Schema, data: object) -> Iterator[Schema]:
    reference = node.get("$ref")
    if isinstance(reference, str):
        defs = root.get("$defs")
        target = defs.get(reference.rpartition("/")[2]) if isinstance(defs, Mapping) else None
        if isinstance(target, Mapping):
            yield from _alternatives(root, target, data)
        return
    chosen = _by_discriminator(node, data)
    if chosen is not None:
        yield from _alternatives(root, {"$ref": chosen}, data)
        return
    branches = [branch for word in ("anyOf", "oneOf", "allOf") for branch in _listed(node.get(word))]
    for branch in branches:
        yield from _alternatives(root, branch, data)
    if not branches:
        yield node


def _by_discriminator(node: Schema, data: object) -> str | None:
    discriminator = node.get("discriminator")
    if not isinstance(discriminator, Mapping) or not isinstance(data, Mapping):
        return None
    mapping = discriminator.get("mapping")
    found = mapping.get(data.get(discriminator.get("propertyName"))) if isinstance(mapping, Mapping) else None
    return found if isinstance(found, str) else None


def _step(node: Schema, step: str | int) -> Iterator[Schema]:
    if isinstance(step, int):
        yield from _listed([node.get("items")])
        return
    properties = node.get("properties")
    if isinstance(properties, Mapping) and step in properties:
        yield from _listed([properties[step]])
        return
    by_pattern = node.get("patternProperties")
    yield from _listed([node.get("additionalProperties")])
    yield from _listed(list(by_pattern.values()) if isinstance(by_pattern, Mapping) else None)


def _listed(value: object) -> Iterator[Schema]:
    if isinstance(value, Sequence):
        for item in value:
            if isinstance(item, Mapping):
                yield item
