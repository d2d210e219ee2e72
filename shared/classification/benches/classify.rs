//! What it costs to read and classify an event, beside parsing the same bytes into bare JSON.
//!
//! `cargo bench -p demarc-classification`; at the end stands the ratio of the two in this run.

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a benchmark for the command line"
)]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use demarc_classification::{Identities, classify, inputs};
use serde_json::{Value, json};

fn sample(name: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events");
    let text = std::fs::read(root.join(name)).expect("a sample event");
    serde_json::from_slice(&text).expect("json")
}

/// A policy with as many statements as make the event that large.
fn change(bytes: usize) -> Vec<u8> {
    let mut event = sample("cloudtrail/put-bucket-policy.json");
    let mut number = 0;
    while event.to_string().len() < bytes {
        let pointer = "/detail/requestParameters/bucketPolicy/Statement";
        let list = event.pointer_mut(pointer).and_then(Value::as_array_mut).expect("statements");
        list.push(json!({
            "Sid": format!("Reader{number}"), "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::123456789012:role/reader-{number}")},
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": ["arn:aws:s3:::demarc-sample", "arn:aws:s3:::demarc-sample/*"],
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
        }));
        number += 1;
    }
    event.to_string().into_bytes()
}

fn events() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("cloudtrail, 2 KB", change(0)),
        ("cloudtrail, 10 KB", change(10_000)),
        ("security hub", sample("findings/security-hub.json").to_string().into_bytes()),
    ]
}

fn bare(body: &[u8]) {
    black_box(serde_json::from_slice::<Value>(black_box(body)).expect("json"));
}

fn whole(body: &[u8], identities: &Identities) {
    for input in inputs(black_box(body)) {
        black_box(classify(&input.expect("an event"), identities));
    }
}

fn compare(criterion: &mut Criterion) {
    let identities = Identities::default();
    for (name, body) in events() {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(1));
        group.bench_with_input(BenchmarkId::from_parameter("bare json"), &body, |bencher, body| {
            bencher.iter(|| bare(body));
        });
        group.bench_with_input(
            BenchmarkId::from_parameter("classified"),
            &body,
            |bencher, body| {
                bencher.iter(|| whole(body, &identities));
            },
        );
        group.finish();
    }
}

/// The two by turns, so that whatever else the machine does falls on both.
fn ratio(body: &[u8]) -> f64 {
    let identities = Identities::default();
    let (mut parsed, mut classified) = (Duration::ZERO, Duration::ZERO);
    for _ in 0..20_000 {
        let began = Instant::now();
        bare(body);
        let between = Instant::now();
        whole(body, &identities);
        parsed += between - began;
        classified += between.elapsed();
    }
    classified.as_secs_f64() / parsed.as_secs_f64()
}

criterion_group! {
    name = group;
    config = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3));
    targets = compare
}

fn main() {
    group();
    println!();
    for (name, body) in events() {
        println!("{name} ({} bytes): {:.2} times the bare parse", body.len(), ratio(&body));
    }
}
