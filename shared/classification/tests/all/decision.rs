//! The order of decision.

use crate::{change, envelope, merge, one, record};
use demarc_classification::{
    Cause, Classification, Disposition, Evaluate, Identities, Input, Kind, Layer, Request,
    Responsibility, Settle, Sweep, classify,
};
use serde_json::{Value, json};

const OWN: &str = "arn:aws:iam::123456789012:role/demarc/demarc-s3-remediator";

fn identities() -> Identities {
    Identities {
        own_roles: vec![OWN.to_owned()],
        pipeline_roles: vec!["arn:aws:iam::123456789012:role/pipeline".to_owned()],
        account: "123456789012".to_owned(),
    }
}

fn decide(value: &Value) -> Classification {
    let classification = classify(&one(value).unwrap(), &identities());
    for reason in &classification.reasons {
        assert!(reason.pointer.starts_with('/') && !reason.text.is_empty(), "{reason:?}");
    }
    assert!(!classification.reasons.is_empty());
    classification
}

fn codes(classification: &Classification) -> Vec<&str> {
    classification.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

fn policy(over: Value) -> Value {
    record("s3", "PutBucketPolicy", over)
}

fn session(role: &str) -> Value {
    json!({"userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/x/y",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": role}}}})
}

#[test]
fn a_customers_setting_is_remediated() {
    let found = decide(&policy(json!({})));
    assert_eq!(found.responsibility, Responsibility::Customer);
    assert_eq!(found.kind, Kind::SharedConfiguration);
    assert_eq!(found.layer, Some(Layer::IdentityAndAccess));
    assert_eq!(found.disposition, Disposition::Remediate);
    assert!(found.writable());
    assert_eq!(codes(&found), ["layer"]);
}

#[test]
fn threat_04_our_own_change_is_ignored() {
    let own = decide(&policy(session(OWN)));
    assert_eq!((own.disposition, codes(&own)), (Disposition::Ignore, vec!["own-role"]));
    assert!(!own.writable());
    // A session without issuer: the role's name in the same account says the same.
    let bare = |arn: &str| json!({"userIdentity": {"type": "AssumedRole", "arn": arn}});
    let ours =
        decide(&policy(bare("arn:aws:sts::123456789012:assumed-role/demarc-s3-remediator/s")));
    assert_eq!(ours.disposition, Disposition::Ignore);
    for not_ours in [
        bare("arn:aws:sts::999999999999:assumed-role/demarc-s3-remediator/s"),
        bare("arn:aws:sts::123456789012:assumed-role/demarc-s3-remediator-2/s"),
        bare("arn:aws:iam::123456789012:user/demarc-s3-remediator"),
        session("arn:aws:iam::123456789012:role/demarc-s3-remediator"),
        session(&format!("{OWN}2")),
    ] {
        assert_eq!(
            decide(&policy(not_ours.clone())).disposition,
            Disposition::Remediate,
            "{not_ours}"
        );
    }
}

#[test]
fn an_empty_own_role_matches_nobody() {
    let nobody = Identities { own_roles: vec![String::new(), "x".into()], ..Identities::default() };
    let input = one(&policy(json!({"userIdentity": {}}))).unwrap();
    assert_eq!(classify(&input, &nobody).disposition, Disposition::Remediate);
}

#[test]
fn threat_03_calls_without_effect_are_ignored() {
    for (over, code) in [
        (json!({"readOnly": true}), "read-only"),
        (json!({"errorCode": "AccessDenied"}), "failed-call"),
    ] {
        let found = decide(&policy(over));
        assert_eq!((found.disposition, codes(&found)), (Disposition::Ignore, vec![code]));
    }
    let dry = record("ec2", "CreateVpc", json!({"errorCode": "Client.DryRunOperation"}));
    assert_eq!(codes(&decide(&dry)), ["dry-run"]);
}

#[test]
fn threat_28_what_aws_does_itself_is_ignored() {
    let rotate = record("kms", "RotateKey", json!({"eventType": "AwsServiceEvent"}));
    let found = decide(&rotate);
    assert_eq!(found.responsibility, Responsibility::Aws);
    assert_eq!(found.disposition, Disposition::Ignore);
    // A key about to be gone is the customer's, whoever reports it.
    let delete = decide(&record("kms", "DeleteKey", json!({"eventType": "AwsServiceEvent"})));
    assert_eq!(delete.responsibility, Responsibility::Customer);
}

#[test]
fn a_service_turns_a_fix_into_an_approval() {
    let over = json!({"userIdentity": {"type": "AssumedRole", "invokedBy": "cloudformation.amazonaws.com"}});
    let found = decide(&policy(over));
    assert_eq!(found.disposition, Disposition::Approve);
    assert!(found.writable());
    assert_eq!(codes(&found), ["layer", "service-actor"]);
}

#[test]
fn a_pipeline_is_drift() {
    let found = decide(&policy(session("arn:aws:iam::123456789012:role/pipeline")));
    assert_eq!(found.disposition, Disposition::Remediate);
    assert_eq!(codes(&found), ["layer", "drift"]);
}

#[test]
fn threat_02_another_account_is_rejected() {
    let found = decide(&policy(json!({"recipientAccountId": "999999999999"})));
    assert_eq!((found.disposition, codes(&found)), (Disposition::Reject, vec!["wrong-account"]));
    // Not even our own role or a failed call comes before that.
    let mut own = policy(session(OWN));
    merge(&mut own, json!({"recipientAccountId": "999999999999", "errorCode": "X"}));
    assert_eq!(decide(&own).disposition, Disposition::Reject);
    let finding = json!({"source": "aws.health", "account": "999999999999", "detail": {}});
    assert_eq!(decide(&finding).disposition, Disposition::Reject);
}

#[test]
fn the_unknown_is_undetermined_and_never_written() {
    for (value, code) in [
        (record("quantum", "PutThing", json!({})), "unknown-service"),
        (record("s3", "PutBucketThing", json!({})), "unknown-call"),
    ] {
        let found = decide(&value);
        assert_eq!(found.responsibility, Responsibility::Undetermined);
        assert_eq!((found.disposition, codes(&found)), (Disposition::Notify, vec![code]));
        assert!(!found.writable());
    }
    let other = decide(&json!({"source": "aws.ec2", "detail-type": "x", "detail": {}}));
    assert_eq!((other.disposition, codes(&other)), (Disposition::Ignore, vec!["no-setting"]));
    assert_eq!(other.responsibility, Responsibility::Undetermined);
}

#[test]
fn shared_patches_are_advised_and_code_is_the_customers() {
    let runtime = decide(&record("lambda", "PutRuntimeManagementConfig20210630", json!({})));
    assert_eq!(
        (runtime.responsibility, runtime.disposition),
        (Responsibility::Shared, Disposition::Advise)
    );
    let code = decide(&record("lambda", "UpdateFunctionCode20150331v2", json!({})));
    assert_eq!((code.kind, code.disposition), (Kind::CustomerSpecific, Disposition::Notify));
    assert!(!code.writable());
    let left = decide(&record("organizations", "LeaveOrganization", json!({})));
    assert_eq!((left.kind, left.disposition), (Kind::CustomerSpecific, Disposition::Advise));
}

#[test]
fn an_act_leaves_nothing_to_put_right() {
    let found = decide(&record("ssm", "SendCommand", json!({})));
    assert_eq!(found.responsibility, Responsibility::Customer);
    assert_eq!((found.disposition, codes(&found)), (Disposition::Notify, vec!["layer", "act"]));
    assert!(!found.writable());
}

#[test]
fn a_call_that_is_not_listed_is_placed_by_its_service_and_only_told() {
    let found = decide(&record("guardduty", "UpdateSomethingNew", json!({})));
    assert_eq!(found.responsibility, Responsibility::Customer);
    assert_eq!(found.layer, Some(Layer::LoggingAndMonitoring));
    assert_eq!((found.disposition, codes(&found)), (Disposition::Notify, vec!["unlisted-call"]));
    assert!(!found.writable());
}

#[test]
fn a_sign_in_changes_no_setting() {
    let found = decide(&record("signin", "ConsoleLogin", json!({"eventType": "AwsConsoleSignIn"})));
    assert_eq!(found.disposition, Disposition::Notify);
    assert_eq!(found.responsibility, Responsibility::Customer);
}

#[test]
fn threat_17_omitted_parameters_are_told() {
    let found = decide(&policy(json!({"requestParameters": {"omitted": true}})));
    assert_eq!(found.disposition, Disposition::Remediate);
    assert_eq!(codes(&found), ["layer", "omitted"]);
}

#[test]
fn threat_20_the_actors_own_words_never_decide() {
    let plain = decide(&policy(json!({})));
    for words in [
        json!({"userAgent": OWN, "sourceIPAddress": "cloudformation.amazonaws.com"}),
        json!({"requestParameters": {"bucketName": "exempt", "tag": "demarc:exempt", "invokedBy": "x.amazonaws.com"}}),
        json!({"requestParameters": {"dryRun": true, "readOnly": true, "errorCode": "AccessDenied"}}),
        json!({"userIdentity": {"type": "IAMUser", "userName": OWN, "accountId": "123456789012"}}),
    ] {
        let found = decide(&policy(words.clone()));
        assert_eq!(found, plain, "{words}");
    }
}

#[test]
fn the_wrapper_changes_nothing() {
    let record = policy(json!({}));
    let wrapped = envelope(record.clone(), json!({}));
    assert_eq!(decide(&record), decide(&wrapped));
    assert_eq!(change(&record), change(&wrapped));
}

fn request(request: Request) -> Classification {
    classify(&Input::Request(request), &identities())
}

#[test]
fn requests_go_by_the_type_of_their_resource() {
    let evaluate = |resource: &str, kind: Option<&str>| Evaluate {
        resource: resource.to_owned(),
        kind: kind.map(str::to_owned),
        ..Evaluate::default()
    };
    let bucket = request(Request::Evaluate(evaluate("arn:aws:s3:::b", None)));
    assert_eq!((bucket.responsibility, bucket.layer), (Responsibility::Customer, None));
    assert!(bucket.writable());
    assert!(request(Request::Evaluate(evaluate("vpc-1", Some("AWS::EC2::VPC")))).writable());
    assert!(request(Request::Sweep(Sweep::default())).writable());
    assert!(request(Request::Settle(Settle {})).writable());
    let unknown = request(Request::Evaluate(evaluate("x", Some("AWS::Quantum::Ledger"))));
    assert_eq!(
        (unknown.disposition, codes(&unknown)),
        (Disposition::Notify, vec!["unknown-resource"])
    );
    for arn in ["arn:aws:quantum:::x", "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1"] {
        let disguised = request(Request::Evaluate(evaluate(arn, Some("AWS::S3::Bucket"))));
        assert!(!disguised.writable(), "{arn}");
    }
    let foreign = evaluate("arn:aws:rds:eu-west-1:999999999999:db:d", None);
    assert_eq!(request(Request::Evaluate(foreign)).disposition, Disposition::Reject);
    let stated =
        Evaluate { account: Some("999999999999".into()), ..evaluate("arn:aws:s3:::b", None) };
    assert_eq!(request(Request::Evaluate(stated)).disposition, Disposition::Reject);
}

#[test]
fn a_second_look_is_as_careful_as_the_first() {
    let first = change(&policy(
        json!({"userIdentity": {"invokedBy": "cloudformation.amazonaws.com", "accountId": "123456789012"}}),
    ));
    let cause = Cause { actor: first.actor, ..Cause::default() };
    let evaluate =
        Evaluate { resource: "arn:aws:s3:::b".into(), cause: Some(cause), ..Evaluate::default() };
    assert_eq!(request(Request::Evaluate(evaluate)).disposition, Disposition::Approve);
}
