# SPDX-License-Identifier: Apache-2.0
"""An OpenLDAP server of our own: its configuration, data and sockets in one folder; Debian's own instance is not touched."""

import base64
import hashlib
import socket
import subprocess
import time
from pathlib import Path

BASE = "dc=example,dc=org"
SERVICE_DN, SERVICE_PASSWORD = f"cn=scrim,ou=services,{BASE}", "service secret"
ROOT_DN, ROOT_PASSWORD = f"cn=root,{BASE}", "root secret"
PASSWORD = "correct horse"
CROWD, GIANT = 100_000, 20_000

CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile {folder}/slapd.pid
TLSCertificateFile {certificate}
TLSCertificateKeyFile {key}
sizelimit 500
database mdb
suffix "{base}"
directory {folder}/data
rootdn "{root}"
rootpw "{root_password}"
maxsize 2147483648
dbnosync
index objectClass,uid,member,memberUid eq
overlay memberof
memberof-refint true
overlay ppolicy
ppolicy_default "cn=default,ou=policies,{base}"
limits dn.exact="{service}" size=500 size.pr=1000 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to dn.subtree="ou=open,{base}" by * read
access to * by dn.exact="{service}" read by * none
"""


def hashed(password):
    salt = b"12345678"
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()


def crowd():
    """LDIF of the many: 100,000 users, one group that holds 20,000 of them, and a hundred that share out the others."""
    stored = hashed(PASSWORD)
    dns = [f"uid=user{number:06},ou=people,{BASE}" for number in range(CROWD)]
    for number, dn in enumerate(dns):
        yield (f"dn: {dn}\nobjectClass: inetOrgPerson\nuid: user{number:06}\ncn: User {number}\nsn: {number}\n"
               f"departmentNumber: {number % 100}\nuserPassword: {stored}\n\n")
    groups = {"giant": dns[:GIANT]}
    for number in range(100):
        groups[f"department {number}"] = dns[number::100]
    for name, members in groups.items():
        yield f"dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n" + "".join(f"member: {dn}\n" for dn in members) + "\n"


class OpenLdap:
    def __init__(self, folder, certificate, key, host="127.0.0.1", port=3890, tls_port=6360):
        self.folder = Path(folder)
        self.host, self.port, self.tls_port = host, port, tls_port
        (self.folder / "data").mkdir(parents=True)
        self.config = self.folder / "slapd.conf"
        self.config.write_text(CONFIG.format(folder=self.folder, certificate=certificate, key=key, base=BASE, root=ROOT_DN,
                                             root_password=ROOT_PASSWORD, service=SERVICE_DN))
        self.process = None

    def load(self, ldif):
        """Straight into the data, before the start: overlays do not see it."""
        with open(self.folder / "load.log", "wb") as log:
            loader = subprocess.Popen(["slapadd", "-q", "-f", self.config, "-b", BASE], stdin=subprocess.PIPE, stdout=log, stderr=log, text=True)
            for entry in ldif:
                loader.stdin.write(entry)
            loader.stdin.close()
            if loader.wait() != 0:
                raise RuntimeError((self.folder / "load.log").read_text()[-2000:])

    def start(self):
        self.log = open(self.folder / "slapd.log", "ab")
        urls = f"ldap://{self.host}:{self.port}/ ldaps://{self.host}:{self.tls_port}/"
        self.process = subprocess.Popen(["slapd", "-d", "0", "-h", urls, "-f", self.config], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection((self.host, self.tls_port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "slapd.log").read_text()[-2000:]) from None
                time.sleep(0.05)

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=30)
            self.process = None
            self.log.close()

    def change(self, ldif):
        """Adds or modifies over the wire, as the administrator."""
        done = subprocess.run(["ldapmodify", "-x", "-H", f"ldap://{self.host}:{self.port}", "-D", ROOT_DN, "-w", ROOT_PASSWORD], input=ldif,
                              text=True, capture_output=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr[-2000:])

    def options(self, *more, transport="ldaps", ca=None, host="ldap1.example.org"):
        """What a Probe is told to use this server."""
        given = {name for name, _ in more}
        options = [("kind", "openldap"), ("transport", transport), ("bind_dn", SERVICE_DN), ("bind_password", SERVICE_PASSWORD),
                   ("users.base", f"ou=people,{BASE}"), ("groups.base", f"ou=groups,{BASE}"), ("attribute", "departmentNumber=Department"),
                   ("server", f"{host}:{self.tls_port if transport == 'ldaps' else self.port}")]
        if ca:
            options.append(("ca_file", ca))
        return [option for option in options if option[0] not in given or option[0] == "kind"] + list(more)
