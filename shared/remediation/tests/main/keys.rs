//! Access keys, console passwords, managed policies, permissions boundaries and IAM Roles Anywhere.

use std::collections::{BTreeMap, BTreeSet};

use demarc_remediation::{
    classification::{Actor, ActorKind, Change},
    settings::iam::{
        access_keys::{AccessKeys, Status},
        boundaries::Boundary,
        managed_policy::{MANAGED_POLICY_USE, ManagedPolicy, ManagedPolicyUse},
        roles_anywhere::Enabled,
        user_console::Console,
    },
    state::State,
    verdict::{Safety, Undo, Verdict},
};
use serde_json::{Value, json};

use crate::support::{Scene, violation};

const KEYS: &str = "iam.access-keys-made-by-their-users";
const POLICIES: &str = "iam.policies-allow-not-everything";
const BOUNDARIES: [&str; 2] =
    ["iam.users-keep-their-permissions-boundary", "iam.roles-keep-their-permissions-boundary"];

fn keys<const N: usize>(keys: [(&str, Status); N]) -> AccessKeys {
    AccessKeys(keys.into_iter().map(|(id, status)| (id.to_owned(), status)).collect())
}

fn by(arn: &str) -> Option<Actor> {
    let kind = if arn.contains(":user/") { ActorKind::User } else { ActorKind::Role };
    Some(Actor { kind, arn: Some(arn.to_owned()), ..Actor::default() })
}

#[test]
fn a_key_that_somebody_else_made_is_deactivated_and_no_other() {
    use Status::{Active, Inactive};
    let before = keys([("AKIAOLD", Active)]);
    let observed = keys([("AKIANEW", Active), ("AKIAOLD", Active)]);
    for (actor, name) in [
        (by("arn:aws:iam::123456789012:user/mallory"), "mallory"),
        (by("arn:aws:iam::999999999999:user/sample"), "user/sample"),
        (by("arn:aws:sts::123456789012:assumed-role/sample/sample"), "assumed-role"),
        (None, "not known"),
    ] {
        let scene = Scene { actor, ..Scene::default() }.after(&before);
        let (desired, detail, safety, undo) = violation(scene.judge(KEYS, &observed));
        assert_eq!(desired, keys([("AKIANEW", Inactive), ("AKIAOLD", Active)]));
        assert!(detail.contains(name) && detail.contains("AKIANEW"), "{detail}");
        assert!(!detail.contains("AKIAOLD"), "{detail}");
        assert_eq!((safety, undo), (Safety::Disruptive, Undo::Exact));
    }
}

#[test]
fn a_key_of_the_users_own_stays() {
    let observed = keys([("AKIANEW", Status::Active)]);
    let own = by("arn:aws:iam::123456789012:user/people/sample");
    let own = Scene { actor: own, made: vec!["AKIANEW".to_owned()], ..Scene::default() };
    assert!(own.judge(KEYS, &observed).is_compliant());
    let stranger = by("arn:aws:iam::123456789012:user/mallory");
    let scene = Scene { actor: stranger, ..Scene::default() };
    assert!(scene.clone().after(&observed).judge(KEYS, &observed).is_compliant());
    assert!(scene.judge(KEYS, &keys([("AKIANEW", Status::Inactive)])).is_compliant());
}

/// Whoever made a key for the user acts as the user with it.
#[test]
fn what_the_user_does_makes_no_key_good_that_it_did_not_make() {
    use Status::{Active, Inactive};
    let own = by("arn:aws:iam::123456789012:user/sample");
    let own = Scene { actor: own, ..Scene::default() };
    let mallorys = keys([("AKIANEW", Active)]);
    let (desired, detail, ..) = violation(own.judge(KEYS, &mallorys));
    assert_eq!(desired, keys([("AKIANEW", Inactive)]), "told nothing of by an event of the user");
    assert!(detail.contains("by somebody else before"), "{detail}");
    let second = Scene { made: vec!["AKIASECOND".to_owned()], ..own.clone() };
    let both = keys([("AKIANEW", Active), ("AKIASECOND", Active)]);
    let neither = keys([("AKIANEW", Inactive), ("AKIASECOND", Inactive)]);
    assert_eq!(violation(second.judge(KEYS, &both)).0, neither);
    let again = own.after(&keys([("AKIAOLD", Inactive)]));
    assert!(again.judge(KEYS, &keys([("AKIAOLD", Active)])).is_compliant(), "its own old one");
}

