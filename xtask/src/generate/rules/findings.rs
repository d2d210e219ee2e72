//! Other services' findings: about what a function's controls judge, in this account.

use std::collections::BTreeSet;

use demarc_remediation::{
    classification::{catalogue::controls::SecurityHubControl, kinds},
    control::Meta,
    setting::Scope,
};
use serde_json::{Value, json};

use super::{Route, Rule, words};
use crate::{generate::catalogue::controls_of, task::TaskError};

const ACCOUNT: &str = "!Ref AWS::AccountId";

/// The standards that existed before controls were consolidated, as their generators write them.
const STANDARDS: &[(&str, &str)] = &[
    ("cis-1.2.0", "cis-aws-foundations-benchmark/v/1.2.0/rule/"),
    ("cis-1.4.0", "cis-aws-foundations-benchmark/v/1.4.0/"),
    ("pci-3.2.1", "pci-dss/v/3.2.1/"),
];

/// How GuardDuty calls the resources whose findings tell of a setting: security groups and VPCs
/// are an instance's, users and roles stand behind an access key.
pub const GUARD_DUTY: &[(&str, &str)] = &[
    (kinds::BUCKET, "S3Bucket"),
    (kinds::SECURITY_GROUP, "Instance"),
    (kinds::VPC, "Instance"),
    (kinds::INSTANCE, "Instance"),
    (kinds::DB_INSTANCE, "RDSDBInstance"),
    (kinds::USER, "AccessKey"),
    (kinds::ROLE, "AccessKey"),
];

/// The resources that Access Analyzer looks at, as far as a control judges them.
pub const ACCESS_ANALYZER: &[&str] = &[kinds::BUCKET, kinds::ROLE, kinds::SNAPSHOT];

/// The rules of a function for findings, one for each source; findings of settings of the whole
/// account reach the home region's stack only, where the same services report them too.
///
/// # Errors
/// A pattern is too long.
pub fn rules(function: &str) -> Result<Vec<Rule>, TaskError> {
    let of = |scopes: &[Scope]| -> Vec<&Meta> {
        controls_of(function).filter(|meta| scopes.contains(&meta.setting.scope)).collect()
    };
    let mut rules = Vec::new();
    for (source, pattern) in patterns(&of(&[Scope::Resource, Scope::Region])) {
        rules.push(rule(function, &[source], Route::Live, pattern)?);
    }
    for (source, pattern) in patterns(&of(&[Scope::Global])) {
        rules.push(rule(function, &[source, "global"], Route::Home, pattern)?);
    }
    for (source, pattern) in patterns_of_account(&of(&[Scope::Account])) {
        rules.push(rule(function, &[source, "account"], Route::Home, pattern)?);
    }
    Ok(rules)
}

