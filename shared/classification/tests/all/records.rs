//! The facts about CloudTrail records, one test each.

use crate::{change, code, envelope, merge, record, rejection, without};
use demarc_classification::{ActorKind, ChangeKind, RejectionCode, unix_seconds};
use serde_json::{Value, json};

const REQUEST: &str = "requestParameters";
const RESPONSE: &str = "responseElements";

fn with_request(service: &str, name: &str, request: Value) -> demarc_classification::Change {
    change(&record(service, name, json!({ REQUEST: request })))
}

fn with_identity(identity: Value) -> demarc_classification::Change {
    change(&record("s3", "PutBucketPolicy", json!({ "userIdentity": identity })))
}

// Facts 1 and 2.
#[test]
fn security_group_ranges_in_every_shape() {
    let flat = json!({
        "groupId": "sg-1", "cidrIp": "208.236.235.254/0", "fromPort": 22, "toPort": "443",
        "ipPermissions": {}
    });
    let flat = with_request("ec2", "AuthorizeSecurityGroupIngress", flat);
    assert_eq!(flat.texts(&[REQUEST, "cidrIp"]), ["208.236.235.254/0"]);
    assert_eq!(flat.texts(&[REQUEST, "fromPort"]), ["22"]);
    assert_eq!(flat.texts(&[REQUEST, "toPort"]), ["443"]);
    assert!(flat.texts(&[REQUEST, "ipPermissions", "ipRanges", "cidrIp"]).is_empty());

    let nested = json!({"groupId": "sg-1", "ipPermissions": {"items": [
        {"fromPort": "22", "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}, {"cidrIp": "0.0.0.0/0"}]}},
        {"fromPort": 80, "ipRanges": {}, "ipv6Ranges": {"items": {"cidrIpv6": "::/0"}}}
    ]}});
    let nested = with_request("ec2", "AuthorizeSecurityGroupIngress", nested);
    let ranges = [REQUEST, "ipPermissions", "ipRanges", "cidrIp"];
    assert_eq!(nested.texts(&ranges), ["10.0.0.0/8", "0.0.0.0/0"]);
    assert_eq!(nested.text(&ranges), Some("10.0.0.0/8"));
    let spelled_out = [REQUEST, "ipPermissions", "items", "ipRanges", "items", "cidrIp"];
    assert_eq!(nested.texts(&spelled_out), nested.texts(&ranges));
    assert_eq!(nested.texts(&[REQUEST, "ipPermissions", "fromPort"]), ["22", "80"]);
    assert_eq!(nested.texts(&[REQUEST, "ipPermissions", "ipv6Ranges", "cidrIpv6"]), ["::/0"]);
}

// Fact 3.
#[test]
fn one_element_is_an_object_and_many_are_a_list() {
    let path = [REQUEST, "DeleteFlowLogsRequest", "FlowLogId"];
    let one = json!({"DeleteFlowLogsRequest": {"FlowLogId": {"content": "fl-1", "tag": 1}}});
    assert_eq!(with_request("ec2", "DeleteFlowLogs", one).texts(&path), ["fl-1"]);
    let many = json!({"DeleteFlowLogsRequest": {"FlowLogId": [
        {"content": "fl-1", "tag": 1}, {"content": "fl-2", "tag": 2}
    ]}});
    assert_eq!(with_request("ec2", "DeleteFlowLogs", many).texts(&path), ["fl-1", "fl-2"]);
    let modify = json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-1"}});
    let modify = with_request("ec2", "ModifySecurityGroupRules", modify);
    assert_eq!(modify.text(&[REQUEST, "ModifySecurityGroupRulesRequest", "GroupId"]), Some("sg-1"));
    let empty = with_request(
        "ec2",
        "EnableSerialConsoleAccess",
        json!({"EnableSerialConsoleAccessRequest": ""}),
    );
    assert!(empty.texts(&[REQUEST, "EnableSerialConsoleAccessRequest"]).is_empty());
}

#[test]
fn ids_that_only_the_response_names() {
    let groups = json!({RESPONSE: {"securityGroupRuleSet": {"items": [{"groupId": "sg-1"}, {"groupId": "sg-2"}]}}});
    let groups = change(&record("ec2", "AuthorizeSecurityGroupIngress", groups));
    assert_eq!(groups.texts(&[RESPONSE, "securityGroupRuleSet", "groupId"]), ["sg-1", "sg-2"]);
    let key = json!({REQUEST: null, RESPONSE: {"accessKey": {"userName": "bob"}}});
    let key = change(&record("iam", "CreateAccessKey", key));
    assert_eq!(key.text(&[RESPONSE, "accessKey", "userName"]), Some("bob"));
}

// Fact 4.
#[test]
fn public_snapshots() {
    let request = json!({
        "attributeType": "CREATE_VOLUME_PERMISSION",
        "createVolumePermission": {"add": {"items": [{"group": "all"}, {"groups": "all"}]}}
    });
    let change = with_request("ec2", "ModifySnapshotAttribute", request);
    assert_eq!(change.texts(&[REQUEST, "createVolumePermission", "add", "group"]), ["all"]);
    assert_eq!(change.texts(&[REQUEST, "createVolumePermission", "add", "groups"]), ["all"]);
}

// Fact 5.
#[test]
fn the_api_date_of_lambda_is_cut_off() {
    let cases = [
        ("AddPermission20150331v2", "AddPermission", Some("20150331v2")),
        ("UpdateFunctionCode20150331v2", "UpdateFunctionCode", Some("20150331v2")),
        ("CreateFunction20150331", "CreateFunction", Some("20150331")),
        ("CreateFunctionUrlConfig", "CreateFunctionUrlConfig", None),
        ("Invoke", "Invoke", None),
        ("20150331", "20150331", None),
        ("v2", "v2", None),
        ("Ümlaut0150331", "Ümlaut0150331", None),
    ];
    for (written, name, version) in cases {
        let change = change(&record("lambda", written, json!({})));
        assert_eq!((change.name.as_str(), change.api_version.as_deref()), (name, version));
    }
    let other =
        change(&record("sqs", "AddPermission20150331v2", json!({"apiVersion": "2012-11-05"})));
    assert_eq!(other.name, "AddPermission20150331v2");
    assert_eq!(other.api_version.as_deref(), Some("2012-11-05"));
}

// Fact 6.
#[test]
fn marker_keys_and_spellings_of_s3() {
    for marker in [json!(""), json!([""])] {
        for host in ["host", "Host"] {
            let request =
                json!({"policy": marker, host: ["b.s3.amazonaws.com"], "bucketName": "b"});
            let change = with_request("s3", "PutBucketPolicy", request);
            assert_eq!(change.text(&[REQUEST, "bucketName"]), Some("b"));
            assert_eq!(change.text(&[REQUEST, "Host"]), Some("b.s3.amazonaws.com"));
            assert!(change.texts(&[REQUEST, "policy"]).is_empty());
        }
    }
}

#[test]
fn the_exact_spelling_wins() {
    let change =
        with_request("s3", "PutBucketPolicy", json!({"BUCKETNAME": "x", "bucketName": "b"}));
    assert_eq!(change.texts(&[REQUEST, "bucketName"]), ["b"]);
    let change = with_request("rds", "ModifyDBInstance", json!({"dBInstanceIdentifier": "d"}));
    assert_eq!(change.text(&[REQUEST, "DBInstanceIdentifier"]), Some("d"));
}

// Fact 7.
#[test]
fn policies_are_kept_as_they_come() {
    for policy in [
        json!("%7B%22Version"),
        json!({"Version": "2012-10-17"}),
        json!("invalid-json-policy"),
        json!(""),
        json!(null),
    ] {
        let change = with_request("iam", "PutRolePolicy", json!({"policyDocument": policy}));
        assert_eq!(change.request["policyDocument"], policy);
    }
}

// Fact 8.
#[test]
fn null_parameters() {
    for (service, name) in
        [("organizations", "LeaveOrganization"), ("ec2", "DisableEbsEncryptionByDefault")]
    {
        let change = with_request(service, name, Value::Null);
        assert_eq!(change.request, Value::Null);
        assert_eq!(change.text(&[REQUEST, "anything"]), None);
    }
    let bare = without(record("iam", "CreateAccessKey", json!({})), REQUEST);
    assert_eq!(change(&bare).request, Value::Null);
}

// Fact 9.
#[test]
fn an_identity_without_type() {
    let actor =
        with_identity(json!({"accountId": "123456789012", "invokedBy": "config.amazonaws.com"}))
            .actor;
    assert_eq!(actor.kind, ActorKind::Service);
    assert!(actor.is_service());
    assert_eq!(actor.name(), "account 123456789012 via config.amazonaws.com");
    for nothing in [json!({}), json!(null), json!("x"), json!([])] {
        let actor = with_identity(nothing).actor;
        assert_eq!((actor.kind, actor.is_service()), (ActorKind::Unknown, false));
        assert_eq!(actor.name(), "unknown");
    }
}

#[test]
fn identities_of_every_type() {
    let cases = [
        ("Root", ActorKind::Root),
        ("IAMUser", ActorKind::User),
        ("AssumedRole", ActorKind::Role),
        ("Role", ActorKind::Role),
        ("FederatedUser", ActorKind::FederatedUser),
        ("SAMLUser", ActorKind::FederatedUser),
        ("WebIdentityUser", ActorKind::FederatedUser),
        ("AWSAccount", ActorKind::Account),
        ("AWSService", ActorKind::Service),
        ("IdentityCenterUser", ActorKind::IdentityCenter),
        ("Directory", ActorKind::Unknown),
        ("SomethingNew", ActorKind::Unknown),
    ];
    for (stated, kind) in cases {
        assert_eq!(with_identity(json!({"type": stated})).actor.kind, kind, "{stated}");
    }
}

#[test]
fn services_behind_an_actor() {
    let issuer = |arn: &str| json!({"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": arn}}});
    let linked = "arn:aws:iam::1:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS";
    let cases = [
        (json!({"type": "AWSService"}), true),
        (issuer(linked), true),
        (json!({"type": "AssumedRole", "invokedBy": "cloudformation.amazonaws.com"}), true),
        (json!({"type": "AssumedRole", "invokedBy": "AWS Internal"}), true),
        (issuer("arn:aws:iam::1:role/aws-service-role-lookalike"), false),
        (json!({"type": "IAMUser", "userName": "cloudformation.amazonaws.com"}), false),
        (json!({"type": "IAMUser", "invokedBy": "signin.example.com"}), false),
    ];
    for (identity, service) in cases {
        assert_eq!(with_identity(identity.clone()).actor.is_service(), service, "{identity}");
    }
}

