"""Starts moto with what AWS has and it has not, and without what takes it long."""

import gc

# Nothing of what is loaded is ever garbage: looking for it is a third of the start.
gc.disable()

import copy, functools, json, os, sys, threading

from moto import server
from moto.core import responses
from moto.core.responses import ActionResult, EmptyResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.ec2.exceptions import EC2ClientError, InvalidAMIIdError
from moto.ec2.models import EC2Backend
from moto.ec2.models.traffic_mirrors import TrafficMirrorTarget
from moto.ec2.responses import EC2Response
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.iam.responses import IamResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.responses import S3Response
from werkzeug.serving import WSGIRequestHandler


def end_with_parent():
    """Even when that is killed: the pipe on our input closes then."""
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()


# Both are the same whenever they are asked, and half of what a request costs: moto lists its own
# folder, and the methods of a class, each time. The proxy before it keeps what was called.
responses.method_names_from_class = functools.cache(responses.method_names_from_class)
DomainDispatcherApplication.get_backend_for_host = functools.cache(DomainDispatcherApplication.get_backend_for_host)
WSGIRequestHandler.log_request = lambda *_, **__: None


def before_transaction(table, _):
    """What a cancelled transaction goes back to. moto copies every item and the whole stream each time; here
    the items stay the same ones, as an update leaves them as they are."""
    kept = copy.copy(table)
    kept.items = copy.copy(table.items)
    for key, items in table.items.items():
        kept.items[key] = copy.copy(items) if isinstance(items, dict) else items
    if table.stream_shard is not None:
        kept.stream_shard = copy.copy(table.stream_shard)
        kept.stream_shard.table, kept.stream_shard.items = kept, list(table.stream_shard.items)
    return kept


def update_item(self, table_name, key, *rest, known=DynamoDBBackend.update_item, **named):
    """Changes a copy of the item."""
    table = self.get_table(table_name)
    hash_key, range_key = self.get_keys_value(table, key)
    item = table.get_item(hash_key, range_key)
    if item is not None and range_key is not None:
        table.items[hash_key][range_key] = copy.deepcopy(item)
    elif item is not None:
        table.items[hash_key] = copy.deepcopy(item)
    return known(self, table_name, key, *rest, **named)


Table.__deepcopy__ = before_transaction
DynamoDBBackend.update_item = update_item


def setting(operation, answer, name, default, write=None):
    """Adds an operation that reads, or first writes, what a backend keeps: one account's in one region,
    until the next reset."""

    def respond(self):
        kept = self.ec2_backend.__dict__.setdefault("demarc", {})
        if write is not None:
            kept[name] = write(self)
        return ActionResult(answer(kept.get(name, default)))

    setattr(EC2Response, operation, respond)


def block(kind, state):
    name = f"{kind}_block_public_access"
    answer = lambda value: {state: value, "ManagedBy": "account"}
    setting(f"get_{name}_state", answer, name, "unblocked")
    setting(f"enable_{name}", answer, name, "unblocked", lambda self: self._get_param(state))
    setting(f"disable_{name}", answer, name, "unblocked", lambda self: "unblocked")


block("snapshot", "State")
block("image", "ImageBlockPublicAccessState")

console = lambda value: {"SerialConsoleAccessEnabled": value, "ManagedBy": "account"}
setting("get_serial_console_access_status", console, "console", False)
setting("enable_serial_console_access", console, "console", False, lambda self: True)
setting("disable_serial_console_access", console, "console", False, lambda self: False)


def metadata_tokens(self):
    tokens = self._get_param("HttpTokens")
    return None if tokens == "no-preference" else tokens


defaults = lambda tokens: {"AccountLevel": {"HttpTokens": tokens} if tokens else {}}
setting("get_instance_metadata_defaults", defaults, "metadata", None)
setting("modify_instance_metadata_defaults", lambda _: {"Return": True}, "metadata", None, metadata_tokens)


def describe_image_attribute(self, ami_id, name, known=EC2Backend.describe_image_attribute):
    """What is not there is answered as AWS does, where moto breaks."""
    if ami_id not in self.amis:
        raise InvalidAMIIdError([ami_id])
    return known(self, ami_id, name)


EC2Backend.describe_image_attribute = describe_image_attribute


