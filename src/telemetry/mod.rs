//! What a process measures of itself, as Prometheus reads it at `/metrics`: requests, operations, statements, queues, readers, sockets.
//!
//! Labels come from closed lists (fields of the schema, names of operations, codes of errors, names of readers), so that no client can
//! make the number of series grow. What is cheaper to look up than to keep, such as how many messages wait, is looked up when somebody
//! reads: whoever knows sets it just before.
//!
//! Absent: what the desk's people count about their tickets (`metrics`), and traces.

mod labels;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::error::Code;
use labels::{Delivery, Operation, Request};

/// The type of what [`Telemetry::written`] answers.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// One label: its name and its value.
type Label = [(&'static str, &'static str); 1];

/// The measures of one process. Cheap to clone; clones share them.
#[derive(Clone, Debug)]
pub struct Telemetry(Arc<Measures>);

#[derive(Debug)]
struct Measures {
    registry: Registry,
    requests: Family<Request, Counter>,
    request_time: Family<Label, Histogram, fn() -> Histogram>,
    price: Counter,
    statements: Counter,
    operations: Family<Operation, Counter>,
    operation_time: Family<Label, Histogram, fn() -> Histogram>,
    writer_wait: Histogram,
    head: Gauge,
    positions: Mutex<BTreeMap<&'static str, i64>>,
    position: Family<Label, Gauge>,
    lag: Family<Label, Gauge>,
    components: Family<Label, Gauge>,
    connections: Gauge,
    sockets: Gauge,
    streams: Gauge,
    deliveries: Family<Delivery, Gauge>,
}

/// From a millisecond to half a minute.
fn seconds() -> Histogram {
    Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0])
}

impl Default for Telemetry {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("deskgraph");
        let requests = Family::default();
        registry.register(
            "requests",
            "GraphQL requests by kind, first field and code; refused before they ran: field \"-\"",
            requests.clone(),
        );
        let request_time = Family::new_with_constructor(seconds as fn() -> Histogram);
        let what = "From an admitted query or mutation to its answer, by kind";
        registry.register_with_unit("request", what, Unit::Seconds, request_time.clone());
        let price = Counter::default();
        registry.register("price", "What admitted documents were charged, in nodes", price.clone());
        let statements = Counter::default();
        registry.register("sql_statements", "SQL statements executed for queries and mutations", statements.clone());
        let operations = Family::default();
        registry.register("operations", "Operations performed on the desk, by name and outcome", operations.clone());
        let operation_time = Family::new_with_constructor(seconds as fn() -> Histogram);
        let what = "From the wish to the commit or the refusal, retries and waiting with it, by operation";
        registry.register_with_unit("operation", what, Unit::Seconds, operation_time.clone());
        let writer_wait = seconds();
        let what = "Waiting for a connection that may write: on SQLite for the one writer, on PostgreSQL for the pool";
        registry.register_with_unit("writer_wait", what, Unit::Seconds, writer_wait.clone());
        let head = Gauge::default();
        registry.register("log_head", "The number of the last event of the log that this node knows of", head.clone());
        let position = Family::default();
        registry.register(
            "reader_position",
            "The number of the last event that a reader has taken in",
            position.clone(),
        );
        let lag = Family::default();
        registry.register("reader_lag_events", "How many events a reader is behind the log", lag.clone());
        let components = Family::default();
        registry.register("component_ready", "1 if a component works, 0 if it is starting or lost", components.clone());
        let connections = Gauge::default();
        registry.register("connections", "Open connections, of sockets and of others", connections.clone());
        let sockets = Gauge::default();
        registry.register("websockets", "Open WebSockets", sockets.clone());
        let streams = Gauge::default();
        registry.register("subscriptions", "Subscriptions that run", streams.clone());
        let deliveries = Family::default();
        registry.register(
            "deliveries",
            "Mails and text messages by channel and status, but for those sent",
            deliveries.clone(),
        );
        Self(Arc::new(Measures {
            registry,
            requests,
            request_time,
            price,
            statements,
            operations,
            operation_time,
            writer_wait,
            head,
            positions: Mutex::default(),
            position,
            lag,
            components,
            connections,
            sockets,
            streams,
            deliveries,
        }))
    }
}

impl Telemetry {
    /// A request was answered: its kind, its first field, the code of its first error.
    pub fn request(&self, kind: &'static str, field: &str, code: Option<Code>) {
        let code = code.map_or("ok", |code| code.name());
        self.0.requests.get_or_create(&Request { kind, field: field.to_owned(), code }).inc();
    }

    /// What an executed request took.
    pub fn executed(&self, kind: &'static str, took: Duration, price: u64, statements: u32) {
        self.0.request_time.get_or_create(&[("kind", kind)]).observe(took.as_secs_f64());
        self.0.price.inc_by(price);
        self.0.statements.inc_by(statements.into());
    }

    /// An operation of the desk ended: well, or with this code.
    pub fn operation(&self, operation: &'static str, took: Duration, code: Option<Code>) {
        let outcome = code.map_or("ok", |code| code.name());
        self.0.operations.get_or_create(&Operation { operation, outcome }).inc();
        self.0.operation_time.get_or_create(&[("operation", operation)]).observe(took.as_secs_f64());
    }

    /// Somebody waited so long until they could write.
    pub fn waited_to_write(&self, waited: Duration) {
        self.0.writer_wait.observe(waited.as_secs_f64());
    }

    /// A reader has come so far.
    pub fn reader(&self, reader: &'static str, position: i64) {
        // Nothing panics while the lock is held.
        self.0.positions.lock().unwrap_or_else(PoisonError::into_inner).insert(reader, position);
    }

    /// A subscription runs until what is answered is dropped.
    pub fn stream(&self) -> Running {
        self.0.streams.inc();
        Running(self.0.streams.clone())
    }

    /// How far the log is, and with it how far each reader is behind.
    pub fn head(&self, head: i64) {
        self.0.head.set(head);
        for (reader, position) in self.0.positions.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            self.0.position.get_or_create(&[("reader", *reader)]).set(*position);
            self.0.lag.get_or_create(&[("reader", *reader)]).set((head - position).max(0));
        }
    }

    /// Whether a component works.
    pub fn component(&self, component: &'static str, works: bool) {
        self.0.components.get_or_create(&[("component", component)]).set(works.into());
    }

    /// How many connections are open, and how many of them are sockets.
    pub fn connections(&self, connections: usize, sockets: usize) {
        let number = |many: usize| i64::try_from(many).unwrap_or(i64::MAX);
        self.0.connections.set(number(connections));
        self.0.sockets.set(number(sockets));
    }

    /// How many messages of a channel have this status.
    pub fn deliveries(&self, channel: String, status: String, count: i64) {
        self.0.deliveries.get_or_create(&Delivery { channel, status }).set(count);
    }

    /// Everything, as text of the type [`CONTENT_TYPE`].
    ///
    /// # Errors
    /// None that a text in memory has.
    pub fn written(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}

/// That a subscription runs.
#[derive(Debug)]
pub struct Running(Gauge);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.dec();
    }
}
