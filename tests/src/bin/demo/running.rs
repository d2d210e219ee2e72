//! One function as deployed: the remediator behind its queue, the operator behind its URL.

use std::sync::Arc;
use std::time::{Duration, Instant};

use demarc_tests::Fault;
use demarc_tests::local::bus::{self, Delivery};
use demarc_tests::local::gateway::Gateway;
use demarc_tests::local::poller::Mapping;
use demarc_tests::local::runtime_api::Function;
use demarc_tests::processes;
use serde_json::Value;

use crate::failure::expect;
use crate::ground::Ground;

/// So long may a decision take: a reading that is not settled is looked at again after seconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Both deployments of a function.
pub struct Running {
    /// Fed by the queue.
    pub remediator: Arc<Function>,
    /// Before the operator.
    pub gateway: Gateway,
    mapping: Mapping,
}

impl Running {
    /// Starts both processes of a function, with the environment of the template.
    pub async fn start(ground: &Ground, name: &str) -> Result<Self, Fault> {
        let spec = processes::find(&ground.template, name, "remediator")?;
        let operator = processes::find(&ground.template, name, "operator")?;
        let remediator = processes::start(&ground.cloud, &spec).await?;
        let operator = processes::start(&ground.cloud, &operator).await?;
        let gateway = Gateway::start(operator, &ground.cloud.moto().endpoint())?;
        gateway.admit(&ground.person);
        let live = processes::live_queue(&ground.template, &spec)?;
        let mapping = ground.deployed.mapping(&ground.delivery, live).await?;
        Ok(Self { remediator, gateway, mapping })
    }

    /// From the start of the remediator until it asked for its first event.
    pub fn init(&self) -> Duration {
        self.remediator.init()
    }

    /// Puts one of Demarc's own requests on the live queue, as its schedules do.
    pub async fn ask(&self, request: &Value) -> Result<(), Fault> {
        let message = self.mapping.client.send_message().queue_url(&self.mapping.queue_url);
        message.message_body(request.to_string()).send().await?;
        Ok(())
    }

    /// Polls the queue until the remediator has answered one message, with one report.
    pub async fn answered(&self) -> Result<Value, Fault> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let polled = self.mapping.poll_once(&self.remediator).await?;
            let reports = self.reports();
            let said = Value::from(reports.clone());
            expect(polled.failed.is_empty(), "the message succeeds", &said)?;
            if let Some(report) = reports.into_iter().next() {
                return Ok(report);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Err(format!("no report within {PATIENCE:?}").into())
    }

    /// Polls the queue until the remediator has decided about a control, and gives the reports.
    pub async fn decided(&self, control: &str, id: &str) -> Result<Vec<Value>, Fault> {
        let started = Instant::now();
        let mut reports: Vec<Value> = Vec::new();
        while started.elapsed() < PATIENCE {
            let polled = self.mapping.poll_once(&self.remediator).await?;
            reports.extend(self.reports());
            let said = Value::from(reports.clone());
            expect(polled.failed.is_empty(), "the message succeeds", &said)?;
            let alarmed = reports.iter().any(|report| report.get("alarm").is_some());
            expect(!alarmed, "the function raises no alarm", &said)?;
            let last = |r: &Value| {
                is(r, "/control", control)
                    && is(r, "/resource/id", id)
                    && !is(r, "/outcome", "later")
            };
            if reports.iter().any(last) {
                reports.retain(last);
                return Ok(reports);
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let found = Value::from(reports);
        expect(false, &format!("a report about `{control}` within {PATIENCE:?}"), &found)?;
        Ok(Vec::new())
    }

    /// The reports that were printed since the last time, without their metrics; a thread reads
    /// them, line by line.
    fn reports(&self) -> Vec<Value> {
        let lines = self.remediator.take_lines();
        let mut reports: Vec<Value> =
            lines.iter().filter_map(|line| serde_json::from_str(line).ok()).collect();
        for report in &mut reports {
            if let Some(members) = report.as_object_mut() {
                members.shift_remove("_aws");
            }
        }
        reports
    }
}

/// Delivers an event through the template's patterns.
pub async fn deliver(ground: &Ground, event: &Value) -> Result<Vec<Delivery>, Fault> {
    Ok(bus::deliver(&ground.delivery, &ground.template, &ground.deployed, event).await?)
}

fn is(report: &Value, pointer: &str, value: &str) -> bool {
    report.pointer(pointer).and_then(Value::as_str) == Some(value)
}
