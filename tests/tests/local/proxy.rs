use std::time::{Duration, Instant};

use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, Put,
    ScalarAttributeType, TransactWriteItem,
};
use aws_sdk_s3::error::ProvideErrorMetadata;
use demarc_tests::local::fault::{Effect, Fault, Gate};

use super::{cloud, unique};

const LONG: Duration = Duration::from_secs(10);

#[tokio::test]
async fn s3_calls_are_named_and_recorded() {
    let cloud = cloud();
    let s3 = cloud.s3();
    let bucket = unique("named");
    s3.create_bucket().bucket(&bucket).send().await.unwrap();
    s3.head_bucket().bucket(&bucket).send().await.unwrap();
    let block = aws_sdk_s3::types::PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .build();
    s3.put_public_access_block()
        .bucket(&bucket)
        .public_access_block_configuration(block)
        .send()
        .await
        .unwrap();
    s3.get_public_access_block().bucket(&bucket).send().await.unwrap();
    s3.delete_public_access_block().bucket(&bucket).send().await.unwrap();
    let _ = s3.get_bucket_policy().bucket(&bucket).send().await.unwrap_err();
    let _ = s3.get_bucket_policy_status().bucket(&bucket).send().await;
    s3.get_bucket_acl().bucket(&bucket).send().await.unwrap();
    let _ = s3.get_bucket_ownership_controls().bucket(&bucket).send().await;
    s3.get_bucket_versioning().bucket(&bucket).send().await.unwrap();
    let _ = s3.get_bucket_website().bucket(&bucket).send().await;
    let _ = s3.get_bucket_tagging().bucket(&bucket).send().await;
    s3.get_bucket_location().bucket(&bucket).send().await.unwrap();
    s3.list_objects_v2().bucket(&bucket).send().await.unwrap();
    s3.list_buckets().send().await.unwrap();
    s3.delete_bucket().bucket(&bucket).send().await.unwrap();
    let expected = [
        "CreateBucket",
        "HeadBucket",
        "PutPublicAccessBlock",
        "GetPublicAccessBlock",
        "DeletePublicAccessBlock",
        "GetBucketPolicy",
        "GetBucketPolicyStatus",
        "GetBucketAcl",
        "GetBucketOwnershipControls",
        "GetBucketVersioning",
        "GetBucketWebsite",
        "GetBucketTagging",
        "GetBucketLocation",
        "ListObjectsV2",
        "ListBuckets",
        "DeleteBucket",
    ]
    .map(|name| format!("s3:{name}"));
    assert_eq!(cloud.proxy().operations(), expected);
    let calls = cloud.proxy().calls();
    assert_eq!(calls[0].status, Some(200));
    assert_eq!(calls[5].status, Some(404));
    assert!(calls.iter().all(|call| !call.faulted));
    cloud.proxy().clear_calls();
    assert!(cloud.proxy().calls().is_empty());
}

#[tokio::test]
async fn calls_of_other_services_are_named() {
    let cloud = cloud();
    let control = cloud.s3control();
    let _ = control.get_public_access_block().account_id("123456789012").send().await;
    cloud.ec2().describe_vpcs().send().await.unwrap();
    cloud.rds().describe_db_instances().send().await.unwrap();
    cloud.dynamodb().list_tables().send().await.unwrap();
    cloud.sqs().list_queues().send().await.unwrap();
    let expected = [
        "s3control:GetPublicAccessBlock",
        "ec2:DescribeVpcs",
        "rds:DescribeDBInstances",
        "dynamodb:ListTables",
        "sqs:ListQueues",
    ];
    assert_eq!(cloud.proxy().operations(), expected);
}

#[tokio::test]
async fn the_account_level_block_lives_in_the_emulator() {
    let cloud = cloud();
    let control = cloud.s3control();
    let block = aws_sdk_s3control::types::PublicAccessBlockConfiguration::builder()
        .block_public_policy(true)
        .build();
    control
        .put_public_access_block()
        .account_id("123456789012")
        .public_access_block_configuration(block)
        .send()
        .await
        .unwrap();
    let reply = control.get_public_access_block().account_id("123456789012").send();
    let block = reply.await.unwrap().public_access_block_configuration.unwrap();
    assert_eq!(block.block_public_policy, Some(true));
    control.delete_public_access_block().account_id("123456789012").send().await.unwrap();
}

