//! Recorded attack techniques, replayed: what they changed is put right, at once or when a person
//! agrees. `docs/attack-coverage.md` is written from the run.

use std::{fmt::Write, path::PathBuf};

use demarc_harness::{
    Clock,
    remediation::{
        classification::{Change, Input, inputs},
        controls::find,
        setting::Target,
    },
};
use demarc_tests::{
    lives::{self, Life, rfc3339},
    local::{ACCOUNT, REGION},
};
use serde_json::{Value, json};

use crate::{corpus::corpus, scene::Scene};

/// A technique of Stratus Red Team whose effect can be taken back.
struct Technique {
    name: &'static str,
    /// Each call with the control that takes its effect back, where there is one.
    calls: &'static [(&'static str, Option<&'static str>)],
    /// Whether a recorded event of it is published.
    is_recorded: bool,
}

const fn recorded(
    name: &'static str,
    calls: &'static [(&'static str, Option<&'static str>)],
) -> Technique {
    Technique { name, calls, is_recorded: true }
}

const fn unrecorded(
    name: &'static str,
    calls: &'static [(&'static str, Option<&'static str>)],
) -> Technique {
    Technique { name, calls, is_recorded: false }
}

/// Those that concern the services of this release. Source: Stratus Red Team's documentation of
/// its techniques for AWS.
const TECHNIQUES: &[Technique] = &[
    recorded("defense-evasion.cloudtrail-delete", &[("DeleteTrail", None)]),
    recorded("defense-evasion.cloudtrail-event-selectors", &[("PutEventSelectors", None)]),
    unrecorded(
        "defense-evasion.cloudtrail-lifecycle-rule",
        &[("PutBucketLifecycle", Some("s3.log-buckets-keep-their-objects"))],
    ),
    recorded("defense-evasion.cloudtrail-stop", &[("StopLogging", None)]),
    recorded(
        "defense-evasion.vpc-remove-flow-logs",
        &[("DeleteFlowLogs", Some("ec2.vpc-flow-logs-on"))],
    ),
    recorded("execution.ec2-user-data", &[("ModifyInstanceAttribute", None)]),
    recorded(
        "exfiltration.ec2-security-group-open-port-22-ingress",
        &[("AuthorizeSecurityGroupIngress", Some("ec2.security-groups-close-admin-ports"))],
    ),
    recorded(
        "exfiltration.ec2-share-ami",
        &[("ModifyImageAttribute", Some("ec2.images-shared-only-with-known-accounts"))],
    ),
    recorded(
        "exfiltration.ec2-share-ebs-snapshot",
        &[("ModifySnapshotAttribute", Some("ec2.snapshots-shared-only-with-known-accounts"))],
    ),
    recorded("exfiltration.rds-share-snapshot", &[("ModifyDBSnapshotAttribute", None)]),
    unrecorded(
        "exfiltration.s3-backdoor-bucket-policy",
        &[("PutBucketPolicy", Some("s3.policy-grants-only-to-known-accounts"))],
    ),
    unrecorded("impact.ec2-deregister-ami", &[("DeregisterImage", None)]),
    recorded(
        "lateral-movement.ec2-serial-console-send-ssh-public-key",
        &[("EnableSerialConsoleAccess", Some("ec2.serial-console-off"))],
    ),
    recorded(
        "persistence.iam-backdoor-role",
        &[("UpdateAssumeRolePolicy", Some("iam.roles-trust-only-known-accounts"))],
    ),
    recorded(
        "persistence.iam-backdoor-user",
        &[("CreateAccessKey", Some("iam.access-keys-made-by-their-users"))],
    ),
    recorded(
        "persistence.iam-create-admin-user",
        &[
            ("AttachUserPolicy", Some("iam.users-have-no-administrator-policy")),
            ("CreateAccessKey", Some("iam.access-keys-made-by-their-users")),
        ],
    ),
    recorded(
        "persistence.iam-create-backdoor-role",
        &[
            ("CreateRole", Some("iam.roles-trust-only-known-accounts")),
            ("AttachRolePolicy", Some("iam.roles-have-no-administrator-policy")),
        ],
    ),
    recorded(
        "persistence.iam-create-user-login-profile",
        &[("CreateLoginProfile", Some("iam.console-passwords-given-on-purpose"))],
    ),
    recorded("persistence.lambda-backdoor-function", &[("AddPermission", None)]),
    recorded("persistence.lambda-layer-extension", &[("UpdateFunctionConfiguration", None)]),
    recorded("persistence.lambda-overwrite-code", &[("UpdateFunctionCode", None)]),
    recorded(
        "persistence.rolesanywhere-create-trust-anchor",
        &[
            ("CreateTrustAnchor", Some("iam.trust-anchors-put-in-force-on-purpose")),
            ("CreateProfile", Some("iam.roles-anywhere-profiles-put-in-force-on-purpose")),
        ],
    ),
];

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/attack-coverage.md");

#[tokio::test]
async fn what_a_technique_changed_is_put_right_at_once_or_when_a_person_agrees() {
    let page = page().await;
    let written = std::fs::read_to_string(PAGE).unwrap();
    assert_eq!(page, written, "the page is not what the run gives: write it anew");
}

#[tokio::test]
#[ignore = "writes docs/attack-coverage.md"]
async fn the_page_is_written() {
    std::fs::write(PAGE, page().await).unwrap();
}

const INTRODUCTION: &str = "# Attack coverage

