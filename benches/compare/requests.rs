//! What is asked of both sides, and the check that they answer the same.

use std::net::SocketAddr;

use anyhow::ensure;
use deskgraph::ids::TicketId;
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

use super::client;
use super::place::{Kind, Place};

/// One request, as GraphQL and for the handler written by hand.
pub struct Case {
    pub name: &'static str,
    pub document: Value,
    pub path: &'static str,
    pub by_hand: Value,
    /// Whether both must answer the same JSON; creating answers other ids, and ranking differs.
    same: bool,
    sqlite: f64,
}

impl Case {
    /// How many times the hand-written time we allow ourselves.
    pub fn goal(&self, kind: Kind) -> f64 {
        if kind == Kind::Sqlite || self.name == "search" { self.sqlite } else { 2.0 }
    }
}

const CREATE: &str = "mutation($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id number title \
    status { key name stage } dueAt createdAt } userErrors { code message } eventCursor } }";

const PAGE: &str = "query($first: Int) { tickets(first: $first) { nodes { id number title status { key name stage } \
    priority { key name } requester { id name } assignee { id name } lastComment { id body createdAt author { name } } \
    sla { clocks { target state deadline } } dueAt breached updatedAt } pageInfo { hasNextPage } } }";

const DETAIL: &str = "query($id: ID!) { ticket(id: $id) { id number title description status { key name stage } \
    priority { key name rank } category { key name } channel { key name } preferredContactTime \
    requester { id name role } organization { id name } createdBy { id name } assignee { id name } team { id name } \
    tags commentCount comments(first: 25) { nodes { id body format internal createdAt editedAt author { id name role } } \
    pageInfo { hasNextPage } } sla { breached clocks { target state deadline startedAt pausedAt metAt } } dueAt breached \
    firstRespondedAt statusChangedAt resolvedAt closedAt closeReason { key name } reopenCount source externalId \
    createdAt updatedAt version } }";

const SEARCH: &str = "query($query: String!) { search(query: $query, first: 10) { hits { node { ... on Ticket { id } } \
    title { text matched } snippet { text matched } } } }";

/// The cases, with an id of a ticket with thirty comments.
pub async fn cases(place: &Place) -> anyhow::Result<Vec<Case>> {
    let url = place.copy_database();
    let db = Database::connect(url).await?;
    let sql =
        "SELECT id FROM tickets WHERE comment_count = 30 AND assignee_id IS NOT NULL ORDER BY created_at DESC LIMIT 1";
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let id: uuid::Uuid = row.ok_or_else(|| anyhow::anyhow!("nothing was filled"))?.try_get("", "id")?;
    db.close().await?;
    let input = json!({
        "title": "The printer on the second floor is broken again",
        "description": "It prints the first page of an invoice and then nothing. We tried another cable and the other tray."
    });
    let case = |name, document: &str, variables: Value, path, by_hand, same, sqlite| Case {
        name,
        document: json!({"query": document, "variables": variables}),
        path,
        by_hand,
        same,
        sqlite,
    };
    let words = json!({"query": "printer invoice"});
    Ok(vec![
        case("page", PAGE, json!({"first": 50}), "/page", json!({}), true, 4.0),
        case("detail", DETAIL, json!({"id": TicketId(id).to_string()}), "/detail", json!({"id": id}), true, 6.0),
        case("search", SEARCH, words.clone(), "/search", words, false, 1.8),
        // Last: it changes the rows that the others read.
        case("create", CREATE, json!({"input": input}), "/create", input.clone(), false, 4.0),
    ])
}

/// Asks both sides once. Answers how many SQL statements the desk executed.
pub async fn check(case: &Case, desk: SocketAddr, hand: SocketAddr, token: &str) -> anyhow::Result<i64> {
    let ours = client::ask(desk, "/graphql", token, &case.document).await?;
    let theirs = client::ask(hand, case.path, token, &case.by_hand).await?;
    ensure!(ours.get("errors").is_none(), "{}: {ours}", case.name);
    let same = if case.same { ours["data"] == theirs["data"] } else { shape(&ours["data"]) == shape(&theirs["data"]) };
    let begin = |answer: &Value| answer["data"].to_string().chars().take(600).collect::<String>();
    ensure!(same, "{} differs:\n{}\n{}", case.name, begin(&ours), begin(&theirs));
    Ok(ours["extensions"]["cost"]["sqlStatements"].as_i64().unwrap_or(-1))
}

/// The keys without the values.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), shape(value))).collect(),
        Value::Array(list) => list.first().map_or(Value::Null, shape),
        _ => Value::Null,
    }
}
