//! Packages and deploys the template, as `sam deploy` does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_sdk_s3::types::CreateBucketConfiguration;
use serde_json::json;
use tokio::sync::Mutex;

use super::{NAME, Stack, until};
use crate::local::api::element;
use crate::local::ministack::MiniStack;
use crate::local::{REGION, package};
use crate::{Fault, processes};

/// What the template is deployed with besides what a local run needs.
pub type Parameters<'a> = &'a [(&'a str, &'a str)];

/// Uploads the functions' binaries and the template, and creates the stack in a region.
///
/// # Errors
/// A binary is not built, or CloudFormation does not create the whole stack; the first resource
/// that failed is named.
pub async fn deploy(
    emulator: &Arc<MiniStack>,
    region: &str,
    parameters: Parameters<'_>,
) -> Result<Stack, Fault> {
    let stack = Stack::of(Arc::clone(emulator), region);
    create_bucket(&stack).await?;
    let template = packaged(&stack, &template()?).await?;
    let url = upload(&stack, "template.yaml", template.into_bytes()).await?;
    create(&stack, &url, parameters).await?;
    until("the stack is created", || is_created(&stack)).await?;
    Ok(stack)
}

fn template() -> Result<String, Fault> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    Ok(std::fs::read_to_string(path)?)
}

/// The template with each `CodeUri` uploaded and replaced, as `aws cloudformation package` has it.
async fn packaged(stack: &Stack, template: &str) -> Result<String, Fault> {
    let mut packaged = template.to_owned();
    for name in functions(template) {
        let zip = zipped(&name, stack.emulator.python().to_owned()).await?;
        let key = format!("{name}.zip");
        upload(stack, &key, zip).await?;
        packaged = packaged.replace(
            &format!("{FOLDER}{name}/\n"),
            &format!("CodeUri: s3://{}/{key}\n", bucket(stack)),
        );
    }
    Ok(packaged)
}

/// A function's package, which is made once in a process.
async fn zipped(function: &str, python: PathBuf) -> Result<Vec<u8>, Fault> {
    static MADE: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::const_new(BTreeMap::new());
    let mut made = MADE.lock().await;
    if let Some(zip) = made.get(function) {
        return Ok(zip.clone());
    }
    let binary = processes::binary(function)?;
    let zip = tokio::task::spawn_blocking(move || package::zip(&python, &binary, 1)).await??;
    made.insert(function.to_owned(), zip.clone());
    Ok(zip)
}

const FOLDER: &str = "CodeUri: target/lambda/";

/// The functions whose folders the template names.
fn functions(template: &str) -> Vec<String> {
    let named =
        |line: &str| Some(line.trim().strip_prefix(FOLDER)?.trim_end_matches('/').to_owned());
    let mut names: Vec<String> = template.lines().filter_map(named).collect();
    names.sort();
    names.dedup();
    names
}

/// Puts an object into the region's own bucket of packages, and gives its URL.
async fn upload(stack: &Stack, key: &str, body: Vec<u8>) -> Result<String, Fault> {
    let bucket = bucket(stack);
    stack.world.s3.put_object().bucket(&bucket).key(key).body(body.into()).send().await?;
    Ok(format!("{}/{bucket}/{key}", stack.api.endpoint))
}

fn bucket(stack: &Stack) -> String {
    format!("demarc-code-{}", stack.region)
}

async fn create_bucket(stack: &Stack) -> Result<(), Fault> {
    let call = stack.world.s3.create_bucket().bucket(bucket(stack));
    // The first region is the one that must not be named.
    let place = (stack.region != REGION).then(|| {
        let region = stack.region.as_str().into();
        CreateBucketConfiguration::builder().location_constraint(region).build()
    });
    call.set_create_bucket_configuration(place).send().await?;
    Ok(())
}

async fn create(stack: &Stack, template: &str, parameters: Parameters<'_>) -> Result<(), Fault> {
    let architecture = if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" };
    let local = [("Architecture", architecture), ("SettleSeconds", "0")];
    let mut call: Vec<(String, String)> = vec![
        ("StackName".to_owned(), NAME.to_owned()),
        ("TemplateURL".to_owned(), template.to_owned()),
        ("Capabilities.member.1".to_owned(), "CAPABILITY_NAMED_IAM".to_owned()),
        ("Capabilities.member.2".to_owned(), "CAPABILITY_AUTO_EXPAND".to_owned()),
    ];
    for (at, (key, value)) in (1..).zip(local.iter().chain(parameters)) {
        call.push((format!("Parameters.member.{at}.ParameterKey"), (*key).to_owned()));
        call.push((format!("Parameters.member.{at}.ParameterValue"), (*value).to_owned()));
    }
    let call: Vec<(&str, &str)> = call.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    stack.api.query("cloudformation", "CreateStack", &call).await?;
    Ok(())
}

async fn is_created(stack: &Stack) -> Result<bool, Fault> {
    let of_stack = [("StackName", NAME)];
    let answer = stack.api.query("cloudformation", "DescribeStacks", &of_stack).await?;
    match element(&answer, "StackStatus")?.as_str() {
        "CREATE_COMPLETE" => Ok(true),
        "CREATE_IN_PROGRESS" => Ok(false),
        other => {
            let events =
                stack.api.query("cloudformation", "DescribeStackEvents", &of_stack).await?;
            let failed = events.split("<member>").find(|event| event.contains("CREATE_FAILED"));
            Err(format!("the stack is {other}: {}", failed.unwrap_or(&answer)).into())
        }
    }
}

impl Stack {
    /// Makes failed messages of a queue visible again after a second instead of minutes. Nothing
    /// but times is scaled.
    ///
    /// # Errors
    /// There is no such queue.
    pub async fn hurry(&self, queue: &str) -> Result<(), Fault> {
        let body = json!({
            "QueueUrl": self.queue_url(queue), "Attributes": { "VisibilityTimeout": "1" },
        });
        self.sqs("SetQueueAttributes", &body).await?;
        Ok(())
    }
}
