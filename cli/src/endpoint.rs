//! Where an operator is reached.

use std::{net::Ipv4Addr, str::FromStr};

/// An operator's Function URL, or a local gateway's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    url: String,
}

impl Endpoint {
    /// The URL as it was given.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The region that a Function URL names: `https://<id>.lambda-url.<region>.on.aws/`.
    pub(crate) fn region(&self) -> Option<&str> {
        let mut parts = host(&self.url)?.split('.').skip(1);
        (parts.next() == Some("lambda-url")).then(|| parts.next()).flatten()
    }
}

impl FromStr for Endpoint {
    type Err = String;

    /// Session credentials go over the connection, so it has to be encrypted, or local.
    fn from_str(url: &str) -> Result<Self, String> {
        let host = host(url).ok_or_else(|| format!("`{url}` is no `https://` URL"))?;
        let loopback = |ip: Ipv4Addr| ip.is_loopback();
        let local = host == "localhost" || host == "[::1]" || host.parse().is_ok_and(loopback);
        if url.starts_with("http://") && !local {
            return Err(format!("`{url}` is not encrypted: say `https://`"));
        }
        if url.contains(['?', '#', '@']) || url.contains(char::is_whitespace) {
            return Err(format!(
                "`{url}` is more than a URL of an operator: leave out `?`, `#`, `@`"
            ));
        }
        Ok(Self { url: format!("{}/", url.trim_end_matches('/')) })
    }
}

fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split('/').next().unwrap_or_default();
    let end = match authority.rfind(']') {
        Some(bracket) => bracket + 1,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    authority.get(..end).filter(|host| !host.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_url_names_its_region() {
        let endpoint: Endpoint = "https://abc.lambda-url.eu-west-1.on.aws".parse().unwrap();
        assert_eq!(endpoint.region(), Some("eu-west-1"));
        assert_eq!(endpoint.url(), "https://abc.lambda-url.eu-west-1.on.aws/");
        let local: Endpoint = "http://127.0.0.1:9000/s3".parse().unwrap();
        assert_eq!(local.region(), None);
    }

    #[test]
    fn credentials_do_not_travel_in_clear() {
        for url in ["http://abc.lambda-url.eu-west-1.on.aws/", "http://127.example.com/"] {
            assert!(url.parse::<Endpoint>().is_err(), "taken: {url}");
        }
        for url in ["http://localhost:1/", "http://[::1]:1/", "https://example.com"] {
            assert!(url.parse::<Endpoint>().is_ok(), "refused: {url}");
        }
        for url in ["", "s3", "ftp://x", "https://", "https://x/?a", "https://u@x/", "https://x y"]
        {
            assert!(url.parse::<Endpoint>().is_err(), "taken: {url}");
        }
    }
}
