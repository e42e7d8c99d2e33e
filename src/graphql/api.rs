//! The one door to the executor: HTTP and sockets both come in here, so that both are held to the same limits.
//!
//! [`Api::admit`] passes a request through the price gate and takes its price from the actor's budget; [`Api::execute`] and
//! [`Api::subscribe`] run what was admitted, within the request's time, and shape what comes out. A mutation runs in a task of
//! its own: neither a timeout nor a client that hangs up stops it half-way. A query is dropped when nobody waits for it.
//!
//! Absent: who the actor is (`http::bearer`), status codes and frames (`http`), and the schema, which is any
//! [`async_graphql::Executor`].

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request, Response, ServerError, Value, Variables};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tokio::time::Instant;
use tracing::Instrument;

use super::delivered::Delivered;
use super::error::{Telling, is_request_error, request_error, shape};
use super::gate::budget::{Budgets, Left, Payer};
use super::gate::known::Fingerprint;
use super::gate::{Gate, Passed, confined};
use super::measured::{first_field, word};
use super::vocabulary::Vocabulary;
use crate::access::Actor;
use crate::clock::Clock;
use crate::config::{Config, Mode};
use crate::db::statements;
use crate::error::{Code, Error};
use crate::event_log::EventCursor;
use crate::ids::SessionId;
use crate::language;
use crate::profile::Aliases;
use crate::telemetry::Telemetry;

/// A request as it came, before anything was checked.
#[derive(Clone, Debug, Default)]
pub struct GraphqlRequest {
    /// The document.
    pub query: String,
    /// Which of its operations.
    pub operation_name: Option<String>,
    /// Values of its variables.
    pub variables: Variables,
    /// Whatever else the client says.
    pub extensions: serde_json::Map<String, serde_json::Value>,
}

/// Who sends a request, and how it is found again in the log. Resolvers find it in the request's data.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The actor; carries the request's id too.
    pub actor: Actor,
    /// The client's address.
    pub client: IpAddr,
    /// The request's id.
    pub request_id: Arc<str>,
    /// How far its stream has come, if it is a subscription.
    pub delivered: Delivered,
    /// The session that its socket lives by, which a renewal may change while a subscription runs. Empty over HTTP.
    pub session: SharedSession,
    /// Where its stream goes on, if the transport knows: it beats what the document says.
    pub resume: Option<EventCursor>,
}

/// A session that changes hands: of a socket and what runs on it.
pub type SharedSession = Arc<ArcSwapOption<SessionId>>;

/// Puts per-request data (the actor, loaders) into a request.
pub type Prepare = Arc<dyn Fn(&mut Request, &Caller) + Send + Sync>;

/// What the door stands in.
pub struct Surroundings {
    /// Budgets are by its real time.
    pub clock: Clock,
    /// Fits a request out for its resolvers.
    pub prepare: Prepare,
    /// The desk's own names of errors.
    pub aliases: Aliases,
    /// What is measured.
    pub telemetry: Telemetry,
}

/// What an admitted document costs, as `extensions.cost` and the headers tell it.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// What was charged.
    pub price: u64,
    /// Objects that the document could answer.
    pub nodes: u64,
    /// Its nesting.
    pub depth: u64,
    /// What the actor has left.
    pub left: Left,
}

/// A request that may run.
pub struct Admitted {
    request: Request,
    kind: OperationType,
    name: Option<String>,
    /// The first field that it asks for, in the words of the document.
    field: String,
    cost: Cost,
    fingerprint: Fingerprint,
    request_id: Arc<str>,
}

impl Admitted {
    /// The kind of its operation.
    pub fn kind(&self) -> OperationType {
        self.kind
    }

    /// The name of its operation.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// An answer, shaped for the client.
#[derive(Debug)]
pub struct Answer {
    /// What to send.
    pub response: Response,
    /// The code of the first error.
    pub code: Option<Code>,
    /// Whether the request was refused as a whole, so that the answer has no `data`.
    pub refused: bool,
    /// What it cost, if it was charged, or what is left, if it could not be.
    pub left: Option<Left>,
}

/// The door. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    executor: Box<dyn Erased>,
    /// Executes what the other has found valid before.
    trusting: Box<dyn Erased>,
    gate: Gate,
    budgets: Budgets,
    prepare: Prepare,
    timeout: Duration,
    telling: Telling,
    development: bool,
    telemetry: Telemetry,
}

/// An executor without its type.
trait Erased: Send + Sync {
    fn execute(&self, request: Request) -> BoxFuture<'static, Response>;
    fn stream(&self, request: Request) -> BoxStream<'static, Response>;
}

