use std::collections::BTreeMap;
use std::time::Duration;

use demarc_tests::local::template::{Deployment, Template};
use serde_json::json;

const FIXTURE: &str = include_str!("fixture.yaml");

pub fn deployment(stack: &str) -> Deployment {
    Deployment {
        parameters: BTreeMap::from([("Owner".to_owned(), "me".to_owned())]),
        stack: stack.to_owned(),
        endpoint: "http://local:1".to_owned(),
        ..Deployment::default()
    }
}

pub fn fixture(stack: &str) -> Template {
    Template::parse(FIXTURE, &deployment(stack)).unwrap()
}

#[test]
fn queues_have_their_attributes_as_text() {
    let queues = fixture("demarc").queues();
    let names: Vec<_> = queues.iter().map(|queue| queue.name.as_str()).collect();
    // The last one's condition does not hold.
    assert_eq!(names, ["demarc-S3DeadLetters", "demarc-S3Queue", "demarc-named"]);
    let queue = &queues[1];
    assert_eq!(queue.arn, "arn:aws:sqs:us-east-1:123456789012:demarc-S3Queue");
    assert_eq!(queue.dead_letter.as_deref(), Some("S3DeadLetters"));
    assert_eq!(queue.attributes["VisibilityTimeout"], "180");
    assert_eq!(queue.attributes["SqsManagedSseEnabled"], "true");
    let policy: serde_json::Value =
        serde_json::from_str(&queue.attributes["RedrivePolicy"]).unwrap();
    let arn = "arn:aws:sqs:us-east-1:123456789012:demarc-S3DeadLetters";
    assert_eq!(policy, json!({"deadLetterTargetArn": arn, "maxReceiveCount": 5}));
    assert!(!queues[2].attributes.contains_key("QueueName"));
}

#[test]
fn rules_have_their_patterns_and_queues() {
    let rules = fixture("demarc").rules();
    assert_eq!(rules.len(), 2, "a schedule is no rule with a pattern");
    let pattern = json!({
        "source": ["aws.s3"],
        "account": ["123456789012"],
        "detail": {
            "eventName": ["PutBucketPolicy", {"prefix": "DeleteBucket"}],
            "readOnly": [false],
        },
    });
    assert_eq!(rules[0].logical_id, "S3Rule");
    assert_eq!(rules[0].pattern, pattern);
    assert!(rules[0].state_enabled);
    let bus = "arn:aws:events:us-east-1:123456789012:event-bus/default";
    assert_eq!(rules[0].targets, ["S3Queue", bus]);
    assert_eq!(rules[0].dead_letters, ["S3DeadLetters"]);
    assert!(!rules[1].state_enabled);
    assert_eq!(rules[1].targets, ["NamedQueue"]);
}

#[test]
fn functions_have_their_environment_and_queues() {
    let functions = fixture("demarc").functions();
    let function = &functions[0];
    let environment: BTreeMap<_, _> = [
        ("SETTLE_SECONDS", "90"),
        ("SHARED", "own"),
        ("JOURNAL", "demarc-Journal"),
        ("JOURNAL_ARN", "arn:aws:dynamodb:us-east-1:123456789012:table/demarc-Journal"),
        ("QUEUE_URL", "http://local:1/123456789012/demarc-S3Queue"),
        ("PORTS", "22;3389"),
        ("FIRST_PORT", "22"),
        ("OWNER", "me ${literal} demarc-S3Queue"),
        ("HOME", "yes"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    assert_eq!(function.environment, environment);
    assert_eq!(function.handler, "bootstrap");
    assert_eq!(function.binary.as_deref(), Some("s3"));
    assert_eq!(function.memory_mib, 192);
    assert_eq!(function.timeout, Duration::from_secs(30));
    assert_eq!(function.url_auth, None);
    let [mapping] = function.queues.as_slice() else {
        panic!("{:?}", function.queues);
    };
    assert_eq!((mapping.queue.as_str(), mapping.batch_size), ("S3Queue", 5));
    assert!(mapping.report_batch_item_failures && mapping.enabled);
    assert_eq!(mapping.maximum_concurrency, Some(8));
    let statement = function.properties.pointer("/Policies/0/Statement/0/Condition");
    let condition = json!({"StringEquals": {"aws:ResourceAccount": "123456789012"}});
    assert_eq!(statement, Some(&condition));
    assert_eq!(functions[1].name, "operator");
    assert_eq!(functions[1].url_auth.as_deref(), Some("AWS_IAM"));
    assert_eq!(functions[1].environment["SHARED"], "global");
}

#[test]
fn tables_are_requests_of_create_table() {
    let tables = fixture("demarc").tables();
    let create = &tables[0].create;
    assert_eq!(create["TableName"], "demarc-Journal");
    assert_eq!(create["KeySchema"][1], json!({"AttributeName": "sk", "KeyType": "RANGE"}));
    assert_eq!(create["GlobalSecondaryIndexes"][0]["IndexName"], "due");
    let stream = json!({"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"});
    assert_eq!(create["StreamSpecification"], stream);
    assert!(create.get("TimeToLiveSpecification").is_none());
    assert_eq!(tables[0].time_to_live.as_deref(), Some("expires"));
}

#[test]
fn outputs_and_what_sam_makes_are_known() {
    let template = fixture("demarc");
    let role = "arn:aws:iam::123456789012:role/demarc-S3FunctionRole";
    assert_eq!(template.output("RoleArn"), Some(&json!(role)));
    assert_eq!(template.output("OperatorUrl"), Some(&json!("http://local:1/S3OperatorUrl/")));
}

#[test]
fn conditions_follow_parameters_and_region() {
    let away = Deployment { region: "eu-west-1".to_owned(), ..deployment("demarc") };
    let template = Template::parse(FIXTURE, &away).unwrap();
    assert!(template.resource("AwayQueue").is_some());
    assert_eq!(template.functions()[0].environment["HOME"], "no");
}

#[test]
fn mistakes_are_errors_that_name_them() {
    let mut unknown = deployment("demarc");
    unknown.parameters.insert("Typo".to_owned(), String::new());
    let resource = |text: &str| {
        format!("Resources:\n  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      X: {text}\n")
    };
    let cases = [
        (FIXTURE.to_owned(), Deployment::default(), "`Owner` has no default"),
        (FIXTURE.to_owned(), unknown, "no parameter `Typo`"),
        (resource("!Ref Nobody"), Deployment::default(), "`Nobody`"),
        (resource("!GetAtt Q.Color"), Deployment::default(), "`Q.Color`"),
        (resource("!Cidr [a, b]"), Deployment::default(), "`Fn::Cidr`"),
        (resource("!If [Nowhere, a, b]"), Deployment::default(), "`Nowhere`"),
        (resource("!Sub \"${Q\""), Deployment::default(), "not closed"),
        ("Resources: [".to_owned(), Deployment::default(), "no YAML"),
        ("Outputs: {}".to_owned(), Deployment::default(), "no resources"),
    ];
    for (text, deployment, expected) in cases {
        let error = Template::parse(&text, &deployment).unwrap_err().to_string();
        assert!(error.contains(expected), "{error} (expected {expected})");
    }
}
