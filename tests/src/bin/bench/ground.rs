//! What stands before a case: an emulator of its own with the stack's tables and queues, the
//! modes set, the function started.

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use demarc_tests::Fault;
use demarc_tests::lives::{self, World};
use demarc_tests::local::cloud::Cloud;
use demarc_tests::local::runtime_api::{Function, Invocation, Options, Usage};
use demarc_tests::local::template;
use demarc_tests::stage::Stage;
use serde_json::{Value, json};

use crate::case::{Case, Kind};
use crate::figures::Cost;
use crate::journal::Journal;

/// A compliant change is an old one: a reading soon after a change is not believed at once.
const OLD: Duration = Duration::from_secs(600);
/// So long a process is left alone until what it does behind its answer is done.
const QUIET: Duration = Duration::from_millis(15);

/// One resource is put right hundreds of times an hour here, on account of one actor.
const WITHOUT_RESTRAINT: &str = "[contested]\nremediations = 0\n\
                                 [budget]\nper_hour = 1000000\nwithout_actor = 1000000\n";

/// After so many events the journal's plans are removed.
const PLANS: u32 = 10;

/// An emulator with the stack in it.
pub struct Ground {
    /// The proxy that the measured process calls, and nobody else.
    pub cloud: Cloud,
    /// Clients of others.
    pub world: World,
    stage: Stage,
    journal: Journal,
    count: std::cell::Cell<u32>,
}

impl Ground {
    /// Starts an emulator for a case.
    pub async fn new(case: &Case) -> Result<Self, Fault> {
        let cloud = tokio::task::spawn_blocking(Cloud::start).await??;
        let world = World::of(&cloud)?;
        let stage = Stage::new(&cloud, case.function()).await?;
        let journal = stage.deployed.tables.get("JournalTable").ok_or("no journal")?;
        let journal = Journal::renew(&cloud, journal).await?;
        for control in case.controls() {
            stage.set_mode(control.meta().id, "enforce").await?;
        }
        stage.configure(WITHOUT_RESTRAINT).await?;
        cloud.proxy().clear_calls();
        Ok(Self { cloud, world, stage, journal, count: std::cell::Cell::default() })
    }

    /// Starts a binary as the remediator of the case's function.
    pub async fn start(
        &self,
        case: &Case,
        binary: &Path,
        more: &[(&str, String)],
    ) -> Result<Function, Fault> {
        let is_wanted = |f: &template::Function| {
            f.binary.as_deref() == Some(case.function())
                && f.environment.get("DEMARC_DEPLOYMENT").map(String::as_str) == Some("remediator")
        };
        let functions = self.stage.template.functions();
        let spec = functions.into_iter().find(is_wanted).ok_or("the template has no remediator")?;
        let mut environment: Vec<(String, String)> = spec.environment.into_iter().collect();
        environment.extend(self.cloud.environment());
        environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let options =
            Options { memory_mib: spec.memory_mib, timeout: spec.timeout, ..Default::default() };
        Ok(Function::start(binary, &spec.name, &environment, options).await?)
    }

    /// What a queue would hand over of a change of the resource. A violation is made first.
    pub async fn event(&self, case: &Case, id: &str) -> Result<Vec<u8>, Fault> {
        let named = case.life.named(&self.world, id).await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?;
        let at = match case.kind {
            Kind::Remediated => {
                case.life.violate(&self.world, id).await?;
                now
            }
            Kind::Compliant => now.saturating_sub(OLD),
        };
        let count = self.count.get() + 1;
        self.count.set(count);
        if count.is_multiple_of(PLANS) {
            self.journal.remove_plans().await?;
        }
        let occurrence = format!("{count:08}-0000-4000-8000-000000000000");
        let at = u64::try_from(at.as_millis())?;
        Ok(batch(&lives::event(case.life, &named, &occurrence, at)?))
    }
}

/// Has the function look at a resource once, as a sweep does: it knows it from then on.
pub async fn enrol(case: &Case, function: &Function, id: &str) -> Result<(), Fault> {
    let setting = case.controls().map(|c| c.meta().setting).next().ok_or("no setting")?;
    let request = json!({"evaluate": {
        "resource": id, "type": setting.resource, "setting": setting.id,
    }});
    invoke(function, batch(&request)).await?;
    usage(function).await?;
    let _ = function.take_lines();
    Ok(())
}

/// A batch of one message.
fn batch(event: &Value) -> Vec<u8> {
    let record = json!({
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": event.to_string(),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:demarc",
        "awsRegion": "us-east-1",
    });
    json!({ "Records": [record] }).to_string().into_bytes()
}

/// What the process has used, once it is quiet.
pub async fn usage(function: &Function) -> Result<Usage, Fault> {
    tokio::time::sleep(QUIET).await;
    function.usage().ok_or_else(|| died(function))
}

/// Invokes the function, which must take the message.
pub async fn invoke(function: &Function, event: Vec<u8>) -> Result<Invocation, Fault> {
    let invocation = function.invoke(event).await?;
    let text = invocation.response.as_ref().map(|body| String::from_utf8_lossy(body));
    match text {
        Ok(text) if text.contains("\"batchItemFailures\":[]") => Ok(invocation),
        _ => {
            tokio::time::sleep(QUIET).await;
            let lines = function.lines();
            let last = lines.last().map_or("nothing", String::as_str);
            Err(format!("it failed: {text:?}; it printed last: {last}").into())
        }
    }
}

/// One invocation with what it cost.
pub async fn cost(function: &Function, event: Vec<u8>) -> Result<Cost, Fault> {
    let before = usage(function).await?.cpu;
    let wall = invoke(function, event).await?.wall;
    let after = usage(function).await?.cpu;
    Ok(Cost { wall, cpu: after.saturating_sub(before) })
}

fn died(function: &Function) -> Fault {
    format!("the process has ended: {:?}", function.lines().last()).into()
}
