//! A resource of each kind, in violation.

use std::time::SystemTime;

use demarc_tests::{
    Fault,
    lives::{self, AdminPorts, BucketBlock, FlowLogs, Life, PublicInstance, World},
    local::{ACCOUNT, REGION, cloud::Cloud},
};
use serde_json::{Value, json};

use crate::files::Files;

/// The name that the sample events give to bucket and database.
const SAMPLE: &str = "demarc-sample";

/// What each is called here.
const SAMPLES: [(&str, &dyn Life); 4] = [
    ("bucket", &BucketBlock),
    ("database", &PublicInstance),
    ("group", &AdminPorts),
    ("vpc", &FlowLogs),
];

/// A resource that violates a control.
pub struct Sample {
    /// What it is called here.
    pub name: &'static str,
    /// Its id.
    pub id: String,
    /// What it violates; a bucket violates others too.
    pub control: &'static str,
}

/// Creates them, and writes for each the event that tells of its violation, and the request to
/// evaluate it.
///
/// # Errors
/// The emulator refuses one, or a file cannot be written.
pub async fn create(cloud: &Cloud, files: &Files) -> Result<Vec<Sample>, Fault> {
    let world = World::of(cloud)?;
    let mut samples = Vec::new();
    for (name, life) in SAMPLES {
        let id = life.create(&world, SAMPLE).await?;
        let named = life.named(&world, &id).await?;
        life.violate(&world, &id).await?;
        let now = SystemTime::UNIX_EPOCH.elapsed()?.as_millis();
        let occurrence = format!("local-{name}-{now}");
        let event = lives::event(life, &named, &occurrence, u64::try_from(now)?)?;
        files.json(&format!("event-{name}.json"), &event)?;
        files.json(&format!("evaluate-{name}.json"), &evaluate(name, &id))?;
        samples.push(Sample { name, id, control: life.control() });
    }
    Ok(samples)
}

/// As in `events/requests`.
fn evaluate(name: &str, id: &str) -> Value {
    let request = match name {
        "bucket" => json!({ "resource": format!("arn:aws:s3:::{id}") }),
        "database" => json!({ "resource": format!("arn:aws:rds:{REGION}:{ACCOUNT}:db:{id}") }),
        "group" => {
            json!({ "resource": format!("arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{id}") })
        }
        _ => json!({ "resource": id, "type": "AWS::EC2::VPC" }),
    };
    json!({ "evaluate": request })
}
