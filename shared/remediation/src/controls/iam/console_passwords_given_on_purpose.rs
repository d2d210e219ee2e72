//! `iam.console-passwords-given-on-purpose`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::{Baseline, Context},
    control::{Control, Meta, Severity},
    policy::newcomer::Newcomer,
    settings::iam::user_console::{Console, USER_CONSOLE},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Contains a user that had no console password and got one, by itself or by somebody else: the
    /// permissions boundary becomes AWS's policy that denies everything (`AWSDenyAll`), until a person decides.
    /// Those whom you configure as `administrators` or as a pipeline's role may give passwords; a
    /// user that is new may have one, and so may all that had one at the first sweep.
    ///
    /// The password itself stays: who deletes one cannot give it back.
    ///
    /// # Why it is yours
    ///
    /// AWS lets in whoever knows the password. A user that was made for a program, and can sign in
    /// all at once, is a door that nobody watches.
    ///
    /// # Safety
    ///
    /// Disruptive: the user can do nothing any more, with its access keys neither.
    ///
    /// # What undo restores
    ///
    /// Exactly the former permissions boundary, or none.
    pub struct ConsolePasswordsGivenOnPurpose(Console);
    id: "iam.console-passwords-given-on-purpose",
    title: "Console passwords are given to existing users on purpose",
    setting: &USER_CONSOLE,
    context: &[],
    covered_by: &[],
    severity: Severity::High,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Governance,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: true,
    outlives: "the password; what was done with it before",
}

impl Control for ConsolePasswordsGivenOnPurpose {
    type State = Console;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        resource: &Resource,
        observed: &Console,
        context: &Context<'_>,
    ) -> Result<Verdict<Console>, StateError> {
        let compliant = |because: &str| Ok(Verdict::Compliant { because: because.to_owned() });
        if !observed.password {
            return compliant("the user has no console password");
        }
        if observed.is_contained() {
            return compliant("the user can do nothing, with its password neither");
        }
        let before: Option<Console> = context.last_known_good()?;
        if before.is_some_and(|before| before.password && !before.is_contained()) {
            return compliant("the user had a console password before");
        }
        if context.baseline == Baseline::Never {
            return compliant("the user is new, and got its console password with its making");
        }
        // Nor may the user itself: whoever stole its key would.
        Ok(match Newcomer::of(context, &resource.account, |_| false) {
            Newcomer::Meant(because) => Verdict::Compliant { because },
            Newcomer::Unknown(why) => Verdict::Undecidable { why },
            Newcomer::Unasked(by) => Verdict::Violation {
                desired: Console { boundary: Some(deny_all(resource)), ..observed.clone() },
                detail: format!("a console password was given by {by}"),
                safety: Safety::Disruptive,
                undo: Undo::Exact,
            },
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }

    fn asks_who(&self) -> bool {
        true
    }
}

fn deny_all(resource: &Resource) -> String {
    format!("arn:{}:iam::aws:policy/AWSDenyAll", resource.partition())
}