#[test]
fn a_federated_session_has_no_role() {
    let identity = json!({
        "type": "FederatedUser",
        "sessionContext": {"sessionIssuer": {"type": "IAMUser", "arn": "arn:aws:iam::1:user/bob"}}
    });
    assert_eq!(with_identity(identity).actor.role, None);
}

// Fact 10.
#[test]
fn failed_calls() {
    let failed = change(&record("s3", "PutBucketPolicy", json!({"errorCode": "AccessDenied"})));
    assert_eq!(failed.error_code.as_deref(), Some("AccessDenied"));
    let empty = change(&record("s3", "PutBucketPolicy", json!({"errorCode": ""})));
    assert_eq!(empty.error_code, None);
}

// Fact 12.
#[test]
fn regions_are_not_validated() {
    let change = change(&record("ec2", "CreateVpc", json!({"awsRegion": "apiso-centralnorth-2r"})));
    assert_eq!(change.region, "apiso-centralnorth-2r");
}

// Fact 14, by hand: an event from an attacker who padded the call.
#[test]
fn parameters_over_100_kb() {
    for over in [
        json!({REQUEST: {"omitted": true, "originalSize": 131_072}}),
        json!({RESPONSE: {"omitted": "true"}}),
        json!({REQUEST: null, "requestParametersOmitted": true}),
    ] {
        assert!(change(&record("s3", "PutBucketPolicy", over.clone())).omitted, "{over}");
    }
    assert!(!change(&record("s3", "PutBucketPolicy", json!({}))).omitted);
}

