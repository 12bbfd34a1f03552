# SPDX-License-Identifier: Apache-2.0
"""Access tokens as the SQL password, by psql and by raw messages, over TLS; and what ends an open session."""

import re
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "attack"))
from escalation import made_user, replace_user, with_token  # noqa: E402
from nouns import same, status  # noqa: E402
from wire import Closed, Wire  # noqa: E402

WRONG = 'password authentication failed for user "{}"'
LIMIT_SECONDS = 1.0  # from what ends a token to the end of its sessions
CLEAR_TEXT, SASL = 3, 10


def token_of(caller, scopes=("sql",), **more):
    return status(caller.post("/api/v1/tokens", {"name": "sql", "scopes": list(scopes), **more}), 201).json


def psql(world, user, password, mode=""):
    scrim = world.scrim
    how = mode or f"verify-full sslrootcert={scrim.ca}"
    done = subprocess.run(["psql", "-XAt", "-c", "SELECT current_user", f"host={scrim.host} port={scrim.port} user={user} dbname=scrim sslmode={how}"],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, env={"PGPASSWORD": password, "PATH": "/usr/bin:/bin"})
    return done.stdout.strip() or done.stderr


def wire(world, user, password):
    return Wire(world.scrim.host, world.scrim.port, user, password, "scrim", world.scrim.ca)


def refused(world, user, password):
    """Seconds it took; the words are those of a wrong password."""
    begin = time.monotonic()
    try:
        wire(world, user, password).socket.close()
    except Closed as closed:
        took = time.monotonic() - begin
        if WRONG.format(user) not in str(closed):
            raise AssertionError(f"{user} is refused by other words: {closed}") from closed
        return took
    raise AssertionError(f"{user} is let in")


def logins(world):
    page = status(world.callers["audrey"].get("/api/v1/audit/records?limit=1000&user=tom"), 200).json
    return [each for each in page["items"] if each["k"] == "login"]


def seconds_until_closed(client, limit):
    """From now until the server says why and closes."""
    begin = time.monotonic()
    client.socket.settimeout(limit)
    heard = b""
    while part := client.socket.recv(65536):
        heard += part
    took = time.monotonic() - begin
    if b"28000" not in heard or b"revoked or has expired" not in heard:
        raise AssertionError(f"closed by other words: {heard}")
    return took


def the_right_token(world):
    _, tom = made_user(world, "tom")
    for scopes in (("sql",), ("read", "sql"), ()):
        made = token_of(tom, scopes)
        same(psql(world, "token:tom", made["token"]), "tom", f"with the scopes {scopes}")
        same(psql(world, "token:TOM", made["token"]), "tom", "in capitals")
    same(psql(world, "tom", "tom-password"), "tom", "the password still works")
    found = [each for each in logins(world) if str(each.get("method", "")) == f"token {made['id']}"]
    same([each["outcome"] for each in found], ["ok"], "the journal says by which token")
    secret = made["token"].rsplit("_", 1)[1]
    same(secret in world.scrim.log_text() or secret in str(logins(world)), False, "the secret is nowhere")


def every_refusal_is_alike(world):
    _, tina = made_user(world, "tina")
    _, theo = made_user(world, "theo")
    good, other = token_of(tina)["token"], token_of(theo)["token"]
    revoked = token_of(tina)
    status(tina.delete(f"/api/v1/tokens/{revoked['id']}"), 204)
    wrong = {"without the scope": token_of(tina, ["read", "write"])["token"], "another user's": other, "revoked": revoked["token"],
             "another secret": good[:-4] + "0000", "a password": "tina-password", "empty-handed": "scrim_p_"}
    took = [refused(world, "token:tina", token) for token in wrong.values()]
    took.append(refused(world, "token:nobody-here", good))
    same(all(0.5 <= each < 2 for each in took), True, f"refusals take alike: {took}")
    refused(world, "tina", good)
    same(psql(world, "token:tina", good), "tina", "not locked out by seven")
    status(replace_user(world.root, "tina", {"disabled": True}), 200)
    refused(world, "token:tina", good)


