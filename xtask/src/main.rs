//! Tasks of this repository: `cargo xtask TASK`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the command line")]

mod bench;
mod build;
mod check_dependencies;
mod demo;
mod fuzz;
mod generate;
mod lint_template;
mod local;
mod task;
mod test;

use std::process::ExitCode;

use task::{Task, TaskError};

/// Every task; a new one is a line here.
const TASKS: &[Task] = &[
    Task {
        name: "generate",
        usage: "generate [--check]   write docs and the template's generated parts, or only compare",
        run: generate::run,
    },
    Task {
        name: "lint-template",
        usage: "lint-template        run cfn-lint and `sam validate --lint` on template.yaml",
        run: lint_template::run,
    },
    Task {
        name: "check-dependencies",
        usage: "check-dependencies   see to it that crates depend in one direction only",
        run: check_dependencies::run,
    },
    Task {
        name: "demo",
        usage: "demo [--stack] [--json]  run every control on an emulator of AWS, with the real binaries",
        run: demo::start,
    },
    Task {
        name: "local",
        usage: "local                start a local AWS to invoke the functions against by hand",
        run: local::run,
    },
    Task {
        name: "bench",
        usage: "bench [--json]       build the release binaries and measure what they cost",
        run: bench::run,
    },
    Task {
        name: "fuzz",
        usage: "fuzz [SECONDS]       feed the classification crate what nobody thought of; needs nightly Rust",
        run: fuzz::run,
    },
    Task {
        name: "test",
        usage: "test                 everything that has to hold before a change is merged",
        run: test::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<(), TaskError> {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(TaskError::new(usage()));
    };
    match TASKS.iter().find(|task| task.name == name) {
        Some(task) => (task.run)(rest),
        None => Err(TaskError::new(format!("there is no task `{name}`\n\n{}", usage()))),
    }
}

fn usage() -> String {
    let tasks: Vec<String> = TASKS.iter().map(|task| format!("  {}", task.usage)).collect();
    format!("cargo xtask TASK\n\n{}", tasks.join("\n"))
}
