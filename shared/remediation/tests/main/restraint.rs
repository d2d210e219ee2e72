//! What holds for every fight and every budget.

use demarc_remediation::{
    budget::{Budget, Payer},
    configuration::Configuration,
    contest::{Contested, LONGEST_PAUSE_MILLIS, Repeats},
    verdict::Safety,
};
use proptest::prelude::*;

const START: u64 = 1_700_000_000_000;
const MINUTE: u64 = 60_000;

fn rules() -> impl Strategy<Value = Contested> {
    (0_u32..=16, 1_u32..=1_440)
        .prop_map(|(remediations, window_minutes)| Contested { remediations, window_minutes })
}

/// Times between a remediation and the next violation, from seconds to days.
fn gaps() -> impl Strategy<Value = Vec<u64>> {
    let gap = prop_oneof![0..MINUTE, 0..60 * MINUTE, 0..3 * 24 * 60 * MINUTE];
    prop::collection::vec(gap, 1..60)
}

proptest! {
    #[test]
    fn threat_05_no_pause_is_longer_than_an_hour_and_none_is_for_nothing(
        rule in rules(),
        gaps in gaps(),
        ahead in 0..10 * MINUTE,
    ) {
        let (mut now, mut repeats, mut all) = (START, Repeats::default(), Vec::new());
        for gap in gaps {
            now += gap;
            let pause = rule.pause(&repeats, now);
            // Another machine's clock may be behind the one that wrote.
            let behind = rule.pause(&repeats, now - ahead);
            prop_assert!(behind.is_none_or(|until| until <= now - ahead + LONGEST_PAUSE_MILLIS));
            if let Some(until) = pause {
                prop_assert!(until <= now + LONGEST_PAUSE_MILLIS);
                now = now.max(until);
            }
            repeats = rule.after(&repeats, now);
            all.push(now);
            // Contested is what came often enough within a window, at some time.
            let count = usize::try_from(rule.remediations).unwrap();
            let window = u64::from(rule.window_minutes) * MINUTE;
            let often = count > 0 && all.windows(count).any(|w| w[count - 1] - w[0] <= window);
            prop_assert!(repeats.contested == 0 || often);
            prop_assert!(repeats.times.len() <= 16);
        }
        // Left alone, it is contested no longer.
        let calm = now + LONGEST_PAUSE_MILLIS + u64::from(rule.window_minutes) * MINUTE + 1;
        prop_assert_eq!(rule.pause(&repeats, calm), None);
    }

    #[test]
    fn threat_21_what_is_disruptive_never_has_more_than_what_is_safe(
        per_hour in 1_u32..10_000,
        reserve_for_safe in 0_u32..10_000,
        without_actor in 1_u32..10_000,
    ) {
        let budget = Budget { per_hour, reserve_for_safe, without_actor };
        for payer in [Payer::Actor("a".to_owned()), Payer::Unknown, Payer::Nobody] {
            let safe = budget.limit(&payer, Safety::Safe);
            for safety in [Safety::Disruptive, Safety::Irreversible] {
                let rest = budget.limit(&payer, safety);
                prop_assert_eq!(rest, safe.saturating_sub(reserve_for_safe));
            }
        }
    }
}

#[test]
fn what_can_mean_nothing_is_refused_with_its_table() {
    for (document, what) in [
        ("[contested]\nremediations = 17", "`contested`: `remediations` is more than 16"),
        ("[contested]\nwindow_minutes = 0", "`contested`: `window_minutes` is not between 1"),
        ("[contested]\nwindow_minutes = 1441", "`contested`: `window_minutes` is not between 1"),
        ("[contested]\npause = 1", "unknown field"),
        ("[budget]\nper_hour = 0\nreserve_for_safe = 0", "`budget`: `per_hour` and"),
        ("[budget]\nper_hour = 10", "`reserve_for_safe` is more than the whole budget"),
        ("[budget]\nwithout_actor = 10", "`reserve_for_safe` is more than the whole budget"),
        ("[protected]\nresources = [\"prod-*\"]", "`protected`: `resources` has `prod-*`"),
    ] {
        let error = Configuration::parse(document, &[]).expect_err(document).to_string();
        assert!(error.contains(what), "{error}");
    }
}
