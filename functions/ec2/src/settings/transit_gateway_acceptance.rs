//! `ec2.transit-gateway-acceptance`

use aws_sdk_ec2::{
    Client,
    types::{
        AutoAcceptSharedAttachmentsValue, ModifyTransitGatewayOptions, TransitGateway,
        TransitGatewayState,
    },
};
use demarc_harness::{
    Error, Found, Handle, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::ec2::transit_gateway_acceptance::{
            TRANSIT_GATEWAY_ACCEPTANCE, TransitGatewayAcceptance as State,
        },
    },
};

use super::PAGE;

const GONE: &[&str] = &["InvalidTransitGatewayID.NotFound", "InvalidTransitGatewayID.Malformed"];

/// What a transit gateway does with requests for attachment.
pub(crate) struct TransitGatewayAcceptance(pub Client);

impl Setting for TransitGatewayAcceptance {
    type State = State;
    const META: &'static SettingMeta = &TRANSIT_GATEWAY_ACCEPTANCE;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        let call = self.0.describe_transit_gateways().max_results(PAGE).set_next_token(token);
        let answer =
            call.send().await.map_err(failed("ec2:DescribeTransitGateways", "the account"))?;
        let there = answer.transit_gateways().iter().filter(|one| is_there(one));
        let ids = there.filter_map(TransitGateway::transit_gateway_id);
        Ok(Page {
            ids: ids.map(str::to_owned).collect(),
            next: answer.next_token().map(str::to_owned),
        })
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let call = self.0.describe_transit_gateways().transit_gateway_ids(&resource.id);
        let answer = call.send().await.map_err(failed("ec2:DescribeTransitGateways", &resource.id));
        let Found::Here(answer) = Found::sort(answer, &[], GONE)? else { return Ok(None) };
        // One that another account shares is that account's to change.
        let is_own = |one: &&TransitGateway| one.owner_id() == Some(resource.account.as_str());
        let gateway = answer.transit_gateways().iter().filter(|one| is_there(one)).find(is_own);
        Ok(gateway.map(observed))
    }

    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        let value = match to.accepts_unasked {
            true => AutoAcceptSharedAttachmentsValue::Enable,
            false => AutoAcceptSharedAttachmentsValue::Disable,
        };
        let options = ModifyTransitGatewayOptions::builder().auto_accept_shared_attachments(value);
        let call = self.0.modify_transit_gateway().transit_gateway_id(&resource.id);
        let answer = call.options(options.build()).send().await;
        answer.map_err(failed("ec2:ModifyTransitGateway", &resource.id))?;
        Ok(())
    }
}

fn is_there(gateway: &TransitGateway) -> bool {
    let state = gateway.state();
    !matches!(state, Some(TransitGatewayState::Deleted | TransitGatewayState::Deleting))
}

fn observed(gateway: &TransitGateway) -> Observed<State> {
    let value = gateway.options().and_then(|options| options.auto_accept_shared_attachments());
    let is_busy = matches!(
        gateway.state(),
        Some(TransitGatewayState::Modifying | TransitGatewayState::Pending)
    );
    Observed {
        state: State { accepts_unasked: value == Some(&AutoAcceptSharedAttachmentsValue::Enable) },
        handle: Handle::new(),
        busy: is_busy.then(|| "EC2 is still working on the transit gateway".to_owned()),
    }
}
