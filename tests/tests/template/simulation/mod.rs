//! What IAM decides by the template's policies, conditions and explicit denials included, of every
//! declared call and of what lies beside it. No emulator tells these apart as AWS does.

mod calls;
mod own;
mod parts;
mod queues;

use std::{collections::BTreeMap, sync::LazyLock};

use demarc_tests::local::{
    ACCOUNT, REGION,
    simulator::{Action, Decision, Identity, Request, Simulator},
    template::{Deployment, Template},
};
use serde_json::{Value, json};

use super::{of_type, texts};

/// Another account, whose resources let everybody in.
const STRANGER: &str = "210987654321";

const FLOW_LOGS_ROLE: &str = "arn:aws:iam::123456789012:role/flow-logs";
const REDRIVE_ROLE: &str = "arn:aws:iam::123456789012:role/redrive";
const KEY: &str = "arn:aws:kms:us-east-1:123456789012:key/1";

/// The template with everything that can be switched on.
fn full() -> Template {
    let parameters =
        [("FlowLogsRoleArn", FLOW_LOGS_ROLE), ("RedriveRoleArn", REDRIVE_ROLE), ("KmsKeyArn", KEY)];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Template::load(&Deployment { parameters: parameters.into(), ..Deployment::default() }).unwrap()
}

static SIMULATOR: LazyLock<Simulator> =
    LazyLock::new(|| Simulator::ensure(&|step| println!("{step}")).unwrap());

/// A role of the template.
struct Role {
    id: String,
    arn: String,
    identity: Identity,
}

impl Role {
    /// The function whose remediator or operator has it.
    fn function(&self) -> Option<(String, bool)> {
        let of = |suffix: &str| self.id.strip_suffix(suffix).map(str::to_lowercase);
        let remediator = of("RemediatorRole").map(|function| (function, false));
        remediator.or(of("OperatorRole").map(|function| (function, true)))
    }

    /// The role with other policies.
    fn with(&self, policies: Vec<Value>) -> Self {
        let identity = Identity { policies, ..self.identity.clone() };
        Self { id: self.id.clone(), arn: self.arn.clone(), identity }
    }

    /// A request by a session of the role.
    fn asks(&self, action: &str, resource: &str) -> Request<'_> {
        asks(&self.identity, &self.arn, action, resource)
    }
}

/// A request with TLS, on a resource of our account.
fn asks<'a>(identity: &'a Identity, arn: &str, action: &str, resource: &str) -> Request<'a> {
    let mut request = Request {
        identity,
        action: action.to_owned(),
        resource: resource.to_owned(),
        account: ACCOUNT.to_owned(),
        context: BTreeMap::new(),
        resource_policy: None,
    };
    for (key, value) in [
        ("aws:PrincipalArn", arn),
        ("aws:PrincipalAccount", ACCOUNT),
        ("aws:PrincipalIsAWSService", "false"),
        ("aws:ResourceAccount", ACCOUNT),
        ("aws:SecureTransport", "true"),
    ] {
        request.context.insert(key.to_owned(), value.to_owned());
    }
    request
}

/// The same request on a resource of the other account, that lets everybody in.
fn elsewhere<'a>(mut request: Request<'a>, open: &'a Value) -> Request<'a> {
    STRANGER.clone_into(&mut request.account);
    request.context.insert("aws:ResourceAccount".to_owned(), STRANGER.to_owned());
    request.resource_policy = Some(open);
    request
}

/// A policy on a resource by which everybody may do everything.
fn open() -> Value {
    let statement = json!({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]})
}

/// Somebody whose policy allows everything.
fn administrator(name: &str) -> (Identity, String) {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let policies = vec![json!({"Version": "2012-10-17", "Statement": [statement]})];
    let principal = format!("arn:aws:iam::{ACCOUNT}:user/{name}");
    (Identity { principal: principal.clone(), policies }, principal)
}

/// Every role of the template, with its managed and inline policies.
fn roles(template: &Template) -> Vec<Role> {
    let role = |(id, role): (&str, &Value)| {
        let name = role["RoleName"].as_str().unwrap();
        let managed = texts(&role["ManagedPolicyArns"]);
        let managed = managed.iter().map(|arn| managed_policy(template, arn));
        let inline = role["Policies"].as_array().unwrap().iter();
        let policies = managed.chain(inline.map(|policy| policy["PolicyDocument"].clone()));
        let principal = format!("arn:aws:sts::{ACCOUNT}:assumed-role/{name}/session");
        Role {
            id: id.to_owned(),
            arn: format!("arn:aws:iam::{ACCOUNT}:role/{name}"),
            identity: Identity { principal, policies: policies.collect() },
        }
    };
    of_type(template, "AWS::IAM::Role").map(role).collect()
}

fn managed_policy(template: &Template, arn: &str) -> Value {
    let guard = format!("arn:aws:iam::{ACCOUNT}:policy/demarc-Guard");
    assert_eq!(arn, guard, "an unknown managed policy");
    template.resource("Guard").unwrap()["Properties"]["PolicyDocument"].clone()
}

fn decide(requests: &[Request<'_>]) -> Vec<Decision> {
    SIMULATOR.decide(requests).unwrap()
}

/// The requests that were not decided as they should, in words.
fn otherwise(requests: &[Request<'_>], expected: &[Decision]) -> Vec<String> {
    let decisions = decide(requests);
    assert_eq!(decisions.len(), requests.len());
    let wrong = requests.iter().zip(decisions).filter(|(_, d)| !expected.contains(d));
    wrong.map(|(request, decision)| format!("{}: {decision:?}", said(request))).collect()
}

fn said(request: &Request<'_>) -> String {
    let Request { identity, action, resource, account, .. } = request;
    let who = identity.principal.rsplit(':').next().unwrap();
    format!("{who} {action} on {resource} of {account}")
}

const DENIED: &[Decision] =
    &[Decision::ImplicitlyDenied, Decision::ExplicitlyDenied, Decision::DoesNotApply];

/// What the reference of the simulator says of an action.
fn known<'a>(actions: &'a [Action], name: &str) -> &'a Action {
    actions.iter().find(|action| action.action == name).unwrap_or_else(|| panic!("no `{name}`"))
}

/// An ARN with everything that varies filled in.
fn filled(arn: &str) -> String {
    let own = arn
        .replace("${Partition}", "aws")
        .replace("${Region}", REGION)
        .replace("${Account}", ACCOUNT)
        .replace("${RolePath}", "/")
        .replace("${Stack}", "demarc");
    let mut pieces = own.split("${");
    let first = pieces.next().unwrap().to_owned();
    pieces.fold(first, |text, piece| text + "sample-1" + piece.split_once('}').unwrap().1)
}
