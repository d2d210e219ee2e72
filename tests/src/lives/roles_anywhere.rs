//! Trust anchors and profiles of IAM Roles Anywhere.

use async_trait::async_trait;
use aws_sdk_rolesanywhere::types::{Source, SourceData, TrustAnchorType};
use serde_json::{Value, json};

use super::{Life, World};
use crate::Fault;

/// A trust anchor or a profile.
pub struct RolesAnywhere {
    control: &'static str,
    sample: &'static str,
    is_profile: bool,
}

/// `iam.trust-anchors-put-in-force-on-purpose`
pub static TRUST_ANCHOR: RolesAnywhere = RolesAnywhere {
    control: "iam.trust-anchors-put-in-force-on-purpose",
    sample: "create-trust-anchor.json",
    is_profile: false,
};

/// `iam.roles-anywhere-profiles-put-in-force-on-purpose`
pub static ROLES_ANYWHERE_PROFILE: RolesAnywhere = RolesAnywhere {
    control: "iam.roles-anywhere-profiles-put-in-force-on-purpose",
    sample: "create-profile.json",
    is_profile: true,
};

impl RolesAnywhere {
    async fn set(&self, world: &World, id: &str, enabled: bool) -> Result<(), Fault> {
        let client = &world.rolesanywhere;
        match (self.is_profile, enabled) {
            (true, true) => drop(client.enable_profile().profile_id(id).send().await?),
            (true, false) => drop(client.disable_profile().profile_id(id).send().await?),
            (false, true) => drop(client.enable_trust_anchor().trust_anchor_id(id).send().await?),
            (false, false) => drop(client.disable_trust_anchor().trust_anchor_id(id).send().await?),
        }
        Ok(())
    }

    async fn is_enabled(&self, world: &World, id: &str) -> Result<bool, Fault> {
        let client = &world.rolesanywhere;
        let enabled = if self.is_profile {
            let answer = client.get_profile().profile_id(id).send().await?;
            answer.profile().and_then(|profile| profile.enabled())
        } else {
            let answer = client.get_trust_anchor().trust_anchor_id(id).send().await?;
            answer.trust_anchor().and_then(|anchor| anchor.enabled())
        };
        Ok(enabled.ok_or("neither in force nor not")?)
    }
}

#[async_trait]
impl Life for RolesAnywhere {
    fn control(&self) -> &'static str {
        self.control
    }

    async fn create(&self, world: &World, name: &str) -> Result<String, Fault> {
        let client = &world.rolesanywhere;
        let id = if self.is_profile {
            let role = format!("arn:aws:iam::{}:role/{name}", crate::local::ACCOUNT);
            let call = client.create_profile().name(name).role_arns(role).enabled(false);
            call.send().await?.profile.and_then(|profile| profile.profile_id)
        } else {
            let certificate = SourceData::X509CertificateData("a certificate".to_owned());
            let source = Source::builder()
                .source_type(TrustAnchorType::CertificateBundle)
                .source_data(certificate)
                .build();
            let call = client.create_trust_anchor().name(name).source(source).enabled(false);
            call.send().await?.trust_anchor.and_then(|anchor| anchor.trust_anchor_id)
        };
        Ok(id.ok_or("no id")?)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.set(world, id, true).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        self.is_enabled(world, id).await
    }

    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        Ok(json!(self.is_enabled(world, id).await?))
    }

    fn sample(&self) -> &'static str {
        self.sample
    }

    fn sample_id(&self) -> &'static str {
        "0a1b2c3d-4e5f-4071-8a1b-2c3d4e5f6071"
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        self.violate(world, id).await
    }
}
