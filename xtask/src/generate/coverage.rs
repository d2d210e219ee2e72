//! For each control, which sources reach it, and in what it was proven.

use std::fmt::Write;

use demarc_remediation::{control::Meta, setting::Scope};

use super::{
    catalogue::controls,
    rules::{ACCESS_ANALYZER, GUARD_DUTY},
};

/// Controls of which moto has not every operation: the test set-up adds it
/// (`tests/src/local/moto_extension.py`).
const ADDED_TO_MOTO: [&str; 10] = [
    "s3.event-notifications-on",
    "ec2.traffic-mirrored-only-to-known-accounts",
    "iam.roles-anywhere-profiles-put-in-force-on-purpose",
    "iam.trust-anchors-put-in-force-on-purpose",
    "iam.users-keep-their-permissions-boundary",
    "s3.replicates-only-to-known-accounts",
    "ec2.region-blocks-public-snapshots",
    "ec2.region-blocks-public-images",
    "ec2.serial-console-off",
    "ec2.new-instances-require-imdsv2",
];

/// Controls of which MiniStack has not every operation, or not all that one does: the test set-up
/// adds it (`tests/src/local/ministack/extension.py`).
const ADDED_TO_MINISTACK: [&str; 16] = [
    "iam.console-users-have-mfa",
    "ec2.traffic-mirrored-only-to-known-accounts",
    "iam.roles-anywhere-profiles-put-in-force-on-purpose",
    "iam.trust-anchors-put-in-force-on-purpose",
    "ec2.instances-require-imdsv2",
    "ec2.network-acls-close-admin-ports",
    "ec2.transit-gateways-accept-nothing-unasked",
    "iam.policies-allow-not-everything",
    "s3.account-blocks-public-access",
    "s3.block-public-access",
    "ec2.snapshots-not-public",
    "ec2.ebs-volumes-encrypted-by-default",
    "ec2.region-blocks-public-snapshots",
    "ec2.region-blocks-public-images",
    "ec2.serial-console-off",
    "ec2.new-instances-require-imdsv2",
];

const INTRODUCTION: &str = "<!-- written by `cargo xtask generate` -->

# Coverage

What reaches each control, and in what it was proven. Nothing here ran on AWS.

Each control is judged case by case in unit tests. Its whole life (compliant, observed, put right, violated again, undone, undone beside a change of somebody else, and not undone over one) runs with the shipped SDK clients over HTTP against moto, as do faults of each kind at each call to its service. Where a control only advises, that life is shorter: compliant, violated, and told so in each mode. In MiniStack the deployed stack puts it right from an event on the bus, with the template's roles, of which each permission is taken away in turn. \"extended\" says that the emulator lacks a part of the service, and that the test set-up adds it: there the form of the calls is the SDK's, and the service's behaviour is our reading of its documentation.

Every control is also reached by the daily sweep and by a request by hand. A Security Hub finding reaches it by the control ids; an item of AWS Config by the type of its resource; a rule of AWS Config by the resource's type, or by its name for settings of an account or region.

| control | CloudTrail | Security Hub | AWS Config | GuardDuty | Access Analyzer | moto | MiniStack |
|---|---|---|---|---|---|---|---|
";

/// The page.
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for meta in controls() {
        // Writing to a string does not fail.
        let _ = writeln!(page, "{}", row(meta));
    }
    page
}

fn row(meta: &Meta) -> String {
    let kind = meta.setting.resource;
    let has = |is: bool| if is { "yes" } else { "-" };
    let events: Vec<String> =
        meta.setting.triggers.iter().map(|trigger| format!("`{}`", trigger.event)).collect();
    let ids = if meta.security_hub.is_empty() { "-".into() } else { meta.security_hub.join(", ") };
    let through = |added: &[&str]| if added.contains(&meta.id) { "extended" } else { "as it is" };
    [
        format!("| [{id}](controls/{id}.md)", id = meta.id),
        events.join(", "),
        ids,
        config(meta).to_owned(),
        has(GUARD_DUTY.iter().any(|(of, _)| *of == kind)).to_owned(),
        has(ACCESS_ANALYZER.contains(&kind)).to_owned(),
        through(&ADDED_TO_MOTO).to_owned(),
        format!("{} |", through(&ADDED_TO_MINISTACK)),
    ]
    .join(" | ")
}

fn config(meta: &Meta) -> &'static str {
    match meta.setting.scope {
        Scope::Resource => "items, rules",
        Scope::Global => "items",
        Scope::Account | Scope::Region if meta.security_hub.is_empty() => "-",
        Scope::Account | Scope::Region => "rules",
    }
}
