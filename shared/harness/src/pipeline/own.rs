//! What concerns Demarc itself: changes of its stack, writes under its roles that it did not make,
//! a trail that is stopped. All of it is only told: no function may change Demarc.

use demarc_remediation::{
    classification::{Change, Classification, Disposition, Resource},
    controls::SETTINGS,
    journal::setting_key,
    own::{Tampering, stopped_trail, tampering},
    setting::{Scope, SettingMeta},
};

use super::{Pipeline, change::of_change, task::rfc3339};
use crate::{Error, Outcome, Report, report::Alert, store::LEASE_MILLIS};

const CLOUDFORMATION: &str = "cloudformation.amazonaws.com";
/// A write comes after its claim, and before the lease ends; CloudTrail's times are whole seconds.
const AFTER_CLAIM_MILLIS: u64 = LEASE_MILLIS + 15_000;
const CLOCKS_MILLIS: u64 = 5_000;

impl Pipeline {
    /// The report of a change that concerns Demarc itself; `None`: it does not.
    pub(super) async fn about_demarc(
        &self,
        change: &Change,
        classification: &Classification,
    ) -> Result<Option<Report>, Error> {
        let had_effect = change.error_code.is_none() && !change.dry_run && !change.read_only;
        if classification.disposition == Disposition::Reject || !had_effect {
            return Ok(None);
        }
        if self.environment.own_roles.iter().any(|role| change.actor.is_role(role)) {
            return self.own_write(change, classification).await.map(Some);
        }
        if let Some(found) = tampering(change, &self.environment.stack) {
            return self.tampered(change, classification, &found).await.map(Some);
        }
        let trail = stopped_trail(change);
        Ok(trail.map(|why| told(change, classification, Some(Alert::TrailStopped), &why)))
    }

    /// CloudFormation's own calls are those of a deployment, and a deployment by a configured
    /// pipeline is meant. Both is said by AWS, not by the caller.
    async fn tampered(
        &self,
        change: &Change,
        classification: &Classification,
        found: &Tampering,
    ) -> Result<Report, Error> {
        let roles = &self.store.configuration().await?.actors.pipeline_roles;
        let by_stack = change.actor.invoked_by.as_deref() == Some(CLOUDFORMATION);
        let by_pipeline =
            found.is_deployment && roles.iter().any(|role| change.actor.is_role(role));
        let Tampering { part, restore, .. } = found;
        let what = format!("{} changed Demarc's own {part}", change.name);
        if by_stack || by_pipeline {
            let why = format!("{what}, in a deployment of the stack");
            return Ok(told(change, classification, None, &why));
        }
        let why = format!("{what}; to put it back: {restore}");
        Ok(told(change, classification, Some(Alert::Tampering), &why))
    }

    /// Each write under our roles follows a claim: one without was made by somebody else who has a
    /// session of the role.
    async fn own_write(
        &self,
        change: &Change,
        classification: &Classification,
    ) -> Result<Report, Error> {
        if change.actor.is_service() {
            let why = "an AWS service called on behalf of Demarc's role";
            return Ok(told(change, classification, None, why));
        }
        let at = change.time.map_or(0, |seconds| seconds * 1000);
        for key in self.written_keys(change).await? {
            let claims = self.store.head(&key).await?.recent;
            let is_near = |claim: &&u64| {
                (at.saturating_sub(AFTER_CLAIM_MILLIS)..at + CLOCKS_MILLIS).contains(*claim)
            };
            if let Some(claim) = claims.iter().find(is_near) {
                let why = format!("demarc made this change, claimed at {}", rfc3339(*claim));
                return Ok(told(change, classification, None, &why));
            }
        }
        let role = change.actor.role.as_deref().unwrap_or("Demarc's role");
        let why = format!(
            "{} was called with {role}, and the journal has no claim for it: somebody else uses the role; end its sessions: {}",
            change.name,
            revoke(role, &rfc3339(self.clock.now()))
        );
        Ok(told(change, classification, Some(Alert::ForeignWrite), &why))
    }

    /// The keys of every setting that the call may have written.
    async fn written_keys(&self, change: &Change) -> Result<Vec<String>, Error> {
        let named = change.resources();
        let mut keys = Vec::new();
        for meta in SETTINGS.iter().copied().filter(|meta| !meta.closes.is_empty()) {
            // One of the whole account is written only by the calls that its triggers name.
            let of_kind = |r: &&Resource| meta.scope == Scope::Resource && r.kind == meta.resource;
            let mut resources: Vec<Resource> = named.iter().filter(of_kind).cloned().collect();
            for target in meta.targets(change) {
                resources.extend(self.resource_of(meta, target).await?);
            }
            keys.extend(resources.into_iter().map(|r| self.key(meta, r)));
        }
        keys.sort_unstable();
        keys.dedup();
        Ok(keys)
    }

    fn key(&self, meta: &'static SettingMeta, resource: Resource) -> String {
        setting_key(meta.id, &self.placed(meta, resource))
    }
}

fn told(
    change: &Change,
    classification: &Classification,
    alert: Option<Alert>,
    why: &str,
) -> Report {
    let outcome = if alert.is_some() { Outcome::Advised } else { Outcome::Ignored };
    let mut report = of_change(change, classification, outcome);
    report.because = why.to_owned();
    report.alert = alert;
    report
}

/// What the console's "Revoke active sessions" does (AWS Identity and Access Management User Guide,
/// "Revoking IAM role temporary security credentials"); Lambda gets new sessions by itself.
fn revoke(role: &str, now: &str) -> String {
    let name = role.rsplit('/').next().unwrap_or(role);
    format!(
        "aws iam put-role-policy --role-name {name} --policy-name RevokeOlderSessions --policy-document '{{\"Version\":\"2012-10-17\",\"Statement\":{{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{{\"DateLessThan\":{{\"aws:TokenIssueTime\":\"{now}\"}}}}}}}}'"
    )
}
