//! What an operation is, and what it answers.

use std::future::Future;

use async_graphql::{InputObject, SimpleObject};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Tx;
use crate::access::Actor;
use crate::error::{Error, Result};
use crate::event_log::{Draft, EventCursor};
use crate::ids;
use crate::language::Said;

/// One thing that somebody can do: the command, the GraphQL input and the transaction.
pub trait Operation: Serialize + Send + Sync + 'static {
    /// What it answers: the changed row.
    type Outcome: Outcome;

    /// Noun and verb: `ticket.close`.
    const NAME: &'static str;

    /// The idempotency key and the expected version, for operations that take them.
    fn options(&self) -> WriteOptions {
        WriteOptions::default()
    }

    /// Does it, inside one transaction: lock in scope, allow, change rows, append the event.
    fn run(&self, tx: &mut Tx) -> impl Future<Output = Result<Self::Outcome>> + Send;
}

/// The row that an operation answers. A replay finds it again by its key.
pub trait Outcome: Send + Sized + 'static {
    /// The row's id.
    fn key(&self) -> Uuid;

    /// The row as it is now, if the actor may still see it. A row that can go out of its actor's sight by what they do to it may be
    /// answered all the same; then whoever shows it asks first.
    fn reload(tx: &Tx, key: Uuid) -> impl Future<Output = Result<Option<Self>>> + Send;
}

impl Outcome for () {
    fn key(&self) -> Uuid {
        Uuid::nil()
    }
    async fn reload(_: &Tx, _: Uuid) -> Result<Option<Self>> {
        Ok(Some(()))
    }
}

/// What a mutation that changes something can be sent with.
#[derive(Clone, Debug, Default, PartialEq, Eq, InputObject, Serialize, Deserialize)]
pub struct WriteOptions {
    /// Makes sending it again safe: for 72 hours the same key has no second effect and answers the first outcome. 1 to 200
    /// characters; use a new one for each intent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
    /// The `version` that you read. If the stored one differs, nothing is written and the answer is a `CONFLICT`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<i32>,
}

/// What a mutation that makes something can be sent with.
#[derive(Clone, Debug, Default, PartialEq, Eq, InputObject, Serialize, Deserialize)]
pub struct CreateOptions {
    /// Makes sending it again safe: for 72 hours the same key has no second effect and answers the first outcome. 1 to 200
    /// characters; use a new one for each intent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

impl From<CreateOptions> for WriteOptions {
    fn from(options: CreateOptions) -> Self {
        Self { idempotency_key: options.idempotency_key, expected_version: None }
    }
}

/// What an operation left behind.
#[derive(Debug)]
pub struct Done<T> {
    /// The changed row.
    pub outcome: T,
    /// The log position that contains the write.
    pub cursor: EventCursor,
    /// Whether this is the answer to an earlier request with the same idempotency key.
    pub replayed: bool,
    /// What the client should know although the operation succeeded.
    pub notices: Vec<Notice>,
}

impl<T> Done<T> {
    /// The same with another outcome.
    pub fn map<U>(self, dress: impl FnOnce(T) -> U) -> Done<U> {
        let Self { outcome, cursor, replayed, notices } = self;
        Done { outcome: dress(outcome), cursor, replayed, notices }
    }
}

/// Something the client should know although the operation succeeded.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize, Deserialize)]
pub struct Notice {
    /// A stable key for programs.
    pub code: String,
    /// A sentence for people.
    pub message: Said,
}

/// The kinds of the events in the order of the first of each; with how many there are, if there is more than one: an import has hundreds.
fn kinds(drafts: &[Draft]) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for draft in drafts {
        match kinds.iter_mut().find(|(kind, _)| *kind == draft.kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((draft.kind, 1)),
        }
    }
    let said = |(kind, count): (&str, usize)| if count == 1 { kind.to_owned() } else { format!("{kind} x{count}") };
    kinds.into_iter().map(said).collect::<Vec<_>>().join(" ")
}

/// What was done, to what, with all events that it made: keys only, never what anybody wrote.
pub(super) fn log_done<T>(name: &str, actor: &Actor, drafts: &[Draft], done: &Done<T>) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let subject = drafts.first().map(|draft| ids::of_kind(draft.subject.kind, draft.subject.id));
    tracing::info!(
        operation = name,
        actor = actor.key(),
        subject,
        events = (!drafts.is_empty()).then(|| kinds(drafts)),
        seq = done.cursor.seq,
        replayed = done.replayed,
        "performed"
    );
}

/// A refusal with the one who was refused, for the log line. Its message is left out, for it may quote what somebody sent.
pub(super) fn log_refusal(name: &str, actor: &Actor, error: &Error) {
    let (actor, code) = (actor.key(), error.code().name());
    match error.cause() {
        Some(cause) => {
            tracing::error!(operation = name, actor, code, cause = %format!("{cause:#}"), "operation failed")
        }
        None => {
            let field = (!error.field().is_empty()).then(|| error.field().join("."));
            tracing::warn!(operation = name, actor, code, field, "operation refused")
        }
    }
}
