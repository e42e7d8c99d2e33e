//! What the desk writes to its log, read as an operator reads it: from the standard error of the real binary.

use std::fs::File;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, Database as Connection};
use serde_json::{Value, json};

use crate::harness::{FIRST_PASSWORD, PASSWORD, Person, Process, SIGN_IN, errors, eventually};

/// What somebody wrote: it has no place above DEBUG.
const WORDS: &str = "My seat is gone and so is my patience";

/// A desk of an airline that logs as JSON, and where its log goes.
struct Logging {
    desk: Process,
    file: PathBuf,
    /// Everything that must never be in a log.
    secrets: Vec<String>,
}

impl Logging {
    async fn start(folder: &Path, level: &str) -> Self {
        let file = folder.join("log.jsonl");
        let settings = [("PROFILE", "airline"), ("LOG_FORMAT", "json"), ("LOG_LEVEL", level)];
        let desk = Process::start_writing(&folder.join("data"), None, &settings, File::create(&file).unwrap()).await;
        let secrets = [PASSWORD, FIRST_PASSWORD, "guessed by a stranger"].map(str::to_owned).to_vec();
        Self { desk, file, secrets }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap()
    }

    /// Every line so far. What is being written is not a line yet.
    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }

    /// The lines of one request.
    async fn of(&self, request_id: &str) -> Vec<Value> {
        let of_it = |line: &Value| line["request_id"] == request_id || line["span"]["request_id"] == request_id;
        eventually("the request's last line", async || {
            self.lines().iter().any(|line| of_it(line) && line["message"] == "answered")
        })
        .await;
        self.lines().into_iter().filter(of_it).collect()
    }

    /// The one line with this message of a request.
    async fn line(&self, request_id: &str, message: &str) -> Value {
        let lines = self.of(request_id).await;
        let mut found = lines.iter().filter(|line| line["message"] == message);
        let line = found.next().unwrap_or_else(|| panic!("no {message:?} in {lines:#?}")).clone();
        assert!(found.next().is_none(), "{message:?} twice in {lines:#?}");
        line
    }

    async fn sign_in(&mut self, email: &str, password: &str) -> Person {
        let stranger = Person::new(reqwest::Client::new(), &self.desk.url, None);
        let answer = stranger.run(SIGN_IN, json!({"input": {"email": email, "password": password}})).await;
        let answer = &answer["signIn"];
        let token = answer["accessToken"].as_str().map(str::to_owned);
        self.secrets.extend(token.clone());
        self.secrets.extend(answer["refreshToken"].as_str().map(str::to_owned));
        let mut person = Person::new(reqwest::Client::new(), &self.desk.url, token);
        person.refresh_token = answer["refreshToken"].as_str().map(str::to_owned);
        person.id = answer["person"]["id"].as_str().unwrap().to_owned();
        person
    }

    /// A traveller with a booking, whose address is verified or not.
    async fn traveller(&mut self, ada: &Person, name: &str, verified: bool) -> Person {
        let email = format!("{}@home.test", name.to_lowercase());
        let input =
            json!({"source": "core", "externalId": name, "name": name, "email": email, "emailVerified": verified});
        let person = ada.do_it("personUpsert", input, "person { id }").await["person"]["id"].take();
        ada.do_it("passwordSet", json!({"personId": person, "password": FIRST_PASSWORD}), "person { id }").await;
        let booking = json!({"kind": "booking", "externalId": format!("B-{name}"), "owner": {"personId": person},
            "fields": [{"key": "flight", "value": "LH 400"}, {"key": "status", "value": "CONFIRMED"}]});
        ada.do_it("referenceUpsert", booking, "reference { id }").await;
        let traveller = self.sign_in(&email, FIRST_PASSWORD).await;
        traveller.make_password_own().await;
        traveller
    }
}

/// Sends a mutation under a request id, and answers its payload and the request id.
async fn send(person: &Person, request_id: &str, name: &str, input: Value, selection: &str) -> Value {
    let document = crate::harness::mutation(name, selection);
    let answer = person.exchange(&[("x-request-id", request_id)], &document, json!({"input": input})).await;
    assert_eq!(answer.headers()["x-request-id"], request_id);
    let mut answer: Value = answer.json().await.unwrap();
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"][name].take()
}

