//! Imports into a temporary database: every shape, every rejection, and everything twice.

mod sets;

use std::collections::HashSet;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};

use super::ticket_row::Checker;
use super::{Failure, Options, Rejection, Summary, articles, markdown, progress::Silent, tickets};
use crate::access::{Actor, Origin, Role};
use crate::clock::Timestamp;
use crate::comments::comment;
use crate::desk::{Desk, Parts};
use crate::error::Code;
use crate::event_log::{Audience, table};
use crate::import::TicketsImport;
use crate::knowledge::access::KnowledgeStatus;
use crate::knowledge::{article, category};
use crate::people::{contact, person};
use crate::profile::{Profile, Stage};
use crate::sla::clock;
use crate::tickets::ticket;

async fn desk() -> (Desk, tempfile::TempDir) {
    let (desk, folder) = crate::knowledge::tests::desk().await;
    (with_effects(&desk), folder)
}

/// The same desk with everything that follows from events.
fn with_effects(desk: &Desk) -> Desk {
    let (profile, policy) = (desk.profile.clone(), crate::access::Policy::resolve(&desk.profile).unwrap());
    let (db, clock, head, refusals) = (desk.db.clone(), desk.clock.clone(), desk.head.clone(), desk.refusals.clone());
    Desk::new(Parts {
        db,
        clock,
        profile,
        policy,
        head,
        refusals,
        telemetry: Default::default(),
        effects: crate::effects::all(),
    })
}

