//! CloudTrail events as EventBridge delivers them, of the shapes of the project's samples.

use demarc_harness::remediation::element::{Edit, Elements};
use demarc_tests::lives::rfc3339;
use serde_json::{Value, json};

use crate::resource::{Kind, Place, RULES};

const BUCKET: &str = include_str!("../../../events/cloudtrail/put-bucket-versioning.json");
const GROUP: &str =
    include_str!("../../../events/cloudtrail/authorize-security-group-ingress.json");
const INSTANCE: &str = include_str!("../../../events/cloudtrail/modify-db-instance.json");

/// Who did something, where.
#[derive(Clone, Debug)]
pub struct Doer {
    pub role: String,
    pub account: &'static str,
}

/// The event of one edit of a resource.
pub fn of(place: Place, edit: &Edit, doer: &Doer, number: usize, millis: u64) -> Value {
    let (text, sample) = match place.kind {
        Kind::Bucket => (BUCKET, "demarc-sample"),
        Kind::Group => (GROUP, "sg-0a1b2c3d4e5f60718"),
        Kind::Instance => (INSTANCE, "demarc-sample"),
    };
    let text = text
        .replace(sample, &place.id())
        .replace("123456789012", doer.account)
        .replace("example-developer", &doer.role);
    let mut event: Value = serde_json::from_str(&text).unwrap();
    event["time"] = json!(rfc3339(millis / 1000));
    let detail = &mut event["detail"];
    detail["eventTime"] = json!(rfc3339(millis / 1000));
    detail["eventID"] = json!(format!("{number:08}-0000-4000-8000-000000000000"));
    match place.kind {
        Kind::Bucket => {
            detail["requestParameters"]["VersioningConfiguration"]["Status"] = json!(edit.after);
        }
        Kind::Instance => {
            detail["requestParameters"]["publiclyAccessible"] = json!(edit.after);
        }
        Kind::Group if edit.after.is_none() => {
            detail["eventName"] = json!("RevokeSecurityGroupIngress");
        }
        Kind::Group => {
            let rule = edit.after.as_ref().unwrap();
            let item = &mut detail["responseElements"]["securityGroupRuleSet"]["items"][0];
            for (theirs, ours) in
                [("ipProtocol", "protocol"), ("fromPort", "from"), ("toPort", "to")]
            {
                item[theirs] = rule[ours].clone();
            }
            item.as_object_mut().unwrap().remove("cidrIpv4");
            let source = &rule["source"];
            for (theirs, ours) in [("cidrIpv4", "cidr4"), ("cidrIpv6", "cidr6")] {
                if let Some(range) = source.get(ours) {
                    item[theirs] = range.clone();
                }
            }
        }
    }
    event
}

/// An edit that somebody could make of a resource, as a forged event tells it.
pub fn forged(place: Place, state: Option<&Elements>, choice: usize) -> Edit {
    let (id, after) = match place.kind {
        Kind::Bucket => ("Status".to_owned(), json!("Suspended")),
        Kind::Instance => ("publicly_accessible".to_owned(), json!(true)),
        Kind::Group => crate::resource::rule(choice % RULES.len(), "forged"),
    };
    let before = state.and_then(|state| state.get(&id)).cloned();
    Edit { id, before, after: Some(after), preceding: Vec::new() }
}
