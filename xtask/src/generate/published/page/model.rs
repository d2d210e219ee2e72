//! Layers, kinds, service models: what the answers are made of.

use demarc_remediation::classification::{
    Kind, Layer, Responsibility, ServiceModel,
    catalogue::controls::{Remedy, SecurityHubControl, Severity},
    demarcate,
    explain::{Parts, parts},
};

use super::{
    super::statement::meaning,
    markdown::{code, table},
};

/// Who answers for each layer of each kind of service.
pub fn matrix() -> String {
    let [m1, m2, m3, m4, m5] = MODELS.map(ServiceModel::as_str);
    let rows = Layer::ALL.iter().map(|layer| {
        let [a1, a2, a3, a4, a5] = MODELS.map(|model| whose(demarcate(model, *layer)));
        [layer.as_str().to_owned(), layer.meaning().to_owned(), a1, a2, a3, a4, a5]
    });
    format!(
        "## Who answers\n\nFind the layer that something belongs to, and the kind of the service. \
         *Customer* with *shared-configuration* is the usual answer for a setting: AWS makes the \
         switch and keeps it working, the customer decides how it stands and answers for that.\n\n\
         {}",
        table(["layer", "what belongs to it", m1, m2, m3, m4, m5], rows)
    )
}

/// The columns of the matrix: every kind of service.
const MODELS: [ServiceModel; 5] = [
    ServiceModel::Infrastructure,
    ServiceModel::ManagedPlatform,
    ServiceModel::ServerlessCompute,
    ServiceModel::Abstracted,
    ServiceModel::Governance,
];

/// Whose something is, and of which kind.
pub fn whose((responsibility, kind): (Responsibility, Kind)) -> String {
    let who = match responsibility {
        Responsibility::Aws => "AWS",
        other => other.as_str(),
    };
    format!("**{who}** ({kind})")
}

/// AWS's part and the customer's at each layer.
pub fn duties() -> String {
    let rows = Layer::ALL.iter().flat_map(|layer| {
        same(*layer).into_iter().map(|(models, parts)| {
            let [aws, customer] = [parts.aws, parts.customer].map(str::to_owned);
            [layer.as_str().to_owned(), named(&models), aws, customer]
        })
    });
    format!(
        "## Who does what\n\n{}",
        table(["layer", "kind of service", "AWS's part", "the customer's part"], rows)
    )
}

/// The kinds of service for which the parts at a layer are the same, together.
fn same(layer: Layer) -> Vec<(Vec<ServiceModel>, Parts)> {
    let mut groups: Vec<(Vec<ServiceModel>, Parts)> = Vec::new();
    for model in MODELS {
        let parts = parts(model, layer);
        match groups.iter_mut().find(|(_, known)| *known == parts) {
            Some((models, _)) => models.push(model),
            None => groups.push((vec![model], parts)),
        }
    }
    groups
}

fn named(models: &[ServiceModel]) -> String {
    if models.len() == MODELS.len() {
        return "every".to_owned();
    }
    models.iter().map(|model| model.as_str()).collect::<Vec<_>>().join(", ")
}

/// What each kind of responsibility means.
pub fn kinds() -> String {
    let rows = Kind::ALL.iter().map(|kind| {
        let controls = count(|control| control.responsibility().1 == *kind);
        [kind.as_str().to_owned(), kind.meaning().to_owned(), controls]
    });
    format!(
        "## Kinds of responsibility\n\nAWS divides into what its customers inherit, what is shared, \
         and what is theirs alone. Security Hub looks at what customers configure, so that none of \
         its controls is inherited.\n\n{}",
        table(["kind", "what it means", "controls"], rows)
    )
}

/// What each kind of service means.
pub fn models() -> String {
    let rows = MODELS.map(|model| {
        let controls = count(|control| control.model == model);
        [model.as_str().to_owned(), model.meaning().to_owned(), controls]
    });
    format!(
        "## Kinds of service\n\n{}",
        table(["kind of service", "what the customer gets", "controls"], rows)
    )
}

/// What people have to know about the controls that both share.
pub fn training() -> String {
    let texts: Vec<String> = Kind::ALL
        .iter()
        .filter_map(|kind| Some(format!("### The kind {kind}\n\n{}", kind.training()?)))
        .collect();
    format!(
        "## What to teach\n\nThree kinds are shared: both have a part, each in their own context. \
         A paragraph for each, to be used as it is.\n\n{}",
        texts.join("\n\n")
    )
}

/// What each way to a remedy means, with the number of controls of each severity.
pub fn remedies() -> String {
    let [s1, s2, s3, s4] = SEVERITIES.map(Severity::as_str);
    let rows = Remedy::ALL.iter().map(|remedy| {
        let of = |s: Severity| count(|c| c.remedy == *remedy && c.severity == s);
        let [c1, c2, c3, c4] = SEVERITIES.map(of);
        [remedy.as_str().to_owned(), meaning(*remedy).to_owned(), c1, c2, c3, c4]
    });
    format!(
        "## How a failure is put right\n\nThe numbers are controls by severity. Where a control's \
         row names a call, that call puts it right; {} between two means both, {} either. A link \
         behind it leads to this project's own control for it.\n\n{}",
        code("+"),
        code("|"),
        table(["remedy", "what it means", s1, s2, s3, s4], rows)
    )
}

/// Every severity, the worst first.
const SEVERITIES: [Severity; 4] =
    [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];

fn count(of: impl Fn(&SecurityHubControl) -> bool) -> String {
    SecurityHubControl::all().filter(of).count().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_is_missing() {
        assert_eq!(MODELS, ServiceModel::ALL);
        let mut severities = SEVERITIES;
        severities.reverse();
        assert_eq!(severities, Severity::ALL);
    }
}
