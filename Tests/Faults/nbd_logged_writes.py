"""A plugin of nbdkit: a disk in memory that logs every write and flush, as dm-log-writes does.

A record is `<BQI` kind (0 write, 1 flush, 2 zeros), offset, size; then the bytes of a write.
"""

import builtins
import struct
import threading

import nbdkit

API_VERSION = 2
settings = {}
disk = bytearray()
log = None
lock = threading.Lock()


def config(key, value):
    settings[key] = value


def get_ready():
    global disk, log
    disk = bytearray(int(settings["size_mib"]) << 20)
    log = builtins.open(settings["log"], "wb", buffering=0)


def open(readonly):
    return 1


def get_size(handle):
    return len(disk)


def can_fua(handle):
    return nbdkit.FUA_EMULATE


def keep(kind, offset, size, data=b""):
    with lock:
        log.write(struct.pack("<BQI", kind, offset, size) + data)


def pread(handle, buffer, offset, flags):
    buffer[:] = disk[offset : offset + len(buffer)]


def pwrite(handle, buffer, offset, flags):
    data = bytes(buffer)
    disk[offset : offset + len(data)] = data
    keep(0, offset, len(data), data)


def zero(handle, count, offset, flags):
    disk[offset : offset + count] = bytes(count)
    keep(2, offset, count)


def flush(handle, flags):
    keep(1, 0, 0)
