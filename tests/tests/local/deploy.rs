use demarc_tests::local::bus;
use demarc_tests::local::deploy::Deployed;
use demarc_tests::local::poller;
use serde_json::json;

use super::template::fixture;
use super::{cloud, unique};

#[tokio::test]
async fn queues_and_tables_of_the_template_exist_afterwards() {
    let cloud = cloud();
    let stack = unique("deployed");
    let deployed = cloud.deploy(&fixture(&stack)).await.unwrap();
    assert_eq!(deployed.queues.len(), 3);
    assert!(cloud.proxy().calls().is_empty());
    let described = cloud.dynamodb().describe_table().table_name(&deployed.tables["Journal"]);
    let table = described.send().await.unwrap().table.unwrap();
    assert_eq!(table.key_schema().len(), 2);
    assert_eq!(table.global_secondary_indexes()[0].index_name(), Some("due"));
    assert!(table.latest_stream_arn().is_some());
    let expiry = cloud.dynamodb().describe_time_to_live().table_name(format!("{stack}-Journal"));
    let expiry = expiry.send().await.unwrap().time_to_live_description.unwrap();
    assert_eq!(expiry.attribute_name(), Some("expires"));
    let queue = cloud.sqs().get_queue_attributes().queue_url(deployed.queue("S3Queue").unwrap());
    let attributes = queue.attribute_names("All".into()).send().await.unwrap();
    let attributes = attributes.attributes.unwrap();
    assert_eq!(attributes[&"VisibilityTimeout".into()], "180");
    assert!(attributes[&"RedrivePolicy".into()].contains(&format!("{stack}-S3DeadLetters")));
}

#[tokio::test]
async fn a_mapping_is_that_of_the_template() {
    let cloud = cloud();
    let template = fixture(&unique("mapped"));
    let deployed = cloud.deploy(&template).await.unwrap();
    let event = &template.functions()[0].queues[0];
    let mapping = deployed.mapping(&cloud, event).await.unwrap();
    assert_eq!(mapping.batch_size, 5);
    assert!(mapping.report_batch_item_failures);
    assert_eq!(mapping.queue_arn, template.queues()[1].arn);
    assert!(Deployed::default().queue("S3Queue").is_err());
}

#[tokio::test]
async fn an_event_goes_to_the_queues_of_the_rules_that_match() {
    let cloud = cloud();
    let template = fixture(&unique("bus"));
    let deployed = cloud.deploy(&template).await.unwrap();
    let event = |name: &str| {
        json!({
            "source": "aws.s3", "account": "123456789012",
            "detail": {"eventName": name, "readOnly": false},
        })
    };
    let other = event("GetBucketPolicy");
    assert!(bus::deliver(&cloud, &template, &deployed, &other).await.unwrap().is_empty());
    let hit = event("PutBucketPolicy");
    let deliveries = bus::deliver(&cloud, &template, &deployed, &hit).await.unwrap();
    // The disabled rule matches too, and gets nothing.
    let sent: Vec<_> = deliveries.iter().map(|d| (d.rule.as_str(), d.sent)).collect();
    assert_eq!(sent, [("S3Rule", true), ("S3Rule", false)]);
    let queue = deployed.queue("S3Queue").unwrap();
    assert_eq!(poller::depth(&cloud.sqs(), queue).await.unwrap().visible, 1);
    let message = cloud.sqs().receive_message().queue_url(queue).send().await.unwrap();
    let body = message.messages()[0].body().unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap(), hit);
    let named = deployed.queue("NamedQueue").unwrap();
    assert_eq!(poller::depth(&cloud.sqs(), named).await.unwrap().total(), 0);
}
