//! Why a command failed, and the exit code that says so.

use std::process::ExitCode;

/// A failed command.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the user wrote is wrong, and has been reported.
    Reported,
    /// What the user wrote is wrong.
    Input(anyhow::Error),
    /// The command cannot be used like this.
    Usage(anyhow::Error),
    /// The database said no.
    Database(seedbed::Error),
}

impl Failure {
    /// Writes the reason and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        let code = match &self {
            Self::Reported | Self::Input(_) => 1,
            Self::Usage(_) => 2,
            Self::Database(_) => 3,
        };
        match self {
            Self::Reported => {}
            Self::Input(error) | Self::Usage(error) => eprintln!("error: {error:#}"),
            Self::Database(error) => eprintln!("error: {:#}", anyhow::Error::from(error)),
        }
        ExitCode::from(code)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Input(error)
    }
}

impl From<seedbed::Error> for Failure {
    fn from(error: seedbed::Error) -> Self {
        match error {
            seedbed::Error::Config(_) | seedbed::Error::Seed(_) => Self::Input(error.into()),
            error => Self::Database(error),
        }
    }
}
