//! What concerns Demarc itself is told, with what puts it back; and a sign of life is none where a
//! table does not answer.

use demarc_harness::{
    Clock,
    remediation::{controls::find, setting::SettingMeta},
};
use demarc_tests::{
    lives::{self, AccountBlock, BucketBlock, Versioning},
    local::fault::{Effect, Fault},
};
use serde_json::{Value, json};

use crate::{
    scene::{Scene, outcomes},
    support::Lived,
};

const VERSIONING: &str = "s3.versioning";
const ACCOUNT: &str = "123456789012";
const OWN: &str = "arn:aws:iam::123456789012:role/demarc-s3-remediator-us-east-1";

fn call(scene: &Scene, source: &str, name: &str, request: Value) -> Value {
    at(scene.stage.clock.now(), source, name, request)
}

fn at(millis: u64, source: &str, name: &str, request: Value) -> Value {
    let time = millis / 1000;
    let service = source.split('.').next().unwrap();
    json!({
        "version": "0", "id": "e", "source": format!("aws.{service}"), "account": ACCOUNT,
        "detail-type": "AWS API Call via CloudTrail", "region": "us-east-1",
        "detail": {
            "eventSource": source, "eventName": name, "eventID": "own", "readOnly": false,
            "eventTime": demarc_tests::lives::rfc3339(time), "awsRegion": "us-east-1",
            "recipientAccountId": ACCOUNT, "eventType": "AwsApiCall", "eventVersion": "1.08",
            "userIdentity": {
                "type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/mallory",
                "accountId": ACCOUNT, "userName": "mallory",
            },
            "requestParameters": request,
        },
    })
}

fn by_our_role(mut event: Value) -> Value {
    event["detail"]["userIdentity"] = json!({
        "type": "AssumedRole", "accountId": ACCOUNT,
        "arn": "arn:aws:sts::123456789012:assumed-role/demarc-s3-remediator-us-east-1/x",
        "sessionContext": {"sessionIssuer": {"type": "Role", "arn": OWN}},
    });
    event
}

async fn told(scene: &Scene, event: &Value) -> (Value, String, String) {
    let reports = scene.stage.send(event).await.unwrap();
    let [report] = reports.as_slice() else { panic!("{reports:#?}") };
    let text = |member: &str| report[member].as_str().unwrap_or_default().to_owned();
    (report["alert"].clone(), text("outcome"), text("because"))
}

#[tokio::test]
async fn threat_15_a_change_of_demarc_is_told_with_the_command_that_puts_it_back() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    for (source, name, request, command) in [
        (
            "events.amazonaws.com",
            "DisableRule",
            json!({"name": "demarc-s3-account"}),
            "aws events enable-rule --name demarc-s3-account --region us-east-1",
        ),
        (
            "lambda.amazonaws.com",
            "PutFunctionConcurrency20171031",
            json!({"functionName": "demarc-s3-remediator", "reservedConcurrentExecutions": 0}),
            "aws lambda delete-function-concurrency --function-name demarc-s3-remediator --region us-east-1",
        ),
        (
            "iam.amazonaws.com",
            "DetachRolePolicy",
            json!({"roleName": "demarc-s3-remediator-us-east-1", "policyArn": "arn:aws:iam::123456789012:policy/demarc-Guard-1"}),
            "aws iam attach-role-policy --role-name demarc-s3-remediator-us-east-1 --policy-arn arn:aws:iam::123456789012:policy/demarc-Guard-1 --region us-east-1",
        ),
        (
            "sqs.amazonaws.com",
            "SetQueueAttributes",
            json!({"queueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/demarc-s3-live"}),
            "--deployment-mode REVERT_DRIFT",
        ),
        (
            "lambda.amazonaws.com",
            "AddPermission20150331v2",
            json!({"functionName": "arn:aws:lambda:us-east-1:123456789012:function:demarc-s3-operator", "statementId": "it's mine"}),
            "remove-permission --function-name demarc-s3-operator --statement-id 'it'\\''s mine'",
        ),
    ] {
        let (alert, outcome, because) = told(&scene, &call(&scene, source, name, request)).await;
        assert_eq!((alert, outcome.as_str()), (json!("tampering"), "advised"), "{because}");
        assert!(because.contains(command), "{because}");
    }
}

