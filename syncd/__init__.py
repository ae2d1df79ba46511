"""The buyer's independent meter for IT vendors."""

import zoneinfo

# Zone data comes from the pinned `tzdata` package alone, never from the host: the same release
# must give the same verdict on every machine. Done here because no zone can be loaded before it.
zoneinfo.reset_tzpath(to=())

__version__ = "0.1.0"
