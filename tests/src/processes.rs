//! Functions of the template as real processes, with the environment that the template gives them.

use std::{path::PathBuf, sync::Arc};

use crate::{
    Fault,
    local::{
        cloud::Cloud,
        runtime_api::{Function, Options},
        template::{self, QueueEvent, Template},
    },
};

/// One of a function's two deployments.
///
/// # Errors
/// The template has no such function.
pub fn find(
    template: &Template,
    name: &str,
    deployment: &str,
) -> Result<template::Function, Fault> {
    let wanted = |f: &template::Function| f.binary.as_deref() == Some(name) && is(f, deployment);
    let found = template.functions().into_iter().find(wanted);
    found.ok_or_else(|| format!("the template has no {deployment} of `{name}`").into())
}

/// Whether it is this one of a function's two deployments.
#[must_use]
pub fn is(function: &template::Function, deployment: &str) -> bool {
    function.environment.get("DEMARC_DEPLOYMENT").map(String::as_str) == Some(deployment)
}

/// The queue of a function that EventBridge's rules send to.
///
/// # Errors
/// No rule feeds the function.
pub fn live_queue<'a>(
    template: &Template,
    function: &'a template::Function,
) -> Result<&'a QueueEvent, Fault> {
    let rules = template.rules();
    let is_target = |queue: &str| rules.iter().any(|r| r.targets.iter().any(|t| t == queue));
    let queue = function.queues.iter().find(|queue| is_target(&queue.queue));
    queue.ok_or_else(|| format!("no rule feeds `{}`", function.name).into())
}

/// Starts a function's process.
///
/// # Errors
/// Its binary is not built, or does not start.
pub async fn start(cloud: &Cloud, spec: &template::Function) -> Result<Arc<Function>, Fault> {
    let mut environment: Vec<(String, String)> = spec.environment.clone().into_iter().collect();
    environment.extend(cloud.environment());
    let options =
        Options { memory_mib: spec.memory_mib, timeout: spec.timeout, ..Options::default() };
    let name = spec.binary.as_deref().ok_or("a function without a binary")?;
    let function = Function::start(&binary(name)?, &spec.name, &environment, options).await?;
    Ok(Arc::new(function))
}

/// A function's binary. It is built beside the binary that asks, and beside the folder of a test.
///
/// # Errors
/// It is not built.
pub fn binary(name: &str) -> Result<PathBuf, Fault> {
    let own = std::env::current_exe()?;
    let built = own.ancestors().skip(1).take(2).map(|folder| folder.join(name));
    let found = built.into_iter().find(|path| path.is_file());
    found.ok_or_else(|| {
        format!("the function `{name}` is not built: start this through `cargo xtask`").into()
    })
}
