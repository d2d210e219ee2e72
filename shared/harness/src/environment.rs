//! What the deployment tells the function.

use demarc_remediation::{
    classification::{Identities, partition},
    configuration::{Enforcement, Mode},
    verdict::Safety,
};

use crate::Error;

/// Which of a function's two deployments this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deployment {
    /// Fed by queues: reads and closing calls.
    Remediator,
    /// Called by people through its Function URL: reopening calls too.
    Operator,
}

/// The deployment's parameters, from environment variables that the template sets.
#[derive(Clone, Debug)]
pub struct Environment {
    /// The account that the function belongs to, and the only one that it writes.
    pub account: String,
    /// The region that the function belongs to, and the only one that it writes.
    pub region: String,
    /// The region whose stack owns settings of the whole account.
    pub home_region: String,
    /// The stack's name, with which the names of its parts begin.
    pub stack: String,
    /// Which deployment this is.
    pub deployment: Deployment,
    /// Name of the table with modes, configuration, exemptions and the kill switch.
    pub control_table: String,
    /// Name of the table with plans, leases and baselines.
    pub journal_table: String,
    /// URL of the queue of live events.
    pub live_queue: String,
    /// URL of the sweep's queue.
    pub sweep_queue: String,
    /// ARNs of all roles of Demarc's functions in this account.
    pub own_roles: Vec<String>,
    /// Mode and ceiling of controls that the configuration says nothing of.
    pub enforcement: Enforcement,
    /// ARN of the stack's policy that demands MFA of whoever signs in.
    pub mfa_policy: String,
    /// Seconds that a new resource is given, where the configuration does not say.
    pub settle_seconds: Option<u64>,
}

impl Environment {
    /// Reads the parameters.
    ///
    /// # Errors
    /// A variable that the function cannot do without is missing or has an unknown value; the
    /// message names it.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let get = |name: &str| variable(name).filter(|value| !value.is_empty());
        let need = |name: &str| {
            get(name).ok_or_else(|| {
                let why = format!("the environment variable `{name}` is missing: deploy the function from the template");
                Error::Internal(why)
            })
        };
        let region = need("AWS_REGION")?;
        Ok(Self {
            account: need("DEMARC_ACCOUNT")?,
            home_region: get("DEMARC_HOME_REGION").unwrap_or_else(|| region.clone()),
            stack: need("DEMARC_STACK")?,
            deployment: deployment(&need("DEMARC_DEPLOYMENT")?)?,
            control_table: need("DEMARC_CONTROL_TABLE")?,
            journal_table: need("DEMARC_JOURNAL_TABLE")?,
            live_queue: need("DEMARC_LIVE_QUEUE")?,
            sweep_queue: need("DEMARC_SWEEP_QUEUE")?,
            own_roles: list(get("DEMARC_OWN_ROLES")),
            mfa_policy: need("DEMARC_MFA_POLICY")?,
            enforcement: Enforcement::new(mode(get("DEMARC_MODE").as_deref())?, Safety::Safe),
            settle_seconds: get("DEMARC_SETTLE_SECONDS").and_then(|s| s.parse().ok()),
            region,
        })
    }

    /// The partition that the region belongs to.
    #[must_use]
    pub fn partition(&self) -> &'static str {
        partition(&self.region)
    }

    /// Whether this stack owns settings of the whole account.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.region == self.home_region
    }

    /// Who Demarc is, and who deploys on purpose.
    #[must_use]
    pub fn identities(&self, pipeline_roles: &[String]) -> Identities {
        Identities {
            own_roles: self.own_roles.clone(),
            pipeline_roles: pipeline_roles.to_vec(),
            account: self.account.clone(),
        }
    }
}

fn list(value: Option<String>) -> Vec<String> {
    value
        .iter()
        .flat_map(|v| v.split(','))
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}

fn deployment(name: &str) -> Result<Deployment, Error> {
    match name {
        "remediator" => Ok(Deployment::Remediator),
        "operator" => Ok(Deployment::Operator),
        _ => Err(Error::Internal(format!(
            "`DEMARC_DEPLOYMENT` is `{name}`; it is `remediator` or `operator`"
        ))),
    }
}

fn mode(name: Option<&str>) -> Result<Mode, Error> {
    match name {
        None | Some("observe") => Ok(Mode::Observe),
        Some("off") => Ok(Mode::Off),
        Some("approve") => Ok(Mode::Approve),
        Some("enforce") => Ok(Mode::Enforce),
        Some(other) => Err(Error::Internal(format!(
            "`DEMARC_MODE` is `{other}`; it is `off`, `observe`, `approve` or `enforce`"
        ))),
    }
}
