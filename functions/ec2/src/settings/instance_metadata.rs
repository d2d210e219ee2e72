//! `ec2.instance-metadata`

use aws_sdk_ec2::{
    Client,
    types::{
        HttpTokensState, Instance, InstanceMetadataEndpointState, InstanceMetadataOptionsState,
        InstanceStateName,
    },
};
use demarc_harness::{
    Error, Found, Handle, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::instance_metadata::{INSTANCE_METADATA, InstanceMetadata as State},
    },
};

use super::PAGE;

const GONE: &[&str] = &["InvalidInstanceID.NotFound", "InvalidInstanceID.Malformed"];

/// How an instance answers requests for its metadata.
pub(crate) struct InstanceMetadata(pub Client);

impl Setting for InstanceMetadata {
    type State = State;
    const META: &'static SettingMeta = &INSTANCE_METADATA;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let call = self.0.describe_instances().max_results(PAGE).set_next_token(token);
        let answer = call.send().await.map_err(failed("ec2:DescribeInstances", "the account"))?;
        let instances = answer.reservations().iter().flat_map(|one| one.instances());
        let ids = instances.filter(|one| is_there(one)).filter_map(Instance::instance_id);
        Ok(Page {
            ids: ids.map(str::to_owned).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self.0.describe_instances().instance_ids(&resource.id).send().await;
        let answer = answer.map_err(failed("ec2:DescribeInstances", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
        let mut instances = answer.reservations().iter().flat_map(|one| one.instances());
        Ok(instances.find(|one| is_there(one)).map(observed))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        let tokens = match to.requires_tokens {
            true => HttpTokensState::Required,
            false => HttpTokensState::Optional,
        };
        let call = self.0.modify_instance_metadata_options().instance_id(&resource.id);
        let answer = call.http_tokens(tokens).send().await;
        answer.map_err(failed("ec2:ModifyInstanceMetadataOptions", &resource.id))?;
        Ok(())
    }
}

/// A terminated instance is listed for about an hour.
fn is_there(instance: &Instance) -> bool {
    let state = instance.state().and_then(|state| state.name());
    !matches!(state, Some(InstanceStateName::Terminated | InstanceStateName::ShuttingDown))
}

fn observed(instance: &Instance) -> Observed<State> {
    let options = instance.metadata_options();
    let tokens = options.and_then(|options| options.http_tokens());
    let endpoint = options.and_then(|options| options.http_endpoint());
    let state = State {
        is_on: endpoint != Some(&InstanceMetadataEndpointState::Disabled),
        requires_tokens: tokens == Some(&HttpTokensState::Required),
    };
    let is_pending =
        options.and_then(|o| o.state()) == Some(&InstanceMetadataOptionsState::Pending);
    let busy = is_pending.then(|| "EC2 is still applying the instance's options".to_owned());
    Observed { state, handle: Handle::new(), busy }
}
