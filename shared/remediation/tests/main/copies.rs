//! Where objects and packets are copied to.

use std::collections::BTreeMap;

use demarc_remediation::{
    configuration::{Configuration, Known},
    settings::{
        ec2::traffic_mirror_sessions::{Session, Sessions},
        s3::bucket_replication::{Replication, Rule},
    },
    verdict::{Safety, Undo, Verdict},
};
use serde_json::json;

use crate::support::{Scene, violation};

const REPLICATION: &str = "s3.replicates-only-to-known-accounts";
const MIRRORS: &str = "ec2.traffic-mirrored-only-to-known-accounts";
const FRIEND: &str = "111122223333";

fn knowing() -> Scene {
    let known = Some(Known {
        accounts: vec![FRIEND.to_owned()],
        buckets: vec!["partners".to_owned()],
        ..Known::default()
    });
    let configuration = Configuration { known, ..Configuration::default() };
    Scene { configuration, ..Scene::default() }
}

fn rule(bucket: &str, account: Option<&str>) -> Rule {
    Rule {
        status: "Enabled".to_owned(),
        bucket: format!("arn:aws:s3:::{bucket}"),
        account: account.map(str::to_owned),
        is_own: false,
        rest: BTreeMap::from([("Priority".to_owned(), json!(1))]),
    }
}

fn replication<const N: usize>(rules: [Rule; N]) -> Replication {
    let ids = ["a", "b", "c", "d", "e"].map(str::to_owned);
    let role = Some("arn:aws:iam::123456789012:role/replication".to_owned());
    Replication { rules: ids.into_iter().zip(rules).collect(), role }
}

#[test]
fn rules_to_strangers_are_switched_off_and_everything_else_of_them_stays() {
    let own = Rule { is_own: true, ..rule("copies", None) };
    let others = [
        own,
        rule("a-friends", Some(FRIEND)),
        rule("ours", Some("123456789012")),
        rule("partners", None),
    ];
    let [one, two, three, four] = others.clone();
    let observed = replication([one, two, three, four, rule("strangers", None)]);
    let (desired, detail, safety, undo) = violation(knowing().judge(REPLICATION, &observed));
    let off = Rule { status: "Disabled".to_owned(), ..rule("strangers", None) };
    let [one, two, three, four] = others;
    assert_eq!(desired, replication([one, two, three, four, off]));
    assert!(detail.contains("rule `e`") && detail.contains("`strangers`"), "{detail}");
    assert_eq!(safety, Safety::Disruptive);
    assert!(matches!(undo, Undo::Equivalent(_)));
    assert!(knowing().judge(REPLICATION, &desired).is_compliant());
}

#[test]
fn a_rule_that_names_a_stranger_is_switched_off_whatever_the_bucket() {
    let observed = replication([rule("strangers", Some("999988887777"))]);
    let (_, detail, ..) = violation(knowing().judge(REPLICATION, &observed));
    assert!(detail.contains("999988887777"), "{detail}");
    let unconfigured = Scene::default().judge(REPLICATION, &observed);
    let Verdict::Advise { steps } = unconfigured else { panic!("{unconfigured:?}") };
    assert!(steps.contains("`known`"), "{steps}");
}

fn session(owner: Option<&str>) -> Session {
    Session { target: "tmt-1".to_owned(), owner: owner.map(str::to_owned), ..Session::default() }
}

#[test]
fn sessions_to_strangers_are_ended_and_the_others_stay() {
    let kept = [(1, session(Some("123456789012"))), (2, session(Some(FRIEND)))];
    let wrong = [(3, session(Some("999988887777"))), (4, session(None))];
    let observed = Sessions(kept.clone().into_iter().chain(wrong).collect());
    let (desired, detail, safety, undo) = violation(knowing().judge(MIRRORS, &observed));
    assert_eq!(desired, Sessions(kept.into_iter().collect()));
    assert!(detail.contains("session 3") && detail.contains("session 4"), "{detail}");
    assert_eq!(safety, Safety::Disruptive);
    assert!(matches!(undo, Undo::Equivalent(_)));
    let unconfigured = Scene::default().judge(MIRRORS, &observed);
    assert!(matches!(unconfigured, Verdict::Advise { .. }), "{unconfigured:?}");
}
