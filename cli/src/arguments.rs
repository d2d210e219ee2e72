//! The command line: help, completions and man pages come from these definitions.

use std::{path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    approve::Approve,
    endpoint::Endpoint,
    exempt::Exempt,
    function::Function,
    plans::{Plans, since},
};

const AFTER: &str = "\
Exit status:
  0  done; a scan found no violation, `config diff` no difference, `doctor` nothing wrong
  1  a scan found violations, `config diff` a difference, `doctor` something to put back
  2  trouble: nothing was done, or not all of it
  `classify` has a status of its own for each disposition: see its help

Environment:
  DEMARC_OPERATOR_S3, DEMARC_OPERATOR_EC2, DEMARC_OPERATOR_RDS
             an operator's Function URL; goes before what `demarc connect` wrote
  AWS_REGION, AWS_PROFILE and all else that the AWS command line reads
  NO_COLOR   no colour";

/// Tell whose an event is, scan an account, and take back or steer what Demarc does in it.
#[derive(Debug, Parser)]
#[command(name = "demarc", version, max_term_width = 100, after_help = AFTER)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of all commands.
#[derive(Args, Debug)]
pub(crate) struct Global {
    /// Region of the stack; the profile's where this is left out
    #[arg(long, global = true, value_name = "REGION", help_heading = "Options of all commands")]
    pub(crate) region: Option<String>,
    /// Profile of the AWS configuration to sign with
    #[arg(long, global = true, value_name = "NAME", help_heading = "Options of all commands")]
    pub(crate) profile: Option<String>,
    /// Where a function's operator is, in place of what is configured: `s3=https://...`
    #[arg(
        long = "endpoint",
        global = true,
        value_name = "FUNCTION=URL",
        help_heading = "Options of all commands"
    )]
    pub(crate) endpoints: Vec<Given>,
    /// Name of the stack
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        default_value = "demarc",
        help_heading = "Options of all commands"
    )]
    pub(crate) stack: String,
    /// Print answers as JSON, one a line
    #[arg(long, global = true, help_heading = "Options of all commands")]
    pub(crate) json: bool,
    /// When to print in colour
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Options of all commands"
    )]
    pub(crate) color: Color,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List existing violations, and what enforcing would change; nothing is written
    ///
    /// On a terminal a table, elsewhere each report as a line of JSON.
    Scan(Scan),
    /// List the plans of the journal: what was put right, for whom, and what was taken back
    Plans(Plans),
    /// Take back what a plan, an incident, or all plans since a moment changed
    ///
    /// What is put back is left alone for a day. Refused where somebody changed it since.
    Undo(Undo),
    /// List the plans that wait for a person, or have one of them applied
    ///
    /// Applied is what was shown: where the state has changed since, nothing is written.
    Approve(Approve),
    /// Leave what a control finds wrong with a resource as it is, until a day
    ///
    /// Exempt is exactly what is there now; whatever comes later is judged.
    Exempt(Exempt),
    /// List the modes of all controls, or set one
    Mode(Mode),
    /// Stop all remediation in the region; `undo` goes on to work
    Stop(Because),
    /// End a stop
    Resume(Because),
    /// Read and replace the configuration, one document for all functions of a region
    ///
    /// A mode that `demarc mode` sets goes before what the document says of the control.
    #[command(subcommand)]
    Config(Config),
    /// Look whether Demarc's own parts are as deployed, and say what puts them back
    ///
    /// Rules, queues, functions, mappings, tables, roles, alarms and schedules of the stack, read
    /// with your own permissions: no function may change Demarc. What somebody added is never
    /// removed, only said.
    Doctor(Doctor),
    /// Remember where the operators of a stack are
    Connect(Connect),
    /// Tell whose responsibility an event is, what may be done about it, and why
    ///
    /// Any event of an AWS account: CloudTrail, AWS Config, Security Hub, GuardDuty, AWS Health and
    /// others, alone, in a list, in SQS or SNS wrappers, or many as JSON lines. Nothing is asked of
    /// AWS. On a terminal an explanation, elsewhere a line of JSON for each event.
    #[command(after_help = crate::classify::STATUS)]
    Classify(Classify),
    /// Tell whose job something is, and why
    ///
    /// A Security Hub control (`S3.8`), a service (`lambda`), a story (`public bucket`), a framework
    /// (`HIPAA`), a layer (`guest-os`), or `model` for the whole table. Without a topic: where the
    /// line runs, and what can be asked.
    Explain(Explain),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the man page, or write those of all commands
    Man {
        /// Folder to write the pages of all commands to
        #[arg(long, value_name = "FOLDER")]
        to: Option<PathBuf>,
    },
}

