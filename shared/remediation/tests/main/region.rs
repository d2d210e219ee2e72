//! Settings of a whole region, case by case.

use demarc_remediation::{
    classification::Change,
    settings::ec2::{
        metadata_defaults::{MetadataDefaults, Tokens},
        serial_console::SerialConsole,
        sharing_block::{Sharing, SharingBlock},
    },
    state::State,
    verdict::{Safety, Undo, Verdict},
};
use serde_json::{Value, json};

use crate::support::{Scene, violation};

const SNAPSHOTS: &str = "ec2.region-blocks-public-snapshots";
const IMAGES: &str = "ec2.region-blocks-public-images";
const CONSOLE: &str = "ec2.serial-console-off";
const METADATA: &str = "ec2.new-instances-require-imdsv2";

const fn block(state: Sharing) -> SharingBlock {
    SharingBlock { state, managed_by_policy: false }
}

const fn console(access: bool) -> SerialConsole {
    SerialConsole { access, managed_by_policy: false }
}

const fn metadata(http_tokens: Option<Tokens>) -> MetadataDefaults {
    MetadataDefaults { http_tokens, managed_by_policy: false }
}

/// Put right to `good`, safely only where it was good until now.
fn is_put_right<S: State>(control: &str, good: &S, bad: &S) {
    assert!(Scene::default().judge(control, good).is_compliant(), "{control}");
    for (scene, expected) in [
        (Scene::default().after(good), Safety::Safe),
        (Scene::default().after(bad), Safety::Disruptive),
        (Scene::default(), Safety::Disruptive),
    ] {
        let (desired, _, safety, undo) = violation(scene.judge(control, bad));
        assert_eq!((&desired, safety, undo), (good, expected, Undo::Exact), "{control}");
    }
}

#[test]
fn what_a_region_allows_is_safe_to_close_where_it_was_closed_until_now() {
    let (all, new) = (block(Sharing::BlockAllSharing), block(Sharing::BlockNewSharing));
    let unblocked = block(Sharing::Unblocked);
    is_put_right(SNAPSHOTS, &all, &unblocked);
    is_put_right(SNAPSHOTS, &all, &new);
    is_put_right(IMAGES, &new, &unblocked);
    is_put_right(CONSOLE, &console(false), &console(true));
    is_put_right(METADATA, &metadata(Some(Tokens::Required)), &metadata(Some(Tokens::Optional)));
    is_put_right(METADATA, &metadata(Some(Tokens::Required)), &metadata(None));
}

/// The account cannot change it: the organization's policy has to.
#[test]
fn what_a_declarative_policy_sets_is_advice() {
    let managed = SharingBlock { managed_by_policy: true, ..block(Sharing::Unblocked) };
    let open = SerialConsole { managed_by_policy: true, ..console(true) };
    let optional = MetadataDefaults { managed_by_policy: true, ..metadata(None) };
    let scene = Scene::default();
    assert!(matches!(scene.judge(SNAPSHOTS, &managed), Verdict::Advise { .. }));
    assert!(matches!(scene.judge(IMAGES, &managed), Verdict::Advise { .. }));
    assert!(matches!(scene.judge(CONSOLE, &open), Verdict::Advise { .. }));
    assert!(matches!(scene.judge(METADATA, &optional), Verdict::Advise { .. }));
}

#[test]
fn a_reading_shows_what_the_call_did() {
    let call = |name: &str, request: Value| Change {
        service: "ec2.amazonaws.com".to_owned(),
        name: name.to_owned(),
        request,
        ..Change::default()
    };
    let disabled = call("DisableSnapshotBlockPublicAccess", Value::Null);
    assert!(block(Sharing::Unblocked).shows(&disabled));
    assert!(!block(Sharing::BlockAllSharing).shows(&disabled));
    let enabled = call("EnableSerialConsoleAccess", Value::Null);
    assert!(console(true).shows(&enabled) && !console(false).shows(&enabled));
    for (said, tokens) in [
        ("required", Some(Tokens::Required)),
        ("optional", Some(Tokens::Optional)),
        ("no-preference", None),
    ] {
        let request = json!({"ModifyInstanceMetadataDefaultsRequest": {"HttpTokens": said}});
        let change = call("ModifyInstanceMetadataDefaults", request);
        for state in [Some(Tokens::Required), Some(Tokens::Optional), None] {
            assert_eq!(metadata(state).shows(&change), state == tokens, "{said}");
        }
    }
}
