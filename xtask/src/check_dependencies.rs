//! Which crate may depend on which: functions, harness, remediation, classification, and nothing
//! points back.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::task::{TaskError, root};

/// All that a pure crate may depend on; `dev-dependencies` apart.
const PURE: &[(&str, &[&str])] = &[
    ("demarc-classification", &["serde", "serde_json"]),
    ("demarc-remediation", &["demarc-classification", "serde", "serde_json", "toml"]),
];

/// What no pure crate may reach, however indirectly.
const EFFECTS: &[&str] = &["aws-", "aws_", "tokio", "hyper", "reqwest", "lambda", "http"];

/// Prefix of the crates of AWS's services.
const SDK: &str = "aws-sdk-";

struct Package {
    name: String,
    id: String,
    is_function: bool,
    dependencies: BTreeSet<String>,
}

/// Names every dependency that points the wrong way.
///
/// # Errors
/// There is one, or `cargo metadata` failed.
pub fn run(arguments: &[String]) -> Result<(), TaskError> {
    if !arguments.is_empty() {
        return Err(TaskError::new("usage: cargo xtask check-dependencies"));
    }
    let metadata = metadata()?;
    let packages = packages(&metadata);
    let mut faults: Vec<String> = packages.iter().flat_map(direct).collect();
    faults.extend(shared_sdks(&packages));
    for (name, _) in PURE {
        faults.extend(effects(&metadata, &packages, name));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(TaskError::new(format!("dependencies point the wrong way:\n  {}", faults.join("\n  "))))
}

fn metadata() -> Result<Value, TaskError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = std::process::Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .map_err(TaskError::io("start cargo"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        return Err(TaskError::new(format!("`cargo metadata` failed: {}", text.trim())));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| TaskError::new(format!("`cargo metadata` is not understood: {error}")))
}

/// The packages of the workspace.
fn packages(metadata: &Value) -> Vec<Package> {
    let members: BTreeSet<&str> = texts(metadata.get("workspace_members")).collect();
    let all = list(metadata.get("packages"));
    all.filter_map(package).filter(|package| members.contains(package.id.as_str())).collect()
}

fn package(value: &Value) -> Option<Package> {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let dependencies = list(value.get("dependencies"))
        .filter(|dependency| is_normal(dependency.get("kind")))
        .filter_map(|dependency| dependency.get("name").and_then(Value::as_str));
    Some(Package {
        name: text("name")?.to_owned(),
        id: text("id")?.to_owned(),
        is_function: text("manifest_path")?.contains("/functions/"),
        dependencies: dependencies.map(str::to_owned).collect(),
    })
}

/// Dependencies of tests are of no concern: their kind is `dev`, an ordinary one's is null.
fn is_normal(kind: Option<&Value>) -> bool {
    kind.is_none_or(|kind| kind.is_null() || kind == "build")
}

/// What one package depends on and may not.
fn direct(package: &Package) -> Vec<String> {
    let pure = PURE.iter().find(|(name, _)| *name == package.name);
    let allowed = |dependency: &str| match pure {
        Some((_, list)) => list.contains(&dependency),
        None => !dependency.starts_with("demarc-") || may_use(package, dependency),
    };
    package
        .dependencies
        .iter()
        .filter(|dependency| !allowed(dependency))
        .map(|dependency| format!("`{}` may not depend on `{dependency}`", package.name))
        .collect()
}

fn may_use(package: &Package, dependency: &str) -> bool {
    match package.name.as_str() {
        _ if package.is_function => dependency == "demarc-harness",
        "demarc-harness" | "xtask" => dependency == "demarc-remediation",
        "demarc-tests" => true,
        _ => false,
    }
}

/// A service's SDK takes minutes to build and megabytes to link: one crate that ships has it.
fn shared_sdks(packages: &[Package]) -> Vec<String> {
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages.iter().filter(|package| package.name != "demarc-tests") {
        for sdk in package.dependencies.iter().filter(|name| name.starts_with(SDK)) {
            users.entry(sdk).or_default().push(&package.name);
        }
    }
    users
        .iter()
        .filter(|(_, users)| users.len() > 1)
        .map(|(sdk, users)| format!("`{sdk}` is in more than one crate: {}", users.join(", ")))
        .collect()
}

/// What a pure crate reaches and may not.
fn effects(metadata: &Value, packages: &[Package], name: &str) -> Vec<String> {
    let Some(package) = packages.iter().find(|package| package.name == name) else {
        return vec![format!("there is no crate `{name}`")];
    };
    let reached = reached(metadata, &package.id);
    let names = list(metadata.get("packages"))
        .filter(|p| p.get("id").and_then(Value::as_str).is_some_and(|id| reached.contains(id)))
        .filter_map(|p| p.get("name").and_then(Value::as_str));
    names
        .filter(|reached| EFFECTS.iter().any(|effect| reached.starts_with(effect)))
        .map(|reached| format!("`{name}` reaches `{reached}`"))
        .collect()
}

fn reached<'a>(metadata: &'a Value, start: &'a str) -> BTreeSet<&'a str> {
    let nodes: BTreeMap<&str, &Value> = list(metadata.pointer("/resolve/nodes"))
        .filter_map(|node| Some((node.get("id")?.as_str()?, node)))
        .collect();
    let mut reached = BTreeSet::new();
    let mut open = vec![start];
    while let Some(id) = open.pop() {
        if !reached.insert(id) {
            continue;
        }
        let dependencies = nodes.get(id).map(|node| list(node.get("deps"))).into_iter().flatten();
        let normal = dependencies
            .filter(|d| list(d.get("dep_kinds")).any(|kind| is_normal(kind.get("kind"))));
        open.extend(normal.filter_map(|dependency| dependency.get("pkg")?.as_str()));
    }
    reached
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = &str> {
    list(value).filter_map(Value::as_str)
}
