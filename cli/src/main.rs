//! `demarc`: asks the operators of a Demarc stack, and explains the model.
//!
//! The tool decides nothing and holds no permission of its own: a command is one or more signed
//! requests to the operators' Function URLs, and IAM says who made them. `doctor` asks AWS itself,
//! with the caller's own permissions. `classify` and `explain` ask nobody: they show what the
//! classification crate says.

mod answer;
mod approve;
mod arguments;
mod aws;
mod classify;
mod config;
mod connect;
mod discovery;
mod doctor;
mod endpoint;
mod error;
mod exempt;
mod explain;
mod file;
mod function;
mod generate;
mod input;
mod many;
mod mode;
mod operator;
mod plans;
mod scan;
mod show;
mod stop;
mod undo;

use std::process::ExitCode;

use arguments::{Arguments, Command, Global};
use clap::Parser;
use classify::Gravity;
use discovery::Session;
use error::Error;

/// How a command ended, where it ended at all; trouble is an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    /// Done, and nothing to report.
    Done,
    /// A scan found violations, a comparison a difference, or the doctor something to put back.
    Found,
    /// Done in part; what is missing was said already.
    Partly,
    /// Events were classified; the gravest disposition counts.
    Classified(Gravity),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.global.color.write_global();
    match run(&arguments) {
        Ok(Status::Done) => ExitCode::SUCCESS,
        Ok(Status::Found) => ExitCode::from(1),
        Ok(Status::Partly) => ExitCode::from(2),
        Ok(Status::Classified(gravity)) => ExitCode::from(gravity.code()),
        Err(error) => {
            error.print();
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<Status, Error> {
    let global = &arguments.global;
    match &arguments.command {
        Command::Connect(connect) => connect::run(global, connect),
        Command::Completions { shell } => generate::completions(*shell),
        Command::Man { to } => generate::man(to.as_deref()),
        Command::Classify(classify) => classify::run(global, classify),
        Command::Explain(explain) => explain::run(global, explain),
        asking => ask(global, asking),
    }
}

/// The commands that ask an operator, or AWS.
fn ask(global: &Global, command: &Command) -> Result<Status, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::io("the runtime", e))?;
    runtime.block_on(async {
        let session = Session::load(global).await;
        match command {
            Command::Scan(scan) => scan::run(global, &session, scan).await,
            Command::Undo(undo) => undo::run(global, &session, undo).await,
            Command::Plans(wanted) => plans::run(global, &session, wanted).await,
            Command::Approve(wanted) => approve::run(global, &session, wanted).await,
            Command::Exempt(wanted) => exempt::run(global, &session, wanted).await,
            Command::Mode(mode) => mode::run(global, &session, mode).await,
            Command::Stop(because) => stop::run(global, &session, true, because).await,
            Command::Resume(because) => stop::run(global, &session, false, because).await,
            Command::Config(config) => config::run(global, &session, config).await,
            Command::Doctor(wanted) => doctor::run(global, &session, wanted).await,
            Command::Connect(_)
            | Command::Completions { .. }
            | Command::Man { .. }
            | Command::Classify(_)
            | Command::Explain(_) => Ok(Status::Done),
        }
    })
}
