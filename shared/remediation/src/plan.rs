//! Judging all controls of one setting together, and the plans that come of it.

use demarc_classification::{Kind, Resource, Responsibility, demarcate};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    configuration::{Approval, Enforcement, Mode},
    context::Context,
    control::{AnyControl, Meta},
    element::{Delta, Edit, Elements},
    verdict::{Evidence, Safety, Undo, Verdict},
};

/// An element that is left as it is until a moment, because somebody put it there on purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExemptElement {
    /// The element's id.
    pub id: String,
    /// The content that is exempt; `None` exempts its absence. Any other content is judged.
    pub value: Option<Value>,
    /// The end, in milliseconds since 1970.
    pub until: u64,
    /// Who is accountable.
    pub owner: String,
    /// Why.
    pub justification: String,
}

impl ExemptElement {
    /// Those that are still in force and cover nothing that the delta touches: what stays when the
    /// delta's elements are exempted, or exempt no more.
    pub fn beside<'a>(
        kept: &'a [Self],
        delta: &'a Delta,
        now: u64,
    ) -> impl Iterator<Item = Self> + use<'a> {
        let touched = |id: &str| delta.edits().any(|edit| edit.id == id);
        kept.iter().filter(move |e| now < e.until && !touched(&e.id)).cloned()
    }

    /// Whether this exemption covers what the edit would change.
    #[must_use]
    pub fn covers(&self, edit: &Edit, now: u64) -> bool {
        now < self.until && self.id == edit.id && self.value == edit.before
    }
}

/// What becomes of a violation.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// It is put right.
    Apply,
    /// It is only reported.
    Observe,
    /// It waits for a person; the text says why.
    Approve(String),
    /// It is put right at that moment, in milliseconds since 1970, if nobody objects.
    Wait(u64),
    /// Every element of it is exempt.
    Exempt(ExemptElement),
}

impl Decision {
    /// The name of a decision that waits for a person.
    pub const APPROVE: &'static str = "approve";

    /// The name that is printed.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Observe => "observe",
            Self::Approve(_) => Self::APPROVE,
            Self::Wait(_) => "wait",
            Self::Exempt(_) => "exempt",
        }
    }
}

/// One control's violation, with what would put it right.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The control.
    pub control: &'static Meta,
    /// What changes, seen from the state before it in the fold.
    pub delta: Delta,
    /// What is wrong.
    pub detail: String,
    /// What the remediation may break.
    pub safety: Safety,
    /// What its undo restores.
    pub undo: Undo,
    /// Whether somebody uses what it closes.
    pub evidence: Evidence,
    /// What becomes of it.
    pub decision: Decision,
}

/// What a control says that needs no plan.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// As it should be.
    Compliant(String),
    /// A person has to act.
    Advise(String),
    /// It cannot be judged.
    Undecidable(String),
    /// Not the customer's to change.
    NotTheCustomers(String),
}

/// All controls of one setting, judged together.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    /// The state to write; equal to the observed one where nothing is applied.
    pub desired: Elements,
    /// The violations, in catalogue order.
    pub planned: Vec<Planned>,
    /// The other judgements, in catalogue order.
    pub findings: Vec<(&'static Meta, Finding)>,
}

impl Folded {
    /// The plans that are put right.
    pub fn applied(&self) -> impl Iterator<Item = &Planned> {
        self.planned.iter().filter(|p| p.decision == Decision::Apply)
    }

    /// The deltas of the plans that are put right, to compare two readings' plans.
    #[must_use]
    pub fn deltas(&self) -> Vec<(&'static str, Delta)> {
        self.applied().map(|p| (p.control.id, p.delta.without_places())).collect()
    }

    /// Whether every control found the state compliant.
    #[must_use]
    pub fn all_compliant(&self) -> bool {
        self.planned.is_empty()
            && self.findings.iter().all(|(_, f)| matches!(f, Finding::Compliant(_)))
    }
}

/// What bounds a fold besides the context.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'a> {
    /// The exemptions of this setting.
    pub exemptions: &'a [ExemptElement],
    /// Now, in milliseconds since 1970.
    pub now: u64,
    /// Since when the violation is there, in milliseconds since 1970: a period of grace counts from
    /// then.
    pub since: u64,
    /// What a person approved: exactly this is put right, whatever the ceiling.
    pub approved: Option<&'a Delta>,
    /// Whether the change was made by an AWS service: what could break it then waits for a person.
    pub by_service: bool,
}

