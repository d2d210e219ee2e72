"""What a deployed stack needs of AWS and MiniStack has not."""

import contextvars, functools, json, os, secrets, shutil, sys, tempfile, threading

# The functions' packages go where they are removed from at the end; MiniStack leaves them.
tempfile.tempdir = tempfile.mkdtemp(prefix="demarc-ministack-")

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import AccountScopedDict, get_account_id, get_region, set_request_region
from ministack.services import ec2, eventbridge, iam, s3
from ministack.services.cloudformation import changesets, engine, handlers, stacks


def end_with_parent():
    """Even when that is killed: the pipe on our input closes then."""
    os.read(0, 1)
    shutil.rmtree(tempfile.tempdir, ignore_errors=True)
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()


def put_events(data, put=eventbridge._put_events):
    """Events of AWS's own services: no caller may put them, so AWS is played here."""
    return put(data, allow_aws_source=True)


def pin_request_origin(address, secure, pin=app.pin_request_origin):
    """Callers come by TLS, as AWS has no other way; only here it is left out."""
    pin(address, True)


def dispatch_to_event_bus(spec, event, rule, path, payload=None):
    """A bus of another region: MiniStack drops such events."""
    here = get_region()
    set_request_region(spec.region)
    try:
        eventbridge._dispatch_event({**event, "EventBusName": spec.resource.split("/", 1)[1]})
    finally:
        set_request_region(here)


def evaluate_conditions(template, parameters, evaluate=engine._evaluate_conditions):
    """Conditions on the region, which MiniStack leaves unresolved in them."""
    return evaluate(template, {**parameters, "AWS::Region": {"Value": get_region()}})


def iam_action(*request, extract=iam_actions.extract_iam_action):
    """The calls of SQS on many messages are allowed by the action on one."""
    action = extract(*request)
    return action.removesuffix("Batch") if action and action.startswith("sqs:") else action


RESOURCES = {
    "CreateFlowLogs": ("ec2:{0}:{1}:vpc/", "ResourceId.1", ""),
    "DescribeImageAttribute": ("ec2:{0}::image/", "ImageId", ""),
    "ModifyImageAttribute": ("ec2:{0}::image/", "ImageId", ""),
    "DescribeSnapshotAttribute": ("ec2:{0}::snapshot/", "SnapshotId", ""),
    "ModifySnapshotAttribute": ("ec2:{0}::snapshot/", "SnapshotId", ""),
    "ModifySubnetAttribute": ("ec2:{0}:{1}:subnet/", "SubnetId", ""),
    "CreateNetworkAclEntry": ("ec2:{0}:{1}:network-acl/", "NetworkAclId", ""),
    "DeleteNetworkAclEntry": ("ec2:{0}:{1}:network-acl/", "NetworkAclId", ""),
    "ModifyInstanceMetadataOptions": ("ec2:{0}:{1}:instance/", "InstanceId", ""),
    "ModifyTransitGateway": ("ec2:{0}:{1}:transit-gateway/", "TransitGatewayId", ""),
    "CreateTrafficMirrorSession": ("ec2:{0}:{1}:traffic-mirror-session/", "TrafficMirrorSessionId", "*"),
    "DeleteTrafficMirrorSession": ("ec2:{0}:{1}:traffic-mirror-session/", "TrafficMirrorSessionId", ""),
    "DeleteFlowLogs": ("ec2:{0}:{1}:vpc-flow-log/", "FlowLogId.1", ""),
    "DescribeDBInstances": ("rds:{0}:{1}:db:", "DBInstanceIdentifier", "*"),
    "ListTagsForResource": ("rds:", "ResourceName", ""),
    "AttachGroupPolicy": ("iam::{1}:group/", "GroupName", ""),
    "DetachGroupPolicy": ("iam::{1}:group/", "GroupName", ""),
}


policy_arn = contextvars.ContextVar("policy_arn", default=None)


def condition_key(key, context, resolve=iam_evaluator._resolve_condition_key):
    """Which policy is attached is a key of conditions, too."""
    return policy_arn.get() if key.lower() == "iam:policyarn" else resolve(key, context)


def resource_arn(service, *request, extract=iam_actions.extract_resource_arn):
    """What a call is about, where MiniStack has it be about everything."""
    parameters, region, account = request[-3:]
    policy_arn.set(iam_actions._query_param(parameters, "PolicyArn"))
    known = RESOURCES.get(iam_actions._query_param(parameters, "Action"))
    if known is None or not known[0].startswith(service):
        return extract(service, *request)
    place, parameter, otherwise = known
    name = iam_actions._query_param(parameters, parameter) or otherwise
    return name if name.startswith("arn:") else "arn:aws:" + place.format(region, account) + name


