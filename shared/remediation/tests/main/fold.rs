//! What a fold applies: modes, ceilings, exemptions.

use std::collections::BTreeSet;

use demarc_remediation::{
    classification::Actor,
    configuration::{Configuration, Enforcement, Mode},
    context::{Baseline, Context},
    controls,
    element::Elements,
    plan::{Bounds, Decision, ExemptElement, Finding, Folded, fold},
    settings::{
        ec2::security_group_rules::{Rule, Rules, Source},
        iam::roles_anywhere::Enabled,
        s3::{
            bucket_acl::{BUCKET_OWNER_ENFORCED, BucketAcl, Grant, Grantee},
            bucket_versioning::{Status, Versioning},
            public_access_block::PublicAccessBlock,
        },
    },
    state::State,
    verdict::Safety,
};

use crate::support::{Scene, violation};

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

fn enforced(ceiling: Safety) -> Scene {
    let default = Some(Enforcement::new(Mode::Enforce, ceiling));
    Scene {
        configuration: Configuration { default, ..Configuration::default() },
        ..Scene::default()
    }
}

fn folded(scene: &Scene, setting: &str, state: &impl State, bounds: Bounds<'_>) -> Folded {
    let controls = controls::of_setting(setting);
    let resource = scene.resource(controls[0]);
    fold(&controls, &resource, &state.elements(), &scene.context(), bounds)
}

fn nobody<'a>() -> Bounds<'a> {
    Bounds { exemptions: &[], now: 1_000, since: 1_000, approved: None, by_service: false }
}

fn acl(public: &[&str]) -> BucketAcl {
    let own = Grant {
        grantee: Grantee::CanonicalUser("owner".into()),
        permission: "FULL_CONTROL".into(),
    };
    let public = public.iter().map(|permission| Grant {
        grantee: Grantee::Group(ALL_USERS.into()),
        permission: (*permission).to_owned(),
    });
    let grants: BTreeSet<Grant> = std::iter::once(own).chain(public).collect();
    BucketAcl { owner: Some("owner".into()), ownership: Some("ObjectWriter".into()), grants }
}

fn exempt(id: &str, state: &Elements, until: u64) -> ExemptElement {
    ExemptElement {
        id: id.to_owned(),
        value: state.get(id).cloned(),
        until,
        owner: "olivia".into(),
        justification: "a website".into(),
    }
}

fn read_grant() -> String {
    format!("grant:group {ALL_USERS} READ")
}

#[test]
fn ownership_is_not_enforced_beside_an_exempt_grant() {
    let state = acl(&["READ", "WRITE"]);
    let exemptions = [exempt(&read_grant(), &state.elements(), 2_000)];
    let bounds = Bounds { exemptions: &exemptions, ..nobody() };
    let folded = folded(&enforced(Safety::Disruptive), "s3.bucket-acl", &state, bounds);
    let desired = BucketAcl::from_elements(&folded.desired).unwrap();
    assert_eq!(desired, acl(&["READ"]), "S3 takes no enforced ownership with a public grant");
}

#[test]
fn without_an_exemption_ownership_is_enforced() {
    let folded = folded(&enforced(Safety::Disruptive), "s3.bucket-acl", &acl(&["READ"]), nobody());
    let desired = BucketAcl::from_elements(&folded.desired).unwrap();
    assert_eq!(desired.ownership.as_deref(), Some(BUCKET_OWNER_ENFORCED));
}

/// The rule that would take a person is exempt: it does not make a person be waited for.
#[test]
fn what_an_exemption_leaves_is_as_safe_as_it_is_itself() {
    let rule = |from, to| {
        let world = Source::Cidr4("0.0.0.0/0".into());
        Rule::new("tcp", (Some(from), Some(to)), world, None)
    };
    let (ssh, everything) = (rule(22, 22), rule(0, 65_535));
    let state = Rules::of([ssh.clone(), everything.clone()]);
    let fold = |exemptions: &[ExemptElement]| {
        let bounds = Bounds { exemptions, ..nobody() };
        folded(&enforced(Safety::Safe), "ec2.security-group-ingress", &state, bounds)
    };
    assert!(matches!(fold(&[]).planned[0].decision, Decision::Approve(_)));

    let folded = fold(&[exempt(&everything.id(), &state.elements(), 2_000)]);
    let plan = &folded.planned[0];
    assert_eq!((&plan.decision, plan.safety), (&Decision::Apply, Safety::Safe), "{plan:?}");
    assert!(!plan.detail.contains(&everything.id()), "{}", plan.detail);
    assert_eq!(folded.desired, Rules::of([everything]).elements());

    let folded = fold(&[exempt(&ssh.id(), &state.elements(), 2_000)]);
    assert!(matches!(folded.planned[0].decision, Decision::Approve(_)));
}

