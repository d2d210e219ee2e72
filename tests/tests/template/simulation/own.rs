//! What the roles may do with Demarc's own tables, queues and logs, of everything that can be done
//! with them: no role changes a part, and none reaches the like of one.

use demarc_harness::remediation::{controls::SETTINGS, setting::Call};
use demarc_tests::local::{
    ACCOUNT, REGION,
    simulator::{Decision, Request},
    template::Template,
};
use serde_json::json;

use super::{
    DENIED, KEY, Role, SIMULATOR, elsewhere, full, open, otherwise,
    parts::{Part, SERVICES, acting_on, is_queue_of, namesakes, others, parts},
    roles,
};
use crate::{away, home};

/// What DynamoDB asks for on behalf of who uses a table.
const USES_OF_A_KEY: [&str; 7] = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

/// Everything that any role may do with any part.
fn may(role: &Role, action: &str, part: &Part) -> bool {
    let Some((function, operator)) = role.function() else {
        let sends = role.id == "SchedulerRole" && action == "sqs:SendMessage";
        let queue = part.id.ends_with("LiveQueue") || part.id.ends_with("SweepQueue");
        return sends && queue;
    };
    let own = |name: &str| part.id == format!("{}{name}", capital(&function));
    let logs = if operator { "OperatorLogs" } else { "RemediatorLogs" };
    match (action, part.id.as_str(), part.kind) {
        (
            "dynamodb:ConditionCheckItem" | "dynamodb:GetItem" | "dynamodb:Query",
            "ControlTable",
            "table",
        )
        | (
            "dynamodb:GetItem" | "dynamodb:PutItem" | "dynamodb:Query" | "dynamodb:UpdateItem",
            "JournalTable",
            "table",
        )
        | ("dynamodb:Query", "JournalTable", "index") => true,
        ("dynamodb:PutItem" | "dynamodb:UpdateItem", "ControlTable", "table")
        | ("dynamodb:Scan", "JournalTable", "table") => operator,
        ("sqs:SendMessage", "", _) => is_handed_over(part) && function == "s3" && !operator,
        ("sqs:SendMessage", ..) => own("LiveQueue") || own("SweepQueue"),
        ("sqs:DeleteMessage" | "sqs:GetQueueAttributes" | "sqs:ReceiveMessage", ..) => {
            !operator && (own("LiveQueue") || own("SweepQueue"))
        }
        ("logs:CreateLogStream" | "logs:PutLogEvents", _, "log group" | "log stream") => own(logs),
        (_, "", "role" | "policy") => {
            function == "iam" && is_others(part) && declares(action, operator)
        }
        _ => false,
    }
}

/// A role or a policy that is the customer's.
fn is_others(part: &Part) -> bool {
    part.account == ACCOUNT
        && [":role/shop-", ":policy/shop-"].iter().any(|own| part.arn.contains(own))
}

/// Whether a setting of IAM needs the action, and not only for an undo unless for the operator.
fn declares(action: &str, operator: bool) -> bool {
    let settings = SETTINGS.iter().filter(|setting| setting.function == "iam");
    let calls = settings.flat_map(|setting| {
        let undo: &[Call] = if operator { setting.reopens } else { &[] };
        setting.reads.iter().chain(setting.closes).chain(undo)
    });
    calls.flat_map(|call| call.permissions).any(|permission| permission.action == action)
}

/// A bucket of another region is that region's stack's.
fn is_handed_over(part: &Part) -> bool {
    !part.arn.contains(REGION) && part.account == ACCOUNT && is_queue_of(part, "s3", &["live"])
}

fn capital(function: &str) -> String {
    let (first, rest) = function.split_at(1);
    first.to_uppercase() + rest
}

/// A request of a role on a part.
fn asked<'a>(role: &'a Role, action: &str, part: &'a Part) -> Request<'a> {
    let request = role.asks(action, &part.arn);
    match &part.policy {
        Some(open) if part.account != ACCOUNT => elsewhere(request, open),
        policy => Request { resource_policy: policy.as_ref(), ..request },
    }
}

/// What the roles of a template may do otherwise than they should.
fn surprises(template: &Template) -> Vec<String> {
    let (open, own) = (open(), parts(template));
    let all: Vec<Part> =
        own.iter().cloned().chain(others(&own)).chain(namesakes(&own, &open)).collect();
    let actions = SIMULATOR.actions(&SERVICES).unwrap();
    let roles = roles(template);
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for role in &roles {
        for part in &all {
            for action in acting_on(&actions, part) {
                let list = if may(role, &action.action, part) { &mut allowed } else { &mut denied };
                list.push(asked(role, &action.action, part));
            }
        }
    }
    assert!(allowed.len() > roles.len() * 5, "only {}", allowed.len());
    println!("{} requests", allowed.len() + denied.len());
    let mut wrong = otherwise(&allowed, &[Decision::Allowed, Decision::DoesNotApply]);
    wrong.extend(otherwise(&denied, DENIED));
    wrong
}

#[test]
fn threat_15_no_role_may_do_more_with_demarcs_parts_than_its_work() {
    let wrong = surprises(&home());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn threat_15_nor_may_a_role_of_another_region() {
    let template = away();
    let forwarder = roles(&template).into_iter().find(|role| role.id == "ForwarderRole").unwrap();
    let actions = SIMULATOR.actions(&SERVICES).unwrap();
    let parts = parts(&template);
    let mut requests = Vec::new();
    for part in &parts {
        let acting = acting_on(&actions, part).filter(|action| !action.is_reading());
        requests.extend(acting.map(|action| asked(&forwarder, &action.action, part)));
    }
    let wrong = otherwise(&requests, DENIED);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whatever the key's own policy leaves to the account.
#[test]
fn threat_16_a_key_is_used_through_dynamodb_only() {
    let template = full();
    let left = json!({
        "Effect": "Allow", "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
        "Action": "kms:*", "Resource": "*",
    });
    let policy = json!({"Version": "2012-10-17", "Statement": [left]});
    let actions = SIMULATOR.actions(&["kms"]).unwrap();
    let roles = roles(&template);
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for role in &roles {
        let ask = |action: &str, key: &str, service: &str| {
            let mut request = role.asks(action, key);
            let service = format!("{service}.{REGION}.amazonaws.com");
            request.context.insert("kms:ViaService".to_owned(), service);
            Request { resource_policy: Some(&policy), ..request }
        };
        for action in USES_OF_A_KEY {
            let list = if role.function().is_some() { &mut allowed } else { &mut denied };
            list.push(ask(action, KEY, "dynamodb"));
            denied.push(ask(action, KEY, "s3"));
            denied.push(ask(action, &KEY.replace("key/1", "key/2"), "dynamodb"));
        }
        let names = actions.iter().filter(|a| a.kinds.iter().any(|kind| kind.contains(":key/")));
        let others = names.filter(|action| !USES_OF_A_KEY.contains(&action.action.as_str()));
        denied.extend(others.map(|action| role.asks(&action.action, KEY)));
    }
    let mut wrong = otherwise(&allowed, &[Decision::Allowed]);
    wrong.extend(otherwise(&denied, DENIED));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
