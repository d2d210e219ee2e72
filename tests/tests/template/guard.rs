//! No function may change Demarc itself, and nobody else may feed it.

use std::collections::BTreeMap;

use demarc_tests::local::template::{Deployment, Template};
use serde_json::Value;

use super::{fits, home, of_type, permissions::roles, texts};

/// Whether the policy on every role denies an action on a resource.
fn is_denied(template: &Template, action: &str, resource: &str) -> bool {
    let guard = template.resource("Guard").unwrap();
    let statements = guard["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap();
    statements.iter().any(|statement| {
        assert_eq!(statement["Effect"], "Deny");
        let any = |key: &str| texts(&statement[key]).iter().any(|pattern| fits(pattern, action));
        let action =
            if statement.get("NotAction").is_some() { !any("NotAction") } else { any("Action") };
        action && texts(&statement["Resource"]).iter().any(|pattern| fits(pattern, resource))
    })
}

fn arn(service: &str, rest: &str) -> String {
    let region = if service == "iam" { "" } else { "us-east-1" };
    format!("arn:aws:{service}:{region}:123456789012:{rest}")
}

#[test]
fn every_role_has_the_guard() {
    let template = home();
    let roles = roles(&template);
    assert_eq!(roles.len(), template.functions().len());
    let guard = arn("iam", "policy/demarc-Guard");
    for (function, _, role) in roles {
        assert_eq!(texts(&role["ManagedPolicyArns"]), std::slice::from_ref(&guard), "{function}");
    }
}

#[test]
fn the_guard_is_not_too_long_for_a_managed_policy() {
    let longest = Deployment {
        stack: "s".repeat(34),
        parameters: BTreeMap::from([("RolePath".to_owned(), format!("/{}/", "p".repeat(62)))]),
        ..Deployment::default()
    };
    let template = Template::load(&longest).unwrap();
    let guard = &template.resource("Guard").unwrap()["Properties"]["PolicyDocument"];
    assert!(guard.to_string().len() < 6_144);
}

#[test]
fn threat_15_the_guard_denies_every_change_of_demarc() {
    let template = home();
    let table = |id: &str| {
        let table = template.tables().into_iter().find(|table| table.logical_id == id).unwrap();
        arn("dynamodb", &format!("table/{}", table.name))
    };
    for table in [table("ControlTable"), table("JournalTable")] {
        for action in
            ["DeleteItem", "DeleteTable", "UpdateTable", "BatchWriteItem", "PutResourcePolicy"]
        {
            assert!(is_denied(&template, &format!("dynamodb:{action}"), &table), "{action}");
        }
        assert!(!is_denied(&template, "dynamodb:UpdateItem", &table));
        assert!(!is_denied(&template, "dynamodb:Query", &format!("{table}/index/open")));
    }
    for queue in template.queues() {
        for action in ["SetQueueAttributes", "DeleteQueue", "PurgeQueue", "AddPermission"] {
            assert!(is_denied(&template, &format!("sqs:{action}"), &queue.arn), "{action}");
        }
        assert!(!is_denied(&template, "sqs:SendMessage", &queue.arn));
    }
    for function in template.functions() {
        let arn = arn("lambda", &format!("function:{}", function.name));
        for action in
            ["UpdateFunctionCode", "PutFunctionConcurrency", "InvokeFunction", "AddPermission"]
        {
            assert!(is_denied(&template, &format!("lambda:{action}"), &arn), "{action}");
        }
    }
    assert!(is_denied(
        &template,
        "lambda:UpdateEventSourceMapping",
        &arn("lambda", "event-source-mapping:1")
    ));
}

#[test]
fn the_guard_covers_roles_rules_schedules_and_alarms() {
    let template = home();
    let prefix = |kind: &str| match kind {
        "AWS::IAM::Role" => Some(("iam", "role/", "RoleName", "iam:PutRolePolicy")),
        "AWS::Events::Rule" => Some(("events", "rule/", "Name", "events:DisableRule")),
        "AWS::Scheduler::Schedule" => {
            Some(("scheduler", "schedule/default/", "Name", "scheduler:DeleteSchedule"))
        }
        "AWS::Logs::LogGroup" => {
            Some(("logs", "log-group:", "LogGroupName", "logs:DeleteLogGroup"))
        }
        _ => None,
    };
    let mut seen = 0;
    for resource in template.resources().values() {
        let Some((service, prefix, name, action)) = prefix(resource["Type"].as_str().unwrap())
        else {
            continue;
        };
        let name = resource["Properties"][name].as_str().unwrap();
        assert!(is_denied(&template, action, &arn(service, &format!("{prefix}{name}"))), "{name}");
        seen += 1;
    }
    assert!(seen > 15, "only {seen}");
    assert!(is_denied(
        &template,
        "cloudwatch:DisableAlarmActions",
        &arn("cloudwatch", "alarm:demarc-X")
    ));
    assert!(!is_denied(&template, "iam:PassRole", &arn("iam", "role/demarc-flow-logs")));
    assert!(!is_denied(&template, "s3:PutBucketPolicy", "arn:aws:s3:::demarc-sample"));
}

fn policy_of<'a>(template: &'a Template, queue: &str) -> Vec<&'a Value> {
    let policy = template.resource(&format!("{queue}Policy")).unwrap();
    assert_eq!(policy["Type"], "AWS::SQS::QueuePolicy");
    policy["Properties"]["PolicyDocument"]["Statement"].as_array().unwrap().iter().collect()
}