#[test]
fn an_exemption_covers_its_own_content_until_its_end() {
    let suspended = Versioning { status: Some(Status::Suspended), mfa_delete: None };
    let elements = suspended.elements();
    for (exemption, is_exempt) in [
        (exempt("Status", &elements, 2_000), true),
        (exempt("Status", &elements, 1_000), false),
        (exempt("Status", &Versioning::default().elements(), 2_000), false),
        (exempt("MFADelete", &elements, 2_000), false),
    ] {
        let exemptions = [exemption];
        let bounds = Bounds { exemptions: &exemptions, ..nobody() };
        let folded = folded(&enforced(Safety::Safe), "s3.bucket-versioning", &suspended, bounds);
        let decision = &folded.planned[0].decision;
        assert_eq!(matches!(decision, Decision::Exempt(_)), is_exempt, "{exemptions:?}");
        assert_eq!(folded.desired == elements, is_exempt);
    }
}

#[test]
fn above_the_ceiling_it_waits_and_writes_nothing() {
    let state = acl(&["READ"]);
    let folded = folded(&enforced(Safety::Safe), "s3.bucket-acl", &state, nobody());
    assert!(matches!(folded.planned[0].decision, Decision::Approve(_)));
    assert_eq!(folded.desired, state.elements());
}

#[test]
fn what_an_aws_service_did_waits_where_it_may_break() {
    let bounds = Bounds { by_service: true, ..nobody() };
    let scene = enforced(Safety::Disruptive);
    let disruptive = folded(&scene, "s3.bucket-acl", &acl(&["READ"]), bounds);
    assert!(matches!(disruptive.planned[0].decision, Decision::Approve(_)));
    let safe = folded(&scene, "s3.bucket-versioning", &Versioning::default(), bounds);
    assert_eq!(safe.planned[0].decision, Decision::Apply);
}

#[test]
fn what_depends_on_who_did_it_waits_where_nothing_tells() {
    let mut scene = enforced(Safety::Disruptive);
    let new = Enabled { enabled: true };
    let decided = |scene: &Scene| {
        folded(scene, "iam.trust-anchor", &new, nobody()).planned.remove(0).decision
    };
    let waits = Decision::Approve("nothing tells who made the change".to_owned());
    assert_eq!(decided(&scene), waits);
    scene.actor = Some(Actor::default());
    assert_eq!(decided(&scene), Decision::Apply);
}

#[test]
fn in_its_grace_it_waits_and_afterwards_it_is_put_right() {
    let mut scene = enforced(Safety::Safe);
    let grace = Enforcement { grace_minutes: 30, ..scene.configuration.default.unwrap() };
    scene.configuration.default = Some(grace);
    let due = 1_000 + 30 * 60_000;
    let at = |now| {
        folded(&scene, "s3.bucket-versioning", &Versioning::default(), Bounds { now, ..nobody() })
    };
    let waiting = at(due - 1);
    assert_eq!(waiting.planned[0].decision, Decision::Wait(due));
    assert_eq!(waiting.desired, Versioning::default().elements());
    assert_eq!(at(due).planned[0].decision, Decision::Apply);
}

