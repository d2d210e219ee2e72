//! The journal's table, kept small: the emulator copies the whole table, with every record of its
//! stream, several times for each transaction, and would take seconds in the end.

use aws_sdk_dynamodb::types::{AttributeValue, BillingMode, GlobalSecondaryIndex};
use demarc_tests::Fault;
use demarc_tests::local::cloud::Cloud;

/// The table, through a proxy of its own.
pub struct Journal {
    client: aws_sdk_dynamodb::Client,
    table: String,
    _cloud: Cloud,
}

impl Journal {
    /// Creates the empty table again, without its stream.
    pub async fn renew(cloud: &Cloud, table: &str) -> Result<Self, Fault> {
        let beside = cloud.beside()?;
        let client = beside.dynamodb();
        let described = client.describe_table().table_name(table).send().await?;
        let old = described.table.ok_or("no journal")?;
        let protection = client.update_table().table_name(table).deletion_protection_enabled(false);
        protection.send().await?;
        client.delete_table().table_name(table).send().await?;
        let indexes = old.global_secondary_indexes.unwrap_or_default().into_iter().map(|index| {
            GlobalSecondaryIndex::builder()
                .set_index_name(index.index_name)
                .set_key_schema(index.key_schema)
                .set_projection(index.projection)
                .build()
        });
        client
            .create_table()
            .table_name(table)
            .set_attribute_definitions(old.attribute_definitions)
            .set_key_schema(old.key_schema)
            .set_global_secondary_indexes(Some(indexes.collect::<Result<_, _>>()?))
            .billing_mode(BillingMode::PayPerRequest)
            .send()
            .await?;
        Ok(Self { client, table: table.to_owned(), _cloud: beside })
    }

    /// Removes all plans. The settings' own items stay.
    pub async fn remove_plans(&self) -> Result<(), Fault> {
        let found = self.client.scan().table_name(&self.table).send().await?;
        for item in found.items() {
            let is_plan = |pk: &AttributeValue| pk.as_s().is_ok_and(|pk| pk.starts_with("plan#"));
            if !item.get("pk").is_some_and(is_plan) {
                continue;
            }
            let key = item.iter().filter(|(name, _)| *name == "pk" || *name == "sk");
            let key = key.map(|(name, value)| (name.clone(), value.clone())).collect();
            let call = self.client.delete_item().table_name(&self.table);
            call.set_key(Some(key)).send().await?;
        }
        Ok(())
    }
}
