//! The life of every control, written once.

use std::time::Duration;

use demarc_tests::lives::{self, Life};

use crate::support::{Lived, outcomes};

const HOUR: Duration = Duration::from_secs(3_600);

macro_rules! lifetimes {
    ($($name:ident: $control:literal,)+; advised: $($advised:ident: $advice:literal,)+) => {
        $(
            #[tokio::test]
            async fn $name() {
                whole_life($control).await;
            }
        )+
        $(
            #[tokio::test]
            async fn $advised() {
                advised_life($advice).await;
            }
        )+

        #[test]
        fn every_control_has_a_life() {
            use demarc_harness::remediation::controls::CATALOGUE;
            let lived = [$($control),+, $($advice),+];
            let catalogue: Vec<&str> = CATALOGUE.iter().map(|c| c.meta().id).collect();
            let mut missing = catalogue.iter().filter(|id| !lived.contains(id));
            assert_eq!(missing.next(), None, "has no life in this file");
        }
    };
}

lifetimes! {
    account_blocks_public_access: "s3.account-blocks-public-access",
    block_public_access: "s3.block-public-access",
    policy_grants_no_public_access: "s3.policy-grants-no-public-access",
    policy_grants_only_to_known_accounts: "s3.policy-grants-only-to-known-accounts",
    requires_tls: "s3.requires-tls",
    acl_grants_no_public_access: "s3.acl-grants-no-public-access",
    versioning: "s3.versioning",
    default_encryption_keeps_its_key: "s3.default-encryption-keeps-its-key",
    access_logging_on: "s3.access-logging-on",
    log_buckets_keep_their_objects: "s3.log-buckets-keep-their-objects",
    replicates_only_to_known_accounts: "s3.replicates-only-to-known-accounts",
    security_groups_close_admin_ports: "ec2.security-groups-close-admin-ports",
    security_groups_close_high_risk_ports: "ec2.security-groups-close-high-risk-ports",
    default_groups_let_nothing_in: "ec2.default-groups-let-nothing-in",
    default_groups_let_nothing_out: "ec2.default-groups-let-nothing-out",
    network_acls_close_admin_ports: "ec2.network-acls-close-admin-ports",
    instances_not_public: "rds.instances-not-public",
    vpc_flow_logs_on: "ec2.vpc-flow-logs-on",
    subnets_give_no_public_address: "ec2.subnets-give-no-public-address",
    snapshots_not_public: "ec2.snapshots-not-public",
    snapshots_shared_only_with_known_accounts: "ec2.snapshots-shared-only-with-known-accounts",
    images_not_public: "ec2.images-not-public",
    images_shared_only_with_known_accounts: "ec2.images-shared-only-with-known-accounts",
    ebs_volumes_encrypted_by_default: "ec2.ebs-volumes-encrypted-by-default",
    region_blocks_public_snapshots: "ec2.region-blocks-public-snapshots",
    region_blocks_public_images: "ec2.region-blocks-public-images",
    serial_console_off: "ec2.serial-console-off",
    new_instances_require_imdsv2: "ec2.new-instances-require-imdsv2",
    instances_require_imdsv2: "ec2.instances-require-imdsv2",
    transit_gateways_accept_nothing_unasked: "ec2.transit-gateways-accept-nothing-unasked",
    traffic_mirrored_only_to_known_accounts: "ec2.traffic-mirrored-only-to-known-accounts",
    passwords_are_strong: "iam.passwords-are-strong",
    roles_trust_only_known_accounts: "iam.roles-trust-only-known-accounts",
    users_have_no_administrator_policy: "iam.users-have-no-administrator-policy",
    roles_have_no_administrator_policy: "iam.roles-have-no-administrator-policy",
    groups_have_no_administrator_policy: "iam.groups-have-no-administrator-policy",
    users_have_no_full_access_inline_policy: "iam.users-have-no-full-access-inline-policy",
    roles_have_no_full_access_inline_policy: "iam.roles-have-no-full-access-inline-policy",
    groups_have_no_full_access_inline_policy: "iam.groups-have-no-full-access-inline-policy",
    policies_allow_not_everything: "iam.policies-allow-not-everything",
    access_keys_made_by_their_users: "iam.access-keys-made-by-their-users",
    console_passwords_given_on_purpose: "iam.console-passwords-given-on-purpose",
    console_users_have_mfa: "iam.console-users-have-mfa",
    users_keep_their_permissions_boundary: "iam.users-keep-their-permissions-boundary",
    roles_keep_their_permissions_boundary: "iam.roles-keep-their-permissions-boundary",
    trust_anchors_put_in_force_on_purpose: "iam.trust-anchors-put-in-force-on-purpose",
    roles_anywhere_profiles_put_in_force_on_purpose:
        "iam.roles-anywhere-profiles-put-in-force-on-purpose",
    ; advised:
    deleting_versions_needs_mfa: "s3.deleting-versions-needs-mfa",
    objects_have_a_lifecycle: "s3.objects-have-a-lifecycle",
    event_notifications_on: "s3.event-notifications-on",
}

fn life(control: &str) -> &'static dyn Life {
    let mut lives = lives::all().into_iter().chain(lives::advised());
    lives.find(|l| l.control() == control).unwrap()
}

