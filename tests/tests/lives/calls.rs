//! The calls that a control makes are those that it declares: its permissions are made from them.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_ec2::types::{AddPrefixListEntry, IpPermission, PrefixListId};
use demarc_harness::remediation::{
    controls::{SETTINGS, find, of_setting},
    setting::{Call, SettingMeta},
    settings::tags,
};
use demarc_tests::lives::{self, Life};
use serde_json::{Value, json};

use crate::support::Lived;

const DAY: Duration = Duration::from_secs(25 * 3_600);

macro_rules! calls {
    ($($name:ident: $control:literal, $more:path;)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                let lived = Lived::start(life($control)).await;
                let mut calls = usual(&lived).await;
                calls.extend($more(&lived).await);
                let declared = declared($control);
                let others = of_others(&lived);
                calls.retain(|call| declared.contains(call) || !others.contains(call));
                assert_eq!(calls, declared);
            }
        )+
    };
}

calls! {
    account_blocks_public_access: "s3.account-blocks-public-access", without_account_block;
    block_public_access: "s3.block-public-access", without_block;
    policy_grants_no_public_access: "s3.policy-grants-no-public-access", only_a_public_statement;
    policy_grants_only_to_known_accounts:
        "s3.policy-grants-only-to-known-accounts", only_a_stranger;
    requires_tls: "s3.requires-tls", without_policy;
    acl_grants_no_public_access: "s3.acl-grants-no-public-access", without_ownership;
    versioning: "s3.versioning", nothing_more;
    default_encryption_keeps_its_key: "s3.default-encryption-keeps-its-key", nothing_more;
    access_logging_on: "s3.access-logging-on", nothing_more;
    log_buckets_keep_their_objects: "s3.log-buckets-keep-their-objects", nothing_more;
    replicates_only_to_known_accounts: "s3.replicates-only-to-known-accounts", nothing_more;
    security_groups_close_admin_ports: "ec2.security-groups-close-admin-ports", with_prefix_list;
    security_groups_close_high_risk_ports:
        "ec2.security-groups-close-high-risk-ports", with_prefix_list_of_a_database;
    default_groups_let_nothing_in: "ec2.default-groups-let-nothing-in", with_inbound_prefix_list;
    default_groups_let_nothing_out: "ec2.default-groups-let-nothing-out", with_outbound_prefix_list;
    network_acls_close_admin_ports: "ec2.network-acls-close-admin-ports", nothing_more;
    instances_not_public: "rds.instances-not-public", nothing_more;
    vpc_flow_logs_on: "ec2.vpc-flow-logs-on", nothing_more;
    subnets_give_no_public_address: "ec2.subnets-give-no-public-address", nothing_more;
    snapshots_not_public: "ec2.snapshots-not-public", nothing_more;
    snapshots_shared_only_with_known_accounts:
        "ec2.snapshots-shared-only-with-known-accounts", nothing_more;
    images_not_public: "ec2.images-not-public", nothing_more;
    images_shared_only_with_known_accounts:
        "ec2.images-shared-only-with-known-accounts", nothing_more;
    ebs_volumes_encrypted_by_default: "ec2.ebs-volumes-encrypted-by-default", nothing_more;
    region_blocks_public_snapshots: "ec2.region-blocks-public-snapshots", nothing_more;
    region_blocks_public_images: "ec2.region-blocks-public-images", nothing_more;
    serial_console_off: "ec2.serial-console-off", nothing_more;
    new_instances_require_imdsv2: "ec2.new-instances-require-imdsv2", nothing_more;
    instances_require_imdsv2: "ec2.instances-require-imdsv2", nothing_more;
    transit_gateways_accept_nothing_unasked: "ec2.transit-gateways-accept-nothing-unasked", nothing_more;
    traffic_mirrored_only_to_known_accounts:
        "ec2.traffic-mirrored-only-to-known-accounts", nothing_more;
    passwords_are_strong: "iam.passwords-are-strong", without_password_policy;
    roles_trust_only_known_accounts: "iam.roles-trust-only-known-accounts", nothing_more;
    users_have_no_administrator_policy: "iam.users-have-no-administrator-policy", nothing_more;
    roles_have_no_administrator_policy: "iam.roles-have-no-administrator-policy", nothing_more;
    groups_have_no_administrator_policy: "iam.groups-have-no-administrator-policy", nothing_more;
    users_have_no_full_access_inline_policy:
        "iam.users-have-no-full-access-inline-policy", nothing_more;
    roles_have_no_full_access_inline_policy:
        "iam.roles-have-no-full-access-inline-policy", nothing_more;
    groups_have_no_full_access_inline_policy:
        "iam.groups-have-no-full-access-inline-policy", nothing_more;
    policies_allow_not_everything: "iam.policies-allow-not-everything", nothing_more;
    access_keys_made_by_their_users: "iam.access-keys-made-by-their-users", nothing_more;
    console_passwords_given_on_purpose: "iam.console-passwords-given-on-purpose", nothing_more;
    console_users_have_mfa: "iam.console-users-have-mfa", nothing_more;
    users_keep_their_permissions_boundary: "iam.users-keep-their-permissions-boundary", nothing_more;
    roles_keep_their_permissions_boundary: "iam.roles-keep-their-permissions-boundary", nothing_more;
    trust_anchors_put_in_force_on_purpose:
        "iam.trust-anchors-put-in-force-on-purpose", nothing_more;
    roles_anywhere_profiles_put_in_force_on_purpose:
        "iam.roles-anywhere-profiles-put-in-force-on-purpose", nothing_more;
}

