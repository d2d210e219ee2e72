//! `demarc doctor`: a stack as it was deployed is well; each part that somebody changes is found,
//! and put back where one call puts it back.

use aws_credential_types::Credentials;
use demarc_tests::local::{ACCOUNT, api::element};
use demarc_tests::stack::{EVERYTHING, Ended, NAME, Stack, demarc};
use serde_json::{Value, json};

use super::own;

const FUNCTION: &str = "demarc-s3-remediator";
const ROLE: &str = "demarc-s3-remediator-us-east-1";

/// What the doctor says, by part and what is wrong with it.
fn said(ended: &Ended) -> Vec<(String, String)> {
    let text = |line: &Value, name: &str| line[name].as_str().unwrap().to_owned();
    ended.lines.iter().map(|line| (text(line, "part"), text(line, "wrong"))).collect()
}

async fn json_call(stack: &Stack, service: &str, target: &str, body: Value) -> Value {
    stack.api.json(service, target, &body).await.unwrap()
}

/// Everything that one call puts back, done to the stack.
async fn tampered(stack: &Stack, journal: &str) -> Vec<(String, &'static str)> {
    let rule = json!({"Name": "demarc-s3"});
    json_call(stack, "events", "AWSEvents.DisableRule", rule).await;
    let none = json!({"ReservedConcurrentExecutions": 0});
    let path = format!("/2017-10-31/functions/{FUNCTION}/concurrency");
    stack.api.rest("lambda", "PUT", &path, &none).await.unwrap();
    let unprotected = json!({"TableName": journal, "DeletionProtectionEnabled": false});
    json_call(stack, "dynamodb", "DynamoDB_20120810.UpdateTable", unprotected).await;
    let guard = guard(stack).await;
    let detached = [("RoleName", ROLE), ("PolicyArn", guard.as_str())];
    stack.api.query("iam", "DetachRolePolicy", &detached).await.unwrap();
    let url = format!("/2021-10-31/functions/{NAME}-s3-operator/url");
    stack.api.rest("lambda", "PUT", &url, &json!({"AuthType": "NONE"})).await.unwrap();
    vec![
        ("rule demarc-s3".to_owned(), "is disabled"),
        (format!("function {FUNCTION}"), "never runs: its reserved concurrency is 0"),
        (format!("table {journal}"), "is not protected from deletion"),
        (format!("role {ROLE}"), "has no guard: nothing denies it what no function may do"),
        (format!("URL of function {NAME}-s3-operator"), "admits anybody"),
    ]
}

async fn guard(stack: &Stack) -> String {
    let asked = [("RoleName", ROLE)];
    let attached = stack.api.query("iam", "ListAttachedRolePolicies", &asked).await.unwrap();
    element(&attached, "PolicyArn").unwrap()
}

/// The tables, and what the emulator leaves out when it makes them.
async fn backed_up(stack: &Stack) -> Vec<String> {
    let ended = demarc(stack, &["doctor", "--repair"]).await.unwrap();
    assert_eq!(ended.status, Some(0), "{ended:#?}");
    let table = |(part, wrong): (String, String)| {
        assert_eq!(wrong, "is not backed up: point-in-time recovery is off");
        part.strip_prefix("table ").unwrap().to_owned()
    };
    said(&ended).into_iter().map(table).collect()
}

#[tokio::test]
async fn threat_15_the_doctor_finds_what_was_changed_and_puts_it_back() {
    let stack = own(EVERYTHING).await;
    let tables = backed_up(&stack).await;
    let well = demarc(&stack, &["doctor"]).await.unwrap();
    assert_eq!((well.status, said(&well)), (Some(0), vec![]), "{}", well.errors);

    let journal = tables.iter().find(|table| table.contains("Journal")).unwrap();
    let done = tampered(&stack, journal).await;
    let found = demarc(&stack, &["doctor"]).await.unwrap();
    assert_eq!(found.status, Some(1), "{}", found.errors);
    let all = said(&found);
    for (part, wrong) in &done {
        assert!(all.contains(&(part.clone(), (*wrong).to_owned())), "{part} {wrong}: {all:#?}");
    }
    assert_eq!(all.len(), done.len(), "{all:#?}");

    let repaired = demarc(&stack, &["doctor", "--repair"]).await.unwrap();
    assert_eq!(repaired.status, Some(0), "{repaired:#?}");
    assert!(repaired.lines.iter().all(|line| line["repaired"] == true), "{:#?}", repaired.lines);
    let well = demarc(&stack, &["doctor"]).await.unwrap();
    assert_eq!((well.status, said(&well)), (Some(0), vec![]), "{}", well.errors);
}