#[tokio::test]
async fn threat_15_a_deployment_and_what_is_not_demarcs_raise_no_alarm() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let code = json!({"functionName": "demarc-s3-remediator"});
    let mut deployed = call(&scene, "lambda.amazonaws.com", "UpdateFunctionCode20150331v2", code);
    deployed["detail"]["userIdentity"]["invokedBy"] = json!("cloudformation.amazonaws.com");
    let (alert, outcome, because) = told(&scene, &deployed).await;
    assert_eq!((alert, outcome.as_str()), (Value::Null, "ignored"), "{because}");
    for name in ["demarcation", "other-demarc-s3"] {
        let event = call(&scene, "events.amazonaws.com", "DisableRule", json!({"name": name}));
        assert_eq!(told(&scene, &event).await.0, Value::Null, "{name}");
    }
    let request = json!({"stackName": "demarc"});
    let update = call(&scene, "cloudformation.amazonaws.com", "UpdateStack", request);
    assert_eq!(told(&scene, &update).await.0, "tampering");
    let pipeline = "[actors]\npipeline_roles = [\"arn:aws:iam::123456789012:user/mallory\"]\n";
    scene.stage.configure(pipeline).await.unwrap();
    assert_eq!(told(&scene, &update).await.0, Value::Null);
}

#[tokio::test]
async fn threat_04_a_write_under_our_role_without_a_claim_is_somebody_elses() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let (id, event) = scene.violated(&Versioning, "foreign").await;
    let request = json!({"bucketName": id, "VersioningConfiguration": {"Status": "Enabled"}});
    let own = |scene: &Scene| {
        by_our_role(call(scene, "s3.amazonaws.com", "PutBucketVersioning", request.clone()))
    };
    let (alert, outcome, because) = told(&scene, &own(&scene)).await;
    assert_eq!((alert, outcome.as_str()), (json!("foreign-write"), "advised"), "{because}");
    assert!(because.contains("put-role-policy --role-name demarc-s3-remediator-us-east-1"));
    assert_eq!(outcomes(&scene.send(&event, VERSIONING).await), ["remediated"]);
    let (alert, outcome, because) = told(&scene, &own(&scene)).await;
    assert_eq!((alert, outcome.as_str()), (Value::Null, "ignored"), "{because}");
    // An hour later it is not the write of that claim.
    scene.stage.clock.advance(std::time::Duration::from_secs(3_600));
    assert_eq!(told(&scene, &own(&scene)).await.0, "foreign-write");
    // Nor is it excused by what is written elsewhere at the same time.
    scene.violate(&AccountBlock, ACCOUNT).await;
    let event = scene.event(&AccountBlock, ACCOUNT);
    scene.stage.set_mode("s3.account-blocks-public-access", "enforce").await.unwrap();
    let reports = scene.send(&event, "s3.account-blocks-public-access").await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert_eq!(told(&scene, &own(&scene)).await.0, "foreign-write");
    let user = call(&scene, "iam.amazonaws.com", "CreateUser", json!({"userName": "eve"}));
    assert_eq!(told(&scene, &by_our_role(user)).await.0, "foreign-write");
}

#[tokio::test]
async fn threat_14_a_stopped_trail_is_told_with_what_starts_it() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let request = json!({"name": "arn:aws:cloudtrail:us-east-1:123456789012:trail/all"});
    let event = call(&scene, "cloudtrail.amazonaws.com", "StopLogging", request);
    let (alert, outcome, because) = told(&scene, &event).await;
    assert_eq!((alert, outcome.as_str()), (json!("trail-stopped"), "advised"), "{because}");
    assert!(
        because.contains("aws cloudtrail start-logging --name arn:aws:cloudtrail"),
        "{because}"
    );
}

/// Without a trail there are no events: the sweep finds a violation all the same.
#[tokio::test]
async fn threat_14_what_no_event_told_of_is_put_right_by_the_sweep() {
    let scene = Scene::enforcing(&["s3.block-public-access"]).await;
    let (id, _) = scene.violated(&BucketBlock, "untold").await;
    scene.clear();
    scene.stage.send(&json!({"sweep": {}})).await.unwrap();
    let reports = scene.until_quiet().await;
    let fixed = reports.iter().any(|r| r["resource"]["id"] == id && r["outcome"] == "remediated");
    assert!(fixed, "{reports:#?}");
    assert!(!scene.is_violated(&BucketBlock, &id).await);
}

