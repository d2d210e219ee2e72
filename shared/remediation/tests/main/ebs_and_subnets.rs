//! Controls of EBS, of images and of subnets, case by case.

use std::collections::BTreeSet;

use demarc_remediation::{
    classification::Change,
    settings::ec2::{
        ebs_encryption::EbsEncryption,
        network_use::{NetworkUse, SUBNET_USE},
        sharing::Shared,
        subnet_addresses::SubnetAddresses,
    },
    state::State,
    verdict::{Safety, Undo},
};

use serde_json::{Value, json};

use crate::support::{Scene, violation};

const SUBNETS: &str = "ec2.subnets-give-no-public-address";
const SNAPSHOTS: &str = "ec2.snapshots-not-public";
const IMAGES: &str = "ec2.images-not-public";
const ENCRYPTION: &str = "ec2.ebs-volumes-encrypted-by-default";

#[test]
fn a_subnet_with_network_interfaces_is_not_changed_lightly() {
    let gives = SubnetAddresses { map_public_ip_on_launch: true };
    let keeps = SubnetAddresses { map_public_ip_on_launch: false };
    assert!(Scene::default().judge(SUBNETS, &keeps).is_compliant());
    for (network_interfaces, expected) in [(0, Safety::Safe), (1, Safety::Disruptive)] {
        let scene = Scene::default().with(&SUBNET_USE, &NetworkUse { network_interfaces });
        let (desired, _, safety, undo) = violation(scene.judge(SUBNETS, &gives));
        assert_eq!((desired, safety, undo), (keeps, expected, Undo::Exact));
    }
}

#[test]
fn a_snapshot_stays_shared_with_the_accounts_that_it_names() {
    let accounts = BTreeSet::from(["111122223333".to_owned()]);
    let shared = Shared { is_public: false, accounts, ..Shared::default() };
    assert!(Scene::default().judge(SNAPSHOTS, &shared).is_compliant());
    let public = Shared { is_public: true, ..shared.clone() };
    let (desired, _, safety, undo) = violation(Scene::default().judge(SNAPSHOTS, &public));
    assert_eq!((desired, safety, undo), (shared.clone(), Safety::Disruptive, Undo::Exact));
    assert_eq!(Shared::from_elements(&public.elements()).unwrap(), public);
    let only_public = Shared { is_public: true, ..Shared::default() };
    assert_eq!(public.beyond(&shared), only_public);
}

#[test]
fn an_image_stays_shared_with_whom_it_names() {
    let accounts = BTreeSet::from(["111122223333".to_owned()]);
    let unit = "arn:aws:organizations::111122223333:ou/o-example/ou-example-1";
    let organizations = BTreeSet::from([unit.to_owned()]);
    let shared = Shared { is_public: false, accounts, organizations };
    assert!(Scene::default().judge(IMAGES, &shared).is_compliant());
    let public = Shared { is_public: true, ..shared.clone() };
    let (desired, _, safety, undo) = violation(Scene::default().judge(IMAGES, &public));
    assert_eq!((desired, safety, undo), (shared.clone(), Safety::Disruptive, Undo::Exact));
    assert_eq!(Shared::from_elements(&public.elements()).unwrap(), public);
    let only_public = Shared { is_public: true, ..Shared::default() };
    assert_eq!(public.beyond(&shared), only_public);
    assert_eq!(shared.beyond(&only_public), shared);
}

#[test]
fn encryption_is_safe_to_switch_on_where_it_was_on_until_now() {
    let (on, off) = (EbsEncryption { by_default: true }, EbsEncryption { by_default: false });
    assert!(Scene::default().judge(ENCRYPTION, &on).is_compliant());
    for (scene, expected) in [
        (Scene::default().after(&on), Safety::Safe),
        (Scene::default().after(&off), Safety::Disruptive),
        (Scene::default(), Safety::Disruptive),
    ] {
        let (desired, _, safety, undo) = violation(scene.judge(ENCRYPTION, &off));
        assert_eq!((desired, safety, undo), (on, expected, Undo::Exact));
    }
}

fn call(name: &str, request: Value) -> Change {
    let service = "ec2.amazonaws.com".to_owned();
    Change { service, name: name.to_owned(), request, ..Change::default() }
}

#[test]
fn a_reading_shows_what_the_call_did() {
    let given = |way: &str| {
        let everybody = json!({way: {"items": [{"group": "all"}]}});
        call("ModifySnapshotAttribute", json!({ "createVolumePermission": everybody }))
    };
    let (private, public) = (Shared::default(), Shared { is_public: true, ..Default::default() });
    assert!(public.shows(&given("add")) && !private.shows(&given("add")));
    assert!(private.shows(&given("remove")) && !public.shows(&given("remove")));
    let account = |way: &str| {
        let account = json!({way: {"items": [{"userId": "999988887777"}]}});
        call("ModifyImageAttribute", json!({ "launchPermission": account }))
    };
    let accounts = BTreeSet::from(["999988887777".to_owned()]);
    let shared = Shared { accounts, ..Shared::default() };
    assert!(shared.shows(&account("add")) && !private.shows(&account("add")));
    assert!(private.shows(&account("remove")) && !shared.shows(&account("remove")));

    let set =
        |on: bool| call("ModifySubnetAttribute", json!({"mapPublicIpOnLaunch": {"value": on}}));
    let gives = SubnetAddresses { map_public_ip_on_launch: true };
    assert!(gives.shows(&set(true)) && !gives.shows(&set(false)));
    assert!(gives.shows(&call("CreateSubnet", json!({"vpcId": "vpc-1"}))));

    let on = EbsEncryption { by_default: true };
    assert!(on.shows(&call("EnableEbsEncryptionByDefault", Value::Null)));
    assert!(!on.shows(&call("DisableEbsEncryptionByDefault", Value::Null)));
}
