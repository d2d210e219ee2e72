//! What can go wrong, with what to do next.

use std::io::Write;

use anstyle::{AnsiColor, Style};

use crate::{Status, answer::Refusal, function::Function, show::clean};

/// Why a command did not do what was asked.
#[derive(Debug)]
pub(crate) enum Error {
    /// Whatever the tool finds out itself; the text says what is wrong and what to do.
    Message(String),
    /// There is nobody to sign as.
    Credentials(String),
    /// An operator could not be reached.
    Network {
        /// Where it should be.
        url: String,
        /// Why it was not reached.
        cause: String,
    },
    /// An operator, or what stands before it, answered with an error.
    Refused {
        /// Whose operator.
        function: Function,
        /// What it answered.
        refusal: Refusal,
    },
    /// An operator's answer is not understood.
    Answer {
        /// Where it came from.
        url: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A file or a stream.
    Io {
        /// What was read or written.
        what: String,
        /// What the system says.
        cause: std::io::Error,
    },
}

impl Error {
    /// A file or a stream that could not be read or written.
    pub(crate) fn io(what: impl Into<String>, cause: std::io::Error) -> Self {
        Self::Io { what: what.into(), cause }
    }

    /// Whether the operator answered that what is asked for is another's.
    pub(crate) fn is_anothers(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if refusal.is_anothers())
    }

    /// Whether an operator understood what was asked for, and will not do it.
    pub(crate) fn is_decision(&self) -> bool {
        matches!(self, Self::Refused { refusal, .. } if refusal.is_decision())
    }

    /// Whether asking another operator would end in the same way.
    pub(crate) fn ends_all(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Credentials(_))
    }

    /// Says it and goes on with the next; what would end every other in the same way ends all.
    pub(crate) fn passed_over(self) -> Result<Status, Self> {
        if self.ends_all() {
            return Err(self);
        }
        self.print();
        Ok(Status::Partly)
    }

    /// Prints it on standard error; a reader that went away is no news to anybody.
    pub(crate) fn print(&self) {
        if matches!(self, Self::Io { cause, .. } if cause.kind() == std::io::ErrorKind::BrokenPipe)
        {
            return;
        }
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let mut err = anstream::stderr().lock();
        let text = clean(&self.to_string());
        // There is nowhere left to say that standard error is closed.
        let _ = writeln!(err, "{red}demarc:{red:#} {text}");
        if let Some(next) = self.next() {
            let _ = writeln!(err, "  {next}");
        }
    }

    /// What to do next, where the message does not say it.
    fn next(&self) -> Option<String> {
        match self {
            Self::Message(_) | Self::Io { .. } => None,
            Self::Credentials(_) => Some(
                "sign in (`aws sso login`), or name a profile with `--profile`; `aws sts get-caller-identity` says who you are"
                    .to_owned(),
            ),
            Self::Network { .. } => Some(
                "check the network and the URL; after the stack was made anew run `demarc connect` again"
                    .to_owned(),
            ),
            Self::Refused { refusal, .. } => Some(refusal.next().to_owned()),
            Self::Answer { .. } => Some(
                "compare `demarc --version` with the deployed release, and look whether the URL is an operator's"
                    .to_owned(),
            ),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Message(text) => f.write_str(text),
            Self::Credentials(cause) => write!(f, "there are no credentials to sign with: {cause}"),
            Self::Network { url, cause } => write!(f, "`{url}` was not reached: {cause}"),
            Self::Refused { function, refusal } => {
                write!(f, "the operator of `{}` answered {refusal}", function.as_str())
            }
            Self::Answer { url, cause } => {
                write!(f, "the answer of `{url}` is not understood: {cause}")
            }
            Self::Io { what, cause } => write!(f, "{what}: {cause}"),
        }
    }
}

impl std::error::Error for Error {}
