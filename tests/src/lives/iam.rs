//! The account's password policy, and whom roles trust.

use async_trait::async_trait;
use aws_sdk_iam::types::PasswordPolicy;
use serde_json::{Value, json};

use super::{KNOWN, Life, World};
use crate::{Fault, local::ACCOUNT};

/// `iam.passwords-are-strong`
pub struct Passwords;

async fn password_policy(world: &World) -> Option<PasswordPolicy> {
    let answer = world.iam.get_account_password_policy().send().await.ok()?;
    answer.password_policy
}

/// Writes a policy with passwords of a length, and days until they expire.
async fn set_passwords(world: &World, length: i32, days: Option<i32>) -> Result<(), Fault> {
    let call = world.iam.update_account_password_policy().minimum_password_length(length);
    let call = call.require_symbols(true).require_numbers(true).require_lowercase_characters(true);
    let call = call.require_uppercase_characters(true).allow_users_to_change_password(true);
    call.password_reuse_prevention(24).set_max_password_age(days).send().await?;
    Ok(())
}

#[async_trait]
impl Life for Passwords {
    fn control(&self) -> &'static str {
        "iam.passwords-are-strong"
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        set_passwords(world, 14, None).await?;
        Ok(ACCOUNT.to_owned())
    }

    async fn violate(&self, world: &World, _: &str) -> Result<(), Fault> {
        set_passwords(world, 8, None).await
    }

    async fn is_violated(&self, world: &World, _: &str) -> Result<bool, Fault> {
        let policy = password_policy(world).await;
        Ok(policy.and_then(|policy| policy.minimum_password_length) < Some(14))
    }

    async fn snapshot(&self, world: &World, _: &str) -> Result<Value, Fault> {
        let policy = password_policy(world).await;
        Ok(json!(policy.map(|policy| format!("{policy:?}"))))
    }

    fn sample(&self) -> &'static str {
        "update-account-password-policy.json"
    }

    fn sample_id(&self) -> &'static str {
        ACCOUNT
    }

    async fn change_beside(&self, world: &World, _: &str) -> Result<bool, Fault> {
        let policy = password_policy(world).await.ok_or("no password policy")?;
        set_passwords(world, policy.minimum_password_length.unwrap_or(6), Some(90)).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, _: &str) -> Result<bool, Fault> {
        Ok(password_policy(world).await.and_then(|policy| policy.max_password_age) == Some(90))
    }

    async fn touch(&self, world: &World, _: &str) -> Result<(), Fault> {
        set_passwords(world, 20, None).await
    }
}

/// `iam.roles-trust-only-known-accounts`
pub struct RoleTrust;

const FRIEND: &str = "arn:aws:iam::111122223333:root";
const STRANGER: &str = "arn:aws:iam::999988887777:root";

fn trusts(sid: &str, whom: &[&str]) -> Value {
    json!({"Sid": sid, "Effect": "Allow", "Principal": {"AWS": whom}, "Action": "sts:AssumeRole"})
}

fn service() -> Value {
    let principal = json!({"Service": "lambda.amazonaws.com"});
    json!({"Sid": "Lambda", "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
}

fn document(statements: &[Value]) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// Makes a role that a service assumes, and an account that is known.
///
/// # Errors
/// The emulator refuses it.
pub async fn role(world: &World, name: &str) -> Result<String, Fault> {
    let trust = document(&[service(), trusts("Partner", &[FRIEND])]);
    world.iam.create_role().role_name(name).assume_role_policy_document(trust).send().await?;
    Ok(name.to_owned())
}

async fn trust(world: &World, id: &str) -> Result<Vec<Value>, Fault> {
    let answer = world.iam.get_role().role_name(id).send().await?;
    let text = answer.role().and_then(|role| role.assume_role_policy_document());
    let text = percent_encoding::percent_decode_str(text.unwrap_or("{}")).decode_utf8()?;
    let policy: Value = serde_json::from_str(&text)?;
    Ok(policy.get("Statement").and_then(Value::as_array).cloned().unwrap_or_default())
}

async fn set_trust(world: &World, id: &str, statements: &[Value]) -> Result<(), Fault> {
    let call = world.iam.update_assume_role_policy().role_name(id);
    call.policy_document(document(statements)).send().await?;
    Ok(())
}

fn has(statements: &[Value], text: &str) -> bool {
    statements.iter().any(|statement| statement.to_string().contains(text))
}

#[async_trait]
impl Life for RoleTrust {
    fn control(&self) -> &'static str {
        "iam.roles-trust-only-known-accounts"
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        role(world, name).await
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        set_trust(world, id, &[service(), trusts("Partner", &[FRIEND, STRANGER])]).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(has(&trust(world, id).await?, STRANGER))
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(trust(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        "update-assume-role-policy.json"
    }

    fn sample_id(&self) -> &'static str {
        "demarc-sample"
    }

    fn configuration(&self) -> &'static str {
        KNOWN
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let mut all = trust(world, id).await?;
        all.push(trusts("Beside", &["arn:aws:iam::444455556666:root"]));
        set_trust(world, id, &all).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Ok(has(&trust(world, id).await?, "Beside"))
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        let both = [FRIEND, "arn:aws:iam::444455556666:root"];
        set_trust(world, id, &[service(), trusts("Partner", &both)]).await
    }
}
