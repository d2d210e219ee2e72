//! Settings that are put back again and again: when one is contested, and the pauses that grow.

use serde::{Deserialize, Serialize};

/// No pause is longer than this, in milliseconds: an hour.
pub const LONGEST_PAUSE_MILLIS: u64 = 60 * MINUTE;

const MINUTE: u64 = 60_000;
/// Pauses double so often, and are an hour then.
const DOUBLINGS: u32 = 6;

/// How many times are kept in one setting's item.
pub const REMEMBERED: usize = 16;

/// When a setting is contested: after so many remediations within so many minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Contested {
    /// How many remediations, 16 at most; 0: no setting is ever contested.
    pub remediations: u32,
    /// Within how many minutes. So long after the last pause without another remediation, the
    /// setting is no longer contested.
    pub window_minutes: u32,
}

impl Default for Contested {
    fn default() -> Self {
        Self { remediations: 3, window_minutes: 60 }
    }
}

/// What is remembered of a setting's remediations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repeats {
    /// When it was put right, in milliseconds since 1970: the last times, the oldest first.
    pub times: Vec<u64>,
    /// How many remediations in a row, the last one included, left it contested; 0: not contested.
    pub contested: u32,
}

impl Contested {
    /// What is wrong with it, if anything.
    pub(crate) fn fault(self) -> Option<String> {
        if usize::try_from(self.remediations).is_ok_and(|count| count > REMEMBERED) {
            return Some(format!("`remediations` is more than {REMEMBERED}"));
        }
        let day = 24 * 60;
        let within = (1..=day).contains(&self.window_minutes);
        (!within).then(|| format!("`window_minutes` is not between 1 and {day}"))
    }

    /// Until when nothing is written, in milliseconds since 1970; the past where it may be written.
    /// `None`: the setting is not contested at `now`.
    #[must_use]
    pub fn pause(self, repeats: &Repeats, now: u64) -> Option<u64> {
        // A time that another machine's clock put into the future prolongs no pause.
        let last = (*repeats.times.last()?).min(now);
        let doublings = repeats.contested.checked_sub(1)?.min(DOUBLINGS);
        let until = last + (MINUTE << doublings).min(LONGEST_PAUSE_MILLIS);
        (self.remediations > 0 && now <= until + self.window()).then_some(until)
    }

    /// What is remembered after one more remediation.
    #[must_use]
    pub fn after(self, repeats: &Repeats, now: u64) -> Repeats {
        let times = latest(&repeats.times, Some(now));
        let within = times.iter().filter(|at| now.saturating_sub(**at) <= self.window()).count();
        let enough = usize::try_from(self.remediations).is_ok_and(|count| within >= count);
        let contested = match self.pause(repeats, now) {
            Some(_) => repeats.contested.saturating_add(1),
            None => u32::from(self.remediations > 0 && enough),
        };
        Repeats { times, contested }
    }

    fn window(self) -> u64 {
        u64::from(self.window_minutes) * MINUTE
    }
}

/// The latest of these times, with one more.
#[must_use]
pub fn latest(times: &[u64], more: Option<u64>) -> Vec<u64> {
    let all: Vec<u64> = times.iter().copied().chain(more).collect();
    all.get(all.len().saturating_sub(REMEMBERED)..).unwrap_or_default().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 1_700_000_000_000;
    const USUAL: Contested = Contested { remediations: 3, window_minutes: 60 };

    fn at(minutes: &[u64]) -> Repeats {
        let times = minutes.iter().map(|minute| START + minute * MINUTE);
        times.fold(Repeats::default(), |repeats, at| USUAL.after(&repeats, at))
    }

    fn minutes_left(repeats: &Repeats, now: u64) -> Option<u64> {
        let now = START + now * MINUTE;
        USUAL.pause(repeats, now).map(|until| until.saturating_sub(now) / MINUTE)
    }

    #[test]
    fn the_third_remediation_within_the_window_makes_a_contest() {
        assert_eq!(minutes_left(&at(&[0, 60]), 60), None);
        assert_eq!(minutes_left(&at(&[0, 30, 60]), 60), Some(1));
        assert_eq!(minutes_left(&at(&[0, 30, 61]), 61), None);
        assert_eq!(minutes_left(&at(&[0, 30, 61, 62]), 62), Some(1));
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        let mut repeats = at(&[0, 0, 0]);
        let mut now = START;
        let mut pauses = Vec::new();
        for _ in 0..9 {
            let until = USUAL.pause(&repeats, now).unwrap();
            pauses.push((until - now) / MINUTE);
            now = until;
            repeats = USUAL.after(&repeats, now);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn a_contest_ends_when_a_window_passes_after_the_pause() {
        let repeats = at(&[0, 0, 0]);
        assert_eq!(minutes_left(&repeats, 61), Some(0));
        assert_eq!(minutes_left(&repeats, 62), None);
        let later = USUAL.after(&repeats, START + 62 * MINUTE);
        assert_eq!(later.contested, 0);
    }

    #[test]
    fn where_it_is_switched_off_nothing_is_contested() {
        let never = Contested { remediations: 0, ..USUAL };
        assert_eq!(never.after(&at(&[0, 0, 0]), START).contested, 0);
        assert_eq!(never.pause(&at(&[0, 0, 0]), START), None);
    }

    #[test]
    fn only_the_latest_times_are_kept() {
        let times = (1..=20).fold(Vec::new(), |times, now| latest(&times, Some(now)));
        assert_eq!(times, (5..=20).collect::<Vec<u64>>());
        assert_eq!(latest(&times, None), times);
    }
}
