//! The frameworks that auditors ask by, and what is known of each control's place in them.

use super::controls::SecurityHubControl;

/// What a framework's mapping to controls rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// Security Hub itself says which controls belong to it.
    Published,
    /// Through another framework: its controls are candidates, not a proof.
    Derived {
        /// Id of the framework that it is derived from.
        from: &'static str,
        /// The published comparison of the two, and what it leaves open.
        basis: &'static str,
    },
    /// No mapping to single controls is known, so none is given.
    Unknown {
        /// Why.
        why: &'static str,
    },
}

/// One framework.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framework {
    /// Its id, `CIS-5.0.0`.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// What auditors call it, in lower case without separators.
    pub aliases: &'static [&'static str],
    /// What its mapping rests on.
    pub mapping: Mapping,
}

const NIST: &str = "NIST-800-53-r5";

/// Every framework, the newest edition of each first.
pub const FRAMEWORKS: &[Framework] = &[
    published(
        "CIS-5.0.0",
        "CIS AWS Foundations Benchmark 5.0.0",
        &["cis", "cisaws", "cisawsfoundations", "cis5"],
    ),
    published("CIS-3.0.0", "CIS AWS Foundations Benchmark 3.0.0", &["cis3"]),
    published("CIS-1.4.0", "CIS AWS Foundations Benchmark 1.4.0", &["cis14"]),
    published("CIS-1.2.0", "CIS AWS Foundations Benchmark 1.2.0", &["cis12"]),
    published("FSBP", "AWS Foundational Security Best Practices 1.0.0", &["fsbp", "afsbp"]),
    published("PCI-4.0.1", "PCI DSS 4.0.1", &["pci", "pcidss", "pci4"]),
    published("PCI-3.2.1", "PCI DSS 3.2.1", &["pci3"]),
    published(NIST, "NIST SP 800-53 revision 5", &["nist", "nist80053", "80053", "nist53"]),
    published(
        "NIST-800-171-r2",
        "NIST SP 800-171 revision 2",
        &["nist800171", "800171", "nist171", "cmmc"],
    ),
    published("Tagging", "AWS Resource Tagging Standard 1.0.0", &["tagging"]),
    derived(
        "FedRAMP",
        "FedRAMP",
        &["fedramp"],
        "FedRAMP's baselines are selections from NIST SP 800-53 revision 5; Security Hub does not say which of its controls answers to which of NIST's so that the baseline (low or moderate or high) stays open",
    ),
    derived(
        "HIPAA",
        "HIPAA Security Rule",
        &["hipaa"],
        "NIST SP 800-66 revision 2 maps the Security Rule's standards to NIST SP 800-53; which paragraph a control answers to stays open",
    ),
    derived(
        "SOC-2",
        "SOC 2 (Trust Services Criteria)",
        &["soc2", "soc", "tsc"],
        "the AICPA publishes a mapping of the 2017 Trust Services Criteria to NIST SP 800-53; which criterion a control answers to stays open",
    ),
    derived(
        "ISO-27001",
        "ISO/IEC 27001:2022",
        &["iso27001", "iso"],
        "NIST publishes a mapping of SP 800-53 revision 5 to ISO/IEC 27001:2022; which clause a control answers to stays open",
    ),
    Framework {
        id: "GDPR",
        name: "General Data Protection Regulation",
        aliases: &["gdpr"],
        mapping: Mapping::Unknown {
            why: "the regulation asks for appropriate measures (article 32) and names no technical control; no published mapping to Security Hub's controls is known",
        },
    },
];

const fn published(
    id: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
) -> Framework {
    Framework { id, name, aliases, mapping: Mapping::Published }
}

const fn derived(
    id: &'static str,
    name: &'static str,
    aliases: &'static [&'static str],
    basis: &'static str,
) -> Framework {
    Framework { id, name, aliases, mapping: Mapping::Derived { from: NIST, basis } }
}

impl Framework {
    /// The framework with that id or one of its auditors' names: `HIPAA`, `soc 2`, `iso-27001`.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let plain: String = name
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|character| character.to_ascii_lowercase())
            .collect();
        FRAMEWORKS.iter().find(|framework| {
            framework.id.eq_ignore_ascii_case(name) || framework.aliases.contains(&plain.as_str())
        })
    }

    /// Its controls: the framework's own, or, of a derived one, the candidates; none where no
    /// mapping is known.
    pub fn controls(&self) -> impl Iterator<Item = SecurityHubControl> + use<> {
        let id = match self.mapping {
            Mapping::Published => Some(self.id),
            Mapping::Derived { from, .. } => Some(from),
            Mapping::Unknown { .. } => None,
        };
        SecurityHubControl::all().filter(move |control| {
            id.is_some_and(|id| control.frameworks.split(' ').any(|f| f == id))
        })
    }
}
