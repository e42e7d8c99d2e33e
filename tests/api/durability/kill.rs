//! Killed under load, again and again. Promises 1, 2, 3, 5 and 6 from outside the process.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::time::Duration;

use deskgraph_index::{Index, Opened, Options};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use serde_json::{Value, json};

use crate::harness::{Database, PASSWORD, Person, Process, SIGN_IN, Socket, mutation, seq};

/// Somebody who writes until the desk is gone, and sends again what was not answered.
struct Writer {
    name: usize,
    does: Does,
    /// The ticket that comments and changes of status are about, and that is merged.
    ticket: String,
    /// The ticket that it is merged into.
    other: String,
    count: usize,
    /// Sent, and not answered.
    pending: Option<Value>,
    /// Acknowledged: what was sent, and the id it became.
    done: Vec<(Value, String)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Does {
    Create,
    Comment,
    Move,
    /// Merges a ticket, undoes it, merges it again …
    Merge,
}

impl Does {
    /// The mutation with this number.
    fn mutation(self, count: usize) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Merge if count.is_multiple_of(2) => ("ticketMerge", "ticket { id }", "ticket"),
            Self::Merge => ("ticketUnmerge", "ticket { id }", "ticket"),
            Self::Create => ("ticketCreate", "ticket { id }", "ticket"),
            Self::Comment => ("commentAdd", "comment { id }", "comment"),
            Self::Move => ("ticketStatusChange", "ticket { id }", "ticket"),
        }
    }
}

impl Writer {
    fn next(&mut self) -> Value {
        let (key, count) = (format!("{}-{}", self.name, self.count), self.count);
        self.count += 1;
        match self.does {
            Does::Create => json!({
                "title": format!("Ticket {key}"), "description": "What happened, in some words.", "idempotencyKey": key,
            }),
            Does::Comment => json!({"ticketId": self.ticket, "body": format!("Comment {key}"), "idempotencyKey": key}),
            Does::Merge if count.is_multiple_of(2) => {
                json!({"ticketId": self.ticket, "intoId": self.other, "idempotencyKey": key})
            }
            Does::Merge => json!({"ticketId": self.ticket, "idempotencyKey": key}),
            Does::Move => {
                let status = match count {
                    0 => "assigned",
                    count if count % 2 == 1 => "in_progress",
                    _ => "waiting",
                };
                json!({"ticketId": self.ticket, "status": status, "idempotencyKey": key})
            }
        }
    }

    /// Sends one thing, which may be one that was not answered; answers whether the desk is still there.
    async fn once(&mut self, ada: &Person) -> bool {
        let input = match self.pending.take() {
            Some(input) => input,
            None => self.next(),
        };
        self.pending = Some(input.clone());
        let (name, selection, thing) = self.does.mutation(self.count - 1);
        let Ok(answer) = ada.try_answer(&mutation(name, selection), json!({"input": input})).await else {
            return false;
        };
        let payload = &answer["data"][name];
        assert_eq!(payload["userErrors"], json!([]), "{answer:#}");
        self.done.push((input, payload[thing]["id"].as_str().unwrap().to_owned()));
        self.pending = None;
        true
    }

    async fn until_it_is_gone(mut self, ada: Person) -> Self {
        while self.once(&ada).await {}
        self
    }
}

/// A subscriber who comes back with the last cursor.
struct Subscriber {
    cursor: Value,
    seen: Vec<(i64, String)>,
}

impl Subscriber {
    /// Follows until the desk is gone, or until it has seen `last`.
    async fn follow(mut self, ada: Person, url: String, last: Option<String>) -> Self {
        let document =
            "subscription($after: EventCursor) { ticketEvents(after: $after) { eventCursor node { kind ticketId } } }";
        let Some(mut socket) = Socket::try_open(&url, ada.token.as_deref()).await else { return self };
        if !socket.try_subscribe("1", document, json!({"after": self.cursor})).await {
            return self;
        }
        while let Some(message) = socket.try_receive().await {
            if message["type"] == "ping" {
                continue;
            }
            let edge = &message["payload"]["data"]["ticketEvents"];
            assert!(edge["eventCursor"].is_string(), "{message:#}");
            self.cursor = edge["eventCursor"].clone();
            if let Some(kind) = edge["node"]["kind"].as_str() {
                self.seen.push((seq(&self.cursor), kind.to_owned()));
            }
            if last.is_some() && edge["node"]["ticketId"].as_str() == last.as_deref() {
                break;
            }
        }
        self
    }
}

