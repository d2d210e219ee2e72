//! Patterns with `*` and `?`, as IAM matches them.

/// Whether the text has a wildcard.
pub(super) fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?'])
}

/// Whether the pattern matches the whole text: `*` is any run of characters, `?` any one.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // `reached[i]`: what was read of the pattern so far matches the first `i` characters.
    let mut reached: Vec<bool> = (0..=text.len()).map(|i| i == 0).collect();
    for symbol in pattern.chars() {
        reached = step(symbol, &reached, &text);
    }
    reached.last().copied().unwrap_or(false)
}

fn step(symbol: char, reached: &[bool], text: &[char]) -> Vec<bool> {
    if symbol == '*' {
        let first = reached.iter().position(|r| *r).unwrap_or(reached.len());
        return (0..reached.len()).map(|i| i >= first).collect();
    }
    let moved = reached.iter().zip(text).map(|(r, c)| *r && (symbol == '?' || symbol == *c));
    std::iter::once(false).chain(moved).collect()
}

/// Whether the pattern matches every text that starts with `start`, as far as can be told without
/// looking into the middle of it: it ends in `*` and matches `start` itself.
pub(super) fn matches_all_under(pattern: &str, start: &str) -> bool {
    pattern.ends_with('*') && matches(pattern, start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stand_for_what_iam_lets_them_stand_for() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "anything", true),
            ("a*c", "abbc", true),
            ("a*c", "ab", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("abc", "abcd", false),
            ("", "a", false),
            ("*b*", "abc", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "`{pattern}` on `{text}`");
        }
        assert!(matches_all_under("arn:aws:s3:::b*", "arn:aws:s3:::b/"));
        assert!(!matches_all_under("arn:aws:s3:::b/logs/*", "arn:aws:s3:::b/"));
        assert!(!matches_all_under("arn:aws:s3:::b/", "arn:aws:s3:::b/"));
    }
}
