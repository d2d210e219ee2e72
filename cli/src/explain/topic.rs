//! What is asked about.

use demarc_classification::{
    Layer, ServiceModel,
    catalogue::{controls::SecurityHubControl, frameworks::Framework, services::Service},
    scenarios::{SCENARIOS, Scenario},
};

use crate::error::Error;

/// One thing that can be explained.
pub(super) enum Topic {
    /// Where the line runs, and what can be asked.
    Introduction,
    /// The whole table.
    Model,
    /// A layer.
    Layer(Layer),
    /// A kind of service.
    ServiceModel(ServiceModel),
    /// A control of Security Hub.
    Control(SecurityHubControl),
    /// A service.
    Service(Service),
    /// A story.
    Scenario(&'static Scenario),
    /// A framework.
    Framework(&'static Framework),
}

/// How alike a name has to be to what was asked, to be suggested.
const ALIKE: f64 = 0.7;

/// Finds what the words mean: a control, a service, a framework, a layer, a story.
pub(super) fn find(words: &str) -> Result<Topic, Error> {
    let words = words.trim();
    if words.is_empty() {
        return Ok(Topic::Introduction);
    }
    if words.eq_ignore_ascii_case("model") {
        return Ok(Topic::Model);
    }
    control(words)
        .map(Topic::Control)
        .or_else(|| service(words).map(Topic::Service))
        .or_else(|| Framework::named(words).map(Topic::Framework))
        .or_else(|| Layer::parse(&kebab(words)).map(Topic::Layer))
        .or_else(|| ServiceModel::parse(&kebab(words)).map(Topic::ServiceModel))
        .or_else(|| scenario(words).map(Topic::Scenario))
        .ok_or_else(|| Error::Message(unknown(words)))
}

/// By its id, or by the one that it had in PCI DSS 3.2.1, in any capitalisation.
fn control(words: &str) -> Option<SecurityHubControl> {
    let by_id = SecurityHubControl::all().find(|known| known.id.eq_ignore_ascii_case(words));
    by_id.or_else(|| {
        let (.., id) = SecurityHubControl::legacy().find(|(standard, rule, _)| {
            *standard == "pci-3.2.1" && rule.eq_ignore_ascii_case(words)
        })?;
        SecurityHubControl::find(id)
    })
}

/// By its short name, its event source, its types' name, or what people call it.
fn service(words: &str) -> Option<Service> {
    let same = |name: &str| name.eq_ignore_ascii_case(words);
    let any = |names: &str| names.split(' ').any(same);
    let called = |name: &str| {
        let short = name.strip_prefix("Amazon ").or_else(|| name.strip_prefix("AWS "));
        same(name) || short.is_some_and(same)
    };
    Service::all()
        .find(|known| same(known.key) || called(known.name))
        .or_else(|| Service::all().find(|known| any(known.event_sources) || any(known.namespaces)))
}

/// By its short name, or by words that all stand in its title or name.
fn scenario(words: &str) -> Option<&'static Scenario> {
    let wanted: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    Scenario::find(&kebab(words)).or_else(|| {
        SCENARIOS.iter().find(|story| {
            let told = format!("{} {}", story.id.replace('-', " "), story.title).to_lowercase();
            wanted.iter().all(|word| told.contains(word.as_str()))
        })
    })
}

fn kebab(words: &str) -> String {
    words.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-")
}

fn unknown(words: &str) -> String {
    let asked = words.to_lowercase();
    let mut near: Vec<(f64, String)> = names()
        .map(|name| (strsim::jaro_winkler(&asked, &name.to_lowercase()), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<String> = near.into_iter().take(5).map(|(_, name)| format!("`{name}`")).collect();
    let meant = match near.as_slice() {
        [] => String::new(),
        some => format!("; near it are {}", some.join(", ")),
    };
    format!(
        "nothing is known of `{words}`{meant}\nask for a control (`S3.8`), a service (`lambda`), a story (`public bucket`), a framework (`HIPAA`), a layer (`guest-os`), or `model`; `demarc explain` alone lists the stories"
    )
}

fn names() -> impl Iterator<Item = String> {
    let controls = SecurityHubControl::all().map(|known| known.id.to_owned());
    let services = Service::all().map(|known| known.key.to_owned());
    let stories = SCENARIOS.iter().map(|story| story.id.to_owned());
    let layers = Layer::ALL.iter().map(|layer| layer.as_str().to_owned());
    controls.chain(services).chain(stories).chain(layers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(words: &str) -> String {
        match find(words) {
            Ok(Topic::Introduction) => "introduction".to_owned(),
            Ok(Topic::Model) => "model".to_owned(),
            Ok(Topic::Layer(layer)) => format!("layer {layer}"),
            Ok(Topic::ServiceModel(model)) => format!("kind {model}"),
            Ok(Topic::Control(control)) => format!("control {}", control.id),
            Ok(Topic::Service(service)) => format!("service {}", service.key),
            Ok(Topic::Scenario(story)) => format!("story {}", story.id),
            Ok(Topic::Framework(framework)) => format!("framework {}", framework.id),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn things_are_known_by_the_names_that_people_use() {
        for (words, expected) in [
            ("", "introduction"),
            ("Model", "model"),
            ("s3.8", "control S3.8"),
            ("PCI.S3.6", "control S3.1"),
            ("s3", "service s3"),
            ("Amazon S3", "service s3"),
            ("Lambda", "service lambda"),
            ("AWS Lambda", "service lambda"),
            ("cloudwatch", "service monitoring"),
            ("HIPAA", "framework HIPAA"),
            ("soc 2", "framework SOC-2"),
            ("pci dss", "framework PCI-4.0.1"),
            ("guest-os", "layer guest-os"),
            ("network exposure", "layer network-exposure"),
            ("managed platform", "kind managed-platform"),
            ("public-bucket", "story public-bucket"),
            ("public bucket", "story public-bucket"),
            ("break in data centre", "story data-centre-break-in"),
        ] {
            assert_eq!(name(words), expected, "{words}");
        }
    }

    #[test]
    fn what_is_not_known_is_told_with_what_is_near_it() {
        let told = name("lamda");
        assert!(told.contains("`lambda`"), "{told}");
        assert!(name("xyzzy plugh").starts_with("nothing is known of `xyzzy plugh`\n"));
    }
}
