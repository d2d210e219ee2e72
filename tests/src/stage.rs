//! One function as deployed, in this process: the shipped pipeline with real SDK clients, and a
//! clock that tests turn.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use demarc_harness::{
    BoxFuture, Clock, Deployment, Environment, Handler, Pipeline, Sdk, clock::SystemClock, sdk,
};
use serde_json::{Value, json};

use crate::{
    Fault,
    local::{
        cloud::Cloud,
        deploy::Deployed,
        template::{Queue, Template},
    },
    processes,
};

/// The machine's clock, moved on by tests and by every pause.
#[derive(Debug, Default)]
pub struct TestClock {
    ahead: AtomicU64,
}

impl TestClock {
    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.ahead.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> u64 {
        SystemClock.now() + self.ahead.load(Ordering::SeqCst)
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'_, ()> {
        self.advance(duration);
        Box::pin(std::future::ready(()))
    }
}

/// Remediator and operator of one function, with their clock.
pub struct Stage {
    /// The deployment that queues feed.
    pub remediator: Handler,
    /// The deployment that people call.
    pub operator: Handler,
    /// The clock of both.
    pub clock: Arc<TestClock>,
    /// Where queues and tables are.
    pub deployed: Deployed,
    /// The template that they were made from.
    pub template: Template,
}

/// The ARN of the person who calls the operator in tests, unless a test says otherwise.
pub const PERSON: &str = "arn:aws:iam::123456789012:user/olivia";

impl Stage {
    /// Deploys the template's queues and tables, and builds both deployments of a function.
    ///
    /// # Errors
    /// The template has no such function, or the emulator refuses something.
    pub async fn new(cloud: &Cloud, function: &str) -> Result<Self, Fault> {
        let template = Template::load(&crate::local::template::Deployment {
            endpoint: cloud.endpoint(),
            ..Default::default()
        })?;
        let is_own = |queue: &Queue| queue.name.starts_with(&format!("demarc-{function}-"));
        let deployed = cloud.deploy_part(&template, is_own).await?;
        let clock = Arc::new(TestClock::default());
        let remediator = Self::deploy(cloud, &template, function, "remediator", &clock).await?;
        let operator = Self::deploy(cloud, &template, function, "operator", &clock).await?;
        Ok(Self { remediator, operator, clock, deployed, template })
    }

    /// Another sandbox of the remediator: it remembers nothing of the first one.
    ///
    /// # Errors
    /// As [`Stage::new`].
    pub async fn another(&self, cloud: &Cloud, function: &str) -> Result<Handler, Fault> {
        Self::deploy(cloud, &self.template, function, "remediator", &self.clock).await
    }

    async fn deploy(
        cloud: &Cloud,
        template: &Template,
        function: &str,
        deployment: &str,
        clock: &Arc<TestClock>,
    ) -> Result<Handler, Fault> {
        let environment = environment(template, function, deployment)?;
        let sdk = Sdk::new(config(cloud, &environment.region));
        let built = match function {
            "s3" => demarc_s3::function(sdk.clone(), environment.clone()).await,
            "ec2" => demarc_ec2::function(sdk.clone(), environment.clone()).await,
            "iam" => demarc_iam::function(sdk.clone(), environment.clone()).await,
            "rds" => demarc_rds::function(sdk.clone(), environment.clone()).await,
            other => return Err(format!("there is no function `{other}`").into()),
        };
        let clock: Arc<dyn Clock> = Arc::clone(clock) as Arc<dyn Clock>;
        Ok(Handler { pipeline: Pipeline::new(built, &sdk, environment, clock) })
    }

    /// Hands an event to the remediator and gives its reports.
    ///
    /// # Errors
    /// The message failed: the queue would deliver it again.
    pub async fn send(&self, event: &Value) -> Result<Vec<Value>, Fault> {
        send(&self.remediator, event).await
    }

