//! One socket from its first message to its close.

use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::extract::ws::{Message, WebSocket};
use futures_util::future::BoxFuture;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::task::AbortOnDropHandle;

mod rights;

use super::PROTOCOL;
use super::frames::{self, Close, Incoming};
use crate::access::Actor;
use crate::clock::Timestamp;
use crate::error::{Code, Error};
use crate::graphql::api::{Caller, SharedSession};
use crate::graphql::delivered::Delivered;
use crate::http::frame::Seen;
use crate::http::{Server, payload, read};
use crate::language::{self, Language};
use crate::say;

/// Frames that wait for the client; each operation holds at most one more.
const QUEUE: usize = 8;
/// How long a close frame may take to leave, and the client to answer it.
const FAREWELL: Duration = Duration::from_secs(1);
/// Longer than any socket lives.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 86_400);

/// What an operation hands to the socket.
struct Produced {
    id: String,
    /// Tells an operation from an earlier one under the same id.
    number: u64,
    /// `None`: it is complete.
    frame: Option<Message>,
    /// Where in the log the client is once it has the frame, if the operation follows the log.
    position: Option<i64>,
    last: bool,
}

struct Running {
    number: u64,
    streams: bool,
    /// The log position after the last frame that left; none if none did.
    sent: Option<i64>,
    delivered: Delivered,
    _task: AbortOnDropHandle<()>,
}

/// How a socket ends: with a close frame, or with the client gone.
type Ended = Option<Close>;

struct Session {
    server: Server,
    seen: Seen,
    /// What the handshake asked for, or the first message.
    language: Language,
    sink: SplitSink<WebSocket, Message>,
    produce: mpsc::Sender<Produced>,
    operations: HashMap<String, Running>,
    count: u64,
    /// `None` before `connection_init`.
    actor: Option<Actor>,
    /// What its subscriptions go on by after a renewal.
    session: SharedSession,
    expires_at: Timestamp,
    /// Closes the socket when it passes: no init, or no renewal.
    deadline: Instant,
    ended: BoxFuture<'static, ()>,
    silent: u32,
    stopping: bool,
    /// The position from which a client that comes back misses nothing, if streams were cut off.
    resume: Option<i64>,
}

pub(super) async fn run(server: Server, seen: Seen, language: Language, socket: WebSocket) {
    let spoken = socket.protocol().is_some_and(|protocol| protocol.as_bytes() == PROTOCOL.as_bytes());
    let (sink, stream) = socket.split();
    let (produce, produced) = mpsc::channel(QUEUE);
    let deadline = Instant::now() + Duration::from_secs(server.0.websocket.init_timeout_seconds);
    let mut session = Session {
        server,
        seen,
        language,
        sink,
        produce,
        operations: HashMap::new(),
        count: 0,
        actor: None,
        session: SharedSession::default(),
        expires_at: Timestamp::NEVER,
        deadline,
        ended: Box::pin(pending()),
        silent: 0,
        stopping: false,
        resume: None,
    };
    let mut stream = stream;
    let ended = if spoken {
        session.drive(&mut stream, produced).await
    } else {
        Some(Close::new(4406, "Subprotocol not acceptable"))
    };
    session.operations.clear();
    let code = ended.as_ref().map(|close| close.code);
    tracing::info!(request_id = &*session.seen.request_id, code, "socket closed");
    match ended {
        Some(close) => session.farewell(&mut stream, &close).await,
        // Sends the answer to the client's own close, without which it would see a broken connection.
        None => drop(timeout(FAREWELL, session.sink.close()).await),
    }
}

impl Session {
    async fn drive(&mut self, stream: &mut SplitStream<WebSocket>, mut produced: mpsc::Receiver<Produced>) -> Ended {
        let mut ping = tokio::time::interval_at(Instant::now() + self.server.0.ping, self.server.0.ping);
        let shutdown = self.server.0.shutdown.clone();
        loop {
            let outcome = tokio::select! {
                biased;
                () = &mut self.ended => Err(Some(Close::forbidden())),
                () = sleep_until(self.deadline) => Err(Some(self.late())),
                () = shutdown.cancelled(), if !self.stopping => self.stop().await,
                _ = ping.tick() => self.ping().await,
                Some(item) = produced.recv() => self.deliver(item).await,
                message = stream.next() => match message {
                    Some(Ok(message)) => self.hear(message).await,
                    Some(Err(error)) => Err(broken(&error)),
                    None => Err(None),
                },
            };
            if let Err(ended) = outcome {
                return ended;
            }
            if self.stopping && self.operations.is_empty() {
                return Some(Close::new(1001, (self.server.0.cursor)(self.resume).unwrap_or_default()));
            }
        }
    }

