//! From an input to reports.
//!
//! A change says where to look, never what is true: the live state decides. Each setting that the
//! input points at becomes a task, which is read, judged and, where it may be, put right.

mod approval;
mod attempt;
mod change;
mod ending;
mod evaluate;
mod finding;
mod heartbeat;
mod later;
mod own;
mod reading;
mod restraint;
mod settle;
mod sweep;
mod task;
mod write;

use std::sync::Arc;

use demarc_remediation::classification::{Classification, Input, Request, classify};

use crate::{
    Clock, Environment, Error, Function, Outcome, Queue, Report, Sdk, Store, sdk::CallLog,
};

pub(crate) use reading::Readings;
pub(crate) use task::{Approved, Task, new_id};

/// A function with everything that it works with.
pub struct Pipeline {
    /// The settings.
    pub function: Function,
    /// The tables.
    pub store: Store,
    /// The queues.
    pub queue: Queue,
    /// The deployment's parameters.
    pub environment: Environment,
    /// Time.
    pub clock: Arc<dyn Clock>,
    calls: CallLog,
}

impl Pipeline {
    /// A pipeline for a function.
    #[must_use]
    pub fn new(
        function: Function,
        sdk: &Sdk,
        environment: Environment,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store: Store::new(sdk, &environment, Arc::clone(&clock)),
            queue: Queue::new(sdk, &environment),
            calls: sdk.calls.clone(),
            function,
            environment,
            clock,
        }
    }

    /// Handles one input and prints its reports.
    ///
    /// # Errors
    /// What was begun is not finished: the message has to be delivered again. It is never a
    /// success that AWS refused something.
    pub async fn handle(&self, input: &Input) -> Result<Vec<Report>, Error> {
        let _ = self.take_calls();
        let outcome = self.dispatch(input).await;
        let mut reports = match outcome {
            Ok(reports) => reports,
            Err(error) => {
                self.report_failure(input, &error).await;
                return Err(error);
            }
        };
        if let Some(last) = reports.last_mut() {
            last.calls = self.take_calls();
        }
        for report in &reports {
            report.print(self.function.name, self.clock.now());
        }
        Ok(reports)
    }

    /// The AWS calls made since the last time.
    pub(crate) fn take_calls(&self) -> Vec<String> {
        self.calls.take()
    }

    async fn dispatch(&self, input: &Input) -> Result<Vec<Report>, Error> {
        let configuration = self.store.configuration().await?;
        let identities = self.environment.identities(&configuration.actors.pipeline_roles);
        let classification = classify(input, &identities);
        match input {
            Input::Change(change) => self.change(change, &classification).await,
            Input::Finding(finding) => self.finding(finding, &classification).await,
            Input::Request(Request::Evaluate(request)) => {
                self.request(request, &classification).await
            }
            Input::Request(Request::Sweep(request)) => self.sweep(request, &classification).await,
            Input::Request(Request::Settle(_)) => self.settle_all(&classification).await,
            Input::Request(Request::Heartbeat(_)) => self.heartbeat(&classification).await,
            Input::Other(other) => {
                let why = classification.first_reason();
                Ok(vec![Report::of_message(&other.id, Outcome::Ignored, why, &classification)])
            }
        }
    }

    /// The reports; where what came after them failed, they are printed, as they are true all the
    /// same.
    pub(crate) fn or_print(
        &self,
        after: Result<(), Error>,
        reports: Vec<Report>,
    ) -> Result<Vec<Report>, Error> {
        if after.is_err() {
            for report in &reports {
                report.print(self.function.name, self.clock.now());
            }
        }
        after.map(|()| reports)
    }

    async fn report_failure(&self, input: &Input, error: &Error) {
        let classification = classify(input, &self.environment.identities(&[]));
        let outcome = Outcome::Failed { error: error.kind() };
        let mut report =
            Report::of_message(&incident_of(input), outcome, error.to_string(), &classification);
        report.calls = self.take_calls();
        report.print(self.function.name, self.clock.now());
    }
}

fn incident_of(input: &Input) -> String {
    match input {
        Input::Change(change) => change.id.clone(),
        Input::Finding(finding) => finding.id.clone(),
        Input::Request(Request::Evaluate(request)) => {
            request.incident.clone().unwrap_or_else(|| request.resource.clone())
        }
        Input::Request(_) => "maintenance".to_owned(),
        Input::Other(other) => other.id.clone(),
    }
}

/// The first reason's sentence.
pub(crate) trait FirstReason {
    /// The sentence, or that there is none.
    fn first_reason(&self) -> String;
}

impl FirstReason for Classification {
    fn first_reason(&self) -> String {
        self.reasons.first().map_or_else(|| "no reason given".to_owned(), |r| r.text.clone())
    }
}