#[test]
fn a_key_that_is_active_again_is_new() {
    let before = keys([("AKIAOLD", Status::Inactive)]);
    let observed = keys([("AKIAOLD", Status::Active)]);
    let actor = by("arn:aws:iam::123456789012:user/mallory");
    let scene = Scene { actor, ..Scene::default() }.after(&before);
    assert_eq!(violation(scene.judge(KEYS, &observed)).0, before);
}

#[test]
fn keys_of_the_first_sweep_are_the_users_own() {
    let observed = keys([("AKIANEW", Status::Active)]);
    let first = Scene { enrolling: true, ..Scene::default() };
    assert!(first.judge(KEYS, &observed).is_compliant());
    let changed = Scene { actor: by("arn:aws:iam::123456789012:user/mallory"), ..first };
    assert!(matches!(changed.judge(KEYS, &observed), Verdict::Undecidable { .. }));
}

fn full() -> Value {
    json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
}

fn limited(action: &str) -> Value {
    json!({"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})
}

fn policy<const N: usize>(default: &str, versions: [(&str, Value); N]) -> ManagedPolicy {
    let versions = versions.into_iter().map(|(id, document)| (id.to_owned(), document));
    ManagedPolicy { default: default.to_owned(), versions: versions.collect() }
}

#[test]
fn the_newest_version_that_allows_less_is_put_in_force() {
    let versions = [
        ("v2", limited("s3:GetObject")),
        ("v9", limited("s3:ListBucket")),
        ("v10", full()),
        ("v11", full()),
    ];
    let observed = policy("v11", versions.clone());
    let (desired, detail, safety, undo) = violation(Scene::default().judge(POLICIES, &observed));
    assert_eq!(desired, policy("v9", versions.clone()));
    assert!(detail.contains("s3:ListBucket") && !detail.contains("s3:GetObject"), "{detail}");
    assert_eq!((safety, undo), (Safety::Safe, Undo::Exact));
    let used = ManagedPolicyUse(BTreeSet::from(["user alice".to_owned()]));
    let scene = Scene::default().with(&MANAGED_POLICY_USE, &used);
    assert_eq!(violation(scene.judge(POLICIES, &observed)).2, Safety::Disruptive);
    assert!(Scene::default().judge(POLICIES, &policy("v2", versions)).is_compliant());
}

#[test]
fn what_only_administrators_have_is_left_alone() {
    let observed = policy("v2", [("v1", limited("s3:*")), ("v2", full())]);
    let used = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned());
        let mut scene =
            Scene::default().with(&MANAGED_POLICY_USE, &ManagedPolicyUse(names.collect()));
        scene.configuration.administrators.users.push("alice".to_owned());
        scene.configuration.administrators.roles.push("admins".to_owned());
        scene.configuration.administrators.groups.push("staff".to_owned());
        scene.judge(POLICIES, &observed)
    };
    assert!(used(&["user alice", "role admins", "group staff"]).is_compliant());
    for others in [&["user alice", "user bob"][..], &["role alice"], &["group admins"], &[]] {
        assert!(used(others).is_violation(), "{others:?}");
    }
}

#[test]
fn where_every_version_allows_everything_a_person_acts() {
    let used = ManagedPolicyUse(BTreeSet::from(["user alice".to_owned(), "role ci".to_owned()]));
    let scene = Scene::default().with(&MANAGED_POLICY_USE, &used);
    let verdict = scene.judge(POLICIES, &policy("v2", [("v1", full()), ("v2", full())]));
    let Verdict::Advise { steps } = verdict else { panic!("{verdict:?}") };
    assert!(steps.contains("role ci, user alice"), "{steps}");
    let unread = Scene::default().judge(POLICIES, &policy("v2", [("v1", full())]));
    assert!(matches!(unread, Verdict::Undecidable { .. }), "{unread:?}");
}

#[test]
fn a_reading_shows_the_version_that_was_made_and_put_in_force() {
    let state = policy("v1", [("v1", full()), ("v2", full())]);
    let made = |id: &str| Change {
        name: "CreatePolicyVersion".to_owned(),
        response: json!({"policyVersion": {"versionId": id}}),
        ..Change::default()
    };
    let set = |id: &str| Change {
        name: "SetDefaultPolicyVersion".to_owned(),
        request: json!({"versionId": id}),
        ..Change::default()
    };
    assert!(state.shows(&made("v2")) && !state.shows(&made("v3")));
    assert!(state.shows(&set("v1")) && !state.shows(&set("v2")));
}