async fn killed_under_load(rounds: usize, database: Option<&str>) {
    let seed = std::env::var("DESKGRAPH_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u128() as u64);
    println!("DESKGRAPH_TEST_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let folder = tempfile::tempdir().unwrap();
    let start = async || Process::start(folder.path(), database, &[]).await;

    let process = start().await;
    let http = reqwest::Client::new();
    let input = json!({"input": {"email": "ada@desk.test", "password": PASSWORD}});
    let answer = Person::new(http.clone(), &process.url, None).run(SIGN_IN, input).await;
    let mut ada = Person::new(http, &process.url, answer["signIn"]["accessToken"].as_str().map(str::to_owned));
    ada.id = "Ada".to_owned();
    let cursor = ada.run("{ eventCursor }", json!({})).await["eventCursor"].take();
    let mut subscriber = Subscriber { cursor, seen: Vec::new() };
    let mut writers = Vec::new();
    let roles = [Does::Create, Does::Comment, Does::Move, Does::Create, Does::Create, Does::Merge];
    for (name, does) in roles.into_iter().enumerate() {
        let ticket = ada.open_ticket(&format!("The ticket of writer {name}")).await;
        let other = ada.open_ticket(&format!("Another ticket of writer {name}")).await;
        writers.push(Writer { name, does, ticket, other, count: 0, pending: None, done: Vec::new() });
    }
    let mut process = Some(process);
    for round in 0..rounds {
        if round % 4 == 3 {
            lose_some_of_the_index(&folder.path().join("index/tickets"), &mut random);
        }
        let running = match process.take() {
            Some(process) => process,
            None => start().await,
        };
        let here = ada.at(&running.url);
        let writing: Vec<_> =
            writers.drain(..).map(|writer| tokio::spawn(writer.until_it_is_gone(here.clone()))).collect();
        let following = tokio::spawn(subscriber.follow(here.clone(), running.url.clone(), None));
        // The moment is the subject of the test: nothing is waited for.
        tokio::time::sleep(Duration::from_millis(random.random_range(0..450))).await;
        running.kill();
        for writer in writing {
            writers.push(writer.await.unwrap());
        }
        subscriber = following.await.unwrap();
    }

    // Whatever was not answered is sent again; then a last ticket, and everybody who follows comes to it.
    let running = start().await;
    let here = ada.at(&running.url);
    for writer in &mut writers {
        if writer.pending.is_some() {
            assert!(writer.once(&here).await);
        }
        // What was merged is taken apart, so that the end is the beginning.
        if writer.does == Does::Merge && !writer.count.is_multiple_of(2) {
            assert!(writer.once(&here).await);
        }
        // An acknowledged write that is sent again has no second effect.
        if let Some((input, id)) = writer.done.last() {
            let (name, selection, thing) = writer.does.mutation(writer.count - 1);
            let again = here.do_it(name, input.clone(), selection).await;
            assert_eq!((&again["replayed"], again[thing]["id"].as_str()), (&json!(true), Some(id.as_str())));
        }
    }
    let last = here
        .do_it(
            "ticketCreate",
            json!({"title": "The last ticket", "description": "Nothing comes after it."}),
            "ticket { id }",
        )
        .await;
    let last_id = last["ticket"]["id"].as_str().unwrap().to_owned();
    let subscriber = subscriber.follow(here.clone(), running.url.clone(), Some(last_id)).await;
    let document = "query($with: EventCursor) { search(query: \"\", kinds: [TICKET], first: 1, consistentWith: $with) { totalCount } \
        tickets(first: 1) { totalCount } }";
    let counts = here.run(document, json!({"with": last["eventCursor"]})).await;
    let acknowledged: usize = writers.iter().map(|writer| writer.done.len()).sum();
    println!("{rounds} rounds, {acknowledged} writes acknowledged, {} events", subscriber.seen.len());
    assert!(acknowledged > 2 * rounds, "the load was none");
    running.stop().await;

    let url = database.map_or_else(|| format!("sqlite://{}/desk.db", folder.path().display()), str::to_owned);
    let kept = Kept::read(&url).await;
    assert_eq!(kept.log.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), (1..=kept.head).collect::<Vec<_>>());
    for writer in &writers {
        check(writer, &kept);
    }
    let moves = writers.iter().filter(|writer| matches!(writer.does, Does::Move | Does::Merge));
    assert_eq!(
        kept.happened("ticket.status_changed"),
        moves.map(|writer| writer.count).sum::<usize>(),
        "each move once"
    );
    let of_tickets: Vec<(i64, String)> =
        kept.log.iter().filter_map(|(seq, kind)| Some((*seq, shown(kind)?.to_owned()))).collect();
    assert_eq!(subscriber.seen, of_tickets, "the subscriber's list is the log");
    assert_eq!(counts["tickets"]["totalCount"], kept.tickets.len());
    assert_eq!(counts["search"]["totalCount"], kept.tickets.len());
    assert_eq!(indexed(folder.path()), kept.tickets.values().copied().collect::<BTreeSet<_>>());
}

/// Removes a file of the index, or all of it, so that the next life is killed while it builds another.
fn lose_some_of_the_index(index: &Path, random: &mut StdRng) {
    let files = super::healing::files(index);
    match random.random_range(0..3) {
        0 => drop(std::fs::remove_dir_all(index)),
        _ if files.is_empty() => {}
        _ => std::fs::remove_file(index.join(&files[random.random_range(0..files.len())])).unwrap(),
    }
}

/// Every acknowledged write is there, once, and nothing else is.
fn check(writer: &Writer, kept: &Kept) {
    for (input, id) in &writer.done {
        let found = match writer.does {
            Does::Create => kept.tickets.get(input["title"].as_str().unwrap()),
            Does::Comment => kept.comments.get(input["body"].as_str().unwrap()),
            Does::Move | Does::Merge => continue,
        };
        assert_eq!(found.map(|id| uuid::Uuid::from_u128(*id)), Some(uuid_of(id)), "acknowledged and lost: {input}");
    }
    match writer.does {
        Does::Create => {
            let mine = format!("Ticket {}-", writer.name);
            let there = kept.tickets.keys().filter(|title| title.starts_with(&mine)).count();
            assert_eq!((there, kept.twice), (writer.count, 0));
        }
        Does::Comment => assert_eq!(kept.comments.len(), writer.count),
        Does::Move => {}
        Does::Merge => {
            // Both sides of each, and nothing of any is left.
            for kind in ["ticket.merged", "ticket.merge_received", "ticket.unmerged", "ticket.merge_returned"] {
                assert_eq!(kept.happened(kind), writer.count / 2, "{kind}");
            }
            assert_eq!(kept.merged, 0);
        }
    }
}

/// What the database holds.
struct Kept {
    head: i64,
    log: Vec<(i64, String)>,
    tickets: HashMap<String, u128>,
    comments: HashMap<String, u128>,
    /// Titles and comments that are there more than once.
    twice: usize,
    /// Rows that say that something is merged.
    merged: usize,
}

impl Kept {
    /// How often events of a kind happened.
    fn happened(&self, kind: &str) -> usize {
        self.log.iter().filter(|(_, happened)| happened == kind).count()
    }

    async fn read(url: &str) -> Self {
        let connection = Connection::connect(url).await.unwrap();
        let all = async |sql: &str| {
            let statement = Statement::from_string(connection.get_database_backend(), sql);
            connection.query_all_raw(statement).await.unwrap()
        };
        let mut twice = 0;
        let mut by_text = async |sql: &str| {
            let mut found = HashMap::new();
            for row in all(sql).await {
                let id: uuid::Uuid = row.try_get("", "id").unwrap();
                twice += usize::from(found.insert(row.try_get("", "text").unwrap(), id.as_u128()).is_some());
            }
            found
        };
        let tickets = by_text("SELECT id, title AS text FROM tickets").await;
        let comments = by_text("SELECT id, body AS text FROM comments").await;
        let log = all("SELECT seq, kind FROM events ORDER BY seq").await;
        let log = log.iter().map(|row| (row.try_get("", "seq").unwrap(), row.try_get("", "kind").unwrap())).collect();
        let head = all("SELECT seq FROM event_head").await[0].try_get("", "seq").unwrap();
        let mut merged = all("SELECT id FROM tickets WHERE merged_into_id IS NOT NULL").await.len();
        for table in ["ticket_merges", "ticket_merge_paths", "ticket_merge_people"] {
            merged += all(&format!("SELECT ticket_id FROM {table}")).await.len();
        }
        connection.close().await.unwrap();
        Self { head, log, tickets, comments, twice, merged }
    }
}

fn shown(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "ticket.created" => "CREATED",
        "ticket.status_changed" => "STATUS_CHANGED",
        "ticket.merged" => "MERGED",
        "ticket.merge_received" => "MERGE_RECEIVED",
        "ticket.unmerged" => "UNMERGED",
        "ticket.merge_returned" => "MERGE_RETURNED",
        "comment.added" => "COMMENT_ADDED",
        kind if kind.starts_with("ticket.") => panic!("nobody did this: {kind}"),
        _ => return None,
    })
}

fn uuid_of(id: &str) -> uuid::Uuid {
    if id.starts_with("tkt") {
        id.parse::<deskgraph::ids::TicketId>().unwrap().0
    } else {
        id.parse::<deskgraph::ids::CommentId>().unwrap().0
    }
}

/// The tickets in the files of the index.
fn indexed(data: &Path) -> BTreeSet<u128> {
    match Index::open(data.join("index/tickets"), Options::default()) {
        Ok(Opened::Ready(index)) => index.ids().unwrap().into_iter().collect(),
        other => panic!("no index: {other:?}"),
    }
}

// S1-101
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_process_is_killed_on_sqlite() {
    killed_under_load(20, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_when_the_process_is_killed_on_postgres() {
    let Some(database) = Database::create().await else { return };
    killed_under_load(6, Some(&database.url)).await;
    database.remove().await;
}
