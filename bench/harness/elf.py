"""Sizes of an artifact, by its ELF section headers where it has them."""

import os
import struct

ALLOCATED, EXECUTABLE, NO_BITS = 2, 4, 8


def sizes(path):
    """file: bytes on disk; loaded: without symbols and debug information, which
    is about what strip leaves; code: what may be executed."""
    with open(path, "rb") as file:
        data = file.read()
    found = {"file": len(data)}
    if data[:5] != b"\x7fELF\x02" or len(data) < 64:
        return found
    offset, = struct.unpack_from("<Q", data, 40)
    entry, count = struct.unpack_from("<HH", data, 58)
    loaded = code = 0
    for index in range(count):
        at = offset + index * entry
        if at + 64 > len(data):
            return found
        _, kind, flags, _, _, size = struct.unpack_from("<IIQQQQ", data, at)
        if flags & ALLOCATED and kind != NO_BITS:
            loaded += size
            code += size if flags & EXECUTABLE else 0
    if loaded:
        found.update(loaded=loaded, code=code)
    return found


def total(paths):
    """Sizes of several files together; only what all of them have."""
    parts = [sizes(path) for path in paths if os.path.exists(path)]
    return {key: sum(part[key] for part in parts)
            for key in (parts[0] if parts else {})
            if all(key in part for part in parts)}
