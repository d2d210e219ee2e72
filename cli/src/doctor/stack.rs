//! The deployed stack, as CloudFormation knows it.

use super::finding::Finding;
use crate::{
    arguments::Global,
    aws::{Aws, query},
    error::Error,
};

const CLOUDFORMATION: (&str, &str) = ("cloudformation", "2010-05-15");

/// A resource of the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Its name in the template.
    pub(super) logical: String,
    /// Its name or id in its service.
    pub(super) id: String,
    /// Its type: `AWS::Events::Rule`.
    pub(super) kind: String,
}

/// The stack, and who looks at it.
#[derive(Debug)]
pub(super) struct Stack<'a> {
    pub(super) aws: &'a Aws<'a>,
    name: &'a str,
    profile: Option<&'a str>,
    status: String,
    parts: Vec<Part>,
}

impl<'a> Stack<'a> {
    /// Reads which resources the stack has.
    pub(super) async fn read(aws: &'a Aws<'a>, global: &'a Global) -> Result<Self, Error> {
        let name = global.stack.as_str();
        let (service, version) = CLOUDFORMATION;
        let ask = query(service, version, "DescribeStacks", &[("StackName", name)]);
        let status = aws.xml(&ask).await?.text("StackStatus").unwrap_or_default().to_owned();
        let parts = resources(aws, name).await?;
        Ok(Self { aws, name, profile: global.profile.as_deref(), status, parts })
    }

    /// Its resources.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The physical id of a resource of the template.
    pub(super) fn id_of(&self, logical: &str) -> Option<&str> {
        self.parts.iter().find(|part| part.logical == logical).map(|part| part.id.as_str())
    }

    /// Whether a name, an ARN or a URL is of one of its resources.
    pub(super) fn has(&self, text: &str) -> bool {
        let last = |text: &str| text.rsplit([':', '/']).next().unwrap_or_default().to_owned();
        self.parts.iter().any(|part| last(&part.id) == last(text))
    }

    /// A command of the AWS CLI for this stack's region, with what was asked for quoted for a shell.
    pub(super) fn command(&self, words: &[&str]) -> String {
        let mut words: Vec<&str> = words.to_vec();
        words.extend(["--region", self.aws.region]);
        words.extend(self.profile.into_iter().flat_map(|profile| ["--profile", profile]));
        let quoted = |word: &&str| shlex::try_quote(word).map_or_else(|_| "?".into(), Into::into);
        let words: Vec<String> = words.iter().map(quoted).collect();
        format!("aws {}", words.join(" "))
    }

    /// The commands that set everything to what the template says (AWS CloudFormation User Guide,
    /// "Using drift-aware change sets").
    pub(super) fn drift(&self) -> String {
        let of = |words: &[&str]| {
            let named = ["--stack-name", self.name, "--change-set-name", "restore"];
            self.command(&[&["cloudformation"], words, &named].concat())
        };
        let create = of(&[
            "create-change-set",
            "--use-previous-template",
            "--deployment-mode",
            "REVERT_DRIFT",
            "--capabilities",
            "CAPABILITY_NAMED_IAM",
            "CAPABILITY_AUTO_EXPAND",
        ]);
        let wait = of(&["wait", "change-set-create-complete"]);
        format!("{create} && {wait} && {}", of(&["execute-change-set"]))
    }

    /// Something about a part that only the template puts right.
    pub(super) fn drifted(&self, part: String, wrong: impl Into<String>) -> Finding {
        Finding::of(part, wrong, self.drift())
    }

    /// What is wrong with the stack as a whole.
    pub(super) fn own_findings(&self) -> Vec<Finding> {
        let is_good = self.status.ends_with("_COMPLETE") && !self.status.starts_with("DELETE");
        if is_good || self.status.ends_with("_IN_PROGRESS") {
            return Vec::new();
        }
        let restore = format!("sam deploy --stack-name {} --region {}", self.name, self.aws.region);
        vec![Finding::of(format!("stack {}", self.name), self.status.clone(), restore)]
    }
}

async fn resources(aws: &Aws<'_>, name: &str) -> Result<Vec<Part>, Error> {
    let (service, version) = CLOUDFORMATION;
    let mut next = None::<String>;
    let mut parts = Vec::new();
    loop {
        let mut parameters = vec![("StackName", name)];
        parameters.extend(next.iter().map(|token| ("NextToken", token.as_str())));
        let ask = query(service, version, "ListStackResources", &parameters);
        let page = aws.xml(&ask).await?;
        parts.extend(page.all("member").into_iter().filter_map(|member| {
            let of = |name| member.text(name).map(str::to_owned);
            Some(Part {
                logical: of("LogicalResourceId")?,
                id: of("PhysicalResourceId")?,
                kind: of("ResourceType")?,
            })
        }));
        next = page.text("NextToken").filter(|token| !token.is_empty()).map(str::to_owned);
        if next.is_none() {
            return Ok(parts);
        }
    }
}
