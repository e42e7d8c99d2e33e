//! Errors: one type from the deepest room to the client, one table of codes, internals hidden.
//!
//! A domain function answers `Result<T>`; the GraphQL shell turns an [`Error`] of class `User` into `userErrors` of the payload,
//! and every other one into a top-level error. What is behind `INTERNAL_ERROR` goes to the log under the request id, never out.

mod codes;
mod faults;

use std::fmt;

pub use codes::{Class, Code, Retry, Row};
pub use faults::Faults;

use crate::language::Said;
use crate::say;

/// The result of everything that can be refused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal or a fault, with all that a client needs to act on it.
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Code,
    message: Said,
    subject: Option<String>,
    operation: Option<&'static str>,
    field: Vec<String>,
    hint: Option<Said>,
    detail: Detail,
    source: Option<anyhow::Error>,
    raced: bool,
    also: Vec<Error>,
}

/// What an error carries beyond its text.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub enum Detail {
    /// Nothing more.
    #[default]
    None,
    /// The values that would have been taken.
    Allowed(Vec<String>),
    /// The statuses that the ticket can move to now: key and name.
    Transitions(Vec<(String, String)>),
    /// The row is at another version than the client expected.
    Conflict {
        /// The stored version.
        current: i32,
        /// The version that the client had expected.
        expected: i32,
        /// The row.
        subject: uuid::Uuid,
    },
    /// Milliseconds to wait.
    RetryAfter(i64),
    /// The event cursor to follow on from after loading the state again.
    ResyncFrom(String),
}

impl Error {
    /// An error with the table's own message.
    pub fn new(code: Code) -> Self {
        Self::with(code, code.row().message)
    }

    /// An error with a message of its own.
    pub fn with(code: Code, message: impl Into<Said>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            subject: None,
            operation: None,
            field: Vec::new(),
            hint: None,
            detail: Detail::None,
            source: None,
            raced: false,
            also: Vec::new(),
        }))
    }

    /// There is no such `noun`, or the actor may not see it: the two look the same.
    pub fn not_found(noun: &'static str) -> Self {
        let message = say!("There is no such {noun}, or it is not yours to see.", noun = Said::from(noun));
        Self::with(Code::NotFound, message).about(noun)
    }

    /// A field holds what it may not.
    pub fn invalid(field: &str, message: impl Into<Said>) -> Self {
        Self::with(Code::InvalidValue, message).at(field)
    }

    /// A field holds a key that the profile does not know.
    pub fn unknown_key(field: &str, got: &str, allowed: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let allowed: Vec<String> = allowed.into_iter().map(Into::into).collect();
        let got: String = got.chars().take(64).collect();
        let message = say!("\"{got}\" is not one of: {allowed}.", got, allowed = allowed.join(", "));
        Self::with(Code::InvalidValue, message).at(field).detail(Detail::Allowed(allowed))
    }

    /// Our own fault; the cause is logged and not told.
    pub fn internal(source: impl Into<anyhow::Error>) -> Self {
        let mut error = Self::new(Code::InternalError);
        error.0.source = Some(source.into());
        error
    }

    /// What was read before anything was locked is not so any more: the transaction is run again.
    pub fn raced() -> Self {
        let mut error = Self::new(Code::Conflict);
        error.0.raced = true;
        error
    }

    /// Names the input field, outermost first: call it once a level, from the inside.
    pub fn at(mut self, field: &str) -> Self {
        self.0.field.insert(0, field.to_owned());
        self.0.also = self.0.also.into_iter().map(|other| other.at(field)).collect();
        self
    }

    /// Says what it is about: a noun, or a kind of reference. Desks may have names of their own for such errors.
    pub fn about(mut self, subject: &str) -> Self {
        self.0.subject = Some(subject.to_owned());
        self
    }

    /// Says which operation was refused.
    pub fn during(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// Sets the way out.
    pub fn hint(mut self, hint: impl Into<Said>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds the machine-readable part.
    pub fn detail(mut self, detail: Detail) -> Self {
        self.0.detail = detail;
        self
    }

    /// This error, then what else is wrong with the same input.
    pub fn each(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.0.also)
    }

    /// The code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What to tell the client.
    pub fn message(&self) -> &Said {
        &self.0.message
    }

    /// What it is about, if that is known.
    pub fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }

    /// Which operation was refused, if one was.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The path of the input field, outermost first; empty if no single field is at fault.
    pub fn field(&self) -> &[String] {
        &self.0.field
    }

    /// The way out: its own, else the table's.
    pub fn way_out(&self) -> Said {
        self.0.hint.clone().unwrap_or_else(|| self.0.code.row().hint.into())
    }

    /// The machine-readable part.
    pub fn details(&self) -> &Detail {
        &self.0.detail
    }

    /// What is behind an internal error, for the log.
    pub fn cause(&self) -> Option<&anyhow::Error> {
        self.0.source.as_ref()
    }

    /// Whether the transaction may succeed if it is simply run again: a deadlock, a serialization failure, a lock that was not
    /// had in time, a state that had passed.
    pub fn is_transient(&self) -> bool {
        let of_database = self
            .0
            .source
            .as_ref()
            .and_then(|source| source.downcast_ref::<sea_orm::DbErr>())
            .is_some_and(crate::db::is_transient);
        self.0.raced || of_database
    }

    /// Whether what was read before anything was locked was not so any more.
    pub fn is_raced(&self) -> bool {
        self.0.raced
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.name(), self.0.message)?;
        match &self.0.source {
            Some(source) => write!(f, " ({source:#})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        if crate::db::is_unavailable(&error) {
            let mut unavailable = Self::new(Code::Unavailable).detail(Detail::RetryAfter(1_000));
            unavailable.0.source = Some(error.into());
            return unavailable;
        }
        // Texts that are stored are checked where they are written; this is about what is looked up or compared.
        if crate::db::is_unstorable(&error) {
            return Self::with(Code::BadUserInput, "A text has a null character in it.").hint("Send it without.");
        }
        Self::internal(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}
