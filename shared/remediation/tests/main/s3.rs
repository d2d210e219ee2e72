//! Controls of S3, case by case.

use demarc_remediation::{
    settings::s3::{
        bucket_acl::{BUCKET_OWNER_ENFORCED, BucketAcl, Grant, Grantee, PUBLIC_GROUPS},
        bucket_exposure::{BUCKET_EXPOSURE, BucketExposure},
        bucket_policy::BucketPolicy,
        bucket_versioning::{MfaDelete, Status, Versioning},
        public_access_block::{OF_ACCOUNT, OF_BUCKET, PublicAccessBlock},
    },
    state::State,
    verdict::{Safety, Undo, Verdict},
};
use serde_json::{Value, json};

use crate::support::{Scene, violation};

fn policy(statements: Value) -> BucketPolicy {
    let document = json!({"Version": "2012-10-17", "Statement": statements});
    BucketPolicy::parse(&document.to_string()).unwrap()
}

fn public_read() -> Value {
    json!({"Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
           "Resource": "arn:aws:s3:::sample/*"})
}

fn named() -> Value {
    json!({"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "123456789012"},
           "Action": "s3:GetObject", "Resource": "arn:aws:s3:::sample/*"})
}

fn only(flag: &str) -> PublicAccessBlock {
    let elements = [(flag.to_owned(), json!(true))].into_iter().collect();
    PublicAccessBlock::from_elements(&elements).unwrap()
}

#[test]
fn the_accounts_block_is_safe_to_restore_and_disruptive_to_introduce() {
    const ID: &str = "s3.account-blocks-public-access";
    assert!(Scene::default().judge(ID, &PublicAccessBlock::FULL).is_compliant());
    let none = PublicAccessBlock::default();
    let (desired, detail, safety, undo) = violation(Scene::default().judge(ID, &none));
    assert_eq!((desired, undo), (PublicAccessBlock::FULL, Undo::Exact));
    assert_eq!(safety, Safety::Disruptive);
    assert!(detail.contains("IgnorePublicAcls"), "{detail}");
    let restored = Scene::default().after(&PublicAccessBlock::FULL).judge(ID, &none);
    assert_eq!(violation(restored).2, Safety::Safe);
    let partly = Scene::default().after(&only("BlockPublicAcls")).judge(ID, &none);
    assert_eq!(violation(partly).2, Safety::Disruptive);
}

#[test]
fn a_buckets_block_may_be_the_accounts() {
    const ID: &str = "s3.block-public-access";
    let none = PublicAccessBlock::default();
    let covered = Scene::default().with(&OF_ACCOUNT, &PublicAccessBlock::FULL).judge(ID, &none);
    let Verdict::Compliant { because } = covered else { panic!("not compliant: {covered:?}") };
    assert!(because.contains("account's"), "{because}");

    let mut rest = PublicAccessBlock::FULL;
    rest.restrict_public_buckets = Some(false);
    let account = only("RestrictPublicBuckets");
    assert!(Scene::default().with(&OF_ACCOUNT, &account).judge(ID, &rest).is_compliant());

    let (desired, detail, safety, _) = violation(Scene::default().judge(ID, &rest));
    assert_eq!((desired, safety), (PublicAccessBlock::FULL, Safety::Safe));
    assert_eq!(detail, "the block is without RestrictPublicBuckets; nobody is served in public");
}

#[test]
fn a_block_is_disruptive_where_the_public_is_served() {
    for (policy_is_public, acl_is_public, website) in
        [(true, false, false), (false, true, false), (false, false, true)]
    {
        let served = BucketExposure { policy_is_public, acl_is_public, website };
        let scene = Scene::default().with(&BUCKET_EXPOSURE, &served);
        let verdict = scene.judge("s3.block-public-access", &PublicAccessBlock::default());
        let (_, detail, safety, _) = violation(verdict);
        assert_eq!(safety, Safety::Disruptive);
        assert!(detail.contains(served.served_by()[0]), "{detail}");
    }
}

