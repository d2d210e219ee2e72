//! The shipped pipeline on the model's world: sandboxes of the remediator, and the operator.

use std::sync::{Arc, LazyLock};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use demarc_harness::{
    Clock, Deployment, Environment, Function, Handler, Pipeline, Sdk, Store, sdk,
};
use demarc_tests::{
    local::{REGION, template::Template},
    stage::{PERSON, answered, called, environment},
};
use serde_json::{Value, json};

use crate::{
    clock::ModelClock,
    emulator::Emulator,
    flaw::Flaw,
    resource::Kind,
    rules::{PER_HOUR, RESERVE, Rules},
    trouble::{Troubles, in_sandbox},
    wire::Wire,
    world::{Beside, Simulated, World},
};

/// So many messages are handled at the same time.
pub const SANDBOXES: usize = 3;

/// The function by whose parameters the model is deployed.
const FUNCTION: &str = "s3";

static TEMPLATE: LazyLock<Template> =
    LazyLock::new(|| Template::load(&Default::default()).unwrap());

pub struct Ground {
    pub world: Arc<World>,
    pub wire: Wire,
    pub clock: Arc<ModelClock>,
    pub troubles: Arc<Troubles>,
    pub sandboxes: Vec<Handler>,
    operator: Handler,
    flaw: Option<Flaw>,
    endpoint: String,
}

impl Ground {
    pub async fn new(flaw: Option<Flaw>, emulator: Option<Emulator>) -> Self {
        let endpoint = emulator.as_ref().map(|emulator| emulator.endpoint.clone());
        let endpoint = endpoint.unwrap_or_else(|| "http://model.invalid".to_owned());
        let wire = Wire::new(flaw, emulator);
        let (clock, troubles) = (Arc::new(ModelClock::default()), Arc::new(Troubles::default()));
        let remediator = parameters("remediator");
        let watching = Sdk::new(config(&wire, &endpoint));
        let journal = Store::new(&watching, &remediator, Arc::clone(&clock) as Arc<dyn Clock>);
        let rules = Rules::new(journal, Arc::clone(&clock));
        let world = Arc::new(World::new(Arc::clone(&clock), Arc::clone(&troubles), rules, flaw));
        let build = |deployment| {
            sandbox(&world, &wire.with(&troubles), &clock, flaw, &endpoint, deployment)
        };
        let sandboxes = (0..SANDBOXES).map(|_| build("remediator")).collect();
        let operator = build("operator");
        let ground = Self { world, wire, clock, troubles, sandboxes, operator, flaw, endpoint };
        let document = document(flaw);
        let ask = json!({"configure": {"document": document, "reason": "the model"}});
        let answer = ground.operate(PERSON, &ask).await.unwrap();
        assert_eq!(answer.0, 200, "{}", answer.1);
        ground
    }

    /// A sandbox that remembers nothing, in place of one.
    pub fn renew(&mut self, at: usize) {
        self.sandboxes[at] = self.build("remediator");
    }

    /// Asks the operator; `None`: its sandbox crashed.
    pub async fn ask(&mut self, caller: &str, request: &Value) -> Option<(u64, Value)> {
        // A person takes a second.
        self.clock.reach(self.clock.now() + 1000);
        let answer = self.operate(caller, request).await;
        if answer.is_none() {
            self.operator = self.build("operator");
        }
        answer
    }

    async fn operate(&self, caller: &str, request: &Value) -> Option<(u64, Value)> {
        let event = called(caller, request).to_string();
        let answer = in_sandbox(Box::pin(self.operator.handle(event.as_bytes(), None))).await?;
        Some(answered(&answer.unwrap()).unwrap())
    }

    fn build(&self, deployment: &str) -> Handler {
        let wire = self.wire.with(&self.troubles);
        sandbox(&self.world, &wire, &self.clock, self.flaw, &self.endpoint, deployment)
    }
}

fn parameters(deployment: &str) -> Environment {
    environment(&TEMPLATE, FUNCTION, deployment).unwrap()
}

fn sandbox(
    world: &Arc<World>,
    wire: &Wire,
    clock: &Arc<ModelClock>,
    flaw: Option<Flaw>,
    endpoint: &str,
    deployment: &str,
) -> Handler {
    let mut environment = parameters(deployment);
    if flaw == Some(Flaw::ForgottenSelf) {
        environment.own_roles.clear();
    }
    let function = function(world, environment.deployment);
    let sdk = Sdk::new(config(wire, endpoint));
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    Handler { pipeline: Pipeline::new(function, &sdk, environment, clock) }
}

fn function(world: &Arc<World>, deployment: Deployment) -> Function {
    let setting = |kind| Simulated { kind, deployment, world: Arc::clone(world) };
    let function = Function::new("model", || Box::pin(std::future::ready(Ok(()))))
        .bind(setting(Kind::Bucket))
        .bind(setting(Kind::Group))
        .bind(setting(Kind::Instance));
    Beside::each(world).into_iter().fold(function, Function::bind)
}

/// The shipped configuration, without waiting.
fn config(wire: &Wire, endpoint: &str) -> aws_types::SdkConfig {
    let credentials = Credentials::new("AKIAEXAMPLEEXAMPLE01", "model", None, None, "model");
    let retries = RetryConfig::standard().with_max_attempts(4);
    let none = std::time::Duration::ZERO;
    sdk::base(REGION)
        .http_client(aws_smithy_runtime_api::client::http::SharedHttpClient::new(wire.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .retry_config(retries.with_initial_backoff(none))
        .timeout_config(TimeoutConfig::disabled())
        .build()
}

/// What is configured: only what is safe is put right without asking, except on instances.
fn document(flaw: Option<Flaw>) -> String {
    let ceiling = if flaw == Some(Flaw::HighCeiling) { "disruptive" } else { "safe" };
    let per_hour = if flaw == Some(Flaw::BigBudget) { 1000 } else { PER_HOUR };
    format!(
        r#"version = 1

        [actors]
        pipeline_roles = ["arn:aws:iam::123456789012:role/actor-3"]

        [budget]
        per_hour = {per_hour}
        reserve_for_safe = {RESERVE}

        [protected]
        resources = ["bucket-2"]

        [default]
        mode = "enforce"
        ceiling = "{ceiling}"

        [controls."rds.instances-not-public"]
        mode = "enforce"
        ceiling = "disruptive"
        "#
    )
}
