//! Fills a database: tickets spread over people, statuses and time, about three comments each, every fiftieth with thirty.

use std::path::Path;

use deskgraph::access::Role;
use deskgraph::app;
use deskgraph::clock::{Clock, Timestamp};
use deskgraph::profile::{Profile, Stage};
use deskgraph::sla::clock;
use deskgraph::sla::segments::Because;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend};
use uuid::Uuid;

use super::desk;

const CUSTOMERS: u64 = 2_000;
const AGENTS: u64 = 40;
const ROWS: usize = 400;
/// Milliseconds between two tickets.
const APART: i64 = 60_000;

const WORDS: [&str; 40] = [
    "the", "to", "a", "is", "and", "when", "not", "we", "it", "after", "printer", "invoice", "password", "network",
    "screen", "email", "login", "order", "delivery", "payment", "account", "server", "cable", "router", "update",
    "error", "slow", "broken", "missing", "wrong", "again", "customer", "office", "report", "file", "backup",
    "license", "phone", "keyboard", "laptop",
];

/// Rows of one table on their way.
struct Table {
    insert: &'static str,
    rows: Vec<String>,
}

impl Table {
    fn new(insert: &'static str) -> Self {
        Self { insert, rows: Vec::with_capacity(ROWS) }
    }

    async fn add(&mut self, db: &impl ConnectionTrait, row: String) -> anyhow::Result<()> {
        self.rows.push(row);
        if self.rows.len() == ROWS { self.flush(db).await } else { Ok(()) }
    }

    async fn flush(&mut self, db: &impl ConnectionTrait) -> anyhow::Result<()> {
        if !self.rows.is_empty() {
            db.execute_unprepared(&format!("INSERT INTO {} VALUES {}", self.insert, self.rows.join(", "))).await?;
            self.rows.clear();
        }
        Ok(())
    }
}

struct Fill {
    backend: DbBackend,
    random: StdRng,
}

/// Makes the tables and fills them.
pub async fn fill(folder: &Path, url: Option<String>, tickets: u64) -> anyhow::Result<()> {
    let desk = app::open(&desk::config(folder, url), Clock::system()).await?;
    let tx = desk.db.begin().await?;
    let backend = tx.get_database_backend();
    let mut fill = Fill { backend, random: StdRng::seed_from_u64(1) };
    let now = desk.clock.now().0;
    let customers = fill.people(&tx, Role::Customer, CUSTOMERS, now).await?;
    let agents = fill.people(&tx, Role::Agent, AGENTS, now).await?;
    fill.tickets(&tx, &desk.profile, &customers, &agents, tickets, now).await?;
    tx.commit().await?;
    desk.db.writer().execute_unprepared("ANALYZE").await?;
    desk.db.close().await;
    Ok(())
}

impl Fill {
    fn uuid(&mut self, ms: i64) -> Uuid {
        let random: [u8; 10] = self.random.random();
        uuid::Builder::from_unix_timestamp_millis(ms.unsigned_abs(), &random).into_uuid()
    }

    fn id(&self, id: Uuid) -> String {
        match self.backend {
            DbBackend::Sqlite => format!("x'{}'", id.simple()),
            _ => format!("'{id}'"),
        }
    }

    fn text(&mut self, words: usize) -> String {
        let mut text = String::with_capacity(words * 8);
        for nth in 0..words {
            if nth > 0 {
                text.push(' ');
            }
            // Common words often, and a long tail of names and numbers.
            if self.random.random_range(0..5) > 0 {
                let at = self.random.random_range(0..WORDS.len()).min(self.random.random_range(0..WORDS.len() * 2));
                text.push_str(WORDS[at]);
            } else {
                let nth = self.random.random_range(0..60_000_u32).min(self.random.random_range(0..60_000));
                text.push_str(&format!("part{nth}"));
            }
        }
        text
    }

    async fn people(
        &mut self,
        db: &impl ConnectionTrait,
        role: Role,
        count: u64,
        now: i64,
    ) -> anyhow::Result<Vec<Uuid>> {
        let mut table = Table::new("people (id, name, role, version, created_at)");
        let mut ids = Vec::new();
        for nth in 0..count {
            let id = self.uuid(now);
            ids.push(id);
            table.add(db, format!("({}, '{role:?} {nth}', '{}', 1, {now})", self.id(id), role.to_value())).await?;
        }
        table.flush(db).await?;
        Ok(ids)
    }