#[test]
fn only_the_public_statement_goes() {
    const ID: &str = "s3.policy-grants-no-public-access";
    let observed = policy(json!([named(), public_read()]));
    let (desired, detail, safety, undo) = violation(Scene::default().judge(ID, &observed));
    assert_eq!(desired, policy(json!([named()])));
    assert_eq!((safety, undo), (Safety::Disruptive, Undo::Exact));
    assert!(detail.starts_with("statement `Open`: its principal is everyone"), "{detail}");

    for setting in [&OF_ACCOUNT, &OF_BUCKET] {
        let scene = Scene::default().with(setting, &only("RestrictPublicBuckets"));
        assert_eq!(violation(scene.judge(ID, &observed)).2, Safety::Safe);
        let scene = Scene::default().with(setting, &only("BlockPublicPolicy"));
        assert_eq!(violation(scene.judge(ID, &observed)).2, Safety::Disruptive);
    }
    assert!(Scene::default().judge(ID, &policy(json!(named()))).is_compliant());
    assert!(Scene::default().judge(ID, &BucketPolicy::default()).is_compliant());
}

#[test]
fn a_policy_without_statements_is_no_policy() {
    let verdict =
        Scene::default().judge("s3.policy-grants-no-public-access", &policy(json!(public_read())));
    let (desired, ..) = violation(verdict);
    assert!(desired.elements().is_absent());
    assert_eq!(desired.document(), "");
}

#[test]
fn what_is_not_understood_is_reported_after_what_is_clear_has_gone() {
    const ID: &str = "s3.policy-grants-no-public-access";
    let odd = json!({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                     "Condition": {"StringEquals": {"example:Key": "x"}}});
    let (desired, ..) = violation(Scene::default().judge(ID, &policy(json!([odd, public_read()]))));
    assert_eq!(desired, policy(json!([odd])));
    let Verdict::Undecidable { why } = Scene::default().judge(ID, &desired) else {
        panic!("decided")
    };
    assert_eq!(why, "statement 1: the condition key `example:Key` is not known");
}

