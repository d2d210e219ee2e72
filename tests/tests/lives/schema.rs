//! Entries of the forms that releases wrote, as they lie in the journal, and of one that none did.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::PathBuf,
};

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use aws_smithy_types::base64;
use demarc_harness::remediation::journal::{SCHEMA, Stage};
use demarc_tests::{
    lives::{BucketBlock, Life},
    local::fault::{Effect, Fault},
};
use serde_json::{Value, json};

use crate::scene::{LEASE, Scene, deliver, outcomes};

type Item = HashMap<String, AttributeValue>;

const LIFE: &dyn Life = &BucketBlock;
/// The bucket of the stored entries.
const BUCKET: &str = "of-an-older-schema";

fn fixture(schema: u32) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/journal");
    PathBuf::from(folder).join(format!("schema-{schema}.json"))
}

fn to_json(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::B(bytes) => json!({"B": base64::encode(bytes.as_ref())}),
        AttributeValue::L(values) => json!({"L": values.iter().map(to_json).collect::<Vec<_>>()}),
        other => panic!("the journal has no {other:?}"),
    }
}

fn of_json(value: &Value) -> AttributeValue {
    let (kind, inner) = value.as_object().unwrap().iter().next().unwrap();
    let text = || inner.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text()),
        "N" => AttributeValue::N(text()),
        "B" => AttributeValue::B(Blob::new(base64::decode(text()).unwrap())),
        "L" => AttributeValue::L(inner.as_array().unwrap().iter().map(of_json).collect()),
        other => panic!("the journal has no {other}"),
    }
}

fn table(scene: &Scene) -> &str {
    &scene.stage.deployed.tables["JournalTable"]
}

/// What the journal holds, in the order of its keys.
async fn stored(scene: &Scene) -> Vec<Item> {
    let scan = scene.cloud.dynamodb().scan().table_name(table(scene)).consistent_read(true);
    let mut items = scan.send().await.unwrap().items.unwrap_or_default();
    items.sort_by_key(|item| (text(item, "pk"), text(item, "sk")));
    items
}

fn text(item: &Item, name: &str) -> String {
    item[name].as_s().unwrap().clone()
}

async fn store(scene: &Scene, item: Item) {
    let put = scene.cloud.dynamodb().put_item().table_name(table(scene)).set_item(Some(item));
    put.send().await.unwrap();
}

/// Run by hand before the form changes, so that the form that was is kept.
#[tokio::test]
#[ignore = "writes the fixture of today's schema"]
async fn the_fixture_is_written() {
    let scene = Scene::enforcing(&[LIFE.control()]).await;
    let (_, event) = scene.violated(LIFE, BUCKET).await;
    assert_eq!(outcomes(&scene.send(&event, LIFE.control()).await), ["remediated"]);
    let items: Vec<Value> = stored(&scene)
        .await
        .iter()
        .filter(|item| ["plan#", "setting#"].iter().any(|kind| text(item, "pk").starts_with(kind)))
        .map(|item| {
            let members: BTreeMap<_, _> =
                item.iter().map(|(n, value)| (n, to_json(value))).collect();
            json!(members)
        })
        .collect();
    fs::write(fixture(SCHEMA), format!("{:#}\n", json!(items))).unwrap();
}

#[test]
fn every_schema_that_was_written_has_its_fixture() {
    for schema in 1..=SCHEMA {
        assert!(fixture(schema).exists(), "no fixture of schema {schema}");
    }
}

/// A bucket as an older release left it, with its journal.
async fn left_by(scene: &Scene, schema: u32) -> (String, String, Value) {
    let items: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(fixture(schema)).unwrap()).unwrap();
    let id = LIFE.create(&scene.world, BUCKET).await.unwrap();
    assert!(!scene.is_violated(LIFE, &id).await);
    for item in &items {
        let item = item.as_object().unwrap().iter();
        store(scene, item.map(|(name, value)| (name.clone(), of_json(value))).collect()).await;
    }
    let [plan] = scene.in_force(LIFE, &id).await.try_into().unwrap();
    // The same bucket, violated as it was then, tells what the undo has to bring back.
    let (twin, _) = scene.violated(LIFE, "the-violation-of-then").await;
    let original = scene.snapshot(LIFE, &twin).await;
    (id, plan, original)
}

