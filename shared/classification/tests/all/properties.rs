//! What holds for every event, over random ones.

use std::fs;
use std::path::Path;

use crate::checks::survive;
use demarc_classification::{Classification, Identities, Input, classify, inputs};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

/// Every sample event of the repository.
fn seeds() -> Vec<Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let mut seeds = Vec::new();
    for folder in ["cloudtrail", "findings", "requests"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            seeds.push(serde_json::from_str(&text).unwrap());
        }
    }
    seeds.sort_by_key(Value::to_string);
    seeds
}

fn seed() -> impl Strategy<Value = Value> {
    prop::sample::select(seeds())
}

fn changes() -> impl Strategy<Value = Value> {
    let is_change = |event: &Value| event.pointer("/detail/eventName").is_some();
    prop::sample::select(seeds().into_iter().filter(is_change).collect::<Vec<_>>())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9:/*._-]{0,20}",
        any::<String>(),
        prop::sample::select(vec![
            "aws.s3",
            "arn:aws:iam::123456789012:role/x",
            "true",
            "AWS::S3::Bucket",
            "null",
            "{}",
            "\u{1b}[31m",
            "a\u{202e}b",
            "S3.8",
            "security-control/S3.8",
            "ACTIVE",
        ])
        .prop_map(str::to_owned),
    ]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ]
}

fn anything() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((text(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// JSON pointers to every place in a value.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let step = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(n, v)| places(v, &step(&n.to_string()), found));
        }
        Value::Object(object) => object.iter().for_each(|(k, v)| places(v, &step(k), found)),
        _ => {}
    }
}

/// The event with a value of its put in another's place.
fn mutated(mut event: Value, changes: &[(Index, Value)]) -> Value {
    for (index, value) in changes {
        let mut found = Vec::new();
        places(&event, "", &mut found);
        *event.pointer_mut(index.get(&found).as_str()).unwrap() = value.clone();
    }
    event
}

/// The same value with every object's members in the opposite order.
fn turned(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(turned).collect(),
        Value::Object(object) => {
            let members: Map<String, Value> =
                object.iter().rev().map(|(k, v)| (k.clone(), turned(v))).collect();
            Value::Object(members)
        }
        other => other.clone(),
    }
}

fn decide(event: &Value) -> Vec<Option<Classification>> {
    inputs(event.to_string().as_bytes())
        .into_iter()
        .map(|input| input.ok().map(|input| classify(&input, &Identities::default())))
        .collect()
}

fn ours() -> Identities {
    Identities { account: "123456789012".to_owned(), ..Identities::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_json_is_read_or_refused(value in anything()) {
        survive(value.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        survive(&bytes);
    }

    #[test]
    fn an_event_with_anything_in_it_is_read_or_refused(
        event in seed(),
        changes in prop::collection::vec((any::<Index>(), anything()), 1..4),
    ) {
        survive(mutated(event, &changes).to_string().as_bytes());
    }

    #[test]
    fn every_place_that_is_named_is_there(event in seed(), wrapped in any::<bool>()) {
        let document = if wrapped { json!([event, event]) } else { event };
        for (located, _) in survive(document.to_string().as_bytes()) {
            prop_assert!(document.pointer(&located.pointer).is_some(), "{}", located.pointer);
        }
    }

    #[test]
    fn the_order_of_members_does_not_matter(
        event in seed(),
        changes in prop::collection::vec((any::<Index>(), leaf()), 0..3),
    ) {
        let event = mutated(event, &changes);
        prop_assert_eq!(decide(&event), decide(&turned(&event)));
    }

    #[test]
    fn a_wrapper_changes_nothing(event in seed()) {
        let plain = decide(&event);
        let body = event.to_string();
        let queue = json!({"Records": [{"messageId": "1", "eventSource": "aws:sqs", "body": body}]});
        let topic = json!({"Type": "Notification", "Message": body});
        prop_assert_eq!(&decide(&queue), &plain);
        prop_assert_eq!(&decide(&topic), &plain);
    }

    #[test]
    fn the_actors_own_words_decide_nothing(
        event in changes(),
        agent in text(),
        session in "[a-zA-Z0-9=,.@-]{1,30}",
        tag in text(),
    ) {
        let mut told = event.clone();
        told["detail"]["userAgent"] = json!(agent);
        told["detail"]["sourceIPAddress"] = json!(agent);
        told["detail"]["tlsDetails"] = json!({"clientProvidedHostHeader": tag});
        told["detail"]["userIdentity"]["userName"] = json!(tag);
        told["detail"]["userIdentity"]["sessionContext"]["attributes"] = json!({"x": tag});
        if let Some(parameters) = told["detail"]["requestParameters"].as_object_mut() {
            parameters.insert("tags".to_owned(), json!([{"key": "demarc:exempt", "value": tag}]));
        }
        if let Some(arn) = told["detail"]["userIdentity"]["arn"].as_str()
            && let Some((role, _)) = arn.rsplit_once('/')
            && arn.contains(":assumed-role/")
        {
            told["detail"]["userIdentity"]["arn"] = json!(format!("{role}/{session}"));
        }
        prop_assert_eq!(decide(&told), decide(&event));
    }

    #[test]
    fn what_failed_or_is_anothers_is_never_writable(event in changes(), code in "[A-Za-z.]{1,40}") {
        let mut failed = event.clone();
        failed["detail"]["errorCode"] = json!(code);
        for found in decide(&failed).into_iter().flatten() {
            prop_assert!(!found.writable());
        }
        let other = event.to_string().replace("123456789012", "210987654321");
        for input in inputs(other.as_bytes()).into_iter().flatten() {
            prop_assert!(!classify(&input, &ours()).writable());
        }
    }

    #[test]
    fn a_product_that_is_not_awss_is_never_writable(event in seed(), company in "[a-z0-9]{1,12}") {
        prop_assume!(company != "aws");
        let forged = event
            .to_string()
            .replace("::product/aws/", &format!("::product/{company}/"))
            .replace("::productv2/aws/", &format!("::productv2/{company}/"));
        for input in inputs(forged.as_bytes()).into_iter().flatten() {
            if let Input::Finding(finding) = &input && finding.product.is_some() {
                prop_assert!(!classify(&input, &ours()).writable());
            }
        }
    }

    #[test]
    fn threat_23_secrets_are_never_kept(
        event in changes(),
        depth in 0_usize..6,
        name in prop::sample::select(vec![
            "sessionToken", "SecretAccessKey", "masterUserPassword", "x-amz-security-token",
            "secretString", "privateKey", "userData",
        ]),
        response in any::<bool>(),
    ) {
        let mut value = json!({ name: "SECRET-VALUE" });
        for level in 0..depth {
            value = if level % 2 == 0 { json!({ "inner": value }) } else { json!([value]) };
        }
        let mut event = event;
        let side = if response { "responseElements" } else { "requestParameters" };
        event["detail"][side] = json!({ "more": value });
        let kept = serde_json::to_string(&inputs(event.to_string().as_bytes())[0]).unwrap();
        prop_assert!(!kept.contains("SECRET-VALUE"), "{}", kept);
    }
}