fn rule(
    function: &str,
    name: &[&'static str],
    route: Route,
    pattern: Value,
) -> Result<Rule, TaskError> {
    let name = words(std::iter::once(function).chain(name.iter().copied()));
    let description = format!("Findings that Demarc's {function} function looks at.");
    Rule::new(&name, route, description, pattern).checked()
}

fn controls<'a>(metas: impl IntoIterator<Item = &'a &'a Meta>) -> BTreeSet<&'static str> {
    metas.into_iter().flat_map(|meta| meta.security_hub).copied().collect()
}

fn of_security_hub(controls: &BTreeSet<&str>) -> Vec<(&'static str, Value)> {
    if controls.is_empty() {
        return Vec::new();
    }
    vec![("securityhub", security_hub(controls)), ("securityhub-v2", security_hub_v2(controls))]
}

/// Of settings of the whole account: every function's are of the one type.
fn patterns_of_account(metas: &[&Meta]) -> Vec<(&'static str, Value)> {
    let controls = controls(metas);
    let mut patterns = of_security_hub(&controls);
    patterns.extend(compliance_of_account(&controls).map(|pattern| ("config", pattern)));
    patterns
}

fn patterns(metas: &[&Meta]) -> Vec<(&'static str, Value)> {
    let of = |wanted: fn(Scope) -> bool| metas.iter().filter(move |m| wanted(m.setting.scope));
    let named = |wanted: fn(Scope) -> bool| -> BTreeSet<&str> {
        of(wanted).map(|meta| meta.setting.resource).collect()
    };
    let types = named(|scope| !scope.is_of_account());
    // Compliance tells IAM's resources by ids that no call takes.
    let told_by_id = named(|scope| scope == Scope::Resource);
    let of_region = controls(of(|scope| scope == Scope::Region));
    let mut patterns = of_security_hub(&controls(metas));
    if !told_by_id.is_empty() {
        patterns.push(("config", compliance(&told_by_id)));
    }
    patterns.extend(compliance_of_account(&of_region).map(|pattern| ("config-region", pattern)));
    if !types.is_empty() {
        patterns.push(("config-item", item(&types)));
    }
    patterns.extend(guard_duty(&types).map(|pattern| ("guardduty", pattern)));
    patterns.extend(access_analyzer(&types).map(|pattern| ("access-analyzer", pattern)));
    patterns
}

/// By the control's id, or the id of the generator from before there was one.
fn security_hub(controls: &BTreeSet<&str>) -> Value {
    let legacy = STANDARDS.iter().flat_map(|(standard, prefix)| {
        SecurityHubControl::legacy()
            .filter(move |(of, _, control)| of == standard && controls.contains(control))
            .map(move |(_, rule, _)| json!({"suffix": format!("{prefix}{rule}")}))
    });
    let own = controls.iter().map(|id| json!({"suffix": format!("/{id}")}));
    let generators: Vec<Value> = own.chain(legacy).collect();
    json!({
        "source": ["aws.securityhub"],
        "detail-type": ["Security Hub Findings - Imported", "Security Hub Findings - Custom Action"],
        "detail": {"findings": {
            "AwsAccountId": [ACCOUNT],
            "RecordState": ["ACTIVE"],
            "Workflow": {"Status": ["NEW", "NOTIFIED"]},
            "Compliance": {"Status": ["FAILED", "WARNING"]},
            "$or": [
                {"Compliance": {"SecurityControlId": controls}},
                {"GeneratorId": generators},
            ],
        }},
    })
}

fn security_hub_v2(controls: &BTreeSet<&str>) -> Value {
    json!({
        "source": ["aws.securityhub"],
        "detail-type": ["Findings Imported V2"],
        "detail": {"findings": {
            "cloud": {"account": {"uid": [ACCOUNT]}},
            "compliance": {"control": controls, "status": [{"anything-but": ["Pass"]}]},
            "status_id": [1, 2],
        }},
    })
}

fn compliance(types: &BTreeSet<&str>) -> Value {
    json!({
        "source": ["aws.config"],
        "detail-type": ["Config Rules Compliance Change"],
        "detail": {
            "awsAccountId": [ACCOUNT],
            "resourceType": types,
            "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
        },
    })
}

/// Settings of the whole account or region, by the rule behind the control.
fn compliance_of_account(controls: &BTreeSet<&str>) -> Option<Value> {
    let known = controls.iter().filter_map(|id| SecurityHubControl::find(id));
    let rules: BTreeSet<&str> = known.map(|control| control.config_rule).collect();
    let names: Vec<Value> = rules
        .into_iter()
        .filter(|rule| !rule.is_empty())
        .map(|rule| json!({"wildcard": format!("*{rule}*")}))
        .collect();
    (!names.is_empty()).then(|| {
        json!({
            "source": ["aws.config"],
            "detail-type": ["Config Rules Compliance Change"],
            "detail": {
                "awsAccountId": [ACCOUNT],
                "resourceType": [kinds::ACCOUNT],
                "configRuleName": names,
                "newEvaluationResult": {"complianceType": ["NON_COMPLIANT"]},
            },
        })
    })
}

/// An item that is too large is replaced by its summary.
fn item(types: &BTreeSet<&str>) -> Value {
    let changed = json!({
        "awsAccountId": [ACCOUNT],
        "resourceType": types,
        "configurationItemStatus": ["OK", "ResourceDiscovered"],
    });
    json!({
        "source": ["aws.config"],
        "detail-type": ["Config Configuration Item Change"],
        "detail": {"$or": [
            {"configurationItem": changed},
            {"configurationItemSummary": changed},
        ]},
    })
}

fn guard_duty(types: &BTreeSet<&str>) -> Option<Value> {
    let known = GUARD_DUTY.iter().filter(|(kind, _)| types.contains(kind));
    let names: BTreeSet<&str> = known.map(|(_, name)| *name).collect();
    (!names.is_empty()).then(|| {
        json!({
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {
                "accountId": [ACCOUNT],
                "resource": {"resourceType": names},
                "service": {"archived": [false]},
            },
        })
    })
}

fn access_analyzer(types: &BTreeSet<&str>) -> Option<Value> {
    let names: Vec<&&str> = ACCESS_ANALYZER.iter().filter(|kind| types.contains(**kind)).collect();
    (!names.is_empty()).then(|| {
        json!({
            "source": ["aws.access-analyzer"],
            "detail-type": ["Access Analyzer Finding"],
            "detail": {"accountId": [ACCOUNT], "resourceType": names, "status": ["ACTIVE"]},
        })
    })
}

/// Other accounts' findings, which reach a hub's bus: rejected, and counted in one place.
///
/// # Errors
/// The pattern is too long.
pub fn strays() -> Result<Rule, TaskError> {
    let other = json!([{"anything-but": [ACCOUNT]}]);
    let pattern = json!({
        "source": ["aws.securityhub", "aws.config", "aws.guardduty", "aws.access-analyzer"],
        "detail": {"$or": [
            {"findings": {"AwsAccountId": other}},
            {"findings": {"cloud": {"account": {"uid": other}}}},
            {"awsAccountId": other},
            {"accountId": other},
        ]},
    });
    let description = "Findings of other accounts - rejected and counted.".to_owned();
    Rule::new(&words(["strays"]), Route::Stray, description, pattern).checked()
}