/// The code that the SDK reads from an injected error, for one operation of each protocol.
#[tokio::test]
async fn errors_have_the_shape_of_their_service() {
    let cloud = cloud();
    for operation in [
        "s3:GetBucketPolicy",
        "s3control:GetPublicAccessBlock",
        "ec2:DescribeVpcs",
        "rds:DescribeDBInstances",
        "dynamodb:ListTables",
        "sqs:ListQueues",
    ] {
        let effect = Effect::error(operation, 403, "AccessDenied", "not <you> & me");
        cloud.proxy().inject(Fault::once(operation, effect));
    }
    let s3 = cloud.s3().get_bucket_policy().bucket("any").send().await.unwrap_err();
    let control = cloud.s3control().get_public_access_block().account_id("123456789012");
    let control = control.send().await.unwrap_err();
    let ec2 = cloud.ec2().describe_vpcs().send().await.unwrap_err();
    let rds = cloud.rds().describe_db_instances().send().await.unwrap_err();
    let dynamodb = cloud.dynamodb().list_tables().send().await.unwrap_err();
    let sqs = cloud.sqs().list_queues().send().await.unwrap_err();
    let read = [
        (s3.code(), s3.message()),
        (control.code(), control.message()),
        (ec2.code(), ec2.message()),
        (rds.code(), rds.message()),
        (dynamodb.code(), dynamodb.message()),
        (sqs.code(), sqs.message()),
    ];
    assert_eq!(read, [(Some("AccessDenied"), Some("not <you> & me")); 6]);
    assert!(cloud.proxy().calls().iter().all(|call| call.faulted));
}

#[tokio::test]
async fn a_fault_skips_hits_and_ends() {
    let cloud = cloud();
    let denied = Effect::error("ec2:DescribeVpcs", 403, "UnauthorizedOperation", "no");
    cloud.proxy().inject(Fault::once("ec2:*", denied).after(1));
    let ec2 = cloud.ec2();
    ec2.describe_vpcs().send().await.unwrap();
    ec2.describe_vpcs().send().await.unwrap_err();
    ec2.describe_vpcs().send().await.unwrap();
    cloud.rds().describe_db_instances().send().await.unwrap();
}

#[tokio::test]
async fn connections_close_before_and_after_the_write() {
    let cloud = cloud();
    let sqs = cloud.sqs();
    for (effect, exists) in [(Effect::Close, false), (Effect::CloseAfter, true)] {
        let name = unique("closed");
        cloud.proxy().inject(Fault::always("sqs:CreateQueue", effect));
        sqs.create_queue().queue_name(&name).send().await.unwrap_err();
        assert_eq!(cloud.proxy().calls().last().unwrap().status, None);
        cloud.proxy().clear_faults();
        let found = sqs.get_queue_url().queue_name(&name).send().await.is_ok();
        assert_eq!(found, exists);
    }
}

#[tokio::test]
async fn a_reply_is_delayed_or_garbled() {
    let cloud = cloud();
    let delay = Duration::from_millis(300);
    cloud.proxy().inject(Fault::once("ec2:DescribeVpcs", Effect::Delay(delay)));
    let started = Instant::now();
    cloud.ec2().describe_vpcs().send().await.unwrap();
    assert!(started.elapsed() >= delay);
    cloud.proxy().inject(Fault::always("ec2:DescribeVpcs", Effect::Garble));
    let error = cloud.ec2().describe_vpcs().send().await.unwrap_err();
    assert!(error.as_service_error().is_none_or(|error| error.code().is_none()));
    assert_eq!(cloud.proxy().calls().last().unwrap().status, Some(200));
}

#[tokio::test]
async fn a_gate_holds_before_or_after_the_write() {
    let cloud = cloud();
    for (is_after, exists) in [(false, false), (true, true)] {
        let (name, gate) = (unique("held"), Gate::new());
        let effect = match is_after {
            true => Effect::HoldAfter(gate.clone()),
            false => Effect::HoldBefore(gate.clone()),
        };
        cloud.proxy().inject(Fault::once("sqs:CreateQueue", effect));
        let sqs = cloud.sqs();
        let held = tokio::spawn(sqs.create_queue().queue_name(&name).send());
        gate.reached(1, LONG).await.unwrap();
        let found = cloud.sqs().get_queue_url().queue_name(&name).send().await.is_ok();
        assert_eq!(found, exists);
        assert!(!held.is_finished());
        gate.release();
        held.await.unwrap().unwrap();
        cloud.sqs().get_queue_url().queue_name(&name).send().await.unwrap();
    }
}

#[tokio::test]
async fn a_gate_that_nobody_reaches_is_an_error() {
    let error = Gate::new().reached(1, Duration::from_millis(20)).await.unwrap_err();
    assert!(error.to_string().contains("gate"), "{error}");
}

