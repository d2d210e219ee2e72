//! The eleven SDK calls that put right a bucket's public access block, and nothing else: what the
//! benchmark compares the function with.
//!
//! The bodies of the count and of the two transactions are those of a real run; the benchmark hands them over,
//! with conditions that always hold.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem, Update};
use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use aws_sdk_s3control::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};
use demarc_harness::Sdk;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let calls = &Calls::from_environment()?;
    run(service_fn(async |_: LambdaEvent<Box<RawValue>>| calls.make().await)).await
}

struct Calls {
    s3: aws_sdk_s3::Client,
    control: aws_sdk_s3control::Client,
    dynamodb: aws_sdk_dynamodb::Client,
    account: String,
    bucket: String,
    spend: Count,
    claim: Vec<TransactWriteItem>,
    close: Vec<TransactWriteItem>,
}

impl Calls {
    fn from_environment() -> Result<Self, Error> {
        let config = Sdk::from_environment(&variable("AWS_REGION")?).config;
        let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        let control = aws_sdk_s3control::config::Builder::from(&config);
        let control = match config.endpoint_url() {
            Some(url) => control.endpoint_resolver(Local(url.to_owned())),
            None => control,
        };
        Ok(Self {
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            control: aws_sdk_s3control::Client::from_conf(control.build()),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            account: variable("BARE_ACCOUNT")?,
            bucket: variable("BARE_BUCKET")?,
            spend: count(&variable("BARE_SPEND")?)?,
            claim: transaction(&variable("BARE_CLAIM")?)?,
            close: transaction(&variable("BARE_CLOSE")?)?,
        })
    }

    async fn make(&self) -> Result<Value, Error> {
        let policy = self.s3.get_bucket_policy_status().bucket(&self.bucket);
        let website = self.s3.get_bucket_website().bucket(&self.bucket);
        let acl = self.s3.get_bucket_acl().bucket(&self.bucket);
        let account = self.control.get_public_access_block().account_id(&self.account);
        let (block, account, policy, acl, website) = tokio::join!(
            self.block(),
            account.send(),
            policy.expected_bucket_owner(&self.account).send(),
            acl.expected_bucket_owner(&self.account).send(),
            website.expected_bucket_owner(&self.account).send(),
        );
        // There is no account's block, no policy and no website: these answers are errors.
        drop((account, policy, website));
        block.and(acl.map(drop).map_err(Into::into))?;
        self.spend().await?;
        self.transact(&self.claim).await?;
        self.block().await?;
        self.put_block().await?;
        self.block().await?;
        self.transact(&self.close).await?;
        Ok(json!({"batchItemFailures": []}))
    }

    async fn block(&self) -> Result<(), Error> {
        let call = self.s3.get_public_access_block().bucket(&self.bucket);
        call.expected_bucket_owner(&self.account).send().await?;
        Ok(())
    }

    async fn put_block(&self) -> Result<(), Error> {
        let all = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        let call = self.s3.put_public_access_block().bucket(&self.bucket);
        let call = call.expected_bucket_owner(&self.account);
        call.public_access_block_configuration(all).send().await?;
        Ok(())
    }

    async fn spend(&self) -> Result<(), Error> {
        let Count { table, key, update, condition, values } = self.spend.clone();
        let call = self.dynamodb.update_item().table_name(table).set_key(Some(key));
        let call = call.update_expression(update).condition_expression(condition);
        call.set_expression_attribute_values(Some(values)).send().await?;
        Ok(())
    }

    async fn transact(&self, writes: &[TransactWriteItem]) -> Result<(), Error> {
        let call = self.dynamodb.transact_write_items();
        call.set_transact_items(Some(writes.to_vec())).send().await?;
        Ok(())
    }
}

/// The SDK would put the account before the host of a local AWS, which does not resolve.
#[derive(Debug)]
struct Local(String);

impl ResolveEndpoint for Local {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url(self.0.clone()).build()))
    }
}