ACCOUNT_BLOCK = "/v20180820/configuration/publicAccessBlock"
ACTIONS = {
    "GET": "s3:GetAccountPublicAccessBlock",
    "PUT": "s3:PutAccountPublicAccessBlock",
    "DELETE": "s3:PutAccountPublicAccessBlock",
}
account_blocks = AccountScopedDict()


anchors_and_profiles = AccountScopedDict()


async def roles_anywhere(path, method, body, query, request_id, headers=None):
    """IAM Roles Anywhere, which MiniStack has not."""
    action, resource = roles_anywhere_operation(method, path)
    arn = f"arn:aws:rolesanywhere:{get_region()}:{get_account_id()}:{resource}" if resource != "*" else "*"
    denied = app._enforce_data_plane(
        "rolesanywhere", f"rolesanywhere:{action}", headers, query, request_id, resource_arn=arn
    )
    if denied:
        return denied
    status, told = roles_anywhere_answer(anchors_and_profiles, method, path, body)
    return status, {"Content-Type": "application/json"}, json.dumps(told).encode()


async def s3_control(path, method, body, query, request_id, headers=None, other=app._handle_s3_control_request):
    """The account's block of public access."""
    if path != ACCOUNT_BLOCK:
        return await other(path, method, body, query, request_id, headers)
    if denied := app._enforce_data_plane("s3", ACTIONS[method], headers, query, request_id):
        return denied
    xml = {"Content-Type": "application/xml"}
    if method == "PUT":
        account_blocks["block"] = body
        return 201, xml, b""
    if method == "DELETE":
        account_blocks.pop("block", None)
        return 204, xml, b""
    if (block := account_blocks.get("block")) is None:
        code = "NoSuchPublicAccessBlockConfiguration"
        return 404, xml, f"<ErrorResponse><Error><Code>{code}</Code><Message>none</Message></Error></ErrorResponse>".encode()
    return 200, xml, block


async def services_added(path, method, body, query, request_id, headers=None):
    """What is asked before MiniStack looks for the service: S3 Control, and what it has not."""
    service = roles_anywhere if asks_roles_anywhere(headers or {}) else s3_control
    return await service(path, method, body, query, request_id, headers)


def s3_request(method, bucket, key, headers, body, query, other=s3._dispatch):
    """Whether a bucket's policy makes it public, as MiniStack itself judges for its block."""
    if method != "GET" or key or "policyStatus" not in query:
        return other(method, bucket, key, headers, body, query)
    status, kind, policy = s3._get_bucket_policy(bucket)
    if status != 200:
        return status, kind, policy
    public = str(s3._policy_is_public(policy.decode())).lower()
    xml = f"<PolicyStatus><IsPublic>{public}</IsPublic></PolicyStatus>"
    return 200, {"Content-Type": "application/xml"}, xml.encode()


def snapshot_sharing(parameters, other=ec2._modify_snapshot_attribute):
    """Snapshots for everybody: MiniStack knows accounts only."""
    snapshot = ec2._snapshots.get(ec2._p(parameters, "SnapshotId"))
    if snapshot is not None and ec2._p(parameters, "UserGroup.1") == "all":
        snapshot["public"] = ec2._p(parameters, "OperationType") == "add"
    return other(parameters)


def described_sharing(parameters, other=ec2._describe_snapshot_attribute):
    """With everybody, and with the error of a snapshot that is not there."""
    snapshot_id = ec2._p(parameters, "SnapshotId")
    if (snapshot := ec2._snapshots.get(snapshot_id)) is None:
        return ec2._error("InvalidSnapshot.NotFound", f"no {snapshot_id}", 400)
    status, headers, body = other(parameters)
    if snapshot.get("public"):
        body = body.replace(b"<createVolumePermission>", b"<createVolumePermission><item><group>all</group></item>")
    return status, headers, body


def network_acl_entry(parameters, create=ec2._create_network_acl_entry):
    """With the ports, which MiniStack forgets."""
    answer = create(parameters)
    acl = ec2._network_acls.get(ec2._p(parameters, "NetworkAclId"))
    if acl is not None:
        acl["Entries"][-1]["Ports"] = [ec2._p(parameters, f"PortRange.{end}") for end in ("From", "To")]
    return answer


def network_acl_entry_xml(entry, known=ec2._network_acl_entry_xml):
    first, last = entry.get("Ports") or ("", "")
    ports = f"<portRange><from>{first}</from><to>{last}</to></portRange></item>" if first else "</item>"
    return known(entry).strip().removesuffix("</item>") + ports