def delete_network_acl_entry(self, acl, number, egress, known=EC2Backend.delete_network_acl_entry):
    try:
        return known(self, acl, number, egress)
    except StopIteration:
        raise EC2ClientError("InvalidNetworkAclEntry.NotFound", f"no entry {number}") from None


EC2Backend.delete_network_acl_entry = delete_network_acl_entry

def target_owner(self):
    """The account that the description of a mirror's target names, as if it were shared by that account."""
    return self.description or self.ec2_backend.account_id


TrafficMirrorTarget.owner_id = property(target_owner)


def get_bucket_replication(self, known=S3Response.get_bucket_replication):
    """The rules as they were put: moto leaves out most of what they say."""
    replication = self.backend.get_bucket_replication(self.bucket_name)
    if not replication:
        return known(self)
    self.data["Action"] = "GetBucketReplication"
    rules = [told_rule(rule) for rule in replication["Rule"]]
    told = {"Role": replication["Role"], "Rules": rules}
    return self.serialized(ActionResult({"ReplicationConfiguration": told}))


def get_bucket_notification(self, known=S3Response.get_bucket_notification):
    """Where there is none, too, the answer has its name; and EventBridge is told."""
    self.data["Action"] = "GetBucketNotificationConfiguration"
    told = self.backend.get_bucket_notification_configuration(self.bucket_name)
    if told and told.event_bridge is not None:
        return self.serialized(ActionResult({"EventBridgeConfiguration": {}}))
    return known(self)


S3Response.get_bucket_notification = get_bucket_notification


def told_rule(rule):
    told = {**rule, "Priority": int(rule["Priority"])}
    if "And" in told.get("Filter") or {}:
        tags = told["Filter"]["And"].get("Tag", [])
        told["Filter"] = {"And": {**told["Filter"]["And"], "Tags": tags if isinstance(tags, list) else [tags]}}
    return told


S3Response.get_bucket_replication = get_bucket_replication


def put_user_permissions_boundary(self):
    """Boundaries of users: moto knows those of roles."""
    arn = self._get_param("PermissionsBoundary")
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    self.backend.get_user(self._get_param("UserName")).permissions_boundary = boundary
    return EmptyResult()


def delete_user_permissions_boundary(self):
    self.backend.get_user(self._get_param("UserName")).permissions_boundary = None
    return EmptyResult()


IamResponse.put_user_permissions_boundary = put_user_permissions_boundary
IamResponse.delete_user_permissions_boundary = delete_user_permissions_boundary

def set_default_policy_version(self, arn, version, known=IAMBackend.set_default_policy_version):
    """What is in force stays in force when it is put in force again, where moto loses it."""
    return self.get_policy(arn).default_version_id == version or known(self, arn, version)


IAMBackend.set_default_policy_version = set_default_policy_version

ATTACHED = ["AdministratorAccess", "AWSDenyAll", "SecurityAudit"]
POLICIES = {name: data for name, data in json.loads(aws_managed_policies_data).items() if name in ATTACHED}


def aws_policies(self):
    """Some of AWS's own policies: all of them take moto seconds."""
    place = self.account_id, self.region_name
    return [AWSManagedPolicy.from_data(name, *place, data) for name, data in POLICIES.items()]


IAMBackend._init_aws_policies = aws_policies


class RolesAnywhere:
    """IAM Roles Anywhere, which moto has not, before moto itself."""

    def __init__(self, moto):
        self.moto = moto
        self.kept = {}

    def __call__(self, environ, start):
        path = environ["PATH_INFO"]
        if path == "/moto-api/reset":
            self.kept.clear()
        if not asks_roles_anywhere({"authorization": environ.get("HTTP_AUTHORIZATION", "")}):
            return self.moto(environ, start)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status, told = roles_anywhere_answer(self.kept, environ["REQUEST_METHOD"], path, body)
        start(f"{status} -", [("Content-Type", "application/json")])
        return [json.dumps(told).encode()]


application = DomainDispatcherApplication
server.DomainDispatcherApplication = lambda *rest, **more: RolesAnywhere(application(*rest, **more))

# The images that Amazon publishes take half a second whenever everything is forgotten.
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
gc.freeze()
# Requests leave little garbage: looking for it as often as usual was a twentieth of moto's time.
gc.set_threshold(50_000)
gc.enable()

server.main(sys.argv[1:])
