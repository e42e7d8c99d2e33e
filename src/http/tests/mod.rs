//! The transport, from outside: a toy schema behind a real listener.

mod over_http;
mod over_sockets;
mod serving;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, Object, Result, Schema, Subscription};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Stream, StreamExt, stream};
use tokio::net::TcpListener;
use tokio::sync::{Notify, broadcast};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::bearer::{Authenticate, Bearer};
use super::health::Readiness;
use super::measures::Measures;
use super::{Inner, Parts, Server};
use crate::access::{Actor, ActorKind, Role};
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, Mode};
use crate::error::{Code, Detail, Error};
use crate::graphql::api::{Api, Caller, Prepare, Surroundings};
use crate::graphql::vocabulary::Vocabulary;
use crate::ids::{PersonId, SessionId};

/// What resolvers and tests share.
#[derive(Default)]
struct Shared {
    written: AtomicU32,
    begun: Notify,
    go_on: Notify,
}

fn a_bug() -> Option<String> {
    panic!("a bug")
}

struct Query;

#[Object]
impl Query {
    async fn hello(&self, name: Option<String>) -> String {
        format!("hello {}", name.unwrap_or_else(|| "world".to_owned()))
    }

    async fn who(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(ctx.data::<Caller>()?.actor.key())
    }

    async fn broken(&self) -> Result<Option<String>> {
        Err(std::io::Error::other("/etc/shadow is not readable").into())
    }

    async fn panics(&self) -> Option<String> {
        a_bug()
    }

    async fn refused(&self) -> Option<Result<String>> {
        let error = Error::with(Code::InvalidValue, "No such colour.").at("colour");
        Some(Err(error.detail(Detail::Allowed(vec!["RED".to_owned()])).into()))
    }

    async fn hangs(&self, ctx: &Context<'_>) -> Result<bool> {
        let shared = ctx.data::<Arc<Shared>>()?;
        shared.begun.notify_one();
        shared.go_on.notified().await;
        Ok(true)
    }

    async fn number(&self, of: i32) -> i32 {
        of
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn write(&self, ctx: &Context<'_>) -> Result<u32> {
        Ok(ctx.data::<Arc<Shared>>()?.written.fetch_add(1, Ordering::SeqCst) + 1)
    }

    async fn slow_write(&self, ctx: &Context<'_>) -> Result<u32> {
        let shared = ctx.data::<Arc<Shared>>()?;
        shared.begun.notify_one();
        shared.go_on.notified().await;
        let written = shared.written.fetch_add(1, Ordering::SeqCst) + 1;
        shared.begun.notify_one();
        Ok(written)
    }
}

struct Subscriptions;

#[Subscription]
impl Subscriptions {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(0..to)
    }

    /// Never ends, and counts what was asked of it.
    async fn flood(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = String>> {
        let shared = ctx.data::<Arc<Shared>>()?.clone();
        Ok(stream::repeat_with(move || {
            shared.written.fetch_add(1, Ordering::SeqCst);
            "x".repeat(64 * 1_024)
        }))
    }

    async fn quiet(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = i32>> {
        ctx.data::<Arc<Shared>>()?.begun.notify_one();
        Ok(stream::once(async { 1 }).chain(stream::pending()))
    }

    async fn expired(&self) -> Result<impl Stream<Item = i32>> {
        let error = Error::new(Code::CursorExpired).detail(Detail::ResyncFrom("abcdefgh1234-7".to_owned()));
        Err::<stream::Empty<i32>, _>(error.into())
    }
}

/// Tokens are `<letter>:<milliseconds>`: who, and when it expires.
struct Tokens {
    people: [(PersonId, SessionId); 2],
    revoked: broadcast::Sender<SessionId>,
}

impl Authenticate for Tokens {
    fn authenticate<'a>(&'a self, token: &'a str, _: IpAddr) -> BoxFuture<'a, crate::error::Result<Bearer>> {
        async move {
            let bad = || Error::with(Code::Unauthenticated, "The token is not valid.");
            let (who, expires) = token.split_once(':').ok_or_else(bad)?;
            let (person, session) = match who {
                "a" => self.people[0],
                "b" => self.people[1],
                _ => return Err(bad()),
            };
            let actor = Actor {
                kind: ActorKind::Person,
                person: Some(person),
                role: Some(Role::Agent),
                session: Some(session),
                ..Actor::anonymous()
            };
            Ok(Bearer { actor, expires_at: Timestamp(expires.parse().map_err(|_| bad())?) })
        }
        .boxed()
    }

    fn renewed<'a>(&'a self, actor: &'a Actor) -> BoxFuture<'a, crate::error::Result<Actor>> {
        async move { Ok(actor.clone()) }.boxed()
    }

    fn ended(&self, actor: &Actor) -> BoxFuture<'static, ()> {
        let session = actor.session;
        let mut revoked = self.revoked.subscribe();
        async move {
            loop {
                match revoked.recv().await {
                    Ok(ended) if Some(ended) == session => return,
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
                }
            }
        }
        .boxed()
    }
}

struct Toy {
    address: SocketAddr,
    shared: Arc<Shared>,
    tokens: Arc<Tokens>,
    clock: Clock,
    readiness: Readiness,
    shutdown: CancellationToken,
    serving: JoinHandle<()>,
    http: reqwest::Client,
}

impl Toy {
    async fn start() -> Self {
        Self::with(|_| {}, |_| {}).await
    }

