//! Settings: where events point, what readings show, and that nothing is lost on the way.

use demarc_remediation::{
    classification::{Change, Resource},
    controls::{SETTINGS, find},
    element::Elements,
    setting::Target,
    settings::{
        ec2::{
            security_group_rules::{Rule, Rules, Source},
            vpc_flow_logs::{DestinationOptions, FlowLog, FlowLogs},
        },
        rds::PublicAccess,
        s3::{
            bucket_acl::BucketAcl,
            bucket_policy::BucketPolicy,
            bucket_versioning::{Status, Versioning},
            public_access_block::PublicAccessBlock,
        },
    },
    state::State,
};
use serde_json::{Value, json};

fn change(service: &str, name: &str, request: Value, response: Value) -> Change {
    Change {
        service: format!("{service}.amazonaws.com"),
        name: name.to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        request,
        response,
        ..Change::default()
    }
}

fn resource(kind: &str, id: &str) -> Resource {
    Resource {
        kind: kind.to_owned(),
        account: "123456789012".to_owned(),
        region: "eu-central-1".to_owned(),
        id: id.to_owned(),
    }
}

/// What an event points at, of every setting that it may have changed.
fn targets(change: &Change) -> Vec<Target> {
    SETTINGS.iter().flat_map(|setting| setting.targets(change)).collect()
}

fn assert_names(change: &Change, kind: &str, id: &str) {
    assert_eq!(targets(change), [Target::Resource(resource(kind, id))], "{}", change.name);
}

#[test]
fn events_of_s3_name_the_bucket_or_mean_the_account() {
    let bucket = change("s3", "PutBucketVersioning", json!({"bucketName": "b"}), json!(null));
    assert_names(&bucket, "AWS::S3::Bucket", "b");
    let account = change("s3", "DeleteAccountPublicAccessBlock", json!(null), json!(null));
    assert_names(&account, "AWS::::Account", "123456789012");
}

#[test]
fn events_of_ec2_name_the_group_once_or_the_vpc() {
    let kind = "AWS::EC2::SecurityGroup";
    let items = json!([{"groupId": "sg-1"}, {"groupId": "sg-1"}]);
    let rules = json!({"securityGroupRuleSet": {"items": items}});
    for (request, response, id) in [
        (json!({"groupId": "sg-2"}), rules, "sg-1"),
        (json!({"groupId": "sg-2"}), json!(null), "sg-2"),
    ] {
        let event = change("ec2", "AuthorizeSecurityGroupIngress", request, response);
        assert_names(&event, kind, id);
    }
    let nested = json!({"ModifySecurityGroupRulesRequest": {"GroupId": "sg-3"}});
    let modified = change("ec2", "ModifySecurityGroupRules", nested, json!(null));
    assert_names(&modified, kind, "sg-3");
    let request = json!({"groupName": "g"});
    let created = change("ec2", "CreateSecurityGroup", request, json!({"groupId": "sg-4"}));
    assert_names(&created, kind, "sg-4");
    let response = json!({"vpc": {"vpcId": "vpc-1"}});
    assert_names(&change("ec2", "CreateVpc", json!({}), response), "AWS::EC2::VPC", "vpc-1");
}

#[test]
fn events_of_rds_name_the_instance_that_they_make() {
    let id = |id: &str| json!({"dBInstanceIdentifier": id});
    let restored =
        json!({"sourceDBInstanceIdentifier": "old", "targetDBInstanceIdentifier": "new"});
    for (name, request, response, expected) in [
        ("ModifyDBInstance", id("d"), json!(null), "d"),
        ("RestoreDBInstanceToPointInTime", restored, json!(null), "new"),
        ("CreateDBInstanceReadReplica", id("D"), id("d"), "d"),
    ] {
        assert_names(&change("rds", name, request, response), "AWS::RDS::DBInstance", expected);
    }
}

#[test]
fn a_deleted_flow_log_is_a_member_whose_vpc_has_to_be_found() {
    let request = json!({"DeleteFlowLogsRequest": {"FlowLogId": [
        {"content": "fl-1", "tag": 1}, {"content": "fl-2", "tag": 2}
    ]}});
    let member = |id| Target::Member { member: resource("AWS::EC2::FlowLog", id) };
    let change = change("ec2", "DeleteFlowLogs", request, json!(null));
    assert_eq!(targets(&change), [member("fl-1"), member("fl-2")]);
}

#[test]
fn an_event_of_another_service_is_no_trigger() {
    let foreign = change("example", "PutBucketPolicy", json!({"bucketName": "b"}), json!(null));
    assert_eq!(targets(&foreign), []);
}