#[tokio::test]
async fn cancellation_reasons_come_in_order() {
    let cloud = cloud();
    let reasons = ["None", "ConditionalCheckFailed", "TransactionConflict"];
    let fault = Fault::once("dynamodb:TransactWriteItems", Effect::cancelled(&reasons));
    cloud.proxy().inject(fault);
    let request = cloud.dynamodb().transact_write_items();
    let request = request.transact_items(put("any", "a"));
    let error = request.send().await.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
        cancelled,
    ) = error
    else {
        panic!("{error:?}");
    };
    let codes: Vec<_> = cancelled.cancellation_reasons().iter().map(|r| r.code()).collect();
    assert_eq!(codes, reasons.map(Some));
    assert_eq!(cancelled.cancellation_reasons()[0].message(), None);
    assert!(
        cancelled
            .message()
            .unwrap()
            .ends_with("[None, ConditionalCheckFailed, TransactionConflict]")
    );
}

/// Without the proxy's order moto loses writes here: a cancelled transaction restores tables.
#[tokio::test]
async fn dynamodb_requests_go_one_at_a_time() {
    let cloud = cloud();
    let table = unique("serial");
    create_table(&cloud.dynamodb(), &table).await;
    slow_to_copy(&cloud.dynamodb(), &table).await;
    let gate = Gate::new();
    let held = Fault::once("dynamodb:ListTables", Effect::HoldBefore(gate.clone()));
    cloud.proxy().inject(held);
    // One that waits at a gate must not hold the others up.
    let waiting = tokio::spawn(cloud.dynamodb().list_tables().send());
    gate.reached(1, LONG).await.unwrap();
    let writes = (0..20).map(|number| {
        let (client, table) = (cloud.dynamodb(), table.clone());
        tokio::spawn(async move {
            let item = put(&table, &format!("k{number}"));
            // The second item fails its condition from the second round on.
            let request = client.transact_write_items().transact_items(item);
            request.transact_items(once(&table, number)).send().await.is_ok()
        })
    });
    let mut succeeded = 0;
    for write in writes.collect::<Vec<_>>() {
        succeeded += usize::from(write.await.unwrap());
    }
    assert_eq!(succeeded, 10);
    gate.release();
    waiting.await.unwrap().unwrap();
    let count = cloud.dynamodb().scan().table_name(&table).send().await.unwrap().count;
    // Ten keys of successful transactions, their ten markers, and the large item.
    assert_eq!(count, 21);
    let calls = cloud.proxy().calls();
    assert_eq!(calls.iter().filter(|c| c.operation == "dynamodb:TransactWriteItems").count(), 20);
}

#[tokio::test]
async fn a_transaction_that_is_sent_again_is_the_same_one() {
    let cloud = cloud();
    let client = cloud.dynamodb();
    let table = unique("again");
    create_table(&client, &table).await;
    let send = |token: &str| {
        let request = client.transact_write_items().transact_items(once(&table, 1));
        request.client_request_token(token).send()
    };
    send("first").await.unwrap();
    send("first").await.unwrap();
    send("second").await.unwrap_err();
    // The caller does not hear of the first attempt, and the SDK makes another.
    cloud.proxy().inject(Fault::once("dynamodb:TransactWriteItems", Effect::CloseAfter));
    let request = client.transact_write_items().transact_items(once(&table, 2));
    request.send().await.unwrap();
}

/// A transaction of moto begins with a copy of the table: the longer that takes, the surer
/// two of them overlap where nobody orders them.
async fn slow_to_copy(client: &aws_sdk_dynamodb::Client, table: &str) {
    let list = (0..3000).map(|number| AttributeValue::N(number.to_string()));
    client
        .put_item()
        .table_name(table)
        .item("id", AttributeValue::S("large".to_owned()))
        .item("list", AttributeValue::L(list.collect()))
        .send()
        .await
        .unwrap();
}

async fn create_table(client: &aws_sdk_dynamodb::Client, table: &str) {
    let key = KeySchemaElement::builder().attribute_name("id").key_type(KeyType::Hash);
    let attribute =
        AttributeDefinition::builder().attribute_name("id").attribute_type(ScalarAttributeType::S);
    client
        .create_table()
        .table_name(table)
        .key_schema(key.build().unwrap())
        .attribute_definitions(attribute.build().unwrap())
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .unwrap();
}

fn put(table: &str, id: &str) -> TransactWriteItem {
    let put = Put::builder().table_name(table).item("id", AttributeValue::S(id.to_owned()));
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}

/// Ten markers for twenty writers: each succeeds for one of two.
fn once(table: &str, number: u32) -> TransactWriteItem {
    let id = format!("marker{}", number % 10);
    let put = Put::builder()
        .table_name(table)
        .item("id", AttributeValue::S(id))
        .condition_expression("attribute_not_exists(id)");
    TransactWriteItem::builder().put(put.build().unwrap()).build()
}
