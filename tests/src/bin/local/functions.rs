//! The functions as deployed: remediators behind their queues, operators behind their URLs.

use std::sync::Arc;

use demarc_tests::{
    Fault,
    local::{gateway::Gateway, poller::Mapping, runtime_api, template},
    processes,
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
    for remediator in all.iter().filter(|function| processes::is(function, "remediator")) {
        let beside =
            |f: &&template::Function| processes::is(f, "operator") && f.binary == remediator.binary;
        let operator = all.iter().find(beside).ok_or("a remediator without an operator")?;
        running.push(Running::start(ground, remediator, operator).await?);
    }
    Ok(running)
}

impl Running {
    async fn start(
        ground: &Ground,
        remediator: &template::Function,
        operator: &template::Function,
    ) -> Result<Self, Fault> {
        let name = remediator.binary.clone().ok_or("a function without a binary")?;
        let live = processes::live_queue(&ground.template, remediator)?;
        let operator = processes::start(&ground.cloud, operator).await?;
        let gateway = Gateway::start(Arc::clone(&operator), &ground.cloud.moto().endpoint())?;
        gateway.admit(&ground.person);
        let mut mappings = Vec::new();
        for queue in &remediator.queues {
            mappings.push(ground.deployed.mapping(&ground.cloud, queue).await?);
        }
        Ok(Self {
            live: ground.deployed.queue(&live.queue)?.to_owned(),
            url: gateway.url(),
            remediator: processes::start(&ground.cloud, remediator).await?,
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
