//! What can happen, and how often.

use proptest::prelude::*;

use crate::{resource::places, trouble::Trouble};

/// Who acts: ordinary roles, and the last one a configured pipeline's.
pub const ACTORS: u8 = 4;

/// One step of a history.
#[derive(Clone, Debug)]
pub enum Step {
    /// Somebody changes a resource; the event arrives some seconds later, and perhaps again.
    Act { actor: u8, place: usize, choice: usize, delay: u64, again: Option<u64> },
    /// An event tells of a change that nobody made, in this account or in another.
    Forge { actor: u8, place: usize, choice: usize, is_stranger: bool, delay: u64 },
    /// Somebody deletes a resource.
    Remove { place: usize },
    /// Somebody takes a remediation back.
    Undo { which: usize, by: Option<u8> },
    /// Somebody approves what waits.
    Approve { which: usize, by: Option<u8> },
    /// Somebody exempts what is wrong with a resource.
    Exempt { place: usize, hours: u64 },
    /// The kill switch, on or off.
    Stop { on: bool },
    /// Something goes wrong with a later call.
    Trouble { calls: usize, trouble: Trouble },
    /// Time passes, and what arrives is handled, one after the other or side by side.
    Wait { seconds: u64, side_by_side: bool },
    /// The schedule's settle pass.
    Settle,
    /// The schedule's sweep.
    Sweep,
    /// Lambda replaces a sandbox.
    Forget { sandbox: usize },
}

/// Any step.
pub fn step() -> impl Strategy<Value = Step> {
    let place = || 0..places().len();
    let somebody = || prop_oneof![3 => Just(None), 1 => (0..ACTORS).prop_map(Some)];
    let act = (0..ACTORS, place(), any::<usize>(), 0..300u64, again());
    let forge = (0..ACTORS, place(), any::<usize>(), any::<bool>(), 0..300u64);
    prop_oneof![
        30 => act.prop_map(|(actor, place, choice, delay, again)| {
            Step::Act { actor, place, choice, delay, again }
        }),
        4 => forge.prop_map(|(actor, place, choice, is_stranger, delay)| {
            Step::Forge { actor, place, choice, is_stranger, delay }
        }),
        1 => place().prop_map(|place| Step::Remove { place }),
        4 => (any::<usize>(), somebody()).prop_map(|(which, by)| Step::Undo { which, by }),
        3 => (any::<usize>(), somebody()).prop_map(|(which, by)| Step::Approve { which, by }),
        1 => (place(), 1..12u64).prop_map(|(place, hours)| Step::Exempt { place, hours }),
        2 => prop::bool::weighted(0.4).prop_map(|on| Step::Stop { on }),
        6 => (0..40usize, trouble()).prop_map(|(calls, trouble)| Step::Trouble { calls, trouble }),
        25 => (1..90u64, any::<bool>()).prop_map(|(seconds, side_by_side)| {
            Step::Wait { seconds, side_by_side }
        }),
        4 => Just(Step::Settle),
        1 => Just(Step::Sweep),
        2 => (0..crate::ground::SANDBOXES).prop_map(|sandbox| Step::Forget { sandbox }),
    ]
}

fn again() -> impl Strategy<Value = Option<u64>> {
    prop_oneof![4 => Just(None), 1 => (0..600u64).prop_map(Some)]
}

fn trouble() -> impl Strategy<Value = Trouble> {
    prop_oneof![
        Just(Trouble::Crash),
        Just(Trouble::CrashAfter),
        Just(Trouble::Refused),
        Just(Trouble::Unanswered),
        Just(Trouble::Repeated),
    ]
}
