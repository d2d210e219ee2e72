//! What holds for every control and every setting: a new one needs no test code.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use demarc_remediation::{
    classification::{Kind, Responsibility, demarcate},
    controls::{CATALOGUE, SETTINGS, find, of_setting},
    setting::Effect,
};

const HEADINGS: [&str; 4] =
    ["# What it does", "# Why it is yours", "# Safety", "# What undo restores"];

#[test]
fn ids_are_unique_and_start_with_their_function() {
    let mut seen = BTreeSet::new();
    for control in CATALOGUE {
        let meta = control.meta();
        assert!(seen.insert(meta.id), "twice: {}", meta.id);
        let (function, name) = meta.id.split_once('.').unwrap();
        assert_eq!(function, meta.setting.function, "{}", meta.id);
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.chars().all(is_plain), "{}", meta.id);
        assert_eq!(find(meta.id).unwrap().meta().id, meta.id);
    }
    for setting in SETTINGS {
        assert!(seen.insert(setting.id), "twice: {}", setting.id);
        assert_eq!(setting.id.split('.').next(), Some(setting.function), "{}", setting.id);
    }
}

#[test]
fn a_title_is_a_sentence_about_the_good_state() {
    for control in CATALOGUE {
        let title = control.meta().title;
        assert!(title.starts_with(|c: char| c.is_ascii_uppercase()), "{title}");
        assert!(title.split(' ').count() >= 4 && title.len() <= 72, "{title}");
        assert!(!title.contains("should") && !title.ends_with('.'), "{title}");
    }
}

#[test]
fn the_page_has_the_four_headings_in_their_order_and_text_below_each() {
    for control in CATALOGUE {
        let meta = control.meta();
        let lines: Vec<&str> = meta.doc.lines().map(str::trim).collect();
        let headings: Vec<&str> =
            lines.iter().copied().filter(|line| line.starts_with('#')).collect();
        assert_eq!(headings, HEADINGS, "{}", meta.id);
        for heading in HEADINGS {
            let at = lines.iter().position(|line| *line == heading).unwrap();
            let text = lines[at + 1..].iter().find(|line| !line.is_empty()).unwrap();
            assert!(!text.starts_with('#'), "{}: nothing below {heading}", meta.id);
        }
    }
}

#[test]
fn every_file_of_a_control_is_in_the_catalogue() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/controls");
    let listed: BTreeSet<PathBuf> = CATALOGUE
        .iter()
        .map(|control| {
            let (service, name) = control.meta().id.split_once('.').unwrap();
            root.join(service).join(name.replace('-', "_")).with_extension("rs")
        })
        .collect();
    let folders = fs::read_dir(&root).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_dir());
    let files: BTreeSet<PathBuf> = folders
        .flat_map(|folder| fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()))
        .filter(|path| path.file_name().is_some_and(|name| name != "mod.rs"))
        .collect();
    assert_eq!(files, listed);
}

#[test]
fn every_control_is_the_customers_to_put_right() {
    for control in CATALOGUE {
        let meta = control.meta();
        let (responsibility, kind) = demarcate(meta.model, meta.layer);
        assert!(
            responsibility == Responsibility::Customer || kind == Kind::SharedConfiguration,
            "{}: {responsibility:?}, {kind:?}",
            meta.id
        );
    }
}

/// What Security Hub has no control for.
const FOUND_BY_NONE: [&str; 23] = [
    "ec2.images-not-public",
    "ec2.images-shared-only-with-known-accounts",
    "ec2.new-instances-require-imdsv2",
    "ec2.region-blocks-public-images",
    "ec2.serial-console-off",
    "ec2.snapshots-shared-only-with-known-accounts",
    "ec2.traffic-mirrored-only-to-known-accounts",
    "iam.access-keys-made-by-their-users",
    "iam.console-passwords-given-on-purpose",
    "iam.groups-have-no-administrator-policy",
    "iam.groups-have-no-full-access-inline-policy",
    "iam.roles-anywhere-profiles-put-in-force-on-purpose",
    "iam.roles-have-no-administrator-policy",
    "iam.roles-have-no-full-access-inline-policy",
    "iam.roles-keep-their-permissions-boundary",
    "iam.roles-trust-only-known-accounts",
    "iam.trust-anchors-put-in-force-on-purpose",
    "iam.users-have-no-administrator-policy",
    "iam.users-have-no-full-access-inline-policy",
    "iam.users-keep-their-permissions-boundary",
    "s3.default-encryption-keeps-its-key",
    "s3.log-buckets-keep-their-objects",
    "s3.replicates-only-to-known-accounts",
];

#[test]
fn security_hub_controls_and_frameworks_are_named_as_aws_names_them() {
    for control in CATALOGUE {
        let meta = control.meta();
        let is_found = !FOUND_BY_NONE.contains(&meta.id);
        assert_eq!(!meta.security_hub.is_empty(), is_found, "{}", meta.id);
        assert_eq!(!meta.frameworks.is_empty(), is_found, "{}", meta.id);
        for id in meta.security_hub {
            let (service, number) = id.split_once('.').unwrap();
            assert!(number.parse::<u16>().is_ok(), "{id}");
            assert_eq!(service.to_ascii_lowercase(), meta.setting.function, "{id}");
        }
        assert!(meta.frameworks.is_sorted(), "{}: frameworks are not in order", meta.id);
    }
}

