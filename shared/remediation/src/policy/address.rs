//! Ranges of IP addresses.

use std::net::IpAddr;

/// A range in CIDR notation, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    address: IpAddr,
    prefix: u8,
}

impl Range {
    /// Reads `203.0.113.0/24`, `2001:db8::/32`, or an address without a prefix. `None` for
    /// anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |p| p.parse().ok())?;
        (prefix <= longest).then_some(Self { address, prefix })
    }

    /// Whether the range is so large that it is as good as the whole internet: shorter than the
    /// given prefix for its family. Private ranges (RFC 1918, RFC 4193) never are.
    ///
    /// The prefix decides and not the text: `0.0.0.0/0`, `1.2.3.4/0` and both halves `0.0.0.0/1`
    /// and `128.0.0.0/1` are the world, `0.0.0.0/16` is not.
    #[must_use]
    pub fn is_world(self, shorter_than: Prefixes) -> bool {
        match self.address {
            IpAddr::V4(_) => self.prefix < shorter_than.v4,
            IpAddr::V6(address) => {
                let unique_local = (address.segments()[0] & 0xfe00) == 0xfc00 && self.prefix >= 7;
                self.prefix < shorter_than.v6 && !unique_local
            }
        }
    }

    /// Whether every address of the other range is in this one.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        let bits = |address: IpAddr| match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let ((own, width), (others, others_width)) = (bits(self.address), bits(other.address));
        let outside = u32::from(width - self.prefix);
        width == others_width
            && self.prefix <= other.prefix
            && own.checked_shr(outside) == others.checked_shr(outside)
    }
}

/// From which prefix on a range is no longer the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefixes {
    /// For IPv4.
    pub v4: u8,
    /// For IPv6.
    pub v6: u8,
}

/// Amazon S3's own limits: "values broader than /8 for IPv4 and /32 for IPv6" are public (Amazon
/// S3 User Guide, "The meaning of public").
pub const S3: Prefixes = Prefixes { v4: 8, v6: 32 };

/// Limits for a network rule: no single organisation holds more than an IPv4 /8 or an IPv6 /16.
pub const NETWORK: Prefixes = Prefixes { v4: 8, v6: 16 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_decides_and_not_the_text() {
        for world in
            ["0.0.0.0/0", "208.236.235.254/0", "128.0.0.0/1", "0.0.0.0/7", "::/0", "8000::/1"]
        {
            assert!(Range::parse(world).unwrap().is_world(NETWORK), "not the world: {world}");
        }
        for part in ["0.0.0.0/16", "11.0.0.0/8", "203.0.113.7", "2001::/16", "::1", "fc00::/7"] {
            assert!(!Range::parse(part).unwrap().is_world(NETWORK), "the world: {part}");
        }
        assert!(Range::parse("2001::/16").unwrap().is_world(S3));
    }

    #[test]
    fn a_range_contains_its_parts_of_the_same_family() {
        let contains = |whole: &str, part: &str| {
            Range::parse(whole).unwrap().contains(Range::parse(part).unwrap())
        };
        for (whole, part) in [
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("::/0", "::/0"),
            ("0.0.0.0/0", "203.0.113.7"),
            ("10.0.0.0/8", "10.255.0.0/16"),
            ("2001:db8::/32", "2001:db8:1::/48"),
        ] {
            assert!(contains(whole, part), "{whole} {part}");
        }
        for (whole, part) in [
            ("0.0.0.0/1", "0.0.0.0/0"),
            ("10.0.0.0/8", "11.0.0.0/16"),
            ("::/0", "0.0.0.0/0"),
            ("0.0.0.0/0", "::/0"),
            ("203.0.113.7", "203.0.113.8"),
            ("2001:db8::/32", "2001:db9::/48"),
        ] {
            assert!(!contains(whole, part), "{whole} {part}");
        }
    }

    #[test]
    fn what_is_no_range_is_not_read() {
        for text in ["", "*", "0.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "10.0.0.0/-1"] {
            assert_eq!(Range::parse(text), None, "read: {text}");
        }
    }
}
