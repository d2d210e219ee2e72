//! The kind of every service that we know. A service that is not listed is
//! unknown, and an unknown service is never guessed.

use crate::responsibility::ServiceModel;
use ServiceModel::{Abstracted, Governance, Infrastructure, ManagedPlatform, ServerlessCompute};

/// Name in CloudTrail's `eventSource` (without `.amazonaws.com`), and the kind.
/// Where CloudFormation calls the service otherwise, that name follows in a row
/// of its own. In alphabetical order, so that a missing one is easily seen.
const SERVICES: &[(&str, ServiceModel)] = &[
    ("access-analyzer", Governance),
    ("accessanalyzer", Governance),
    ("account", Governance),
    ("acm", Abstracted),
    ("acm-pca", Abstracted),
    ("acmpca", Abstracted),
    ("apigateway", Abstracted),
    ("apigatewayv2", Abstracted),
    ("apprunner", ServerlessCompute),
    ("appsync", Abstracted),
    ("athena", Abstracted),
    ("autoscaling", Infrastructure),
    ("backup", Abstracted),
    ("batch", ManagedPlatform),
    ("bedrock", Abstracted),
    ("certificatemanager", Abstracted),
    ("cloudformation", Governance),
    ("cloudfront", Abstracted),
    ("cloudtrail", Governance),
    ("cloudwatch", Abstracted),
    ("codebuild", ServerlessCompute),
    ("cognito", Abstracted),
    ("cognito-identity", Abstracted),
    ("cognito-idp", Abstracted),
    ("config", Governance),
    ("dms", ManagedPlatform),
    ("docdb", ManagedPlatform),
    ("dynamodb", Abstracted),
    ("ec2", Infrastructure),
    ("ecr", Abstracted),
    ("efs", Abstracted),
    ("eks", ManagedPlatform),
    ("elasticache", ManagedPlatform),
    ("elasticbeanstalk", ManagedPlatform),
    ("elasticfilesystem", Abstracted),
    ("elasticloadbalancing", Abstracted),
    ("elasticloadbalancingv2", Abstracted),
    ("elasticmapreduce", ManagedPlatform),
    ("elasticsearch", ManagedPlatform),
    ("emr", ManagedPlatform),
    ("es", ManagedPlatform),
    ("events", Abstracted),
    ("firehose", Abstracted),
    ("fsx", ManagedPlatform),
    ("glacier", Abstracted),
    ("glue", ServerlessCompute),
    ("guardduty", Governance),
    ("iam", Governance),
    ("inspector2", Governance),
    ("inspectorv2", Governance),
    ("kafka", ManagedPlatform),
    ("kinesis", Abstracted),
    ("kinesisfirehose", Abstracted),
    ("kms", Abstracted),
    ("lambda", ServerlessCompute),
    ("logs", Abstracted),
    ("macie", Governance),
    ("macie2", Governance),
    ("mq", ManagedPlatform),
    ("msk", ManagedPlatform),
    ("monitoring", Abstracted),
    ("neptune", ManagedPlatform),
    ("network-firewall", Abstracted),
    ("networkfirewall", Abstracted),
    ("opensearchservice", ManagedPlatform),
    ("organizations", Governance),
    ("ram", Governance),
    ("rds", ManagedPlatform),
    ("redshift", ManagedPlatform),
    ("rolesanywhere", Governance),
    ("route53", Abstracted),
    ("route53resolver", Abstracted),
    ("s3", Abstracted),
    ("sagemaker", ManagedPlatform),
    ("scheduler", Abstracted),
    ("secretsmanager", Abstracted),
    ("securityhub", Governance),
    ("ses", Abstracted),
    ("signin", Governance),
    ("sns", Abstracted),
    ("sqs", Abstracted),
    ("ssm", Governance),
    ("sso", Governance),
    ("states", Abstracted),
    ("stepfunctions", Abstracted),
    ("sts", Governance),
    ("waf", Abstracted),
    ("wafv2", Abstracted),
];

/// The kind of a service, from an event source (`s3.amazonaws.com`) or a
/// CloudFormation type (`AWS::S3::Bucket`, `AWS::::Account`).
///
/// `None` for a service that is not in the table. ECS is left out on purpose:
/// whether it is infrastructure or serverless depends on the launch type.
#[must_use]
pub fn service_model(event_source_or_cfn_type: &str) -> Option<ServiceModel> {
    if event_source_or_cfn_type == crate::kinds::ACCOUNT {
        return Some(Governance);
    }
    let name = match event_source_or_cfn_type.strip_prefix("AWS::") {
        Some(rest) => rest.split("::").next().unwrap_or_default(),
        None => short(event_source_or_cfn_type)?,
    };
    SERVICES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, model)| *model)
}

/// `s3` of `s3.amazonaws.com`, also as the China partition writes it.
pub(crate) fn short(event_source: &str) -> Option<&str> {
    event_source
        .strip_suffix(".amazonaws.com")
        .or_else(|| event_source.strip_suffix(".amazonaws.com.cn"))
}
