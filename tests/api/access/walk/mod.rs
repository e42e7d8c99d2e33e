//! Promise 7 as a walk: every field of every type that can be reached, every subscription from the log's beginning, every file, and everything
//! that finds by words, as each kind of person. Nothing comes back that they may not see, and every way of seeing tickets shows the
//! same ones.
//!
//! The documents are made from the schema (`schema`), so that a new field is walked on the day it is there; a new argument must
//! be given a value in `arguments`. What may come back to whom is said where it is written (`planted`).

mod arguments;
mod paths;
mod planted;
mod schema;

use std::collections::{BTreeMap, BTreeSet};

use deskgraph::config::Config;
use serde_json::{Value, json};

use crate::harness::{Desk, Person, seq};
use arguments::Arguments;
use planted::{EVERYBODY, Planted};
use schema::{Document, Schema, pack};

/// What one person has come across.
struct Looking<'a> {
    name: &'static str,
    person: &'a Person,
    planted: &'a Planted,
    /// The words that came back.
    came: BTreeSet<&'a str>,
    /// What came back that is not theirs to see, and what else is wrong.
    faults: Vec<String>,
    /// Links to files.
    links: BTreeSet<String>,
}

impl<'a> Looking<'a> {
    fn new(name: &'static str, planted: &'a Planted) -> Self {
        Self {
            name,
            person: planted.person(name),
            planted,
            came: BTreeSet::new(),
            faults: Vec::new(),
            links: BTreeSet::new(),
        }
    }

    /// Looks at an answer. What one typed oneself is nothing that came back.
    fn look(&mut self, asked: &str, answer: &str) {
        let answer_folded = answer.to_lowercase();
        for token in &self.planted.tokens {
            if answer_folded.contains(&token.text.to_lowercase()) {
                self.came.insert(&token.text);
                if !token.may.contains(&self.name) && !asked.to_lowercase().contains(&token.text.to_lowercase()) {
                    let shown: String = answer.chars().take(1_500).collect();
                    self.faults.push(format!("{} came back to {} who asked\n{asked}\n{shown}", token.text, self.name));
                }
            }
        }
        let links = answer.split('"').filter(|text| text.starts_with("/files/")).map(str::to_owned);
        self.links.extend(links);
    }

    /// Runs a document. A place that is refused takes its surroundings along: it is left out of the next try.
    async fn ask(&mut self, document: Document, root: &str) {
        let mut documents = vec![document];
        while let Some(Document { text, mut places }) = documents.pop() {
            let answer = self.person.answer(&text, json!({})).await;
            self.look(&text, &answer.to_string());
            let refused = refused(&answer, &text, &mut self.faults);
            let before = places.len();
            places.retain(|place| !refused.iter().any(|path| place.keys().starts_with(path)));
            if places.len() < before {
                documents.extend(pack(places, root));
            }
        }
    }

    /// Fetches every file that was linked to.
    async fn fetch(&mut self) {
        for link in std::mem::take(&mut self.links) {
            let body = self.person.fetch(&json!(link)).await.text().await.unwrap();
            self.look("", &body);
        }
    }
}

/// The paths of what was refused. What is refused for another reason than that it is not for everybody is a fault.
fn refused<'v>(answer: &'v Value, text: &str, faults: &mut Vec<String>) -> Vec<Vec<&'v str>> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let code = |error: &Value| error["extensions"]["code"].as_str().unwrap_or_default().to_owned();
    let expected = |error: &&Value| ["UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND"].contains(&code(error).as_str());
    faults.extend(errors.iter().filter(|error| !expected(error)).map(|error| format!("{text}\n{error:#}")));
    let path = |error: &'v Value| error["path"].as_array().map(|path| path.iter().filter_map(Value::as_str).collect());
    errors.iter().filter_map(path).collect()
}

/// Everything below the root fields of `Query`.
async fn walks(looking: &mut Looking<'_>, schema: &Schema, arguments: &Arguments) {
    for field in schema.roots("Query") {
        for document in schema.documents("Query", field, arguments, &mut BTreeSet::new()) {
            looking.ask(document, "Query").await;
        }
    }
}

