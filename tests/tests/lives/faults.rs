//! A service that refuses, breaks off or does not answer: never a success, and never lost.
#![allow(clippy::print_stdout, reason = "shown only when the test fails")]

use std::time::Duration;

use demarc_tests::{
    lives::{AdminPorts, BucketBlock, BucketPolicy, Life},
    local::fault::{Effect, Fault},
};

use crate::scene::{Scene, batch, deliver, only, outcomes};

/// A control's life with the calls that read and write its setting.
struct Subject {
    life: &'static dyn Life,
    read: &'static str,
    write: &'static str,
}

const BLOCK: Subject = Subject {
    life: &BucketBlock,
    read: "s3:GetPublicAccessBlock",
    write: "s3:PutPublicAccessBlock",
};
const POLICY: Subject =
    Subject { life: &BucketPolicy, read: "s3:GetBucketPolicy", write: "s3:PutBucketPolicy" };
const GROUP: Subject = Subject {
    life: &AdminPorts,
    read: "ec2:DescribeSecurityGroupRules",
    write: "ec2:RevokeSecurityGroupIngress",
};

/// What services answer when they do nothing, with the status.
const ERRORS: [(&str, u16); 5] = [
    ("AccessDenied", 403),
    ("SlowDown", 503),
    ("InternalError", 500),
    ("ServiceUnavailable", 503),
    ("OperationAborted", 409),
];
const EC2_ERRORS: [(&str, u16); 4] = [
    ("UnauthorizedOperation", 403),
    ("RequestLimitExceeded", 503),
    ("InternalError", 500),
    ("Unavailable", 503),
];

fn effects(operation: &str) -> Vec<(String, Effect)> {
    let errors = if operation.starts_with("ec2:") { &EC2_ERRORS[..] } else { &ERRORS[..] };
    let error = |(code, status): &(&str, u16)| {
        ((*code).to_owned(), Effect::error(operation, *status, code, "on purpose"))
    };
    let broken = [("Close".to_owned(), Effect::Close), ("Garble".to_owned(), Effect::Garble)];
    errors.iter().map(error).chain(broken).collect()
}

#[tokio::test]
async fn threat_24_a_fault_of_the_buckets_block_is_no_success_and_is_made_good() {
    every_fault(&BLOCK).await;
}

#[tokio::test]
async fn a_fault_of_the_buckets_policy_is_no_success_and_is_made_good() {
    every_fault(&POLICY).await;
}

#[tokio::test]
async fn a_fault_of_a_security_group_is_no_success_and_is_made_good() {
    every_fault(&GROUP).await;
}

async fn every_fault(subject: &Subject) {
    let scene = Scene::enforcing(&[subject.life.control()]).await;
    for (at, operation) in [subject.read, subject.write].into_iter().enumerate() {
        for (number, (name, effect)) in effects(operation).into_iter().enumerate() {
            println!("{operation} {name}");
            let fault = Fault::always(operation, effect);
            one_fault(&scene, subject, fault, &format!("fault-{at}-{number}")).await;
        }
    }
}

async fn one_fault(scene: &Scene, subject: &Subject, fault: Fault, name: &str) {
    let life = subject.life;
    let (id, event) = scene.violated(life, name).await;
    let original = scene.snapshot(life, &id).await;
    scene.clear();
    scene.cloud.proxy().inject(fault.clone());
    let failed = batch(&scene.stage.remediator, &[("one", event.to_string())]).await;
    assert_eq!(failed, ["one"], "a fault is no success");
    assert_eq!(scene.snapshot(life, &id).await, original, "written in spite of the fault");
    if fault.operation == subject.read {
        assert_eq!(scene.writes(), [""; 0], "written without a reading");
    }
    scene.journaled_before_written();
    scene.clear();
    let reports = scene.send(&event, life.control()).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    assert!(!scene.is_violated(life, &id).await);
    assert!(scene.head(life, &id).await.open.is_empty(), "a plan is left open");
    let (status, answer) = scene.undo(reports[0]["plan"]["id"].as_str().unwrap()).await;
    assert_eq!(status, 200, "{answer:#}");
    assert_eq!(scene.snapshot(life, &id).await, original, "the undo restores something else");
}

