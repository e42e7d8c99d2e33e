//! What every mutation answers: the changed thing, user errors, notices and the log position.

use async_graphql::{ComplexObject, Context, Interface, SimpleObject};

use super::context::{Refuse, Request};
use super::error::alias;
use super::events::{self, TicketEvent};
use crate::desk::{Done, Operation};
use crate::error::{Class, Code, Detail, Error};
use crate::ids::TicketId;
use crate::profile::Profile;

/// Something in the input or in what is stored stands against the mutation. If there is any, nothing was written.
#[derive(Clone, Debug, Interface)]
#[allow(clippy::duplicated_attributes, reason = "two fields of an interface may be of one type")]
#[graphql(
    field(name = "code", ty = "&Code", desc = "A stable code: switch on it."),
    field(
        name = "alias",
        ty = "&Option<String>",
        desc = "What the clients of this desk call it, if they have a name of their own."
    ),
    field(name = "message", ty = "&String", desc = "A sentence for people."),
    field(
        name = "field",
        ty = "&Option<Vec<String>>",
        desc = "The path of the input field at fault, outermost first."
    ),
    field(name = "hint", ty = "&Option<String>", desc = "The way out.")
)]
pub enum UserError {
    /// See the type.
    Input(InputError),
    /// See the type.
    Value(ValueError),
    /// See the type.
    Conflict(ConflictError),
    /// See the type.
    Transition(TransitionError),
    /// See the type.
    RateLimit(RateLimitError),
}

macro_rules! user_error {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $ty:ty),* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, SimpleObject)]
        pub struct $name {
            /// A stable code: switch on it.
            pub code: Code,
            /// What the clients of this desk call it, if they have a name of their own.
            pub alias: Option<String>,
            /// A sentence for people.
            pub message: String,
            /// The path of the input field at fault, outermost first.
            pub field: Option<Vec<String>>,
            /// The way out.
            pub hint: Option<String>,
            $($(#[$field_doc])* pub $field: $ty,)*
        }
    };
}

user_error! {
    /// A user error that its code, message, field and hint say everything about.
    InputError {}
}
user_error! {
    /// A value is not one of those that are allowed.
    ValueError {
        /// The values that are allowed.
        allowed: Vec<String>
    }
}
/// It was changed since you read it.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(complex)]
pub struct ConflictError {
    /// A stable code: switch on it.
    pub code: Code,
    /// What the clients of this desk call it, if they have a name of their own.
    pub alias: Option<String>,
    /// A sentence for people.
    pub message: String,
    /// The path of the input field at fault, outermost first.
    pub field: Option<Vec<String>>,
    /// The way out.
    pub hint: Option<String>,
    /// The version that is stored now.
    pub current_version: i32,
    /// The version that you expected.
    pub expected_version: i32,
    #[graphql(skip)]
    subject: uuid::Uuid,
}

