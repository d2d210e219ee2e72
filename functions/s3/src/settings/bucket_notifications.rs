//! `s3.bucket-notifications`

use aws_sdk_s3::Client;
use demarc_harness::{
    Error, Found, Observed, Page, Setting, failed,
    remediation::{
        classification::Resource,
        setting::SettingMeta,
        settings::s3::bucket_notifications::{BUCKET_NOTIFICATIONS, EVENT_BRIDGE, Notifications},
    },
};

use super::{GONE, buckets};

/// Whom S3 tells of what happens to a bucket's objects.
pub(crate) struct BucketNotifications(pub Client);

impl Setting for BucketNotifications {
    type State = Notifications;
    const META: &'static SettingMeta = &BUCKET_NOTIFICATIONS;

    async fn list(&self, token: Option<String>) -> Result<Page, Error> {
        buckets(&self.0, token).await
    }

    async fn read(&self, resource: &Resource) -> Result<Option<Observed<Notifications>>, Error> {
        let answer = self
            .0
            .get_bucket_notification_configuration()
            .bucket(&resource.id)
            .expected_bucket_owner(&resource.account)
            .send()
            .await
            .map_err(failed("s3:GetBucketNotificationConfiguration", &resource.id));
        let found = Found::sort(answer, &[], GONE)?.map(|answer| {
            let topics = answer.topic_configurations().iter().map(|topic| topic.topic_arn());
            let queues = answer.queue_configurations().iter().map(|queue| queue.queue_arn());
            let functions = answer.lambda_function_configurations().iter();
            let functions = functions.map(|function| function.lambda_function_arn());
            let bridge = answer.event_bridge_configuration().map(|_| EVENT_BRIDGE);
            let all = topics.chain(queues).chain(functions).chain(bridge);
            Notifications(all.map(str::to_owned).collect())
        });
        Ok(found.or(Notifications::default).map(Observed::of))
    }
}
