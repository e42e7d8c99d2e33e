//! Handlers written by hand: axum, sqlx, serde, and nothing else. They know one query each, ask nobody for permission, and answer
//! what the desk answers.

use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use deskgraph::access::Role;
use deskgraph::clock::{Clock, Timestamp};
use deskgraph::ids::{CommentId, PersonId, TicketId};
use deskgraph::profile::Profile;
use deskgraph::sla::clock::{Model as SlaClock, State, Target};
use sea_orm::ActiveEnum;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

pub use super::hand_answers::*;
use super::hand_search::Search;
use super::process;

/// What every handler has at hand.
pub struct Hand<P> {
    pub read: P,
    pub write: P,
    pub profile: Profile,
    pub clock: Clock,
    pub epoch: String,
    pub requester: PersonId,
    pub search: Search,
}

/// Serves until it is told to stop.
pub async fn serve(folder: &Path, url: Option<String>) -> anyhow::Result<()> {
    let app = match url {
        Some(url) => {
            let pool = sqlx::postgres::PgPoolOptions::new().max_connections(10).connect(&url).await?;
            postgres::router(pool.clone(), pool).await?
        }
        None => {
            let options = SqliteConnectOptions::from_str(&format!("sqlite:{}", folder.join("desk.db").display()))?
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .pragma("cache_size", "-16000")
                .pragma("mmap_size", "268435456");
            let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
            let read = SqlitePoolOptions::new().max_connections(10).connect_with(options).await?;
            sqlite::router(read, write).await?
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    process::announce(listener.local_addr()?);
    axum::serve(listener, app).with_graceful_shutdown(process::told_to_stop()).await?;
    Ok(())
}

/// What the handler of one ticket is sent.
#[derive(serde::Deserialize)]
struct Which {
    id: uuid::Uuid,
}

fn time(ms: i64) -> String {
    Timestamp(ms).to_string()
}

fn due(ms: i64) -> Option<String> {
    (ms != Timestamp::NEVER.0).then(|| time(ms))
}

fn state(clock: &SlaClock, now: Timestamp) -> &'static str {
    match clock.state(now) {
        State::Running => "RUNNING",
        State::Paused => "PAUSED",
        State::Met => "MET",
        State::Breached => "BREACHED",
    }
}

const PAGE: &str = "SELECT t.id, t.number, t.title, t.status, t.priority, r.id, r.name, a.id, a.name, c.id, c.body, \
    c.created_at, w.name, t.due_at, t.breached, t.updated_at FROM tickets t JOIN people r ON r.id = t.requester_id \
    LEFT JOIN people a ON a.id = t.assignee_id LEFT JOIN comments c ON c.id = t.last_comment_id \
    LEFT JOIN people w ON w.id = c.author_id WHERE t.deleted_at IS NULL ORDER BY t.created_at DESC, t.id DESC LIMIT 51";

const DETAIL: &str = "SELECT t.number, t.title, t.description, t.status, t.priority, t.category, t.channel, \
    t.preferred_contact_time, r.id, r.name, r.role, o.id, o.name, b.id, b.name, a.id, a.name, m.id, m.name, \
    t.comment_count, t.due_at, t.breached, t.first_responded_at, t.status_changed_at, t.resolved_at, t.closed_at, \
    t.close_reason, t.reopen_count, t.source, t.external_id, t.created_at, t.updated_at, t.version FROM tickets t \
    JOIN people r ON r.id = t.requester_id LEFT JOIN organizations o ON o.id = t.organization_id \
    LEFT JOIN people b ON b.id = t.created_by_id LEFT JOIN people a ON a.id = t.assignee_id \
    LEFT JOIN teams m ON m.id = t.team_id WHERE t.id = $1 AND t.deleted_at IS NULL";

const COMMENTS: &str = "SELECT c.id, c.body, c.format, c.audience, c.created_at, c.edited_at, p.id, p.name, p.role \
    FROM comments c LEFT JOIN people p ON p.id = c.author_id WHERE c.ticket_id = $1 AND c.deleted_at IS NULL \
    ORDER BY c.created_at, c.id LIMIT 26";

const CLOCKS: &str = "SELECT ticket_id, target, goal_ms, started_at, paused_ms, paused_at, deadline, met_at FROM sla_clocks WHERE ticket_id ";

macro_rules! reading {
    ($module:ident, $pool:ty, $row:ty) => {
        mod $module {
            use axum::Json;
            use axum::extract::State;
            use sqlx::Row as _;
            use uuid::Uuid;

            use super::*;
            use crate::hand_write::$module::create;

            type At = State<Arc<Hand<$pool>>>;

            pub async fn router(read: $pool, write: $pool) -> anyhow::Result<Router> {
                let epoch = sqlx::query_scalar("SELECT epoch FROM event_head").fetch_one(&read).await?;
                let agent = "SELECT id FROM people WHERE role = $1 LIMIT 1";
                let requester: Uuid =
                    sqlx::query_scalar(agent).bind(Role::Agent.to_value()).fetch_one(&read).await?;
                let texts = sqlx::query_as(
                    "SELECT t.id, t.title, t.description, c.audience, c.body FROM tickets t \
                     JOIN comments c ON c.ticket_id = t.id ORDER BY t.id, c.created_at DESC",
                );
                let search = Search::build(texts.fetch(&read)).await?;
                let profile = Profile::load("helpdesk")?;
                let clock = Clock::system();
                let hand = Hand { read, write, profile, clock, epoch, requester: PersonId(requester), search };
                Ok(Router::new()
                    .route("/ready", get(async || Json(serde_json::json!({"ready": true}))))
                    .route("/page", post(page))
                    .route("/detail", post(detail))
                    .route("/create", post(create))
                    .route("/search", post(search_words))
                    .with_state(Arc::new(hand)))
            }

            async fn search_words(State(hand): At, Json(words): Json<crate::hand_search::Words>) -> Vec<u8> {
                hand.search.find(&words)
            }

            fn clock(row: &$row) -> SlaClock {
                SlaClock {
                    ticket_id: TicketId(row.get(0)),
                    target: Target::try_from_value(&row.get::<String, _>(1)).expect("a target"),
                    goal_ms: row.get(2),
                    started_at: Timestamp(row.get(3)),
                    paused_ms: row.get(4),
                    paused_at: row.get::<Option<i64>, _>(5).map(Timestamp),
                    deadline: Timestamp(row.get(6)),
                    met_at: row.get::<Option<i64>, _>(7).map(Timestamp),
                    // Not asked for.
                    segments: String::new(),
                    fired: String::new(),
                    fires_at: Timestamp::NEVER,
                    risk_at: Timestamp::NEVER,
                }
            }

            async fn page(State(hand): At) -> Vec<u8> {
                let now = hand.clock.now();
                let mut rows = sqlx::query(PAGE).fetch_all(&hand.read).await.expect("rows");
                let has_next_page = rows.len() > 50;
                rows.truncate(50);
                let marks: Vec<String> = (1..=rows.len()).map(|at| format!("${at}")).collect();
                let sql = format!("{CLOCKS} IN ({}) ORDER BY target", marks.join(","));
                let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
                for row in &rows {
                    query = query.bind(row.get::<Uuid, _>(0));
                }
                let mut clocks = std::collections::HashMap::<Uuid, Vec<ClockRow>>::new();
                for row in query.fetch_all(&hand.read).await.expect("clocks") {
                    let clock = clock(&row);
                    clocks.entry(clock.ticket_id.0).or_default().push(ClockRow {
                        target: clock.target.to_value(),
                        state: state(&clock, now),
                        deadline: clock.deadline.to_string(),
                    });
                }
                let nodes = rows.iter().map(|row| {
                    let somebody = |at: usize| {
                        let id: Option<Uuid> = row.get(at);
                        Some(Somebody { id: PersonId(id?).to_string(), name: row.get(at + 1) })
                    };
                    let id: Uuid = row.get(0);
                    let priority = hand.profile.priority(row.get::<&str, _>(4)).expect("a priority");
                    let last_comment = row.get::<Option<Uuid>, _>(9).map(|id| LastComment {
                        id: CommentId(id).to_string(),
                        body: row.get(10),
                        created_at: time(row.get(11)),
                        author: row.get::<Option<String>, _>(12).map(|name| Author { name }),
                    });
                    let due_at: i64 = row.get(13);
                    Row {
                        id: TicketId(id).to_string(),
                        number: row.get(1),
                        title: row.get(2),
                        status: status(&hand.profile, row.get(3)),
                        priority: Named { key: &priority.key, name: &priority.name },
                        requester: somebody(5).expect("a requester"),
                        assignee: somebody(7),
                        last_comment,
                        sla: Sla { breached: None, clocks: clocks.remove(&id).unwrap_or_default() },
                        due_at: due(due_at),
                        breached: row.get::<bool, _>(14) || due_at < now.0,
                        updated_at: time(row.get(15)),
                    }
                });
                let nodes = nodes.collect();
                let tickets = Connection { nodes, page_info: PageInfo { has_next_page } };
                serde_json::to_vec(&Data { data: Tickets { tickets } }).expect("JSON")
            }

            async fn detail(State(hand): At, Json(which): Json<Which>) -> Vec<u8> {
                let now = hand.clock.now();
                let id = which.id;
                let Some(row) = sqlx::query(DETAIL).bind(id).fetch_optional(&hand.read).await.expect("a row") else {
                    return b"{\"data\":{\"ticket\":null}}".to_vec();
                };
                let said = sqlx::query(COMMENTS).bind(id).fetch_all(&hand.read).await.expect("comments");
                let tags = sqlx::query_scalar("SELECT tag FROM ticket_tags WHERE ticket_id = $1 ORDER BY tag");
                let tags = tags.bind(id).fetch_all(&hand.read).await.expect("tags");
                let sql = format!("{CLOCKS} = $1 ORDER BY target");
                let clocks = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).fetch_all(&hand.read).await.expect("clocks");
                let clocks = clocks.iter().map(clock).map(|clock| FullClock {
                    target: clock.target.to_value(),
                    state: state(&clock, now),
                    deadline: clock.deadline.to_string(),
                    started_at: clock.started_at.to_string(),
                    paused_at: clock.paused_at.map(|at| at.to_string()),
                    met_at: clock.met_at.map(|at| at.to_string()),
                });
                let has_next_page = said.len() > 25;
                let nodes = said.iter().take(25).map(|row| Comment {
                    id: CommentId(row.get(0)).to_string(),
                    body: row.get(1),
                    format: row.get(2),
                    internal: row.get::<&str, _>(3) == "STAFF",
                    created_at: time(row.get(4)),
                    edited_at: row.get::<Option<i64>, _>(5).map(time),
                    author: row.get::<Option<Uuid>, _>(6).map(|id| Member {
                        id: PersonId(id).to_string(),
                        name: row.get(7),
                        role: row.get::<&str, _>(8).to_uppercase(),
                    }),
                });
                let somebody = |at: usize| {
                    let id: Option<Uuid> = row.get(at);
                    Some(Somebody { id: PersonId(id?).to_string(), name: row.get(at + 1) })
                };
                let profile = &hand.profile;
                let priority = profile.priority(row.get::<&str, _>(4)).expect("a priority");
                let named = |named: Option<&deskgraph::profile::Named>| {
                    named.map(|named| (named.key.clone(), named.name.clone()))
                };
                let category = named(profile.category(row.get::<&str, _>(5)));
                let channel = named(profile.channel(row.get::<&str, _>(6))).expect("a channel");
                let reason = row.get::<Option<&str>, _>(26).and_then(|key| named(profile.close_reason(key)));
                let due_at: i64 = row.get(20);
                let breached = row.get::<bool, _>(21) || due_at < now.0;
                let moment = |at: usize| row.get::<Option<i64>, _>(at).map(time);
                let detail = Detail {
                    id: TicketId(id).to_string(),
                    number: row.get(0),
                    title: row.get(1),
                    description: row.get(2),
                    status: status(profile, row.get(3)),
                    priority: Priority { key: &priority.key, name: &priority.name, rank: priority.rank },
                    category: category.as_ref().map(|(key, name)| Named { key, name }),
                    channel: Named { key: &channel.0, name: &channel.1 },
                    preferred_contact_time: row.get(7),
                    requester: Member { id: PersonId(row.get(8)).to_string(), name: row.get(9), role: row.get::<&str, _>(10).to_uppercase() },
                    organization: somebody(11),
                    created_by: somebody(13),
                    assignee: somebody(15),
                    team: somebody(17),
                    tags,
                    comment_count: row.get(19),
                    comments: Connection { nodes: nodes.collect(), page_info: PageInfo { has_next_page } },
                    sla: Sla { breached: Some(breached), clocks: clocks.collect() },
                    due_at: due(due_at),
                    breached,
                    first_responded_at: moment(22),
                    status_changed_at: time(row.get(23)),
                    resolved_at: moment(24),
                    closed_at: moment(25),
                    close_reason: reason.as_ref().map(|(key, name)| Named { key, name }),
                    reopen_count: row.get(27),
                    source: row.get(28),
                    external_id: row.get(29),
                    created_at: time(row.get(30)),
                    updated_at: time(row.get(31)),
                    version: row.get(32),
                };
                serde_json::to_vec(&Data { data: Ticket { ticket: Some(detail) } }).expect("JSON")
            }
        }
    };
}

reading!(sqlite, sqlx::SqlitePool, sqlx::sqlite::SqliteRow);
reading!(postgres, sqlx::PgPool, sqlx::postgres::PgRow);