def metadata_options(parameters):
    """How an instance answers requests for its metadata, of which MiniStack knows nothing."""
    instance = ec2._instances[ec2._p(parameters, "InstanceId")]
    instance["MetadataTokens"] = ec2._p(parameters, "HttpTokens")
    return ec2._xml(200, "ModifyInstanceMetadataOptionsResponse", f"<instanceId>{instance['InstanceId']}</instanceId>")


def instance_xml(instance, known=ec2._instance_xml):
    tokens = instance.get("MetadataTokens", "optional")
    options = f"<state>applied</state><httpTokens>{tokens}</httpTokens><httpEndpoint>enabled</httpEndpoint>"
    return known(instance).strip().removesuffix("</item>") + f"<metadataOptions>{options}</metadataOptions></item>"


transit_gateways = AccountScopedDict()


def transit_gateway_xml(gateway, account):
    accepts = transit_gateways[gateway]
    return (
        f"<transitGatewayId>{gateway}</transitGatewayId><state>available</state><ownerId>{account}</ownerId>"
        f"<options><autoAcceptSharedAttachments>{accepts}</autoAcceptSharedAttachments></options>"
    )


def create_transit_gateway(parameters):
    """Transit gateways, of which MiniStack has none."""
    gateway = f"tgw-{secrets.token_hex(8)}"
    transit_gateways[gateway] = "disable"
    told = transit_gateway_xml(gateway, get_account_id())
    return ec2._xml(200, "CreateTransitGatewayResponse", f"<transitGateway>{told}</transitGateway>")


def modify_transit_gateway(parameters):
    gateway = ec2._p(parameters, "TransitGatewayId")
    transit_gateways[gateway] = ec2._p(parameters, "Options.AutoAcceptSharedAttachments")
    told = transit_gateway_xml(gateway, get_account_id())
    return ec2._xml(200, "ModifyTransitGatewayResponse", f"<transitGateway>{told}</transitGateway>")


def describe_transit_gateways(parameters):
    asked = ec2._p(parameters, "TransitGatewayIds.1")
    if asked and asked not in transit_gateways:
        return ec2._error("InvalidTransitGatewayID.NotFound", f"no {asked}", 400)
    told = [transit_gateway_xml(gateway, get_account_id()) for gateway in transit_gateways if asked in ("", gateway)]
    items = "".join(f"<item>{one}</item>" for one in told)
    return ec2._xml(200, "DescribeTransitGatewaysResponse", f"<transitGatewaySet>{items}</transitGatewaySet>")


mirrors = AccountScopedDict()

# What a filter, a target or a session is made of, as the SDK has it in requests and answers.
MIRRORS = {
    "Filter": ("tmf", ["description"]),
    "Target": ("tmt", ["networkInterfaceId", "description", "ownerId"]),
    "Session": ("tms", [
        "networkInterfaceId", "trafficMirrorTargetId", "trafficMirrorFilterId", "sessionNumber", "packetLength",
        "virtualNetworkId", "description",
    ]),
}


def upper(name):
    return name[0].upper() + name[1:]


def create_mirror(kind, parameters):
    """Filters, targets and sessions of traffic mirrors, of which MiniStack has none. The account that a
    target's description names has shared it."""
    prefix, members = MIRRORS[kind]
    made = {name: ec2._p(parameters, upper(name)) for name in members}
    if kind == "Target":
        made["ownerId"] = made["description"] or get_account_id()
    made[f"trafficMirror{kind}Id"] = f"{prefix}-{secrets.token_hex(8)}"
    mirrors[made[f"trafficMirror{kind}Id"]] = made
    return ec2._xml(200, f"CreateTrafficMirror{kind}Response", f"<trafficMirror{kind}>{told(made)}</trafficMirror{kind}>")


def describe_mirrors(kind, parameters):
    """All, or those of one filter's one value."""
    name, value = ec2._p(parameters, "Filter.1.Name"), ec2._p(parameters, "Filter.1.Value.1")
    member = "".join([word if at == 0 else upper(word) for at, word in enumerate(name.split("-"))])
    of_kind = [one for one in mirrors.values() if f"trafficMirror{kind}Id" in one and is_of(kind, one)]
    items = "".join(f"<item>{told(one)}</item>" for one in of_kind if not name or one.get(member) == value)
    return ec2._xml(200, f"DescribeTrafficMirror{kind}sResponse", f"<trafficMirror{kind}Set>{items}</trafficMirror{kind}Set>")


def is_of(kind, one):
    """A session names its target and filter, too."""
    return kind == "Session" or "trafficMirrorSessionId" not in one


def delete_mirror_session(parameters):
    session = ec2._p(parameters, "TrafficMirrorSessionId")
    if mirrors.pop(session, None) is None:
        return ec2._error("InvalidTrafficMirrorSessionId.NotFound", f"no {session}", 400)
    answer = f"<trafficMirrorSessionId>{session}</trafficMirrorSessionId>"
    return ec2._xml(200, "DeleteTrafficMirrorSessionResponse", answer)


