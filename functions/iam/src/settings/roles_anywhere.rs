//! `iam.trust-anchor` and `iam.roles-anywhere-profile`

use aws_sdk_rolesanywhere::{
    Client,
    types::{ProfileDetail, TrustAnchorDetail},
};
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::roles_anywhere::{Enabled, ROLES_ANYWHERE_PROFILE, TRUST_ANCHOR},
    },
};

const GONE: &[&str] = &["ResourceNotFoundException"];

/// The SDK has the same calls for trust anchors and profiles under names of their own.
macro_rules! enabled {
    (
        $(#[$doc:meta])*
        $name:ident, $meta:expr, $detail:ident, $id:ident,
        $list:ident.$listed:ident = $lists:literal, $get:ident.$got:ident = $gets:literal,
        $disable:ident = $disables:literal, $enable:ident = $enables:literal
    ) => {
        $(#[$doc])*
        pub(crate) struct $name(pub Client);

        impl Setting for $name {
            type State = Enabled;
            const META: &'static SettingMeta = $meta;

            async fn list(&self, token: Option<String>) -> Result<Page, Error> {
                let answer = self.0.$list().set_next_token(token).send().await;
                let answer = answer.map_err(failed($lists, "the account"))?;
                let ids = answer.$listed().iter().filter_map($detail::$id);
                Ok(Page {
                    ids: ids.map(str::to_owned).collect(),
                    next: answer.next_token().map(str::to_owned),
                })
            }

            async fn read(
                &self,
                resource: &Resource,
            ) -> Result<Option<Observed<Enabled>>, Error> {
                let answer = self.0.$get().$id(&resource.id).send().await;
                let answer = answer.map_err(failed($gets, &resource.id));
                let Found::Here(answer) = Found::sort(answer, &[], GONE)? else {
                    return Ok(None);
                };
                let enabled = answer.$got().and_then($detail::enabled);
                Ok(enabled.map(|enabled| Observed::of(Enabled { enabled })))
            }

            async fn write(
                &self,
                resource: &Resource,
                _: &Observed<Enabled>,
                to: &Enabled,
            ) -> Result<(), Error> {
                if to.enabled {
                    let answer = self.0.$enable().$id(&resource.id).send().await;
                    answer.map(|_| ()).map_err(failed($enables, &resource.id))
                } else {
                    let answer = self.0.$disable().$id(&resource.id).send().await;
                    answer.map(|_| ()).map_err(failed($disables, &resource.id))
                }
            }
        }
    };
}

enabled!(
    /// Whether a trust anchor is in force.
    TrustAnchor, &TRUST_ANCHOR, TrustAnchorDetail, trust_anchor_id,
    list_trust_anchors.trust_anchors = "rolesanywhere:ListTrustAnchors",
    get_trust_anchor.trust_anchor = "rolesanywhere:GetTrustAnchor",
    disable_trust_anchor = "rolesanywhere:DisableTrustAnchor",
    enable_trust_anchor = "rolesanywhere:EnableTrustAnchor"
);

enabled!(
    /// Whether a profile is in force.
    RolesAnywhereProfile, &ROLES_ANYWHERE_PROFILE, ProfileDetail, profile_id,
    list_profiles.profiles = "rolesanywhere:ListProfiles",
    get_profile.profile = "rolesanywhere:GetProfile",
    disable_profile = "rolesanywhere:DisableProfile",
    enable_profile = "rolesanywhere:EnableProfile"
);
