//! A replication rule in its normal form, and as the SDK has it.

use std::collections::BTreeSet;

use aws_sdk_s3::{
    error::BuildError,
    types::{
        AccessControlTranslation, DeleteMarkerReplication, DeleteMarkerReplicationStatus,
        Destination, EncryptionConfiguration, ExistingObjectReplication,
        ExistingObjectReplicationStatus, Metrics, MetricsStatus, OwnerOverride,
        ReplicaModifications, ReplicaModificationsStatus, ReplicationConfiguration,
        ReplicationRule, ReplicationRuleAndOperator, ReplicationRuleFilter, ReplicationRuleStatus,
        ReplicationTime, ReplicationTimeStatus, ReplicationTimeValue, SourceSelectionCriteria,
        SseKmsEncryptedObjects, SseKmsEncryptedObjectsStatus, StorageClass, Tag,
    },
};
use demarc_harness::{
    Error,
    remediation::{
        settings::s3::bucket_replication::{Replication, Rule},
        state::StateError,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What of a rule no control looks at. A member that the rule does not have is absent, because S3
/// tells rules apart by which members they have.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Rest {
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    /// Whether objects under keys of KMS are copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    sse_kms_encrypted_objects: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replica_modifications: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    existing_object_replication: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete_marker_replication: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_class: Option<String>,
    /// Whose the copies are.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replica_kms_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replication_time: Option<Timed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<Timed>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<(String, String)>,
    /// Whether the conditions stand in an `And`.
    is_and: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Timed {
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<i32>,
}

/// A rule with its id; S3 gives every rule one. `own` are the names of the account's buckets.
pub(super) fn normal_form(rule: &ReplicationRule, own: &BTreeSet<String>) -> (String, Rule) {
    let to = rule.destination();
    let mut normal = Rule {
        status: rule.status().as_str().to_owned(),
        bucket: to.map(|to| to.bucket().to_owned()).unwrap_or_default(),
        account: to.and_then(Destination::account).map(str::to_owned),
        ..Rule::default()
    };
    normal.is_own = own.contains(normal.destination());
    let rest = serde_json::to_value(rest(rule)).ok();
    let rest = rest.and_then(|rest| rest.as_object().cloned()).unwrap_or_default();
    normal.rest = rest.into_iter().collect();
    (rule.id().unwrap_or_default().to_owned(), normal)
}

fn rest(rule: &ReplicationRule) -> Rest {
    let criteria = rule.source_selection_criteria();
    let kms = criteria.and_then(SourceSelectionCriteria::sse_kms_encrypted_objects);
    let modifications = criteria.and_then(SourceSelectionCriteria::replica_modifications);
    let to = rule.destination();
    #[allow(deprecated, reason = "rules of long ago have it")]
    let prefix = rule.prefix().map(str::to_owned);
    Rest {
        priority: rule.priority(),
        prefix,
        filter: rule.filter().map(filter),
        sse_kms_encrypted_objects: kms.map(|kms| kms.status().as_str().to_owned()),
        replica_modifications: modifications.map(|m| m.status().as_str().to_owned()),
        existing_object_replication: rule
            .existing_object_replication()
            .map(|existing| existing.status().as_str().to_owned()),
        delete_marker_replication: rule
            .delete_marker_replication()
            .and_then(DeleteMarkerReplication::status)
            .map(|status| status.as_str().to_owned()),
        storage_class: to.and_then(|to| to.storage_class()).map(|c| c.as_str().to_owned()),
        owner: to
            .and_then(|to| to.access_control_translation())
            .map(|translation| translation.owner().as_str().to_owned()),
        replica_kms_key_id: to
            .and_then(|to| to.encryption_configuration())
            .and_then(|encryption| encryption.replica_kms_key_id())
            .map(str::to_owned),
        replication_time: to.and_then(|to| to.replication_time()).map(|time| Timed {
            status: time.status().as_str().to_owned(),
            minutes: time.time().and_then(ReplicationTimeValue::minutes),
        }),
        metrics: to.and_then(|to| to.metrics()).map(|metrics| Timed {
            status: metrics.status().as_str().to_owned(),
            minutes: metrics.event_threshold().and_then(ReplicationTimeValue::minutes),
        }),
    }
}

fn filter(filter: &ReplicationRuleFilter) -> Filter {
    let tag = |tag: &Tag| (tag.key().to_owned(), tag.value().to_owned());
    match filter.and() {
        Some(and) => Filter {
            prefix: and.prefix().map(str::to_owned),
            tags: and.tags().iter().map(tag).collect(),
            is_and: true,
        },
        None => Filter {
            prefix: filter.prefix().map(str::to_owned),
            tags: filter.tag().map(tag).into_iter().collect(),
            is_and: false,
        },
    }
}

/// The configuration with these rules.
pub(super) fn configuration(to: &Replication) -> Result<ReplicationConfiguration, Error> {
    let rules = to.rules.iter().map(|(id, rule)| as_sdk(id, rule));
    let rules = rules.collect::<Result<Vec<_>, _>>()?;
    ReplicationConfiguration::builder()
        .set_role(to.role.clone())
        .set_rules(Some(rules))
        .build()
        .map_err(internal)
}

fn as_sdk(id: &str, rule: &Rule) -> Result<ReplicationRule, Error> {
    let rest: Value = rule.rest.clone().into_iter().collect();
    let rest: Rest = serde_json::from_value(rest).map_err(|e| StateError::new(e.to_string()))?;
    built(id, rule, &rest).map_err(internal)
}

fn built(id: &str, rule: &Rule, rest: &Rest) -> Result<ReplicationRule, BuildError> {
    let existing = rest.existing_object_replication.as_deref().map(|status| {
        let status = ExistingObjectReplicationStatus::from(status);
        ExistingObjectReplication::builder().status(status).build()
    });
    let markers = rest.delete_marker_replication.as_deref().map(|status| {
        let status = DeleteMarkerReplicationStatus::from(status);
        DeleteMarkerReplication::builder().status(status).build()
    });
    #[allow(deprecated, reason = "rules of long ago have a prefix")]
    let builder = ReplicationRule::builder()
        .id(id)
        .status(ReplicationRuleStatus::from(rule.status.as_str()))
        .set_priority(rest.priority)
        .set_prefix(rest.prefix.clone())
        .set_filter(rest.filter.as_ref().map(as_sdk_filter).transpose()?)
        .set_source_selection_criteria(criteria(rest)?)
        .set_existing_object_replication(existing.transpose()?)
        .set_delete_marker_replication(markers)
        .destination(destination(rule, rest)?);
    builder.build()
}

fn destination(rule: &Rule, rest: &Rest) -> Result<Destination, BuildError> {
    let owner = rest
        .owner
        .as_deref()
        .map(|owner| AccessControlTranslation::builder().owner(OwnerOverride::from(owner)).build());
    let key = rest.replica_kms_key_id.as_ref();
    let key = key.map(|key| EncryptionConfiguration::builder().replica_kms_key_id(key).build());
    let time = rest.replication_time.as_ref().map(|time| {
        let status = ReplicationTimeStatus::from(time.status.as_str());
        ReplicationTime::builder().status(status).set_time(minutes(time)).build()
    });
    let metrics = rest.metrics.as_ref().map(|metrics| {
        let status = MetricsStatus::from(metrics.status.as_str());
        Metrics::builder().status(status).set_event_threshold(minutes(metrics)).build()
    });
    Destination::builder()
        .bucket(&rule.bucket)
        .set_account(rule.account.clone())
        .set_storage_class(rest.storage_class.as_deref().map(StorageClass::from))
        .set_access_control_translation(owner.transpose()?)
        .set_encryption_configuration(key)
        .set_replication_time(time.transpose()?)
        .set_metrics(metrics.transpose()?)
        .build()
}

fn minutes(timed: &Timed) -> Option<ReplicationTimeValue> {
    timed.minutes.map(|minutes| ReplicationTimeValue::builder().minutes(minutes).build())
}

fn criteria(rest: &Rest) -> Result<Option<SourceSelectionCriteria>, BuildError> {
    if rest.sse_kms_encrypted_objects.is_none() && rest.replica_modifications.is_none() {
        return Ok(None);
    }
    let kms = rest.sse_kms_encrypted_objects.as_deref().map(|status| {
        let status = SseKmsEncryptedObjectsStatus::from(status);
        SseKmsEncryptedObjects::builder().status(status).build()
    });
    let modifications = rest.replica_modifications.as_deref().map(|status| {
        let status = ReplicaModificationsStatus::from(status);
        ReplicaModifications::builder().status(status).build()
    });
    let criteria = SourceSelectionCriteria::builder()
        .set_sse_kms_encrypted_objects(kms.transpose()?)
        .set_replica_modifications(modifications.transpose()?);
    Ok(Some(criteria.build()))
}

fn as_sdk_filter(filter: &Filter) -> Result<ReplicationRuleFilter, BuildError> {
    let tags = filter.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    let tags = tags.collect::<Result<Vec<_>, _>>()?;
    if filter.is_and {
        let and = ReplicationRuleAndOperator::builder()
            .set_prefix(filter.prefix.clone())
            .set_tags((!tags.is_empty()).then_some(tags));
        return Ok(ReplicationRuleFilter::builder().and(and.build()).build());
    }
    Ok(ReplicationRuleFilter::builder()
        .set_prefix(filter.prefix.clone())
        .set_tag(tags.into_iter().next())
        .build())
}

fn internal(error: BuildError) -> Error {
    Error::Internal(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fifteen() -> Option<ReplicationTimeValue> {
        Some(ReplicationTimeValue::builder().minutes(15).build())
    }

    /// With everything that S3 has for a rule.
    fn full() -> Result<ReplicationRule, BuildError> {
        let criteria = SourceSelectionCriteria::builder()
            .sse_kms_encrypted_objects(
                SseKmsEncryptedObjects::builder()
                    .status(SseKmsEncryptedObjectsStatus::Enabled)
                    .build()?,
            )
            .replica_modifications(
                ReplicaModifications::builder()
                    .status(ReplicaModificationsStatus::Enabled)
                    .build()?,
            );
        let existing = ExistingObjectReplication::builder()
            .status(ExistingObjectReplicationStatus::Disabled)
            .build()?;
        let markers = DeleteMarkerReplication::builder()
            .status(DeleteMarkerReplicationStatus::Enabled)
            .build();
        let tags = ["one", "two"].map(|key| Tag::builder().key(key).value("yes").build());
        let tags = tags.into_iter().collect::<Result<Vec<_>, _>>()?;
        let and = ReplicationRuleAndOperator::builder().prefix("logs/").set_tags(Some(tags));
        ReplicationRule::builder()
            .id("full")
            .priority(3)
            .status(ReplicationRuleStatus::Enabled)
            .filter(ReplicationRuleFilter::builder().and(and.build()).build())
            .source_selection_criteria(criteria.build())
            .existing_object_replication(existing)
            .delete_marker_replication(markers)
            .destination(full_destination()?)
            .build()
    }

    fn full_destination() -> Result<Destination, BuildError> {
        let time = ReplicationTime::builder()
            .status(ReplicationTimeStatus::Enabled)
            .set_time(fifteen())
            .build()?;
        let metrics = Metrics::builder()
            .status(MetricsStatus::Enabled)
            .set_event_threshold(fifteen())
            .build()?;
        Destination::builder()
            .bucket("arn:aws:s3:::copies")
            .account("111122223333")
            .storage_class(StorageClass::StandardIa)
            .access_control_translation(
                AccessControlTranslation::builder().owner(OwnerOverride::Destination).build()?,
            )
            .encryption_configuration(
                EncryptionConfiguration::builder().replica_kms_key_id("a-key").build(),
            )
            .replication_time(time)
            .metrics(metrics)
            .build()
    }

    #[allow(deprecated, reason = "rules of long ago have a prefix")]
    fn bare() -> Result<ReplicationRule, BuildError> {
        let to = Destination::builder().bucket("arn:aws:s3:::copies").build()?;
        let rule = ReplicationRule::builder().id("bare").prefix("").destination(to);
        rule.status(ReplicationRuleStatus::Enabled).build()
    }

    #[test]
    fn a_rule_is_written_as_it_was_read() -> Result<(), Error> {
        for rule in [full().map_err(internal)?, bare().map_err(internal)?] {
            let (id, normal) = normal_form(&rule, &BTreeSet::from(["copies".to_owned()]));
            assert!(normal.is_own);
            assert_eq!(as_sdk(&id, &normal)?, rule);
        }
        Ok(())
    }
}
