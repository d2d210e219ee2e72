//! What stands before the first event: the emulator, the stack, the functions, a person.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use demarc_harness::remediation::controls;
use demarc_tests::Fault;
use demarc_tests::lives::{KNOWN, Life, World};
use demarc_tests::local::callers::{self, Caller};
use demarc_tests::local::cloud::Cloud;
use demarc_tests::local::deploy::Deployed;
use demarc_tests::local::moto::Moto;
use demarc_tests::local::template::{Deployment, Template};
use demarc_tests::local::{ACCOUNT, REGION, venv};
use serde_json::json;

use crate::running::Running;
use crate::screen::{Screen, Tone};
use crate::short;

/// One actor makes every violation, several times.
const BUDGET: &str = "[budget]\nper_hour = 1000\n";

/// The control that is only observed at first.
pub const OBSERVED: &str = "s3.policy-grants-no-public-access";

/// A local AWS with Demarc in it. What is first here is stopped first.
pub struct Ground {
    functions: BTreeMap<&'static str, Running>,
    /// Clients that go to the emulator itself.
    pub world: World,
    /// What the functions call: its proxy sees their calls and no others.
    pub cloud: Cloud,
    /// What the queues are filled and emptied through.
    pub delivery: Cloud,
    /// The stack's template.
    pub template: Template,
    /// The stack's queues and tables.
    pub deployed: Deployed,
    /// Whoever sets modes and undoes.
    pub person: Caller,
}

impl Ground {
    /// Starts everything.
    pub async fn prepare(screen: &Screen, lives: &[&'static dyn Life]) -> Result<Self, Fault> {
        let moto = Arc::new(emulator(screen).await?);
        let mut ground = Self::deploy(screen, &moto).await?;
        ground.start(screen, lives).await?;
        ground.enforce(screen, lives).await?;
        Ok(ground)
    }

    async fn deploy(screen: &Screen, moto: &Arc<Moto>) -> Result<Self, Fault> {
        let started = Instant::now();
        let cloud = Cloud::before(Arc::clone(moto))?;
        let delivery = Cloud::before(Arc::clone(moto))?;
        // A new resource is given a second, not ninety.
        let parameters = BTreeMap::from([("SettleSeconds".to_owned(), "1".to_owned())]);
        let deployment =
            Deployment { parameters, endpoint: cloud.endpoint(), ..Default::default() };
        let template = Template::load(&deployment)?;
        let deployed = cloud.deploy(&template).await?;
        let person = callers::create_user(&moto.endpoint(), "olivia").await?;
        let (queues, tables) = (deployed.queues.len(), deployed.tables.len());
        let rules = template.rules().len();
        screen.show(
            &screen.line(
                "stack",
                Tone::Plain,
                &format!(
                    "template.yaml: {rules} event patterns, {queues} queues, {tables} tables ({})",
                    short::took(started.elapsed()),
                ),
            ),
            &json!({"step": "stack", "rules": rules, "queues": queues, "tables": tables}),
        )?;
        let functions = BTreeMap::new();
        let world = World::of(&cloud)?;
        Ok(Self { functions, world, cloud, delivery, template, deployed, person })
    }

    async fn start(&mut self, screen: &Screen, lives: &[&'static dyn Life]) -> Result<(), Fault> {
        let mut inits = Vec::new();
        for life in lives {
            let name = function_of(life.control())?;
            if self.functions.contains_key(name) {
                continue;
            }
            screen.progress(&format!("starting the function {name}"));
            let running = Running::start(self, name).await?;
            inits.push((name, running.init()));
            self.functions.insert(name, running);
        }
        let shown: Vec<String> =
            inits.iter().map(|(name, init)| format!("{name} {}", short::took(*init))).collect();
        let inits: Vec<_> = inits
            .iter()
            .map(|(n, i)| json!({"function": n, "init_ms": short::millis(*i)}))
            .collect();
        let text = format!("ready after {}, each as remediator and as operator", shown.join(", "));
        screen.show(
            &screen.line("functions", Tone::Plain, &text),
            &json!({"step": "functions", "each": inits}),
        )
    }

    /// The modes are set, and who is known, before the remediators start: they remember them for a
    /// minute.
    async fn enforce(&self, screen: &Screen, lives: &[&'static dyn Life]) -> Result<(), Fault> {
        for life in lives.iter().filter(|life| life.control() != OBSERVED) {
            self.function(life.control())?.set_mode(life.control(), &self.person).await?;
        }
        if let Some(running) = self.functions.values().next() {
            running.configure(&format!("{KNOWN}{BUDGET}"), &self.person).await?;
        }
        for running in self.functions.values() {
            running.remediator.restart().await?;
        }
        let text = format!(
            "{} sets every control but one to enforce, up to disruptive changes",
            short::principal(&self.person.arn)
        );
        screen.show(
            &screen.line("modes", Tone::Plain, &text),
            &json!({"step": "modes", "caller": self.person.arn, "mode": "enforce",
                    "ceiling": "disruptive", "observed": OBSERVED}),
        )
    }

    /// The function of a control.
    pub fn function(&self, control: &str) -> Result<&Running, Fault> {
        let name = function_of(control)?;
        self.functions.get(name).ok_or_else(|| format!("`{name}` does not run").into())
    }
}

fn function_of(control: &str) -> Result<&'static str, Fault> {
    let control = controls::find(control).ok_or("a life of a control that is not there")?;
    Ok(control.meta().setting.function)
}

async fn emulator(screen: &Screen) -> Result<Moto, Fault> {
    let started = Instant::now();
    screen.progress("starting the emulator");
    let moto = installed(screen).await?;
    let text = format!(
        "{} on this machine: account {ACCOUNT}, {REGION} ({})",
        venv::MOTO.name.replace('-', " "),
        short::took(started.elapsed())
    );
    screen.show(
        &screen.line("emulator", Tone::Plain, &text),
        &json!({"step": "emulator", "emulator": venv::MOTO.name, "account": ACCOUNT, "region": REGION}),
    )?;
    Ok(moto)
}

/// Installs moto where it is missing, tells how that goes, and starts it.
async fn installed(screen: &Screen) -> Result<Moto, Fault> {
    let (steps, mut told) = tokio::sync::mpsc::unbounded_channel::<String>();
    let moto = tokio::task::spawn_blocking(move || {
        // Nobody listens any more only where the demo was interrupted.
        venv::ensure(venv::MOTO, &|step| drop(steps.send(step.to_owned())))?;
        Moto::start()
    });
    while let Some(step) = told.recv().await {
        screen.progress(&step);
    }
    Ok(moto.await??)
}