/// Everything that finds by words, with each hidden word, and with words like it.
async fn finds(looking: &mut Looking<'_>) {
    let words: Vec<&str> = looking
        .planted
        .tokens
        .iter()
        .map(|token| token.text.as_str())
        .filter(|word| word.chars().all(char::is_alphabetic))
        .collect();
    for words in words.chunks(7) {
        let mut document = String::new();
        for (nth, word) in words.iter().enumerate() {
            let cut = &word[..word.len() - 2];
            let twisted = format!("{}{}x", &word[..3], &word[4..]);
            for (way, typed) in [("w", *word), ("c", cut), ("t", &twisted)] {
                document.push_str(&format!("{way}{nth}: search(query: \"{typed}\", first: 5) {{ totalCount didYouMean facets {{ kinds {{ count }} }} hits {{ title {{ text }} snippet {{ text }} node {{ ... on Node {{ id }} }} }} }} "));
            }
            document
                .push_str(&format!("p{nth}: complete(prefix: \"{cut}\") {{ text node {{ ... on Node {{ id }} }} }} "));
        }
        let answer = looking.person.answer(&format!("{{ {document} }}"), json!({})).await;
        refused(&answer, &document, &mut looking.faults);
        for (nth, word) in words.iter().enumerate() {
            let token = looking.planted.tokens.iter().find(|token| token.text == *word).unwrap();
            let found = &answer["data"][format!("w{nth}")];
            if !token.may.contains(&looking.name) && (&found["totalCount"], &found["hits"]) != (&json!(0), &json!([])) {
                looking.faults.push(format!("{word} was found by {}: {found}", looking.name));
            }
            for way in ["c", "t", "p"] {
                looking.look("", &answer["data"][format!("{way}{nth}")].to_string());
            }
        }
        for word in words {
            let document = format!(
                "{{ suggest(draft: {{title: \"{word}\", description: \"{word}\"}}) {{ articles {{ id title }} faqs {{ id question }} \
                similarTickets {{ id title }} templates {{ id name }} }} }}"
            );
            let answer = looking.person.answer(&document, json!({})).await;
            looking.look(&document, &answer.to_string());
        }
    }
}

/// Every subscription, from the beginning of the log to its end.
async fn watches(looking: &mut Looking<'_>, schema: &Schema, arguments: &Arguments) {
    let mut socket = looking.person.socket().await;
    let mut open: BTreeMap<String, String> = BTreeMap::new();
    for field in schema.roots("Subscription") {
        for mut document in schema.documents("Subscription", field, arguments, &mut BTreeSet::new()) {
            // Whichever part of it: where it is.
            if field != "ticketPresence" && !document.text.contains("eventCursor  ") {
                document.text = document.text.replacen(") { ", ") { eventCursor ", 1);
            }
            let id = open.len().to_string();
            socket.subscribe(&id, &document.text, json!({})).await;
            open.insert(id, document.text);
        }
    }
    while !open.is_empty() {
        let message = socket.receive().await;
        let id = message["id"].as_str().unwrap().to_owned();
        let Some(text) = open.get(&id).cloned() else { continue };
        looking.look(&text, &message.to_string());
        let (payload, mut over) = (&message["payload"], message["type"] != "next");
        if message["type"] == "next" {
            refused(payload, &text, &mut looking.faults);
            let edge = payload["data"].as_object().and_then(|data| data.values().next());
            let at = edge.map(|edge| &edge["eventCursor"]).filter(|at| at.is_string());
            // Who is at a ticket has no place in the log.
            over = at.is_none_or(|at| seq(at) >= seq(&looking.planted.end));
        }
        if over {
            open.remove(&id);
            if message["type"] == "next" {
                socket.send(json!({"type": "complete", "id": id})).await;
            }
        }
    }
}

async fn walk(desk: &Desk) {
    let planted = Planted::plant(desk).await;
    let (schema, arguments) = (Schema::read(), Arguments::of_planted(&planted));
    let mut seen = BTreeSet::new();
    for field in schema.roots("Query") {
        schema.documents("Query", field, &arguments, &mut seen);
    }
    let missed: Vec<_> = schema.reachable("Query").difference(&seen).cloned().collect();
    assert!(
        missed.is_empty(),
        "the walk does not pass {missed:?}: say in access/walk/arguments.rs how deep it must go"
    );
    let mut faults = Vec::new();
    for name in EVERYBODY {
        let mut looking = Looking::new(name, &planted);
        walks(&mut looking, &schema, &arguments).await;
        finds(&mut looking).await;
        watches(&mut looking, &schema, &arguments).await;
        looking.fetch().await;
        faults.append(&mut looking.faults);
        for token in planted.tokens.iter().filter(|token| token.must && token.may.contains(&name)) {
            if !looking.came.contains(token.text.as_str()) {
                faults.push(format!("the walk of {name} never came across {}", token.text));
            }
        }
    }
    let count = faults.len();
    faults.truncate(20);
    assert!(faults.is_empty(), "{count} faults, among them\n\n{}", faults.join("\n\n"));
}

/// How a desk is set up on which people see less than everything.
fn configured(profile: String) -> impl FnOnce(&mut Config) {
    |config| {
        config.profile = profile;
        config.websocket.progress_seconds = 1;
        // The walk asks for more at once than people do.
        (config.limits.nodes, config.limits.aliases, config.limits.root_fields) = (1_000_000, 100, 100);
    }
}

// Promise 7, X-13, S4-62, S4-63, S4-67
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_comes_back_to_whom_it_is_not_for() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::with(configured(planted::profile(folder.path()))).await;
    walk(&desk).await;
    desk.stop().await;
}

// Promise 7, X-13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_shows_everybody_the_same_tickets_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::with(configured(planted::profile(folder.path()))).await;
    paths::show_everybody_the_same_tickets(&Planted::plant(&desk).await).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_shows_everybody_the_same_tickets_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    if let Some(desk) = Desk::postgres_with(configured(planted::profile(folder.path()))).await {
        paths::show_everybody_the_same_tickets(&Planted::plant(&desk).await).await;
        desk.stop().await;
    }
}
