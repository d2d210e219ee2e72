//! What Lambda calls.

use std::{future::Future, sync::Arc, time::Duration};

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse};
use demarc_remediation::classification::{BatchMessage, Payload, catalogue, inputs, payload};
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::{Value, json, value::RawValue};

use crate::{
    Clock, Deployment, Environment, Error, Function, Outcome, Pipeline, Report, Sdk,
    clock::SystemClock, operator, report::alarm,
};

/// With less than this left, a message is given back to the queue instead of being begun.
const RESERVE_MILLIS: u64 = 8_000;
/// No function of ours runs longer: a deadline further away (a local runtime's) is not believed.
const LONGEST_MILLIS: u64 = 900_000;

/// One function, deployed.
pub struct Handler {
    /// The pipeline that does the work.
    pub pipeline: Pipeline,
}

impl Handler {
    /// Handles what Lambda delivers: a batch of the queue, an input by hand, or, in the operator's
    /// deployment, a call of the Function URL. `deadline` is in milliseconds since 1970.
    ///
    /// # Errors
    /// An input by hand failed. A failed message of a batch is no error: it is named in the
    /// answer, and the queue delivers it again.
    pub async fn handle(&self, event: &[u8], deadline: Option<u64>) -> Result<Value, Error> {
        if self.pipeline.environment.deployment == Deployment::Operator {
            return Ok(operator::answer(&self.pipeline, event).await);
        }
        match payload(event)? {
            Payload::Batch(messages) => self.batch(&messages, deadline).await,
            Payload::Inputs(_) => {
                let reports = self.body(event).await?;
                Ok(json!({ "reports": reports }))
            }
        }
    }

    async fn batch(
        &self,
        messages: &[BatchMessage],
        deadline: Option<u64>,
    ) -> Result<Value, Error> {
        let mut answer = SqsBatchResponse::default();
        for message in messages {
            let in_time = self.has_time(deadline);
            if !in_time || self.body(message.body.as_bytes()).await.is_err() {
                let mut failure = BatchItemFailure::default();
                failure.item_identifier.clone_from(&message.id);
                answer.batch_item_failures.push(failure);
            }
        }
        serde_json::to_value(answer).map_err(|e| Error::Internal(e.to_string()))
    }

    fn has_time(&self, deadline: Option<u64>) -> bool {
        let now = self.pipeline.clock.now();
        deadline.is_none_or(|at| at > now + LONGEST_MILLIS || at > now + RESERVE_MILLIS)
    }

    /// Every input of one message's body. One that fails does not keep the others from being
    /// handled; the message as a whole then fails.
    async fn body(&self, body: &[u8]) -> Result<Vec<Report>, Error> {
        let mut reports = Vec::new();
        let mut failure = None;
        for input in inputs(body) {
            let handled = match input {
                Ok(input) => self.pipeline.handle(&input).await,
                Err(rejection) => {
                    let error = Error::from(rejection);
                    self.pipeline.rejected(&error);
                    Err(error)
                }
            };
            match handled {
                Ok(more) => reports.extend(more),
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(reports), Err)
    }
}

impl Pipeline {
    fn rejected(&self, error: &Error) {
        let report = Report {
            incident: "rejected".to_owned(),
            resource: None,
            control: None,
            outcome: Outcome::Failed { error: error.kind() },
            because: error.to_string(),
            alert: None,
            responsibility: "undetermined",
            reasons: Vec::new(),
            change: None,
            actor: None,
            plan: None,
            not_undone: None,
            calls: Vec::new(),
        };
        report.print(self.function.name, self.clock.now());
    }
}

/// Starts a function: clients are built and warmed here, in the init phase, which has a full core.
///
/// # Errors
/// The environment is not that of the template, or Lambda's Runtime API went away.
pub async fn run<F, B>(build: B) -> Result<(), lambda_runtime::Error>
where
    B: FnOnce(Sdk, Environment) -> F,
    F: Future<Output = Function>,
{
    let environment = Environment::read(|name| std::env::var(name).ok())?;
    let sdk = Sdk::from_environment(&environment.region);
    let function = build(sdk.clone(), environment.clone()).await;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let pipeline = Pipeline::new(function, &sdk, environment, clock);
    warm(&pipeline).await;
    let handler = &Handler { pipeline };
    lambda_runtime::run(service_fn(async |event: LambdaEvent<Box<RawValue>>| {
        let deadline = Some(event.context.deadline);
        handler.handle(event.payload.get().as_bytes(), deadline).await.map_err(|error| Diagnostic {
            error_type: error.kind().to_owned(),
            error_message: error.to_string(),
        })
    }))
    .await
}

/// A failed warm-up fails nothing: the first event meets the same fault and reports it.
async fn warm(pipeline: &Pipeline) {
    catalogue::warm();
    let reads = async {
        let (configuration, service) =
            futures_util::future::join(pipeline.store.configuration(), pipeline.function.warm())
                .await;
        configuration.map(|_| ()).and(service)
    };
    match tokio::time::timeout(Duration::from_secs(3), reads).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => alarm("warm-up", &error.to_string()),
        Err(_) => alarm("warm-up", "no answer within three seconds"),
    }
}
