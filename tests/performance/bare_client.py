"""Sends the requests listed in a file, one after the other, decodes every body and keeps nothing: the floor."""

import json
import sys
from pathlib import Path

import httpx
import msgspec

if __name__ == "__main__":
    decode = msgspec.json.Decoder().decode
    with httpx.Client(timeout=75.0) as client:
        for url, headers in json.loads(Path(sys.argv[1]).read_text()):
            decode(client.get(url, headers=headers).content)
