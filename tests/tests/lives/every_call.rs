//! Each kind of fault at each call of each control's remediation: never a success that is none,
//! never written twice, never written without a before-image; and it is always made good. What is
//! the same code for every control is disturbed once in each order of calls: Demarc's own calls, and
//! what a service's client makes of a read that is throttled or cut off.
#![allow(clippy::print_stdout, reason = "shown only when the test fails")]

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use demarc_harness::remediation::controls;
use demarc_tests::{
    lives::{self, BucketBlock, Life},
    local::{
        cloud::Cloud,
        fault::{Effect, Fault, Gate},
        proxy::Call,
    },
};
use futures_util::{StreamExt, future::join_all, stream};
use serde_json::{Value, json};

use crate::scene::{LEASE, Scene, deliver, is_write};

/// What goes wrong with a call, from one occurrence on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    Denied,
    Throttled,
    Garbled,
    Closed,
    /// The service does it, and nobody hears of it.
    Unanswered,
    /// The service does it, and answers when the SDK no longer waits.
    Late,
}

const TROUBLES: [Trouble; 5] =
    [Trouble::Denied, Trouble::Throttled, Trouble::Garbled, Trouble::Closed, Trouble::Unanswered];

impl Trouble {
    /// Whether the client of the service makes an error of it, whatever is read: it tries again, and
    /// no answer is looked at.
    fn is_the_clients(self) -> bool {
        matches!(self, Self::Throttled | Self::Closed)
    }

    /// Whether it is another trouble here. A read is as well not made as not answered; an answer
    /// that says nothing is not read, so that it cannot be wrong.
    fn differs(self, operation: &str) -> bool {
        match self {
            Self::Unanswered => is_own_write(operation) || is_write(operation),
            Self::Garbled => !says_nothing(operation),
            _ => true,
        }
    }

    fn at(self, operation: &str, gate: &Gate) -> Effect {
        let service = operation.split(':').next().unwrap();
        let error = |(status, code)| Effect::error(operation, status, code, "on purpose");
        match self {
            Self::Denied => error(match service {
                "dynamodb" => (400, "AccessDeniedException"),
                "ec2" => (403, "UnauthorizedOperation"),
                _ => (403, "AccessDenied"),
            }),
            Self::Throttled => error(match service {
                "dynamodb" => (400, "ThrottlingException"),
                "ec2" => (503, "RequestLimitExceeded"),
                "s3" | "s3control" => (503, "SlowDown"),
                _ => (400, "Throttling"),
            }),
            Self::Garbled => Effect::Garble,
            Self::Closed => Effect::Close,
            Self::Unanswered => Effect::CloseAfter,
            Self::Late => Effect::HoldAfter(gate.clone()),
        }
    }
}

/// Whether the service answers the operation with nothing but success.
fn says_nothing(operation: &str) -> bool {
    let of_ec2 = [
        "ec2:DeleteNetworkAclEntry",
        "ec2:ModifyImageAttribute",
        "ec2:ModifySnapshotAttribute",
        "ec2:ModifySubnetAttribute",
    ];
    let of_service = ["s3", "iam:"].iter().any(|service| operation.starts_with(service));
    is_write(operation) && (of_service || of_ec2.contains(&operation))
}

/// What was disturbed: a kind of trouble at a call that is the same code for every control, in an
/// order of calls.
type Disturbed = (String, Trouble, usize, Vec<String>);

static DISTURBED: Mutex<BTreeSet<Disturbed>> = Mutex::new(BTreeSet::new());

/// Whether another control had the same trouble at the same code.
fn was_disturbed(calls: &[String], at: usize, trouble: Trouble) -> bool {
    let call = &calls[at];
    let is_the_clients = !is_write(call) && trouble.is_the_clients();
    if !is_own(call) && !is_the_clients {
        return false;
    }
    let service = call.split(':').next().unwrap().to_owned();
    let disturbed = (service, trouble, at, shape(calls));
    !DISTURBED.lock().unwrap().insert(disturbed)
}

/// The order of a remediation's calls, whatever it reads and writes.
fn shape(calls: &[String]) -> Vec<String> {
    let kind = |call: &String| match call.as_str() {
        own if is_own(own) => own.to_owned(),
        write if is_write(write) => "write".to_owned(),
        _ => "read".to_owned(),
    };
    calls.iter().map(kind).collect()
}