/// Judges the controls in their order: what one of them is going to change is already changed for
/// the next. Only what will be applied is folded; everything else is planned against the observed
/// state and never reaches the write.
#[must_use]
pub fn fold(
    controls: &[&'static dyn AnyControl],
    resource: &Resource,
    observed: &Elements,
    context: &Context<'_>,
    bounds: Bounds<'_>,
) -> Folded {
    let mut folded = Folded { desired: observed.clone(), ..Folded::default() };
    for control in controls {
        let meta = control.meta();
        let tags = match context.tags(&resource.kind) {
            Ok(tags) => tags,
            Err(error) => {
                folded.findings.push((meta, Finding::Undecidable(error.to_string())));
                continue;
            }
        };
        let enforcement = context.configuration.enforcement_of(meta.id, resource, &tags);
        if enforcement.mode == Mode::Off {
            continue;
        }
        let (responsibility, kind) = demarcate(meta.model, meta.layer);
        if responsibility != Responsibility::Customer && kind != Kind::SharedConfiguration {
            let why = format!("the layer is the responsibility of {}", responsibility.as_str());
            folded.findings.push((meta, Finding::NotTheCustomers(why)));
            continue;
        }
        let judge = Judge { control: *control, resource, enforcement, context, bounds };
        match judge.of(&folded.desired) {
            Ok(Judged::Plan(plan)) if plan.decision == Decision::Apply => {
                folded.desired = plan.delta.apply(&folded.desired);
                folded.planned.push(*plan);
            }
            Ok(Judged::Plan(_)) => match judge.of(observed) {
                Ok(Judged::Plan(plan)) => folded.planned.push(not_applied(*plan)),
                Ok(Judged::Finding(f)) | Err(f) => folded.findings.push((meta, f)),
            },
            Ok(Judged::Finding(finding)) | Err(finding) => folded.findings.push((meta, finding)),
        }
    }
    folded
}

/// A plan against the observed state must not slip into the write when only the folded state
/// was above the ceiling.
fn not_applied(mut plan: Planned) -> Planned {
    if plan.decision == Decision::Apply {
        plan.decision = Decision::Approve("it depends on a remediation that waits".to_owned());
    }
    plan
}

enum Judged {
    Plan(Box<Planned>),
    Finding(Finding),
}

/// One control's judgement of one resource.
struct Judge<'a> {
    control: &'static dyn AnyControl,
    resource: &'a Resource,
    enforcement: Enforcement,
    context: &'a Context<'a>,
    bounds: Bounds<'a>,
}

