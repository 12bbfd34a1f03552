# SPDX-License-Identifier: Apache-2.0
"""A certificate authority for tests, and certificates of every kind that must be refused."""

import subprocess
from pathlib import Path

CONFIG = """
[ca]
default_ca = one
[one]
database = {folder}/index
serial = {folder}/serial
new_certs_dir = {folder}
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = req_dn
[req_dn]
[leaf]
basicConstraints = critical, CA:false
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
{extensions}
"""


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, stdin=subprocess.DEVNULL)


class Authority:
    def __init__(self, folder, name="Test authority"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.file = self.folder / "ca.pem"
        (self.folder / "index").write_text("")
        (self.folder / "serial").write_text("01\n")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650", "-subj", f"/CN={name}",
                "-keyout", self.folder / "ca.key", "-out", self.file)

    def issue(self, name, names="DNS:ldap1.example.org", common_name="ldap1.example.org", start=None, end=None, usage="serverAuth",
              key=("ec", "ec_paramgen_curve:P-256")):
        """(certificate, key), two PEM files. `start` and `end`: YYYYMMDDHHMMSSZ."""
        certificate, private = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        extensions = (f"subjectAltName = {names}\n" if names else "") + f"extendedKeyUsage = {usage}\n"
        config = self.folder / f"{name}.cnf"
        config.write_text(CONFIG.format(folder=self.folder, extensions=extensions))
        openssl("req", "-new", "-config", config, "-newkey", key[0], "-pkeyopt", key[1], "-nodes", "-subj", f"/CN={common_name}",
                "-keyout", private, "-out", self.folder / f"{name}.csr")
        dates = ["-startdate", start or "20200101000000Z", "-enddate", end or "20700101000000Z"]
        openssl("ca", "-batch", "-config", config, "-extensions", "leaf", "-in", self.folder / f"{name}.csr", "-out", certificate, "-notext", *dates)
        return certificate, private