/// Says what to do in each mode, and writes nothing in any.
async fn advised_life(control: &str) {
    let lived = Lived::start(life(control)).await;
    seen_compliant(&lived).await;
    let event = lived.violate().await;
    for mode in ["observe", "enforce"] {
        lived.stage.set_mode(control, mode).await.unwrap();
        let reports = lived.send(&event).await;
        assert_eq!(outcomes(&reports), ["advised"], "{mode}: {reports:#?}");
        assert!(!reports[0]["because"].as_str().unwrap().is_empty());
        assert!(lived.violated().await);
        assert_eq!(lived.writes(), [""; 0], "{mode}");
    }
}

async fn whole_life(control: &str) {
    let lived = Lived::start(life(control)).await;
    seen_compliant(&lived).await;
    observed(&lived).await;
    lived.stage.set_mode(control, "enforce").await.unwrap();
    let first = enforced(&lived).await;
    let plans = [first, again_later(&lived).await, again_much_later(&lived).await];
    assert!(plans[0] != plans[1] && plans[1] != plans[2], "a plan's id is used twice");
    undone(&lived, &plans[2]).await;
    undone_with_a_change_beside(&lived).await;
    undo_of_a_touched_element(&lived).await;
}

/// Compliant at first; a setting with a baseline is enrolled by it. Nothing is written.
async fn seen_compliant(lived: &Lived) {
    let reports = lived.own(lived.stage.send(&lived.request()).await.unwrap());
    assert_eq!(outcomes(&reports), ["compliant"], "{reports:#?}");
    assert_eq!(lived.writes(), [""; 0]);
}

/// Observe tells what it would do, and writes no resource.
async fn observed(lived: &Lived) {
    let event = lived.violate().await;
    let before = lived.snapshot().await;
    let reports = lived.send(&event).await;
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert!(!reports[0]["plan"]["delta"].as_array().unwrap().is_empty());
    assert_eq!(reports[0]["responsibility"], "customer");
    assert_eq!(lived.snapshot().await, before);
    assert_eq!(lived.writes(), [""; 0]);
}

async fn enforced(lived: &Lived) -> String {
    assert!(lived.violated().await);
    // The same change, delivered once more: the member that it names is the one that is gone.
    let event = lived.event(&lived.last_named());
    let plan = lived.remediated(&event).await;
    lived.cloud.proxy().clear_calls();
    let reports = lived.send(&event).await;
    assert_eq!(outcomes(&reports), ["compliant"], "{reports:#?}");
    assert_eq!(lived.writes(), [""; 0], "a second delivery wrote");
    plan
}

async fn again_later(lived: &Lived) -> String {
    lived.stage.clock.advance(Duration::from_secs(1));
    let event = lived.violate().await;
    lived.remediated(&event).await
}

async fn again_much_later(lived: &Lived) -> String {
    lived.stage.clock.advance(HOUR);
    let event = lived.violate().await;
    lived.remediated(&event).await
}

/// What an undo puts back is left alone for a day, and reported; then it is a violation again.
async fn undone(lived: &Lived, plan: &str) {
    let good = lived.snapshot().await;
    let (status, answer) = lived.undo(plan).await;
    assert_eq!(status, 200, "{answer:#}");
    assert!(lived.violated().await, "undone, and not back");
    lived.cloud.proxy().clear_calls();
    let reports = lived.own(lived.stage.send(&lived.request()).await.unwrap());
    assert_eq!(outcomes(&reports), ["skipped"], "{reports:#?}");
    assert!(reports[0]["because"].as_str().unwrap().contains("exempt"), "{reports:#?}");
    assert_eq!(lived.writes(), [""; 0]);
    let (status, answer) = lived.undo(plan).await;
    assert_eq!(status, 409, "undone twice: {answer:#}");
    lived.stage.clock.advance(25 * HOUR);
    lived.remediated(&lived.told()).await;
    assert_eq!(lived.snapshot().await, good);
}

async fn undone_with_a_change_beside(lived: &Lived) {
    let event = lived.violate().await;
    let plan = lived.remediated(&event).await;
    let is_possible = lived.life.change_beside(&lived.world, &lived.id).await.unwrap();
    let (status, answer) = lived.undo(&plan).await;
    assert_eq!(status, 200, "{answer:#}");
    assert!(lived.violated().await);
    let still = lived.life.has_change_beside(&lived.world, &lived.id).await.unwrap();
    assert_eq!(still, is_possible, "the undo took somebody else's change with it");
    lived.stage.clock.advance(25 * HOUR);
    lived.remediated(&lived.told()).await;
}

async fn undo_of_a_touched_element(lived: &Lived) {
    let event = lived.violate().await;
    let plan = lived.remediated(&event).await;
    lived.life.touch(&lived.world, &lived.id).await.unwrap();
    let touched = lived.snapshot().await;
    let (status, answer) = lived.undo(&plan).await;
    assert_eq!(status, 409, "{answer:#}");
    let message = answer["message"].as_str().unwrap();
    assert!(message.contains("has changed since"), "{message}");
    assert!(message.contains("expected") && message.contains("found"), "no difference: {message}");
    assert_eq!(lived.snapshot().await, touched);
}
