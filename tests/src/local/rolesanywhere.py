"""IAM Roles Anywhere as far as Demarc uses it: trust anchors and profiles that are in force or not."""

# Put before the extensions of the emulators, which are one text for the interpreter each.
import json, uuid

ANYWHERE_KINDS = {
    "trustanchor": ("TrustAnchor", "trustAnchor", "trustAnchorId", "trust-anchor"),
    "profile": ("Profile", "profile", "profileId", "profile"),
}


def asks_roles_anywhere(headers):
    """Whether a request, by its headers in small letters, is signed for this service."""
    return "/rolesanywhere/" in headers.get("authorization", "")


def roles_anywhere_operation(method, path):
    """The operation, and the resource's part of its ARN; `*` where it names none."""
    kind, *rest = path.strip("/").split("/")
    name, _, _, resource = ANYWHERE_KINDS[kind.removesuffix("s")]
    if not rest:
        return (f"Create{name}" if method == "POST" else f"List{name}s"), "*"
    verb = rest[1].capitalize() if rest[1:] else "Get"
    return f"{verb}{name}", f"{resource}/{rest[0]}"


def roles_anywhere_answer(kept, method, path, body):
    """The status and the answer; `kept` holds everything that was made, by its id."""
    kind, *rest = path.strip("/").split("/")
    _, member, key, _ = ANYWHERE_KINDS[kind.removesuffix("s")]
    if not rest and method == "POST":
        asked = json.loads(body)
        one = {key: str(uuid.uuid4()), "name": asked["name"], "enabled": asked.get("enabled", False)}
        kept[one[key]] = one
        return 201, {member: one}
    if not rest:
        return 200, {f"{member}s": [one for one in kept.values() if key in one]}
    if (one := kept.get(rest[0])) is None:
        return 404, {"__type": "ResourceNotFoundException", "message": f"no {rest[0]}"}
    if rest[1:]:
        one["enabled"] = rest[1] == "enable"
    return 200, {member: one}
