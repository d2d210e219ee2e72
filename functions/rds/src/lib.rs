//! Reading and writing the settings of Amazon RDS.
#![forbid(unsafe_code)]

mod instance_public_access;
mod instance_tags;

use aws_sdk_rds::Client;
use demarc_harness::{Environment, Function, Sdk, failed};

use instance_public_access::InstancePublicAccess;
use instance_tags::InstanceTags;

/// The function: its settings, bound to their client.
pub async fn function(sdk: Sdk, _: Environment) -> Function {
    let config =
        aws_sdk_rds::config::Builder::from(&sdk.config).interceptor(sdk.calls.clone()).build();
    let rds = Client::from_conf(config);
    let warm = rds.clone();
    Function::new("rds", move || {
        let rds = warm.clone();
        Box::pin(async move {
            let page = rds.describe_db_instances().max_records(20).send().await;
            page.map(|_| ()).map_err(failed("rds:DescribeDBInstances", "the account"))
        })
    })
    .bind(InstancePublicAccess(rds.clone()))
    .bind(InstanceTags(rds))
}
