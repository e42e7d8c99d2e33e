//! What clients really send: every file of `schema/operations` is executed, with the variables of `variables.json`, and answered without
//! an error.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use deskgraph::graphql::reference;
use serde_json::{Map, Value, json};

use crate::desk_test;
use crate::harness::{Desk, PASSWORD, PDF, Person, Socket};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/operations")
}

/// Every operation by its path without the ending, such as `customer/reply`.
fn operations() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for who in ["customer", "agent", "dashboard", "admin"] {
        for entry in std::fs::read_dir(folder().join(who)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert_eq!(path.extension().and_then(|end| end.to_str()), Some("graphql"), "{path:?}");
            found.insert(format!("{who}/{name}"), std::fs::read_to_string(&path).unwrap());
        }
    }
    found
}

fn all_variables() -> Map<String, Value> {
    serde_json::from_str(&std::fs::read_to_string(folder().join("variables.json")).unwrap()).unwrap()
}

/// The kind and the name of a file's operation.
fn named(document: &str) -> (&str, &str) {
    let line = document.lines().find(|line| !line.starts_with('#')).unwrap();
    let (kind, rest) = line.split_once(' ').unwrap();
    (kind, rest.split(['(', ' ']).next().unwrap())
}

/// A small desk, and whatever the variables ask for.
struct Scene<'a> {
    desk: &'a Desk,
    ada: Person,
    ann: Person,
    ben: Person,
    beginning: Value,
    count: usize,
}

impl<'a> Scene<'a> {
    async fn new(desk: &'a Desk) -> Self {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let beginning = ada.run("{ eventCursor }", json!({})).await["eventCursor"].take();
        let mut scene = Self { desk, ada, ann, ben, beginning, count: 0 };
        let ticket = scene.make("inProgressTicket").await;
        scene.ben.do_it("commentAdd", json!({"ticketId": ticket, "body": "We look into it."}), "comment { id }").await;
        scene
    }

    /// Who sends the operations of a folder. What ends a session or changes a password is sent by somebody of their own.
    async fn sender(&mut self, path: &str, document: &str) -> Person {
        if document.contains("signOut") || document.contains("passwordChange") {
            self.count += 1;
            return self.desk.customer(&format!("Leaving{}", self.count)).await;
        }
        match path.split('/').next() {
            Some("customer") => self.ann.clone(),
            Some("agent") => self.ben.clone(),
            _ => self.ada.clone(),
        }
    }

    /// The variables of a file, with everything that they stand for.
    async fn variables(&mut self, mut variables: Value, sender: &Person) -> Value {
        let mut asked = Vec::new();
        collect(&variables, "", &mut asked);
        // A version is that of the ticket beside it, a revision that of the article, the other end of a link that of the one: they must be
        // there first.
        asked.sort_by_key(|(_, name)| ["version", "revision", "otherLinkedTicket"].contains(&name.as_str()));
        for (pointer, name) in asked {
            let value = match name.as_str() {
                "me" => json!(sender.id),
                "myEmail" => {
                    let email = sender.run("{ viewer { person { email } } }", json!({})).await;
                    email["viewer"]["person"]["email"].clone()
                }
                "version" => {
                    let beside = format!("{}/ticketId", pointer.rsplit_once('/').unwrap().0);
                    let id = variables.pointer(&beside).unwrap().clone();
                    let read = self.ada.run("query($id: ID!) { ticket(id: $id) { version } }", json!({"id": id})).await;
                    read["ticket"]["version"].clone()
                }
                "otherLinkedTicket" => {
                    let beside = format!("{}/ticketId", pointer.rsplit_once('/').unwrap().0);
                    let id = variables.pointer(&beside).unwrap().clone();
                    let document = "query($id: ID!) { ticket(id: $id) { links { nodes { ticket { id } } } } }";
                    let read = self.ada.run(document, json!({"id": id})).await;
                    read["ticket"]["links"]["nodes"][0]["ticket"]["id"].clone()
                }
                "upload" => json!(sender.upload("invoice.pdf", "application/pdf", PDF).await),
                "comment" => {
                    let ticket = sender.open_ticket("What I said").await;
                    let input = json!({"ticketId": ticket, "body": "It happens every Monday."});
                    sender.do_it("commentAdd", input, "comment { id }").await["comment"]["id"].take()
                }
                "revision" => {
                    let beside = format!("{}/articleId", pointer.rsplit_once('/').unwrap().0);
                    let id = variables.pointer(&beside).unwrap().clone();
                    let input = json!({"articleId": id, "title": "Invoices, once more"});
                    let selection = "article { revisions { nodes { id } } }";
                    let changed = self.ada.do_it("articleUpdate", input, selection).await;
                    changed["article"]["revisions"]["nodes"][0]["id"].clone()
                }
                "refreshToken" => {
                    json!(self.desk.sign_in("ann@desk.test", PASSWORD).await.refresh_token)
                }
                "verifyToken" => {
                    self.count += 1;
                    let email = format!("of{}@desk.test", self.count);
                    let document = "mutation($email: String!) { contactVerifyRequest(input: {address: {email: $email}}) { accepted } }";
                    sender.run(document, json!({"email": email})).await;
                    json!(self.desk.letter(&email, 1).await.token())
                }
                "resetToken" => {
                    self.count += 1;
                    let person = self.desk.customer(&format!("Forgetful{}", self.count)).await;
                    let viewer = person.run("{ viewer { person { email } } }", json!({})).await["viewer"].take();
                    let email = viewer["person"]["email"].as_str().unwrap();
                    let document = "mutation($email: String!) { passwordResetRequest(input: {address: {email: $email}}) { accepted } }";
                    sender.run(document, json!({"email": email})).await;
                    json!(self.desk.letter(email, 1).await.token())
                }
                "contact" => {
                    self.count += 1;
                    let address = json!({"phone": format!("+49 30 {}", 100_000 + self.count)});
                    let input = json!({"personId": sender.id, "address": address});
                    let made = self.ada.do_it("contactAdd", input, "person { contacts { id kind } }").await;
                    let contacts = made["person"]["contacts"].as_array().unwrap();
                    contacts.iter().find(|contact| contact["kind"] == "PHONE").unwrap()["id"].clone()
                }
                "session" => {
                    let there = self.desk.sign_in("ann@desk.test", PASSWORD).await;
                    there.run("{ viewer { session { id } } }", json!({})).await["viewer"]["session"]["id"].take()
                }
                other => self.make(other).await,
            };
            *variables.pointer_mut(&pointer).unwrap() = value;
        }
        variables
    }

