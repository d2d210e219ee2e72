//! The functions as deployed: remediators behind their queues, operators behind their URLs.

use std::{path::PathBuf, sync::Arc};

use demarc_tests::{
    Fault,
    local::{
        gateway::Gateway,
        poller::Mapping,
        runtime_api::{self, Options},
        template,
    },
};

use crate::Ground;

/// Both deployments of a function.
pub struct Running {
    /// Its name, as `s3`.
    pub name: String,
    /// Where the operator is.
    pub url: String,
    /// The queue that the rules feed.
    pub live: String,
    remediator: Arc<runtime_api::Function>,
    operator: Arc<runtime_api::Function>,
    mappings: Vec<Mapping>,
    _gateway: Gateway,
}

/// Starts every function of the template.
///
/// # Errors
/// A function is not built, or does not start.
pub async fn start(ground: &Ground) -> Result<Vec<Running>, Fault> {
    let all = ground.template.functions();
    let mut running = Vec::new();
    for remediator in all.iter().filter(|function| is(function, "remediator")) {
        let beside = |f: &&template::Function| is(f, "operator") && f.binary == remediator.binary;
        let operator = all.iter().find(beside).ok_or("a remediator without an operator")?;
        running.push(Running::start(ground, remediator, operator).await?);
    }
    Ok(running)
}

/// Whether it is this one of a function's two deployments.
pub fn is(function: &template::Function, deployment: &str) -> bool {
    function.environment.get("DEMARC_DEPLOYMENT").map(String::as_str) == Some(deployment)
}

impl Running {
    async fn start(
        ground: &Ground,
        remediator: &template::Function,
        operator: &template::Function,
    ) -> Result<Self, Fault> {
        let name = remediator.binary.clone().ok_or("a function without a binary")?;
        let operator = process(ground, &name, operator).await?;
        let gateway = Gateway::start(Arc::clone(&operator), &ground.cloud.moto().endpoint())?;
        gateway.admit(&ground.person);
        let mut mappings = Vec::new();
        for queue in &remediator.queues {
            mappings.push(ground.deployed.mapping(&ground.cloud, queue).await?);
        }
        Ok(Self {
            live: live(ground, remediator)?,
            url: gateway.url(),
            remediator: process(ground, &name, remediator).await?,
            operator,
            mappings,
            name,
            _gateway: gateway,
        })
    }

    /// Hands over one batch of each queue.
    ///
    /// # Errors
    /// A queue does not answer, or the function's process cannot be started again.
    pub async fn poll(&self) -> Result<(), Fault> {
        for mapping in &self.mappings {
            mapping.poll_once(&self.remediator).await?;
        }
        Ok(())
    }

    /// What both processes have printed since the last time.
    pub fn take_lines(&self) -> Vec<String> {
        let mut lines = self.remediator.take_lines();
        lines.extend(self.operator.take_lines());
        lines
    }
}

/// The URL of the queue that EventBridge's rules send to.
fn live(ground: &Ground, function: &template::Function) -> Result<String, Fault> {
    let rules = ground.template.rules();
    let is_target = |queue: &str| rules.iter().any(|r| r.targets.iter().any(|t| t == queue));
    let queue = function.queues.iter().find(|queue| is_target(&queue.queue));
    let queue = queue.ok_or_else(|| format!("no rule feeds `{}`", function.name))?;
    Ok(ground.deployed.queue(&queue.queue)?.to_owned())
}

async fn process(
    ground: &Ground,
    name: &str,
    spec: &template::Function,
) -> Result<Arc<runtime_api::Function>, Fault> {
    let mut environment: Vec<(String, String)> = spec.environment.clone().into_iter().collect();
    environment.extend(ground.cloud.environment());
    let options =
        Options { memory_mib: spec.memory_mib, timeout: spec.timeout, ..Options::default() };
    let binary = binary(name)?;
    let function = runtime_api::Function::start(&binary, &spec.name, &environment, options).await?;
    Ok(Arc::new(function))
}

/// The functions' binaries are built beside this one.
fn binary(name: &str) -> Result<PathBuf, Fault> {
    let path = std::env::current_exe()?.with_file_name(name);
    match path.exists() {
        true => Ok(path),
        false => Err(format!("`{}` is not built: run `cargo xtask local`", path.display()).into()),
    }
}