fn boundary(policy: &str) -> Boundary {
    Boundary { policy: Some(policy.to_owned()) }
}

const DEVELOPERS: &str = "arn:aws:iam::123456789012:policy/developers";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[test]
fn a_boundary_that_was_taken_away_is_put_back() {
    for control in BOUNDARIES {
        let scene = Scene::default().after(&boundary(DEVELOPERS));
        for gone in [Boundary::default(), boundary(ADMINISTRATOR)] {
            let (desired, detail, safety, undo) = violation(scene.judge(control, &gone));
            assert_eq!((desired, safety), (boundary(DEVELOPERS), Safety::Safe));
            assert!(detail.contains(DEVELOPERS) && undo == Undo::Exact, "{detail}");
        }
        let other = boundary("arn:aws:iam::123456789012:policy/testers");
        assert!(scene.judge(control, &other).is_compliant());
        assert!(Scene::default().judge(control, &Boundary::default()).is_compliant());
        let none = Scene::default().after(&boundary(ADMINISTRATOR));
        assert!(none.judge(control, &Boundary::default()).is_compliant());
        let enrolling = Scene { enrolling: true, ..Scene::default() };
        let verdict = enrolling.judge(control, &Boundary::default());
        assert!(matches!(verdict, Verdict::Undecidable { .. }), "{verdict:?}");
    }
}

#[test]
fn a_reading_shows_the_boundary_that_was_put_or_taken() {
    let put = Change {
        name: "PutUserPermissionsBoundary".to_owned(),
        request: json!({"userName": "alice", "permissionsBoundary": DEVELOPERS}),
        ..Change::default()
    };
    assert!(boundary(DEVELOPERS).shows(&put) && !Boundary::default().shows(&put));
    let taken = Change { request: json!({"userName": "alice"}), ..put };
    assert!(!boundary(DEVELOPERS).shows(&taken) && Boundary::default().shows(&taken));
}

#[test]
fn elements_there_and_back() {
    let keys = keys([("AKIA1", Status::Active), ("AKIA2", Status::Inactive)]);
    assert_eq!(AccessKeys::from_elements(&keys.elements()), Ok(keys));
    let policy = policy("v1", [("v1", limited("s3:*"))]);
    assert_eq!(ManagedPolicy::from_elements(&policy.elements()), Ok(policy));
    assert!(ManagedPolicy::from_elements(&BTreeMap::new().into_iter().collect()).is_err());
}

const ANYWHERE: [&str; 2] = [
    "iam.trust-anchors-put-in-force-on-purpose",
    "iam.roles-anywhere-profiles-put-in-force-on-purpose",
];

#[test]
fn a_part_of_roles_anywhere_that_is_newly_in_force_is_disabled() {
    let [on, off] = [true, false].map(|enabled| Enabled { enabled });
    for control in ANYWHERE {
        let mallory = by("arn:aws:iam::123456789012:user/mallory");
        let scene = Scene { actor: mallory, ..Scene::default() };
        for scene in [scene.clone(), scene.clone().after(&off), Scene::default()] {
            let (desired, detail, safety, undo) = violation(scene.judge(control, &on));
            assert_eq!((desired, safety, undo), (off, Safety::Disruptive, Undo::Exact));
            assert!(detail.starts_with("put in force by "), "{detail}");
        }
        assert!(scene.judge(control, &off).is_compliant());
        assert!(scene.clone().after(&on).judge(control, &on).is_compliant());
        let first = Scene { enrolling: true, ..Scene::default() };
        assert!(first.judge(control, &on).is_compliant());
        let verdict = Scene { enrolling: true, ..scene }.judge(control, &on);
        assert!(matches!(verdict, Verdict::Undecidable { .. }), "{verdict:?}");
    }
}

