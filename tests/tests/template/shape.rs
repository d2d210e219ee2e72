//! Times, sizes and what is kept: what the pipeline relies on.

use std::time::Duration;

use demarc_harness::{
    Environment,
    remediation::classification::{Input, Request, inputs},
    store::LEASE_MILLIS,
};
use serde_json::json;

use super::{home, of_type, permissions::roles, with};

const VISIBILITY: &str = "180";

#[test]
fn a_function_ends_before_its_lease_and_a_lease_before_its_message_returns() {
    let template = home();
    let lease = Duration::from_millis(LEASE_MILLIS);
    for function in template.functions() {
        assert!(function.timeout < lease, "{}", function.name);
        assert_eq!(function.timeout * 6, Duration::from_secs(VISIBILITY.parse().unwrap()));
    }
    for queue in template.queues().iter().filter(|queue| queue.dead_letter.is_some()) {
        assert_eq!(queue.attributes["VisibilityTimeout"], VISIBILITY);
        assert!(lease < Duration::from_secs(VISIBILITY.parse().unwrap()));
        assert!(queue.attributes["RedrivePolicy"].contains("\"maxReceiveCount\":5"));
    }
}

#[test]
fn every_queue_is_encrypted_and_what_failed_is_kept_longest() {
    for queue in home().queues() {
        assert_eq!(queue.attributes["SqsManagedSseEnabled"], "true", "{}", queue.name);
        if queue.dead_letter.is_none() {
            assert_eq!(queue.attributes["MessageRetentionPeriod"], "1209600", "{}", queue.name);
        }
    }
}

#[test]
fn remediators_are_fed_by_their_own_queues() {
    let template = home();
    for function in template.functions().iter().filter(|f| f.url_auth.is_none()) {
        let own = function.logical_id.strip_suffix("Remediator").unwrap();
        let [live, sweep] = function.queues.as_slice() else { panic!("{}", function.name) };
        assert_eq!(live.queue, format!("{own}LiveQueue"));
        assert_eq!((live.batch_size, live.maximum_concurrency), (1, Some(10)));
        assert_eq!(sweep.queue, format!("{own}SweepQueue"));
        assert_eq!((sweep.batch_size, sweep.maximum_concurrency), (10, Some(2)));
        assert!([live, sweep].iter().all(|q| q.enabled && q.report_batch_item_failures));
    }
}

#[test]
fn both_deployments_run_the_functions_binary() {
    for function in home().functions() {
        let name = function.name.split('-').nth(1).unwrap();
        assert_eq!(function.binary.as_deref(), Some(name));
        assert_eq!(function.code_uri, format!("target/lambda/{name}/"));
        assert_eq!((function.handler.as_str(), function.memory_mib), ("bootstrap", 128));
    }
}

#[test]
fn the_environment_is_what_a_function_reads() {
    let template = with("Mode", "enforce");
    let mut roles: Vec<String> = roles(&template)
        .into_iter()
        .map(|(_, _, role)| {
            format!("arn:aws:iam::123456789012:role/{}", role["RoleName"].as_str().unwrap())
        })
        .collect();
    roles.sort();
    for function in template.functions() {
        let variables = &function.environment;
        let read = |name: &str| match name {
            "AWS_REGION" => Some("us-east-1".to_owned()),
            name => variables.get(name).cloned(),
        };
        let environment = Environment::read(read).unwrap();
        let mut own = environment.own_roles.clone();
        own.sort();
        assert_eq!(own, roles, "{}", function.name);
        assert_eq!(environment.enforcement.mode.as_str(), "enforce");
        assert_eq!(environment.settle_seconds, Some(90));
        assert!(environment.is_home());
        assert_eq!(environment.account, "123456789012");
        let name = function.name.split('-').nth(1).unwrap();
        assert!(environment.live_queue.ends_with(&format!("/demarc-{name}-live")));
        assert!(environment.sweep_queue.ends_with(&format!("/demarc-{name}-sweep")));
    }
}

#[test]
fn threat_30_nothing_is_written_where_no_mode_is_given() {
    let template = home();
    for function in template.functions() {
        assert_eq!(function.environment["DEMARC_MODE"], "observe");
    }
}

#[test]
fn schedules_send_what_a_function_understands() {
    let template = home();
    let mut sweeps = 0;
    for (id, schedule) in of_type(&template, "AWS::Scheduler::Schedule") {
        let target = &schedule["Target"];
        let parsed = inputs(target["Input"].as_str().unwrap().as_bytes());
        let [Ok(Input::Request(request))] = parsed.as_slice() else { panic!("{id}") };
        let queue = target["Arn"].as_str().unwrap();
        assert!(schedule.get("StartDate").is_none(), "{id}: the first one comes at creation");
        match request {
            Request::Sweep(_) => {
                assert!(queue.ends_with("-sweep"), "{id}");
                assert_eq!(schedule["ScheduleExpression"], "rate(1 day)");
                sweeps += 1;
            }
            Request::Settle(_) => assert!(queue.ends_with("-live"), "{id}"),
            Request::Evaluate(_) | Request::Heartbeat(_) => panic!("{id}"),
        }
    }
    assert_eq!(sweeps * 2, template.functions().len());
}