/// The other controls of a setting that one only advises on have their own tests above.
#[tokio::test]
async fn what_nobody_writes_is_read_and_listed_as_declared() {
    for life in lives::advised() {
        let setting = find(life.control()).unwrap().meta().setting;
        if setting.closes.is_empty() {
            let lived = Lived::start(life).await;
            lived.violate().await;
            let mut calls = evaluated(&lived).await;
            calls.extend(asked(&lived, &json!({"scan": {"setting": setting.id}})).await);
            assert_eq!(calls, declared(life.control()));
        }
    }
}

/// What the controls never look at, and the mode may depend on.
#[tokio::test]
async fn tags_are_read_where_a_scope_asks_for_them() {
    const SCOPE: &str = "[[scopes]]\ntags = { environment = \"*\" }\nmode = \"enforce\"\n";
    for control in [
        "s3.versioning",
        "ec2.security-groups-close-admin-ports",
        "rds.instances-not-public",
        "ec2.vpc-flow-logs-on",
        "ec2.subnets-give-no-public-address",
        "ec2.snapshots-not-public",
        "iam.users-have-no-administrator-policy",
        "iam.roles-have-no-administrator-policy",
    ] {
        let lived = Lived::start(life(control)).await;
        let without = evaluated(&lived).await;
        lived.stage.configure(SCOPE).await.unwrap();
        let with = evaluated(&lived).await;
        let setting = find(control).unwrap().meta().setting;
        let tags = tags::of_kind(setting.resource).unwrap();
        let added: Vec<&String> = with.difference(&without).collect();
        let expected: Vec<&str> = tags.reads.iter().map(|call| call.operation).collect();
        assert_eq!(added, expected, "{control}");
    }
}

fn life(control: &str) -> &'static dyn Life {
    lives::all().into_iter().find(|l| l.control() == control).unwrap()
}

/// Every operation that the controls of the setting declare, themselves and through their context:
/// they are evaluated together.
fn declared(control: &str) -> BTreeSet<String> {
    let setting = find(control).unwrap().meta().setting;
    let together = of_setting(setting.id);
    let context = together.iter().flat_map(|c| c.meta().context).flat_map(|s| s.reads);
    let calls: Vec<&Call> = setting.calls().chain(context).collect();
    calls.into_iter().map(|call| call.operation.to_owned()).collect()
}

/// What other settings are read with that the same event is about.
fn of_others(lived: &Lived) -> BTreeSet<String> {
    let own = find(lived.life.control()).unwrap().meta().setting;
    let event = &lived.event(&lived.last_named())["detail"];
    let is_told = |setting: &&&SettingMeta| {
        setting.id != own.id
            && setting
                .triggers
                .iter()
                .any(|t| event["eventName"] == t.event && event["eventSource"] == t.source)
    };
    let told = SETTINGS.iter().filter(is_told);
    told.flat_map(|setting| setting.reads).map(|call| call.operation.to_owned()).collect()
}

/// Compliant, remediated, undone, listed.
async fn usual(lived: &Lived) -> BTreeSet<String> {
    let control = lived.life.control();
    lived.stage.set_mode(control, "enforce").await.unwrap();
    let mut calls = evaluated(lived).await;
    lived.violate().await;
    calls.extend(there_and_back(lived).await);
    let setting = find(control).unwrap().meta().setting.id;
    calls.extend(asked(lived, &json!({"scan": {"setting": setting}})).await);
    calls
}

/// Puts right what is wrong now, and takes it back.
async fn there_and_back(lived: &Lived) -> BTreeSet<String> {
    let reports = lived.stage.send(&lived.told()).await.unwrap();
    let mut calls = names(&reports);
    let own = lived.own(reports);
    let plan = own[0]["plan"]["id"].as_str().unwrap_or_else(|| panic!("{own:#?}"));
    calls.extend(asked(lived, &json!({"undo": {"plan": plan, "reason": "a test"}})).await);
    lived.stage.clock.advance(DAY);
    calls
}

