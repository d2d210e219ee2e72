//! Controls of IAM, case by case.

use std::collections::{BTreeMap, BTreeSet};

use demarc_remediation::{
    classification::Change,
    configuration::{Administrators, Known},
    policy::allows_everything,
    settings::iam::{
        attached_policies::AttachedPolicies,
        group_members::{GROUP_MEMBERS, GroupMembers},
        inline_policies::InlinePolicies,
        password_policy::PasswordPolicy,
        role_trust::RoleTrust,
        role_use::{ROLE_USE, RoleUse},
        user_mfa::Mfa,
    },
    state::State,
    verdict::{Evidence, Safety, Undo, Verdict},
};
use serde_json::{Value, json};

use crate::support::{Scene, violation};

const PASSWORDS: &str = "iam.passwords-are-strong";
const TRUST: &str = "iam.roles-trust-only-known-accounts";
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const AUDIT: &str = "arn:aws:iam::aws:policy/SecurityAudit";
const KINDS: [&str; 3] = ["user", "role", "group"];

fn strong() -> PasswordPolicy {
    PasswordPolicy {
        minimum_password_length: Some(14),
        require_symbols: Some(true),
        require_numbers: Some(true),
        require_uppercase_characters: Some(true),
        require_lowercase_characters: Some(true),
        allow_users_to_change_password: Some(true),
        password_reuse_prevention: Some(24),
        ..PasswordPolicy::default()
    }
}

#[test]
fn a_password_policy_is_raised_and_stays_where_it_is_stricter() {
    assert!(Scene::default().judge(PASSWORDS, &strong()).is_compliant());
    let stricter = PasswordPolicy {
        minimum_password_length: Some(20),
        max_password_age: Some(90),
        hard_expiry: Some(true),
        ..strong()
    };
    assert!(Scene::default().judge(PASSWORDS, &stricter).is_compliant());
    let weak = PasswordPolicy { require_symbols: Some(false), ..stricter };
    let short = PasswordPolicy { minimum_password_length: Some(13), ..strong() };
    let again = PasswordPolicy { password_reuse_prevention: None, ..strong() };
    for (observed, expected, what) in [
        (weak, stricter, "does not require a symbol"),
        (short, strong(), "fewer than 14"),
        (again, strong(), "the last 24"),
    ] {
        let (desired, detail, safety, undo) =
            violation(Scene::default().judge(PASSWORDS, &observed));
        assert_eq!((desired, safety, undo), (expected, Safety::Safe, Undo::Exact));
        assert!(detail.contains(what), "{detail}");
    }
}

#[test]
fn where_there_is_no_password_policy_one_is_made() {
    let observed = PasswordPolicy::default();
    let (desired, detail, ..) = violation(Scene::default().judge(PASSWORDS, &observed));
    let expected = PasswordPolicy { allow_users_to_change_password: Some(false), ..strong() };
    assert_eq!(desired, expected);
    assert_eq!(detail, "the account has no password policy");
    assert!(observed.elements().is_absent());
}

fn trust(principals: &[Value]) -> RoleTrust {
    let statements: Vec<Value> = principals
        .iter()
        .map(|who| json!({"Effect": "Allow", "Principal": who, "Action": "sts:AssumeRole"}))
        .collect();
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    RoleTrust::parse(&document.to_string()).unwrap()
}

fn knowing() -> Scene {
    let mut scene = Scene::default();
    let accounts = vec!["111122223333".to_owned()];
    scene.configuration.known = Some(Known { accounts, ..Known::default() });
    scene
}

#[test]
fn a_role_loses_its_strangers_and_nothing_else() {
    let service = json!({"Service": "lambda.amazonaws.com"});
    let provider = json!({"Federated": "arn:aws:iam::123456789012:saml-provider/x"});
    let friend = json!({"AWS": "arn:aws:iam::111122223333:role/deploy"});
    let stranger = json!({"AWS": "arn:aws:iam::999988887777:root"});
    let good = trust(&[service.clone(), provider.clone(), friend.clone()]);
    assert!(knowing().judge(TRUST, &good).is_compliant());
    let observed = trust(&[service.clone(), stranger.clone(), provider.clone(), friend.clone()]);
    let (desired, _, safety, undo) = violation(knowing().judge(TRUST, &observed));
    assert_eq!((desired, safety, undo), (good, Safety::Disruptive, Undo::Exact));
    // Whom the account works with is not configured.
    let verdict = Scene::default().judge(TRUST, &trust(&[service, stranger]));
    assert!(matches!(verdict, Verdict::Advise { .. }), "{verdict:?}");
}