#[test]
fn tls_is_required_by_one_more_statement() {
    const ID: &str = "s3.requires-tls";
    let (desired, _, safety, undo) =
        violation(Scene::default().judge(ID, &policy(json!([named()]))));
    assert_eq!((safety, undo), (Safety::Safe, Undo::Exact));
    let ours = json!({
        "Sid": "DemarcRequireTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::sample", "arn:aws:s3:::sample/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    });
    assert_eq!(desired, policy(json!([named(), ours])));
    assert!(Scene::default().judge(ID, &desired).is_compliant());

    let odd = json!({"Effect": "Allow", "Action": "s3:GetObject"});
    for open in [public_read(), odd] {
        let verdict = Scene::default().judge(ID, &policy(json!([open])));
        assert_eq!(violation(verdict).2, Safety::Disruptive);
    }

    let (made, ..) = violation(Scene::default().judge(ID, &BucketPolicy::default()));
    assert_eq!(made.document(), json!({"Statement": [ours]}).to_string());
}

#[test]
fn the_statement_names_the_bucket_in_its_own_partition() {
    let scene = Scene { region: "cn-north-1", ..Scene::default() };
    let (desired, ..) = violation(scene.judge("s3.requires-tls", &BucketPolicy::default()));
    assert!(desired.document().contains("arn:aws-cn:s3:::sample/*"), "{}", desired.document());
    assert!(scene.judge("s3.requires-tls", &desired).is_compliant());
    assert!(Scene::default().judge("s3.requires-tls", &desired).is_violation());
}

#[test]
fn a_taken_sid_is_not_taken_again() {
    let foreign = json!({"Sid": "DemarcRequireTls", "Effect": "Allow",
                         "Principal": {"AWS": "123456789012"}, "Action": "s3:*"});
    let verdict = Scene::default().judge("s3.requires-tls", &policy(json!([foreign])));
    let (desired, ..) = violation(verdict);
    assert!(desired.document().contains("\"DemarcRequireTls2\""), "{}", desired.document());
}

#[test]
fn a_policy_that_would_be_too_large_is_advice() {
    let long = |bytes: usize| {
        let mut statement = named();
        statement["Resource"] = json!("x".repeat(bytes));
        policy(json!([statement]))
    };
    let added =
        violation(Scene::default().judge("s3.requires-tls", &long(1_000))).0.document().len();
    let room = 20_480 - added + 1_000;
    assert!(Scene::default().judge("s3.requires-tls", &long(room)).is_violation());
    let verdict = Scene::default().judge("s3.requires-tls", &long(room + 1));
    assert!(matches!(verdict, Verdict::Advise { .. }), "{verdict:?}");
}

fn grant(grantee: Grantee, permission: &str) -> Grant {
    Grant { grantee, permission: permission.to_owned() }
}

fn acl(more: impl IntoIterator<Item = Grant>) -> BucketAcl {
    let owner = grant(Grantee::CanonicalUser("owner".to_owned()), "FULL_CONTROL");
    BucketAcl {
        owner: Some("owner".to_owned()),
        ownership: Some("ObjectWriter".to_owned()),
        grants: std::iter::once(owner).chain(more).collect(),
    }
}

#[test]
fn public_grants_go_and_ownership_is_enforced_where_that_takes_nothing_else() {
    const ID: &str = "s3.acl-grants-no-public-access";
    let everyone = || grant(Grantee::Group(PUBLIC_GROUPS[0].to_owned()), "READ");
    let any_account = || grant(Grantee::Group(PUBLIC_GROUPS[1].to_owned()), "WRITE");
    let logs = || {
        let uri = "http://acs.amazonaws.com/groups/s3/LogDelivery".to_owned();
        grant(Grantee::Group(uri), "WRITE")
    };
    let partner = || grant(Grantee::CanonicalUser("partner".to_owned()), "READ");

    let (desired, detail, safety, undo) =
        violation(Scene::default().judge(ID, &acl([everyone(), any_account()])));
    let enforced = BucketAcl { ownership: Some(BUCKET_OWNER_ENFORCED.into()), ..acl([]) };
    assert_eq!((desired, safety, undo), (enforced.clone(), Safety::Disruptive, Undo::Exact));
    assert!(detail.contains("READ to AllUsers, WRITE to AuthenticatedUsers"), "{detail}");

    for kept in [logs(), partner()] {
        let (desired, ..) = violation(Scene::default().judge(ID, &acl([kept.clone(), everyone()])));
        assert_eq!(desired, acl([kept]));
    }
    for setting in [&OF_ACCOUNT, &OF_BUCKET] {
        let scene = Scene::default().with(setting, &only("IgnorePublicAcls"));
        let (desired, _, safety, _) = violation(scene.judge(ID, &acl([everyone()])));
        assert_eq!((desired, safety), (acl([]), Safety::Safe));
    }
    assert!(Scene::default().judge(ID, &acl([logs(), partner()])).is_compliant());
    assert!(Scene::default().judge(ID, &enforced).is_compliant());
}

#[test]
fn versioning_goes_on_and_never_back_to_never() {
    const ID: &str = "s3.versioning";
    let state = |status, mfa_delete| Versioning { status, mfa_delete };
    assert!(Scene::default().judge(ID, &state(Some(Status::Enabled), None)).is_compliant());

    let suspended = state(Some(Status::Suspended), None);
    let (desired, _, safety, undo) = violation(Scene::default().judge(ID, &suspended));
    let on = state(Some(Status::Enabled), None);
    assert_eq!((desired, safety, undo), (on, Safety::Safe, Undo::Exact));

    let never = Versioning::default();
    let (_, _, _, undo) = violation(Scene::default().judge(ID, &never));
    assert!(matches!(undo, Undo::Equivalent(_)), "{undo:?}");
    assert_eq!(on.reach(never), suspended);
    assert_eq!(never.reach(never), never);

    let mfa = state(Some(Status::Suspended), Some(MfaDelete::Enabled));
    assert!(matches!(Scene::default().judge(ID, &mfa), Verdict::Advise { .. }));
}
