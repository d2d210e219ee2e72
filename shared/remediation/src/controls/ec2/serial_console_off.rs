//! `ec2.serial-console-off`

use demarc_classification::{Layer, Resource, ServiceModel};

use crate::{
    context::Context,
    control::{Control, Meta, Severity},
    settings::ec2::serial_console::{SERIAL_CONSOLE, SerialConsole},
    state::StateError,
    verdict::{Evidence, Safety, Undo, Verdict},
};

crate::control! {
    /// # What it does
    ///
    /// Switches off the access to the serial consoles of the region's instances, which goes past
    /// their security groups, network ACLs and key pairs.
    ///
    /// # Why it is yours
    ///
    /// AWS connects whom your IAM policies let in. Whether there is such a way in at all is yours
    /// to say.
    ///
    /// # Safety
    ///
    /// Safe where it was off until this change. Disruptive otherwise: somebody may be repairing an
    /// instance that cannot be reached in another way.
    ///
    /// # What undo restores
    ///
    /// Exactly that it is on.
    pub struct SerialConsoleOff(SerialConsole);
    id: "ec2.serial-console-off",
    title: "The serial consoles of instances cannot be reached",
    setting: &SERIAL_CONSOLE,
    context: &[],
    covered_by: &[],
    severity: Severity::Medium,
    layer: Layer::IdentityAndAccess,
    model: ServiceModel::Infrastructure,
    safety: Safety::Disruptive,
    security_hub: &[],
    frameworks: &[],
    exposure: false,
    outlives: "what was done at a console while it was on",
}

impl Control for SerialConsoleOff {
    type State = SerialConsole;
    const META: &'static Meta = Self::META;

    fn judge(
        &self,
        _: &Resource,
        observed: &SerialConsole,
        context: &Context<'_>,
    ) -> Result<Verdict<SerialConsole>, StateError> {
        if !observed.access {
            return Ok(Verdict::Compliant {
                because: "serial consoles cannot be reached".to_owned(),
            });
        }
        if observed.managed_by_policy {
            let steps = "change it in the organization's declarative policy for EC2, which sets it for this account";
            return Ok(Verdict::Advise { steps: steps.to_owned() });
        }
        let was_good = context.was_until_now(|before: &SerialConsole| !before.access)?;
        Ok(Verdict::Violation {
            desired: SerialConsole { access: false, ..*observed },
            detail: "the serial consoles of instances can be reached, past security groups and key pairs".to_owned(),
            safety: if was_good { Safety::Safe } else { Safety::Disruptive },
            undo: Undo::Exact,
        })
    }

    fn evidence(&self, _: &Context<'_>) -> Result<Evidence, StateError> {
        Ok(Evidence::NoneAvailable)
    }
}