/// Whether the operation is about Demarc's own tables or queues.
fn is_own(operation: &str) -> bool {
    ["dynamodb:", "sqs:"].iter().any(|service| operation.starts_with(service))
}

/// Whether the operation changes Demarc's own tables or queues.
fn is_own_write(operation: &str) -> bool {
    ["dynamodb:TransactWriteItems", "dynamodb:PutItem", "dynamodb:UpdateItem", "sqs:SendMessage"]
        .contains(&operation)
}

#[tokio::test]
async fn threat_24_a_fault_at_any_call_of_a_buckets_control_is_no_success_and_is_made_good() {
    everywhere("s3").await;
}

#[tokio::test]
async fn a_fault_at_any_call_of_a_networks_control_is_no_success_and_is_made_good() {
    tokio::join!(everywhere("ec2"), everywhere("rds"));
}

#[tokio::test]
async fn a_fault_at_any_call_of_an_identitys_control_is_no_success_and_is_made_good() {
    everywhere("iam").await;
}

/// So many at once, each on an emulator of its own: much of the time the SDK waits before it tries
/// again, and a few more would only take the start of their emulators.
const AT_ONCE: usize = 8;

async fn everywhere(function: &str) {
    let lives = lives::all();
    let of_function = lives.into_iter().filter(|life| life.control().starts_with(function));
    let cases = stream::iter(of_function).map(cases).buffered(AT_ONCE).concat().await;
    stream::iter(cases).for_each_concurrent(AT_ONCE, |case| case.run()).await;
}

/// A trouble at one of the calls of a control's remediation.
struct Case {
    life: &'static dyn Life,
    trouble: Trouble,
    calls: Arc<[String]>,
    at: usize,
}

/// All of a control, but for those that another control had.
async fn cases(life: &'static dyn Life) -> Vec<Case> {
    let calls: Arc<[String]> = undisturbed(&Cloud::start().unwrap(), life).await.into();
    let case = |(at, trouble)| Case { life, trouble, calls: Arc::clone(&calls), at };
    let all = (0..calls.len()).flat_map(|at| TROUBLES.map(|trouble| (at, trouble)));
    all.filter(|(at, trouble)| {
        trouble.differs(&calls[*at]) && !was_disturbed(&calls, *at, *trouble)
    })
    .map(case)
    .collect()
}

/// A control that only advises writes nothing; all that can fail is its looking.
#[tokio::test]
async fn a_fault_at_any_call_of_a_control_that_advises_is_never_taken_for_compliance() {
    for life in lives::advised() {
        let cloud = Cloud::start().unwrap();
        let calls = looked(&cloud, life, None).await.0;
        for (at, call) in calls.iter().enumerate() {
            for trouble in TROUBLES.into_iter().filter(|trouble| trouble.differs(call)) {
                println!("{}: {trouble:?} at call {at}, {call}", life.control());
                cloud.moto().reset().unwrap();
                let earlier = calls[..at].iter().filter(|other| *other == call).count();
                let fault = Fault::always(call, trouble.at(call, &Gate::new())).after(earlier);
                let ended = looked(&cloud, life, Some(fault)).await.1;
                let reports = ended.unwrap_or_default();
                let mut own = reports.iter().filter(|r| r["control"] == life.control());
                assert!(own.all(|report| report["outcome"] != "compliant"), "{reports:#?}");
            }
        }
    }
}

/// What a control's looking at a violation calls, and what it says of it.
async fn looked(
    cloud: &Cloud,
    life: &dyn Life,
    fault: Option<Fault>,
) -> (Vec<String>, Result<Vec<Value>, String>) {
    let scene = Scene::on(cloud.beside().unwrap(), &[life.control()]).await;
    let (_, event) = violated(&scene, life).await;
    let sandbox = scene.sandbox().await;
    scene.clear();
    if let Some(fault) = fault {
        scene.cloud.proxy().inject(fault);
    }
    let ended = deliver(&sandbox, &event).await;
    (scene.cloud.proxy().operations(), ended)
}

/// Each takes the SDK's whole time for an operation, 12 s.
#[tokio::test]
async fn a_call_that_is_not_answered_in_time_is_no_success_and_is_made_good() {
    let life: &dyn Life = &BucketBlock;
    let calls: Arc<[String]> = undisturbed(&Cloud::start().unwrap(), life).await.into();
    let case = |at| Case { life, trouble: Trouble::Late, calls: Arc::clone(&calls), at };
    join_all((0..calls.len()).map(|at| case(at).run())).await;
}