/// Options of `classify`.
#[derive(Args, Debug)]
pub(crate) struct Classify {
    /// The events, in JSON or as JSON lines, or `-` for standard input
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,
    /// The account that they should be of; another's are rejected
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// ARN of a role of Demarc's own, whose changes are ignored; may be given more than once
    #[arg(long = "own-role", value_name = "ARN")]
    pub(crate) own_roles: Vec<String>,
    /// ARN of a role that deploys, whose changes are told as drift; may be given more than once
    #[arg(long = "pipeline-role", value_name = "ARN")]
    pub(crate) pipeline_roles: Vec<String>,
}

/// Options of `explain`.
#[derive(Args, Debug)]
pub(crate) struct Explain {
    /// A control, a service, a story, a framework, a layer, or `model`
    #[arg(value_name = "TOPIC")]
    pub(crate) topic: Vec<String>,
}

/// Options of `scan`.
#[derive(Args, Debug)]
pub(crate) struct Scan {
    /// Only what this function guards; may be given more than once
    #[arg(long = "function", value_name = "FUNCTION")]
    pub(crate) functions: Vec<Function>,
}

/// Options of `undo`.
#[derive(Args, Debug)]
pub(crate) struct Undo {
    /// The plan to take back
    #[arg(required_unless_present_any = ["incident", "since"], conflicts_with = "incident")]
    pub(crate) plan: Option<String>,
    /// Take back all plans of this incident, the latest first
    #[arg(long, value_name = "ID")]
    pub(crate) incident: Option<String>,
    /// Take back all plans that were made since, the latest first: a time, or `24h`
    #[arg(long, value_name = "TIME", value_parser = since, conflicts_with_all = ["plan", "incident"])]
    pub(crate) since: Option<Timestamp>,
    /// Of those, only this control's
    #[arg(long, value_name = "ID", requires = "since")]
    pub(crate) control: Option<String>,
    /// Of those, only what put right changes of this user or role, by its ARN
    #[arg(long, value_name = "ARN", requires = "since")]
    pub(crate) actor: Option<String>,
    /// Why; it stands in the journal and in the exemption
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
    /// Only say what would be put back
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The function that the plan is of; without it each operator is asked
    #[arg(long, value_name = "FUNCTION")]
    pub(crate) function: Option<Function>,
}

/// Options of `mode`.
#[derive(Args, Debug)]
pub(crate) struct Mode {
    /// The control to set: `s3.versioning`; without it all are listed
    #[arg(requires = "mode")]
    pub(crate) control: Option<String>,
    /// What is done about the control's violations
    #[arg(requires = "reason")]
    pub(crate) mode: Option<ModeName>,
    /// Up to which safety it is done without asking; as before where this is left out
    #[arg(long, requires = "control", value_name = "SAFETY")]
    pub(crate) ceiling: Option<Ceiling>,
    /// Why; it stands beside the mode
    #[arg(long, requires = "control", value_name = "TEXT")]
    pub(crate) reason: Option<String>,
}

/// Options of `stop` and `resume`.
#[derive(Args, Debug)]
pub(crate) struct Because {
    /// Why; it stands beside the switch
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print the stored document
    Show,
    /// Have an operator say whether a document is valid; nothing is written
    Check(Document),
    /// Show what a document would change; nothing is written
    Diff(Document),
    /// Replace the stored document, after showing what that changes
    ///
    /// Refused where somebody else replaced it in the meantime.
    Apply(Apply),
}

/// A document that is not stored.
#[derive(Args, Debug)]
pub(crate) struct Document {
    /// The document, in TOML, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Options of `config apply`.
#[derive(Args, Debug)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) document: Document,
    /// Why; it stands in the journal
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,
}

/// Options of `doctor`.
#[derive(Args, Debug)]
pub(crate) struct Doctor {
    /// Put back what a single call puts back, and look again
    #[arg(long)]
    pub(crate) repair: bool,
}

/// Options of `connect`.
#[derive(Args, Debug)]
pub(crate) struct Connect {
    /// The JSON of `aws cloudformation describe-stacks`, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
}

/// What is done about a control's violations.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ModeName {
    /// The control is not evaluated
    Off,
    /// Violations are reported, with what would put them right
    Observe,
    /// As observe; the plan waits for a person
    Approve,
    /// Violations are put right, up to the ceiling
    Enforce,
}

/// Up to which safety violations are put right without asking.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ceiling {
    /// Only what nothing in use depends on
    Safe,
    /// Also what something may depend on
    Disruptive,
}

/// When to print in colour.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Makes it the choice of everything that is printed.
    pub(crate) fn write_global(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// An operator's place as it is given on the command line.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    /// Whose operator.
    pub(crate) function: Function,
    /// Where it is.
    pub(crate) endpoint: Endpoint,
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, url) = text
            .split_once('=')
            .ok_or_else(|| "say which function's it is: `s3=https://...`".to_owned())?;
        let function = Function::named(name)
            .ok_or_else(|| format!("there is no function `{name}`: say `s3`, `ec2` or `rds`"))?;
        Ok(Self { function, endpoint: url.parse()? })
    }
}

#[cfg(test)]
mod tests;