/// What somebody added may be meant: it is said with the command that removes it, and left.
#[tokio::test]
async fn threat_15_the_doctor_says_what_was_added_and_what_is_gone_and_leaves_both() {
    let stack = own(EVERYTHING).await;
    backed_up(&stack).await;
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let attach = [("RoleName", ROLE), ("PolicyArn", admin)];
    stack.api.query("iam", "AttachRolePolicy", &attach).await.unwrap();
    let document =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let put = [("RoleName", ROLE), ("PolicyName", "it's mine"), ("PolicyDocument", document)];
    stack.api.query("iam", "PutRolePolicy", &put).await.unwrap();
    let queue = format!("arn:aws:sqs:us-east-1:{ACCOUNT}:elsewhere");
    let target = json!({"Rule": "demarc-s3", "Targets": [{"Id": "also", "Arn": queue}]});
    json_call(&stack, "events", "AWSEvents.PutTargets", target).await;
    let gone = json!({"Name": "demarc-rds"});
    let targets =
        json_call(&stack, "events", "AWSEvents.ListTargetsByRule", json!({"Rule": "demarc-rds"}));
    let ids: Vec<Value> =
        targets.await["Targets"].as_array().unwrap().iter().map(|t| t["Id"].clone()).collect();
    let remove = json!({"Rule": "demarc-rds", "Ids": ids});
    json_call(&stack, "events", "AWSEvents.RemoveTargets", remove).await;
    json_call(&stack, "events", "AWSEvents.DeleteRule", gone).await;

    let role = format!("role {ROLE}");
    let expected = [
        (role.as_str(), format!("has another policy: `{admin}`"), "iam detach-role-policy"),
        (
            &role,
            "has another inline policy: `it's mine`".to_owned(),
            r#"--policy-name "it's mine""#,
        ),
        (
            "rule demarc-s3",
            format!("also sends its events to `{queue}`"),
            "remove-targets --rule demarc-s3 --ids also",
        ),
        ("rule demarc-rds", "does not exist".to_owned(), "--deployment-mode REVERT_DRIFT"),
    ];
    for arguments in [&["doctor"][..], &["doctor", "--repair"]] {
        let ended = demarc(&stack, arguments).await.unwrap();
        assert_eq!(ended.status, Some(1), "{}", ended.errors);
        for (part, wrong, restore) in &expected {
            let line = ended.lines.iter().find(|l| l["part"] == *part && l["wrong"] == *wrong);
            let line = line.unwrap_or_else(|| panic!("{part} {wrong}: {:#?}", ended.lines));
            assert!(line["restore"].as_str().unwrap().contains(restore), "{line}");
            assert_eq!(line["repaired"], false);
        }
        assert_eq!(ended.lines.len(), expected.len(), "{:#?}", ended.lines);
    }
}

/// Who may not look is told what could not be seen, and nothing is called well.
#[tokio::test]
async fn what_the_doctor_may_not_see_is_no_good_news() {
    let mut stack = own(EVERYTHING).await;
    let user = [("UserName", "visitor")];
    stack.api.query("iam", "CreateUser", &user).await.unwrap();
    let key = stack.api.query("iam", "CreateAccessKey", &user).await.unwrap();
    let document = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "cloudformation:*", "Resource": "*"}]});
    let put =
        [("UserName", "visitor"), ("PolicyName", "p"), ("PolicyDocument", &document.to_string())];
    stack.api.query("iam", "PutUserPolicy", &put).await.unwrap();
    let of = |name| element(&key, name).unwrap();
    let (id, secret) = (of("AccessKeyId"), of("SecretAccessKey"));
    stack.api.credentials = Credentials::new(id, secret, None, None, "visitor");
    let ended = demarc(&stack, &["doctor"]).await.unwrap();
    assert_eq!(ended.status, Some(2), "{ended:#?}");
    assert!(ended.errors.contains("`events:DescribeRule` failed with AccessDenied"), "{ended:#?}");
}