/// IAM takes no policy without statements.
#[test]
fn a_role_that_trusts_strangers_only_trusts_nobody() {
    let observed = trust(&[json!({"AWS": "arn:aws:iam::999988887777:root"})]);
    let (desired, _, _, undo) = violation(knowing().judge(TRUST, &observed));
    let [statement] = desired.statements().collect::<Vec<_>>()[..] else { panic!("{desired:?}") };
    assert_eq!(
        (&statement["Effect"], &statement["Principal"]),
        (&json!("Deny"), &json!({"AWS": "*"}))
    );
    assert!(desired.document().contains("2012-10-17") && undo == Undo::Exact);
    assert!(knowing().judge(TRUST, &desired).is_compliant());
}

#[test]
fn a_role_that_trusts_everyone_needs_no_configuration() {
    let service = json!({"Service": "lambda.amazonaws.com"});
    let friend = json!({"AWS": "111122223333"});
    let left = trust(&[service.clone(), friend.clone()]);
    let observed = trust(&[service, json!({"AWS": "*"}), friend]);
    for scene in [Scene::default(), knowing()] {
        let (desired, detail, ..) = violation(scene.judge(TRUST, &observed));
        assert_eq!(desired, left);
        assert!(detail.starts_with("statement 2 lets in everyone"), "{detail}");
    }
}

fn attached(arns: &[&str]) -> AttachedPolicies {
    AttachedPolicies(arns.iter().map(|arn| (*arn).to_owned()).collect())
}

fn full() -> Value {
    json!({"Statement": [
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Action": ["s3:Get*", "*"], "Resource": "*"},
    ]})
}