#[tokio::test]
async fn a_plan_of_an_older_schema_is_read_and_undone_and_the_setting_goes_on() {
    for schema in 1..=SCHEMA {
        let scene = Scene::enforcing(&[LIFE.control()]).await;
        let (id, plan, original) = left_by(&scene, schema).await;
        let found = &scene.plans(LIFE, &id).await[0];
        assert_eq!((found.entry.schema, found.stage()), (schema, Stage::Verified));
        let (status, answer) = scene.undo(&plan).await;
        assert_eq!(status, 200, "{answer:#}");
        assert_eq!(scene.snapshot(LIFE, &id).await, original);
        assert_eq!(scene.plans(LIFE, &id).await[1].undoes(), Some(plan.as_str()));
    }
}

/// A plan that a crash left open, and that says it is of the schema after ours; its form is none
/// that this release could read.
async fn open_and_newer(scene: &Scene, name: &str) -> (String, String, Value) {
    let (id, event) = scene.violated(LIFE, name).await;
    let read = "s3:GetPublicAccessBlock";
    scene.cloud.proxy().inject(Fault::always(read, Effect::Close).after(1));
    deliver(&scene.sandbox().await, &event).await.unwrap_err();
    scene.clear();
    scene.stage.clock.advance(LEASE);
    let [plan] = scene.head(LIFE, &id).await.open.try_into().unwrap();
    let key = format!("plan#{plan}");
    let mut item = stored(scene).await.into_iter().find(|item| text(item, "pk") == key).unwrap();
    let body = json!({"schema": SCHEMA + 1, "plans": [plan]}).to_string();
    item.insert("body".to_owned(), AttributeValue::B(Blob::new(packed(&body))));
    store(scene, item).await;
    (id, plan, event)
}

/// A zlib stream of one stored block: no compression, so that no library is needed.
fn packed(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in text.bytes() {
        a = (a + u32::from(byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(text.bytes());
    stream.extend(((b << 16) | a).to_be_bytes());
    stream
}

#[tokio::test]
async fn a_plan_of_a_newer_schema_is_refused_by_name_and_its_setting_is_not_written() {
    let scene = Scene::enforcing(&[LIFE.control()]).await;
    let (id, plan, event) = open_and_newer(&scene, "newer-schema").await;
    let before = stored(&scene).await;
    let said = |text: &str| text.contains(&plan) && text.contains("newer release");
    let error = deliver(&scene.stage.remediator, &event).await.unwrap_err();
    assert!(said(&error), "{error}");
    let error = deliver(&scene.sandbox().await, &json!({"settle": {}})).await.unwrap_err();
    assert!(said(&error), "{error}");
    let (status, answer) = scene.undo(&plan).await;
    assert_eq!(status, 409, "{answer:#}");
    assert!(said(answer["message"].as_str().unwrap()), "{answer:#}");
    assert_eq!(scene.writes(), [""; 0], "written in spite of what is not known");
    assert!(scene.is_violated(LIFE, &id).await);
    let changed = stored(&scene).await.into_iter().filter(|item| !before.contains(item));
    let changed: Vec<String> = changed.map(|item| text(&item, "pk")).collect();
    // A claim is counted on its actor's budget before it is refused; nothing else is stored.
    assert!(changed.iter().all(|pk| pk.starts_with("budget#")), "{changed:?}");
}

#[tokio::test]
async fn a_plan_that_cannot_be_finished_stands_in_no_others_way() {
    let scene = Scene::enforcing(&[LIFE.control()]).await;
    // The older one comes first in the settle pass.
    let (_, plan, _) = open_and_newer(&scene, "not-to-be-finished").await;
    let (id, event) = scene.violated(LIFE, "to-be-finished").await;
    let read = "s3:GetPublicAccessBlock";
    scene.cloud.proxy().inject(Fault::always(read, Effect::Close).after(1));
    deliver(&scene.sandbox().await, &event).await.unwrap_err();
    scene.clear();
    scene.stage.clock.advance(LEASE);
    let error = deliver(&scene.stage.remediator, &json!({"settle": {}})).await.unwrap_err();
    assert!(error.contains(&plan), "{error}");
    assert!(scene.head(LIFE, &id).await.open.is_empty(), "left open");
}