/// Through a rule, as events come; and nobody has to invent what is alive.
#[test]
fn a_heartbeat_goes_through_a_rule_to_each_function_and_silence_is_an_alarm() {
    let template = home();
    let mut functions = 0;
    for (id, rule) in of_type(&template, "AWS::Events::Rule") {
        if rule.get("ScheduleExpression").is_none() {
            continue;
        }
        assert_eq!(rule["ScheduleExpression"], "rate(5 minutes)", "{id}");
        let [target] = rule["Targets"].as_array().unwrap().as_slice() else { panic!("{id}") };
        let parsed = inputs(target["Input"].as_str().unwrap().as_bytes());
        let is_heartbeat = matches!(parsed.as_slice(), [Ok(Input::Request(Request::Heartbeat(_)))]);
        assert!(is_heartbeat, "{id}: {parsed:?}");
        assert!(target["Arn"].as_str().unwrap().ends_with("-live"), "{id}");
        let silence = id.replace("HeartbeatRule", "SilenceAlarm");
        let alarm = &template.resource(&silence).unwrap()["Properties"];
        assert_eq!(
            (&alarm["Namespace"], &alarm["MetricName"]),
            (&json!("Demarc"), &json!("Heartbeat"))
        );
        assert_eq!(alarm["TreatMissingData"], "breaching");
        functions += 1;
    }
    assert_eq!(functions * 2, template.functions().len());
}

#[test]
fn tables_outlive_the_stack_and_answer_the_stores_queries() {
    let template = home();
    for table in template.tables() {
        let resource = template.resource(&table.logical_id).unwrap();
        assert_eq!(resource["DeletionPolicy"], "Retain");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain");
        assert_eq!(table.create["DeletionProtectionEnabled"], true);
        let recovery = &resource["Properties"]["PointInTimeRecoverySpecification"];
        assert_eq!(recovery["PointInTimeRecoveryEnabled"], true);
        assert_eq!(resource["Properties"]["SSESpecification"]["SSEEnabled"], true);
    }
    let tables = template.tables();
    let journal = tables.iter().find(|table| table.logical_id == "JournalTable").unwrap();
    assert_eq!(journal.time_to_live.as_deref(), Some("expires"));
    assert_eq!(journal.create["StreamSpecification"]["StreamViewType"], "NEW_IMAGE");
    let indexes = journal.create["GlobalSecondaryIndexes"].as_array().unwrap();
    let keys: Vec<_> = indexes
        .iter()
        .map(|index| {
            let key = |at: usize| index["KeySchema"][at]["AttributeName"].as_str().unwrap();
            assert_eq!(index["Projection"], json!({"ProjectionType": "KEYS_ONLY"}));
            (index["IndexName"].as_str().unwrap(), key(0), key(1))
        })
        .collect();
    let expected = [
        ("by-setting", "setting", "plan"),
        ("by-incident", "incident", "plan"),
        ("open", "open_index", "look_again_at"),
    ];
    assert_eq!(keys, expected);
}

#[test]
fn every_dead_letter_queue_has_an_alarm() {
    let template = home();
    let watched: Vec<&str> = of_type(&template, "AWS::CloudWatch::Alarm")
        .filter(|(_, alarm)| alarm["Namespace"] == "AWS/SQS")
        .filter_map(|(_, alarm)| alarm["Dimensions"][0]["Value"].as_str())
        .collect();
    for queue in template.queues().iter().filter(|queue| queue.dead_letter.is_none()) {
        assert!(watched.contains(&queue.name.as_str()), "{}", queue.name);
    }
}

#[test]
fn a_key_of_ones_own_is_used_by_tables_logs_and_roles() {
    let key = "arn:aws:kms:us-east-1:123456789012:key/1";
    let template = with("KmsKeyArn", key);
    for id in ["ControlTable", "JournalTable"] {
        let table = template.resource(id).unwrap();
        assert_eq!(table["Properties"]["SSESpecification"]["KMSMasterKeyId"], key);
    }
    assert!(of_type(&template, "AWS::Logs::LogGroup").all(|(_, group)| group["KmsKeyId"] == key));
    for (function, _, role) in roles(&template) {
        assert!(role["Policies"].to_string().contains("kms:Decrypt"), "{function}");
    }
    let without = home();
    assert!(roles(&without).iter().all(|(_, _, r)| !r.to_string().contains("kms:")));
}
