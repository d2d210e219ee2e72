//! IAM statements, as the template writes them.

/// A condition of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `StringEquals`.
    pub operator: &'static str,
    /// `iam:PassedToService`.
    pub key: &'static str,
    /// The value as YAML.
    pub value: String,
}

impl From<(&'static str, &'static str, &'static str)> for Condition {
    fn from((operator, key, value): (&'static str, &'static str, &'static str)) -> Self {
        Self { operator, key, value: value.to_owned() }
    }
}

/// One statement.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// Its id.
    pub sid: String,
    /// Whether it denies.
    pub denies: bool,
    /// Its actions.
    pub actions: Vec<String>,
    /// Its resources as YAML, intrinsic functions and all.
    pub resources: Vec<String>,
    /// Its condition.
    pub condition: Option<Condition>,
    /// The template's condition under which it exists.
    pub only_if: Option<String>,
}

impl Statement {
    /// The statement as an item of a list, each line indented.
    pub fn yaml(&self, indent: usize) -> String {
        let body = self.body();
        let nested = match &self.only_if {
            None => item(&body),
            Some(condition) => {
                let mut lines = vec!["- !If".to_owned(), format!("  - {condition}")];
                lines.extend(item(&body).iter().map(|line| format!("  {line}")));
                lines.push("  - !Ref AWS::NoValue".to_owned());
                lines
            }
        };
        let indent = " ".repeat(indent);
        let lines: Vec<String> = nested.iter().map(|line| format!("{indent}{line}")).collect();
        lines.join("\n")
    }

    fn body(&self) -> Vec<String> {
        let effect = if self.denies { "Deny" } else { "Allow" };
        let mut lines = vec![format!("Sid: {}", self.sid), format!("Effect: {effect}")];
        lines.extend(list("Action", &self.actions));
        lines.extend(list("Resource", &self.resources));
        if let Some(condition) = &self.condition {
            lines.push("Condition:".to_owned());
            lines.push(format!("  {}:", condition.operator));
            lines.push(format!("    {}: {}", condition.key, condition.value));
        }
        lines
    }
}

fn list(key: &str, values: &[String]) -> Vec<String> {
    match values {
        [one] => vec![format!("{key}: {one}")],
        many => std::iter::once(format!("{key}:"))
            .chain(many.iter().map(|value| format!("  - {value}")))
            .collect(),
    }
}

fn item(lines: &[String]) -> Vec<String> {
    let mark = |at: usize| if at == 0 { "- " } else { "  " };
    lines.iter().enumerate().map(|(at, line)| format!("{}{line}", mark(at))).collect()
}