impl Judge<'_> {
    fn of(&self, state: &Elements) -> Result<Judged, Finding> {
        let meta = self.control.meta();
        let verdict = self.control.judge(self.resource, state, self.context);
        let verdict = verdict.map_err(|e| Finding::Undecidable(e.to_string()))?;
        let finding = |finding| Ok(Judged::Finding(finding));
        let (desired, mut detail, mut safety, mut undo) = match verdict {
            Verdict::Compliant { because } => return finding(Finding::Compliant(because)),
            Verdict::Advise { steps } => return finding(Finding::Advise(steps)),
            Verdict::Undecidable { why } => return finding(Finding::Undecidable(why)),
            Verdict::Violation { desired, detail, safety, undo } => (desired, detail, safety, undo),
        };
        let whole = Delta::between(state, &desired);
        if whole.is_empty() {
            let why = format!("`{}` found a violation and would change nothing", meta.id);
            return Err(Finding::Undecidable(why));
        }
        let evidence = self.control.evidence(self.context);
        let evidence = evidence.map_err(|e| Finding::Undecidable(e.to_string()))?;
        let exemption = whole.edits().find_map(|edit| self.exemption(edit)).cloned();
        let spared = self.spared(state, &whole)?;
        if exemption.is_some()
            && let Some(rest) = self.rest(state, &whole, &spared)
        {
            (detail, safety, undo) = rest;
        }
        let (delta, exempt) = if spared.is_empty() { (whole, exemption) } else { (spared, None) };
        let decision = match exempt {
            Some(exemption) => Decision::Exempt(exemption),
            None => self.decide(&delta, safety, &undo, &evidence),
        };
        let plan = Planned { control: meta, delta, detail, safety, undo, evidence, decision };
        Ok(Judged::Plan(Box::new(plan)))
    }

    fn exemption(&self, edit: &Edit) -> Option<&ExemptElement> {
        self.bounds.exemptions.iter().find(|e| e.covers(edit, self.bounds.now))
    }

    /// The delta without its exempt edits, and without what the service takes only together with
    /// them.
    fn spared(&self, state: &Elements, whole: &Delta) -> Result<Delta, Finding> {
        let delta = whole.filtered(|edit| self.exemption(edit).is_none());
        if delta == *whole {
            return Ok(delta);
        }
        let reached = self
            .control
            .reach(state, &delta.apply(state))
            .map_err(|e| Finding::Undecidable(e.to_string()))?;
        Ok(Delta::between(state, &reached))
    }

    /// What the control says of a violation without its exempt elements: what is left is as safe as
    /// it is itself. `None`: nothing is left, or the control would do something else about it.
    fn rest(
        &self,
        state: &Elements,
        whole: &Delta,
        spared: &Delta,
    ) -> Option<(String, Safety, Undo)> {
        let done = whole.filtered(|edit| self.exemption(edit).is_some()).apply(state);
        let verdict = self.control.judge(self.resource, &done, self.context).ok()?;
        let Verdict::Violation { desired, detail, safety, undo } = verdict else { return None };
        let is_the_rest =
            Delta::between(&done, &desired).without_places() == spared.without_places();
        is_the_rest.then_some((detail, safety, undo))
    }

    fn decide(&self, delta: &Delta, safety: Safety, undo: &Undo, evidence: &Evidence) -> Decision {
        let approved = self.bounds.approved.map(Delta::without_places);
        match self.enforcement.mode {
            Mode::Off | Mode::Observe => Decision::Observe,
            _ if approved.is_some_and(|approved| approved == delta.without_places()) => {
                Decision::Apply
            }
            Mode::Approve => Decision::Approve("the control's mode is approve".to_owned()),
            Mode::Enforce => match self.waits(safety, undo).or_else(|| self.asks(evidence)) {
                Some(why) => Decision::Approve(why),
                None => self.when(),
            },
        }
    }

    /// Why what is enforced waits for a person all the same.
    fn waits(&self, safety: Safety, undo: &Undo) -> Option<String> {
        let (id, ceiling) = (self.control.meta().id, self.enforcement.ceiling);
        if self.context.configuration.protects(self.resource) {
            return Some("the resource is protected: only a person has it changed".to_owned());
        }
        if let Undo::None(why) = undo {
            return Some(format!("there is no way back: {why}"));
        }
        if safety == Safety::Irreversible {
            return Some("the remediation is irreversible".to_owned());
        }
        if safety > ceiling {
            let (safety, ceiling) = (safety.as_str(), ceiling.as_str());
            return Some(format!(
                "the remediation is {safety}, the ceiling of `{id}` is {ceiling}"
            ));
        }
        if self.control.asks_who() && self.context.actor.is_none() {
            return Some("nothing tells who made the change".to_owned());
        }
        if self.bounds.by_service && safety > Safety::Safe {
            let why = "an AWS service made the change, and the remediation may break it";
            return Some(why.to_owned());
        }
        let freeze = self.context.configuration.freeze(id, safety, self.bounds.now)?;
        Some(format!("change freeze until {}: {}", freeze.until, freeze.reason))
    }

    /// Why it waits because of what is known of its use.
    fn asks(&self, evidence: &Evidence) -> Option<String> {
        match (self.enforcement.approval, evidence) {
            (Approval::Never, _) | (_, Evidence::NothingCloses | Evidence::Unused(_)) => None,
            (_, Evidence::Used(by)) => Some(format!("it is in use: {by}")),
            (Approval::WhenUsed, Evidence::NoneAvailable) => None,
            (Approval::UnlessUnused, Evidence::NoneAvailable) => {
                Some("nothing tells whether it is in use".to_owned())
            }
        }
    }

    /// Now, or at the end of the grace.
    fn when(&self) -> Decision {
        let due = self.bounds.since + u64::from(self.enforcement.grace_minutes) * 60_000;
        if self.bounds.now < due { Decision::Wait(due) } else { Decision::Apply }
    }
}
