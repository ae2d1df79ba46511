"""Text as REST v3 tells it: an Atlassian document; v2 tells plain strings (ADF, "Document structure")."""


def rich(text: str, version: str) -> object:
    """Return a text in the form of an API version; None for an empty one."""
    if not text:
        return None
    if version == "2":
        return text
    paragraphs = [
        {"type": "paragraph", "content": [{"type": "text", "text": line}] if line else []} for line in text.split("\n")
    ]
    return {"type": "doc", "version": 1, "content": paragraphs}