fn file(folder: &tempfile::TempDir, name: &str, text: impl AsRef<[u8]>) -> Options {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    Options { path, source: None }
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

async fn import_tickets(desk: &Desk, options: &Options) -> Summary {
    tickets(desk, options, &mut Silent).await.unwrap()
}

fn counts(summary: &Summary) -> (u64, u64, usize) {
    (summary.imported, summary.skipped, summary.rejected.len())
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn full() -> Vec<Value> {
    vec![
        json!({"id": 1, "subject": "Refund please", "description": "I paid twice.", "status": "Closed", "priority": "High",
            "category": "billing", "channel": "email", "tags": ["Refund", "refund"], "close_reason": "resolved",
            "requester": {"id": "u1", "email": "Ann@Example.com", "name": "Ann"},
            "assignee": {"email": "bob@desk.example", "name": "Bob"},
            "created_at": "2024-01-31T09:00:00Z", "resolved_at": "2024-01-31T12:00:00Z", "closed_at": "2024-02-01T09:00:00Z",
            "comments": [
                {"id": 9, "author": {"email": "bob@desk.example"}, "body": "We look into it.", "created_at": "2024-01-31T10:00:00Z"},
                {"id": 7, "author": {"email": "ann@example.com"}, "body": "Thanks", "created_at": "2024-01-31T09:30:00Z"},
                {"author": {"email": "eve@desk.example", "name": "Eve"}, "body": "Is a VIP", "internal": true,
                 "created_at": "2024-01-31T11:00:00Z"}]}),
        json!({"id": "2", "title": "Late answer", "customer_email": "ann@example.com", "priority": "urgent", "status": "waiting",
            "created_at": "2024-01-31 10:00:00", "updated_at": "2024-01-31 14:00:00",
            "comments": [{"author": "bob@desk.example", "body": "Sorry", "created_at": "2024-01-31 13:00:00"}]}),
        json!({"id": "3", "title": "Still open", "requester": "carl@example.com", "created_at": "2024-01-31"}),
        json!({"id": "4", "title": "Nobody asked", "assignee_email": "bob@desk.example", "created_at": "2024-02-01"}),
    ]
}

#[tokio::test]
async fn tickets_come_out_as_if_they_had_happened_here() {
    let (desk, folder) = desk().await;
    as_if_they_had_happened_here(&desk, &folder).await;
}

/// The same on PostgreSQL, where `DESKGRAPH_TEST_POSTGRES` names a server.
#[tokio::test]
async fn tickets_come_out_the_same_on_postgres() {
    let Ok(server) = std::env::var("DESKGRAPH_TEST_POSTGRES") else { return };
    let administration = sea_orm::Database::connect(format!("{server}/postgres")).await.unwrap();
    let name = format!("deskgraph_import_{}", uuid::Uuid::now_v7().simple());
    administration.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let desk = with_effects(&crate::knowledge::tests::desk_at(&format!("{server}/{name}")).await);
    let folder = tempfile::tempdir().unwrap();
    as_if_they_had_happened_here(&desk, &folder).await;
    // Batches of many events, and rows with the same day and people.
    let rows: Vec<_> = (0..1_500)
        .map(|nth| {
            let comment = json!({"author": {"email": format!("c{}@x.y", nth % 7)}, "body": "Text"});
            json!({"id": nth, "title": "Many", "requester": format!("r{}@x.y", nth % 50), "created_at": "2025-05-05",
                "comments": [{"body": "One"}, comment]})
        })
        .collect();
    let many = file(&folder, "many.jsonl", lines(&rows));
    assert_eq!(counts(&import_tickets(&desk, &many).await), (1_500, 0, 0));
    assert_eq!(counts(&import_tickets(&desk, &many).await), (0, 1_500, 0));
    let article = json!({"id": 1, "title": "An article", "body": "Text", "category": "Help", "tags": ["a", "b"]});
    let one = file(&folder, "articles.jsonl", lines(&[article]));
    assert_eq!(counts(&articles(&desk, &one, &mut Silent).await.unwrap()), (1, 0, 0));
    assert_eq!(counts(&articles(&desk, &one, &mut Silent).await.unwrap()), (0, 1, 0));
    drop(desk);
    administration.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();
}

async fn as_if_they_had_happened_here(desk: &Desk, folder: &tempfile::TempDir) {
    let options = file(folder, "old-desk.jsonl", lines(&full()));
    let summary = import_tickets(desk, &options).await;
    assert_eq!((counts(&summary), summary.source.as_str()), ((4, 0, 0), "old-desk"), "{summary:?}");

    let rows = ticket::Entity::find().order_by_asc(ticket::Column::ExternalId).all(&desk.db.read).await.unwrap();
    let numbers: Vec<_> = rows.iter().map(|row| row.number.as_str()).collect();
    assert_eq!(numbers, ["TICK-20240131-0001", "TICK-20240131-0002", "TICK-20240131-0003", "TICK-20240201-0001"]);
    let [first, second, third, fourth] = &rows[..] else { panic!("{rows:?}") };

    assert_eq!((first.status.as_str(), first.stage, first.priority_rank), ("closed", Stage::Closed as i32, 3));
    assert_eq!(first.resolved_at, Some(time("2024-01-31T12:00:00Z")));
    assert_eq!(first.closed_at, Some(time("2024-02-01T09:00:00Z")));
    assert_eq!((first.status_changed_at, first.updated_at), (first.closed_at.unwrap(), first.closed_at.unwrap()));
    assert_eq!(first.first_responded_at, Some(time("2024-01-31T10:00:00Z")));
    assert_eq!((first.comment_count, first.public_comment_count), (3, 2));
    assert_eq!((first.due_at, first.breached), (Timestamp::NEVER, false));
    assert_eq!(first.close_reason.as_deref(), Some("resolved"));
    let last = comment::Entity::find_by_id(first.last_comment_id.unwrap()).one(&desk.db.read).await.unwrap().unwrap();
    assert_eq!((last.body.as_str(), last.audience), ("Is a VIP", Audience::Staff));
    let last = comment::Entity::find_by_id(first.last_public_comment_id.unwrap()).one(&desk.db.read).await.unwrap();
    assert_eq!(last.unwrap().external_id.as_deref(), Some("1/9"));

    // An urgent ticket is answered within two hours and resolved within twenty-four; while it waits, nothing runs.
    assert_eq!((second.breached, second.due_at), (true, Timestamp::NEVER));
    let clocks = clock::Entity::find().filter(clock::Column::TicketId.eq(second.id)).all(&desk.db.read).await.unwrap();
    let states: HashSet<_> = clocks.iter().map(|clock| format!("{:?}", clock.state(desk.clock.now()))).collect();
    assert_eq!(states, ["Breached".to_owned(), "Paused".to_owned()].into());
    assert_eq!(third.due_at, time("2024-01-31T08:00:00Z"));
    assert_eq!((third.status.as_str(), fourth.status.as_str()), ("open", "assigned"));
    assert_eq!(third.description, "Still open");

    let people = person::Entity::find().all(&desk.db.read).await.unwrap();
    let mut people: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.role)).collect();
    people.sort_by_key(|(name, _)| *name);
    let (agent, customer) = (Role::Agent, Role::Customer);
    assert_eq!(people, [("Ann", customer), ("Bob", agent), ("Eve", agent), ("Unknown", customer), ("carl", customer)]);
    assert_eq!(contact::Entity::find().count(&desk.db.read).await.unwrap(), 4);

    let events = table::Entity::find().order_by_asc(table::Column::Seq).all(&desk.db.read).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "ticket.created").count(), 4);
    assert_eq!(kinds.iter().filter(|kind| **kind == "comment.added").count(), 4);
    assert!(events.iter().all(|event| event.origin == Origin::Import && event.occurred_at < event.recorded_at));
    assert!(events.iter().map(|event| event.seq).eq(1..=events.len() as i64));

    let again = import_tickets(desk, &options).await;
    assert_eq!(counts(&again), (0, 4, 0));
    assert_eq!(table::Entity::find().count(&desk.db.read).await.unwrap(), events.len() as u64);
    // The same ids of another system are other tickets, and known people stay who they are.
    let other = Options { source: Some("other".to_owned()), ..options };
    assert_eq!(counts(&import_tickets(desk, &other).await), (4, 0, 0));
    assert_eq!(contact::Entity::find().count(&desk.db.read).await.unwrap(), 4);
    let fresh = ticket::Entity::find().filter(ticket::Column::Source.eq("other")).all(&desk.db.read).await.unwrap();
    assert!(fresh.iter().any(|ticket| ticket.number == "TICK-20240131-0006"), "{fresh:?}");
}