    /// Makes something new, or answers what is there.
    async fn make(&mut self, what: &str) -> Value {
        self.count += 1;
        let count = self.count;
        let ada = self.ada.clone();
        match what {
            "password" => json!(PASSWORD),
            "key" => json!(format!("key-{count}")),
            "newEmail" => json!(format!("new{count}@desk.test")),
            "newName" => json!(format!("Name {count}")),
            "customer" => json!(self.ann.id),
            "agent" => json!(self.ben.id),
            "beginning" => self.beginning.clone(),
            "now" => ada.run("{ eventCursor }", json!({})).await["eventCursor"].take(),
            "openTicket" => json!(self.ann.open_ticket(&format!("Invoice {count} is wrong")).await),
            "ticket" => {
                let ticket = json!(self.ann.open_ticket(&format!("Invoice {count} is wrong")).await);
                let input = json!({"ticketId": ticket, "to": {"agentId": self.ben.id}});
                ada.do_it("ticketAssign", input, "ticket { id }").await;
                ticket
            }
            "ticketNumber" => {
                let ticket = self.ann.open_ticket("What is my number?").await;
                let read = ada.run("query($id: ID!) { ticket(id: $id) { number } }", json!({"id": ticket})).await;
                read["ticket"]["number"].clone()
            }
            "inProgressTicket" => {
                let ticket = Box::pin(self.make("ticket")).await;
                let input = json!({"ticketId": ticket, "status": "in_progress"});
                ada.do_it("ticketStatusChange", input, "ticket { id }").await;
                ticket
            }
            "closedTicket" => {
                let ticket = Box::pin(self.make("ticket")).await;
                ada.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
                ticket
            }
            "mergedTicket" | "targetTicket" => {
                let (ticket, into) = (Box::pin(self.make("ticket")).await, Box::pin(self.make("ticket")).await);
                ada.do_it("ticketMerge", json!({"ticketId": ticket, "intoId": into}), "ticket { id }").await;
                if what == "mergedTicket" { ticket } else { into }
            }
            "linkedTicket" => {
                let (ticket, other) = (Box::pin(self.make("ticket")).await, Box::pin(self.make("ticket")).await);
                ada.do_it("ticketLink", json!({"ticketId": ticket, "otherId": other}), "ticket { id }").await;
                ticket
            }
            "deletedTicket" => {
                let ticket = Box::pin(self.make("ticket")).await;
                ada.do_it("ticketDelete", json!({"ticketId": ticket}), "ticket { id }").await;
                ticket
            }
            "job" => {
                let ticket = Box::pin(self.make("ticket")).await;
                let input = json!({"selection": {"ids": [ticket]}, "action": {"tag": ["many"]}});
                made(&self.ben.clone(), "ticketBulk", input, "job").await
            }
            // Tickets that there are not keep it busy as well.
            "runningJob" => {
                let ids: Vec<String> = (0..20_000).map(|_| deskgraph::ids::TicketId::new().to_string()).collect();
                made(&ada, "ticketBulk", json!({"selection": {"ids": ids}, "action": {"tag": ["many"]}}), "job").await
            }
            "escalatedTicket" => {
                let ticket = Box::pin(self.make("ticket")).await;
                ada.do_it("ticketEscalate", json!({"ticketId": ticket}), "ticket { id }").await;
                ticket
            }
            "person" => {
                let input = json!({"name": "Somebody", "email": format!("some{count}@desk.test"), "role": "CUSTOMER"});
                made(&ada, "personCreate", input, "person").await
            }
            "deactivatedPerson" => {
                let person = Box::pin(self.make("person")).await;
                ada.do_it("personDeactivate", json!({"personId": person}), "person { id }").await;
                person
            }
            "organization" => {
                made(&ada, "organizationCreate", json!({"name": format!("House {count}")}), "organization").await
            }
            "serviceAccount" => {
                made(&ada, "serviceAccountCreate", json!({"name": format!("System {count}")}), "serviceAccount").await
            }
            "apiKey" => {
                let account = Box::pin(self.make("serviceAccount")).await;
                let input = json!({"serviceAccountId": account, "name": "main", "scopes": ["TICKET_VIEW"]});
                made(&ada, "apiKeyCreate", input, "apiKey").await
            }
            "team" => made(&ada, "teamCreate", json!({"name": format!("Team {count}")}), "team").await,
            "teamOfAgent" => {
                let team = Box::pin(self.make("team")).await;
                let input = json!({"teamId": team, "personId": self.ben.id});
                ada.do_it("teamMemberAdd", input, "team { id }").await;
                team
            }
            "article" => {
                let input = json!({"title": format!("Invoices, part {count}"), "body": "What stands on an invoice."});
                made(&ada, "articleCreate", input, "article").await
            }
            "publishedArticle" => {
                let article = Box::pin(self.make("article")).await;
                ada.do_it("articlePublish", json!({"articleId": article}), "article { id }").await;
                article
            }
            "articleSlug" => {
                let id = Box::pin(self.make("publishedArticle")).await;
                let read = ada.run("query($id: ID!) { article(id: $id) { slug } }", json!({"id": id})).await;
                read["article"]["slug"].clone()
            }
            "faq" => made(&ada, "faqCreate", json!({"question": "How much is it?", "answer": "Ten."}), "faq").await,
            "publishedFaq" => {
                let faq = Box::pin(self.make("faq")).await;
                ada.do_it("faqPublish", json!({"faqId": faq}), "faq { id }").await;
                faq
            }
            "template" => {
                let input = json!({"name": format!("Template {count}"), "body": "Dear {{ requester.name }}."});
                made(&ada, "templateCreate", input, "template").await
            }
            "notification" => {
                let ticket = self.ann.open_ticket("What was I told?").await;
                ada.do_it("commentAdd", json!({"ticketId": ticket, "body": "This."}), "comment { id }").await;
                let inbox = self.ann.run("{ notifications(first: 1) { nodes { id } } }", json!({})).await;
                inbox["notifications"]["nodes"][0]["id"].clone()
            }
            "category" => {
                let input = json!({"name": format!("Category {count}")});
                made(&ada, "knowledgeCategoryCreate", input, "category").await
            }
            other => panic!("variables.json asks for ${other}, which the test cannot make"),
        }
    }
}

