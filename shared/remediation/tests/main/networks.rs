//! Default security groups, network ACLs, instances and transit gateways.

use std::collections::BTreeMap;

use demarc_remediation::{
    classification::Change,
    settings::ec2::{
        instance_metadata::InstanceMetadata,
        network_acl_entries::{Action, Entry, NETWORK_ACL_USE, NetworkAclEntries, NetworkAclUse},
        network_use::{NetworkUse, SECURITY_GROUP_USE},
        security_group_name::{SECURITY_GROUP_NAME, SecurityGroupName},
        security_group_rules::{Rule, Rules, Source},
        transit_gateway_acceptance::TransitGatewayAcceptance,
    },
    state::State,
    verdict::{Safety, Undo},
};
use serde_json::json;

use crate::support::{Scene, violation};

fn everything(source: Source) -> Rule {
    Rule::new("-1", (None, None), source, None)
}

fn members() -> Rule {
    everything(Source::Group { id: "sg-1".to_owned(), account: None })
}

#[test]
fn a_default_group_lets_nothing_through() {
    let default = SecurityGroupName { name: "default".to_owned() };
    let scene = Scene::default().with(&SECURITY_GROUP_NAME, &default);
    let used = scene.clone().with(&SECURITY_GROUP_USE, &NetworkUse { network_interfaces: 2 });
    let world = everything(Source::Cidr4("0.0.0.0/0".to_owned()));
    for (control, rule) in [
        ("ec2.default-groups-let-nothing-in", members()),
        ("ec2.default-groups-let-nothing-out", world),
    ] {
        let observed = Rules::of([rule.clone()]);
        assert!(Scene::default().judge(control, &observed).is_compliant(), "another group");
        assert!(scene.judge(control, &Rules::default()).is_compliant());
        let (desired, detail, safety, undo) = violation(scene.judge(control, &observed));
        assert_eq!((desired, safety), (Rules::default(), Safety::Safe));
        let all = format!("every protocol and port ({})", rule.source);
        assert!(detail.ends_with(&all), "{detail}");
        assert!(matches!(undo, Undo::Equivalent(_)));
        assert_eq!(violation(used.judge(control, &observed)).2, Safety::Disruptive);
    }
}

fn entry(action: Action, protocol: &str, ports: (i32, i32), range: &str) -> Entry {
    let range = range.to_owned();
    let source = if range.contains(':') { Source::Cidr6(range) } else { Source::Cidr4(range) };
    let ports = (Some(ports.0), Some(ports.1));
    Entry { action, traffic: Rule::new(protocol, ports, source, None) }
}

fn acl<const N: usize>(entries: [(i32, Entry); N]) -> NetworkAclEntries {
    NetworkAclEntries(BTreeMap::from(entries))
}

const ACLS: &str = "ec2.network-acls-close-admin-ports";

#[test]
fn an_entry_that_lets_the_world_in_goes_and_no_other() {
    use Action::{Allow, Deny};
    let web = entry(Allow, "6", (443, 443), "0.0.0.0/0");
    let office = entry(Allow, "6", (22, 22), "203.0.113.0/24");
    let deny = entry(Deny, "6", (3389, 3389), "0.0.0.0/0");
    for open in [
        entry(Allow, "6", (22, 22), "0.0.0.0/0"),
        entry(Allow, "6", (0, 65_535), "128.0.0.0/1"),
        entry(Allow, "-1", (-1, -1), "::/0"),
        entry(Allow, "17", (3389, 3389), "0.0.0.0/0"),
    ] {
        let beside = [(90, web.clone()), (100, office.clone()), (130, deny.clone())];
        let mut observed = acl(beside.clone());
        observed.0.insert(110, open.clone());
        let (desired, detail, safety, undo) = violation(Scene::default().judge(ACLS, &observed));
        assert_eq!(desired, acl(beside), "{open:?}");
        assert!(detail.contains("entry 110"), "{detail}");
        assert_eq!((safety, undo), (Safety::Safe, Undo::Exact));
    }
    let compliant = acl([(90, web), (100, office), (130, deny)]);
    assert!(Scene::default().judge(ACLS, &compliant).is_compliant());
}