#[tokio::test]
async fn every_row_at_fault_is_reported_with_its_line_and_the_rest_goes_on() {
    let (desk, folder) = desk().await;
    let good = |id: &str| json!({"id": id, "title": "Good one", "customer_email": "ann@example.com"});
    let with = |key: &str, value: Value| {
        let mut row = good("x");
        row.as_object_mut().unwrap().insert(key.to_owned(), value);
        row.to_string()
    };
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (b"{\"id\": 1,".to_vec(), "the line is not JSON"),
        (b"[1, 2]".to_vec(), "one object a line"),
        (b"{\"id\": \"\xff\"}".to_vec(), "not UTF-8"),
        (b"{\"title\": \"No id\"}".to_vec(), "id is missing"),
        (b"{\"id\": \"5\", \"title\": \"  \"}".to_vec(), "title is missing"),
        (with("status", json!("weird")).into(), "open, assigned, in_progress, waiting, resolved, closed, reopened are"),
        (with("priority", json!("p0")).into(), "low, medium, high, urgent are"),
        (with("category", json!("cats")).into(), "technical, billing, general, feature_request are"),
        (with("channel", json!("fax")).into(), "web, email, phone, chat, api are"),
        (with("close_reason", json!("bored")).into(), "duplicate"),
        (with("created_at", json!("1066-10-14")).into(), "times lie between 1970 and now"),
        (with("created_at", json!("2999-01-01")).into(), "times lie between 1970 and now"),
        (with("created_at", json!("yesterday")).into(), "is not a time"),
        (with("closed_at", json!("1999-01-01")).into(), ""),
        (with("title", json!("a\u{0}b")).into(), "title holds a null byte"),
        (with("title", json!("x".repeat(201))).into(), "title has 201 characters: at most 200 are taken"),
        (with("title", json!(["list"])).into(), "title is not a text"),
        (with("description", json!("x".repeat(50_001))).into(), "description has 50001 characters"),
        (with("customer_email", json!("nobody")).into(), "customer \"nobody\""),
        (with("tags", json!(["x".repeat(51)])).into(), "tags:"),
        (with("comments", json!("none")).into(), "comments is not a list"),
        (with("comments", json!([{"body": ""}])).into(), "comment 1: body is missing"),
        (
            with("comments", json!([{"id": 1, "body": "a"}, {"id": 1, "body": "b"}])).into(),
            "comment 2: its id occurs twice",
        ),
        (with("comments", json!([{"body": "a", "format": "html"}])).into(), "comment 1: its format is not known"),
        (
            with("comments", json!([{"body": "a", "author": {"email": "a@b.c", "role": "boss"}}])).into(),
            "agent, customer are",
        ),
        (with("id", json!("good-1")).into(), "the id \"good-1\" occurs again; it was first in line 1"),
        (
            br#"{"id": "ok", "title": "Asked and worked on by one person", "assignee": "c@d.e", "requester": "c@d.e"}"#
                .to_vec(),
            "",
        ),
    ];
    let mut text = format!("\u{feff}{}\n\n", good("good-1")).into_bytes();
    for (line, _) in &cases {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(good("good-2").to_string().as_bytes());
    let options = file(&folder, "bad.jsonl", text);
    let summary = import_tickets(&desk, &options).await;
    let reason = |nth: usize| {
        let place = format!("line {}", nth + 3);
        summary.rejected.iter().find(|rejection| rejection.place == place).map(|rejection| rejection.reason.as_str())
    };
    for (nth, (line, expected)) in cases.iter().enumerate() {
        let reason = reason(nth);
        assert_eq!(reason.is_some(), !expected.is_empty(), "{}: {reason:?}", String::from_utf8_lossy(line));
        assert!(reason.is_none_or(|reason| reason.contains(expected)), "{expected}: {reason:?}");
    }
    assert!(!summary.is_complete());
    let before = ticket::Entity::find().count(&desk.db.read).await.unwrap();
    assert_eq!(before, summary.imported);
    let again = import_tickets(&desk, &options).await;
    assert_eq!((again.imported, again.skipped, &again.rejected), (0, before, &summary.rejected));
}

