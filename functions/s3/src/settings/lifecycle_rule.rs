//! A lifecycle rule in its normal form, and as the SDK has it.

use aws_sdk_s3::{
    error::BuildError,
    primitives::{DateTime, DateTimeFormat},
    types::{
        AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus,
        LifecycleExpiration, LifecycleRule, LifecycleRuleAndOperator, LifecycleRuleFilter,
        NoncurrentVersionExpiration, NoncurrentVersionTransition, Tag, Transition,
        TransitionStorageClass,
    },
};
use demarc_harness::{
    Error,
    remediation::{
        settings::s3::bucket_lifecycle::{Expiration, Lifecycle, NoncurrentExpiration, Rule},
        state::StateError,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What of a rule no control looks at.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Rest {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter: Option<Filter>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transitions: Vec<Moved>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    noncurrent_version_transitions: Vec<Moved>,
    #[serde(skip_serializing_if = "Option::is_none")]
    days_after_initiation: Option<i32>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_size_greater_than: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_size_less_than: Option<i64>,
    /// Whether the conditions stand in an `And`.
    is_and: bool,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
struct Moved {
    #[serde(skip_serializing_if = "Option::is_none")]
    days: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    newer_noncurrent_versions: Option<i32>,
}

/// A rule with its id; S3 gives every rule one.
pub(super) fn normal_form(rule: &LifecycleRule) -> (String, Rule) {
    let upload = rule.abort_incomplete_multipart_upload();
    #[allow(deprecated, reason = "rules of long ago have it")]
    let prefix = rule.prefix().map(str::to_owned);
    let rest = Rest {
        prefix,
        filter: rule.filter().map(filter),
        transitions: rule.transitions().iter().map(moved).collect(),
        noncurrent_version_transitions: rule
            .noncurrent_version_transitions()
            .iter()
            .map(former_moved)
            .collect(),
        days_after_initiation: upload.and_then(|upload| upload.days_after_initiation()),
    };
    let normal = Rule {
        status: rule.status().as_str().to_owned(),
        expiration: rule.expiration().map(|expiration| Expiration {
            days: expiration.days(),
            date: expiration.date().map(written),
            expired_object_delete_marker: expiration.expired_object_delete_marker(),
        }),
        noncurrent_version_expiration: rule.noncurrent_version_expiration().map(|former| {
            NoncurrentExpiration {
                noncurrent_days: former.noncurrent_days(),
                newer_noncurrent_versions: former.newer_noncurrent_versions(),
            }
        }),
        rest: serde_json::to_value(rest)
            .ok()
            .and_then(|rest| rest.as_object().cloned())
            .unwrap_or_default()
            .into_iter()
            .collect(),
    };
    (rule.id().unwrap_or_default().to_owned(), normal)
}

fn filter(filter: &LifecycleRuleFilter) -> Filter {
    let tag = |tag: &Tag| (tag.key().to_owned(), tag.value().to_owned());
    match filter.and() {
        Some(and) => Filter {
            prefix: and.prefix().map(str::to_owned),
            tags: and.tags().iter().map(tag).collect(),
            object_size_greater_than: and.object_size_greater_than(),
            object_size_less_than: and.object_size_less_than(),
            is_and: true,
        },
        None => Filter {
            prefix: filter.prefix().map(str::to_owned),
            tags: filter.tag().map(tag).into_iter().collect(),
            object_size_greater_than: filter.object_size_greater_than(),
            object_size_less_than: filter.object_size_less_than(),
            is_and: false,
        },
    }
}

fn moved(transition: &Transition) -> Moved {
    Moved {
        days: transition.days(),
        date: transition.date().map(written),
        storage_class: transition.storage_class().map(|class| class.as_str().to_owned()),
        newer_noncurrent_versions: None,
    }
}

fn former_moved(transition: &NoncurrentVersionTransition) -> Moved {
    Moved {
        days: transition.noncurrent_days(),
        date: None,
        storage_class: transition.storage_class().map(|class| class.as_str().to_owned()),
        newer_noncurrent_versions: transition.newer_noncurrent_versions(),
    }
}

/// The configuration with these rules.
pub(super) fn configuration(to: &Lifecycle) -> Result<BucketLifecycleConfiguration, Error> {
    let rules = to.rules.iter().map(|(id, rule)| as_sdk(id, rule));
    let rules = rules.collect::<Result<Vec<_>, _>>()?;
    BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build().map_err(internal)
}

fn as_sdk(id: &str, rule: &Rule) -> Result<LifecycleRule, Error> {
    let rest: Value = rule.rest.clone().into_iter().collect();
    let rest: Rest = serde_json::from_value(rest).map_err(|e| StateError::new(e.to_string()))?;
    let expiration = rule.expiration.as_ref().map(expiration).transpose()?;
    let former = rule.noncurrent_version_expiration.as_ref().map(|former| {
        NoncurrentVersionExpiration::builder()
            .set_noncurrent_days(former.noncurrent_days)
            .set_newer_noncurrent_versions(former.newer_noncurrent_versions)
            .build()
    });
    let upload = rest
        .days_after_initiation
        .map(|days| AbortIncompleteMultipartUpload::builder().days_after_initiation(days).build());
    let moves = rest.transitions.iter().map(transition).collect::<Result<Vec<_>, _>>()?;
    let former_moves: Vec<_> =
        rest.noncurrent_version_transitions.iter().map(former_transition).collect();
    let filter = rest.filter.map(as_sdk_filter).transpose().map_err(internal)?;
    #[allow(deprecated, reason = "rules of long ago have a prefix")]
    let rule = LifecycleRule::builder()
        .id(id)
        .status(ExpirationStatus::from(rule.status.as_str()))
        .set_prefix(rest.prefix)
        .set_filter(filter)
        .set_expiration(expiration)
        .set_noncurrent_version_expiration(former)
        .set_transitions((!moves.is_empty()).then_some(moves))
        .set_noncurrent_version_transitions((!former_moves.is_empty()).then_some(former_moves))
        .set_abort_incomplete_multipart_upload(upload);
    rule.build().map_err(internal)
}

fn expiration(expiration: &Expiration) -> Result<LifecycleExpiration, Error> {
    Ok(LifecycleExpiration::builder()
        .set_days(expiration.days)
        .set_date(expiration.date.as_deref().map(read).transpose()?)
        .set_expired_object_delete_marker(expiration.expired_object_delete_marker)
        .build())
}

fn transition(moved: &Moved) -> Result<Transition, Error> {
    Ok(Transition::builder()
        .set_days(moved.days)
        .set_date(moved.date.as_deref().map(read).transpose()?)
        .set_storage_class(moved.storage_class.as_deref().map(TransitionStorageClass::from))
        .build())
}

fn former_transition(moved: &Moved) -> NoncurrentVersionTransition {
    NoncurrentVersionTransition::builder()
        .set_noncurrent_days(moved.days)
        .set_storage_class(moved.storage_class.as_deref().map(TransitionStorageClass::from))
        .set_newer_noncurrent_versions(moved.newer_noncurrent_versions)
        .build()
}

fn as_sdk_filter(filter: Filter) -> Result<LifecycleRuleFilter, BuildError> {
    let tags = filter.tags.into_iter().map(|(key, value)| Tag::builder().key(key).value(value));
    let tags = tags.map(|tag| tag.build()).collect::<Result<Vec<_>, _>>()?;
    if filter.is_and {
        let and = LifecycleRuleAndOperator::builder()
            .set_prefix(filter.prefix)
            .set_tags((!tags.is_empty()).then_some(tags))
            .set_object_size_greater_than(filter.object_size_greater_than)
            .set_object_size_less_than(filter.object_size_less_than);
        return Ok(LifecycleRuleFilter::builder().and(and.build()).build());
    }
    Ok(LifecycleRuleFilter::builder()
        .set_prefix(filter.prefix)
        .set_tag(tags.into_iter().next())
        .set_object_size_greater_than(filter.object_size_greater_than)
        .set_object_size_less_than(filter.object_size_less_than)
        .build())
}

fn written(date: &DateTime) -> String {
    date.fmt(DateTimeFormat::DateTime).unwrap_or_else(|_| date.to_string())
}

fn read(date: &str) -> Result<DateTime, Error> {
    DateTime::from_str(date, DateTimeFormat::DateTime)
        .map_err(|e| StateError::new(e.to_string()).into())
}

fn internal(error: BuildError) -> Error {
    Error::Internal(error.to_string())
}
