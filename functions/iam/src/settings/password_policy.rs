//! `iam.account-password-policy`

use aws_sdk_iam::Client;
use demarc_harness::{
    Error, Found, Observed, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::iam::password_policy::{PASSWORD_POLICY, PasswordPolicy as State},
    },
};

use super::NO_SUCH_ENTITY;

/// What IAM asks of passwords.
pub(crate) struct PasswordPolicy(pub Client);

impl Setting for PasswordPolicy {
    type State = State;
    const META: &'static SettingMeta = &PASSWORD_POLICY;

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<State>>, Error> {
        let answer = self.0.get_account_password_policy().send().await;
        let answer = answer.map_err(failed("iam:GetAccountPasswordPolicy", &resource.id));
        let found = Found::sort(answer, NO_SUCH_ENTITY, &[])?;
        let state = found.map(|answer| {
            answer.password_policy.map(|p| State {
                minimum_password_length: p.minimum_password_length,
                require_symbols: Some(p.require_symbols),
                require_numbers: Some(p.require_numbers),
                require_uppercase_characters: Some(p.require_uppercase_characters),
                require_lowercase_characters: Some(p.require_lowercase_characters),
                allow_users_to_change_password: Some(p.allow_users_to_change_password),
                max_password_age: p.max_password_age.filter(|days| *days > 0),
                password_reuse_prevention: p.password_reuse_prevention,
                hard_expiry: p.hard_expiry.filter(|hard| *hard),
            })
        });
        Ok(state.or(|| None).map(|state| Observed::of(state.unwrap_or_default())))
    }

    /// The call replaces every field: what is left out would be IAM's default.
    async fn write(
        &self,
        resource: &Resource,
        _: &Observed<State>,
        to: &State,
    ) -> Result<(), Error> {
        if *to == State::default() {
            let answer = self.0.delete_account_password_policy().send().await;
            answer.map_err(failed("iam:DeleteAccountPasswordPolicy", &resource.id))?;
            return Ok(());
        }
        self.0
            .update_account_password_policy()
            .set_minimum_password_length(to.minimum_password_length)
            .set_require_symbols(to.require_symbols)
            .set_require_numbers(to.require_numbers)
            .set_require_uppercase_characters(to.require_uppercase_characters)
            .set_require_lowercase_characters(to.require_lowercase_characters)
            .set_allow_users_to_change_password(to.allow_users_to_change_password)
            .set_max_password_age(to.max_password_age)
            .set_password_reuse_prevention(to.password_reuse_prevention)
            .set_hard_expiry(to.hard_expiry)
            .send()
            .await
            .map_err(failed("iam:UpdateAccountPasswordPolicy", &resource.id))?;
        Ok(())
    }
}
