# SPDX-License-Identifier: Apache-2.0
"""What the cases of the suite use together: one authority, an OpenLDAP with both its worlds, a Samba domain controller."""

import tempfile
from pathlib import Path

from certificates import Authority
from openldap import BASE, OpenLdap, crowd
from samba import Samba, small_world

HERE = Path(__file__).resolve().parent
SKELETON = "\n".join(f"dn: {dn}\nobjectClass: {kind}\n{line}\n" for dn, kind, line in [
    (BASE, "domain", "dc: example"),
    (f"ou=people,{BASE}", "organizationalUnit", "ou: people"),
    (f"ou=groups,{BASE}", "organizationalUnit", "ou: groups"),
    (f"ou=services,{BASE}", "organizationalUnit", "ou: services"),
    (f"ou=open,{BASE}", "organizationalUnit", "ou: open"),
    (f"cn=scrim,ou=services,{BASE}", "applicationProcess\nobjectClass: simpleSecurityObject", "cn: scrim\nuserPassword: service secret"),
]) + "\n"


class World:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="scrim-directory-")
        self.path = Path(self.folder.name)
        self.authority = Authority(self.path / "authority")
        self.certificate = self.authority.issue("server", "DNS:ldap1.example.org,DNS:dc1.corp.example,IP:127.0.0.1")
        self.openldap = OpenLdap(self.path / "openldap", *self.certificate)
        self.openldap.load([SKELETON, *crowd()])
        self.openldap.start()
        self.openldap.change((HERE / "openldap.ldif").read_text())
        self.samba = Samba(self.path / "samba", *self.certificate, self.authority.file)
        self.samba.provision()
        self.samba.start()
        self.samba.change("".join(small_world()), self.authority.file)

    def options(self, *more, **how):
        return self.openldap.options(*more, ca=self.authority.file, **how)

    def samba_options(self, *more, **how):
        return self.samba.options(*more, ca=self.authority.file, **how)

    def stop(self):
        self.openldap.stop()
        self.samba.stop()
        self.folder.cleanup()


shared = None  # the World of the suite
