//! Security groups and VPCs.

use async_trait::async_trait;
use aws_sdk_ec2::types::{
    Filter, FlowLogsResourceType, IpPermission, IpRange, LogDestinationType, TrafficType,
};
use serde_json::{Value, json};

use super::{Life, World};
use crate::Fault;

/// `ec2.security-groups-close-admin-ports`
pub struct AdminPorts;

/// `ec2.security-groups-close-high-risk-ports`
pub struct HighRiskPorts;

impl AdminPorts {
    async fn open(world: &World, id: &str, port: i32, cidr: &str) -> Result<(), Fault> {
        let range = IpRange::builder().cidr_ip(cidr).description("by hand").build();
        let permission = IpPermission::builder()
            .ip_protocol("tcp")
            .from_port(port)
            .to_port(port)
            .ip_ranges(range)
            .build();
        let call = world.ec2.authorize_security_group_ingress().group_id(id);
        call.ip_permissions(permission).send().await?;
        Ok(())
    }

    async fn rules(world: &World, id: &str) -> Result<Vec<String>, Fault> {
        let filter = Filter::builder().name("group-id").values(id).build();
        let answer = world.ec2.describe_security_group_rules().filters(filter).send().await?;
        let rules = answer.security_group_rules().iter().filter(|r| r.is_egress() != Some(true));
        let mut rules: Vec<String> = rules
            .map(|r| {
                let (from, about) = (r.from_port().unwrap_or(-1), r.description().unwrap_or(""));
                format!("{from} {} {about}", r.cidr_ipv4().unwrap_or("-"))
            })
            .collect();
        rules.sort();
        Ok(rules)
    }

    async fn has(world: &World, id: &str, rule: &str) -> Result<bool, Fault> {
        Ok(Self::rules(world, id).await?.iter().any(|r| r.starts_with(rule)))
    }
}

#[async_trait]
impl Life for AdminPorts {
    fn control(&self) -> &'static str {
        "ec2.security-groups-close-admin-ports"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let call = world.ec2.create_security_group().group_name(name).description("a life");
        let id = call.send().await?.group_id().ok_or("no group id")?.to_owned();
        Self::open(world, &id, 443, "0.0.0.0/0").await?;
        Self::open(world, &id, 22, "10.0.0.0/8").await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::open(world, id, 22, "0.0.0.0/0").await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::has(world, id, "22 0.0.0.0/0").await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(Self::rules(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "authorize-security-group-ingress.json"
    }

    fn sample_id(&self) -> &'static str {
        "sg-0a1b2c3d4e5f60718"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::open(world, id, 8443, "0.0.0.0/0").await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::has(world, id, "8443 0.0.0.0/0").await
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::open(world, id, 22, "0.0.0.0/0").await
    }
}

#[async_trait]
impl Life for HighRiskPorts {
    fn control(&self) -> &'static str {
        "ec2.security-groups-close-high-risk-ports"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        AdminPorts.create(world, name).await
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        AdminPorts::open(world, id, 5432, "0.0.0.0/0").await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        AdminPorts::has(world, id, "5432 0.0.0.0/0").await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        AdminPorts.snapshot(world, id).await
    }

    fn sample(&self) -> &'static str {
        "authorize-security-group-ingress-database.json"
    }

    fn sample_id(&self) -> &'static str {
        AdminPorts.sample_id()
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        AdminPorts.change_beside(world, id).await
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        AdminPorts.has_change_beside(world, id).await
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}

/// `ec2.vpc-flow-logs-on`
pub struct FlowLogs;

const BUCKET: &str = "demarc-flow-logs";
const OTHER_BUCKET: &str = "demarc-flow-logs-of-others";

impl FlowLogs {
    async fn log(world: &World, id: &str, traffic: TrafficType, bucket: &str) -> Result<(), Fault> {
        // moto wants the bucket to be there; a second creation of one's own is no error.
        let _ = world.s3.create_bucket().bucket(bucket).send().await;
        let answer = world
            .ec2
            .create_flow_logs()
            .resource_ids(id)
            .resource_type(FlowLogsResourceType::Vpc)
            .traffic_type(traffic)
            .log_destination_type(LogDestinationType::S3)
            .log_destination(format!("arn:aws:s3:::{bucket}"))
            .send()
            .await?;
        match answer.unsuccessful().first() {
            Some(item) => Err(format!("no flow log: {item:?}").into()),
            None => Ok(()),
        }
    }

    async fn logs(world: &World, id: &str) -> Result<Vec<(String, String)>, Fault> {
        let filter = Filter::builder().name("resource-id").values(id).build();
        let answer = world.ec2.describe_flow_logs().filter(filter).send().await?;
        let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
        Ok(answer
            .flow_logs()
            .iter()
            .map(|log| {
                let what = log.traffic_type().map(TrafficType::as_str);
                (text(log.flow_log_id()), format!("{} {}", text(what), text(log.log_destination())))
            })
            .collect())
    }

    /// The ids of the VPC's flow logs.
    ///
    /// # Errors
    /// The emulator refuses to say.
    pub async fn ids(world: &World, id: &str) -> Result<Vec<String>, Fault> {
        Ok(Self::logs(world, id).await?.into_iter().map(|(id, _)| id).collect())
    }
}

#[async_trait]
impl Life for FlowLogs {
    fn control(&self) -> &'static str {
        "ec2.vpc-flow-logs-on"
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        let vpc = world.ec2.create_vpc().cidr_block("10.9.0.0/16").send().await?;
        let id = vpc.vpc().and_then(|v| v.vpc_id()).ok_or("no vpc id")?.to_owned();
        Self::log(world, &id, TrafficType::All, BUCKET).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        let ids = Self::ids(world, id).await?;
        world.ec2.delete_flow_logs().set_flow_log_ids(Some(ids)).send().await?;
        Ok(())
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let logs = Self::logs(world, id).await?;
        Ok(!logs.iter().any(|(_, what)| what.starts_with("ALL") || what.starts_with("REJECT")))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let mut logs: Vec<String> =
            Self::logs(world, id).await?.into_iter().map(|(_, what)| what).collect();
        logs.sort();
        Ok(json!(logs))
    }

    fn sample(&self) -> &'static str {
        "delete-flow-logs.json"
    }

    fn sample_id(&self) -> &'static str {
        "fl-0a1b2c3d4e5f60718"
    }

    /// The event names the flow log, which is gone by then.
    async fn named(&self, world: &World, id: &str) -> Result<String, Fault> {
        Ok(Self::ids(world, id).await?.first().ok_or("no flow log")?.clone())
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::log(world, id, TrafficType::Accept, OTHER_BUCKET).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let logs = Self::logs(world, id).await?;
        Ok(logs.iter().any(|(_, what)| what.starts_with("ACCEPT")))
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}