    /// Why a socket closes when its deadline has passed.
    fn late(&self) -> Close {
        if self.actor.is_none() { Close::new(4408, "Connection initialisation timeout") } else { Close::forbidden() }
    }

    fn still_valid(&self) -> Result<(), Ended> {
        let grace = Duration::from_secs(self.server.0.websocket.token_grace_seconds);
        let over = self.actor.is_some() && self.server.0.clock.real() >= self.expires_at.after(grace);
        if over { Err(Some(Close::forbidden())) } else { Ok(()) }
    }

    fn renew_deadline(&mut self) {
        let grace = Duration::from_secs(self.server.0.websocket.token_grace_seconds);
        let ms = self.expires_at.after(grace).since(self.server.0.clock.real()).max(0);
        let left = Duration::from_millis(u64::try_from(ms).unwrap_or(0)).min(FOREVER);
        self.deadline = Instant::now() + left;
    }

    async fn ping(&mut self) -> Result<(), Ended> {
        self.still_valid()?;
        if self.silent >= 2 {
            return Err(Some(Close::new(1001, "No answer to two pings")));
        }
        self.silent += 1;
        self.send(Message::Ping(Default::default())).await
    }

    async fn hear(&mut self, message: Message) -> Result<(), Ended> {
        self.silent = 0;
        self.still_valid()?;
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(Some(Close::invalid("Binary messages are not taken"))),
            Message::Close(_) => return Err(None),
            // The library answers pings itself.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
        };
        let incoming = serde_json::from_str(text.as_str())
            .map_err(|error| Some(Close::invalid(format!("Invalid message: {error}"))))?;
        match incoming {
            Incoming::ConnectionInit { .. } if self.actor.is_some() => {
                Err(Some(Close::new(4429, "Too many initialisation requests")))
            }
            Incoming::ConnectionInit { payload } => self.init(&payload).await,
            Incoming::Ping { payload } => {
                if self.actor.is_some() && authorization(&payload).is_some() {
                    self.renew(&payload).await?;
                }
                self.send(frames::pong()).await
            }
            Incoming::Pong {} => Ok(()),
            Incoming::Subscribe { .. } if self.actor.is_none() => Err(Some(Close::new(4401, "Unauthorized"))),
            Incoming::Subscribe { id, payload } => self.subscribe(id, payload).await,
            Incoming::Complete { id } => {
                self.operations.remove(&id);
                Ok(())
            }
        }
    }

    async fn init(&mut self, payload: &Value) -> Result<(), Ended> {
        if !matches!(payload, Value::Null | Value::Object(_)) {
            return Err(Some(Close::invalid("The payload of connection_init is not an object")));
        }
        // A browser sends its own language with the handshake; whoever has chosen another one says so here.
        if let Some(header) = ["Accept-Language", "acceptLanguage"].iter().find_map(|name| payload.get(name)?.as_str())
        {
            self.language = language::negotiate(header);
        }
        match authorization(payload) {
            Some(value) => self.authenticate(value, None).await?,
            None => {
                self.actor = Some(Actor::anonymous());
                self.deadline = Instant::now() + FOREVER;
            }
        }
        self.send(frames::ack()).await
    }

    async fn subscribe(&mut self, id: String, payload: Value) -> Result<(), Ended> {
        if id.is_empty() {
            return Err(Some(Close::invalid("The id of an operation is empty")));
        }
        if self.operations.contains_key(&id) {
            return Err(Some(Close::new(4409, format!("Subscriber for {id} already exists"))));
        }
        let request = read::object(payload).map_err(|(_, error)| Some(Close::invalid(error.message().to_string())))?;
        let actor = self.actor_now().await?;
        self.count += 1;
        let request_id: Arc<str> = format!("{}.{}", self.seen.request_id, self.count).into();
        let api = self.server.0.api.clone();
        let allowed = self.server.0.websocket.operations;
        if self.operations.len() >= allowed || self.stopping {
            let error = if self.stopping {
                Error::with(Code::Unavailable, "The server is stopping.").hint("Connect again.")
            } else {
                Error::with(Code::RateLimited, say!("A socket runs at most {allowed} operations at once.", allowed))
                    .hint("Complete one first, or open another socket.")
            };
            let refusal = language::spoken(self.language, || api.refuse(error, &request_id));
            return self.send(frames::answer(&id, &refusal)).await;
        }
        let caller = Caller {
            actor: Actor { request_id: Some(request_id.clone()), address: Some(self.seen.client), ..actor },
            client: self.seen.client,
            request_id,
            delivered: Delivered::default(),
            session: self.session.clone(),
            resume: None,
        };
        let delivered = caller.delivered.clone();
        let secrets = payload::request(&caller.request_id, &request);
        let admitted = match language::spoken(self.language, || api.admit(request, &caller)) {
            Ok(admitted) => admitted,
            Err(refusal) => return self.send(frames::answer(&id, &refusal)).await,
        };
        let streams = admitted.kind() == OperationType::Subscription;
        let (produce, number, key) = (self.produce.clone(), self.count, id.clone());
        let began = Instant::now();
        let work = async move {
            let item = |frame, last| {
                let position = caller.delivered.now();
                Produced { id: id.clone(), number, frame, position, last }
            };
            let operation = admitted.name().map(str::to_owned);
            let mut answers = api.answers(admitted);
            while let Some(answer) = answers.next().await {
                payload::response(&caller.request_id, &answer, secrets);
                // The stream is not asked for more before the socket took this.
                if produce.send(item(Some(frames::answer(&id, &answer)), answer.refused)).await.is_err()
                    || answer.refused
                {
                    break;
                }
            }
            let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
            tracing::info!(request_id = &*caller.request_id, operation, ms, streams, "answered on a socket");
            // An operation that was refused is over with its error; the socket has forgotten it, and this too.
            let _ = produce.send(item(None, true)).await;
        };
        let task = tokio::spawn(language::speaking(self.language, work));
        let running = Running { number, streams, sent: None, delivered, _task: AbortOnDropHandle::new(task) };
        self.operations.insert(key, running);
        Ok(())
    }

    async fn deliver(&mut self, item: Produced) -> Result<(), Ended> {
        // The client has completed it meanwhile, and may have begun another under the same id.
        if self.operations.get(&item.id).is_none_or(|running| running.number != item.number) {
            return Ok(());
        }
        if item.last {
            self.operations.remove(&item.id);
        }
        self.send(item.frame.unwrap_or_else(|| frames::complete(&item.id))).await?;
        if let Some(running) = self.operations.get_mut(&item.id) {
            running.sent = item.position;
        }
        Ok(())
    }

    /// Completes every subscription; queries and mutations under way may finish.
    async fn stop(&mut self) -> Result<(), Ended> {
        self.stopping = true;
        // Of several streams the one furthest behind. What is produced and has not left counts as not delivered.
        let position = |running: &Running| running.sent.or_else(|| running.delivered.began());
        self.resume = self.operations.values().filter_map(position).min();
        let streams: Vec<String> =
            self.operations.iter().filter(|(_, running)| running.streams).map(|(id, _)| id.clone()).collect();
        for id in streams {
            self.operations.remove(&id);
            self.send(frames::complete(&id)).await?;
        }
        Ok(())
    }

    /// Sends one frame. A client that does not read is given as long as one that does not answer pings, and neither the end of
    /// its session nor the end of the process waits for it.
    async fn send(&mut self, message: Message) -> Result<(), Ended> {
        let patience = self.server.0.ping * 2;
        let shutdown = self.server.0.shutdown.clone();
        let stopped = async {
            shutdown.cancelled().await;
            tokio::time::sleep(FAREWELL).await;
        };
        let (deadline, late) = (self.deadline, self.late());
        let sent = tokio::select! {
            biased;
            sent = timeout(patience, self.sink.send(message)) => sent,
            () = &mut self.ended => return Err(Some(Close::forbidden())),
            () = sleep_until(deadline) => return Err(Some(late)),
            () = stopped => return Err(None),
        };
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(None),
        }
    }

    /// Says why, then waits a little for the client's own close, so that the reason is not lost in a reset.
    async fn farewell(&mut self, stream: &mut SplitStream<WebSocket>, close: &Close) {
        let goodbye = async {
            if self.sink.send(close.frame()).await.is_ok() {
                while let Some(Ok(_)) = stream.next().await {}
            }
        };
        let _ = timeout(FAREWELL, goodbye).await;
    }
}

/// The token in a payload, under either spelling.
fn authorization(payload: &Value) -> Option<&Value> {
    ["Authorization", "authorization"].iter().find_map(|name| payload.get(name)).filter(|value| !value.is_null())
}

fn broken(error: &axum::Error) -> Ended {
    let text = error.to_string();
    if text.contains("too long") || text.contains("too big") {
        return Some(Close::new(1009, "Message too big"));
    }
    // Frames that are no WebSocket, text that is no UTF-8, or a connection that is gone: saying why does no harm.
    Some(Close::new(1002, "Protocol error"))
}
