//! RFC 3339 timestamps, read by hand: the crate needs nothing else of a calendar.

/// Seconds since 1970-01-01T00:00:00Z of an RFC 3339 timestamp.
///
/// CloudTrail writes `2024-08-01T12:23:55Z`; a fraction (cut off) and an offset
/// are understood too. Anything else, or a time before 1970, is `None`: a
/// timestamp that we cannot read is no reason to lose the change.
#[must_use]
pub fn unix_seconds(text: &str) -> Option<u64> {
    let (date, rest) = text.trim().split_once(['T', 't', ' '])?;
    let (clock, offset) = split_offset(rest)?;
    let seconds = days(date)? * 86_400 + seconds_of_day(clock)? - offset;
    u64::try_from(seconds).ok()
}

/// Splits the time of day from its offset, the latter in seconds east of UTC.
fn split_offset(text: &str) -> Option<(&str, i64)> {
    if let Some(clock) = text.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let at = text.rfind(['+', '-'])?;
    let (clock, offset) = text.split_at_checked(at)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let seconds = number(hours, 2, 0, 23)? * 3_600 + number(minutes, 2, 0, 59)? * 60;
    Some((clock, if offset.starts_with('-') { -seconds } else { seconds }))
}

fn seconds_of_day(text: &str) -> Option<i64> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let mut parts = whole.split(':');
    let hours = number(parts.next()?, 2, 0, 23)?;
    let minutes = number(parts.next()?, 2, 0, 59)?;
    // 60 is a leap second.
    let seconds = number(parts.next()?, 2, 0, 60)?;
    parts.next().is_none().then_some(hours * 3_600 + minutes * 60 + seconds)
}

/// Days since 1970-01-01 of `YYYY-MM-DD`, after Howard Hinnant's `days_from_civil`.
fn days(text: &str) -> Option<i64> {
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4, 0, 9_999)?;
    let month = number(parts.next()?, 2, 1, 12)?;
    let day = number(parts.next()?, 2, 1, 31)?;
    if parts.next().is_some() || day > length_of(year, month) {
        return None;
    }
    // March is the first month, so that the leap day is the last day of the year.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn length_of(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn number(text: &str, digits: usize, least: i64, most: i64) -> Option<i64> {
    if text.len() != digits || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|value| (least..=most).contains(value))
}
