//! Controls of EC2, case by case.

use demarc_remediation::{
    configuration::FlowLogs as Destination,
    settings::ec2::{
        network_use::{NetworkUse, SECURITY_GROUP_USE},
        security_group_rules::{Rule, Rules, Source},
        vpc_flow_logs::{FlowLog, FlowLogs},
    },
    verdict::{Safety, Undo, Verdict},
};

use crate::support::{Scene, violation};

const PORTS: &str = "ec2.security-groups-close-admin-ports";
const FLOW_LOGS: &str = "ec2.vpc-flow-logs-on";

fn rule(protocol: &str, from: i32, to: i32, source: &str) -> Rule {
    let text = source.to_owned();
    let source = match source {
        id if id.starts_with("sg-") => Source::Group { id: text, account: None },
        id if id.starts_with("pl-") => Source::PrefixList(text),
        range if range.contains(':') => Source::Cidr6(text),
        _ => Source::Cidr4(text),
    };
    Rule::new(protocol, (Some(from), Some(to)), source, None)
}

#[test]
fn which_rules_open_an_administration_port_to_the_world() {
    for (protocol, from, to, source, open) in [
        ("tcp", 22, 22, "0.0.0.0/0", true),
        ("6", 22, 22, "0.0.0.0/0", true),
        ("tcp", 22, 22, "208.236.235.254/0", true),
        ("tcp", 22, 22, "::/0", true),
        ("tcp", 22, 22, "128.0.0.0/1", true),
        ("tcp", 22, 22, "0.0.0.0/7", true),
        ("tcp", 22, 22, "8000::/1", true),
        ("tcp", 20, 25, "0.0.0.0/0", true),
        ("tcp", 0, 65_535, "0.0.0.0/0", true),
        ("tcp", -1, -1, "0.0.0.0/0", true),
        ("-1", -1, -1, "0.0.0.0/0", true),
        ("tcp", 3389, 3389, "0.0.0.0/0", true),
        ("udp", 3389, 3389, "0.0.0.0/0", true),
        ("udp", 22, 22, "0.0.0.0/0", false),
        ("tcp", 23, 3388, "0.0.0.0/0", false),
        ("tcp", 443, 443, "0.0.0.0/0", false),
        ("icmp", -1, -1, "0.0.0.0/0", false),
        ("50", -1, -1, "0.0.0.0/0", false),
        ("tcp", 22, 22, "0.0.0.0/16", false),
        ("tcp", 22, 22, "10.0.0.0/8", false),
        ("tcp", 22, 22, "2001:db8::/32", false),
        ("tcp", 22, 22, "sg-1", false),
        ("-1", -1, -1, "sg-1", false),
    ] {
        let rule = rule(protocol, from, to, source);
        let verdict = Scene::default().judge(PORTS, &Rules::of([rule.clone()]));
        assert_eq!(verdict.is_violation(), open, "{}", rule.id());
        assert_eq!(verdict.is_compliant(), !open, "{}", rule.id());
    }
}

#[test]
fn only_the_open_rules_go() {
    let web = rule("tcp", 443, 443, "0.0.0.0/0");
    let office = rule("tcp", 22, 22, "203.0.113.0/24");
    let observed = Rules::of([rule("tcp", 22, 22, "0.0.0.0/0"), web.clone(), office.clone()]);
    let (desired, detail, safety, undo) = violation(Scene::default().judge(PORTS, &observed));
    assert_eq!(desired, Rules::of([web, office]));
    assert_eq!(detail, "`tcp 22-22 0.0.0.0/0` is open to the world");
    assert_eq!(safety, Safety::Safe);
    assert!(matches!(undo, Undo::Equivalent(_)));
}

#[test]
fn closing_is_disruptive_where_the_group_is_used_or_the_rule_opens_more() {
    let ssh = Rules::of([rule("tcp", 22, 22, "0.0.0.0/0")]);
    let used = Scene::default().with(&SECURITY_GROUP_USE, &NetworkUse { network_interfaces: 1 });
    assert_eq!(violation(used.judge(PORTS, &ssh)).2, Safety::Disruptive);
    for (protocol, from, to, what) in [
        ("tcp", 20, 25, "tcp ports 20 to 25"),
        ("tcp", -1, -1, "every tcp port"),
        ("-1", -1, -1, "every protocol and port"),
    ] {
        let observed = Rules::of([rule(protocol, from, to, "0.0.0.0/0")]);
        let (_, detail, safety, _) = violation(Scene::default().judge(PORTS, &observed));
        assert_eq!(safety, Safety::Disruptive);
        assert!(detail.ends_with(what), "{detail}");
    }
}

#[test]
fn high_risk_ports_are_those_of_security_hub_or_the_configured_ones() {
    const HIGH_RISK: &str = "ec2.security-groups-close-high-risk-ports";
    let of = |port, source| Rules::of([rule("tcp", port, port, source)]);
    let mut scene = Scene::default();
    for (port, is_open) in [(5432, true), (445, true), (6379, true), (22, false), (443, false)] {
        let verdict = scene.judge(HIGH_RISK, &of(port, "0.0.0.0/0"));
        assert_eq!(verdict.is_violation(), is_open, "{port}");
        assert!(scene.judge(HIGH_RISK, &of(port, "10.0.0.0/8")).is_compliant(), "{port}");
    }
    let all = Rules::of([rule("-1", -1, -1, "0.0.0.0/0")]);
    let (_, detail, safety, _) = violation(scene.judge(HIGH_RISK, &all));
    assert_eq!(safety, Safety::Disruptive);
    assert!(detail.contains("every protocol and port"), "{detail}");
    scene.configuration.high_risk_ports = vec![7001];
    assert!(scene.judge(HIGH_RISK, &of(7001, "0.0.0.0/0")).is_violation());
    assert!(scene.judge(HIGH_RISK, &of(5432, "0.0.0.0/0")).is_compliant());
}

