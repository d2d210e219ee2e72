//! Creates the queues and tables of a template in the emulator.

use std::collections::BTreeMap;

use aws_sdk_sqs::error::DisplayErrorContext;
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};

use super::Error;
use super::api::Api;
use super::cloud::Cloud;
use super::poller::Mapping;
use super::template::{Queue, QueueEvent, Table, Template};

/// Where the parts of a template are.
#[derive(Clone, Debug, Default)]
pub struct Deployed {
    /// URLs of queues, by logical id.
    pub queues: BTreeMap<String, String>,
    /// Names of tables, by logical id.
    pub tables: BTreeMap<String, String>,
}

impl Deployed {
    /// The URL of a queue.
    ///
    /// # Errors
    ///
    /// When the template has no such queue.
    pub fn queue(&self, logical_id: &str) -> Result<&str, Error> {
        self.queues
            .get(logical_id)
            .map(String::as_str)
            .ok_or_else(|| Error::Template(format!("there is no queue `{logical_id}`")))
    }

    /// The mapping that feeds a function from a queue.
    ///
    /// # Errors
    ///
    /// When the template has no such queue, or the queue does not answer.
    pub async fn mapping(&self, cloud: &Cloud, event: &QueueEvent) -> Result<Mapping, Error> {
        let mapping = Mapping::new(cloud.sqs(), self.queue(&event.queue)?).await?;
        Ok(Mapping {
            batch_size: event.batch_size,
            report_batch_item_failures: event.report_batch_item_failures,
            ..mapping
        })
    }
}

impl Cloud {
    /// Creates the queues, each after its dead-letter queue, and the tables of a template.
    ///
    /// The calls go to the emulator itself, so the proxy neither counts nor disturbs them.
    ///
    /// # Errors
    ///
    /// When the emulator refuses one, for example because a table of that name exists: give
    /// each test a stack name of its own.
    pub async fn deploy(&self, template: &Template) -> Result<Deployed, Error> {
        self.deploy_part(template, |_| true).await
    }

    /// The same with only some of the queues.
    ///
    /// # Errors
    ///
    /// As [`Cloud::deploy`].
    pub async fn deploy_part(
        &self,
        template: &Template,
        is_wanted: impl Fn(&Queue) -> bool,
    ) -> Result<Deployed, Error> {
        let mut deployed = Deployed::default();
        let config = self.sdk_config().to_builder();
        let config = config.endpoint_url(self.moto().endpoint()).build();
        let sqs = aws_sdk_sqs::Client::new(&config);
        let mut queues: Vec<Queue> = template.queues().into_iter().filter(is_wanted).collect();
        // Redrive policies do not nest: what has no dead-letter queue may be one.
        queues.sort_by_key(|queue| queue.dead_letter.is_some());
        for queue in queues {
            let url = create_queue(&sqs, &queue).await?;
            deployed.queues.insert(queue.logical_id, url);
        }
        for table in template.tables() {
            create_table(&self.moto().endpoint(), &table).await?;
            deployed.tables.insert(table.logical_id, table.name);
        }
        Ok(deployed)
    }
}

async fn create_queue(sqs: &aws_sdk_sqs::Client, queue: &Queue) -> Result<String, Error> {
    let attributes = queue
        .attributes
        .iter()
        .map(|(name, value)| (QueueAttributeName::from(name.as_str()), value.clone()));
    let failed = |why: String| Error::Request(format!("the queue `{}`: {why}", queue.name));
    sqs.create_queue()
        .queue_name(&queue.name)
        .set_attributes(Some(attributes.collect()))
        .send()
        .await
        .map_err(|error| failed(DisplayErrorContext(&error).to_string()))?
        .queue_url
        .ok_or_else(|| failed("it has no URL".to_owned()))
}

/// The template's JSON is the request's JSON, so that no field has to be known here.
async fn create_table(emulator: &str, table: &Table) -> Result<(), Error> {
    dynamodb(emulator, "CreateTable", &table.create).await?;
    let Some(attribute) = &table.time_to_live else {
        return Ok(());
    };
    let expiry = json!({
        "TableName": table.name,
        "TimeToLiveSpecification": {"Enabled": true, "AttributeName": attribute},
    });
    dynamodb(emulator, "UpdateTimeToLive", &expiry).await
}

async fn dynamodb(emulator: &str, operation: &str, body: &Value) -> Result<(), Error> {
    let target = format!("DynamoDB_20120810.{operation}");
    Api::of(emulator).json("dynamodb", &target, body).await.map(drop)
}