#[tokio::test]
async fn a_heartbeat_is_none_where_a_table_does_not_answer() {
    let scene = Scene::enforcing(&[VERSIONING]).await;
    let beat = json!({"heartbeat": {}});
    let reports = scene.stage.send(&beat).await.unwrap();
    assert_eq!(outcomes(&reports), ["alive"]);
    assert_eq!(scene.writes(), [""; 0]);
    for operation in ["dynamodb:GetItem", "dynamodb:PutItem"] {
        scene.clear();
        let denied = Effect::error(operation, 400, "AccessDeniedException", "no");
        scene.cloud.proxy().inject(Fault::always(operation, denied));
        let failure = scene.stage.send(&beat).await.unwrap_err().to_string();
        assert!(failure.contains(operation), "{failure}");
    }
}

/// What CloudTrail writes of the call by which each control is put right.
fn own_call(control: &str, id: &str) -> (&'static str, &'static str, Value) {
    let bucket = json!({"bucketName": id});
    match control {
        "s3.account-blocks-public-access" => {
            ("s3.amazonaws.com", "PutAccountPublicAccessBlock", json!({"accountId": [id]}))
        }
        "s3.block-public-access" => ("s3.amazonaws.com", "PutBucketPublicAccessBlock", bucket),
        "s3.policy-grants-no-public-access" | "s3.requires-tls" => {
            ("s3.amazonaws.com", "PutBucketPolicy", bucket)
        }
        "s3.acl-grants-no-public-access" => ("s3.amazonaws.com", "PutBucketAcl", bucket),
        "s3.versioning" => ("s3.amazonaws.com", "PutBucketVersioning", bucket),
        "s3.log-buckets-keep-their-objects" => ("s3.amazonaws.com", "PutBucketLifecycle", bucket),
        "ec2.network-acls-close-admin-ports" => {
            ("ec2.amazonaws.com", "DeleteNetworkAclEntry", json!({"networkAclId": id}))
        }
        "ec2.default-groups-let-nothing-in" => {
            ("ec2.amazonaws.com", "RevokeSecurityGroupIngress", json!({"groupId": id}))
        }
        "ec2.default-groups-let-nothing-out" => {
            ("ec2.amazonaws.com", "RevokeSecurityGroupEgress", json!({"groupId": id}))
        }
        "ec2.security-groups-close-admin-ports" | "ec2.security-groups-close-high-risk-ports" => {
            ("ec2.amazonaws.com", "RevokeSecurityGroupIngress", json!({"groupId": id}))
        }
        "rds.instances-not-public" => {
            ("rds.amazonaws.com", "ModifyDBInstance", json!({"dBInstanceIdentifier": id}))
        }
        "ec2.vpc-flow-logs-on" => (
            "ec2.amazonaws.com",
            "CreateFlowLogs",
            json!({"CreateFlowLogsRequest": {"ResourceId": {"tag": 1, "content": id}}}),
        ),
        other => by_its_operation(find(other).unwrap().meta().setting, id),
    }
}

/// Where the event has the operation's name, and names the resource as the trigger says.
fn by_its_operation(setting: &SettingMeta, id: &str) -> (&'static str, &'static str, Value) {
    let (_, operation) = setting.closes[0].operation.split_once(':').unwrap();
    let trigger = setting.triggers.iter().find(|trigger| trigger.event == operation);
    let trigger = trigger.unwrap_or_else(|| panic!("how does CloudTrail call `{operation}`?"));
    let path = trigger.names.first().map_or(&[][..], |path| &path[1..]);
    let request = path.iter().rfold(json!(id), |inner, name| json!({ *name: inner }));
    (trigger.source, trigger.event, if path.is_empty() { Value::Null } else { request })
}

#[tokio::test]
async fn threat_04_the_write_of_each_control_is_told_from_anothers() {
    for life in lives::all() {
        let lived = Lived::start(life).await;
        let control = life.control();
        lived.stage.set_mode(control, "enforce").await.unwrap();
        let own = |named: &str| {
            let (source, name, request) = own_call(control, named);
            by_our_role(at(lived.stage.clock.now(), source, name, request))
        };
        let foreign = lived.stage.send(&own(&lived.id)).await.unwrap();
        assert_eq!(foreign[0]["alert"], "foreign-write", "{control}: {foreign:#?}");
        // Where the setting may vanish, what was good is known.
        lived.stage.send(&lived.request()).await.unwrap();
        let event = lived.violate().await;
        let written = life.written(&lived.world, &lived.id).await.unwrap();
        lived.remediated(&event).await;
        let ours = lived.stage.send(&own(&written)).await.unwrap();
        assert_eq!(ours[0]["alert"], Value::Null, "{control}: {ours:#?}");
    }
}