#[test]
fn flags_as_text_and_missing() {
    for (read_only, expected) in
        [(json!("true"), true), (json!("False"), false), (json!(true), true)]
    {
        let change = change(&record("s3", "PutBucketPolicy", json!({"readOnly": read_only})));
        assert_eq!(change.read_only, expected);
    }
    for (name, expected) in
        [("GetBucketPolicy", true), ("PutBucketPolicy", false), ("GetFederationToken", false)]
    {
        let old = without(record("s3", name, json!({})), "readOnly");
        assert_eq!(change(&old).read_only, expected, "{name}");
    }
}

#[test]
fn threat_18_dry_runs() {
    let dry = json!({"errorCode": "Client.DryRunOperation"});
    assert!(change(&record("ec2", "RunInstances", dry)).dry_run);
    let request = json!({"dryRun": true});
    assert!(with_request("lambda", "UpdateFunctionCode20150331v2", request.clone()).dry_run);
    // S3 records query parameters that a caller invents.
    assert!(!with_request("s3", "PutBucketPolicy", request).dry_run);
}

#[test]
fn threat_23_secrets_are_not_kept() {
    let over = json!({
        REQUEST: {
            "masterUserPassword": "secret-1", "manageMasterUserPassword": true, "dBInstanceIdentifier": "d",
            "items": [{"Secret-Access-Key": "secret-2", "deep": {"password": {"value": "secret-3"}}}],
            "X-Amz-Security-Token": "secret-4", "userData": "secret-5", "maxPasswordAge": 90
        },
        RESPONSE: {"credentials": {"sessionToken": "secret-6"}, "federatedUser": {"arn": "a"}}
    });
    let change = change(&record("rds", "CreateDBInstance", over));
    let kept = serde_json::to_string(&change).unwrap();
    assert!(!kept.contains("secret-"), "{kept}");
    assert_eq!(change.texts(&[REQUEST, "manageMasterUserPassword"]), ["true"]);
    assert_eq!(change.texts(&[REQUEST, "maxPasswordAge"]), ["90"]);
    assert_eq!(change.text(&[RESPONSE, "federatedUser", "arn"]), Some("a"));
}

