//! Controls that only say what a person should do.

use std::collections::{BTreeMap, BTreeSet};

use demarc_remediation::{
    settings::s3::{
        bucket_lifecycle::{BUCKET_LIFECYCLE, Lifecycle, Rule},
        bucket_notifications::{EVENT_BRIDGE, Notifications},
        bucket_versioning::{BUCKET_VERSIONING, MfaDelete, Status, Versioning},
    },
    verdict::Verdict,
};

use crate::support::Scene;

const NOTIFICATIONS: &str = "s3.event-notifications-on";
const LIFECYCLE: &str = "s3.objects-have-a-lifecycle";
const MFA_DELETE: &str = "s3.deleting-versions-needs-mfa";

fn advice<S: std::fmt::Debug>(verdict: Verdict<S>) -> String {
    match verdict {
        Verdict::Advise { steps } => steps,
        other => panic!("no advice: {other:?}"),
    }
}

fn lifecycle(status: &str) -> Lifecycle {
    let rule = Rule { status: status.to_owned(), ..Rule::default() };
    Lifecycle { rules: BTreeMap::from([("old".to_owned(), rule)]), ..Lifecycle::default() }
}

fn versioning(status: Status, mfa_delete: Option<MfaDelete>) -> Versioning {
    Versioning { status: Some(status), mfa_delete }
}

#[test]
fn a_bucket_that_tells_nobody_is_told_of() {
    let scene = Scene::default();
    let steps = advice(scene.judge(NOTIFICATIONS, &Notifications::default()));
    assert!(steps.contains("put-bucket-notification-configuration"), "{steps}");
    let bridge = Notifications(BTreeSet::from([EVENT_BRIDGE.to_owned()]));
    assert!(scene.judge(NOTIFICATIONS, &bridge).is_compliant());
}

#[test]
fn a_lifecycle_is_one_that_is_in_force() {
    let scene = Scene::default();
    for none in [Lifecycle::default(), lifecycle("Disabled")] {
        advice(scene.judge(LIFECYCLE, &none));
    }
    assert!(scene.judge(LIFECYCLE, &lifecycle("Enabled")).is_compliant());
    let versioned = scene.with(&BUCKET_VERSIONING, &versioning(Status::Enabled, None));
    let steps = advice(versioned.judge(LIFECYCLE, &Lifecycle::default()));
    assert!(steps.contains("former versions"), "{steps}");
}

/// S3 takes the one only without the other.
#[test]
fn mfa_delete_and_lifecycle_rules_excuse_each_other() {
    let enabled = versioning(Status::Enabled, Some(MfaDelete::Enabled));
    let scene = Scene::default().with(&BUCKET_VERSIONING, &enabled);
    assert!(scene.judge(LIFECYCLE, &Lifecycle::default()).is_compliant());
    assert!(scene.judge(MFA_DELETE, &enabled).is_compliant());
    let open = versioning(Status::Enabled, Some(MfaDelete::Disabled));
    let steps = advice(Scene::default().judge(MFA_DELETE, &open));
    assert!(steps.contains("root user") && steps.contains("--bucket sample"), "{steps}");
    let ruled = Scene::default().with(&BUCKET_LIFECYCLE, &lifecycle("Enabled"));
    assert!(ruled.judge(MFA_DELETE, &open).is_compliant());
    let idle = Scene::default().with(&BUCKET_LIFECYCLE, &lifecycle("Disabled"));
    advice(idle.judge(MFA_DELETE, &open));
    for unversioned in [Versioning::default(), versioning(Status::Suspended, None)] {
        assert!(Scene::default().judge(MFA_DELETE, &unversioned).is_compliant());
    }
}
