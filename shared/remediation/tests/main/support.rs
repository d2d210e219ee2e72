//! What every test of a control needs.

use std::collections::BTreeMap;

use demarc_remediation::{
    classification::{Actor, Resource},
    configuration::Configuration,
    context::{Baseline, Context},
    control::AnyControl,
    controls,
    element::Elements,
    setting::SettingMeta,
    settings::{
        ec2::{
            network_acl_entries::{NETWORK_ACL_USE, NetworkAclUse},
            network_use::{NetworkUse, SECURITY_GROUP_USE, SUBNET_USE},
            security_group_name::{SECURITY_GROUP_NAME, SecurityGroupName},
        },
        iam::{
            group_members::{GROUP_MEMBERS, GroupMembers},
            managed_policy::{MANAGED_POLICY_USE, ManagedPolicyUse},
            role_use::{ROLE_USE, RoleUse},
        },
        s3::{
            bucket_exposure::{BUCKET_EXPOSURE, BucketExposure},
            bucket_lifecycle::{BUCKET_LIFECYCLE, Lifecycle},
            bucket_policy::{BUCKET_POLICY, BucketPolicy},
            bucket_versioning::{BUCKET_VERSIONING, Versioning},
            bucket_website::{BUCKET_WEBSITE, BucketWebsite},
            public_access_block::{OF_ACCOUNT, OF_BUCKET, PublicAccessBlock},
        },
    },
    state::State,
    verdict::{Safety, Undo, Verdict},
};

/// A judgement's surroundings, owned.
#[derive(Clone)]
pub struct Scene {
    pub configuration: Configuration,
    pub readings: BTreeMap<&'static str, Elements>,
    pub baseline: Option<Elements>,
    pub enrolling: bool,
    pub region: &'static str,
    pub actor: Option<Actor>,
    pub made: Vec<String>,
}

impl Default for Scene {
    fn default() -> Self {
        let nobody =
            BucketExposure { policy_is_public: false, acl_is_public: false, website: false };
        Self {
            configuration: Configuration::default(),
            readings: BTreeMap::new(),
            baseline: None,
            enrolling: false,
            region: "eu-central-1",
            actor: None,
            made: Vec::new(),
        }
        .with(&OF_ACCOUNT, &PublicAccessBlock::default())
        .with(&OF_BUCKET, &PublicAccessBlock::default())
        .with(&BUCKET_EXPOSURE, &nobody)
        .with(&BUCKET_WEBSITE, &BucketWebsite { configured: false })
        .with(&SECURITY_GROUP_USE, &NetworkUse { network_interfaces: 0 })
        .with(&SECURITY_GROUP_NAME, &SecurityGroupName { name: "web".to_owned() })
        .with(&NETWORK_ACL_USE, &NetworkAclUse { is_default: false, subnets: 0 })
        .with(&MANAGED_POLICY_USE, &ManagedPolicyUse::default())
        .with(&BUCKET_POLICY, &BucketPolicy::default())
        .with(&BUCKET_LIFECYCLE, &Lifecycle::default())
        .with(&BUCKET_VERSIONING, &Versioning::default())
        .with(&SUBNET_USE, &NetworkUse { network_interfaces: 0 })
        .with(&ROLE_USE, &RoleUse::default())
        .with(&GROUP_MEMBERS, &GroupMembers::default())
    }
}

impl Scene {
    pub fn with(mut self, setting: &SettingMeta, state: &impl State) -> Self {
        self.readings.insert(setting.id, state.elements());
        self
    }

    pub fn after(mut self, state: &impl State) -> Self {
        self.baseline = Some(state.elements());
        self
    }

    pub fn context(&self) -> Context<'_> {
        let baseline = match (&self.baseline, self.enrolling) {
            (Some(elements), _) => Baseline::Known(elements),
            (None, true) => Baseline::Enrolling,
            (None, false) => Baseline::Never,
        };
        Context {
            configuration: &self.configuration,
            actor: self.actor.as_ref(),
            made: &self.made,
            baseline,
            readings: &self.readings,
        }
    }

    pub fn resource(&self, control: &'static dyn AnyControl) -> Resource {
        Resource {
            kind: control.meta().setting.resource.to_owned(),
            account: "123456789012".to_owned(),
            region: self.region.to_owned(),
            id: "sample".to_owned(),
        }
    }

    pub fn judge<S: State>(&self, control: &str, observed: &S) -> Verdict<S> {
        let control = controls::find(control).expect("the control is in the catalogue");
        let verdict =
            control.judge(&self.resource(control), &observed.elements(), &self.context()).unwrap();
        verdict.map(|elements| S::from_elements(&elements).unwrap())
    }
}

/// The parts of a violation.
pub fn violation<S: std::fmt::Debug>(verdict: Verdict<S>) -> (S, String, Safety, Undo) {
    match verdict {
        Verdict::Violation { desired, detail, safety, undo } => (desired, detail, safety, undo),
        other => panic!("no violation: {other:?}"),
    }
}