impl<E: Executor> Erased for E {
    fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        let executor = self.clone();
        Box::pin(async move { Executor::execute(&executor, request).await })
    }

    fn stream(&self, request: Request) -> BoxStream<'static, Response> {
        self.execute_stream(request, None)
    }
}

impl Api {
    /// A door to `executor`, whose schema has the words of `vocabulary`, with the limits of the configuration. `trusting` has the same
    /// schema and does not validate: it is shown only what `executor` has found valid.
    pub fn new(
        executor: impl Executor,
        trusting: impl Executor,
        vocabulary: Arc<Vocabulary>,
        config: &Config,
        surroundings: Surroundings,
    ) -> Self {
        let Surroundings { clock, prepare, aliases, telemetry } = surroundings;
        Self(Arc::new(Inner {
            executor: Box::new(executor),
            trusting: Box::new(trusting),
            gate: Gate::new(&config.limits, config.introspection()).telling_apart(vocabulary.abstract_types()),
            budgets: Budgets::new(config.limits.price_per_minute, clock),
            prepare,
            timeout: Duration::from_secs(config.limits.request_timeout_seconds),
            telling: Telling { suggestions: config.field_suggestions(), vocabulary, aliases },
            development: config.mode() == Mode::Development,
            telemetry,
        }))
    }

    /// Passes a request through the gate and charges it.
    ///
    /// # Errors
    /// The shaped answer that refuses it.
    pub fn admit(&self, request: GraphqlRequest, caller: &Caller) -> Result<Admitted, Box<Answer>> {
        let admitted = self.weighed(request, caller);
        if let Err(answer) = &admitted {
            self.0.telemetry.request("-", "-", answer.code);
        }
        admitted
    }

    fn weighed(&self, request: GraphqlRequest, caller: &Caller) -> Result<Admitted, Box<Answer>> {
        let inner = &self.0;
        let GraphqlRequest { query, operation_name, mut variables, extensions } = request;
        if query.is_empty() {
            let error = if extensions.contains_key("persistedQuery") {
                Error::with(Code::PersistedQueryNotFound, "PersistedQueryNotFound")
            } else {
                Error::with(Code::BadUserInput, "The request has no `query`.")
                    .hint("Send the document as `query`.")
                    .at("query")
            };
            return Err(Box::new(self.refuse(error, &caller.request_id)));
        }
        let passed = inner
            .gate
            .pass(&query, operation_name.as_deref().filter(|name| !name.is_empty()), &mut variables)
            .map_err(|error| Box::new(self.refuse_with(*error, &caller.request_id)))?;
        let Passed { document, kind, name, weight, price, fingerprint } = passed;
        if caller.actor.must_change_password {
            confined::check(&document, name.as_deref())
                .map_err(|error| Box::new(self.refuse(error, &caller.request_id)))?;
        }
        let payer = caller.actor.person.map_or_else(|| Payer::address(caller.client), Payer::Person);
        let (left, paid) = inner.budgets.take(payer, price);
        if let Err(error) = paid {
            let mut answer = self.refuse(error, &caller.request_id);
            answer.left = Some(left);
            return Err(Box::new(answer));
        }
        let field = first_field(&document, name.as_deref());
        let mut request = Request::new(query).variables(variables);
        request.operation_name.clone_from(&name);
        request.set_parsed_query(document);
        let cost = Cost { price, nodes: weight.nodes, depth: weight.depth, left };
        request.data.insert(cost);
        (inner.prepare)(&mut request, caller);
        Ok(Admitted { request, kind, name, field, cost, fingerprint, request_id: caller.request_id.clone() })
    }

    /// Executes an admitted query or mutation.
    pub async fn execute(&self, admitted: Admitted) -> Answer {
        let Admitted { request, kind, field, cost, fingerprint, request_id, .. } = admitted;
        let (began, telemetry) = (Instant::now(), &self.0.telemetry);
        if kind == OperationType::Subscription {
            let error = Error::with(Code::BadUserInput, "Subscriptions are answered as events, or on a WebSocket.")
                .hint("Accept text/event-stream, or open a WebSocket with the graphql-transport-ws protocol at the same path.");
            return self.refuse(error, &request_id);
        }
        let counter = Arc::new(AtomicU32::new(0));
        let known = self.0.gate.known();
        let was_valid = known.is_valid(&fingerprint);
        let executor = if was_valid { &self.0.trusting } else { &self.0.executor };
        // The task-local scope is entered inside the task, because a spawned task does not inherit it.
        let work = statements::counted(counter.clone(), AssertUnwindSafe(executor.execute(request)).catch_unwind());
        let work = async {
            if kind == OperationType::Mutation {
                tokio::spawn(language::speaking(language::present(), work).in_current_span())
                    .await
                    .unwrap_or_else(|error| Err(Box::new(error)))
            } else {
                work.await
            }
        };
        let span = tracing::info_span!("request", request_id = &*request_id);
        let response = match tokio::time::timeout(self.0.timeout, work).instrument(span).await {
            Ok(Ok(response)) => {
                if !was_valid && !is_request_error(&response) {
                    known.was_valid(fingerprint);
                }
                response
            }
            Ok(Err(panic)) => {
                tracing::error!(request_id = &*request_id, panic = panic_text(&*panic), "a resolver panicked");
                Response::from_errors(vec![request_error(Error::new(Code::InternalError))])
            }
            Err(_) => Response::from_errors(vec![request_error(Error::new(Code::Timeout))]),
        };
        let statements = counter.load(Ordering::Relaxed);
        let sql = self.0.development.then_some(statements);
        let answer = self.answer(response, &request_id, Some((cost, sql)));
        telemetry.executed(word(kind), began.elapsed(), cost.price, statements);
        // A document that was never found valid may ask for anything: its words are not the schema's.
        telemetry.request(word(kind), if answer.refused { "-" } else { &field }, answer.code);
        answer
    }