fn limited() -> Value {
    json!({"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}})
}

fn inline(documents: &[(&str, Value)]) -> InlinePolicies {
    let each = documents.iter().map(|(name, document)| ((*name).to_owned(), document.clone()));
    InlinePolicies(each.collect())
}

fn with_member(scene: Scene) -> Scene {
    scene.with(&GROUP_MEMBERS, &GroupMembers(BTreeSet::from(["alice".to_owned()])))
}

#[test]
fn an_administrators_policy_is_detached_and_the_others_stay() {
    for kind in KINDS {
        let control = format!("iam.{kind}s-have-no-administrator-policy");
        let scene = with_member(Scene::default());
        assert!(scene.judge(&control, &attached(&[AUDIT])).is_compliant());
        let observed = attached(&[ADMINISTRATOR, AUDIT]);
        let (desired, detail, safety, undo) = violation(scene.judge(&control, &observed));
        assert_eq!((desired, safety, undo), (attached(&[AUDIT]), Safety::Disruptive, Undo::Exact));
        assert_eq!(detail.contains("members: alice"), kind == "group", "{detail}");
        assert_eq!(AttachedPolicies::from_elements(&observed.elements()).unwrap(), observed);
    }
}

#[test]
fn an_inline_policy_that_allows_everything_is_deleted_and_the_others_stay() {
    for kind in KINDS {
        let control = format!("iam.{kind}s-have-no-full-access-inline-policy");
        let scene = with_member(Scene::default());
        let good = inline(&[("limited", limited())]);
        assert!(scene.judge(&control, &good).is_compliant());
        let observed = inline(&[("full", full()), ("limited", limited())]);
        let (desired, detail, safety, undo) = violation(scene.judge(&control, &observed));
        assert_eq!((desired, safety, undo), (good, Safety::Disruptive, Undo::Exact));
        assert!(detail.contains("`full`") && !detail.contains("`limited`"), "{detail}");
        assert_eq!(InlinePolicies::from_elements(&observed.elements()).unwrap(), observed);
    }
}

#[test]
fn everything_is_every_action_on_every_resource() {
    let statement = |effect: &str, action: Value, resource: Value| json!({"Statement": [{"Effect": effect, "Action": action, "Resource": resource}]});
    for (document, expected) in [
        (statement("Allow", json!("*"), json!("*")), true),
        (statement("Allow", json!(["*:*"]), json!(["arn:aws:s3:::x", "*"])), true),
        (statement("Allow", json!("*"), json!("arn:aws:s3:::x/*")), false),
        (statement("Allow", json!("iam:*"), json!("*")), false),
        (statement("Deny", json!("*"), json!("*")), false),
        (json!({}), false),
    ] {
        assert_eq!(allows_everything(&document), expected, "{document}");
    }
}

#[test]
fn configured_administrators_are_left_alone_each_of_its_kind() {
    for kind in KINDS {
        let mut scene = Scene::default();
        let names = |of: &str| if of == kind { vec!["sample".to_owned()] } else { Vec::new() };
        scene.configuration.administrators =
            Administrators { users: names("user"), roles: names("role"), groups: names("group") };
        for other in KINDS {
            let control = format!("iam.{other}s-have-no-administrator-policy");
            let verdict = scene.judge(&control, &attached(&[ADMINISTRATOR]));
            assert_eq!(verdict.is_compliant(), other == kind, "{other}: {verdict:?}");
            let control = format!("iam.{other}s-have-no-full-access-inline-policy");
            let verdict = scene.judge(&control, &inline(&[("full", full())]));
            assert_eq!(verdict.is_compliant(), other == kind, "{other}: {verdict:?}");
        }
    }
}

#[test]
fn roles_of_identity_center_are_left_alone_whatever_their_name() {
    let control = "iam.roles-have-no-administrator-policy";
    for (path, expected) in [("/aws-reserved/sso.amazonaws.com/eu-west-1/", true), ("/", false)] {
        let role = RoleUse { path: path.to_owned(), last_used: None };
        let scene = Scene::default().with(&ROLE_USE, &role);
        let verdict = scene.judge(control, &attached(&[ADMINISTRATOR]));
        assert_eq!(verdict.is_compliant(), expected, "{path}: {verdict:?}");
    }
}

#[test]
fn a_group_without_members_can_be_changed_safely() {
    let observed = attached(&[ADMINISTRATOR]);
    let control = "iam.groups-have-no-administrator-policy";
    let (_, detail, safety, _) = violation(Scene::default().judge(control, &observed));
    assert_eq!(safety, Safety::Safe);
    assert!(detail.ends_with("members: nobody"), "{detail}");
}

#[test]
fn a_role_that_was_used_is_in_use_and_of_others_nothing_is_known() {
    let used = RoleUse { last_used: Some("2026-03-02T09:00:00Z".to_owned()), ..RoleUse::default() };
    assert!(matches!(used.evidence(), Evidence::Used(why) if why.contains("2026-03-02")));
    assert_eq!(RoleUse::default().evidence(), Evidence::NoneAvailable);
}

fn call(name: &str, request: Value) -> Change {
    let service = "iam.amazonaws.com".to_owned();
    Change { service, name: name.to_owned(), request, ..Change::default() }
}

#[test]
fn a_reading_shows_what_the_call_did() {
    let policy = json!({"userName": "sample", "policyArn": ADMINISTRATOR});
    let (without, with) = (attached(&[AUDIT]), attached(&[ADMINISTRATOR]));
    let attach = call("AttachUserPolicy", policy.clone());
    assert!(with.shows(&attach) && !without.shows(&attach));
    let detach = call("DetachUserPolicy", policy);
    assert!(without.shows(&detach) && !with.shows(&detach));

    let policy = json!({"userName": "sample", "policyName": "full", "policyDocument": "{}"});
    let (without, with) = (InlinePolicies(BTreeMap::new()), inline(&[("full", full())]));
    let put = call("PutUserPolicy", policy.clone());
    assert!(with.shows(&put) && !without.shows(&put));
    let delete = call("DeleteUserPolicy", policy);
    assert!(without.shows(&delete) && !with.shows(&delete));

    let delete = call("DeleteAccountPasswordPolicy", Value::Null);
    let weak = json!({"minimumPasswordLength": 8, "requireSymbols": true, "requireNumbers": true,
        "requireUppercaseCharacters": true, "requireLowercaseCharacters": false});
    let update = call("UpdateAccountPasswordPolicy", weak);
    let shown = PasswordPolicy {
        minimum_password_length: Some(8),
        require_lowercase_characters: Some(false),
        ..strong()
    };
    let none = PasswordPolicy::default();
    assert!(shown.shows(&update) && !strong().shows(&update) && !none.shows(&update));
    assert!(none.shows(&delete) && !strong().shows(&delete));
}

/// IAM shows a change some seconds later, and writes an account as its root.
#[test]
fn a_trust_policy_shows_a_principal_that_was_added() {
    let document = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "sts:AssumeRole",
        "Principal": {"AWS": ["111122223333", "arn:aws:iam::999988887777:root"]},
    }]});
    let request = json!({"roleName": "sample", "policyDocument": document.to_string()});
    let update = call("UpdateAssumeRolePolicy", request);
    let roots = ["arn:aws:iam::999988887777:root", "arn:aws:iam::111122223333:root"];
    assert!(trust(&[json!({ "AWS": roots })]).shows(&update));
    assert!(!trust(&[json!({ "AWS": roots[1] })]).shows(&update));
}

#[test]
fn a_user_of_the_console_without_a_device_is_held_to_enrolment() {
    const CONTROL: &str = "iam.console-users-have-mfa";
    let bare = Mfa { password: true, device: false, required: false };
    let (desired, detail, safety, undo) = violation(Scene::default().judge(CONTROL, &bare));
    assert_eq!(desired, Mfa { required: true, ..bare });
    assert_eq!((safety, undo), (Safety::Disruptive, Undo::Exact));
    assert!(detail.contains("no MFA device"), "{detail}");
    for right in [
        Mfa { password: false, ..bare },
        Mfa { device: true, ..bare },
        Mfa { required: true, ..bare },
    ] {
        assert!(Scene::default().judge(CONTROL, &right).is_compliant(), "{right:?}");
    }
}