#[test]
fn a_bucket_is_judged_again_when_it_is_created() {
    let created = change("s3", "CreateBucket", json!({"bucketName": "b"}), json!(null));
    let aims = find("s3.policy-grants-no-public-access").unwrap().meta().aims(&created);
    assert_eq!(aims.len(), 1);
    assert!(aims[0].creates);
}

#[test]
fn a_policy_is_read_in_either_form_and_written_in_its_own_order() {
    let text =
        r#"{"Statement":{"b":1,"Sid":"S","a":[ ]},"Version":"2012-10-17","X":{"z":0,"y":1}}"#;
    let policy = BucketPolicy::parse(text).unwrap();
    let ids: Vec<String> = policy.elements().iter().map(|e| e.id.clone()).collect();
    assert_eq!(ids, ["statement:S", "policy:Version", "policy:X"]);
    let written =
        r#"{"Statement":[{"b":1,"Sid":"S","a":[]}],"Version":"2012-10-17","X":{"z":0,"y":1}}"#;
    assert_eq!(policy.document(), written);
    assert_eq!(BucketPolicy::parse(written).unwrap(), policy);
    assert_eq!(BucketPolicy::from_elements(&policy.elements()).unwrap(), policy);
    for text in ["", "[]", "{", "null"] {
        assert!(BucketPolicy::parse(text).is_err(), "read: {text}");
    }
}

#[test]
fn statements_without_a_sid_are_told_apart_by_their_content() {
    let twice = json!({"Statement": [{"Effect": "Deny"}, {"Effect": "Deny"}, {"Sid": ""}]});
    let policy = BucketPolicy::parse(&twice.to_string()).unwrap();
    let ids: Vec<String> = policy.elements().iter().map(|e| e.id.clone()).collect();
    let deny = r#"statement:{"Effect":"Deny"}"#.to_owned();
    assert_eq!(ids, [deny.clone(), format!("{deny}#2"), r#"statement:{"Sid":""}"#.to_owned()]);
}

#[test]
fn elements_of_another_setting_are_refused() {
    let foreign: Elements = [("foreign".to_owned(), json!("x"))].into_iter().collect();
    assert!(PublicAccessBlock::from_elements(&foreign).is_err());
    assert!(BucketPolicy::from_elements(&foreign).is_err());
    assert!(BucketAcl::from_elements(&foreign).is_err());
    assert!(Versioning::from_elements(&foreign).is_err());
    assert!(Rules::from_elements(&foreign).is_err());
    assert!(PublicAccess::from_elements(&foreign).is_err());
    assert!(PublicAccess::from_elements(&Elements::absent()).is_err());
}

#[test]
fn absence_has_no_elements() {
    assert!(PublicAccessBlock::default().elements().is_absent());
    assert!(BucketPolicy::default().elements().is_absent());
    assert!(Versioning::default().elements().is_absent());
    assert_eq!(PublicAccessBlock::FULL.elements().len(), 4);
}

#[test]
fn rules_are_in_normal_form() {
    let from = |protocol, ports| {
        Rule::new(protocol, ports, Source::Cidr4("10.0.0.0/8".into()), Some(String::new())).id()
    };
    assert_eq!(from("6", (Some(22), Some(22))), "tcp 22-22 10.0.0.0/8");
    assert_eq!(from("TCP", (Some(0), Some(65_535))), "tcp 0-65535 10.0.0.0/8");
    assert_eq!(from("-1", (Some(0), Some(65_535))), "all -1--1 10.0.0.0/8");
    assert_eq!(from("50", (None, None)), "50 -1--1 10.0.0.0/8");
    assert_eq!(from("58", (Some(128), Some(0))), "icmpv6 128-0 10.0.0.0/8");
    let group = Source::Group { id: "sg-1".into(), account: Some("210987654321".into()) };
    assert_eq!(Rule::new("all", (None, None), group, None).id(), "all -1--1 210987654321/sg-1");
}

#[test]
fn a_reading_shows_the_block_that_was_put() {
    let put = |on: bool| {
        let block =
            json!({"BlockPublicAcls": on, "xmlns": "http://s3.amazonaws.com/doc/2006-03-01/"});
        let request = json!({"bucketName": "b", "PublicAccessBlockConfiguration": block});
        change("s3", "PutBucketPublicAccessBlock", request, json!(null))
    };
    assert!(PublicAccessBlock::FULL.shows(&put(true)));
    assert!(!PublicAccessBlock::FULL.shows(&put(false)));
    assert!(!PublicAccessBlock::default().shows(&put(true)));
    let deleted = change("s3", "DeleteBucketPublicAccessBlock", json!({}), json!(null));
    assert!(PublicAccessBlock::default().shows(&deleted));
    assert!(!PublicAccessBlock::FULL.shows(&deleted));
}

#[test]
fn a_reading_shows_the_policy_that_was_put() {
    let read = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "s3:*", "Resource": "arn:aws:s3:::b"
    }]});
    let policy = BucketPolicy::parse(&read.to_string()).unwrap();
    let put =
        |said: Value| change("s3", "PutBucketPolicy", json!({"bucketPolicy": said}), json!(null));
    let same = json!({"Statement": {
        "Action": ["s3:*"], "Effect": "Allow", "Principal": {"AWS": "123456789012"},
        "Resource": ["arn:aws:s3:::b"]
    }});
    assert!(policy.shows(&put(same.clone())));
    assert!(policy.shows(&put(json!(same.to_string()))));
    assert!(policy.shows(&put(json!("not json"))));
    assert!(policy.shows(&put(json!(null))));
    assert!(!policy.shows(&put(json!({"Statement": []}))));
    assert!(!BucketPolicy::default().shows(&put(same)));
    let deleted = change("s3", "DeleteBucketPolicy", json!({}), json!(null));
    assert!(!policy.shows(&deleted));
    assert!(BucketPolicy::default().shows(&deleted));
}

