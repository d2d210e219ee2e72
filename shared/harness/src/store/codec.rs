//! Images are stored compressed, and entries are chained by hash.

use std::{cell::RefCell, io::Read};

use flate2::{Compress, Compression, FlushCompress, Status, read::ZlibDecoder};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::Error;

/// The most that an image may take in an item, of DynamoDB's 400 KB.
pub(super) const LARGEST: usize = 350 * 1024;

/// The JSON text of a typed value: what is stored, and what is hashed.
pub(super) fn text<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::Internal(format!("not serializable: {e}")))
}

thread_local! {
    /// Kept: its 300 KB would be given back to the system and faulted in again for each entry.
    static ENCODER: RefCell<Compress> = RefCell::new(Compress::new(Compression::default(), true));
}

pub(super) fn pack(key: &str, text: &str) -> Result<Vec<u8>, Error> {
    let packed = ENCODER
        .with_borrow_mut(|encoder| deflate(encoder, text.as_bytes()))
        .map_err(|e| Error::Internal(format!("cannot compress `{key}`: {e}")))?;
    if packed.len() > LARGEST {
        return Err(Error::TooLargeToJournal { key: key.to_owned(), bytes: packed.len() });
    }
    Ok(packed)
}

fn deflate(encoder: &mut Compress, mut text: &[u8]) -> Result<Vec<u8>, flate2::CompressError> {
    encoder.reset();
    let mut packed = Vec::with_capacity(text.len() / 2 + 128);
    loop {
        let before = encoder.total_in();
        let status = encoder.compress_vec(text, &mut packed, FlushCompress::Finish)?;
        let taken = usize::try_from(encoder.total_in() - before).unwrap_or(usize::MAX);
        text = text.get(taken..).unwrap_or_default();
        if status == Status::StreamEnd {
            return Ok(packed);
        }
        packed.reserve(packed.capacity());
    }
}

pub(super) fn unpack<T: DeserializeOwned>(key: &str, packed: &[u8]) -> Result<T, Error> {
    let unreadable =
        |e: String| Error::Internal(format!("the journal's item `{key}` is not readable: {e}"));
    let mut text = String::new();
    ZlibDecoder::new(packed).read_to_string(&mut text).map_err(|e| unreadable(e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| unreadable(e.to_string()))
}

/// The hash that chains an entry to the one before it.
pub(super) fn chain(previous: &str, text: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(previous.as_bytes());
    hash.update(text.as_bytes());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let packed = pack("k", "[1,2,3]").unwrap();
        assert_eq!(unpack::<Vec<u8>>("k", &packed).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn an_image_that_does_not_fit_is_refused() {
        let mut seed = 1_u32;
        let noise: String = (0..LARGEST * 2)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from(b' ' + u8::try_from((seed >> 24) % 90).unwrap())
            })
            .collect();
        assert!(matches!(pack("k", &noise), Err(Error::TooLargeToJournal { .. })));
    }
}
