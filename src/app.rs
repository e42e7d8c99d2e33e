//! Starts everything, in order: database, log, profile, effects, sessions, readers, transport; and stops it in good order.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use futures_util::future::BoxFuture;
use sea_orm::ActiveEnum;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::access::Policy;
use crate::attachments::sweep::sweeping;
use crate::audit::refusals::Refusals;
use crate::bulk::{Bulk, Runner};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{self, PoolSettings};
use crate::deliveries::{self, Post, Senders, Sending};
use crate::desk::{self, Desk, Parts};
use crate::event_log::{self, LogHead, follow};
use crate::files::Folder;
use crate::graphql;
use crate::graphql::api::{Api, Caller, Surroundings};
use crate::graphql::context::{Request, Rooms};
use crate::http::files::Files;
use crate::http::health::{self, Readiness};
use crate::http::measures::Measures;
use crate::http::{self, Server};
use crate::jobs;
use crate::knowledge::views::Views;
use crate::notifications::{self, Posting};
use crate::presence::{self, Presence};
use crate::profile::{Profile, ProfileError};
use crate::readers::head_watch::watch_head;
use crate::readers::indexer::{Indexer, Settings};
use crate::readers::live_feed::LiveFeed;
use crate::readers::revocations::Revocations;
use crate::rewards::retry::Retry;
use crate::search::Search;
use crate::search::knowledge_documents::KnowledgeSource;
use crate::search::slot::{Slot, State};
use crate::search::source::Source;
use crate::search::ticket_documents::TicketSource;
use crate::sessions::{FirstAdministrator, Sessions};
use crate::sla::timer::Timer;
use crate::telemetry::Telemetry;
use crate::tickets::profile_fit;

/// A running desk.
pub struct App {
    /// The desk.
    pub desk: Desk,
    /// Its indexes on this node.
    pub search: Search,
    /// What happens, as it happens.
    pub live: LiveFeed,
    /// What is read in the knowledge base.
    pub views: Views,
    /// Who asks.
    pub sessions: Sessions,
    /// What `/ready` answers.
    pub readiness: Readiness,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// Where it tells what it measures of itself.
    pub metrics_addresses: Vec<SocketAddr>,
    /// The first administrator, if this start made one.
    pub first_administrator: Option<FirstAdministrator>,
    stop: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
    tasks: TaskTracker,
}

// What commands and tests await is boxed, here and in `import` and `sessions`: futures that are named are compiled again, with all that
// they await, in every program that polls them.

/// Connects to the database, brings its schema up to date, and puts the desk together: what the server and every command need.
///
/// # Errors
/// A database that cannot be reached or is newer than this program, a profile that does not read.
pub fn open(config: &Config, clock: Clock) -> BoxFuture<'_, Result<Desk>> {
    Box::pin(opened(config, clock))
}

async fn opened(config: &Config, clock: Clock) -> Result<Desk> {
    let (profile, policy) = profile(&config.profile)?;
    let settings = PoolSettings {
        size: config.database.pool,
        statement_timeout: Duration::from_millis(config.database.statement_timeout_ms),
        lock_timeout: Duration::from_millis(config.database.lock_timeout_ms),
    };
    let db = db::connect(&config.database_url(), settings).await.context("the database cannot be opened")?;
    db::migrate(&db).await.context("the database cannot be brought up to date")?;
    profile_fit::check(&db, &profile).await?;
    let head = event_log::ensure(&db).await.context("the event log cannot be opened")?;
    let refusals = Refusals::open(&db).await.context("the audit cannot be opened")?;
    let (telemetry, effects) = (Telemetry::default(), crate::effects::all());
    Ok(Desk::new(Parts { db, clock, profile, policy, head: LogHead::new(head), refusals, telemetry, effects }))
}

/// Loads a profile, by name or path, and checks it against everything that this program knows.
///
/// # Errors
/// What is wrong with it, with the line and the way out.
pub fn profile(name_or_path: &str) -> Result<(Profile, Policy), ProfileError> {
    let profile = Profile::load(name_or_path)?;
    let policy = Policy::resolve(&profile)?;
    let kinds = || graphql::reference::EVENTS.iter().flat_map(|(_, kinds)| kinds.iter().map(|(kind, _)| *kind));
    let known = |path: &[&str], kind: &str| match kinds().any(|known| known == kind) {
        true => Ok(()),
        false => {
            let allowed = kinds().collect::<Vec<_>>().join(", ");
            Err(profile.fault(path, format!("there is no event {kind:?}; allowed: {allowed}")))
        }
    };
    for (index, alias) in profile.aliases.events.iter().enumerate() {
        known(&["aliases", "events", &index.to_string(), "kind"], &alias.kind)?;
    }
    for (index, notification) in profile.notifications.iter().enumerate() {
        known(&["notifications", &index.to_string(), "event"], &notification.event)?;
    }
    notifications::text::check(&profile)?;
    Ok((profile, policy))
}