#[tokio::test]
async fn threat_29_a_write_whose_answer_is_lost_is_found_done_with_its_before_image() {
    for subject in [&BLOCK, &POLICY, &GROUP] {
        let life = subject.life;
        let scene = Scene::enforcing(&[life.control()]).await;
        let (id, event) = scene.violated(life, "answer-lost").await;
        let original = scene.snapshot(life, &id).await;
        scene.clear();
        let proxy = scene.cloud.proxy();
        proxy.inject(Fault::always(subject.write, Effect::CloseAfter));
        // Read to judge and read under the lease; after the write no reading comes through either.
        proxy.inject(Fault::always(subject.read, Effect::Close).after(2));
        let failed = batch(&scene.stage.remediator, &[("one", event.to_string())]).await;
        assert_eq!(failed, ["one"], "an unknown end is no success");
        assert!(!scene.is_violated(life, &id).await, "CloseAfter did not forward");
        let open = scene.head(life, &id).await.open;
        assert_eq!(open.len(), 1, "the plan has to stay open: nobody knows how it ended");
        scene.clear();
        scene.stage.clock.advance(crate::scene::LEASE);
        let reports = scene.send(&event, life.control()).await;
        assert!(["compliant", "later"].contains(&outcomes(&reports)[0]), "{reports:#?}");
        scene.settle().await;
        scene.until_quiet().await;
        assert_eq!(scene.writes(), [""; 0], "written twice");
        assert_eq!(scene.in_force(life, &id).await, open);
        scene.undo_all(life, &id).await;
        assert_eq!(scene.snapshot(life, &id).await, original);
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_but_shows_is_remediated_at_once() {
    let scene = Scene::enforcing(&[BLOCK.life.control()]).await;
    let (id, event) = scene.violated(BLOCK.life, "answer-lost-and-read").await;
    let original = scene.snapshot(BLOCK.life, &id).await;
    scene.cloud.proxy().inject(Fault::always(BLOCK.write, Effect::CloseAfter));
    let reports = scene.send(&event, BLOCK.life.control()).await;
    assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    scene.undo_all(BLOCK.life, &id).await;
    assert_eq!(scene.snapshot(BLOCK.life, &id).await, original);
}

/// Both at once: each takes the SDK's whole time for an operation, 12 s.
#[tokio::test]
async fn a_service_that_does_not_answer_in_time_is_no_success() {
    let wait = |operation: &'static str| async move {
        let scene = Scene::enforcing(&[BLOCK.life.control()]).await;
        let delay = Effect::Delay(Duration::from_secs(6));
        one_fault(&scene, &BLOCK, Fault::always(operation, delay), "too-slow").await;
    };
    tokio::join!(wait(BLOCK.read), wait(BLOCK.write));
}

#[tokio::test]
async fn threat_08_what_cannot_be_journaled_is_not_written() {
    for subject in [&BLOCK, &POLICY, &GROUP] {
        let life = subject.life;
        let scene = Scene::enforcing(&[life.control()]).await;
        let (id, event) = scene.violated(life, "no-journal").await;
        for (code, status) in [("AccessDeniedException", 400), ("InternalServerError", 500)] {
            scene.clear();
            let operation = "dynamodb:TransactWriteItems";
            let effect = Effect::error(operation, status, code, "on purpose");
            scene.cloud.proxy().inject(Fault::always(operation, effect));
            deliver(&scene.stage.remediator, &event).await.unwrap_err();
            assert_eq!(scene.writes(), [""; 0], "written without a before-image");
            assert!(scene.is_violated(life, &id).await);
        }
        scene.clear();
        let reports = scene.send(&event, life.control()).await;
        assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_again_is_delivered_again() {
    let scene = Scene::enforcing(&[BLOCK.life.control()]).await;
    let (id, event) = scene.violated(BLOCK.life, "no-queue").await;
    let old = full_block();
    let proxy = scene.cloud.proxy();
    proxy.inject(Fault::once(BLOCK.read, old));
    let refusal = Effect::error("sqs:SendMessage", 400, "AccessDenied", "on purpose");
    proxy.inject(Fault::always("sqs:SendMessage", refusal));
    deliver(&scene.stage.remediator, &event).await.unwrap_err();
    assert!(scene.is_violated(BLOCK.life, &id).await);
}

#[tokio::test]
async fn threat_11_a_bucket_of_another_region_is_elsewhere_and_not_written() {
    let scene = Scene::enforcing(&[BLOCK.life.control(), POLICY.life.control()]).await;
    for subject in [&BLOCK, &POLICY] {
        let name = format!("elsewhere-{}", subject.write.len());
        let (id, event) = scene.violated(subject.life, &name).await;
        scene.clear();
        let redirect = Effect::Redirect { bucket_region: "eu-west-1".to_owned() };
        scene.cloud.proxy().inject(Fault::always("s3:*", redirect));
        let reports = scene.send(&event, subject.life.control()).await;
        assert_eq!(outcomes(&reports), ["elsewhere"], "{reports:#?}");
        assert_eq!(reports[0]["region"], "eu-west-1");
        assert_eq!(scene.writes(), [""; 0]);
        assert!(scene.is_violated(subject.life, &id).await);
    }
}

#[tokio::test]
async fn threat_12_a_bucket_that_goes_between_reading_and_writing_is_gone() {
    let scene = Scene::enforcing(&[BLOCK.life.control()]).await;
    let gone = |operation| Effect::error(operation, 404, "NoSuchBucket", "on purpose");
    // Gone at the second reading, and gone only at the write.
    let faults = [
        vec![Fault::always(BLOCK.read, gone(BLOCK.read)).after(1)],
        vec![
            Fault::always(BLOCK.write, gone(BLOCK.write)),
            Fault::always(BLOCK.read, gone(BLOCK.read)).after(2),
        ],
    ];
    for (number, faults) in faults.into_iter().enumerate() {
        let (id, event) = scene.violated(BLOCK.life, &format!("gone-{number}")).await;
        scene.clear();
        faults.into_iter().for_each(|fault| scene.cloud.proxy().inject(fault));
        let reports = scene.send(&event, BLOCK.life.control()).await;
        assert_eq!(outcomes(&reports), ["gone"], "{number}: {reports:#?}");
        scene.clear();
        assert!(scene.head(BLOCK.life, &id).await.open.is_empty());
        assert_eq!(scene.in_force(BLOCK.life, &id).await, [""; 0]);
    }
}

/// What the block was before the change that the event tells of.
fn full_block() -> Effect {
    let flags =
        ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
    let flags: String = flags.iter().map(|flag| format!("<{flag}>true</{flag}>")).collect();
    let root = "PublicAccessBlockConfiguration";
    Effect::Reply {
        status: 200,
        body: format!("<{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{flags}</{root}>"),
        content_type: "application/xml".to_owned(),
    }
}

#[tokio::test]
async fn threat_10_a_reading_that_does_not_show_the_change_is_not_believed() {
    let scene = Scene::enforcing(&[BLOCK.life.control()]).await;
    let missing = Effect::error(BLOCK.read, 404, "NoSuchBucket", "on purpose");
    for (number, stale) in [full_block(), missing].into_iter().enumerate() {
        let (id, event) = scene.violated(BLOCK.life, &format!("stale-{number}")).await;
        scene.clear();
        scene.cloud.proxy().inject(Fault::once(BLOCK.read, stale));
        let reports = scene.send(&event, BLOCK.life.control()).await;
        assert_eq!(outcomes(&reports), ["later"], "{reports:#?}");
        let messages = scene.messages();
        assert_eq!(messages.len(), 1);
        assert!(messages[0].delay > 0, "not delayed: {messages:?}");
        assert!(messages[0].queue.ends_with("live"));
        scene.wait_for(&messages[0]);
        let reports =
            only(scene.stage.send(&messages[0].body).await.unwrap(), BLOCK.life.control());
        assert_eq!(outcomes(&reports), ["remediated"], "{reports:#?}");
        assert!(!scene.is_violated(BLOCK.life, &id).await);
    }
}