    /// Calls the operator as the Function URL does, and gives the status and the answer.
    ///
    /// # Errors
    /// The operator's answer has not the form of a Function URL's.
    pub async fn ask(&self, caller: &str, request: &Value) -> Result<(u64, Value), Fault> {
        answered(&self.operator.handle(called(caller, request).to_string().as_bytes(), None).await?)
    }

    /// Sets a control's mode, with everything but the irreversible under its ceiling.
    ///
    /// # Errors
    /// The operator refused it.
    pub async fn set_mode(&self, control: &str, mode: &str) -> Result<(), Fault> {
        let request = json!({"mode": {
            "control": control, "mode": mode, "ceiling": "disruptive", "reason": "a test",
        }});
        let (status, answer) = self.ask(PERSON, &request).await?;
        // What a sandbox remembers of the configuration is at most a minute old.
        self.clock.advance(Duration::from_secs(61));
        if status == 200 { Ok(()) } else { Err(answer.to_string().into()) }
    }

    /// Puts a configuration document in force.
    ///
    /// # Errors
    /// The operator refused it.
    pub async fn configure(&self, document: &str) -> Result<(), Fault> {
        let request = json!({"configure": {"document": document, "reason": "a test"}});
        let (status, answer) = self.ask(PERSON, &request).await?;
        self.clock.advance(Duration::from_secs(61));
        if status == 200 { Ok(()) } else { Err(answer.to_string().into()) }
    }
}

/// The event of an operator's Function URL for somebody's request.
#[must_use]
pub fn called(caller: &str, request: &Value) -> Value {
    json!({
        "version": "2.0",
        "rawPath": "/",
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "accountId": "123456789012",
            "authorizer": {"iam": {"userArn": caller, "accountId": "123456789012"}},
            "timeEpoch": 0,
            "http": {"method": "POST", "path": "/"},
        },
        "body": request.to_string(),
        "isBase64Encoded": false,
    })
}

/// The status and the body of a Function URL's answer.
///
/// # Errors
/// It has not that form.
pub fn answered(answer: &Value) -> Result<(u64, Value), Fault> {
    let text = |what: &str| format!("no {what}: {answer}");
    let status = answer.get("statusCode").and_then(Value::as_u64).ok_or_else(|| text("status"))?;
    let body = answer.get("body").and_then(Value::as_str).ok_or_else(|| text("body"))?;
    Ok((status, serde_json::from_str(body)?))
}

/// Hands an event to a handler and gives its reports.
///
/// # Errors
/// The message failed: the queue would deliver it again.
pub async fn send(handler: &Handler, event: &Value) -> Result<Vec<Value>, Fault> {
    let answer = handler.handle(event.to_string().as_bytes(), None).await?;
    let reports = answer.get("reports").and_then(Value::as_array).cloned();
    Ok(reports.unwrap_or_default())
}

/// The environment of one deployment of a function, as the template gives it.
///
/// # Errors
/// The template has no such function, or leaves out a variable.
pub fn environment(
    template: &Template,
    function: &str,
    deployment: &str,
) -> Result<Environment, Fault> {
    let found = processes::find(template, function, deployment)?;
    let environment = Environment::read(|name| match name {
        "AWS_REGION" => Some(crate::local::REGION.to_owned()),
        other => found.environment.get(other).cloned(),
    })?;
    let expected = match deployment {
        "operator" => Deployment::Operator,
        _ => Deployment::Remediator,
    };
    if environment.deployment != expected {
        return Err("the template's deployment is another".into());
    }
    Ok(environment)
}

/// The shipped configuration (time-outs, retries), pointed at the emulator's proxy.
fn config(cloud: &Cloud, region: &str) -> aws_types::SdkConfig {
    let local = cloud.sdk_config_in(region);
    let builder = sdk::base(region).endpoint_url(cloud.endpoint());
    let builder = match local.credentials_provider() {
        Some(credentials) => builder.credentials_provider(credentials),
        None => builder,
    };
    match local.http_client() {
        Some(client) => builder.http_client(client).build(),
        None => builder.build(),
    }
}
