//! What resources are called once they are deployed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Deployment;

/// Types, the property that names them, and the service and prefix of their ARN.
const KINDS: &[(&str, &str, &str, &str)] = &[
    ("AWS::SQS::Queue", "QueueName", "sqs", ""),
    ("AWS::DynamoDB::Table", "TableName", "dynamodb", "table/"),
    ("AWS::Serverless::Function", "FunctionName", "lambda", "function:"),
    ("AWS::Lambda::Function", "FunctionName", "lambda", "function:"),
    ("AWS::Lambda::LayerVersion", "LayerName", "lambda", "layer:"),
    ("AWS::SNS::Topic", "TopicName", "sns", ""),
    ("AWS::Events::Rule", "Name", "events", "rule/"),
    ("AWS::Events::EventBus", "Name", "events", "event-bus/"),
    ("AWS::Scheduler::Schedule", "Name", "scheduler", "schedule/default/"),
    ("AWS::Scheduler::ScheduleGroup", "Name", "scheduler", "schedule-group/"),
    ("AWS::Logs::LogGroup", "LogGroupName", "logs", "log-group:"),
    ("AWS::CloudWatch::Alarm", "AlarmName", "cloudwatch", "alarm:"),
    ("AWS::IAM::Role", "RoleName", "iam", "role/"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", "iam", "policy/"),
    ("AWS::S3::Bucket", "BucketName", "s3", ""),
    ("AWS::KMS::Key", "KeyId", "kms", "key/"),
];

/// The names of a template's resources, and the pseudo parameters.
#[derive(Clone, Debug)]
pub(in super::super) struct Names {
    deployment: Deployment,
    /// Type and name by logical id.
    resources: BTreeMap<String, (String, String)>,
}

impl Names {
    /// Puts URLs under another endpoint.
    pub(in super::super) fn move_to(&mut self, endpoint: &str) {
        endpoint.clone_into(&mut self.deployment.endpoint);
    }

    pub(super) fn new(document: &Value, deployment: &Deployment) -> Self {
        let mut names = Self { deployment: deployment.clone(), resources: BTreeMap::new() };
        let resources = document.get("Resources").and_then(Value::as_object);
        for (id, resource) in resources.into_iter().flatten() {
            let kind = resource.get("Type").and_then(Value::as_str);
            let kind = kind.unwrap_or_default();
            names.add(id, kind);
            if kind == "AWS::Serverless::Function" {
                // SAM makes these beside the function.
                names.add(&format!("{id}Role"), "AWS::IAM::Role");
                names.add(&format!("{id}Url"), "AWS::Lambda::Url");
            }
        }
        names
    }

    fn add(&mut self, id: &str, kind: &str) {
        let name = format!("{}-{id}", self.deployment.stack);
        self.resources.entry(id.to_owned()).or_insert((kind.to_owned(), name));
    }

    /// The property that names a resource of this kind.
    pub(super) fn naming_property(&self, id: &str) -> Option<&'static str> {
        let (kind, _) = self.resources.get(id)?;
        let (_, property, _, _) = KINDS.iter().find(|(known, ..)| known == kind)?;
        Some(property)
    }

    pub(super) fn set(&mut self, id: &str, name: String) {
        if let Some((_, known)) = self.resources.get_mut(id) {
            *known = name;
        }
    }

    /// The physical name of a resource.
    pub(in super::super) fn name(&self, id: &str) -> Option<&str> {
        self.resources.get(id).map(|(_, name)| name.as_str())
    }

    /// The ARN of a resource; empty for a kind that has none here.
    pub(in super::super) fn arn_of(&self, id: &str) -> String {
        self.attribute(id, "Arn").unwrap_or_default()
    }

    /// The logical id of the resource of a type with this ARN.
    pub(in super::super) fn by_arn(&self, wanted_kind: &str, arn: &str) -> Option<&str> {
        self.resources
            .iter()
            .filter(|(_, (kind, _))| kind == wanted_kind)
            .map(|(id, _)| id.as_str())
            .find(|id| self.attribute(id, "Arn").as_deref() == Some(arn))
    }

    /// The value of `Ref`.
    pub(super) fn reference(&self, name: &str) -> Option<String> {
        let deployment = &self.deployment;
        let pseudo = match name {
            "AWS::AccountId" => Some(deployment.account.clone()),
            "AWS::Region" => Some(deployment.region.clone()),
            "AWS::Partition" => Some(deployment.partition.clone()),
            "AWS::StackName" => Some(deployment.stack.clone()),
            "AWS::URLSuffix" => Some("amazonaws.com".to_owned()),
            "AWS::StackId" => {
                Some(self.arn("cloudformation", &format!("stack/{}/1", deployment.stack)))
            }
            _ => None,
        };
        pseudo.or_else(|| {
            let (kind, physical) = self.resources.get(name)?;
            Some(match kind.as_str() {
                "AWS::SQS::Queue" => self.queue_url(physical),
                "AWS::SNS::Topic" | "AWS::IAM::ManagedPolicy" | "AWS::Lambda::LayerVersion" => {
                    self.attribute(name, "Arn")?
                }
                _ => physical.clone(),
            })
        })
    }

    /// The value of `Fn::GetAtt`.
    pub(super) fn attribute(&self, id: &str, attribute: &str) -> Option<String> {
        let (kind, name) = self.resources.get(id)?;
        let arn = || {
            let (_, _, service, prefix) = KINDS.iter().find(|(known, ..)| known == kind)?;
            Some(self.arn(service, &format!("{prefix}{name}")))
        };
        match (kind.as_str(), attribute) {
            ("AWS::Lambda::Url", "FunctionUrl") => {
                Some(format!("{}/{id}/", self.deployment.endpoint))
            }
            ("AWS::DynamoDB::Table", "StreamArn") => {
                Some(format!("{}/stream/2026-01-01T00:00:00.000", arn()?))
            }
            ("AWS::SQS::Queue", "QueueUrl") => Some(self.queue_url(name)),
            ("AWS::Logs::LogGroup", "Arn") => Some(format!("{}:*", arn()?)),
            (_, "Arn" | "TopicArn") => arn(),
            (_, "QueueName" | "TopicName" | "Name" | "RoleName") => Some(name.clone()),
            _ => None,
        }
    }

    fn queue_url(&self, name: &str) -> String {
        let Deployment { endpoint, account, .. } = &self.deployment;
        format!("{endpoint}/{account}/{name}")
    }

    fn arn(&self, service: &str, rest: &str) -> String {
        let Deployment { partition, region, account, .. } = &self.deployment;
        match service {
            "s3" => format!("arn:{partition}:s3:::{rest}"),
            "iam" => format!("arn:{partition}:iam::{account}:{rest}"),
            _ => format!("arn:{partition}:{service}:{region}:{account}:{rest}"),
        }
    }
}
