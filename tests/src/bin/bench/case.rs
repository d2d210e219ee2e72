//! What is measured: one kind of event each.

use demarc_harness::remediation::control::AnyControl;
use demarc_harness::remediation::controls::CATALOGUE;
use demarc_harness::remediation::setting::{Effect, SettingMeta};
use demarc_tests::lives::{
    AccountBlock, AdminPorts, BucketAcl, BucketBlock, BucketPolicy, FlowLogs, Life, PublicInstance,
    Versioning,
};

/// Whether the event's change is put right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is a violation each time.
    Remediated,
    /// It is none: one reading of the setting and of its context.
    Compliant,
}

/// One kind of event.
pub struct Case {
    /// For a person.
    pub name: &'static str,
    /// The resource.
    pub life: &'static dyn Life,
    /// What becomes of it.
    pub kind: Kind,
    /// How many calls a remediation should take, where that was said before.
    pub calls: Option<usize>,
}

impl Case {
    const fn remediated(name: &'static str, life: &'static dyn Life, calls: Option<usize>) -> Self {
        Self { name, life, kind: Kind::Remediated, calls }
    }

    const fn compliant(name: &'static str, life: &'static dyn Life) -> Self {
        Self { name, life, kind: Kind::Compliant, calls: None }
    }

    /// The function that handles it: the part of the control's id before the dot.
    pub fn function(&self) -> &'static str {
        self.life.control().split('.').next().unwrap_or_default()
    }

    /// The controls that judge the same setting: each is enforced.
    pub fn controls(&self) -> impl Iterator<Item = &'static dyn AnyControl> {
        let setting = self.setting().map(|setting| setting.id);
        CATALOGUE.iter().copied().filter(move |c| Some(c.meta().setting.id) == setting)
    }

    /// What its reports say became of it.
    pub fn outcome(&self) -> &'static str {
        match self.kind {
            Kind::Remediated => "remediated",
            Kind::Compliant => "compliant",
        }
    }

    fn setting(&self) -> Option<&'static SettingMeta> {
        let own = CATALOGUE.iter().find(|control| control.meta().id == self.life.control());
        own.map(|control| control.meta().setting)
    }

    /// An event about a member of what is judged: its container is read from the index.
    fn names_a_member(&self) -> bool {
        let triggers = self.setting().into_iter().flat_map(|setting| setting.triggers);
        triggers.into_iter().any(|t| matches!(t.effect, Effect::DeletesMember(_)))
    }

    /// How many calls it should take at most: one reading of the setting and of its context,
    /// where nothing is wrong.
    pub fn wanted(&self) -> Option<usize> {
        if self.kind == Kind::Remediated {
            return self.calls;
        }
        let mut settings: Vec<&SettingMeta> = self.setting().into_iter().collect();
        for context in self.controls().flat_map(|control| control.meta().context) {
            if !settings.iter().any(|setting| setting.id == context.id) {
                settings.push(context);
            }
        }
        let reads: usize = settings.iter().map(|setting| setting.reads.len()).sum();
        Some(reads + usize::from(self.names_a_member()))
    }
}

/// Everything that is measured.
pub const CASES: &[Case] = &[
    Case::remediated("s3: a bucket's public access block put right", &BucketBlock, Some(11)),
    Case::remediated("s3: a bucket's policy put right", &BucketPolicy, Some(9)),
    Case::remediated("ec2: a security group put right", &AdminPorts, None),
    Case::remediated("ec2: a VPC's flow logs put back", &FlowLogs, None),
    Case::remediated("rds: an instance made private", &PublicInstance, None),
    Case::compliant("s3: account's block compliant", &AccountBlock),
    Case::compliant("s3: bucket's block compliant", &BucketBlock),
    Case::compliant("s3: bucket's policy compliant", &BucketPolicy),
    Case::compliant("s3: bucket's ACL compliant", &BucketAcl),
    Case::compliant("s3: bucket's versioning compliant", &Versioning),
    Case::compliant("ec2: security group compliant", &AdminPorts),
    Case::compliant("ec2: VPC's flow logs compliant", &FlowLogs),
    Case::compliant("rds: instance compliant", &PublicInstance),
];
