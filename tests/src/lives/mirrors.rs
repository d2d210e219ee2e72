//! Where traffic of a network interface is copied to.

use async_trait::async_trait;
use aws_sdk_ec2::types::{Filter, TrafficMirrorSession};
use serde_json::{Value, json};

use super::{KNOWN, Life, World};
use crate::{Fault, local::ACCOUNT};

/// The account of the target that nobody knows.
const STRANGER: &str = "999988887777";

/// `ec2.traffic-mirrored-only-to-known-accounts`
pub struct TrafficMirror;

impl TrafficMirror {
    /// A new network interface in the first subnet.
    async fn interface(world: &World) -> Result<String, Fault> {
        let subnets = world.ec2.describe_subnets().send().await?;
        let subnet = subnets.subnets().iter().find_map(|subnet| subnet.subnet_id());
        let call = world.ec2.create_network_interface();
        let made = call.subnet_id(subnet.ok_or("no subnet")?).send().await?;
        let id = made.network_interface().and_then(|made| made.network_interface_id());
        Ok(id.ok_or("no interface id")?.to_owned())
    }

    /// Copies the interface's traffic to a new target. The emulators have targets of other accounts
    /// by their description.
    async fn mirror(world: &World, id: &str, number: i32, owner: &str) -> Result<(), Fault> {
        let made = world.ec2.create_traffic_mirror_filter().send().await?;
        let filter = made.traffic_mirror_filter().and_then(|made| made.traffic_mirror_filter_id());
        let to = Self::interface(world).await?;
        let call = world.ec2.create_traffic_mirror_target().network_interface_id(to);
        let made = call.description(owner).send().await?;
        let target = made.traffic_mirror_target().and_then(|made| made.traffic_mirror_target_id());
        let call = world.ec2.create_traffic_mirror_session().network_interface_id(id);
        call.traffic_mirror_target_id(target.ok_or("no target id")?)
            .traffic_mirror_filter_id(filter.ok_or("no filter id")?)
            .session_number(number)
            .virtual_network_id(100 + number)
            .packet_length(200)
            .description("a session")
            .send()
            .await?;
        Ok(())
    }

    async fn sessions(world: &World, id: &str) -> Result<Vec<TrafficMirrorSession>, Fault> {
        let of = Filter::builder().name("network-interface-id").values(id).build();
        let answer = world.ec2.describe_traffic_mirror_sessions().filters(of).send().await?;
        let mut sessions = answer.traffic_mirror_sessions.unwrap_or_default();
        sessions.sort_by_key(TrafficMirrorSession::session_number);
        Ok(sessions)
    }

    async fn has(world: &World, id: &str, number: i32) -> Result<bool, Fault> {
        let sessions = Self::sessions(world, id).await?;
        Ok(sessions.iter().any(|session| session.session_number() == Some(number)))
    }

    /// Ends the session of a number, where there is one.
    async fn end(world: &World, id: &str, number: i32) -> Result<(), Fault> {
        for session in Self::sessions(world, id).await? {
            if session.session_number() == Some(number) {
                let call = world.ec2.delete_traffic_mirror_session();
                let session = session.traffic_mirror_session_id;
                call.set_traffic_mirror_session_id(session).send().await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Life for TrafficMirror {
    fn control(&self) -> &'static str {
        "ec2.traffic-mirrored-only-to-known-accounts"
    }

    async fn create(&self, world: &World, _: &str) -> Result<String, Fault> {
        let id = Self::interface(world).await?;
        Self::mirror(world, &id, 1, ACCOUNT).await?;
        Ok(id)
    }

    async fn violate(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::end(world, id, 2).await?;
        Self::mirror(world, id, 2, STRANGER).await
    }

    async fn is_violated(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::has(world, id, 2).await
    }

    /// Without their ids: a session that is made again has another.
    async fn snapshot(&self, world: &World, id: &str) -> Result<Value, Fault> {
        let told = |session: &TrafficMirrorSession| {
            json!([
                session.session_number(),
                session.traffic_mirror_target_id(),
                session.traffic_mirror_filter_id(),
                session.virtual_network_id(),
                session.packet_length(),
                session.description(),
            ])
        };
        Ok(Self::sessions(world, id).await?.iter().map(told).collect())
    }

    fn sample(&self) -> &'static str {
        "create-traffic-mirror-session.json"
    }

    fn sample_id(&self) -> &'static str {
        "eni-0a1b2c3d4e5f60718"
    }

    async fn written(&self, world: &World, id: &str) -> Result<String, Fault> {
        let sessions = Self::sessions(world, id).await?;
        let second = sessions.into_iter().find(|session| session.session_number() == Some(2));
        let id = second.and_then(|session| session.traffic_mirror_session_id);
        Ok(id.ok_or("no second session")?)
    }

    fn configuration(&self) -> &'static str {
        KNOWN
    }

    async fn change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::mirror(world, id, 3, ACCOUNT).await?;
        Ok(true)
    }

    async fn has_change_beside(&self, world: &World, id: &str) -> Result<bool, Fault> {
        Self::has(world, id, 3).await
    }

    async fn touch(&self, world: &World, id: &str) -> Result<(), Fault> {
        Self::mirror(world, id, 2, "111122223333").await
    }
}