#[test]
fn ports_are_the_configured_ones() {
    let mut scene = Scene::default();
    scene.configuration.administration_ports = vec![5985];
    let of = |port| Rules::of([rule("tcp", port, port, "0.0.0.0/0")]);
    assert!(scene.judge(PORTS, &of(5985)).is_violation());
    assert!(scene.judge(PORTS, &of(22)).is_compliant());
    assert!(scene.judge(PORTS, &Rules::of([rule("udp", 3389, 3389, "::/0")])).is_compliant());
}

#[test]
fn a_prefix_list_is_judged_by_its_entries() {
    let judge = |entries: Option<&[&str]>, also: &[Rule]| {
        let rules = also.iter().cloned().chain([rule("tcp", 22, 22, "pl-1")]);
        let mut state = Rules::of(rules);
        let entries = entries.map(|list| list.iter().map(|e| (*e).to_owned()).collect());
        state.prefix_lists.insert("pl-1".to_owned(), entries);
        Scene::default().judge(PORTS, &state)
    };
    assert!(judge(Some(&["203.0.113.0/24"]), &[]).is_compliant());
    assert!(judge(Some(&["203.0.113.0/24", "0.0.0.0/0"]), &[]).is_violation());
    assert!(judge(Some(&["?", "0.0.0.0/0"]), &[]).is_violation());
    let unread = judge(None, &[]);
    assert!(matches!(unread, Verdict::Undecidable { .. }), "{unread:?}");
    assert!(matches!(judge(Some(&["?"]), &[]), Verdict::Undecidable { .. }));

    let (desired, ..) = violation(judge(None, &[rule("tcp", 22, 22, "0.0.0.0/0")]));
    assert_eq!(desired.rules().map(Rule::id).collect::<Vec<_>>(), ["tcp 22-22 pl-1"]);
    assert!(matches!(Scene::default().judge(PORTS, &desired), Verdict::Undecidable { .. }));
}

fn flow_log(traffic: &str, destination: &str, role: Option<&str>) -> FlowLog {
    let destination =
        Destination { destination: destination.to_owned(), role: role.map(str::to_owned) };
    FlowLog { traffic: traffic.to_owned(), ..FlowLog::to(&destination).unwrap() }
}

const BUCKET: &str = "arn:aws:s3:::logs";
const GROUP: &str = "arn:aws:logs:eu-central-1:123456789012:log-group:flow:*";
const ROLE: &str = "arn:aws:iam::123456789012:role/flow";

fn configured(destination: &str, role: Option<&str>) -> Scene {
    let mut scene = Scene::default();
    scene.configuration.flow_logs =
        Some(Destination { destination: destination.to_owned(), role: role.map(str::to_owned) });
    scene
}

#[test]
fn a_flow_log_of_rejected_traffic_is_enough() {
    for (traffic, compliant) in [("ALL", true), ("REJECT", true), ("ACCEPT", false)] {
        let observed = FlowLogs::of([flow_log(traffic, BUCKET, None)]);
        let verdict = configured(BUCKET, None).judge(FLOW_LOGS, &observed);
        assert_eq!(verdict.is_compliant(), compliant, "{traffic}");
    }
}

#[test]
fn a_former_flow_log_is_made_again_as_it_was() {
    let former = FlowLogs::of([
        FlowLog { interval: Some(60), ..flow_log("REJECT", BUCKET, None) },
        flow_log("ACCEPT", BUCKET, None),
    ]);
    let accepted = FlowLogs::of([flow_log("ACCEPT", "arn:aws:s3:::other", None)]);
    let scene = configured("arn:aws:s3:::configured", None).after(&former);
    let (desired, _, safety, undo) = violation(scene.judge(FLOW_LOGS, &accepted));
    let restored = FlowLog { interval: Some(60), ..flow_log("REJECT", BUCKET, None) };
    assert_eq!(desired, accepted.with([restored]));
    assert_eq!(safety, Safety::Safe);
    assert!(matches!(undo, Undo::Equivalent(_)));
}

#[test]
fn no_role_is_passed_but_the_configured_one() {
    let former = FlowLogs::of([flow_log("ALL", GROUP, Some("arn:aws:iam::1:role/other"))]);
    let verdict = Scene::default().after(&former).judge(FLOW_LOGS, &FlowLogs::default());
    assert!(matches!(verdict, Verdict::Advise { .. }), "{verdict:?}");
    let scene = configured(GROUP, Some(ROLE)).after(&former);
    let (desired, ..) = violation(scene.judge(FLOW_LOGS, &FlowLogs::default()));
    assert_eq!(desired, FlowLogs::of([flow_log("ALL", GROUP, Some(ROLE))]));
}

#[test]
fn without_a_former_flow_log_the_destination_is_the_configured_one() {
    let none = FlowLogs::default();
    let (desired, detail, ..) = violation(configured(BUCKET, Some(ROLE)).judge(FLOW_LOGS, &none));
    assert_eq!(desired, FlowLogs::of([flow_log("ALL", BUCKET, None)]));
    assert!(detail.ends_with("`s3 arn:aws:s3:::logs ALL`"), "{detail}");
    for scene in [
        Scene::default(),
        configured(GROUP, None),
        configured("logs", None),
        Scene { enrolling: true, ..Scene::default() },
    ] {
        let Verdict::Advise { steps } = scene.judge(FLOW_LOGS, &none) else { panic!("no advice") };
        assert_eq!(steps.contains("enrolling"), scene.enrolling, "{steps}");
    }
}