/// The calls of a remediation in which nothing goes wrong, in their order.
async fn undisturbed(cloud: &Cloud, life: &dyn Life) -> Vec<String> {
    let scene = Scene::on(cloud.beside().unwrap(), &[life.control()]).await;
    let (id, event) = violated(&scene, life).await;
    let sandbox = scene.sandbox().await;
    scene.clear();
    deliver(&sandbox, &event).await.unwrap();
    assert!(!scene.is_violated(life, &id).await);
    // What an emulator that is busy with its start did not answer, the client called again.
    let answered = |call: &Call| call.status.is_some_and(|status| status < 500);
    let calls = scene.cloud.proxy().calls().into_iter().filter(answered);
    let calls: Vec<String> = calls.map(|call| call.operation).collect();
    assert!(calls.len() >= 6, "{calls:?}");
    calls
}

/// A violation; what may vanish was seen before.
async fn violated(scene: &Scene, life: &dyn Life) -> (String, Value) {
    let id = life.create(&scene.world, "faulted").await.unwrap();
    let setting = controls::find(life.control()).unwrap().meta().setting;
    if setting.baseline {
        let evaluate = json!({"resource": id, "type": setting.resource, "setting": setting.id});
        scene.stage.send(&json!({"evaluate": evaluate})).await.unwrap();
    }
    let event = scene.violate(life, &id).await;
    (id, event)
}

impl Case {
    /// On an emulator that is empty.
    async fn run(self) {
        let Self { life, trouble, calls, at } = self;
        let operation = &calls[at];
        println!("{}: {trouble:?} at call {at}, {operation}", life.control());
        let scene = Scene::on(Cloud::start().unwrap(), &[life.control()]).await;
        let (id, event) = violated(&scene, life).await;
        let original = scene.snapshot(life, &id).await;
        let sandbox = scene.sandbox().await;
        scene.clear();
        let earlier = calls[..at].iter().filter(|call| *call == operation).count();
        let proxy = scene.cloud.proxy();
        let gate = Gate::new();
        proxy.inject(Fault::always(operation, trouble.at(operation, &gate)).after(earlier));
        let ended = deliver(&sandbox, &event).await;
        let hit = proxy.calls().iter().any(|call| call.faulted)
            || gate.reached(1, Duration::ZERO).await.is_ok();
        assert!(hit, "nothing was hit: {:?} of {calls:?}, {ended:#?}", proxy.operations());
        scene.journaled_before_written();
        let is_violated = scene.is_violated(life, &id).await;
        no_false_success(&scene, life, &ended, is_violated);
        proxy.clear_faults();
        let written = scene.writes().len();
        recovered(&scene, life, &id, &event).await;
        let again = scene.writes().len() - written;
        let expected =
            if is_violated { calls.iter().filter(|call| is_write(call)).count() } else { 0 };
        assert_eq!(again, expected, "written afterwards: {:?}", scene.writes());
        scene.undo_all(life, &id).await;
        assert_eq!(scene.snapshot(life, &id).await, original, "the original is lost");
    }
}

/// Whoever says that it is done has done it; whoever does not, has said who looks again.
fn no_false_success(
    scene: &Scene,
    life: &dyn Life,
    ended: &Result<Vec<Value>, String>,
    is_violated: bool,
) {
    let Ok(reports) = ended else { return };
    let of_control = |report: &&Value| report["control"] == life.control();
    let mut outcomes = reports.iter().filter(of_control).map(|report| &report["outcome"]);
    if outcomes.any(|outcome| outcome == "remediated" || outcome == "compliant") {
        assert!(!is_violated, "a success that is none: {reports:#?}");
    } else {
        let taken = |c: &Call| c.operation.starts_with("sqs:Send") && c.status == Some(200);
        let is_sent = scene.cloud.proxy().calls().iter().any(taken);
        assert!(is_sent, "nobody looks again: {reports:#?}");
    }
}

async fn recovered(scene: &Scene, life: &dyn Life, id: &str, event: &Value) {
    scene.stage.clock.advance(LEASE);
    let mut reports = deliver(&scene.sandbox().await, event).await.unwrap();
    reports.extend(scene.until_quiet().await);
    reports.extend(scene.settle().await);
    reports.extend(scene.until_quiet().await);
    assert!(!scene.is_violated(life, id).await, "not put right: {id}, {reports:#?}");
    let open = scene.head(life, id).await.open;
    assert!(open.is_empty(), "left open: {open:?}");
}
