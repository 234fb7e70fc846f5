"""A plugin of nbdkit: a disk in memory that, while the file `bad` is there, fails writes that hold `marker`.

Only file data hold it, so that the file system itself stays well and writable: the nastiest failure of a sync,
after which the pages look clean, the disk is stale, and the next sync returns well.
"""

import builtins
import errno
import os

import nbdkit

API_VERSION = 2
settings = {}
disk = bytearray()


def config(key, value):
    settings[key] = value


def get_ready():
    global disk
    disk = bytearray(int(settings["size_mib"]) << 20)


def open(readonly):
    return 1


def get_size(handle):
    return len(disk)


def pread(handle, buffer, offset, flags):
    buffer[:] = disk[offset : offset + len(buffer)]


def pwrite(handle, buffer, offset, flags):
    data = bytes(buffer)
    if settings["marker"].encode() in data and os.path.exists(settings["bad"]):
        with builtins.open(settings["bad"], "ab") as log:
            log.write(b".")
        nbdkit.set_error(errno.EIO)
        raise RuntimeError("failed as told")
    disk[offset : offset + len(data)] = data


def zero(handle, count, offset, flags):
    disk[offset : offset + count] = bytes(count)


def flush(handle, flags):
    pass
