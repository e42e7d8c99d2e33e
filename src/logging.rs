//! Where log lines go and how they look: stderr, for people or as JSON.
//!
//! stdout stays free for what commands print. Absent: files, rotation and shipping, which whatever runs the process
//! does better.

use std::io::{self, IsTerminal};

use thiserror::Error;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Why logging did not begin.
#[derive(Debug, Error)]
pub enum LoggingError {
    /// The filter is not a list of directives.
    #[error("{origin} cannot be {found:?}: {reason}\n  allowed: info, or directives such as info,sqlx=warn")]
    BadFilter {
        /// `RUST_LOG` or `log.level`.
        origin: &'static str,
        /// What it holds.
        found: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Something in this process logs already; the earlier choice stays.
    #[error("logging has begun already")]
    Begun,
}

/// Begins logging for the whole process. `RUST_LOG`, when set and not empty, wins over `log.level`, because whoever
/// sets it is looking for something now. Colours appear on a terminal only, and not where `NO_COLOR` is set.
///
/// # Errors
/// A filter that is not understood; logging that has begun before (tests may ignore that).
pub fn init(log: &Log) -> Result<(), LoggingError> {
    let (origin, directives) = match std::env::var(EnvFilter::DEFAULT_ENV) {
        Ok(directives) if !directives.trim().is_empty() => (EnvFilter::DEFAULT_ENV, directives),
        _ => ("log.level", log.level.clone()),
    };
    let filter = EnvFilter::try_new(&directives).map_err(|error| LoggingError::BadFilter {
        origin,
        found: directives,
        reason: error.to_string(),
    })?;
    let colours = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let begun = match log.format {
        LogFormat::Text => builder.with_ansi(colours).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init(),
    };
    begun.map_err(|_| LoggingError::Begun)
}