fn issue(booking: &str) -> Value {
    json!({"title": "Seat", "description": WORDS, "reference": {"kind": "booking", "externalId": booking}})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S0-49, S0-50, S0-51
async fn creations_and_moves_are_told_at_info_refusals_at_warn_and_faults_at_error() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Logging::start(folder.path(), "info").await;
    let ada = log.sign_in("ada@desk.test", PASSWORD).await;
    let mia = log.traveller(&ada, "Mia", true).await;
    let noah = log.traveller(&ada, "Noah", false).await;

    // S0-49: a ticket is opened, and moves.
    let made = send(&mia, "opens", "ticketCreate", issue("B-Mia"), "ticket { id }").await;
    let ticket = &made["ticket"]["id"];
    let line = log.line("opens", "performed").await;
    assert_eq!((&line["level"], &line["operation"]), (&json!("INFO"), &json!("ticket.create")), "{line:#}");
    assert_eq!((&line["subject"], &line["actor"]), (ticket, &json!(mia.id)), "{line:#}");
    assert!(line["events"].as_str().unwrap().starts_with("ticket.created"), "{line:#}");
    let input = json!({"ticketId": ticket, "status": "IN_PROGRESS"});
    send(&ada, "moves", "ticketStatusChange", input, "ticket { id }").await;
    let line = log.line("moves", "performed").await;
    assert_eq!((&line["level"], &line["subject"]), (&json!("INFO"), ticket), "{line:#}");
    assert!(line["events"].as_str().unwrap().contains("ticket.status_changed"), "{line:#}");
    assert_eq!((&line["span"]["request_id"], &line["actor"]), (&json!("moves"), &json!(ada.id)));

    // S0-51: a booking that is somebody else's, and a person whose contact is not verified.
    send(&mia, "wrong-booking", "ticketCreate", issue("B-Noah"), "ticket { id }").await;
    let line = log.line("wrong-booking", "operation refused").await;
    assert_eq!((&line["level"], &line["code"]), (&json!("WARN"), &json!("REFERENCE_INVALID")), "{line:#}");
    assert_eq!((&line["operation"], &line["field"]), (&json!("ticket.create"), &json!("reference.externalId")));
    send(&noah, "wrong-person", "ticketCreate", issue("B-Noah"), "ticket { id }").await;
    let line = log.line("wrong-person", "operation refused").await;
    assert_eq!((&line["level"], &line["code"]), (&json!("WARN"), &json!("CONTACT_UNVERIFIED")), "{line:#}");
    // A request that is refused as a whole says so too.
    let refused = mia.exchange(&[("x-request-id", "misread")], "{ nothing }", json!({})).await;
    assert_eq!(errors(&refused.json().await.unwrap()), ["GRAPHQL_VALIDATION_FAILED"]);
    assert_eq!(log.line("misread", "request refused").await["level"], "WARN");

    // S0-50: the database lets nobody write tickets: creating and updating them fails, and that is our own fault.
    let url = format!("sqlite:{}", folder.path().join("data/desk.db").display());
    let database = Connection::connect(url).await.unwrap();
    for (name, when) in [("no_more", "INSERT"), ("no_change", "UPDATE")] {
        let trigger = format!(
            "CREATE TRIGGER {name} BEFORE {when} ON tickets BEGIN SELECT RAISE(ABORT, 'the disk is on fire'); END"
        );
        database.execute_unprepared(&trigger).await.unwrap();
    }
    let again = json!({"input": issue("B-Mia")});
    let moves = json!({"input": {"ticketId": ticket, "status": "RESOLVED"}});
    let failures = [(&mia, "fails", "ticketCreate", again), (&ada, "fails-too", "ticketStatusChange", moves)];
    for (person, id, name, variables) in failures {
        let document = crate::harness::mutation(name, "ticket { id }");
        let answer: Value = person.exchange(&[("x-request-id", id)], &document, variables).await.json().await.unwrap();
        assert_eq!(errors(&answer), ["INTERNAL_ERROR"]);
        assert!(!answer.to_string().contains("fire"), "{answer:#}");
        let line = log.line(id, "operation failed").await;
        assert_eq!((&line["level"], &line["code"]), (&json!("ERROR"), &json!("INTERNAL_ERROR")), "{line:#}");
        assert!(line["cause"].as_str().unwrap().contains("the disk is on fire"), "{line:#}");
    }
    database.close().await.unwrap();

    // Neither what people write nor any payload is in a log at INFO, and no secret.
    let text = log.text();
    assert!(!text.contains(WORDS) && !text.contains("home.test"), "{text}");
    assert!(!text.contains("\"message\":\"request\"") && !text.contains("\"message\":\"response\""));
    for secret in &log.secrets {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
    log.desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
// S0-48
async fn payloads_are_told_at_debug_and_no_secret_at_any_level() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Logging::start(folder.path(), "trace").await;
    let ada = log.sign_in("ada@desk.test", PASSWORD).await;
    let mia = log.traveller(&ada, "Mia", true).await;

    let made = send(&mia, "opens", "ticketCreate", issue("B-Mia"), "ticket { id }").await;
    let line = log.line("opens", "request").await;
    assert_eq!(line["level"], "DEBUG");
    assert!(line["query"].as_str().unwrap().contains("ticketCreate(input: $input)"), "{line:#}");
    assert!(line["variables"].as_str().unwrap().contains(WORDS), "{line:#}");
    let line = log.line("opens", "response").await;
    assert_eq!(line["level"], "DEBUG");
    assert!(line["body"].as_str().unwrap().contains(made["ticket"]["id"].as_str().unwrap()), "{line:#}");

    // Secrets come in as variables, as text of the document, by aliases, in a header, over a socket; and go out as answers.
    let account = ada.do_it("serviceAccountCreate", json!({"name": "Core"}), "serviceAccount { id }").await;
    let input = json!({"serviceAccountId": account["serviceAccount"]["id"], "name": "main", "scopes": ["TICKET_VIEW"]});
    let key = ada.do_it("apiKeyCreate", input, "apiKey { id } hidden: secret").await;
    log.secrets.push(key["hidden"].as_str().unwrap().to_owned());
    let mut service = mia.clone();
    service.token = key["hidden"].as_str().map(str::to_owned);
    service.run("{ viewer { permissions } }", json!({})).await;
    let mut socket = service.socket().await;
    socket.subscribe("1", "{ viewer { permissions } }", json!({})).await;
    assert_eq!(socket.receive().await["type"], "next");
    let renew =
        "mutation($x: String!) { again: tokenRefresh(input: {refreshToken: $x}) { a: accessToken b: refreshToken } }";
    let stranger = Person::new(reqwest::Client::new(), &log.desk.url, None);
    let renewed = stranger.run(renew, json!({"x": mia.refresh_token})).await;
    for name in ["a", "b"] {
        log.secrets.push(renewed["again"][name].as_str().unwrap().to_owned());
    }
    let written = "mutation { signIn(input: {email: \"ada@desk.test\", password: \"guessed by a stranger\"}) { userErrors { code } } }";
    stranger.exchange(&[("x-request-id", "last")], written, json!({})).await;
    log.of("last").await;

    let text = log.text();
    assert!(text.contains("\"level\":\"TRACE\""));
    for secret in &log.secrets {
        // Tokens of ours are longer than anything that could be there by chance.
        assert!(secret.len() > 10 && !text.contains(secret), "{secret} is in the log");
    }
    log.desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_about_a_request_names_it_in_either_format() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log.txt");
    let settings = [("LOG_FORMAT", "text"), ("LOG_LEVEL", "debug")];
    let desk = Process::start_writing(folder.path(), None, &settings, File::create(&file).unwrap()).await;
    let stranger = Person::new(reqwest::Client::new(), &desk.url, None);
    let input = json!({"input": {"email": "nobody@desk.test", "password": "a guess of somebody"}});
    stranger.exchange(&[("x-request-id", "a.readable-id")], SIGN_IN, input).await;
    let lines = || std::fs::read_to_string(&file).unwrap();
    eventually("the access line", async || lines().contains(" answered ")).await;
    let text = lines();
    for message in ["request", "answered"] {
        let mut about =
            text.lines().filter(|line| line.contains(&format!(" {message} ")) && line.contains("deskgraph::http"));
        let line = about.next().unwrap_or_else(|| panic!("no {message:?} in {text}"));
        assert!(line.contains("a.readable-id") && !line.starts_with('{'), "{line}");
    }
    desk.stop().await;
}