#[test]
fn an_entry_is_judged_after_what_denies_before_it() {
    use Action::{Allow, Deny};
    let all = entry(Allow, "-1", (-1, -1), "0.0.0.0/0");
    let ssh = entry(Deny, "6", (22, 22), "0.0.0.0/0");
    let rdp = |protocol| entry(Deny, protocol, (3389, 3389), "0.0.0.0/0");
    let half = entry(Deny, "6", (22, 22), "0.0.0.0/1");
    let denied = [(10, ssh.clone()), (11, rdp("6")), (12, rdp("17")), (100, all.clone())];
    assert!(Scene::default().judge(ACLS, &acl(denied)).is_compliant());
    for [first, second] in [[(10, half), (100, all.clone())], [(100, all), (110, ssh)]] {
        let observed = acl([first, second, (11, rdp("6")), (12, rdp("17"))]);
        let desired = violation(Scene::default().judge(ACLS, &observed)).0;
        assert_eq!(desired.0.len(), 3);
        assert!(!desired.0.contains_key(&100));
    }
}

#[test]
fn a_default_acl_says_that_nothing_comes_in_without_its_entry() {
    let used = NetworkAclUse { is_default: true, subnets: 3 };
    let scene = Scene::default().with(&NETWORK_ACL_USE, &used);
    let observed = acl([(100, entry(Action::Allow, "-1", (-1, -1), "0.0.0.0/0"))]);
    let (_, detail, safety, _) = violation(scene.judge(ACLS, &observed));
    assert_eq!(safety, Safety::Disruptive);
    assert_eq!(
        detail,
        "default ACL: entry 100 lets 0.0.0.0/0 in on every protocol and port; nothing would come in any more"
    );
}

#[test]
fn a_reading_shows_the_entry_that_was_made_and_not_the_one_that_was_deleted() {
    let state = acl([(100, entry(Action::Allow, "-1", (-1, -1), "0.0.0.0/0"))]);
    let change = |name: &str, number: i32, egress: bool| Change {
        name: name.to_owned(),
        request: json!({"networkAclId": "acl-1", "ruleNumber": number, "egress": egress}),
        ..Change::default()
    };
    assert!(state.shows(&change("CreateNetworkAclEntry", 100, false)));
    assert!(!state.shows(&change("CreateNetworkAclEntry", 110, false)));
    assert!(!state.shows(&change("DeleteNetworkAclEntry", 100, false)));
    assert!(state.shows(&change("DeleteNetworkAclEntry", 100, true)), "another direction");
}

#[test]
fn an_instance_gives_its_metadata_with_a_token_or_not_at_all() {
    let control = "ec2.instances-require-imdsv2";
    let of = |is_on, requires_tokens| InstanceMetadata { is_on, requires_tokens };
    for compliant in [of(true, true), of(false, false)] {
        assert!(Scene::default().judge(control, &compliant).is_compliant());
    }
    let (desired, _, safety, undo) = violation(Scene::default().judge(control, &of(true, false)));
    assert_eq!((desired, safety, undo), (of(true, true), Safety::Disruptive, Undo::Exact));
    let change = |tokens: &str| Change {
        request: json!({"ModifyInstanceMetadataOptionsRequest": {"HttpTokens": tokens}}),
        ..Change::default()
    };
    assert!(
        of(true, true).shows(&change("required")) && !of(true, true).shows(&change("optional"))
    );
    assert!(of(true, true).shows(&Change::default()), "one that says nothing of tokens");
}

#[test]
fn a_transit_gateway_accepts_nothing_unasked() {
    let control = "ec2.transit-gateways-accept-nothing-unasked";
    let of = |accepts_unasked| TransitGatewayAcceptance { accepts_unasked };
    assert!(Scene::default().judge(control, &of(false)).is_compliant());
    let (desired, _, safety, undo) = violation(Scene::default().judge(control, &of(true)));
    assert_eq!((desired, safety, undo), (of(false), Safety::Safe, Undo::Exact));
    let change = |value: &str| Change {
        request: json!({"ModifyTransitGatewayRequest": {
            "Options": {"AutoAcceptSharedAttachments": value},
        }}),
        ..Change::default()
    };
    assert!(of(true).shows(&change("enable")) && !of(true).shows(&change("disable")));
}