impl App {
    /// Starts a desk that listens where the configuration says.
    ///
    /// # Errors
    /// Whatever keeps it from starting, said for the person who starts it.
    pub fn start(config: Config, clock: Clock) -> BoxFuture<'static, Result<Self>> {
        Box::pin(Self::started(config, clock))
    }

    async fn started(config: Config, clock: Clock) -> Result<Self> {
        let desk = open(&config, clock).await?;
        let sessions = Sessions::new(desk.clone(), &config.sessions, &config.limits).await?;
        let first_administrator = sessions.first_administrator(&config.admin).await?;
        let senders = Senders::new(&config)?;
        let (listeners, addresses) = bound(&config.listen).await?;
        let (watched, metrics_addresses) = bound(&config.metrics_listen).await?;

        let stop = CancellationToken::new();
        let readers = CancellationToken::new();
        let tasks = TaskTracker::new();
        let readiness = Readiness::new([KnowledgeSource::NAME, TicketSource::NAME]);
        let search = Search::new(&desk, &config.data.join("index"));
        let (live, live_reader) = LiveFeed::new(desk.db.clone(), desk.head.clone());
        let run = Run { desk: &desk, tasks: &tasks, stop: &readers };
        run.reader(live_reader);
        run.reader(Revocations::new(sessions.clone(), &desk.head));
        let settings = Settings {
            gather: Duration::from_millis(config.search.commit_interval_ms),
            checkpoint: Duration::from_secs(config.search.checkpoint_seconds),
            memory: config.search.writer_memory_mb << 20,
        };
        run.index::<KnowledgeSource>(&search, |search| &search.knowledge, settings, &readiness);
        run.index::<TicketSource>(&search, |search| &search.tickets, settings, &readiness);
        tasks.spawn(sessions.clone().keep_uses(readers.clone()));
        run.job(Timer::default());
        run.job(Retry);
        let post = Post::new(desk.clone(), senders, tasks.clone());
        run.job(Sending::new(post.clone()));
        run.job(Posting);
        let bulk = Bulk::new(desk.clone(), config.bulk.clone());
        run.job(Runner::new(bulk.clone()));
        let (presence, said) = Presence::new(desk.clock.clone());
        tasks.spawn(presence::follow(presence.clone(), desk.db.clone(), config.database_url(), said, readers.clone()));
        let folder = Folder::new(config.files_folder());
        tasks.spawn(sweeping(desk.clone(), folder.clone(), readers.clone()));
        let views = Views::default();
        tasks.spawn(views.clone().keep(desk.clone(), readers.clone()));
        tasks.spawn(desk.refusals.clone().keep(desk.db.clone(), desk.clock.clone(), readers.clone()));
        tasks.spawn(db::keep_folding(desk.db.clone(), readers.clone()));
        tasks.spawn(watch_head(desk.db.clone(), desk.head.clone(), readers.clone()));

        let rooms = Arc::new(Rooms {
            desk: desk.clone(),
            live: live.clone(),
            post,
            presence,
            bulk,
            search: search.clone(),
            views: views.clone(),
            sessions: sessions.clone(),
            progress: Duration::from_secs(config.websocket.progress_seconds),
        });
        let prepare = move |request: &mut async_graphql::Request, caller: &Caller| {
            request.data.insert(Request::new(rooms.clone(), caller));
        };
        let schema = graphql::served();
        let api = Api::new(
            schema.careful.clone(),
            schema.trusting.clone(),
            schema.vocabulary.clone(),
            &config,
            Surroundings {
                clock: desk.clock.clone(),
                prepare: Arc::new(prepare),
                aliases: desk.profile.aliases.clone(),
                telemetry: desk.telemetry.clone(),
            },
        );
        let head = desk.head.clone();
        let server = Server::new(
            &config,
            http::Parts {
                api,
                authenticate: Arc::new(sessions.clone()),
                clock: desk.clock.clone(),
                readiness: readiness.clone(),
                shutdown: stop.clone(),
                cursor: Arc::new(move |seq: Option<i64>| {
                    Some(seq.map_or_else(|| head.cursor(), |seq| head.at(seq)).to_string())
                }),
                sdl: schema.sdl.clone(),
                files: Some(Files::new(desk.clone(), sessions.clone(), folder)),
                measures: measures(&desk),
            },
        );
        let serving = tokio::spawn({
            let tasks = tasks.clone();
            async move {
                server.serve(listeners, watched).await;
                // Readers stop last: requests under way may still wait for them.
                readers.cancel();
                tasks.close();
            }
        });
        Ok(Self {
            desk,
            search,
            live,
            views,
            sessions,
            readiness,
            addresses,
            metrics_addresses,
            first_administrator,
            stop,
            serving,
            tasks,
        })
    }

    /// Tells the desk to stop: it takes no new requests, finishes those under way, and closes every socket with its cursor.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Waits until the desk has stopped, its indexes are durable and its database is closed.
    ///
    /// # Errors
    /// When serving broke off.
    pub async fn stopped(self) -> Result<()> {
        self.serving.await?;
        self.tasks.wait().await;
        self.desk.db.close().await;
        Ok(())
    }
}

