//! One change, as CloudTrail recorded it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::actor::Actor;
use crate::catalogue::calls::Call;
use crate::json::{find, scalar};
use crate::resource::{Resource, kinds, once, parse_arn};

named! {
    /// What kind of record told of the change (CloudTrail's `eventType`).
    pub enum ChangeKind {
        /// Someone called an API.
        ApiCall = "api-call",
        /// A service did something of its own accord (`AwsServiceEvent`).
        ServiceEvent = "service-event",
        /// Someone signed in to the console.
        SignIn = "sign-in",
    }
}

/// One change: who called what, where, and with which parameters.
///
/// Fields are copied one by one and `request` and `response` hold no secrets;
/// user agent, address and session attributes are left behind on purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// CloudTrail's `eventID`, else the envelope's id. May be empty.
    pub id: String,
    /// What kind of record this is.
    pub kind: ChangeKind,
    /// The service as CloudTrail writes it, `s3.amazonaws.com`.
    pub service: String,
    /// The call, `PutBucketPolicy`. Lambda's API date is cut off.
    pub name: String,
    /// The API's date: Lambda's suffix (`20150331v2`), else the record's `apiVersion`.
    pub api_version: Option<String>,
    /// The account that owns what was changed: the envelope's, which equals the
    /// record's `recipientAccountId`.
    pub account: String,
    /// The region of the call (`us-east-1` for global services). Not validated.
    pub region: String,
    /// When, in seconds since 1970 UTC; CloudTrail's resolution is one second.
    pub time: Option<u64>,
    /// Who.
    pub actor: Actor,
    /// Whether the call only read.
    pub read_only: bool,
    /// Why the call failed; `None` when it succeeded.
    pub error_code: Option<String>,
    /// Whether the caller asked only whether it might (EC2, Lambda).
    pub dry_run: bool,
    /// Whether CloudTrail left parameters out because they are over 100 KB. An
    /// attacker can pad a call to get here: read the live state, never guess.
    pub omitted: bool,
    /// The resources that CloudTrail itself names (`resources`), as far as their type is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<Resource>,
    /// `requestParameters` without secrets; often null.
    pub request: Value,
    /// `responseElements` without secrets; often null.
    pub response: Value,
}

/// An API call about which nothing is known, to start a value from.
impl Default for Change {
    fn default() -> Self {
        Self {
            id: String::new(),
            kind: ChangeKind::ApiCall,
            service: String::new(),
            name: String::new(),
            api_version: None,
            account: String::new(),
            region: String::new(),
            time: None,
            actor: Actor::default(),
            read_only: false,
            error_code: None,
            dry_run: false,
            omitted: false,
            named: Vec::new(),
            request: Value::Null,
            response: Value::Null,
        }
    }
}

impl Change {
    /// The first non-empty string at `path`; see [`Change::texts`].
    ///
    /// A number or a flag is no string: `texts` spells those out.
    #[must_use]
    pub fn text(&self, path: &[&str]) -> Option<&str> {
        self.values(path).into_iter().filter_map(Value::as_str).find(|text| !text.is_empty())
    }

    /// Every non-empty scalar at `path`, as text, in the event's order.
    ///
    /// The path starts with `requestParameters` or `responseElements` and names
    /// members only; lists, `{"items": [..]}` and `{"content": .., "tag": ..}`
    /// on the way are looked through. A member is found under another
    /// capitalisation when the exact one is absent. An unknown path is empty.
    #[must_use]
    pub fn texts(&self, path: &[&str]) -> Vec<String> {
        self.values(path).into_iter().filter_map(scalar).collect()
    }

    fn values(&self, path: &[&str]) -> Vec<&Value> {
        match path.split_first() {
            Some((&"requestParameters", rest)) => find(&self.request, rest),
            Some((&"responseElements", rest)) => find(&self.response, rest),
            _ => Vec::new(),
        }
    }

    /// The resources that the change is about, each once: by the call's own row in the table, else
    /// those that CloudTrail names. A row's id may be an ARN or a name.
    #[must_use]
    pub fn resources(&self) -> Vec<Resource> {
        let Some(call) = Call::find(&self.service, &self.name) else { return self.named.clone() };
        if call.resource == kinds::ACCOUNT {
            return vec![self.resource(call.resource, &self.account)];
        }
        let paths = call.names.split(' ').map(|path| path.split('.').collect::<Vec<_>>());
        let ids = paths.map(|path| self.texts(&path)).find(|ids| !ids.is_empty());
        let ids = ids.unwrap_or_default();
        let mut found: Vec<Resource> =
            ids.iter().map(|id| self.resource(call.resource, id)).collect();
        once(&mut found);
        if found.is_empty() { self.named.clone() } else { found }
    }

    fn resource(&self, kind: &str, id: &str) -> Resource {
        let by_arn =
            parse_arn(id).and_then(|_| Resource::from_arn(id, &self.account, &self.region));
        by_arn.filter(|resource| resource.kind == kind).unwrap_or_else(|| Resource {
            kind: kind.to_owned(),
            account: self.account.clone(),
            region: self.region.clone(),
            id: id.to_owned(),
        })
    }
}
