//! Without a trail there are no events: who stops one is told at once.

use demarc_classification::Change;

/// The event source of trails.
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// The calls after which a trail may record less, and what starts it again. Source: AWS CloudTrail
/// API Reference.
pub const TRAIL_EVENTS: &[(&str, Option<&str>)] = &[
    ("StopLogging", Some("start-logging --name")),
    ("DeleteTrail", None),
    ("UpdateTrail", None),
    ("PutEventSelectors", None),
];

/// What has to be done about a change of a trail, where the change is one.
#[must_use]
pub fn stopped_trail(change: &Change) -> Option<String> {
    if change.service != CLOUDTRAIL {
        return None;
    }
    let (event, restart) = TRAIL_EVENTS.iter().find(|(event, _)| *event == change.name)?;
    let name = change.text(&["requestParameters", "name"]);
    let name = name.or_else(|| change.text(&["requestParameters", "trailName"]));
    let trail = name.unwrap_or("that the event does not name");
    let after = match (restart, name) {
        (Some(restart), Some(name)) if name.chars().all(is_plain) => {
            format!("start it: aws cloudtrail {restart} {name} --region {}", change.region)
        }
        _ => "see that a trail of all regions still records management events".to_owned(),
    };
    Some(format!(
        "{event} on the trail `{trail}`: without a trail no event comes, and only the daily sweep finds violations; {after}"
    ))
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_./:".contains(c)
}
