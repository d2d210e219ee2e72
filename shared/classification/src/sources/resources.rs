//! How sources name resources, brought to CloudFormation's types.

use crate::catalogue::types::Type;
use crate::finding::Finding;
use crate::resource::Resource;

impl Finding {
    /// Adds what the finding is about. `kind` is the source's name for the type, `id` an ARN
    /// or an id; without an id nothing is added.
    pub(super) fn add(&mut self, kind: &str, id: &str) {
        let (account, region) = (self.account.value.clone(), self.region.clone());
        self.add_in(kind, id, &account, &region);
    }

    /// The same, with the account and region that the source gives the resource.
    pub(super) fn add_in(&mut self, kind: &str, id: &str, account: &str, region: &str) {
        self.resources.extend(named(kind, id, account, region));
    }
}

/// The resource that a source names. A type that is known goes before the ARN's, which two types
/// may share (a domain of Elasticsearch and of OpenSearch).
fn named(kind: &str, id: &str, account: &str, region: &str) -> Option<Resource> {
    let known = Type::of_asff(kind).or_else(|| Type::named(kind)).map(|known| known.name);
    let kind = known.unwrap_or(kind);
    // Security Hub writes `AWS::::Account:123456789012`, and `AWS::IAM::AccessKey:null`.
    let id = id.strip_prefix(&format!("{kind}:")).unwrap_or(id);
    if id.is_empty() || id == "null" {
        return None;
    }
    if let Some(resource) = Resource::from_arn(id, account, region) {
        let kind = known.map_or(resource.kind, str::to_owned);
        return Some(Resource { kind, ..resource });
    }
    Some(Resource {
        kind: kind.to_owned(),
        account: account.to_owned(),
        region: region.to_owned(),
        id: id.to_owned(),
    })
}