#[test]
fn the_actors_own_words_are_left_behind() {
    let over = json!({"userAgent": "demarc-exempt", "sourceIPAddress": "demarc", "additionalEventData": {"a": "demarc"}});
    let kept = serde_json::to_string(&change(&record("s3", "PutBucketPolicy", over))).unwrap();
    assert!(!kept.contains("demarc"), "{kept}");
}

#[test]
fn kinds_of_records() {
    let cases = [
        (json!({"eventType": "AwsServiceEvent"}), ChangeKind::ServiceEvent),
        (json!({"eventType": "AwsConsoleSignIn"}), ChangeKind::SignIn),
        (json!({"eventType": "AwsConsoleAction"}), ChangeKind::ApiCall),
    ];
    for (over, kind) in cases {
        assert_eq!(change(&record("kms", "RotateKey", over)).kind, kind);
    }
    let untyped = without(record("kms", "RotateKey", json!({})), "eventType");
    for (spelling, kind) in [
        ("AWS Console Sign In via CloudTrail", ChangeKind::SignIn),
        ("AWS Console Signin via CloudTrail", ChangeKind::SignIn),
        ("AWS Service Event via CloudTrail", ChangeKind::ServiceEvent),
        ("AWS API Call via CloudTrail", ChangeKind::ApiCall),
    ] {
        let event = envelope(untyped.clone(), json!({"detail-type": spelling}));
        assert_eq!(change(&event).kind, kind, "{spelling}");
    }
}

#[test]
fn the_owner_is_the_envelopes_account() {
    let deputy = record("s3", "PutBucketPolicy", json!({"recipientAccountId": "999999999999"}));
    let refused = rejection(&envelope(deputy.clone(), json!({})));
    assert_eq!(refused.code, RejectionCode::WrongAccount);
    assert_eq!(refused.pointer, "/detail/recipientAccountId");
    assert_eq!(change(&deputy).account, "999999999999");
    let old = without(deputy, "recipientAccountId");
    assert_eq!(
        change(&envelope(old.clone(), json!({"account": "210987654321"}))).account,
        "210987654321"
    );
    assert_eq!(change(&old).account, "123456789012");
    let mut nobody = old;
    merge(&mut nobody, json!({"userIdentity": {}}));
    assert_eq!(code(&nobody), RejectionCode::Incomplete);
    let number = record("s3", "PutBucketPolicy", json!({"recipientAccountId": 12_345_678_901_u64}));
    assert_eq!(change(&number).account, "012345678901");
}

#[test]
fn what_the_record_leaves_out_comes_from_the_envelope() {
    let mut detail = record("s3", "PutBucketPolicy", json!({}));
    for key in ["eventID", "eventTime", "awsRegion"] {
        detail = without(detail, key);
    }
    let change = change(&envelope(detail, json!({})));
    assert_eq!((change.id.as_str(), change.region.as_str()), ("envelope-1", "eu-west-1"));
    assert_eq!(change.time, unix_seconds("2024-08-01T12:23:59Z"));
}

#[test]
fn times() {
    let cases = [
        ("1970-01-01T00:00:00Z", Some(0)),
        ("2024-08-01T12:23:55Z", Some(1_722_515_035)),
        ("2024-08-01T12:23:55.999Z", Some(1_722_515_035)),
        ("2024-08-01T14:23:55+02:00", Some(1_722_515_035)),
        ("2024-02-29T00:00:00Z", Some(1_709_164_800)),
        ("2000-02-29T23:59:60Z", Some(951_868_800)),
        ("2023-02-29T00:00:00Z", None),
        ("1900-02-29T00:00:00Z", None),
        ("1969-12-31T23:59:59Z", None),
        ("2024-13-01T00:00:00Z", None),
        ("2024-08-01T24:00:00Z", None),
        ("2024-08-01", None),
        ("2024-08-01T12:23:55", None),
        ("Nov 30, 2024, 8:43:17 PM", None),
        ("", None),
        ("T", None),
    ];
    for (text, seconds) in cases {
        assert_eq!(unix_seconds(text), seconds, "{text}");
    }
}