#[test]
fn whom_the_account_has_put_things_there_may() {
    let mut known = Scene::default();
    known.configuration.administrators.users.push("alice".to_owned());
    known.configuration.administrators.roles.push("admins".to_owned());
    known.configuration.actors.pipeline_roles.push("arn:aws:iam::123456789012:role/ci".to_owned());
    let on = Enabled { enabled: true };
    let made = keys([("AKIANEW", Status::Active)]);
    known.made.push("AKIANEW".to_owned());
    for (arn, may) in [
        ("arn:aws:iam::123456789012:user/people/alice", true),
        ("arn:aws:iam::999999999999:user/alice", false),
        ("arn:aws:sts::123456789012:assumed-role/admins/bob", true),
        ("arn:aws:sts::999999999999:assumed-role/admins/bob", false),
        ("arn:aws:sts::123456789012:assumed-role/ci/run-7", true),
        ("arn:aws:sts::123456789012:assumed-role/alice/alice", false),
    ] {
        let scene = Scene { actor: by(arn), ..known.clone() };
        assert_eq!(scene.judge(ANYWHERE[0], &on).is_compliant(), may, "{arn}");
        assert_eq!(scene.judge(KEYS, &made).is_compliant(), may, "{arn}");
    }
}

#[test]
fn a_reading_shows_whether_a_part_of_roles_anywhere_is_in_force() {
    let [on, off] = [true, false].map(|enabled| Enabled { enabled });
    let change = |name: &str| Change {
        name: name.to_owned(),
        request: json!({"enabled": true, "name": "sample"}),
        ..Change::default()
    };
    for name in ["EnableTrustAnchor", "CreateTrustAnchor", "EnableProfile", "CreateProfile"] {
        assert!(on.shows(&change(name)) && !off.shows(&change(name)), "{name}");
    }
    assert!(off.shows(&change("DisableProfile")) && !on.shows(&change("DisableProfile")));
}

const CONSOLE: &str = "iam.console-passwords-given-on-purpose";

#[test]
fn an_existing_user_that_gets_a_password_is_contained() {
    let console = |password| Console { password, boundary: Some(DEVELOPERS.to_owned()) };
    let mallory = by("arn:aws:iam::123456789012:user/mallory");
    let scene = Scene { actor: mallory, ..Scene::default() };
    for scene in [scene.clone().after(&console(false)), Scene::default().after(&console(false))] {
        let (desired, detail, safety, undo) = violation(scene.judge(CONSOLE, &console(true)));
        let deny = "arn:aws:iam::aws:policy/AWSDenyAll".to_owned();
        assert_eq!(desired, Console { password: true, boundary: Some(deny) });
        assert!(detail.starts_with("a console password was given by "), "{detail}");
        assert_eq!((safety, undo), (Safety::Disruptive, Undo::Exact));
        assert!(scene.judge(CONSOLE, &desired).is_compliant());
        assert!(scene.judge(CONSOLE, &console(false)).is_compliant());
    }
    assert!(scene.judge(CONSOLE, &console(true)).is_compliant(), "a new user");
    assert!(scene.clone().after(&console(true)).judge(CONSOLE, &console(true)).is_compliant());
    let contained = Console {
        boundary: Some("arn:aws:iam::aws:policy/AWSDenyAll".to_owned()),
        ..console(true)
    };
    let ended = scene.clone().after(&contained);
    assert!(ended.judge(CONSOLE, &console(true)).is_violation(), "a containment that was ended");
    let itself = by("arn:aws:iam::123456789012:user/sample");
    let itself = Scene { actor: itself, ..Scene::default() }.after(&console(false));
    assert!(itself.judge(CONSOLE, &console(true)).is_violation(), "with a stolen key, say");
    let first = Scene { enrolling: true, ..Scene::default() };
    assert!(first.judge(CONSOLE, &console(true)).is_compliant());
    let verdict = Scene { enrolling: true, ..scene }.judge(CONSOLE, &console(true));
    assert!(matches!(verdict, Verdict::Undecidable { .. }), "{verdict:?}");
}

#[test]
fn a_reading_shows_the_password_that_was_given_and_the_boundary() {
    let with = Console { password: true, boundary: Some(DEVELOPERS.to_owned()) };
    let named =
        |name: &str, request: Value| Change { name: name.to_owned(), request, ..Change::default() };
    let given = named("CreateLoginProfile", json!({"userName": "alice"}));
    assert!(with.shows(&given) && !Console::default().shows(&given));
    let taken = named("DeleteUserPermissionsBoundary", json!({"userName": "alice"}));
    assert!(Console::default().shows(&taken) && !with.shows(&taken));
}

#[test]
fn a_containment_that_ended_is_no_boundary_that_was_taken_away() {
    let contained = boundary("arn:aws:iam::aws:policy/AWSDenyAll");
    let scene = Scene::default().after(&contained);
    assert!(scene.judge(BOUNDARIES[0], &contained).is_compliant());
    assert!(scene.judge(BOUNDARIES[0], &Boundary::default()).is_compliant());
}