The techniques of [Stratus Red Team](https://stratus-red-team.cloud) for AWS that change configuration in a way that can be taken back, of the services of this release. Each is replayed in an emulator: its event, with the state that it leaves, reaches the function with its control in mode `enforce` and the ceiling `safe`; what waits is approved by a person; then the resource is read by a client of its own. `cargo xtask test` replays them and fails where this page says otherwise.

The events are this project's samples, of the same form as recorded ones; recorded events are replayed too where they are at hand. A sample alone stands for a technique of which no recorded event is published.

| technique | call | control | what becomes of it | recorded |
|---|---|---|---|---|
";

async fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    let (mut reverted, mut whole) = (0, 0);
    for technique in TECHNIQUES {
        for (call, control) in technique.calls {
            let end = match control {
                Some(control) => replayed(technique, call, control).await,
                None => "nothing: no control yet",
            };
            let shown = control.map_or("-".to_owned(), |id| format!("[{id}](controls/{id}.md)"));
            let is_recorded = if technique.is_recorded { "yes" } else { "no" };
            let name = technique.name;
            writeln!(page, "| {name} | `{call}` | {shown} | {end} | {is_recorded} |").unwrap();
        }
        reverted += usize::from(technique.calls.iter().any(|(_, control)| control.is_some()));
        whole += usize::from(technique.calls.iter().all(|(_, control)| control.is_some()));
    }
    let all = TECHNIQUES.len();
    write!(
        page,
        "\nOf {all} techniques {whole} are reverted in whole, {reverted} at least in part.\n"
    )
    .unwrap();
    page
}

/// What becomes of the technique's change; by the recorded event too, where it is at hand.
async fn replayed(technique: &Technique, call: &str, control: &'static str) -> &'static str {
    let lives = lives::all();
    let life = lives.into_iter().find(|life| life.control() == control).unwrap();
    let end = replay(life, None).await;
    let file = format!("stratus/aws.{}.json", technique.name);
    if let Some(record) = recording(&corpus().join(file), call) {
        assert_eq!(replay(life, Some(&record)).await, end, "{}: as recorded", technique.name);
    }
    end
}

fn recording(path: &PathBuf, call: &str) -> Option<Value> {
    let text = std::fs::read_to_string(path).ok()?;
    let records: Vec<Value> = serde_json::from_str(&text).unwrap();
    let record = records.into_iter().find(|record| record["eventName"] == call);
    Some(record.unwrap_or_else(|| panic!("no `{call}` in {}", path.display())))
}

async fn replay(life: &dyn Life, record: Option<&Value>) -> &'static str {
    let control = life.control();
    let scene = Scene::enforcing(&[control]).await;
    let mode =
        json!({"control": control, "mode": "enforce", "ceiling": "safe", "reason": "a test"});
    assert_eq!(scene.ask(json!({ "mode": mode })).await.0, 200);
    scene.stage.clock.advance(std::time::Duration::from_secs(61));
    let id = life.create(&scene.world, "attacked").await.unwrap();
    let setting = find(control).unwrap().meta().setting;
    if setting.baseline {
        let evaluate = json!({"resource": id, "type": setting.resource, "setting": setting.id});
        scene.stage.send(&json!({"evaluate": evaluate})).await.unwrap();
    }
    let named = life.named(&scene.world, &id).await.unwrap();
    let made = scene.violate(life, &id).await;
    let event = record.map_or(made, |record| ours(record, life, &named, scene.stage.clock.now()));
    let reports = scene.send(&event, control).await;
    let [report] = reports.as_slice() else { panic!("{control}: {reports:#?}") };
    let because = report["because"].as_str().unwrap();
    let end = match report["outcome"].as_str() {
        Some("remediated") => "put right at once",
        Some("skipped") if because.starts_with("it waits for approval") => {
            assert!(scene.is_violated(life, &id).await, "{control}: not waited for");
            let plan = &report["plan"]["id"];
            let approve = json!({"approve": {"plan": plan, "reason": "agreed"}});
            let (status, answer) = scene.ask(approve).await;
            assert_eq!(status, 200, "{answer:#}");
            "waits for a person, then put right"
        }
        other => panic!("{control}: {other:?}, {reports:#?}"),
    };
    assert!(!scene.is_violated(life, &id).await, "{control}: not put right");
    end
}

/// A recorded event as if it were of our account and region, of our resource, and now.
fn ours(record: &Value, life: &dyn Life, named: &str, millis: u64) -> Value {
    let wrapped = |detail: Value| {
        let service = detail["eventSource"].as_str().unwrap().split('.').next().unwrap();
        json!({
            "version": "0", "id": "e", "detail-type": "AWS API Call via CloudTrail",
            "source": format!("aws.{service}"), "account": ACCOUNT, "region": REGION,
            "time": rfc3339(millis / 1000), "detail": detail,
        })
    };
    let theirs = record["recipientAccountId"].as_str().unwrap();
    let mut text = record.to_string().replace(theirs, ACCOUNT);
    let setting = find(life.control()).unwrap().meta().setting;
    let targets = setting.targets(&change(&wrapped(serde_json::from_str(&text).unwrap())));
    for target in targets {
        let (Target::Resource(resource) | Target::Member { member: resource }) = target;
        if !setting.scope.is_of_account() {
            text = text.replace(&resource.id, named);
        }
    }
    let mut detail: Value = serde_json::from_str(&text).unwrap();
    detail["awsRegion"] = json!(REGION);
    detail["eventTime"] = json!(rfc3339(millis / 1000));
    wrapped(detail)
}

fn change(event: &Value) -> Change {
    match inputs(event.to_string().as_bytes()).remove(0) {
        Ok(Input::Change(change)) => change,
        other => panic!("no change: {other:?}"),
    }
}
