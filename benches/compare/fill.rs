//! Fills a database: tickets spread over people, statuses and a year, about three comments each, every fiftieth with thirty.

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
const ARTICLES: u64 = 400;
const ROWS: usize = 400;
/// They were opened over a year.
const YEAR: i64 = 365 * DAY;
const DAY: i64 = 24 * 3_600_000;
/// What is older is closed, but for one in so many.
const OLD: i64 = 30 * DAY;
const STILL_OPEN: u64 = 30;

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

/// What became of a ticket, and when.
struct Happened {
    answered: Option<i64>,
    resolved: Option<i64>,
    closed: Option<i64>,
    rated: Option<i64>,
    escalated: Option<i64>,
    replies: u32,
}

/// How a promise stands.
#[derive(Clone, Copy, Default)]
struct Kept {
    how: Option<i64>,
    deadline: Option<i64>,
}

fn sql(value: Option<i64>) -> String {
    value.map_or("NULL".to_owned(), |value| value.to_string())
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
    fill.articles(&tx, ARTICLES, now).await?;
    fill.tickets(&tx, &desk.profile, &customers, &agents, tickets, now).await?;
    tx.commit().await?;
    // As it is on a desk that has been there for a while; in a transaction PostgreSQL does not do it.
    let tidy = if backend == DbBackend::Postgres { "VACUUM ANALYZE" } else { "ANALYZE" };
    desk.db.writer().execute_unprepared(tidy).await?;
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

    /// Published articles.
    async fn articles(&mut self, db: &impl ConnectionTrait, count: u64, now: i64) -> anyhow::Result<()> {
        let mut table = Table::new(
            "articles (id, slug, title, body, format, status, audience, version, created_at, updated_at, published_at)",
        );
        for nth in 0..count {
            let (id, title, body) = (self.uuid(now), self.text(6), self.text(300));
            let row = format!(
                "({}, 'article-{nth}', '{title}', '{body}', 'PLAIN', 'PUBLISHED', 'PUBLIC', 1, {now}, {now}, {now})",
                self.id(id)
            );
            table.add(db, row).await?;
        }
        table.flush(db).await
    }

    /// What became of a ticket, as far as its stage says.
    fn happened(&mut self, created_at: i64, now: i64, stage: Stage) -> Happened {
        let mut within = |minutes: i64| Ord::min(created_at + self.random.random_range(1..minutes) * 60_000, now - 1);
        let (answered, resolved, escalated) = (within(8 * 60), within(72 * 60), within(24 * 60));
        let done = matches!(stage, Stage::Resolved | Stage::Closed);
        let mut of_ten = |some: u32| self.random.random_range(0..10) < some;
        let resolved = done.then_some(resolved);
        Happened {
            answered: (stage != Stage::New && of_ten(9)).then_some(answered),
            resolved,
            closed: resolved.filter(|_| stage == Stage::Closed),
            rated: resolved.filter(|_| of_ten(4)),
            escalated: of_ten(1).then_some(escalated),
            replies: self.random.random_range(0..4),
        }
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
             last_public_comment_id, due_at, breached, status_changed_at, reopen_count, created_at, updated_at, \
             first_responded_at, resolved_at, closed_at, response_promise, response_deadline, resolution_promise, \
             resolution_deadline, staff_replies, rated_at, rating_score, rating_closure, escalated_at)",
        );
        let mut escalations = Table::new("escalation_steps (id, ticket_id, level, cause, agent_id, escalated_at)");
        let mut comments =
            Table::new("comments (id, ticket_id, author_id, audience, format, body, version, created_at)");
        let mut clocks = Table::new(
            "sla_clocks (ticket_id, target, goal_ms, started_at, paused_ms, deadline, met_at, segments, fires_at, risk_at)",
        );
        let mut tags = Table::new("ticket_tags (ticket_id, tag)");
        for nth in 0..count {
            let created_at = now - (count - nth) as i64 * (YEAR / count as i64);
            let id = self.uuid(created_at);
            let over = now - created_at > OLD && nth % STILL_OPEN != 0;
            let status = match profile.statuses.iter().find(|status| over && status.stage == Stage::Closed) {
                Some(closed) => closed,
                None => &profile.statuses[self.random.random_range(0..profile.statuses.len())],
            };
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
            let happened = self.happened(created_at, now, status.stage);
            let targets = profile.sla_target(&priority.key);
            let mut promises = [Kept::default(); 2];
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
                let met = if target == clock::Target::FirstResponse { happened.answered } else { happened.resolved };
                if let Some(at) = met.or(happened.resolved) {
                    row.meet(calendar, Timestamp(at), Because::Answered);
                }
                row.arm(profile);
                // What was due has been said: the timer is not what is measured.
                if row.fires_at.0 <= now {
                    row.fires_at = Timestamp::NEVER;
                }
                let nth = usize::from(target == clock::Target::Resolution);
                promises[nth] = Kept { how: Some(row.promise() as i64), deadline: Some(row.deadline.0) };
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
                         {assignee}, 1, {said}, {}, {}, {}, {}, FALSE, {created_at}, 0, {created_at}, {}, \
                         {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})",
                        self.id(id), status.key, status.stage as i32, priority.key, priority.rank,
                        self.id(requester), self.id(requester), last.2, self.id(last.0), self.id(last.1), due_at.0, last.3,
                        sql(happened.answered), sql(happened.resolved), sql(happened.closed),
                        sql(promises[0].how), sql(promises[0].deadline), sql(promises[1].how), sql(promises[1].deadline),
                        happened.replies, sql(happened.rated), sql(happened.rated.map(|at| at % 5 + 1)),
                        sql(happened.rated.map(|_| 0)), sql(happened.escalated),
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
            if let Some(at) = happened.escalated {
                let (step, cause) = (self.uuid(at), ["CLOCK", "STAFF"][usize::from(nth % 3 == 0)]);
                let row = format!(
                    "({}, {}, 'administrator', '{cause}', {}, {at})",
                    self.id(step),
                    self.id(id),
                    self.id(agent)
                );
                escalations.rows.push(row);
            }
            if nth % 3 == 0 {
                tags.rows.push(format!("({}, 'tag{}')", self.id(id), nth % 97));
            }
            // What refers to tickets waits until they are there.
            if tickets.rows.is_empty() {
                for table in [&mut comments, &mut clocks, &mut tags, &mut escalations] {
                    table.flush(db).await?;
                }
            }
        }
        for table in [&mut tickets, &mut comments, &mut clocks, &mut tags, &mut escalations] {
            table.flush(db).await?;
        }
        Ok(())
    }
}
