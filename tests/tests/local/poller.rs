use std::time::Duration;

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName;
use demarc_tests::local::poller::{self, Mapping};
use demarc_tests::local::runtime_api::Function;
use serde_json::{Value, json};

use super::{cloud, function, unique};

const LONG: Duration = Duration::from_secs(20);

async fn queue(sqs: &Client, attributes: &[(QueueAttributeName, String)]) -> Mapping {
    let reply = sqs
        .create_queue()
        .queue_name(unique("polled"))
        .set_attributes(Some(attributes.iter().cloned().collect()))
        .send();
    let url = reply.await.unwrap().queue_url.unwrap();
    Mapping::new(sqs.clone(), &url).await.unwrap()
}

async fn send(mapping: &Mapping, body: &str) -> String {
    let message = mapping.client.send_message().queue_url(&mapping.queue_url);
    let reply = message.message_body(body).send().await.unwrap();
    reply.message_id.unwrap()
}

/// The function prints the batches that it gets.
async fn printed_event(function: &Function) -> Value {
    for _ in 0..100 {
        let lines = function.lines();
        if let Some(event) = lines.iter().find_map(|line| line.strip_prefix("batch ")) {
            return serde_json::from_str(event).unwrap();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no batch in {:?}", function.lines());
}

#[tokio::test]
async fn an_empty_queue_invokes_nothing() {
    let (cloud, function) = (cloud(), function().await);
    let mapping = queue(&cloud.sqs(), &[]).await;
    assert!(mapping.poll_once(&function).await.unwrap().is_empty());
    assert!(mapping.drain(&function, LONG).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_event_is_that_of_lambda() {
    let (cloud, function) = (cloud(), function().await);
    let mapping = queue(&cloud.sqs(), &[]).await;
    let id = send(&mapping, "hello").await;
    // Received once before, so that the count shows.
    let messages = cloud.sqs().receive_message().queue_url(&mapping.queue_url);
    let messages = messages.visibility_timeout(0).send().await.unwrap();
    assert_eq!(messages.messages().len(), 1);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let polled = mapping.poll_once(&function).await.unwrap();
    let event = printed_event(&function).await;
    assert_eq!(polled.succeeded, [id.as_str()]);
    let record = &event["Records"][0];
    assert_eq!(record["messageId"], json!(id));
    assert_eq!(record["body"], "hello");
    assert_eq!(record["md5OfBody"], "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["eventSourceARN"], json!(mapping.queue_arn));
    assert_eq!(record["awsRegion"], "us-east-1");
    assert_eq!(record["messageAttributes"], json!({}));
    assert!(record["receiptHandle"].is_string());
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "2");
    for name in ["SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"] {
        assert!(record["attributes"][name].is_string(), "{name}: {record}");
    }
}

#[tokio::test]
async fn what_succeeded_is_deleted_and_what_failed_stays() {
    let (cloud, function) = (cloud(), function().await);
    let mapping = queue(&cloud.sqs(), &[]).await;
    let good = send(&mapping, "fine").await;
    let bad = send(&mapping, "fail-alone").await;
    let polled = mapping.poll_once(&function).await.unwrap();
    assert_eq!(polled.succeeded, [good]);
    assert_eq!(polled.failed, [bad]);
    assert_eq!(polled.batch_failure, None);
    let depth = mapping.depth().await.unwrap();
    assert_eq!((depth.visible, depth.in_flight, depth.total()), (0, 1, 1));
}

#[tokio::test]
async fn one_bad_answer_fails_the_whole_batch() {
    let (cloud, function) = (cloud(), function().await);
    for poison in ["fail-all", "fail-unknown", "junk", "exit"] {
        let mapping = queue(&cloud.sqs(), &[]).await;
        send(&mapping, "fine").await;
        send(&mapping, poison).await;
        let polled = mapping.poll_once(&function).await.unwrap();
        assert_eq!(polled.failed.len(), 2, "{poison}");
        assert!(polled.batch_failure.is_some(), "{poison}");
        assert_eq!(mapping.depth().await.unwrap().in_flight, 2, "{poison}");
    }
}

#[tokio::test]
async fn a_batch_has_its_size() {
    let (cloud, function) = (cloud(), function().await);
    let mapping = Mapping { batch_size: 2, ..queue(&cloud.sqs(), &[]).await };
    for _ in 0..3 {
        send(&mapping, "fine").await;
    }
    let batches = mapping.drain(&function, LONG).await.unwrap();
    let sizes: Vec<_> = batches.iter().map(|batch| batch.succeeded.len()).collect();
    assert_eq!(sizes, [2, 1]);
}

#[tokio::test]
async fn a_failing_message_ends_in_the_dead_letter_queue() {
    let (cloud, function) = (cloud(), function().await);
    let dead = queue(&cloud.sqs(), &[]).await;
    let policy = json!({"deadLetterTargetArn": dead.queue_arn, "maxReceiveCount": 2});
    let redrive = (QueueAttributeName::RedrivePolicy, policy.to_string());
    let mapping = queue(&cloud.sqs(), &[redrive]).await;
    let mapping = Mapping { visibility_timeout: Some(1), ..mapping };
    send(&mapping, "fail-all").await;
    let batches = mapping.drain(&function, LONG).await.unwrap();
    assert_eq!(batches.len(), 2, "received as often as `maxReceiveCount` says");
    let depth = poller::depth(&cloud.sqs(), &dead.queue_url).await.unwrap();
    assert_eq!(depth.total(), 1);
}

#[tokio::test]
async fn drain_waits_for_delayed_messages() {
    let (cloud, function) = (cloud(), function().await);
    let mapping = queue(&cloud.sqs(), &[]).await;
    let message = mapping.client.send_message().queue_url(&mapping.queue_url);
    message.message_body("later").delay_seconds(1).send().await.unwrap();
    assert_eq!(mapping.depth().await.unwrap().delayed, 1);
    let batches = mapping.drain(&function, LONG).await.unwrap();
    assert_eq!(batches.len(), 1);
    assert_eq!(mapping.depth().await.unwrap().total(), 0);
}

#[tokio::test]
async fn drain_gives_up_on_what_never_succeeds() {
    let (cloud, function) = (cloud(), function().await);
    let mapping = queue(&cloud.sqs(), &[]).await;
    send(&mapping, "fail-alone").await;
    let error = mapping.drain(&function, Duration::from_millis(200)).await.unwrap_err();
    assert!(error.to_string().contains("in_flight: 1"), "{error}");
}
