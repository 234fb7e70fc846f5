"""File systems of their own for the harnesses: images on loop devices, block devices in user space.

`run` gives them a mount namespace of their own, so that no mount outlives it, however it ends.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Optional, Sequence

SHUT_DOWN = 0x8004587D  # FS_IOC_SHUTDOWN, which is XFS_IOC_GOINGDOWN; _IOR('X', 125, u32)
WITHOUT_LOG = 2  # nothing of what is in memory is written any more: a power cut
SIZE_MIB = {"ext4": 64, "xfs": 320}
MAKE = {
    "ext4": ("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0"),
    "xfs": ("mkfs.xfs", "-q", "-f"),
}


def cannot_mount() -> Optional[str]:
    """Why nothing can be mounted here; None where it can."""
    if os.geteuid() != 0:
        return "only root can mount"
    if os.environ.get("FAULTS_NAMESPACE") != "1":
        return "a mount namespace of its own is not allowed here"
    return None


def cannot_loop(*kinds: str) -> Optional[str]:
    if reason := cannot_mount():
        return reason
    if not os.path.exists("/dev/loop-control"):
        return "there are no loop devices here"
    tools = ["losetup", *(MAKE[kind][0] for kind in kinds)]
    absent = [tool for tool in tools if not shutil.which(tool)]
    return f"{', '.join(absent)} not installed (Tools/setup --faults)" if absent else None


def cannot_serve() -> Optional[str]:
    """Why there can be no block device in user space."""
    if reason := cannot_loop("ext4"):
        return reason
    if not os.path.exists("/dev/fuse"):
        return "there is no /dev/fuse here"
    absent = [tool for tool in ("nbdkit", "nbdfuse") if not shutil.which(tool)]
    if absent:
        return f"{', '.join(absent)} not installed (Tools/setup --faults)"
    works = subprocess.run(["nbdkit", "python", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return None if works.returncode == 0 else "nbdkit's plugin for Python is not installed (Tools/setup --faults)"


def call(*words: object) -> str:
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr.decode().strip()}")
    return done.stdout.decode().strip()


def sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


class Volume:
    """A file system at `place`, on an image file or a device."""

    def __init__(self, folder: Path, kind: str, options: str = "", device: Optional[Path] = None):
        self.kind, self.options, self.place = kind, options, folder / "mnt"
        self.place.mkdir(exist_ok=True)
        self.image = device or folder / "image"
        self.is_direct = device is not None

    def make(self) -> None:
        if not self.is_direct:
            with self.image.open("wb") as file:
                file.truncate(SIZE_MIB[self.kind] << 20)
        call(*MAKE[self.kind], self.image)

    def mount(self) -> None:
        """Mounts through a loop device that the kernel takes away when it is unmounted."""
        direct = ["--direct-io=on"] if self.is_direct else []
        loop = call("losetup", *direct, "-f", "--show", self.image)
        try:
            call("mount", "-t", self.kind, *(["-o", self.options] if self.options else []), loop, self.place)
        finally:
            subprocess.run(["losetup", "-d", loop], check=False)

    def unmount(self) -> None:
        for attempt in range(100):
            try:
                return call("umount", self.place) and None
            except RuntimeError:
                if attempt == 99:
                    raise
                time.sleep(0.02)

    def cut(self) -> None:
        """Cuts the power: what is not on the disk never gets there."""
        fd = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(fd, SHUT_DOWN, struct.pack("I", WITHOUT_LOG))
        finally:
            os.close(fd)

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.place)], stderr=subprocess.DEVNULL, check=False)


class Server:
    """A block device in user space: a file `disk` whose reads and writes go through a plugin of nbdkit."""

    def __init__(self, folder: Path, plugin: str, *options: str):
        (folder / "served").mkdir(exist_ok=True)
        self.disk, socket = folder / "served" / "disk", folder / "socket"
        self.folder, self.processes = folder, []
        script = Path(__file__).with_name(plugin)
        self.start(["nbdkit", "--exit-with-parent", "-U", socket, "-f", "python", script, f"size_mib={SIZE_MIB['ext4']}", *options], socket)
        self.start(["nbdfuse", self.disk, "--unix", socket], self.disk)

    def start(self, words: Sequence[object], appears: Path) -> None:
        self.processes.append(subprocess.Popen(
            [str(word) for word in words], stderr=subprocess.DEVNULL, preexec_fn=die_with_parent))
        for _ in range(1000):
            if appears.exists():
                return
            time.sleep(0.01)
        self.close()
        raise RuntimeError(f"{words[0]} does not start")

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.folder / "served")], stderr=subprocess.DEVNULL, check=False)
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        (self.folder / "socket").unlink(missing_ok=True)


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
