//! `ec2.vpc-flow-logs`

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ec2::{
    Client,
    types::{
        DestinationFileFormat, DestinationOptionsRequest, FlowLog as Ec2FlowLog,
        FlowLogsResourceType, LogDestinationType, TrafficType, UnsuccessfulItem,
    },
};
use demarc_harness::{
    ApiError, Error, Fault, Found, Handle, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::vpc_flow_logs::{DestinationOptions, FlowLog, FlowLogs, VPC_FLOW_LOGS},
    },
};

use super::{PAGE, filter};

/// The flow logs of a VPC.
pub(crate) struct VpcFlowLogs(pub Client);

impl Setting for VpcFlowLogs {
    type State = FlowLogs;
    const META: &'static SettingMeta = &VPC_FLOW_LOGS;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let answer = self
            .0
            .describe_vpcs()
            .max_results(PAGE)
            .set_next_token(token)
            .send()
            .await
            .map_err(failed("ec2:DescribeVpcs", "the account"))?;
        Ok(Page {
            ids: answer.vpcs().iter().filter_map(|v| v.vpc_id().map(str::to_owned)).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    /// A VPC without flow logs and a VPC that does not exist answer alike, so only where there is
    /// no flow log the VPC itself is looked for.
    async fn read(&self, resource: &Resource) -> Result<Option<Observed<FlowLogs>>, Error> {
        let mut handle = Handle::new();
        let mut logs = Vec::new();
        for log in self.flow_logs(resource).await? {
            let active = log.flow_log_status() == Some("ACTIVE");
            let (Some(id), Some(normal), true) = (log.flow_log_id(), normal_form(&log), active)
            else {
                continue;
            };
            handle.insert(normal.id(), id.to_owned());
            logs.push(normal);
        }
        if logs.is_empty() && !self.exists(resource).await? {
            return Ok(None);
        }
        Ok(Some(Observed { state: FlowLogs::of(logs), handle, busy: None }))
    }

    async fn write(
        &self,
        resource: &Resource,
        from: &Observed<FlowLogs>,
        to: &FlowLogs,
    ) -> Result<(), Error> {
        let before: BTreeSet<String> = from.state.iter().map(FlowLog::id).collect();
        let after: BTreeMap<String, &FlowLog> = to.iter().map(|log| (log.id(), log)).collect();
        for (_, log) in after.iter().filter(|(id, _)| !before.contains(*id)) {
            self.create(resource, log).await?;
        }
        let going = before.iter().filter(|id| !after.contains_key(*id));
        let ids: Vec<String> = going.filter_map(|id| from.handle.get(id).cloned()).collect();
        if ids.is_empty() { Ok(()) } else { self.delete(resource, ids).await }
    }
}

impl VpcFlowLogs {
    async fn flow_logs(&self, resource: &Resource) -> Result<Vec<Ec2FlowLog>, Error> {
        let mut logs = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .0
                .describe_flow_logs()
                .filter(filter("resource-id", &resource.id))
                .set_next_token(token)
                .send()
                .await
                .map_err(failed("ec2:DescribeFlowLogs", &resource.id))?;
            token = page.next_token().map(str::to_owned);
            logs.extend(page.flow_logs.unwrap_or_default());
            if token.is_none() {
                return Ok(logs);
            }
        }
    }

    async fn exists(&self, resource: &Resource) -> Result<bool, Error> {
        let answer = self
            .0
            .describe_vpcs()
            .vpc_ids(&resource.id)
            .send()
            .await
            .map_err(failed("ec2:DescribeVpcs", &resource.id));
        Ok(matches!(Found::sort(answer, &[], &["InvalidVpcID.NotFound"])?, Found::Here(_)))
    }

    async fn create(&self, resource: &Resource, log: &FlowLog) -> Result<(), Error> {
        let answer = self
            .0
            .create_flow_logs()
            .resource_ids(&resource.id)
            .resource_type(FlowLogsResourceType::Vpc)
            .traffic_type(TrafficType::from(log.traffic.as_str()))
            .log_destination_type(LogDestinationType::from(log.destination_type.as_str()))
            .log_destination(&log.destination)
            .set_deliver_logs_permission_arn(log.role.clone())
            .set_log_format(log.format.clone())
            .set_max_aggregation_interval(log.interval)
            .set_destination_options(log.options.as_ref().map(options))
            .send()
            .await
            .map_err(failed("ec2:CreateFlowLogs", &resource.id))?;
        refused("ec2:CreateFlowLogs", resource, answer.unsuccessful())
    }

    async fn delete(&self, resource: &Resource, ids: Vec<String>) -> Result<(), Error> {
        let answer = self
            .0
            .delete_flow_logs()
            .set_flow_log_ids(Some(ids))
            .send()
            .await
            .map_err(failed("ec2:DeleteFlowLogs", &resource.id))?;
        refused("ec2:DeleteFlowLogs", resource, answer.unsuccessful())
    }
}

/// Both calls answer success with what they did not do listed inside.
fn refused(
    operation: &'static str,
    resource: &Resource,
    items: &[UnsuccessfulItem],
) -> Result<(), Error> {
    let Some(error) = items.first().and_then(UnsuccessfulItem::error) else { return Ok(()) };
    Err(Error::Api(Box::new(ApiError {
        operation,
        resource: resource.id.clone(),
        code: error.code().unwrap_or("Unsuccessful").to_owned(),
        message: error.message().unwrap_or("no message").to_owned(),
        fault: Fault::Refused,
        bucket_region: None,
    })))
}

fn normal_form(log: &Ec2FlowLog) -> Option<FlowLog> {
    let kind = log.log_destination_type().map_or("cloud-watch-logs", LogDestinationType::as_str);
    let options = log.destination_options().map(|options| DestinationOptions {
        file_format: options
            .file_format()
            .map_or("plain-text", DestinationFileFormat::as_str)
            .to_owned(),
        hive_compatible_partitions: options.hive_compatible_partitions() == Some(true),
        per_hour_partition: options.per_hour_partition() == Some(true),
    });
    Some(FlowLog {
        traffic: log.traffic_type()?.as_str().to_owned(),
        destination_type: kind.to_owned(),
        destination: log.log_destination().or(log.log_group_name())?.to_owned(),
        role: log.deliver_logs_permission_arn().map(str::to_owned),
        format: log.log_format().map(str::to_owned),
        interval: log.max_aggregation_interval(),
        options,
    })
}

fn options(options: &DestinationOptions) -> DestinationOptionsRequest {
    DestinationOptionsRequest::builder()
        .file_format(DestinationFileFormat::from(options.file_format.as_str()))
        .hive_compatible_partitions(options.hive_compatible_partitions)
        .per_hour_partition(options.per_hour_partition)
        .build()
}
