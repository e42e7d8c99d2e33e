//! The closed list of error codes, one table: code, class, message, hint, retry. `schema/errors.md` is written from it.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

/// Where an error of a code is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// In `userErrors` of a mutation's payload: it depends on the input or on stored state. In a query it is a top-level error.
    User,
    /// In the top-level `errors`: identity, limits, malformed requests and our own faults.
    Request,
}

/// When the same request may succeed if it is sent again unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Never: something has to change first.
    Never,
    /// After the time in `retryAfterMs`.
    Later,
    /// At once; with the same `idempotencyKey` it has no second effect.
    Now,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Where it is reported.
    pub class: Class,
    /// The message when nothing more exact is known.
    pub message: &'static str,
    /// The way out.
    pub hint: &'static str,
    /// Whether to send again.
    pub retry: Retry,
}

macro_rules! codes {
    ($($code:ident $name:literal $class:ident $retry:ident $message:literal $hint:literal;)*) => {
        /// Every code that an error can carry: in `extensions.code` of top-level errors and in `code` of `userErrors`. The list
        /// is closed: a client may switch on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Enum, Serialize, Deserialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[graphql(name = "ErrorCode", rename_items = "SCREAMING_SNAKE_CASE")]
        pub enum Code {
            $(#[doc = $message] $code,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Code] = &[$(Code::$code,)*];

            /// The name as clients see it.
            pub const fn name(self) -> &'static str {
                match self { $(Code::$code => $name,)* }
            }

            /// The row of the table.
            pub const fn row(self) -> Row {
                match self {
                    $(Code::$code => Row { class: Class::$class, message: $message, hint: $hint, retry: Retry::$retry },)*
                }
            }
        }
    };
}

codes! {
    GraphqlParseFailed "GRAPHQL_PARSE_FAILED" Request Never
        "The document is not GraphQL." "Mend the syntax at the given place.";
    GraphqlValidationFailed "GRAPHQL_VALIDATION_FAILED" Request Never
        "The document does not fit the schema." "Compare it with the schema.";
    BadUserInput "BAD_USER_INPUT" Request Never
        "An argument or a variable is malformed." "Mend the named argument.";
    Unauthenticated "UNAUTHENTICATED" Request Never
        "This needs a signed-in person." "Sign in, or renew the access token with tokenRefresh.";
    Forbidden "FORBIDDEN" User Never
        "You may not do this." "Ask an administrator, or look at `actions` for what you may do.";
    RateLimited "RATE_LIMITED" Request Later
        "Too many requests." "Send it again after retryAfterMs.";
    QueryTooComplex "QUERY_TOO_COMPLEX" Request Never
        "The document asks for more than one request may." "Ask for less, or in several requests.";
    PayloadTooLarge "PAYLOAD_TOO_LARGE" Request Never
        "The request is too large." "Send less at once.";
    CursorExpired "CURSOR_EXPIRED" Request Never
        "The log no longer resumes from this cursor." "Load your state again, and follow on from `resyncFrom`.";
    PersistedQueryNotFound "PERSISTED_QUERY_NOT_FOUND" Request Now
        "No document is stored under this hash." "Send the document along.";
    Timeout "TIMEOUT" Request Now
        "The answer took too long; whether a mutation took effect is unknown." "Send it again with the same idempotencyKey.";
    Unavailable "UNAVAILABLE" Request Later
        "The desk cannot answer right now." "Send it again after retryAfterMs.";
    InternalError "INTERNAL_ERROR" Request Now
        "Something went wrong on our side." "Tell the operator the requestId.";
    NotFound "NOT_FOUND" User Never
        "There is no such thing, or it is not yours to see." "Check the id.";
    InvalidValue "INVALID_VALUE" User Never
        "A value is not allowed here." "Send one of the allowed values.";
    Conflict "CONFLICT" User Never
        "It was changed since you read it." "Read it again, and decide anew.";
    AlreadyExists "ALREADY_EXISTS" User Never
        "There is one already." "Use the one that exists, or another name.";
    InvalidTransition "INVALID_TRANSITION" User Never
        "The status cannot change this way." "Choose one of the allowed statuses.";
    Merged "MERGED" User Never
        "The ticket was merged into another." "Go on at the ticket in `mergedInto`.";
    ReferenceInvalid "REFERENCE_INVALID" User Never
        "The reference is not known, or not the requester's." "Check the reference.";
    ContactUnverified "CONTACT_UNVERIFIED" User Never
        "The requester has no verified contact." "Verify an e-mail address or a telephone number first.";
    NotificationFailed "NOTIFICATION_FAILED" User Never
        "The message could not be delivered." "Check the person's addresses, or choose other channels.";
    IdempotencyMismatch "IDEMPOTENCY_MISMATCH" User Never
        "This idempotency key was used with other input." "Use a new key for new input.";
    InvalidCredentials "INVALID_CREDENTIALS" User Never
        "Address and password do not match." "Check both; after too many attempts wait.";
    SessionExpired "SESSION_EXPIRED" User Never
        "The session has ended." "Sign in again.";
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::resolver_utils::EnumType;

    #[test]
    fn the_names_in_the_table_are_the_names_in_the_schema() {
        for item in Code::items() {
            assert_eq!(item.name, item.value.name());
        }
        assert_eq!(Code::items().len(), Code::ALL.len());
    }
}