#[test]
fn threat_01_queues_take_messages_from_their_rules_and_demarc_only() {
    let template = home();
    for queue in template.queues() {
        let statements = policy_of(&template, &queue.logical_id);
        for statement in &statements {
            assert_eq!(texts(&statement["Resource"]), std::slice::from_ref(&queue.arn));
            let is_open = statement["Effect"] == "Allow" && statement["Principal"] == "*";
            assert!(!is_open, "{}", queue.logical_id);
        }
        let denies = statements.iter().any(|s| {
            s["Effect"] == "Deny"
                && s["Action"] == "sqs:SendMessage"
                && s["Condition"]["Bool"]["aws:PrincipalIsAWSService"] == "false"
        });
        assert!(denies, "{}", queue.logical_id);
        let tls = statements.iter().any(|s| {
            s["Effect"] == "Deny" && s["Condition"]["Bool"]["aws:SecureTransport"] == "false"
        });
        assert!(tls, "{}", queue.logical_id);
    }
}

#[test]
fn a_queue_names_exactly_the_rules_that_feed_it() {
    for template in [home(), super::away()] {
        for queue in template.queues() {
            let statements = policy_of(&template, &queue.logical_id);
            let allow = statements.iter().find(|s| s["Effect"] == "Allow");
            let mut named = allow
                .map(|s| texts(&s["Condition"]["ArnEquals"]["aws:SourceArn"]))
                .unwrap_or_default();
            // Those on a schedule have no pattern; in the template they are rules like the others.
            let feeds = |rule: &Value| {
                rule["Targets"].as_array().unwrap().iter().any(|target| {
                    target["Arn"] == queue.arn || target["DeadLetterConfig"]["Arn"] == queue.arn
                })
            };
            let mut feeding: Vec<String> = of_type(&template, "AWS::Events::Rule")
                .filter(|(id, rule)| template.resource(id).is_some() && feeds(rule))
                .map(|(_, rule)| {
                    queue.arn.replace(":sqs:", ":events:").replace(&queue.name, "rule/")
                        + rule["Name"].as_str().unwrap()
                })
                .collect();
            named.sort();
            feeding.sort();
            assert_eq!(named, feeding, "{}", queue.logical_id);
        }
    }
}

#[test]
fn the_operators_and_schedulers_roles_may_send_and_nobody_else() {
    let template = home();
    for queue in template.queues().iter().filter(|queue| queue.dead_letter.is_some()) {
        let statements = policy_of(&template, &queue.logical_id);
        let deny = statements.iter().find(|s| s["Sid"] == "NobodyElse").unwrap();
        let senders = texts(&deny["Condition"]["ArnNotLike"]["aws:PrincipalArn"]);
        let may = |role: &str| {
            senders.iter().any(|pattern| fits(pattern, &arn("iam", &format!("role/{role}"))))
        };
        let function = queue.name.split('-').nth(1).unwrap();
        for who in
            [format!("{function}-remediator"), format!("{function}-operator"), "scheduler".into()]
        {
            assert!(may(&format!("demarc-{who}-us-east-1")), "{}: {who}", queue.name);
        }
        assert!(!may("demarc-other-remediator-us-east-1") && !may("admin"));
        let is_shared = queue.name == "demarc-s3-live";
        assert_eq!(may("demarc-s3-remediator-eu-west-1"), is_shared, "{}", queue.name);
    }
}
