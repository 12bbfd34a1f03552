# SPDX-License-Identifier: Apache-2.0
"""Callers of the API: real HTTP over real TLS, verified with the private CA. The administrator is one, who applies files."""

import http.client
import json
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.text = status, headers, body.decode()
        kind = headers.get("Content-Type") or ""
        self.json = json.loads(self.text) if "json" in kind and self.text else None

    @property
    def etag(self):
        return self.headers.get("ETag", "")

    def __repr__(self):
        return f"{self.status} {self.text[:400]}"


class Api:
    def __init__(self, url, ca, token=None):
        self.url, self.ca, self.token = url, ca, token
        self.host, self.port = urlsplit(url).hostname, urlsplit(url).port
        self.context = ssl.create_default_context(cafile=ca)
        self.connection = None

    def request(self, method, path, body=None, headers=None):
        """`body`: a value that becomes JSON, or bytes as they are."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        for attempt in (1, 2):  # a kept connection may have ended meanwhile
            if self.connection is None:
                self.connection = http.client.HTTPSConnection(self.host, self.port, context=self.context, timeout=60)
            try:
                self.connection.request(method, path, data, sent)
                answer = self.connection.getresponse()
                return Reply(answer.status, answer.headers, answer.read())
            except (http.client.RemoteDisconnected, ConnectionError, http.client.CannotSendRequest):
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def post(self, path, body=None, **headers):
        return self.request("POST", path, {} if body is None else body, headers)

    def put(self, path, body, match):
        return self.request("PUT", path, body, {"If-Match": match} if match else {})

    def delete(self, path, match=""):
        return self.request("DELETE", path, headers={"If-Match": match} if match else {})

    def sign_in(self, user, password):
        """Another caller, signed in."""
        reply = self.request("POST", "/api/v1/sessions", {"user": user, "password": password})
        if reply.status != 201:
            raise RuntimeError(f"{user} cannot sign in: {reply}")
        return Api(self.url, self.ca, reply.json["token"])

    def raw(self, sent, wait=10):
        """Bytes over TLS as they are; what comes back until the server closes or is silent."""
        with socket.create_connection((self.host, self.port), timeout=wait) as plain:
            with self.context.wrap_socket(plain, server_hostname=self.host) as tls:
                tls.sendall(sent)
                received = b""
                try:
                    while part := tls.recv(65536):
                        received += part
                except (TimeoutError, OSError):
                    pass
                return received


def administrator(url, ca, data):
    """The user that the first start made, signed in with the password that lies in the data folder."""
    return Api(url, ca).sign_in("admin", (Path(data) / "admin-password").read_text().strip())


def apply_file(caller, path):
    """The catalog becomes what the file says: again, too, which changes nothing. Raises with what is wrong, each at its place."""
    files = [{"name": str(path), "text": Path(path).read_text()}]
    reply = caller.post("/api/v1/configuration", {"files": files})
    if reply.status != 200:
        problem = reply.json or {}
        raise RuntimeError(f"{path} is not applied: {problem.get('title', reply)}\n{problem.get('detail', '')}")