#[ComplexObject]
impl ConflictError {
    /// What happened since, if it is a ticket: at most the last 100 changes, oldest first.
    async fn events(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<TicketEvent>> {
        let request = Request::of(ctx);
        events::since_version(request, TicketId(self.subject), self.expected_version).await.refuse(request)
    }
}

user_error! {
    /// The ticket cannot move to the status you asked for.
    TransitionError {
        /// The statuses that it can move to now.
        allowed: Vec<AllowedStatus>
    }
}
user_error! {
    /// Too many attempts: wait.
    RateLimitError {
        /// Milliseconds to wait before the next attempt.
        retry_after_ms: i32
    }
}

/// A status that the ticket can move to now.
#[derive(Clone, Debug, SimpleObject)]
pub struct AllowedStatus {
    /// Its key: send this.
    pub key: String,
    /// Its name: show this.
    pub name: String,
}

impl UserError {
    /// An error, under the names that it has at this desk.
    pub fn of(profile: &Profile, error: &Error) -> Self {
        let code = error.code();
        let named = alias(&profile.aliases, error);
        let message = named.and_then(|named| named.message.clone()).unwrap_or_else(|| error.message().here());
        let alias = named.map(|named| named.alias.clone());
        let field = (!error.field().is_empty()).then(|| error.field().to_vec());
        let hint = Some(error.way_out().here());
        match error.details() {
            Detail::Allowed(allowed) => {
                Self::Value(ValueError { code, alias, message, field, hint, allowed: allowed.clone() })
            }
            Detail::Conflict { current, expected, subject } => Self::Conflict(ConflictError {
                code,
                alias,
                message,
                field,
                hint,
                current_version: *current,
                expected_version: *expected,
                subject: *subject,
            }),
            Detail::Transitions(allowed) => {
                let allowed =
                    allowed.iter().map(|(key, name)| AllowedStatus { key: key.clone(), name: name.clone() }).collect();
                Self::Transition(TransitionError { code, alias, message, field, hint, allowed })
            }
            Detail::RetryAfter(ms) => Self::RateLimit(RateLimitError {
                code,
                alias,
                message,
                field,
                hint,
                retry_after_ms: i32::try_from(*ms).unwrap_or(i32::MAX),
            }),
            Detail::None | Detail::ResyncFrom(_) => Self::Input(InputError { code, alias, message, field, hint }),
        }
    }
}

/// Splits a domain result as the conventions want it: what depends on the input becomes a user error of the payload, everything else
/// a top-level error.
///
/// # Errors
/// Identity, limits, and our own faults.
pub fn settle<T>(ctx: &Context<'_>, result: Result<T, Error>) -> async_graphql::Result<Result<T, Vec<UserError>>> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(error) if error.code().row().class == Class::User => {
            Ok(Err(error.each().map(|error| UserError::of(Request::of(ctx).profile(), error)).collect()))
        }
        Err(error) => Err(error).refuse(Request::of(ctx)),
    }
}

/// Performs an operation for whoever asks.
///
/// # Errors
/// Identity, limits, and our own faults; everything else is in the inner result.
pub async fn perform<O: Operation>(
    ctx: &Context<'_>,
    operation: O,
) -> async_graphql::Result<Result<Done<O::Outcome>, Vec<UserError>>> {
    let request = Request::of(ctx);
    settle(ctx, request.desk.perform(&request.actor(), operation).await)
}

/// Defines the payload of a mutation: `payload!(TicketClosePayload { ticket: Ticket })`, made by `TicketClosePayload::answer`.
#[macro_export]
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident { $(#[$field_doc:meta])* $field:ident: $ty:ty }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            pub $field: Option<$ty>,
            /// What stands against it. Not empty: nothing was written.
            pub user_errors: Vec<$crate::graphql::payload::UserError>,
            /// What you should know although it succeeded.
            pub notices: Vec<$crate::desk::Notice>,
            /// The log position that contains the write: send it as `consistentWith`, or as `after` of a subscription.
            pub event_cursor: Option<$crate::event_log::EventCursor>,
            /// Whether this answers an earlier request with the same idempotency key.
            pub replayed: bool,
        }

        impl $name {
            /// Dresses what an operation answered.
            #[allow(dead_code, reason = "some payloads ask first whether the thing is still seen")]
            pub fn answer<M>(
                result: Result<$crate::desk::Done<M>, Vec<$crate::graphql::payload::UserError>>,
                dress: impl FnOnce(M) -> $ty,
            ) -> Self {
                Self::answer_if_seen(result.map(|done| done.map(|outcome| Some(dress(outcome)))))
            }

            /// Dresses what an operation did, also if whoever did it does not see the thing any more.
            pub fn answer_if_seen(
                result: Result<$crate::desk::Done<Option<$ty>>, Vec<$crate::graphql::payload::UserError>>,
            ) -> Self {
                match result {
                    Ok(done) => Self {
                        $field: done.outcome,
                        user_errors: Vec::new(),
                        notices: done.notices,
                        event_cursor: Some(done.cursor),
                        replayed: done.replayed,
                    },
                    Err(user_errors) => Self {
                        $field: None,
                        user_errors,
                        notices: Vec::new(),
                        event_cursor: None,
                        replayed: false,
                    },
                }
            }
        }
    };
}