    async fn tickets(
        &mut self,
        db: &impl ConnectionTrait,
        profile: &Profile,
        customers: &[Uuid],
        agents: &[Uuid],
        count: u64,
        now: i64,
    ) -> anyhow::Result<()> {
        let mut tickets = Table::new(
            "tickets (id, number, title, description, status, stage, priority, priority_rank, category, channel, \
             requester_id, created_by_id, assignee_id, version, comment_count, public_comment_count, last_comment_id, \
             last_public_comment_id, due_at, breached, status_changed_at, reopen_count, created_at, updated_at)",
        );
        let mut comments =
            Table::new("comments (id, ticket_id, author_id, audience, format, body, version, created_at)");
        let mut clocks = Table::new(
            "sla_clocks (ticket_id, target, goal_ms, started_at, paused_ms, deadline, met_at, segments, fires_at, risk_at)",
        );
        let mut tags = Table::new("ticket_tags (ticket_id, tag)");
        for nth in 0..count {
            let created_at = now - (count - nth) as i64 * APART;
            let id = self.uuid(created_at);
            let status = &profile.statuses[self.random.random_range(0..profile.statuses.len())];
            let priority = &profile.priorities[self.random.random_range(0..profile.priorities.len())];
            let requester = customers[self.random.random_range(0..customers.len())];
            let agent = agents[self.random.random_range(0..agents.len())];
            let said = if nth % 50 == 0 { 30 } else { self.random.random_range(1..=5) };
            let mut last = (Uuid::nil(), Uuid::nil(), 0, created_at);
            let mut talk = Vec::new();
            for at in 1..=said {
                let at = created_at + at * 1_000;
                let comment = self.uuid(at);
                let internal = talk.len() % 4 == 3;
                let author = if talk.len() % 2 == 0 { agent } else { requester };
                let author = if internal { agent } else { author };
                let (audience, body) = (if internal { "STAFF" } else { "PUBLIC" }, self.text(25));
                talk.push((comment, author, audience, body, at));
                last = (comment, if internal { last.1 } else { comment }, last.2 + i64::from(!internal), at);
            }
            let targets = profile.sla_target(&priority.key);
            let done = matches!(status.stage, Stage::Resolved | Stage::Closed);
            let mut due_at = Timestamp::NEVER;
            let mut promised = Vec::new();
            for (target, goal) in [
                (clock::Target::FirstResponse, targets.first_response),
                (clock::Target::Resolution, targets.resolution),
            ] {
                let Some(goal) = goal else { continue };
                let opened = profile.status(&profile.initial_status).unwrap_or(status);
                let (calendar, at) = (profile.calendar(), Timestamp(created_at));
                let mut row = clock::Model::start(calendar, id.into(), target, goal, at, opened);
                if done || target == clock::Target::FirstResponse {
                    row.meet(calendar, Timestamp(created_at + 1_000), Because::Answered);
                }
                row.arm(profile);
                due_at = Ord::min(due_at, row.due_at());
                promised.push(row);
            }
            let assignee = if status.stage == Stage::New { "NULL".to_owned() } else { self.id(agent) };
            let (title, description) = (self.text(6), self.text(40));
            tickets
                .add(
                    db,
                    format!(
                        "({}, 'TICK-{nth:08}', '{title}', '{description}', '{}', {}, '{}', {}, 'general', 'web', {}, {}, \
                         {assignee}, 1, {said}, {}, {}, {}, {}, FALSE, {created_at}, 0, {created_at}, {})",
                        self.id(id), status.key, status.stage as i32, priority.key, priority.rank,
                        self.id(requester), self.id(requester), last.2, self.id(last.0), self.id(last.1), due_at.0, last.3,
                    ),
                )
                .await?;
            for (comment, author, audience, body, at) in talk {
                let row = format!(
                    "({}, {}, {}, '{audience}', 'PLAIN', '{body}', 1, {at})",
                    self.id(comment),
                    self.id(id),
                    self.id(author)
                );
                comments.rows.push(row);
            }
            for row in promised {
                let met = row.met_at.map_or("NULL".to_owned(), |at| at.0.to_string());
                clocks.rows.push(format!(
                    "({}, '{}', {}, {}, {}, {}, {met}, '{}', {}, {})",
                    self.id(id),
                    row.target.to_value(),
                    row.goal_ms,
                    row.started_at.0,
                    row.paused_ms,
                    row.deadline.0,
                    row.segments,
                    row.fires_at.0,
                    row.risk_at.0
                ));
            }
            if nth % 3 == 0 {
                tags.rows.push(format!("({}, 'tag{}')", self.id(id), nth % 97));
            }
            // What refers to tickets waits until they are there.
            if tickets.rows.is_empty() {
                for table in [&mut comments, &mut clocks, &mut tags] {
                    table.flush(db).await?;
                }
            }
        }
        for table in [&mut tickets, &mut comments, &mut clocks, &mut tags] {
            table.flush(db).await?;
        }
        Ok(())
    }
}
