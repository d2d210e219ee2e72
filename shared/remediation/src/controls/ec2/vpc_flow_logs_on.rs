//! `ec2.vpc-flow-logs-on`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    configuration::Configuration,
    context::{Baseline, Context},
    control::{Control, Meta, Severity},
    settings::ec2::vpc_flow_logs::{FlowLog, FlowLogs, VPC_FLOW_LOGS},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Sees to it that each VPC has at least one active flow log that records rejected traffic.
    /// Flow logs that were there when the VPC was last seen compliant are made again as they were;
    /// without such, one of all traffic to the configured destination is made.
    ///
    /// Without either it is advice to a person, as it is for a flow log whose role is not the one
    /// that the configuration names: Demarc may pass no other.
    ///
    /// # Why it is yours
    ///
    /// AWS carries the packets of your VPC and keeps no record of them for you. Without one,
    /// neither a scan nor an exfiltration can be seen afterwards.
    ///
    /// # Safety
    ///
    /// Safe: a flow log is made outside the path of the traffic. Records cost storage.
    ///
    /// # What undo restores
    ///
    /// The flow log is deleted again. One that was made again has a new id and no tags; records
    /// that were delivered stay.
    pub struct VpcFlowLogsOn(FlowLogs);
    id: "ec2.vpc-flow-logs-on",
    title: "VPCs record rejected traffic in a flow log",
    setting: &VPC_FLOW_LOGS,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::LoggingAndMonitoring,
    model: ServiceModel::Infrastructure,
    safety: Safety::Safe,
    security_hub: &["EC2.6"],
    frameworks: &[
        "CIS-1.2.0", "CIS-1.4.0", "CIS-3.0.0", "CIS-5.0.0", "FSBP", "NIST-800-171-r2",
        "NIST-800-53-r5", "PCI-3.2.1",
    ],
    exposure: false,
    outlives: "traffic that was not recorded meanwhile",
}

impl Control for VpcFlowLogsOn {
    type State = FlowLogs;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &FlowLogs,
        context: &Context<'_>,
    ) -> Result<Verdict<FlowLogs>, StateError> {
        if let Some(log) = observed.iter().find(|log| log.records_rejected()) {
            let because = format!("an active flow log records rejected traffic: `{}`", log.id());
            return Ok(Verdict::Compliant { because });
        }
        let before: Option<FlowLogs> = context.last_known_good()?;
        let before: Vec<FlowLog> = before.iter().flat_map(FlowLogs::iter).cloned().collect();
        let restored: Vec<FlowLog> =
            before.into_iter().filter(|log| can_be_made(log, context.configuration)).collect();
        let made = if restored.is_empty() { configured(context) } else { Ok(restored) };
        Ok(match made {
            Ok(logs) => violation(observed, logs),
            Err(steps) => Verdict::Advise { steps },
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }
}

fn violation(observed: &FlowLogs, made: Vec<FlowLog>) -> Verdict<FlowLogs> {
    let ids: Vec<String> = made.iter().map(|log| format!("`{}`", log.id())).collect();
    Verdict::Violation {
        detail: format!(
            "no active flow log records rejected traffic; to be made: {}",
            ids.join(", ")
        ),
        desired: observed.with(made),
        safety: Safety::Safe,
        undo: Undo::Equivalent(
            "a flow log that is made again has a new id and no tags; delivered records stay".into(),
        ),
    }
}

/// Whether a former flow log meets the control, and Demarc may pass the role that it needs.
fn can_be_made(log: &FlowLog, configuration: &Configuration) -> bool {
    let passable = configuration.flow_logs.as_ref().and_then(|logs| logs.role.as_ref());
    log.records_rejected() && (log.role.is_none() || log.role.as_ref() == passable)
}

fn configured(context: &Context<'_>) -> Result<Vec<FlowLog>, String> {
    match (&context.configuration.flow_logs, context.baseline) {
        (Some(destination), _) => FlowLog::to(destination).map(|log| vec![log]),
        (None, Baseline::Unread | Baseline::Enrolling) => {
            Err("enrolling: the first sweep is not through \
            yet, so a former flow log is not known; configure a destination for flow logs \
            (`flow_logs`), or look again after the sweep"
                .to_owned())
        }
        (None, _) => {
            Err("configure a destination for flow logs (`flow_logs`), with the role that \
            delivers to it: there is no former flow log that could be made again"
                .to_owned())
        }
    }
}
