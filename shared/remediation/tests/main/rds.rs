//! Controls of database instances, case by case.

use demarc_remediation::{
    settings::rds::PublicAccess,
    verdict::{Safety, Undo},
};

use crate::support::{Scene, violation};

#[test]
fn a_public_instance_loses_its_public_address() {
    const ID: &str = "rds.instances-not-public";
    let private = PublicAccess { publicly_accessible: false };
    assert!(Scene::default().judge(ID, &private).is_compliant());
    let public = PublicAccess { publicly_accessible: true };
    let (desired, _, safety, undo) = violation(Scene::default().judge(ID, &public));
    assert_eq!((desired, safety, undo), (private, Safety::Disruptive, Undo::Exact));
}
