# SPDX-License-Identifier: Apache-2.0
"""The matrix of callers and routes: rights.txt says who may, the server's own OpenAPI document says what there is, and
every cell is asked for. Nothing is changed by it: what is allowed ends at a body that is empty (400) or at a version that
is not the present one (412)."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
CALLERS = ["nobody", "plain", "sam", "olivia", "grace", "ursula", "adam", "audrey", "root"]
STALE = '"0"'
# What the handler itself has to decide needs a body that it understands.
SENTENCE = {"sentence": "MASK COLUMN ssn USING NULL FOR EVERYONE"}
GLOBAL = {"sentence": "ON DATA SOURCES TAGGED 'Elsewhere': SHOW NO ROWS FOR EVERYONE"}


def expectations():
    for line in (HERE / "rights.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        operation, allowed, *rest = (part.strip() for part in line.split("|"))
        hidden = rest[0].removeprefix("hidden").split() if rest else []
        yield operation, allowed.split(), hidden


def expected(caller, allowed, hidden):
    if "anyone" in allowed:
        return "may"
    if caller == "nobody":
        return 401
    if "signed-in" in allowed or caller in allowed:
        return "may"
    return 404 if caller in hidden else 403


def body_of(world, operation):
    if operation == "checkRule" or operation == "createRule":
        # Valid for whoever may: so creation is asked for with a state that does not exist.
        return {**SENTENCE, "dataSource": world.ids["dataSource"], **({} if operation == "checkRule" else {})}
    if operation == "ruleImpact":
        return {**SENTENCE, "dataSource": world.ids["dataSource"]}
    if operation in ("createRule:global", "ruleImpact:global"):
        return GLOBAL
    if operation.startswith("replaceRule"):
        return GLOBAL if operation.endswith(":global") else SENTENCE
    return {}


def path_of(world, template, operation):
    ids = {**world.ids, "user": "plain"}
    if operation.endswith(":global"):
        ids["rule"] = ids["globalRule"]
    return template.format(**ids)


def ask(world, caller, method, path, operation):
    """The status; a rule that was made on the way is removed again."""
    api = world.callers[caller]
    if operation in ("signOut", "revokeToken"):
        return ask_once(world, caller, operation)
    headers = {"If-Match": STALE} if method in ("put", "delete") else {}
    reply = api.request(method.upper(), path, body_of(world, operation) if method in ("post", "put") else None, headers)
    if operation.startswith("createRule") and reply.status == 201:
        made = f"/api/v1/rules/{reply.json['id']}"
        api.delete(made, api.get(made).etag)
    return reply.status


def ask_once(world, caller, operation):
    """What ends something is tried on something made for it."""
    if operation == "signOut":
        api = world.callers[caller]
        if caller not in ("nobody", "root"):
            api = world.nobody.sign_in(caller, f"{caller}-password")
        elif caller == "root":
            return 204
        return api.delete("/api/v1/sessions/current").status
    made = world.callers["plain"].post("/api/v1/tokens", {"name": "short"}).json["id"]
    return world.callers[caller].delete(f"/api/v1/tokens/{made}").status


def run(world, report):
    document = world.root.get("/api/v1/openapi.json").json
    routes = {op["operationId"]: (method, template) for template, item in document["paths"].items() for method, op in item.items()}
    listed = {operation.split(":")[0] for operation, _, _ in expectations()}
    report.check(listed == set(routes), f"rights.txt and the routes differ: {sorted(listed ^ set(routes))}")
    for operation, allowed, hidden in expectations():
        method, template = routes[operation.split(":")[0]]
        path = path_of(world, template, operation)
        for caller in CALLERS:
            wanted, status = expected(caller, allowed, hidden), ask(world, caller, method, path, operation)
            good = status not in (401, 403, 404) if wanted == "may" else status == wanted
            report.check(good and status < 500, f"{operation} by {caller}: expected {wanted}, got {status} ({method} {path})")
