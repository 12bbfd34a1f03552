# SPDX-License-Identifier: Apache-2.0
"""A Samba Active Directory domain controller of our own: provisioned into a folder, reached on 127.0.0.1, ports 389 and 636.
The system's Samba is neither needed nor touched."""

import base64
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

BASE = "dc=corp,dc=example"
ADMIN, ADMIN_PASSWORD = "CORP\\administrator", "Passw0rd.Admin"
PASSWORD = "Correct.Horse1"
NEVER = 0x7FFFFFFFFFFFFFFF
CROWD = 700  # more than a page, and members of one group in more than one piece
WEIRD = "cn=weird (name)*\\, \\\\x"
NORMAL, DISABLED = 0x200, 0x202


def filetime(seconds_since_1970):
    return (int(seconds_since_1970) + 11_644_473_600) * 10_000_000


class Samba:
    def __init__(self, folder, certificate, key, ca):
        self.folder, self.host, self.tls_port, self.port = Path(folder), "dc1.corp.example", 636, 389
        self.folder.mkdir(parents=True)
        self.tls = [f"--option=tls certfile={certificate}", f"--option=tls keyfile={key}", f"--option=tls cafile={ca}"]
        os.chmod(key, 0o600)
        self.process = None

    def provision(self):
        options = [f"--option={text}" for text in ("interfaces=lo", "bind interfaces only=yes", "vfs objects=dfs_samba4 acl_xattr xattr_tdb",
                                                   f"xattr_tdb:file={self.folder}/xattr.tdb")]
        self._run(["samba-tool", "domain", "provision", "--realm=CORP.EXAMPLE", "--domain=CORP", f"--adminpass={ADMIN_PASSWORD}", "--server-role=dc",
                   "--dns-backend=NONE", f"--targetdir={self.folder}", "--use-rfc2307", "--configfile=/dev/null", "--host-name=dc1", *options])
        # Passwords of tests are short-lived; two wrong ones lock.
        self._tool("domain", "passwordsettings", "set", "--account-lockout-threshold=2", "--max-pwd-age=0", "--history-length=0", "--min-pwd-age=0")

    def _run(self, command):
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError((done.stderr + done.stdout)[-2000:])

    def _tool(self, *words):
        self._run(["samba-tool", *words, "-H", str(self.folder / "private" / "sam.ldb"), f"--configfile={self.folder / 'etc' / 'smb.conf'}"])

    def start(self):
        self.log = open(self.folder / "samba.log", "ab")
        command = ["samba", "-s", self.folder / "etc" / "smb.conf", "-i", "-M", "single", "--option=server services=ldap,kdc,cldap", *self.tls]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, start_new_session=True)
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "samba.log").read_text()[-2000:]) from None
                time.sleep(0.1)

    def stop(self):
        if self.process:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=30)
            self.process = None
            self.log.close()

    def change(self, ldif, ca):
        done = subprocess.run(["ldapmodify", "-x", "-H", f"ldaps://{self.host}", "-D", ADMIN, "-w", ADMIN_PASSWORD], input=ldif, text=True,
                              capture_output=True, env={**os.environ, "LDAPTLS_CACERT": str(ca)})
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-2000:])

    def options(self, *more, transport="ldaps", ca=None):
        given = {name for name, _ in more}
        options = [("kind", "active-directory"), ("transport", transport), ("ca_file", ca), ("bind_dn", f"cn=scrim,ou=world,{BASE}"),
                   ("bind_password", PASSWORD), ("users.base", f"ou=world,{BASE}"), ("groups.base", BASE), ("attribute", "department=Department"),
                   ("server", f"{self.host}:{self.tls_port if transport == 'ldaps' else self.port}")]
        return [option for option in options if option[0] not in given or option[0] == "kind"] + list(more)


def account(name, password=PASSWORD, control=NORMAL, expires=NEVER, more=""):
    secret = base64.b64encode(f'"{password}"'.encode("utf-16-le")).decode()
    return (f"dn: cn={name},ou=world,{BASE}\nchangetype: add\nobjectClass: user\nsAMAccountName: {name}\nunicodePwd:: {secret}\n"
            f"userAccountControl: {control}\naccountExpires: {expires}\n{more}\n")


def group(name, *members):
    lines = "".join(f"member: {member}\n" for member in members)
    return f"dn: cn={name},ou=world,{BASE}\nchangetype: add\nobjectClass: group\nsAMAccountName: {name}\n{lines}\n"


def dn(name):
    return f"cn={name},ou=world,{BASE}"


def small_world():
    """Alice is in Analysts, in Staff, in Everybody; Analysts and Ring are in each other; Everyone700 is long."""
    yield f"dn: ou=world,{BASE}\nchangetype: add\nobjectClass: organizationalUnit\n\n"
    yield account("scrim")
    yield account("alice", more="department: Sales\n")
    yield account("bob")
    yield account("disabled", control=DISABLED)
    yield account("expired", expires=filetime(1_000_000_000))
    yield account("later", expires=filetime(4_000_000_000))
    yield account("locked")
    yield account("newcomer", more="pwdLastSet: 0\n")
    yield account("weird").replace("cn=weird,", f"{WEIRD},")
    for number in range(CROWD):
        yield f"dn: cn=user{number:03},ou=world,{BASE}\nchangetype: add\nobjectClass: user\nsAMAccountName: user{number:03}\n\n"
    yield group("Analysts", dn("alice"))
    yield group("Staff", dn("Analysts"))
    yield group("Everybody", dn("Staff"), dn("bob"))
    yield group("Ring", dn("Analysts"))
    yield f"dn: {dn('Analysts')}\nchangetype: modify\nadd: member\nmember: {dn('Ring')}\n\n"
    yield group("Odd", f"{WEIRD},ou=world,{BASE}")
    yield group("Everyone700", *(dn(f"user{number:03}") for number in range(CROWD)))
    yield group("OverPrimary", f"cn=Domain Users,cn=Users,{BASE}")