fn variable(name: &str) -> Result<String, Error> {
    std::env::var(name).map_err(|error| format!("{name}: {error}").into())
}

/// What a real run counts on account of an actor.
#[derive(Clone)]
struct Count {
    table: String,
    key: HashMap<String, AttributeValue>,
    update: String,
    condition: String,
    values: HashMap<String, AttributeValue>,
}

fn count(body: &str) -> Result<Count, Error> {
    let body: Value = serde_json::from_str(body)?;
    let of = |name: &str| {
        let text = body.get(name).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| Error::from(format!("no {name}")))
    };
    let items = |name: &str| {
        let found = body.get(name).and_then(Value::as_object);
        item(found.ok_or_else(|| Error::from(format!("no {name}")))?)
    };
    Ok(Count {
        table: of("TableName")?,
        key: items("Key")?,
        update: of("UpdateExpression")?,
        condition: of("ConditionExpression")?,
        values: items("ExpressionAttributeValues")?,
    })
}

fn transaction(body: &str) -> Result<Vec<TransactWriteItem>, Error> {
    let body: Value = serde_json::from_str(body)?;
    let writes = body.get("TransactItems").and_then(Value::as_array).ok_or("no transaction")?;
    writes.iter().map(write).collect()
}

fn write(write: &Value) -> Result<TransactWriteItem, Error> {
    let one = TransactWriteItem::builder();
    let (kind, parts) = write.as_object().and_then(|w| w.iter().next()).ok_or("no write")?;
    let of = |name: &str| parts.get(name).and_then(Value::as_str).map(str::to_owned);
    let items = |name: &str| parts.get(name).and_then(Value::as_object).map(item).transpose();
    let (table, condition) = (of("TableName"), of("ConditionExpression"));
    let values = items("ExpressionAttributeValues")?;
    let built = match kind.as_str() {
        "Put" => one.put(
            Put::builder()
                .set_table_name(table)
                .set_item(items("Item")?)
                .set_condition_expression(condition)
                .set_expression_attribute_values(values)
                .build()?,
        ),
        "ConditionCheck" => one.condition_check(
            ConditionCheck::builder()
                .set_table_name(table)
                .set_key(items("Key")?)
                .set_condition_expression(condition)
                .set_expression_attribute_values(values)
                .build()?,
        ),
        "Update" => one.update(
            Update::builder()
                .set_table_name(table)
                .set_key(items("Key")?)
                .set_update_expression(of("UpdateExpression"))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names(parts))
                .set_expression_attribute_values(values)
                .build()?,
        ),
        other => return Err(format!("an unknown write `{other}`").into()),
    };
    Ok(built.build())
}

fn names(parts: &Value) -> Option<HashMap<String, String>> {
    let names = parts.get("ExpressionAttributeNames")?.as_object()?;
    let pair = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    Some(names.iter().filter_map(pair).collect())
}

fn item(item: &Map<String, Value>) -> Result<HashMap<String, AttributeValue>, Error> {
    item.iter().map(|(name, value)| Ok((name.clone(), attribute(value)?))).collect()
}

fn attribute(value: &Value) -> Result<AttributeValue, Error> {
    let typed = value.as_object().and_then(|v| v.iter().next());
    let (kind, inner) = typed.ok_or("an attribute without a type")?;
    let text = || inner.as_str().map(str::to_owned).ok_or("no text");
    Ok(match kind.as_str() {
        "S" => AttributeValue::S(text()?),
        "N" => AttributeValue::N(text()?),
        "B" => AttributeValue::B(Blob::new(aws_smithy_types::base64::decode(text()?)?)),
        "BOOL" => AttributeValue::Bool(inner.as_bool().unwrap_or_default()),
        "L" => {
            let all = inner.as_array().into_iter().flatten();
            AttributeValue::L(all.map(attribute).collect::<Result<_, _>>()?)
        }
        other => return Err(format!("an unknown type `{other}`").into()),
    })
}
