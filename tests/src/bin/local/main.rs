//! A local AWS to invoke the functions against by hand: an emulator with the template's queues and
//! tables, resources in violation, both deployments of every function, and a person who may ask
//! the operators.

mod files;
mod functions;
mod samples;
mod screen;

use std::{collections::BTreeMap, path::Path, time::Duration};

use demarc_tests::{
    Fault,
    local::{
        callers::{self, Caller},
        cloud::Cloud,
        deploy::Deployed,
        template::{Deployment, Template},
        venv,
    },
};

use crate::{files::Files, functions::Running, screen::say};

/// Between two looks at the queues.
const PAUSE: Duration = Duration::from_millis(500);

/// What everything here stands on.
struct Ground {
    cloud: Cloud,
    template: Template,
    deployed: Deployed,
    person: Caller,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let folder = std::env::args().nth(1).ok_or("usage: local FOLDER")?;
    venv::ensure(venv::MOTO, &say)?;
    let ground = prepare().await?;
    let files = Files::create(Path::new(&folder))?;
    let samples = samples::create(&ground.cloud, &files).await?;
    let functions = functions::start(&ground).await?;
    files.remediators(&ground)?;
    let exports = files.person(&ground, &functions)?;
    screen::welcome(&folder, &samples, &exports);
    tokio::select! {
        ended = tokio::signal::ctrl_c() => Ok(ended?),
        failed = poll(&ground, &functions, &files) => failed,
    }
}

/// The stack in the emulator. It enforces, and gives a new resource a second, not ninety.
async fn prepare() -> Result<Ground, Fault> {
    let cloud = Cloud::start()?;
    let parameters = [("Mode", "enforce"), ("SettleSeconds", "1")];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let template = Template::load(&Deployment {
        parameters: BTreeMap::from(parameters),
        endpoint: cloud.endpoint(),
        ..Deployment::default()
    })?;
    let deployed = cloud.deploy(&template).await?;
    let person = callers::create_user(&cloud.moto().endpoint(), "olivia").await?;
    Ok(Ground { cloud, template, deployed, person })
}

/// Hands over what is on the queues, and shows what the functions print. Ends only where nothing
/// more can be shown.
async fn poll(ground: &Ground, functions: &[Running], files: &Files) -> Result<(), Fault> {
    loop {
        for running in functions {
            if let Err(error) = running.poll().await {
                say(&format!("{}: {error}", running.name));
            }
            for line in running.take_lines() {
                files.log(&line)?;
                say(&screen::short(&running.name, &line));
            }
        }
        ground.cloud.proxy().clear_calls();
        tokio::time::sleep(PAUSE).await;
    }
}
