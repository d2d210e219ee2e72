//! What the model's world is made of, and what of it is wrong, told without any of the tested code.

use demarc_harness::remediation::{
    classification::Resource,
    element::{Edit, Elements},
    setting::SettingMeta,
    settings::{
        ec2::security_group_rules::{Rule, Rules, SECURITY_GROUP_INGRESS, Source},
        rds::{INSTANCE_PUBLIC_ACCESS, PublicAccess},
        s3::bucket_versioning::{BUCKET_VERSIONING, Status, Versioning},
    },
    state::State,
};
use demarc_tests::local::{ACCOUNT, REGION};
use serde_json::{Value, json};

/// One resource with its setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    pub kind: Kind,
    pub number: u8,
}

/// A kind of resource, with the one setting that the model has of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Bucket,
    Group,
    Instance,
}

const OF_EACH: u8 = 3;

/// Every resource that there can be.
pub fn places() -> Vec<Place> {
    let kinds = [Kind::Bucket, Kind::Group, Kind::Instance];
    kinds
        .into_iter()
        .flat_map(|kind| (0..OF_EACH).map(move |number| Place { kind, number }))
        .collect()
}

impl Kind {
    pub fn meta(self) -> &'static SettingMeta {
        match self {
            Self::Bucket => &BUCKET_VERSIONING,
            Self::Group => &SECURITY_GROUP_INGRESS,
            Self::Instance => &INSTANCE_PUBLIC_ACCESS,
        }
    }

    pub fn control(self) -> &'static str {
        match self {
            Self::Bucket => "s3.versioning",
            Self::Group => "ec2.security-groups-close-admin-ports",
            Self::Instance => "rds.instances-not-public",
        }
    }
}

impl Place {
    pub fn id(self) -> String {
        let number = self.number;
        match self.kind {
            Kind::Bucket => format!("bucket-{number}"),
            Kind::Group => format!("sg-{number:017}"),
            Kind::Instance => format!("instance-{number}"),
        }
    }

    pub fn resource(self) -> Resource {
        Resource {
            kind: self.kind.meta().resource.to_owned(),
            id: self.id(),
            account: ACCOUNT.to_owned(),
            region: REGION.to_owned(),
        }
    }

    pub fn of(setting: &str, id: &str) -> Option<Self> {
        places().into_iter().find(|place| place.kind.meta().id == setting && place.id() == id)
    }

    /// The last group is in use.
    pub fn network_interfaces(self) -> u64 {
        u64::from(self.kind == Kind::Group && self.number == OF_EACH - 1)
    }

    /// The last bucket is protected by the configuration.
    pub fn is_protected(self) -> bool {
        self.kind == Kind::Bucket && self.number == OF_EACH - 1
    }

    /// Whether only a person may have it changed so: the ceiling of groups is `safe`.
    pub fn takes_a_person(self, edit: &Edit) -> bool {
        let closes_more = || !edit.id.contains("22-22") && !edit.id.contains("3389-3389");
        self.is_protected()
            || (self.kind == Kind::Group && (self.network_interfaces() > 0 || closes_more()))
    }
}

/// The states in which resources are created.
pub fn created(kind: Kind) -> Elements {
    match kind {
        Kind::Bucket => Versioning { status: Some(Status::Enabled), mfa_delete: None }.elements(),
        Kind::Group => Rules::default().elements(),
        Kind::Instance => PublicAccess { publicly_accessible: false }.elements(),
    }
}

/// Protocol, ports and source of the rules that actors make; the last two are nobody's concern.
pub const RULES: [(&str, i32, i32, &str); 6] = [
    ("tcp", 22, 22, "0.0.0.0/0"),
    ("tcp", 3389, 3389, "::/0"),
    ("tcp", 22, 22, "::/0"),
    ("tcp", 0, 65_535, "0.0.0.0/0"),
    ("tcp", 443, 443, "0.0.0.0/0"),
    ("tcp", 22, 22, "10.0.0.0/8"),
];

/// A rule as the setting has it.
pub fn rule(which: usize, description: &str) -> (String, Value) {
    let (protocol, from, to, range) = RULES[which];
    let source = match range.contains(':') {
        true => Source::Cidr6(range.to_owned()),
        false => Source::Cidr4(range.to_owned()),
    };
    let rule = Rule::new(protocol, (Some(from), Some(to)), source, Some(description.to_owned()));
    (rule.id(), json!(rule))
}

/// A change that somebody could make of a resource: its element, and the content afterwards.
pub fn change(kind: Kind, state: &Elements, choice: usize) -> (String, Option<Value>) {
    match kind {
        Kind::Bucket => {
            let status = if choice.is_multiple_of(3) { "Enabled" } else { "Suspended" };
            ("Status".to_owned(), Some(json!(status)))
        }
        Kind::Instance => {
            ("publicly_accessible".to_owned(), Some(json!(!choice.is_multiple_of(4))))
        }
        Kind::Group => {
            let (id, rule) = rule(choice % RULES.len(), "by hand");
            let after = state.get(&id).is_none().then_some(rule);
            (id, after)
        }
    }
}

/// A state with one element changed.
pub fn with(state: &Elements, id: &str, after: Option<&Value>) -> Elements {
    let mut target = Elements::absent();
    for element in state.iter() {
        match after {
            _ if element.id != id => target.push(element.id.clone(), element.value.clone()),
            Some(value) => target.push(id, value.clone()),
            None => {}
        }
    }
    if let Some(value) = after.filter(|_| state.get(id).is_none()) {
        target.push(id, value.clone());
    }
    target
}

/// Whether an element with this content is a violation.
pub fn is_wrong(kind: Kind, id: &str, value: Option<&Value>) -> bool {
    match kind {
        Kind::Bucket => id == "Status" && value != Some(&json!("Enabled")),
        Kind::Instance => id == "publicly_accessible" && value == Some(&json!(true)),
        Kind::Group => {
            let open = [
                "tcp 22-22 0.0.0.0/0",
                "tcp 22-22 ::/0",
                "tcp 3389-3389 ::/0",
                "tcp 0-65535 0.0.0.0/0",
            ];
            value.is_some() && open.contains(&id)
        }
    }
}

/// The wrong elements of a state, with their contents.
pub fn wrong(kind: Kind, state: &Elements) -> Vec<(String, Option<Value>)> {
    let present = state.iter().map(|e| (e.id.clone(), Some(e.value.clone())));
    let missing = (kind == Kind::Bucket && state.get("Status").is_none())
        .then(|| ("Status".to_owned(), None));
    present.chain(missing).filter(|(id, value)| is_wrong(kind, id, value.as_ref())).collect()
}

/// Whether an edit puts something right, and nothing else.
pub fn closes(kind: Kind, edit: &Edit) -> bool {
    is_wrong(kind, &edit.id, edit.before.as_ref()) && !is_wrong(kind, &edit.id, edit.after.as_ref())
}
