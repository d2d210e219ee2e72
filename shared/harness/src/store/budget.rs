//! What has been claimed on account of one actor in an hour, in `journal`.

use aws_sdk_dynamodb::{error::SdkError, operation::update_item::UpdateItemError};
use demarc_remediation::budget::{Payer, hour};

use super::{
    Store,
    item::{key, n},
};
use crate::{Error, failed};

/// How long an hour's count is kept after its end, in milliseconds: a day.
const KEPT_MILLIS: u64 = 24 * 3_600_000;

impl Store {
    /// Counts one more claim of this hour on the payer's account. `false` where that would be more
    /// than the limit; nothing is counted then.
    ///
    /// # Errors
    /// The count cannot be written: whether there is budget left is then not known.
    pub async fn spend(&self, payer: &Payer, limit: u32) -> Result<bool, Error> {
        if limit == 0 {
            return Ok(false);
        }
        let (hour, end) = hour(self.clock.now());
        let account = format!("budget#{}", payer.as_str());
        let answer = self
            .client
            .update_item()
            .table_name(&self.journal)
            .set_key(Some(key(account.as_str(), format!("{hour:020}"))))
            .update_expression("ADD spent :one SET expires = :expires")
            .condition_expression("attribute_not_exists(spent) OR spent < :limit")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":limit", n(limit.into()))
            .expression_attribute_values(":expires", n((end + KEPT_MILLIS) / 1000))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(error) if is_spent(&error) => Ok(false),
            Err(error) => Err(failed("dynamodb:UpdateItem", &account)(error)),
        }
    }
}

fn is_spent(error: &SdkError<UpdateItemError>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}