#[tokio::test]
async fn nobody_becomes_staff_by_a_file_who_is_a_customer_here() {
    let (desk, folder) = desk().await;
    let asked = json!({"id": 1, "title": "Mine", "customer_email": "ann@example.com"});
    import_tickets(&desk, &file(&folder, "one.jsonl", lines(&[asked]))).await;
    let taken = json!({"id": 2, "title": "Hers", "assignee": "ann@example.com"});
    let other = json!({"id": 3, "title": "Fine", "assignee": "bob@example.com"});
    let summary = import_tickets(&desk, &file(&folder, "two.jsonl", lines(&[taken, other]))).await;
    let reason = "the assignee ann is a customer here: make them an agent first, then run the import again".to_owned();
    assert_eq!(summary.rejected, [Rejection { place: "line 1".to_owned(), reason }]);
    assert_eq!(summary.imported, 1);
    // Only the desk itself imports.
    let batch = TicketsImport { source: "x".to_owned(), rows: Vec::new() };
    for actor in [crate::knowledge::tests::person(&desk, Role::Administrator).await, Actor::anonymous()] {
        assert_eq!(desk.perform(&actor, batch.clone()).await.unwrap_err().code(), Code::Forbidden);
    }
}

#[tokio::test]
async fn a_file_that_is_not_what_it_should_be_is_refused_as_a_whole() {
    let (desk, folder) = desk().await;
    let absent = Options { path: folder.path().join("absent.jsonl"), source: None };
    assert!(matches!(tickets(&desk, &absent, &mut Silent).await, Err(Failure::Unreadable(..))));
    let columns = file(&folder, "odd.csv", "a,b\n1,2\n");
    assert!(matches!(tickets(&desk, &columns, &mut Silent).await, Err(Failure::Shape(..))));
    let nameless = Options { source: Some(" ".to_owned()), ..file(&folder, "x.jsonl", "") };
    assert!(matches!(tickets(&desk, &nameless, &mut Silent).await, Err(Failure::Source(_))));
    let folder_of_tickets = Options { path: folder.path().to_owned(), source: None };
    assert!(matches!(tickets(&desk, &folder_of_tickets, &mut Silent).await, Err(Failure::Unreadable(..))));
}

#[test]
fn shapes_of_other_systems_become_tickets() {
    let profile = Profile::load("helpdesk").unwrap();
    let checker = Checker::new(&profile, time("2026-01-01T00:00:00Z"), HashSet::new());
    let check = |row: Value| checker.check("line 1".to_owned(), row.as_object().unwrap().clone()).unwrap();
    let row = check(
        json!({"id": "b1", "text": "how do I cancel?", "label": "cancel_order", "category": "ORDER", "tags": "BIL"}),
    );
    assert_eq!((row.title.as_str(), row.category.as_str()), ("how do I cancel?", "general"));
    assert_eq!(row.tags, ["cancel_order", "order"]);
    let row = check(json!({"id": "b2", "text": "word ".repeat(100), "label": "x"}));
    assert!(row.title.chars().count() <= 200 && row.title.ends_with("word…"), "{}", row.title);
    let mut itsm = json!({"id": "tk1", "title": "", "body": "vpn does not work", "ticket_type": "1", "category": "4",
        "sub_category1": "3", "sub_category2": "105", "business_service": "3", "urgency": "0", "impact": "4"});
    let row = check(itsm.clone());
    assert_eq!((row.title.as_str(), row.priority.as_str()), ("vpn does not work", "urgent"));
    assert_eq!(row.tags, ["type-1", "category-4", "subcategory-3", "service-3"]);
    itsm["urgency"] = json!("3");
    assert_eq!(check(itsm).priority, "low");
}