/// The id of what a mutation made.
async fn made(ada: &Person, mutation: &str, input: Value, thing: &str) -> Value {
    ada.do_it(mutation, input, &format!("{thing} {{ id }}")).await[thing]["id"].take()
}

/// Where texts with `$` stand in the variables.
fn collect(value: &Value, at: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix('$') {
                found.push((at.to_owned(), name.to_owned()));
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| collect(item, &format!("{at}/{index}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, field)| collect(field, &format!("{at}/{name}"), found));
        }
        _ => {}
    }
}

/// Nothing refused, and every root field answered.
fn whole(path: &str, data: &Value) {
    let fields = data.as_object().unwrap_or_else(|| panic!("{path}: {data}"));
    for (name, field) in fields {
        assert!(!field.is_null(), "{path}: {name} is null");
        if let Some(errors) = field.get("userErrors") {
            assert_eq!(errors, &json!([]), "{path}: {data:#}");
        }
    }
}

desk_test! {
    async fn every_operation_is_answered_without_an_error(desk: &Desk) {
        let mut scene = Scene::new(desk).await;
        let variables = all_variables();
        for (path, document) in operations() {
            let sender = scene.sender(&path, &document).await;
            let variables = scene.variables(variables[&path].clone(), &sender).await;
            if named(&document).0 == "subscription" {
                let mut socket = Socket::open(&desk.url, sender.token.as_deref()).await;
                socket.subscribe("1", &document, variables).await;
                whole(&path, &socket.next().await);
            } else {
                whole(&path, &sender.run(&document, variables).await);
            }
        }
        let known: Vec<&str> = reference::EVENTS.iter().flat_map(|(_, kinds)| kinds.iter().map(|(kind, _)| *kind)).collect();
        for (_, kind, _) in desk.log().await.events {
            assert!(known.contains(&kind.as_str()), "schema/events.md does not know {kind}");
        }
    }
}

#[test]
fn every_operation_has_its_variables_and_a_name_of_its_own() {
    let operations = operations();
    let variables = all_variables();
    let paths: Vec<&String> = operations.keys().collect();
    let mut listed: Vec<&String> = variables.keys().collect();
    listed.sort_unstable();
    assert_eq!(paths, listed);
    let mut names: Vec<&str> = operations.values().map(|document| named(document).1).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "two operations have one name");
    for (path, document) in &operations {
        assert!(document.starts_with("# "), "{path} does not say what it is for");
    }
}