def told(members):
    return "".join(f"<{name}>{value}</{name}>" for name, value in members.items() if value)


def set_default_policy_version(parameters):
    """Which version of a policy is in force: MiniStack sets it with a new version only."""
    policy = iam._policies.get(iam._p(parameters, "PolicyArn"))
    wanted = iam._p(parameters, "VersionId")
    if policy is None or wanted not in policy["Versions"]:
        return iam._error(404, "NoSuchEntity", f"no version {wanted}")
    for name, version in policy["Versions"].items():
        version["IsDefaultVersion"] = name == wanted
    policy["DefaultVersionId"] = wanted
    return iam._xml(200, "SetDefaultPolicyVersionResponse", "")


region_settings = AccountScopedDict()


def setting(action, name, default, answer, write=None):
    """Reads, or first writes, a setting of the region."""

    def respond(parameters):
        key = (get_region(), name)
        if write is not None:
            region_settings[key] = write(parameters)
        return ec2._xml(200, f"{action}Response", answer(region_settings.get(key, default)))

    ec2._ACTION_MAP[action] = respond


def switch(kind, tag, get, on, off):
    """A setting that is on or off."""
    answer = lambda value: f"<{tag}>{str(value).lower()}</{tag}>"
    setting(get, kind, False, answer)
    setting(on, kind, False, answer, lambda _: True)
    setting(off, kind, False, answer, lambda _: False)


def block(kind, state):
    """The block of what is shared with everybody."""
    answer = lambda value: f"<{state}>{value}</{state}>"
    parameter = state[0].upper() + state[1:]
    setting(f"Get{kind}BlockPublicAccessState", kind, "unblocked", answer)
    setting(f"Enable{kind}BlockPublicAccess", kind, "unblocked", answer, lambda p: ec2._p(p, parameter))
    setting(f"Disable{kind}BlockPublicAccess", kind, "unblocked", answer, lambda p: "unblocked")


def metadata(tokens):
    return f"<accountLevel>{f'<httpTokens>{tokens}</httpTokens>' if tokens else ''}</accountLevel>"


switch("encryption", "ebsEncryptionByDefault", "GetEbsEncryptionByDefault", "EnableEbsEncryptionByDefault", "DisableEbsEncryptionByDefault")
switch("console", "serialConsoleAccessEnabled", "GetSerialConsoleAccessStatus", "EnableSerialConsoleAccess", "DisableSerialConsoleAccess")
block("Snapshot", "state")
block("Image", "imageBlockPublicAccessState")
setting("GetInstanceMetadataDefaults", "metadata", "", metadata)
setting(
    "ModifyInstanceMetadataDefaults", "metadata", "", lambda _: "<return>true</return>",
    lambda p: ec2._p(p, "HttpTokens").replace("no-preference", ""),
)
ec2._ACTION_MAP |= {
    "ModifySnapshotAttribute": snapshot_sharing,
    "DescribeSnapshotAttribute": described_sharing,
    "CreateNetworkAclEntry": network_acl_entry,
    "ModifyInstanceMetadataOptions": metadata_options,
    "CreateTransitGateway": create_transit_gateway,
    "ModifyTransitGateway": modify_transit_gateway,
    "DescribeTransitGateways": describe_transit_gateways,
    "DeleteTrafficMirrorSession": delete_mirror_session,
}
for kind in MIRRORS:
    ec2._ACTION_MAP[f"CreateTrafficMirror{kind}"] = functools.partial(create_mirror, kind)
    ec2._ACTION_MAP[f"DescribeTrafficMirror{kind}s"] = functools.partial(describe_mirrors, kind)
ec2._network_acl_entry_xml = network_acl_entry_xml
ec2._instance_xml = instance_xml
DENY_ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
iam._aws_managed_policies["arn:aws:iam::aws:policy/AWSDenyAll"] = iam._make_aws_managed_record(
    "AWSDenyAll", json.dumps(DENY_ALL)
)
iam._IAM_HANDLERS["SetDefaultPolicyVersion"] = set_default_policy_version
iam_actions.extract_resource_arn = resource_arn
iam_evaluator._resolve_condition_key = condition_key
iam_actions.extract_iam_action = iam_action
for module in (changesets, engine, handlers, stacks):
    if hasattr(module, "_evaluate_conditions"):
        module._evaluate_conditions = evaluate_conditions
eventbridge._put_events = put_events
s3._dispatch = s3_request
eventbridge._dispatch_to_event_bus = dispatch_to_event_bus
app.pin_request_origin = pin_request_origin
app._handle_s3_control_request = services_added
