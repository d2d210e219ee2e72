//! `s3.event-notifications-on`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::s3::bucket_notifications::{BUCKET_NOTIFICATIONS, Notifications},
    state::StateError,
    verdict::{Evidence, Safety, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Says which buckets tell nobody when objects are made or deleted. It changes nothing: whom to
    /// tell, and of what, is known to whoever uses the bucket.
    ///
    /// # Why it is yours
    ///
    /// AWS tells of changes to a bucket by itself, and of changes to its objects only whom you name.
    ///
    /// # Safety
    ///
    /// Safe: nothing is written.
    ///
    /// # What undo restores
    ///
    /// Nothing: there is nothing to undo.
    pub struct EventNotificationsOn(Notifications);
    id: "s3.event-notifications-on",
    title: "S3 buckets tell of what happens to their objects",
    setting: &BUCKET_NOTIFICATIONS,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::LoggingAndMonitoring,
    model: ServiceModel::Abstracted,
    safety: Safety::Safe,
    security_hub: &["S3.11"],
    frameworks: &["NIST-800-171-r2", "NIST-800-53-r5"],
    exposure: false,
    outlives: "what happens until a person acts",
}

impl Control for EventNotificationsOn {
    type State = Notifications;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &Notifications,
        _: &Context<'_>,
    ) -> Result<Verdict<Notifications>, StateError> {
        if observed.0.is_empty() {
            return Ok(Verdict::Advise { steps: STEPS.to_owned() });
        }
        let told: Vec<&str> = observed.0.iter().map(String::as_str).collect();
        Ok(Verdict::Compliant { because: format!("it tells {}", told.join(", ")) })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NothingCloses)
    }

    fn only_advises(&self) -> bool {
        true
    }
}

const STEPS: &str = "have the bucket tell somebody of its objects: `aws s3api \
    put-bucket-notification-configuration --notification-configuration \
    '{\"EventBridgeConfiguration\":{}}'` sends its events to EventBridge";
