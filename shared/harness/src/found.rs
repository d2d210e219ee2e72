//! Telling "there is no such configuration" and "there is no such resource" from errors.

use crate::Error;

/// What a reading call found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<T> {
    /// The configuration.
    Here(T),
    /// The resource is there, and has no such configuration.
    Absent,
    /// There is no such resource.
    Gone,
}

impl<T> Found<T> {
    /// Sorts a call's result by the service's error codes; S3 and others do not model them all as
    /// error types.
    ///
    /// # Errors
    /// Every other error.
    pub fn sort(result: Result<T, Error>, absent: &[&str], gone: &[&str]) -> Result<Self, Error> {
        match result {
            Ok(value) => Ok(Self::Here(value)),
            Err(error) if absent.iter().any(|code| error.has_code(code)) => Ok(Self::Absent),
            Err(error) if gone.iter().any(|code| error.has_code(code)) => Ok(Self::Gone),
            Err(error) => Err(error),
        }
    }

    /// The configuration, with a value for an absent one; `None` where the resource is gone.
    pub fn or(self, absent: impl FnOnce() -> T) -> Option<T> {
        match self {
            Self::Here(value) => Some(value),
            Self::Absent => Some(absent()),
            Self::Gone => None,
        }
    }

    /// The same about another value.
    pub fn map<U>(self, convert: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Self::Here(value) => Found::Here(convert(value)),
            Self::Absent => Found::Absent,
            Self::Gone => Found::Gone,
        }
    }
}