    /// Everything that an admitted request answers: of a query or a mutation the one answer.
    pub fn answers(&self, admitted: Admitted) -> BoxStream<'static, Answer> {
        if admitted.kind == OperationType::Subscription {
            return self.subscribe(admitted);
        }
        let api = self.clone();
        stream::once(async move { api.execute(admitted).await }).boxed()
    }

    /// Runs an admitted subscription. The stream ends after an answer that refuses the request, and after a resolver panicked.
    fn subscribe(&self, admitted: Admitted) -> BoxStream<'static, Answer> {
        let Admitted { request, field, cost, request_id, .. } = admitted;
        let running = self.0.telemetry.stream();
        let api = self.clone();
        let items = AssertUnwindSafe(self.0.executor.stream(request)).catch_unwind();
        let first = true;
        let span = tracing::info_span!("stream", request_id = &*request_id);
        stream::unfold(Some((Box::pin(items), first)), move |state| {
            let _ = &running;
            let (api, request_id, span, field) = (api.clone(), request_id.clone(), span.clone(), field.clone());
            let step = async move {
                let (mut items, first) = state?;
                let (response, more) = match items.next().await? {
                    Ok(response) => (response, true),
                    Err(panic) => {
                        tracing::error!(
                            request_id = &*request_id,
                            panic = panic_text(&*panic),
                            "a subscription panicked"
                        );
                        (Response::from_errors(vec![request_error(Error::new(Code::InternalError))]), false)
                    }
                };
                // A stream that could not begin says so in its first answer; later ones with errors are items like any other.
                let broken = !response.errors.is_empty() && response.data == Value::Null && (first || !more);
                let mut answer = api.answer(response, &request_id, first.then_some((cost, None)));
                answer.refused = broken;
                if first {
                    let field = if broken { "-" } else { &field };
                    api.0.telemetry.request(word(OperationType::Subscription), field, answer.code);
                }
                Some((answer, (!broken).then_some((items, false))))
            };
            step.instrument(span)
        })
        .boxed()
    }

    /// The answer that refuses a request with this error.
    pub fn refuse(&self, error: Error, request_id: &str) -> Answer {
        self.refuse_with(request_error(error), request_id)
    }

    fn refuse_with(&self, error: ServerError, request_id: &str) -> Answer {
        self.answer(Response::from_errors(vec![error]), request_id, None)
    }

    fn answer(&self, mut response: Response, request_id: &str, cost: Option<(Cost, Option<u32>)>) -> Answer {
        let refused = is_request_error(&response);
        let code = shape(&mut response, request_id, &self.0.telling);
        // What is our own fault has been told with its cause; what an operation refuses, by the desk.
        if let Some(code) = code.filter(|code| refused && *code != Code::InternalError) {
            tracing::warn!(request_id, code = code.name(), "request refused");
        }
        let left = cost.map(|(cost, _)| cost.left);
        if let Some((cost, sql)) = cost {
            response.extensions.insert("cost".to_owned(), cost_value(&cost, sql));
        }
        Answer { response, code, refused, left }
    }
}

fn cost_value(cost: &Cost, sql: Option<u32>) -> Value {
    let mut value = async_graphql::value!({
        "price": cost.price,
        "nodes": cost.nodes,
        "depth": cost.depth,
        "remaining": cost.left.remaining,
        "limit": cost.left.limit,
        "resetAt": cost.left.reset_at.to_string(),
    });
    if let (Value::Object(fields), Some(sql)) = (&mut value, sql) {
        fields.insert(async_graphql::Name::new("sqlStatements"), sql.into());
    }
    value
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text")
}
