//! Evidence of use, and what waits for a person because of it.

use demarc_remediation::{
    configuration::{Approval, Configuration, Enforcement, Mode},
    controls::{self, CATALOGUE},
    plan::{Bounds, Decision, fold},
    settings::{
        ec2::{
            network_use::{NetworkUse, SECURITY_GROUP_USE},
            security_group_rules::{Rule, Rules, Source},
        },
        s3::{
            bucket_exposure::{BUCKET_EXPOSURE, BucketExposure},
            bucket_website::{BUCKET_WEBSITE, BucketWebsite},
        },
    },
    state::State,
    verdict::{Evidence, Safety},
};

use crate::support::Scene;

const PORTS: &str = "ec2.security-groups-close-admin-ports";

fn evidence(control: &str, scene: &Scene) -> Evidence {
    controls::find(control).unwrap().evidence(&scene.context()).unwrap()
}

fn of_group(network_interfaces: u64) -> Scene {
    Scene::default().with(&SECURITY_GROUP_USE, &NetworkUse { network_interfaces })
}

#[test]
fn network_interfaces_tell_whether_a_security_group_is_in_use() {
    let unused = Evidence::Unused("no network interface has the group".to_owned());
    assert_eq!(evidence(PORTS, &of_group(0)), unused);
    let used = |text: &str| Evidence::Used(text.to_owned());
    assert_eq!(evidence(PORTS, &of_group(1)), used("a network interface has the group"));
    assert_eq!(evidence(PORTS, &of_group(7)), used("7 network interfaces have the group"));
}

/// Without a website configuration the objects may be read all the same.
#[test]
fn a_website_tells_that_a_bucket_is_in_use_and_none_tells_nothing() {
    let exposure =
        |website| BucketExposure { policy_is_public: true, acl_is_public: true, website };
    for website in [true, false] {
        let scene = Scene::default()
            .with(&BUCKET_EXPOSURE, &exposure(website))
            .with(&BUCKET_WEBSITE, &BucketWebsite { configured: website });
        for control in [
            "s3.block-public-access",
            "s3.policy-grants-no-public-access",
            "s3.acl-grants-no-public-access",
        ] {
            let found = evidence(control, &scene);
            assert_eq!(matches!(found, Evidence::Used(_)), website, "{control}: {found:?}");
            assert!(website || found == Evidence::NoneAvailable, "{control}: {found:?}");
        }
    }
}

/// Controls that look at the network interfaces, the members or the like of what they close.
const LOOKING: [&str; 9] = [
    PORTS,
    "ec2.default-groups-let-nothing-in",
    "ec2.default-groups-let-nothing-out",
    "ec2.network-acls-close-admin-ports",
    "ec2.security-groups-close-high-risk-ports",
    "ec2.subnets-give-no-public-address",
    "iam.groups-have-no-administrator-policy",
    "iam.groups-have-no-full-access-inline-policy",
    "iam.policies-allow-not-everything",
];

/// Nobody is told that something is not in use where nobody looked.
#[test]
fn only_what_was_looked_at_counts_as_unused() {
    for control in CATALOGUE {
        let found = control.evidence(&of_group(0).context()).unwrap();
        let is_unused = matches!(found, Evidence::Unused(_));
        let id = control.meta().id;
        assert_eq!(is_unused, LOOKING.contains(&id), "{id}: {found:?}");
    }
}

/// What becomes of an open port in a group that so many network interfaces have.
fn decided(approval: Approval, interfaces: u64) -> Decision {
    let enforcement =
        Enforcement { approval, ..Enforcement::new(Mode::Enforce, Safety::Disruptive) };
    let configuration = Configuration { default: Some(enforcement), ..Configuration::default() };
    let scene = Scene { configuration, ..of_group(interfaces) };
    let open = Source::Cidr4("0.0.0.0/0".to_owned());
    let state = Rules::of([Rule::new("tcp", (Some(22), Some(22)), open, None)]);
    let control = controls::find(PORTS).unwrap();
    let resource = scene.resource(control);
    let bounds = Bounds { exemptions: &[], now: 1, since: 1, approved: None, by_service: false };
    let mut folded = fold(&[control], &resource, &state.elements(), &scene.context(), bounds);
    folded.planned.remove(0).decision
}

#[test]
fn what_is_in_use_waits_where_the_configuration_says_so() {
    let waits = Decision::Approve("it is in use: 2 network interfaces have the group".to_owned());
    assert_eq!(decided(Approval::Never, 2), Decision::Apply);
    assert_eq!(decided(Approval::WhenUsed, 2), waits);
    assert_eq!(decided(Approval::UnlessUnused, 2), waits);
    for approval in [Approval::Never, Approval::WhenUsed, Approval::UnlessUnused] {
        assert_eq!(decided(approval, 0), Decision::Apply, "{approval:?}");
    }
}

#[test]
fn what_nobody_can_tell_waits_only_unless_it_is_known_to_be_unused() {
    let enforced = |approval| {
        let enforcement =
            Enforcement { approval, ..Enforcement::new(Mode::Enforce, Safety::Disruptive) };
        Configuration { default: Some(enforcement), ..Configuration::default() }
    };
    for (approval, control, applied) in [
        (Approval::WhenUsed, "rds.instances-not-public", true),
        (Approval::UnlessUnused, "rds.instances-not-public", false),
        (Approval::UnlessUnused, "s3.versioning", true),
    ] {
        let scene = Scene { configuration: enforced(approval), ..Scene::default() };
        let control = controls::find(control).unwrap();
        let state = match control.meta().setting.function {
            "rds" => demarc_remediation::settings::rds::PublicAccess { publicly_accessible: true }
                .elements(),
            _ => demarc_remediation::settings::s3::bucket_versioning::Versioning::default()
                .elements(),
        };
        let bounds =
            Bounds { exemptions: &[], now: 1, since: 1, approved: None, by_service: false };
        let resource = scene.resource(control);
        let folded = fold(&[control], &resource, &state, &scene.context(), bounds);
        assert_eq!(folded.applied().count() == 1, applied, "{approval:?}: {folded:#?}");
    }
}