#[test]
fn front_matter_and_headings_give_the_fields_of_an_article() {
    let text =
        "---\ntitle: 'Reset: how'\ntags: [wifi, Router]\ndraft: true\ndate: 2024-01-31\n---\n\n# Steps\n\nHold it.\n";
    let fields = markdown::fields("guides/reset.md", text).unwrap();
    assert_eq!(fields["title"], "Reset: how");
    assert_eq!((&fields["id"], &fields["body_markdown"]), (&json!("guides/reset.md"), &json!("# Steps\n\nHold it.")));
    let profile = Profile::load("helpdesk").unwrap();
    let row = super::article_row::check(&profile, time("2026-01-01T00:00:00Z"), "x".to_owned(), &fields).unwrap();
    assert_eq!((row.status, row.created_at), (KnowledgeStatus::Draft, Some(time("2024-01-31T00:00:00Z"))));
    assert_eq!(row.tags, ["wifi", "router"]);

    let fields = markdown::fields("a.md", "# The `title`\nText\n\n---\nrule: no\n---\n").unwrap();
    assert_eq!(fields["title"], "The title");
    assert_eq!(fields["body_markdown"], "Text\n\n---\nrule: no\n---");
    assert!(markdown::fields("a.md", "---\n- a\n- b\n---\nText").unwrap_err().contains("no mapping"));
    assert!(markdown::fields("a.md", "---\na: [\n---\nText").unwrap_err().contains("not YAML"));
}

#[tokio::test]
async fn a_folder_of_markdown_becomes_articles_in_categories() {
    let (desk, folder) = desk().await;
    let write = |name: &str, text: &str| file(&folder, &format!("docs/{name}"), text);
    write("b.md", "---\ntitle: Second\ncategory: Getting started\nslug: second-one\n---\nText");
    write("deep/a.md", "---\ncategory: getting  Started\nstatus: archived\n---\n# First\n\nText");
    write("bad.md", "No title here");
    write("worse.md", "---\ntitle: Odd\nstatus: gone\n---\nText");
    write("image.png", "no article");
    write(".hidden.md", "# Hidden");
    let options = Options { path: folder.path().join("docs"), source: None };
    let summary = articles(&desk, &options, &mut Silent).await.unwrap();
    let rejected: Vec<_> = summary.rejected.iter().map(Rejection::to_string).collect();
    assert_eq!(
        rejected,
        ["bad.md: title is missing", "worse.md: status \"gone\" is not known: draft, published, archived are"]
    );
    let rows = article::Entity::find().order_by_asc(article::Column::Title).all(&desk.db.read).await.unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.slug.as_str(), row.status, row.external_id.as_deref())).collect();
    let (archived, published) = (KnowledgeStatus::Archived, KnowledgeStatus::Published);
    assert_eq!(rows, [("first", archived, Some("deep/a.md")), ("second-one", published, Some("b.md"))]);
    assert_eq!(category::Entity::find().count(&desk.db.read).await.unwrap(), 1);
    let again = articles(&desk, &options, &mut Silent).await.unwrap();
    assert_eq!((again.imported, again.skipped), (0, 2));
}

#[tokio::test]
async fn the_row_that_the_database_refuses_is_found_and_the_others_stay() {
    let (desk, folder) = desk().await;
    // Takes the number that the second ticket would get.
    let first = lines(&[json!({"id": 1, "title": "First", "created_at": "2024-01-31"})]);
    import_tickets(&desk, &file(&folder, "a.jsonl", first)).await;
    let rows: Vec<_> = (2..9).map(|id| json!({"id": id, "title": "Next", "created_at": "2024-01-30"})).collect();
    let squat = sea_orm::sea_query::Expr::value("TICK-20240130-0003");
    ticket::Entity::update_many().col_expr(ticket::Column::Number, squat).exec(desk.db.writer()).await.unwrap();
    let summary = import_tickets(&desk, &file(&folder, "b.jsonl", lines(&rows))).await;
    assert!(summary.imported >= 2 && summary.imported + summary.rejected.len() as u64 == 7, "{summary:?}");
    assert!(summary.rejected.iter().all(|rejection| rejection.reason.starts_with("it could not be stored")));
}
