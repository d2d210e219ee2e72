//! A local AWS to invoke the functions against by hand: an emulator with the template's queues and
//! tables, a sample bucket and a sample database in violation, and an environment file a function.

use std::{collections::BTreeMap, path::Path};

use demarc_tests::{
    Fault,
    lives::{BucketBlock, Life, PublicInstance, World},
    local::{
        REGION,
        cloud::Cloud,
        template::{Deployment, Template},
        venv,
    },
};

/// The name that the sample events give to bucket and database.
const SAMPLE: &str = "demarc-sample";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Fault> {
    let folder = std::env::args().nth(1).ok_or("usage: local FOLDER")?;
    venv::ensure(&|line| say(line))?;
    let cloud = Cloud::start()?;
    let template = Template::load(&Deployment {
        parameters: BTreeMap::from([("Mode".to_owned(), "enforce".to_owned())]),
        endpoint: cloud.endpoint(),
        ..Deployment::default()
    })?;
    cloud.deploy(&template).await?;
    let world = World::of(&cloud)?;
    for life in [&BucketBlock as &dyn Life, &PublicInstance] {
        life.create(&world, SAMPLE).await?;
        life.violate(&world, SAMPLE).await?;
    }
    let files = environments(&cloud, &template, Path::new(&folder))?;
    say(&format!("a local AWS listens at {}; Ctrl-C ends it", cloud.endpoint()));
    say(&format!("bucket and database `{SAMPLE}` are violations; the mode is enforce"));
    for (function, file) in files {
        say(&format!("cargo lambda watch -p demarc-{function} --env-file {file} --ignore-changes"));
    }
    tokio::signal::ctrl_c().await?;
    Ok(())
}

/// One file a remediator, for `cargo lambda watch --env-file`.
fn environments(
    cloud: &Cloud,
    template: &Template,
    folder: &Path,
) -> Result<Vec<(String, String)>, Fault> {
    std::fs::create_dir_all(folder)?;
    let mut files = Vec::new();
    for function in template.functions() {
        let deployment = function.environment.get("DEMARC_DEPLOYMENT").map(String::as_str);
        let (Some(binary), Some("remediator")) = (function.binary, deployment) else { continue };
        let mut variables = function.environment;
        variables.extend(cloud.environment());
        for (name, value) in [
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ] {
            variables.insert(name.to_owned(), value.to_owned());
        }
        let path = folder.join(format!("{binary}.env"));
        let lines: Vec<String> = variables.iter().map(|(n, v)| format!("{n}={v}\n")).collect();
        std::fs::write(&path, lines.concat())?;
        files.push((binary, path.display().to_string()));
    }
    Ok(files)
}

#[allow(clippy::print_stdout, reason = "a tool for the command line")]
fn say(line: &str) {
    println!("{line}");
}