async fn evaluated(lived: &Lived) -> BTreeSet<String> {
    names(&lived.stage.send(&lived.request()).await.unwrap())
}

async fn asked(lived: &Lived, request: &Value) -> BTreeSet<String> {
    let (status, answer) = lived.stage.ask(demarc_tests::stage::PERSON, request).await.unwrap();
    assert_eq!(status, 200, "{answer:#}");
    of_service(&answer["calls"])
}

/// The service's own calls, as the interceptor recorded them; the pipeline's are left out.
fn names(reports: &[Value]) -> BTreeSet<String> {
    reports.iter().flat_map(|report| of_service(&report["calls"])).collect()
}

fn of_service(calls: &Value) -> BTreeSet<String> {
    let calls = calls.as_array().into_iter().flatten().filter_map(Value::as_str);
    calls
        .filter(|c| !c.starts_with("dynamodb:") && !c.starts_with("sqs:"))
        .map(Into::into)
        .collect()
}

async fn nothing_more(_: &Lived) -> BTreeSet<String> {
    BTreeSet::new()
}

async fn without_block(lived: &Lived) -> BTreeSet<String> {
    lived.world.s3.delete_public_access_block().bucket(&lived.id).send().await.unwrap();
    there_and_back(lived).await
}

async fn without_account_block(lived: &Lived) -> BTreeSet<String> {
    let call = lived.world.s3control.delete_public_access_block().account_id(&lived.id);
    call.send().await.unwrap();
    there_and_back(lived).await
}

async fn only_a_public_statement(lived: &Lived) -> BTreeSet<String> {
    only_a_statement_for(lived, json!("*")).await
}

async fn only_a_stranger(lived: &Lived) -> BTreeSet<String> {
    only_a_statement_for(lived, json!({"AWS": "arn:aws:iam::999988887777:root"})).await
}

async fn only_a_statement_for(lived: &Lived, principal: Value) -> BTreeSet<String> {
    let statement = json!({
        "Sid": "Website", "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{}/*", lived.id),
    });
    lives::put_policy(&lived.world, &lived.id, &[statement]).await.unwrap();
    there_and_back(lived).await
}

async fn without_policy(lived: &Lived) -> BTreeSet<String> {
    lived.world.s3.delete_bucket_policy().bucket(&lived.id).send().await.unwrap();
    there_and_back(lived).await
}

async fn without_password_policy(lived: &Lived) -> BTreeSet<String> {
    lived.world.iam.delete_account_password_policy().send().await.unwrap();
    there_and_back(lived).await
}

async fn without_ownership(lived: &Lived) -> BTreeSet<String> {
    lived.violate().await;
    let call = lived.world.s3.delete_bucket_ownership_controls().bucket(&lived.id);
    call.send().await.unwrap();
    there_and_back(lived).await
}

async fn with_prefix_list(lived: &Lived) -> BTreeSet<String> {
    open_to_a_prefix_list(lived, 22).await
}

async fn with_prefix_list_of_a_database(lived: &Lived) -> BTreeSet<String> {
    open_to_a_prefix_list(lived, 5432).await
}

async fn with_inbound_prefix_list(lived: &Lived) -> BTreeSet<String> {
    open_to_a_prefix_list(lived, 443).await
}

async fn with_outbound_prefix_list(lived: &Lived) -> BTreeSet<String> {
    let permission = to_a_prefix_list(lived, 443).await;
    let call = lived.world.ec2.authorize_security_group_egress().group_id(&lived.id);
    call.ip_permissions(permission).send().await.unwrap();
    evaluated(lived).await
}

async fn open_to_a_prefix_list(lived: &Lived, port: i32) -> BTreeSet<String> {
    let permission = to_a_prefix_list(lived, port).await;
    let call = lived.world.ec2.authorize_security_group_ingress().group_id(&lived.id);
    call.ip_permissions(permission).send().await.unwrap();
    evaluated(lived).await
}

async fn to_a_prefix_list(lived: &Lived, port: i32) -> IpPermission {
    let entry = AddPrefixListEntry::builder().cidr("198.51.100.0/24").build();
    let list = lived
        .world
        .ec2
        .create_managed_prefix_list()
        .prefix_list_name("offices")
        .address_family("IPv4")
        .max_entries(5)
        .entries(entry)
        .send()
        .await
        .unwrap();
    let id = list.prefix_list().unwrap().prefix_list_id().unwrap().to_owned();
    IpPermission::builder()
        .ip_protocol("tcp")
        .from_port(port)
        .to_port(port)
        .prefix_list_ids(PrefixListId::builder().prefix_list_id(id).build())
        .build()
}
