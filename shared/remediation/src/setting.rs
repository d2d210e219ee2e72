//! What is known of a setting without any effect: its calls, its events, its resource.

use demarc_classification::{Change, Resource};

/// One call of an AWS API, and the permission that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Service and operation as the SDK names them: `s3:GetPublicAccessBlock`.
    pub operation: &'static str,
    /// What must be allowed for it, which is often named otherwise.
    pub permissions: &'static [Permission],
}

/// One IAM action on one kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The IAM action: `s3:GetBucketPublicAccessBlock`.
    pub action: &'static str,
    /// The narrowest resource that serves every resource of the account, with `${Partition}`,
    /// `${Region}` and `${Account}` for what the deployment fills in, or the name of a template
    /// parameter in the same spelling (`${FlowLogsRoleArn}`). `*` where the action has no other.
    pub resource: &'static str,
    /// A condition of the statement: operator, key, value, which may be `${Account}`.
    pub condition: Option<(&'static str, &'static str, &'static str)>,
}

/// A permission without a condition.
#[must_use]
pub const fn allow(action: &'static str, resource: &'static str) -> Permission {
    Permission { action, resource, condition: None }
}

/// A CloudTrail event that may have changed a setting, and where it names the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The event source: `s3.amazonaws.com`.
    pub source: &'static str,
    /// The event name as CloudTrail writes it, without an API date.
    pub event: &'static str,
    /// The paths under which the event names the resource, tried in their order.
    pub names: &'static [&'static [&'static str]],
    /// What the event does to the resource.
    pub effect: Effect,
}

/// What an event does to the resource that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It changes the setting.
    Changes,
    /// It creates the resource: whoever created it may still be setting it up.
    Creates,
    /// It deletes the named member (`AWS::EC2::FlowLog`), whose container has to be found.
    DeletesMember(&'static str),
}

/// Where a setting exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// On each resource of its kind.
    Resource,
    /// Once an account: it belongs to the stack in the home region.
    Account,
    /// Once in each region of an account.
    Region,
    /// On each resource of its kind, of a service without regions: it belongs to the stack in the
    /// home region.
    Global,
}

impl Scope {
    /// Whether the stack in the home region has it, wherever its events come from.
    #[must_use]
    pub fn is_home(self) -> bool {
        matches!(self, Self::Account | Self::Global)
    }

    /// Whether the account itself has it, and no resource in it.
    #[must_use]
    pub fn is_of_account(self) -> bool {
        matches!(self, Self::Account | Self::Region)
    }
}

/// A setting of a kind of resource.
#[derive(Debug, PartialEq, Eq)]
pub struct SettingMeta {
    /// Its name: `s3.bucket-policy`.
    pub id: &'static str,
    /// The function that has the SDK for it: `s3`.
    pub function: &'static str,
    /// The resource's CloudFormation type.
    pub resource: &'static str,
    /// Where it exists.
    pub scope: Scope,
    /// Calls that read it.
    pub reads: &'static [Call],
    /// Calls that list the resources which have it.
    pub lists: &'static [Call],
    /// Calls that only ever make it safer, or that both directions need. The remediator has them.
    /// None where its controls only advise.
    pub closes: &'static [Call],
    /// Calls that an undo needs on top. Only the operator has them.
    pub reopens: &'static [Call],
    /// Events that may have changed it.
    pub triggers: &'static [Trigger],
    /// Settings of the same resource whose plans have to be undone first: the service would not
    /// take this one's former state back.
    pub undone_after: &'static [&'static str],
    /// Whether compliant readings are kept as last known good.
    pub baseline: bool,
    /// How long an accepted write may take to show, in seconds; 0 where it shows at once.
    pub applies_within_seconds: u64,
}

/// What an event points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The resource itself.
    Resource(Resource),
    /// A member, whose container (the resource) has to be found: by the index, else every
    /// container of the kind is evaluated.
    Member {
        /// What the event names.
        member: Resource,
    },
}

impl SettingMeta {
    /// The triggers that this change is.
    pub fn triggered_by<'a>(&'a self, change: &'a Change) -> impl Iterator<Item = &'a Trigger> {
        self.triggers.iter().filter(|t| t.source == change.service && t.event == change.name)
    }

    /// What the change points at, of this setting's kind of resource, each once: an event names its
    /// security group once a rule.
    #[must_use]
    pub fn targets(&self, change: &Change) -> Vec<Target> {
        let mut targets: Vec<Target> = Vec::new();
        for target in self.triggered_by(change).flat_map(|t| self.named_by(t, change)) {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }

    fn named_by(&self, trigger: &Trigger, change: &Change) -> Vec<Target> {
        if self.scope.is_of_account() {
            return vec![Target::Resource(self.resource(change, self.resource, &change.account))];
        }
        let ids = trigger
            .names
            .iter()
            .map(|path| change.texts(path))
            .find(|ids| !ids.is_empty())
            .unwrap_or_default();
        ids.iter()
            .map(|id| match trigger.effect {
                Effect::DeletesMember(kind) => {
                    Target::Member { member: self.resource(change, kind, id) }
                }
                Effect::Changes | Effect::Creates => {
                    Target::Resource(self.resource(change, self.resource, id))
                }
            })
            .collect()
    }

    /// The resource that an event names by its id or its ARN.
    fn resource(&self, change: &Change, kind: &str, id: &str) -> Resource {
        let by_arn = Resource::from_arn(id, &change.account, &change.region);
        by_arn.filter(|resource| resource.kind == kind).unwrap_or_else(|| Resource {
            kind: kind.to_owned(),
            account: change.account.clone(),
            region: change.region.clone(),
            id: id.to_owned(),
        })
    }

    /// Every call that this setting may make when it is read.
    pub fn calls(&self) -> impl Iterator<Item = &Call> {
        self.reads.iter().chain(self.lists).chain(self.closes).chain(self.reopens)
    }
}