#[test]
fn a_reading_shows_the_rules_that_were_authorized() {
    let made = json!({"securityGroupRuleSet": {"items": [
        {"groupId": "sg-1", "isEgress": false, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
         "cidrIpv4": "0.0.0.0/0"},
        {"groupId": "sg-1", "isEgress": false, "ipProtocol": "-1", "fromPort": -1, "toPort": -1,
         "cidrIpv6": "::/0"}
    ]}});
    let authorized = change("ec2", "AuthorizeSecurityGroupIngress", json!({}), made);
    let ssh = Rule::new("tcp", (Some(22), Some(22)), Source::Cidr4("0.0.0.0/0".into()), None);
    let all = Rule::new("-1", (None, None), Source::Cidr6("::/0".into()), None);
    assert!(Rules::of([ssh.clone(), all]).shows(&authorized));
    assert!(!Rules::of([ssh.clone()]).shows(&authorized));

    let rule =
        json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": "22", "CidrIpv4": "0.0.0.0/0"});
    let update = json!({"SecurityGroupRuleId": "sgr-1", "SecurityGroupRule": rule});
    let inner = json!({"GroupId": "sg-1", "SecurityGroupRule": update});
    let request = json!({"ModifySecurityGroupRulesRequest": inner});
    let modified = change("ec2", "ModifySecurityGroupRules", request, json!(null));
    assert!(Rules::of([ssh]).shows(&modified));
    assert!(!Rules::default().shows(&modified));
}

#[test]
fn a_reading_shows_flags_that_were_set() {
    let request = json!({"dBInstanceIdentifier": "d", "publiclyAccessible": true});
    let made_public = change("rds", "ModifyDBInstance", request, json!(null));
    assert!(PublicAccess { publicly_accessible: true }.shows(&made_public));
    assert!(!PublicAccess { publicly_accessible: false }.shows(&made_public));

    let request = json!({"VersioningConfiguration": {"Status": "Suspended"}});
    let suspended = change("s3", "PutBucketVersioning", request, json!(null));
    let on = Versioning { status: Some(Status::Enabled), mfa_delete: None };
    assert!(!on.shows(&suspended));

    let request = json!({"OwnershipControls": {"Rule": {"ObjectOwnership": "ObjectWriter"}}});
    let owned = change("s3", "PutBucketOwnershipControls", request, json!(null));
    assert!(!BucketAcl::default().shows(&owned));
    let acl = BucketAcl { ownership: Some("ObjectWriter".into()), ..BucketAcl::default() };
    assert!(acl.shows(&owned));
}

/// Else a flow log that was asked for without them would differ from what is read back.
#[test]
fn defaults_of_a_flow_log_are_left_out() {
    let asked = FlowLog {
        traffic: "ALL".into(),
        destination_type: "cloud-watch-logs".into(),
        destination: "arn:aws:logs:eu-central-1:123456789012:log-group:flow".into(),
        role: None,
        format: None,
        interval: None,
        options: None,
    };
    let format = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} \
                  ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} \
                  ${log-status}";
    let read = FlowLog {
        destination: "arn:aws:logs:eu-central-1:123456789012:log-group:flow:*".into(),
        format: Some(format.into()),
        interval: Some(600),
        options: Some(DestinationOptions::default()),
        ..asked.clone()
    };
    assert_eq!(FlowLogs::of([read]), FlowLogs::of([asked.clone()]));
    let other = FlowLog { interval: Some(60), ..asked.clone() };
    assert_ne!(FlowLogs::of([other]), FlowLogs::of([asked]));
}
