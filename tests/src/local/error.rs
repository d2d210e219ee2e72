use std::fmt;

/// Why a part of the local run could not do its work.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The emulator could not be installed.
    Setup(String),
    /// A process could not be started, or ended.
    Process(String),
    /// Something did not happen in time.
    Timeout(String),
    /// A request to a local server failed, or was refused.
    Request(String),
    /// The template cannot be read or resolved.
    Template(String),
    /// EventBridge would refuse the pattern.
    Pattern(String),
    /// The system refused a file, a socket or a thread.
    Io(String, std::io::Error),
}

impl Error {
    /// Says what was attempted when the system refused.
    pub(crate) fn io(attempt: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let attempt = attempt.into();
        move |source| Self::Io(attempt, source)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(text) => write!(f, "set-up of the emulator failed: {text}"),
            Self::Process(text) => write!(f, "process: {text}"),
            Self::Timeout(text) => write!(f, "out of time: {text}"),
            Self::Request(text) => write!(f, "request failed: {text}"),
            Self::Template(text) => write!(f, "template: {text}"),
            Self::Pattern(text) => write!(f, "event pattern: {text}"),
            Self::Io(attempt, source) => write!(f, "cannot {attempt}: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(_, source) => Some(source),
            _ => None,
        }
    }
}
