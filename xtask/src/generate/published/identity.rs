//! Identifiers that are the same each time.

use sha1::{Digest, Sha1};
use uuid::{Builder, Uuid};

/// The namespace of this project's own properties, and of its identifiers.
pub const NAMESPACE: &str = "urn:demarc:oscal";

/// The identifier of that name in this project's namespace.
pub fn identifier(name: &str) -> String {
    version_5(version_5(Uuid::NAMESPACE_URL, NAMESPACE), name).to_string()
}

/// RFC 9562's version 5: made of a name.
fn version_5(namespace: Uuid, name: &str) -> Uuid {
    let digest = Sha1::new().chain_update(namespace.as_bytes()).chain_update(name).finalize();
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(digest) {
        *byte = hashed;
    }
    Builder::from_sha1_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_example_of_the_rfc() {
        let uuid = version_5(Uuid::NAMESPACE_DNS, "www.example.com");
        assert_eq!(uuid.to_string(), "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    #[test]
    fn another_name_is_another_identifier() {
        assert_ne!(identifier("a"), identifier("b"));
        assert_eq!(identifier("a"), identifier("a"));
    }
}