    async fn with(configure: impl FnOnce(&mut Config), adjust: impl FnOnce(&mut Inner)) -> Self {
        let mut config = Config { mode: Some(Mode::Development), ..Config::default() };
        configure(&mut config);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let tokens = Arc::new(Tokens {
            people: [(PersonId::new(), SessionId::new()), (PersonId::new(), SessionId::new())],
            revoked: broadcast::Sender::new(8),
        });
        let clock = Clock::system();
        let schema = Schema::build(Query, Mutation, Subscriptions).data(shared.clone()).finish();
        let sdl: Arc<str> = schema.sdl().into();
        let words = Arc::new(Vocabulary::of(&sdl));
        let prepare = Arc::new(|request: &mut async_graphql::Request, caller: &Caller| {
            request.data.insert(caller.clone());
        });
        let readiness = Readiness::new(["database", "index"]);
        let shutdown = CancellationToken::new();
        let mut inner = Inner::new(
            &config,
            Parts {
                api: Api::new(schema.clone(), schema, words, &config, surroundings(clock.clone(), prepare)),
                authenticate: tokens.clone(),
                clock: clock.clone(),
                readiness: readiness.clone(),
                shutdown: shutdown.clone(),
                cursor: Arc::new(|_| Some("abcdefgh1234-42".to_owned())),
                sdl,
                files: None,
                measures: Measures { telemetry: Default::default(), refresh: Arc::new(|| Box::pin(async {})) },
            },
        );
        adjust(&mut inner);
        let server = Server(Arc::new(inner));
        let serving = tokio::spawn(async move { server.serve(vec![listener], Vec::new()).await });
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
        Self { address, shared, tokens, clock, readiness, shutdown, serving, http }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A POST with the newer media type, unless a header says otherwise.
    fn post(&self, body: serde_json::Value) -> reqwest::RequestBuilder {
        self.http
            .post(self.url("/graphql"))
            .header("accept", "application/graphql-response+json")
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    fn token(&self, who: &str, lives: Duration) -> String {
        format!("Bearer {who}:{}", self.clock.real().after(lives).0)
    }
}

/// What an answer says: status and body.
async fn read(request: reqwest::RequestBuilder) -> (u16, serde_json::Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}")))
}

fn code(body: &serde_json::Value) -> &str {
    body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none")
}

#[expect(dead_code, reason = "proves that a schema without subscriptions plugs in as well")]
fn any_schema_plugs_in(config: &Config) -> Api {
    let schema = Schema::new(Query, Mutation, EmptySubscription);
    Api::new(schema.clone(), schema, Arc::default(), config, surroundings(Clock::system(), Arc::new(|_, _| {})))
}

fn surroundings(clock: Clock, prepare: Prepare) -> Surroundings {
    Surroundings { clock, prepare, aliases: Default::default(), telemetry: Default::default() }
}