/// Listens at each of these addresses; answers which they came to be.
async fn bound(wanted: &[SocketAddr]) -> Result<(Vec<TcpListener>, Vec<SocketAddr>)> {
    let mut listeners = Vec::new();
    for address in wanted {
        listeners.push(TcpListener::bind(address).await.with_context(|| format!("cannot listen at {address}"))?);
    }
    let addresses = listeners.iter().map(TcpListener::local_addr).collect::<std::io::Result<Vec<_>>>()?;
    Ok((listeners, addresses))
}

/// What `/metrics` answers: what was measured meanwhile, and what is looked up then.
fn measures(desk: &Desk) -> Measures {
    let (desk, telemetry) = (desk.clone(), desk.telemetry.clone());
    let refresh = move || -> BoxFuture<'static, ()> {
        let desk = desk.clone();
        Box::pin(async move {
            desk.telemetry.head(desk.head.seq());
            match deliveries::unsent(&desk.db.read).await {
                Ok(counts) => counts.iter().for_each(|(channel, status, count)| {
                    desk.telemetry.deliveries(channel.to_value(), status.to_value(), *count);
                }),
                Err(error) => tracing::warn!(%error, "messages that wait could not be counted"),
            }
        })
    };
    Measures { telemetry, refresh: Arc::new(refresh) }
}

/// What a reader needs to run.
struct Run<'a> {
    desk: &'a Desk,
    tasks: &'a TaskTracker,
    stop: &'a CancellationToken,
}

impl Run<'_> {
    fn reader<R: event_log::LocalReader>(&self, reader: R) {
        let desk::Parts { db, head, telemetry, .. } = &**self.desk;
        self.tasks.spawn(follow(db.clone(), head.clone(), telemetry.clone(), reader, self.stop.clone()));
    }

    fn job<J: jobs::Job>(&self, job: J) {
        self.tasks.spawn(jobs::run(self.desk.clone(), job, self.stop.clone()));
    }

    /// Opens an index, or builds it, beside everything else; says how it is.
    fn index<S: Source>(&self, search: &Search, slot: fn(&Search) -> &Slot, settings: Settings, readiness: &Readiness) {
        let (db, head, stop) = (self.desk.db.clone(), self.desk.head.clone(), self.stop.clone());
        let telemetry = self.desk.telemetry.clone();
        self.tasks.spawn(announce(S::NAME, slot(search).states(), readiness.clone(), stop.clone()));
        let search = search.clone();
        self.tasks.spawn(async move {
            let indexer = tokio::select! {
                () = stop.cancelled() => return,
                indexer = Indexer::<S>::open(db.clone(), head.clone(), search, slot, settings) => indexer,
            };
            follow(db, head, telemetry, indexer, stop).await;
        });
    }
}

/// Tells whoever asks whether this node is ready how an index of it is. Once it has been there, losing it is announced and no more.
async fn announce(
    name: &'static str,
    mut states: watch::Receiver<State>,
    readiness: Readiness,
    stop: CancellationToken,
) {
    let mut was_there = false;
    loop {
        let state = states.borrow_and_update().clone();
        was_there |= state == State::Ready;
        match state {
            State::Ready => readiness.ready(name),
            State::Starting => readiness.not_ready(name, "starting"),
            State::Rebuilding(reason) if was_there => readiness.set(name, health::State::Rebuilding(reason)),
            State::Degraded if was_there => readiness.set(name, health::State::Degraded(NO_INDEX.to_owned())),
            State::Rebuilding(reason) => readiness.not_ready(name, format!("it is being built: {reason}")),
            State::Degraded => readiness.not_ready(name, NO_INDEX),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            changed = states.changed() => if changed.is_err() { return },
        }
    }
}

/// What is told of an index that cannot be had; the log has more.
const NO_INDEX: &str = "it can be neither opened nor built; it is tried again, and the log says what is in the way";

/// The folder of the configuration's data, made if it is not there.
///
/// # Errors
/// When it cannot be made.
pub fn data_folder(config: &Config) -> Result<&Path> {
    std::fs::create_dir_all(&config.data)
        .with_context(|| format!("cannot make the folder {}", config.data.display()))?;
    Ok(&config.data)
}