#[test]
fn settings_that_a_control_names_are_listed_and_judged_ones_have_calls_and_events() {
    let listed = |id: &str| SETTINGS.iter().any(|setting| setting.id == id);
    for control in CATALOGUE {
        let meta = control.meta();
        assert!(listed(meta.setting.id), "{}", meta.setting.id);
        assert!(meta.context.iter().all(|setting| listed(setting.id)), "{}", meta.id);
        let within = |id: &str| meta.context.iter().any(|setting| setting.id == id);
        assert!(meta.covered_by.iter().all(|setting| within(setting.id)), "{}", meta.id);
        let is_written = !meta.setting.closes.is_empty();
        assert!(is_written || control.only_advises(), "{}: nothing writes it", meta.id);
        assert!(!meta.setting.triggers.is_empty(), "{} has no events", meta.setting.id);
    }
    for setting in SETTINGS {
        assert!(!setting.reads.is_empty(), "{}", setting.id);
        let judged = of_setting(setting.id);
        let put_right = judged.iter().any(|control| !control.only_advises());
        let written = !setting.closes.is_empty() || !setting.reopens.is_empty();
        assert_eq!(put_right, written, "{}", setting.id);
        let is_unlisted = setting.scope.is_of_account() || judged.is_empty();
        assert_ne!(is_unlisted, !setting.lists.is_empty(), "{}: lists", setting.id);
    }
}

/// One setting may write less than another with the same call: its condition says so.
#[test]
fn a_call_has_the_same_permissions_everywhere() {
    let mut seen = BTreeMap::new();
    for call in SETTINGS.iter().flat_map(|setting| setting.calls()) {
        let (service, operation) = call.operation.split_once(':').unwrap();
        assert!(!service.is_empty() && operation.starts_with(|c: char| c.is_ascii_uppercase()));
        let whole = call.permissions.iter().map(|p| (p.action, p.resource)).collect::<Vec<_>>();
        assert_eq!(*seen.entry(call.operation).or_insert_with(|| whole.clone()), whole);
    }
}

/// A resource of `*` is for what has no other, and those are written down here.
#[test]
fn only_actions_without_resources_are_allowed_on_everything() {
    let expected = [
        "ec2:DescribeFlowLogs",
        "ec2:DescribeImages",
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSnapshots",
        "ec2:DescribeSubnets",
        "ec2:DescribeTags",
        "ec2:DescribeTrafficMirrorSessions",
        "ec2:DescribeTrafficMirrorTargets",
        "ec2:DescribeTransitGateways",
        "ec2:DescribeVpcs",
        "ec2:DisableEbsEncryptionByDefault",
        "ec2:DisableImageBlockPublicAccess",
        "ec2:DisableSerialConsoleAccess",
        "ec2:DisableSnapshotBlockPublicAccess",
        "ec2:EnableEbsEncryptionByDefault",
        "ec2:EnableImageBlockPublicAccess",
        "ec2:EnableSerialConsoleAccess",
        "ec2:EnableSnapshotBlockPublicAccess",
        "ec2:GetEbsEncryptionByDefault",
        "ec2:GetImageBlockPublicAccessState",
        "ec2:GetInstanceMetadataDefaults",
        "ec2:GetSerialConsoleAccessStatus",
        "ec2:GetSnapshotBlockPublicAccessState",
        "ec2:ModifyInstanceMetadataDefaults",
        "iam:DeleteAccountPasswordPolicy",
        "iam:GetAccountPasswordPolicy",
        "iam:ListGroups",
        "iam:ListPolicies",
        "iam:ListRoles",
        "iam:ListUsers",
        "iam:UpdateAccountPasswordPolicy",
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "rolesanywhere:ListProfiles",
        "rolesanywhere:ListTrustAnchors",
        "s3:GetAccountPublicAccessBlock",
        "s3:ListAllMyBuckets",
        "s3:PutAccountPublicAccessBlock",
    ];
    let calls = SETTINGS.iter().flat_map(|setting| setting.calls());
    let everything: BTreeSet<&str> = calls
        .flat_map(|call| call.permissions)
        .inspect(|permission| assert!(!permission.action.contains('*'), "{}", permission.action))
        .filter(|permission| permission.resource == "*")
        .map(|permission| permission.action)
        .collect();
    assert_eq!(everything.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn an_event_names_its_resource_unless_the_setting_is_the_accounts() {
    for setting in SETTINGS {
        for trigger in setting.triggers {
            let named = !trigger.names.is_empty();
            assert_eq!(named, !setting.scope.is_of_account(), "{}", trigger.event);
            let roots = ["requestParameters", "responseElements"];
            assert!(trigger.names.iter().all(|path| roots.contains(&path[0])), "{}", trigger.event);
            let member = matches!(trigger.effect, Effect::DeletesMember(_));
            assert!(!member || setting.baseline, "{}: a member of no baseline", trigger.event);
        }
    }
}

/// What a remediation cannot take back is said, in words that fit behind "not undone:".
#[test]
fn threat_26_every_control_says_what_outlives_its_remediation() {
    for control in CATALOGUE {
        let meta = control.meta();
        assert!(meta.outlives.split(' ').count() > 3, "{}", meta.id);
        let first = meta.outlives.chars().next().unwrap();
        assert!(first.is_ascii_lowercase() && !meta.outlives.ends_with('.'), "{}", meta.outlives);
    }
}