def wrong_tokens_lock_the_name(world):
    _, tuck = made_user(world, "tuck")
    good = token_of(tuck)["token"]
    for _ in range(10):
        refused(world, "token:tuck", "scrim_p_1_" + "0" * 64)
    refused(world, "token:tuck", good)
    refused(world, "tuck", "tuck-password")


def what_is_asked_for_tells_nothing(world):
    """By the form of the name, not by who exists; and no token goes over plain text."""
    for name, code in (("token:tom", CLEAR_TEXT), ("token:nobody-here", CLEAR_TEXT), ("token:", CLEAR_TEXT), ("tom", SASL)):
        with socket.create_connection((world.scrim.host, world.scrim.port), 10) as plain:
            plain.sendall(struct.pack("!II", 8, 80877103))
            same(plain.recv(1), b"S", "TLS")
            with world.nobody.context.wrap_socket(plain, server_hostname=world.scrim.host) as tls:
                text = f"user\0{name}\0database\0scrim\0\0".encode()
                tls.sendall(struct.pack("!II", len(text) + 8, 196608) + text)
                answer = tls.recv(9)
                same((answer[:1], struct.unpack("!I", answer[5:9])[0]), (b"R", code), name)
    shown = psql(world, "token:tom", "scrim_p_1_" + "0" * 64, "disable")
    same(bool(re.search("FATAL", shown)) and "tom\n" not in shown, True, f"plain text: {shown}")
    status(world.root.post("/api/v1/users", {"name": "Token:tom", "password": "a-password"}), 400)


def the_end_of_a_token_ends_its_sessions(world):
    _, tara = made_user(world, "tara")
    took = []
    for _ in range(10):
        made, kept = token_of(tara), token_of(tara)
        client, other = wire(world, "token:tara", made["token"]), wire(world, "token:tara", kept["token"])
        client.simple("BEGIN")
        status(tara.delete(f"/api/v1/tokens/{made['id']}"), 204)
        took.append(seconds_until_closed(client, 10))
        same(b"1" in b"".join(body for kind, body in other.simple("SELECT 1") if kind == b"D"), True, "the other goes on")
        other.socket.close()
    print(f"sql-tokens: a revoked token's session ends within {max(took):.3f} s, median {sorted(took)[5]:.3f} s", flush=True)
    same(max(took) < LIMIT_SECONDS, True, f"within a second: {took}")


def a_sign_in_is_good_for_sql_too(world):
    made_user(world, "toni")
    toni, kept = world.nobody.sign_in("toni", "toni-password"), world.nobody.sign_in("toni", "toni-password")
    same(psql(world, "token:toni", toni.token), "toni", "by the token of a sign-in")
    client = wire(world, "token:toni", toni.token)
    status(toni.delete("/api/v1/sessions/current"), 204)
    same(seconds_until_closed(client, 10) < LIMIT_SECONDS, True, "signed out")
    refused(world, "token:toni", toni.token)
    same(psql(world, "token:toni", kept.token), "toni", "the other sign-in stands")
    same(kept.get("/api/v1/me").json["sql"], {"port": world.scrim.port}, "where SQL is")


def a_token_that_expires_ends_its_sessions(world):
    made = token_of(world.nobody.sign_in("tara", "tara-password"))
    client = wire(world, "token:tara", made["token"])
    dsn = world.scrim.catalog_dsn
    subprocess.run(["psql", "-Xq", dsn, "-c", f"UPDATE access_token SET created_at = now() - interval '1 hour', expires_at = now() WHERE id = {made['id']}"], check=True)
    same(seconds_until_closed(client, 10) < LIMIT_SECONDS, True, "expired")
    refused(world, "token:tara", made["token"])
    same(with_token(world, made["token"]).get("/api/v1/me").status, 401, "expired for the API too")


CASES = [the_right_token, every_refusal_is_alike, wrong_tokens_lock_the_name, what_is_asked_for_tells_nothing,
         the_end_of_a_token_ends_its_sessions, a_sign_in_is_good_for_sql_too, a_token_that_expires_ends_its_sessions]


def run(world, report):
    for case in CASES:
        report.case(case, world)
