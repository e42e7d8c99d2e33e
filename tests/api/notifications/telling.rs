//! What goes out: by mail, by text message, in whose language.

use deskgraph::config::{Config, Secret};
use serde_json::{Value, json};

use super::{texts, with_phone};
use crate::harness::{Desk, MailServer, Person, SmsGateway, eventually};

const DELIVERIES: &str = "query($filter: DeliveryFilter) { deliveries(filter: $filter) { totalCount nodes { id channel status purpose address subject \
    attempts lastError sentAt nextAttemptAt person { name } ticket { id } } } }";

/// The deliveries that somebody sees.
async fn deliveries(person: &Person, filter: Value) -> Vec<Value> {
    let list = person.run(DELIVERIES, json!({"filter": filter})).await;
    list["deliveries"]["nodes"].as_array().unwrap().clone()
}

fn with(profile: &str, mail: &str, sms: &str) -> impl Fn(&mut Config) {
    let (profile, mail, sms) = (profile.to_owned(), mail.to_owned(), sms.to_owned());
    move |config| {
        config.profile = profile.clone();
        config.mail.smtp_url = Some(Secret::new(&mail));
        config.mail.from = "Help <help@desk.test>".to_owned();
        config.sms.url = Some(Secret::new(&sms));
    }
}

/// Desks on both databases, with these ways out.
async fn desks(profile: &str, mail: &str, sms: &str) -> Vec<Desk> {
    let mut desks = vec![Desk::with(with(profile, mail, sms)).await];
    desks.extend(Desk::postgres_with(with(profile, mail, sms)).await);
    desks
}

// S0-36, S0-56, S1-88, S1-98, S1-119, S4-15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_is_told_in_the_inbox_by_mail_and_by_text_message() {
    let (server, mail) = MailServer::start().await;
    let (gateway, sms) = SmsGateway::start(&[200]).await;
    for desk in desks("isp", &mail, &sms).await {
        let (mailed, texted) = (server.taken().len(), gateway.asked().len());
        let (ada, ben) = (desk.administrator().await, desk.agent("Ben").await);
        let ann = with_phone(&ada, "Ann", "+4930123456").await;
        let input = json!({"title": "No connection", "description": "The modem blinks red since this morning.",
            "category": "outage_report", "requesterId": ann});
        let made = ben.do_it("ticketCreate", input, "ticket { id number }").await["ticket"].take();
        let filter = json!({"ticketId": made["id"], "purpose": "ticket.created"});
        eventually("both are sent", async || {
            let all = deliveries(&ada, filter.clone()).await;
            all.len() == 2 && all.iter().all(|delivery| delivery["status"] == "SENT")
        })
        .await;
        let number = made["number"].as_str().unwrap();
        let mails = server.taken();
        let found = mails[mailed..].iter().find(|mail| mail.to == "ann@desk.test").unwrap();
        assert_eq!(found.header("Subject"), format!("[{number}] No connection"));
        let (_, text) = gateway.asked()[texted..].iter().find(|(_, body)| body["to"] == "+4930123456").unwrap().clone();
        assert!(text["text"].as_str().unwrap().contains(number), "{text}");
        let all = deliveries(&ada, filter).await;
        let by_mail = all.iter().find(|delivery| delivery["channel"] == "EMAIL").unwrap();
        assert_eq!((&by_mail["address"], &by_mail["attempts"]), (&json!("ann@desk.test"), &json!(1)));
        assert_eq!((&by_mail["person"]["name"], &by_mail["ticket"]["id"]), (&json!("Ann"), &made["id"]));
        assert_eq!((&by_mail["lastError"], &by_mail["nextAttemptAt"]), (&json!(null), &json!(null)));
        // What is written goes along, and a note for staff does not.
        ben.do_it(
            "commentAdd",
            json!({"ticketId": made["id"], "body": "A *secret* note.", "internal": true}),
            "comment { id }",
        )
        .await;
        ben.do_it("commentAdd", json!({"ticketId": made["id"], "body": "Is it **red** still?"}), "comment { id }")
            .await;
        eventually("the answer is sent", async || {
            server.taken()[mailed..]
                .iter()
                .any(|mail| mail.to == "ann@desk.test" && mail.text.contains("Is it red still?"))
        })
        .await;
        let mails = server.taken();
        assert!(!mails[mailed..].iter().any(|mail| mail.text.contains("secret note")));
        // Only who may send messages sees what left the desk.
        let cleo = desk.customer("Cleo").await;
        assert_eq!(cleo.answer(DELIVERIES, json!({})).await["errors"][0]["extensions"]["code"], "FORBIDDEN");
        let by_id = "query($id: ID!) { node(id: $id) { id } }";
        assert_eq!(cleo.run(by_id, json!({"id": by_mail["id"]})).await["node"], json!(null));
        assert_eq!(ada.run(by_id, json!({"id": by_mail["id"]})).await["node"]["id"], by_mail["id"]);
        desk.stop().await;
    }
}