#[test]
fn a_change_freeze_writes_nothing_and_says_until_when_and_why() {
    let document = "[default]\nmode = \"enforce\"\n[[freezes]]\nfrom = \"1970-01-01T00:00:01Z\"\n\
                    until = \"1970-01-01T00:00:02Z\"\nreason = \"quarter end\"\n";
    let configuration = Configuration::parse(document, &[]).unwrap();
    let scene = Scene { configuration, ..Scene::default() };
    let state = Versioning::default();
    let frozen = folded(&scene, "s3.bucket-versioning", &state, nobody());
    let Decision::Approve(why) = &frozen.planned[0].decision else { panic!("{frozen:?}") };
    assert_eq!(why, "change freeze until 1970-01-01T00:00:02Z: quarter end");
    assert_eq!(frozen.desired, state.elements());
    let bounds = Bounds { now: 2_000, ..nobody() };
    assert_eq!(folded(&scene, "s3.bucket-versioning", &state, bounds).applied().count(), 1);
}

#[test]
fn a_scope_changes_the_mode_of_the_resources_that_it_covers() {
    let mut scene = enforced(Safety::Safe);
    let region = scene.resource(controls::of_setting("s3.bucket-versioning")[0]).region;
    let document = format!("[[scopes]]\nregions = [\"{region}\"]\nmode = \"observe\"\n");
    scene.configuration.scopes = Configuration::parse(&document, &[]).unwrap().scopes;
    let observed = folded(&scene, "s3.bucket-versioning", &Versioning::default(), nobody());
    assert_eq!(observed.planned[0].decision, Decision::Observe);
    scene.configuration.scopes[0].mode = Some(Mode::Off);
    let off = folded(&scene, "s3.bucket-versioning", &Versioning::default(), nobody());
    assert!(off.planned.is_empty() && off.findings.is_empty(), "{off:?}");
}

#[test]
fn what_is_approved_is_put_right_and_nothing_else() {
    let state = acl(&["READ"]);
    let waits = folded(&enforced(Safety::Safe), "s3.bucket-acl", &state, nobody());
    let delta = waits.planned[0].delta.clone();
    let approved = Bounds { approved: Some(&delta), ..nobody() };
    let applied = folded(&enforced(Safety::Safe), "s3.bucket-acl", &state, approved);
    assert_eq!(applied.planned[0].decision, Decision::Apply);
    assert_eq!(applied.desired, delta.apply(&state.elements()));
    // Somebody has opened more meanwhile: that is another plan.
    let more = acl(&["READ", "WRITE"]);
    let other = folded(&enforced(Safety::Safe), "s3.bucket-acl", &more, approved);
    assert!(matches!(other.planned[0].decision, Decision::Approve(_)), "{other:?}");
    assert_eq!(other.desired, more.elements());
    // An approval of a control that was set to observe since writes nothing.
    let mut scene = enforced(Safety::Safe);
    scene.configuration.default = Some(Enforcement::new(Mode::Observe, Safety::Safe));
    let observed = folded(&scene, "s3.bucket-acl", &state, approved);
    assert_eq!(observed.planned[0].decision, Decision::Observe);
}

#[test]
fn off_is_not_even_judged_and_observe_is_only_planned() {
    for (mode, planned) in [(Mode::Off, 0), (Mode::Observe, 1), (Mode::Approve, 1)] {
        let mut scene = enforced(Safety::Disruptive);
        scene.configuration.default = Some(Enforcement::new(mode, Safety::Disruptive));
        let folded = folded(&scene, "s3.bucket-acl", &acl(&["READ"]), nobody());
        assert_eq!(folded.planned.len(), planned, "{mode:?}");
        assert_eq!(folded.applied().count(), 0, "{mode:?}");
        assert!(folded.findings.iter().all(|(_, f)| !matches!(f, Finding::Compliant(_))));
    }
}

#[test]
fn a_block_that_was_off_for_long_is_not_safe_to_switch_on() {
    let good = PublicAccessBlock::FULL.elements();
    let scene = Scene::default();
    let observed = PublicAccessBlock::default();
    let control = controls::find("s3.account-blocks-public-access").unwrap();
    let safety = |baseline| {
        let context = Context {
            configuration: &scene.configuration,
            actor: None,
            made: &[],
            baseline,
            readings: &scene.readings,
        };
        let resource = scene.resource(control);
        violation(control.judge(&resource, &observed.elements(), &context).unwrap()).2
    };
    assert_eq!(safety(Baseline::Known(&good)), Safety::Safe);
    assert_eq!(safety(Baseline::Former(&good)), Safety::Disruptive);
    assert_eq!(safety(Baseline::Never), Safety::Disruptive);
}
