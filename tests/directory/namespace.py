# SPDX-License-Identifier: Apache-2.0
"""A network of our own: loopback only, every port free (a domain controller listens on 389 and 636 and nothing else), and
names of our own in /etc/hosts. Nothing outside is touched or seen."""

import ctypes
import fcntl
import os
import socket
import struct
import sys
import tempfile
from pathlib import Path

MARK = "SCRIM_DIRECTORY_NAMESPACE"
HOSTS = """127.0.0.1 localhost
127.0.0.1 ldap1.example.org other.example.org dc1.corp.example
127.0.0.2 ldap2.example.org
127.0.0.3 ldap3.example.org
"""
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
MS_BIND = 4096


def enter():
    """Runs this program again inside; returns once inside."""
    if os.environ.get(MARK):
        bring_loopback_up()
        bind_hosts()
        return
    os.environ[MARK] = "1"
    user = [] if os.getuid() == 0 else ["--map-root-user"]
    os.execvp("unshare", ["unshare", "--net", "--mount", *user, sys.executable, *sys.argv])


def bring_loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP | IFF_RUNNING))


def bind_hosts():
    folder = Path(tempfile.mkdtemp(prefix="scrim-hosts-"))
    file = folder / "hosts"
    file.write_text(HOSTS)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(str(file).encode(), b"/etc/hosts", None, MS_BIND, None) != 0:
        raise OSError(ctypes.get_errno(), "cannot bind /etc/hosts")
    # The bound file stays readable after its name is gone.
    file.unlink()
    folder.rmdir()
