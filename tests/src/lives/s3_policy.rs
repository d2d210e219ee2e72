//! Bucket policies.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::{KNOWN, Life, World, s3::bucket};
use crate::Fault;

const FRIEND: &str = "arn:aws:iam::111122223333:root";

fn private(sid: &str, id: &str) -> Value {
    shared(sid, id, &[FRIEND])
}

fn shared(sid: &str, id: &str, with: &[&str]) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": with},
        "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{id}/{sid}/*"),
    })
}

fn public(id: &str) -> Value {
    json!({
        "Sid": "Website",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": format!("arn:aws:s3:::{id}/*"),
    })
}

fn tls(id: &str) -> Value {
    json!({
        "Sid": "OnlyTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [format!("arn:aws:s3:::{id}"), format!("arn:aws:s3:::{id}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    })
}

/// Writes a bucket's policy.
///
/// # Errors
/// The emulator refuses it.
pub async fn put_policy(world: &World, id: &str, statements: &[Value]) -> Result<(), Fault> {
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    world.s3.put_bucket_policy().bucket(id).policy(policy.to_string()).send().await?;
    Ok(())
}

/// The statements of a bucket's policy.
///
/// # Errors
/// The policy is no JSON.
pub async fn statements(world: &World, id: &str) -> Result<Vec<Value>, Fault> {
    let Ok(answer) = world.s3.get_bucket_policy().bucket(id).send().await else {
        return Ok(Vec::new());
    };
    let policy: Value = serde_json::from_str(answer.policy().unwrap_or("{}"))?;
    Ok(policy.get("Statement").and_then(Value::as_array).cloned().unwrap_or_default())
}

fn with_sid<'a>(statements: &'a [Value], sid: &str) -> Option<&'a Value> {
    statements.iter().find(|s| sid_of(s) == Some(sid))
}

fn sid_of(statement: &Value) -> Option<&str> {
    statement.get("Sid").and_then(Value::as_str)
}

/// `s3.policy-grants-no-public-access`
pub struct BucketPolicy;

#[async_trait]
impl Life for BucketPolicy {
    fn control(&self) -> &'static str {
        "s3.policy-grants-no-public-access"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        put_policy(world, &id, &[private("First", &id), private("Last", &id), tls(&id)]).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        let all = [private("First", id), public(id), private("Last", id), tls(id)];
        put_policy(world, id, &all).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(with_sid(&statements(world, id).await?, "Website").is_some())
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(statements(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-policy.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let mut all = statements(world, id).await?;
        all.push(private("Beside", id));
        put_policy(world, id, &all).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(with_sid(&statements(world, id).await?, "Beside").is_some())
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        let mut all = statements(world, id).await?;
        all.push(private("Website", id));
        put_policy(world, id, &all).await
    }
}

/// `s3.policy-grants-only-to-known-accounts`
pub struct PolicyOfStrangers;

const STRANGER: &str = "arn:aws:iam::999988887777:root";

fn names_stranger(statement: &Value) -> bool {
    statement.get("Principal").is_some_and(|principal| principal.to_string().contains(STRANGER))
}

#[async_trait]
impl Life for PolicyOfStrangers {
    fn control(&self) -> &'static str {
        "s3.policy-grants-only-to-known-accounts"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        BucketPolicy.create(world, name).await
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        put_policy(
            world,
            id,
            &[private("First", id), shared("Partner", id, &[FRIEND, STRANGER]), tls(id)],
        )
        .await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(statements(world, id).await?.iter().any(names_stranger))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(statements(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "put-bucket-policy-account.json"
    }

    fn configuration(&self) -> &'static str {
        KNOWN
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        BucketPolicy.change_beside(world, id).await
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        BucketPolicy.has_change_beside(world, id).await
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        let mut all = statements(world, id).await?;
        all.retain(|statement| sid_of(statement) != Some("Partner"));
        all.push(shared("Partner", id, &[FRIEND, "arn:aws:iam::444455556666:root"]));
        put_policy(world, id, &all).await
    }
}

/// `s3.requires-tls`
pub struct RequiresTls;

#[async_trait]
impl Life for RequiresTls {
    fn control(&self) -> &'static str {
        "s3.requires-tls"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let id = bucket(world, name).await?;
        put_policy(world, &id, &[private("First", &id), tls(&id)]).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        put_policy(world, id, &[private("First", id), private("Last", id)]).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let all = statements(world, id).await?;
        Ok(!all.iter().any(|s| s.pointer("/Condition/Bool/aws:SecureTransport").is_some()))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(statements(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "delete-bucket-policy.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        BucketPolicy.change_beside(world, id).await
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        BucketPolicy.has_change_beside(world, id).await
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        let mut all = statements(world, id).await?;
        for statement in &mut all {
            if let Some(effect) = statement.pointer_mut("/Condition/Bool/aws:SecureTransport") {
                *effect = json!(["false"]);
            }
        }
        put_policy(world, id, &all).await
    }
}