// S1-98
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_that_nobody_vouched_for_gets_no_text_message() {
    let (server, mail) = MailServer::start().await;
    let (gateway, sms) = SmsGateway::start(&[200]).await;
    let desk = Desk::with(with("isp", &mail, &sms)).await;
    let ada = desk.administrator().await;
    let input = json!({"name": "Ann", "email": "ann@desk.test", "phone": "+4930123456", "role": "CUSTOMER"});
    let ann = ada.do_it("personCreate", input, "person { id }").await["person"]["id"].take();
    let input = json!({"title": "No connection", "description": "The modem blinks red since this morning.",
        "category": "outage_report", "requesterId": ann});
    ada.do_it("ticketCreate", input, "ticket { id }").await;
    eventually("the mail is sent", async || server.taken().iter().any(|mail| mail.to == "ann@desk.test")).await;
    assert_eq!(gateway.asked(), []);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_loses_sight_of_a_ticket_before_the_mail_is_written_gets_none() {
    let (server, mail) = MailServer::start().await;
    let desk = Desk::with(with("helpdesk", &mail, "http://127.0.0.1:1")).await;
    let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
    let ticket = ann.open_ticket("The printer hums").await;
    // In one request: nothing is written in between.
    let document = "mutation($a: TicketAssignInput!, $u: TicketUnassignInput!) { a: ticketAssign(input: $a) { eventCursor } \
        u: ticketUnassign(input: $u) { eventCursor } }";
    let input = json!({"a": {"ticketId": ticket, "to": {"agentId": ben.id}}, "u": {"ticketId": ticket}});
    ada.run(document, input).await;
    ada.do_it("commentAdd", json!({"ticketId": ticket, "body": "Later."}), "comment { id }").await;
    eventually("Ann has the answer", async || server.taken().iter().any(|mail| mail.text.contains("Later."))).await;
    let to_ben = deliveries(&ada, json!({"personId": ben.id})).await;
    assert!(to_ben.len() <= 1, "{to_ben:?}");
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_told_in_their_language_where_the_desk_speaks_it() {
    let folder = tempfile::tempdir().unwrap();
    let own = "[texts]\n\"comment.added\" = \"{{ actor }} answered {{ ticket.number }}\"\n\
        \"comment.added.subject\" = \"News of {{ ticket.number }}\"\n\
        [texts.de]\n\"comment.added\" = \"{{ actor }} hat {{ ticket.number }} beantwortet\"\n";
    let profile = crate::harness::profile(folder.path(), &[("[texts]\n", own)]);
    let (server, mail) = MailServer::start().await;
    let desk = Desk::with(with(&profile, &mail, "http://127.0.0.1:1")).await;
    let (ada, ann, bob) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Bob").await);
    // Everybody says for themselves what they speak.
    let input = json!({"personId": ann.id, "locale": "de-AT"});
    assert_eq!(ann.do_it("personUpdate", input, "person { locale }").await["person"]["locale"], "de-AT");
    let error = ann.refused("personUpdate", json!({"personId": ann.id, "locale": "german, please"})).await;
    assert_eq!((&error["code"], &error["field"]), (&json!("INVALID_VALUE"), &json!(["locale"])));
    for (person, says) in [(&ann, "hat"), (&bob, "answered")] {
        let ticket = person.open_ticket("The printer hums").await;
        ada.do_it("commentAdd", json!({"ticketId": ticket, "body": "Really?"}), "comment { id }").await;
        let text = texts(person).await.remove(0);
        assert!(text.contains(says), "{text}");
        eventually("the mail says the same", async || {
            server.taken().iter().any(|mail| mail.header("Subject").starts_with("News of") && mail.text.contains(&text))
        })
        .await;
    }
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_cannot_be_put_together_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    for (own, words) in [
        ("\"comment.added\" = \"{{ ticket.colour }}\"", ["texts.comment.added", "cannot be put together"]),
        ("\"comment.added.body\" = \"{% if %}\"", ["texts.comment.added.body", "cannot be put together"]),
    ] {
        let path = crate::harness::profile(folder.path(), &[("[texts]\n", &format!("[texts]\n{own}\n"))]);
        let error = deskgraph::app::profile(&path).unwrap_err().to_string();
        assert!(words.iter().all(|word| error.contains(word)), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rule_can_be_for_a_stage_of_the_ticket_whatever_happens_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let rule = "event = \"comment.added\"\nby = \"staff\"";
    let profile = crate::harness::profile(folder.path(), &[(rule, &format!("{rule}\nstage = \"active\""))]);
    let desk = Desk::with(|config| config.profile = profile).await;
    let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
    let ticket = ann.open_ticket("The printer hums").await;
    let answer = async |body: &str| {
        ada.do_it("commentAdd", json!({"ticketId": ticket, "body": body}), "comment { id }").await;
        super::kinds(&ann).await.iter().filter(|kind| *kind == "comment.added").count()
    };
    assert_eq!(answer("Nobody works on it yet.").await, 0);
    ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": ben.id}}), "ticket { id }").await;
    assert_eq!(answer("Ben does.").await, 1);
    desk.stop().await;
}
