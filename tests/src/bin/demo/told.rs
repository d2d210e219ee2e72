//! What came of one delivery: the function's report, and the calls that it made.

use std::time::{Duration, Instant};

use demarc_tests::Fault;
use demarc_tests::local::proxy::Call;
use serde_json::{Value, json};

use crate::failure::expect;
use crate::short;

/// One delivery and its decision about one control.
pub struct Told {
    /// The control's report.
    pub report: Value,
    /// What the function called.
    calls: Vec<Call>,
    /// When the event was delivered.
    delivered: Instant,
}

impl Told {
    /// The one report that is expected.
    pub fn new(reports: &[Value], calls: Vec<Call>, delivered: Instant) -> Result<Self, Fault> {
        match reports {
            [report] => Ok(Self { report: report.clone(), calls, delivered }),
            _ => Err(format!("one report is expected: {}", Value::from(reports.to_vec())).into()),
        }
    }

    /// A member of the report as text.
    pub fn text(&self, pointer: &str) -> &str {
        self.report.pointer(pointer).and_then(Value::as_str).unwrap_or("-")
    }

    /// What changed, or would.
    pub fn delta(&self) -> &Value {
        self.report.pointer("/plan/delta").unwrap_or(&Value::Null)
    }

    /// Insists on an outcome.
    pub fn ended(&self, outcome: &str) -> Result<(), Fault> {
        expect(self.text("/outcome") == outcome, &format!("the outcome `{outcome}`"), &self.report)
    }

    /// Insists that nothing was written.
    pub fn wrote_nothing(&self) -> Result<(), Fault> {
        let writes: Vec<&str> = self.writes().map(|call| call.operation.as_str()).collect();
        expect(writes.is_empty(), "nothing is written", &json!(writes))
    }

    /// The calls that changed the resource, by name.
    pub fn written(&self) -> Vec<String> {
        self.writes().map(|call| call.operation.clone()).collect()
    }

    /// How many AWS calls the function made, its own tables' included.
    pub fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Every call, with its time since the delivery.
    pub fn timeline(&self) -> Value {
        let call = |call: &Call| {
            json!({
                "operation": call.operation,
                "status": call.status,
                "at_ms": short::millis(call.at.duration_since(self.delivered)),
                "took_ms": short::millis(call.took),
            })
        };
        self.calls.iter().map(call).collect()
    }

    /// From the delivery until the last write was answered.
    pub fn until_written(&self) -> Duration {
        let ends = self.writes().map(|call| call.at + call.took);
        ends.max().map_or(Duration::ZERO, |end| end.duration_since(self.delivered))
    }

    fn writes(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| is_write(&call.operation))
    }
}

/// Demarc's own queues and tables are no resources that it puts right.
fn is_write(operation: &str) -> bool {
    let (service, name) = operation.split_once(':').unwrap_or(("", operation));
    !["dynamodb", "sqs"].contains(&service)
        && !["Get", "Describe", "List", "Head"].iter().any(|reads| name.starts_with(reads))
}
