//! Who did what, and what was refused to whom, as an administrator reads it.

mod responses;

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Person, SIGN_IN, errors, eventually};

const ENTRIES: &str = "query($filter: AuditFilter, $first: Int, $after: String) { auditLog(filter: $filter, first: $first, after: $after) \
    { nodes { recordedAt lastAt outcome operation kind code count actorKind actor { id } onBehalfOf { id } origin place requestId \
    subjectKind subjectId ticket { id } occurredAt details { name value } } pageInfo { hasNextPage endCursor } totalCount } }";

/// The newest entries, of those that the filter lets through.
async fn entries(person: &Person, filter: Value) -> Vec<Value> {
    let mut answer = person.run(ENTRIES, json!({"filter": filter, "first": 100})).await;
    let log = answer["auditLog"].take();
    // It is counted before it is read: refusals may be written in between.
    assert!(log["totalCount"].as_u64().unwrap() as usize <= log["nodes"].as_array().unwrap().len(), "{log:#}");
    log["nodes"].as_array().unwrap().clone()
}

/// The entries once there are so many: refusals are written within a second.
async fn once_there_are(person: &Person, filter: Value, count: usize) -> Vec<Value> {
    eventually("the entries", async || entries(person, filter.clone()).await.len() >= count).await;
    let found = entries(person, filter).await;
    assert_eq!(found.len(), count, "{found:#?}");
    found
}

fn detail<'a>(entry: &'a Value, name: &str) -> &'a str {
    let details = entry["details"].as_array().unwrap();
    let found = details.iter().find(|detail| detail["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {entry:#}"))["value"].as_str().unwrap()
}

desk_test! {
    // S0-52, S0-53, S0-54, S2-5
    async fn creation_moves_and_what_agents_do_are_in_the_audit(desk: &Desk) {
        let ada = desk.administrator().await;
        let (grace, mia) = (desk.agent("Grace").await, desk.customer("Mia").await);
        let ticket = mia.open_ticket("Printer").await;
        let assign = json!({"ticketId": ticket, "to": {"agentId": grace.id}});
        ada.do_it("ticketAssign", assign, "ticket { id }").await;
        grace.do_it("commentAdd", json!({"ticketId": ticket, "body": "It hums."}), "comment { id }").await;
        grace.do_it("ticketPriorityChange", json!({"ticketId": ticket, "priority": "high"}), "ticket { id }").await;
        grace.do_it("ticketStatusChange", json!({"ticketId": ticket, "status": "in_progress"}), "ticket { id }").await;

        let of_it = entries(&ada, json!({"ticketId": ticket})).await;
        let one = |operation: &str, kind: &str| {
            let mut found = of_it.iter().filter(|entry| entry["operation"] == operation && entry["kind"] == kind);
            let entry = found.next().unwrap_or_else(|| panic!("no {operation}, {kind} in {of_it:#?}"));
            assert!(found.next().is_none(), "{operation}, {kind} twice");
            assert_eq!((&entry["outcome"], &entry["ticket"]["id"]), (&json!("DONE"), &json!(ticket)));
            assert!(entry["requestId"].is_string() && entry["origin"] == "API" && entry["code"].is_null(), "{entry:#}");
            entry
        };
        // S0-52: who opened it, about what, when.
        let created = one("ticket.create", "ticket.created");
        assert_eq!((&created["actor"]["id"], &created["actorKind"]), (&json!(mia.id), &json!("PERSON")));
        assert_eq!((&created["subjectKind"], &created["subjectId"]), (&json!("ticket"), &json!(ticket)));
        // S0-53: from what to what.
        let moved = one("ticket.change_status", "ticket.status_changed");
        assert_eq!(moved["actor"]["id"], grace.id.as_str());
        assert_eq!((detail(moved, "statusBefore"), detail(moved, "status")), ("assigned", "in_progress"));
        // S0-54: what agents do, each by its own name.
        assert_eq!(one("ticket.assign", "ticket.assigned")["actor"]["id"], ada.id.as_str());
        assert_eq!(one("ticket.change_priority", "ticket.priority_changed")["actor"]["id"], grace.id.as_str());
        let said = one("comment.add", "comment.added");
        assert_eq!(said["subjectKind"], "comment");
        // Newest first; and nothing of what anybody wrote.
        let times: Vec<&str> = of_it.iter().map(|entry| entry["recordedAt"].as_str().unwrap()).collect();
        assert!(times.is_sorted_by(|one, other| one >= other), "{times:?}");
        let text = json!(of_it).to_string();
        assert!(!text.contains("Printer") && !text.contains("hums"), "{text}");

        // What is not about tickets is there as well: people, keys, knowledge.
        for kind in ["person.created", "person.password_set", "session.started"] {
            assert!(!entries(&ada, json!({"kind": [kind]})).await.is_empty(), "{kind}");
        }
        let about_grace = entries(&ada, json!({"subjectId": grace.id, "kind": ["person.created"]})).await;
        assert_eq!(about_grace.len(), 1);
        assert_eq!(about_grace[0]["actor"]["id"], ada.id.as_str());
    }
}

desk_test! {
    // S0-54
    async fn whoever_acts_for_somebody_else_is_told_with_them(desk: &Desk) {
        let (ada, mia) = (desk.administrator().await, desk.customer("Mia").await);
        let input = json!({"title": "Printer", "description": "It hums all day.", "requesterId": mia.id});
        let ticket = ada.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].take();
        let found = entries(&ada, json!({"ticketId": ticket, "kind": ["ticket.created"]})).await;
        assert_eq!((&found[0]["actor"]["id"], &found[0]["onBehalfOf"]["id"]), (&json!(ada.id), &json!(mia.id)));
        let system = desk.service("Source", &["TICKET_CREATE", "TICKET_VIEW"]).await;
        let made = entries(&ada, json!({"kind": ["api_key.created"]})).await;
        assert_eq!((made.len(), &made[0]["subjectKind"]), (1, &json!("api_key")));
        assert!(made[0]["subjectId"].as_str().unwrap().starts_with("key_"), "{made:#?}");
        system.refused("ticketClose", json!({"ticketId": ticket})).await;
        let refused = once_there_are(&ada, json!({"actorId": system.id, "outcome": "REFUSED"}), 1).await;
        assert_eq!((&refused[0]["actorKind"], &refused[0]["operation"]), (&json!("SERVICE"), &json!("ticket.close")));
    }
}

desk_test! {
    async fn signing_in_and_failing_to_are_told_without_saying_where_from(desk: &Desk) {
        let ada = desk.administrator().await;
        let mia = desk.customer("Mia").await;
        let began = entries(&ada, json!({"actorId": mia.id, "kind": ["session.started"]})).await;
        assert_eq!(began.len(), 1);
        assert_eq!((&began[0]["operation"], &began[0]["actorKind"]), (&json!("session.start"), &json!("PERSON")));
        // Five wrong guesses are one line; the next code and the next operation are lines of their own.
        let stranger = desk.stranger();
        for _ in 0..5 {
            let input = json!({"input": {"email": "mia@desk.test", "password": "guess after guess"}});
            stranger.exchange(&[("x-request-id", "guessing")], SIGN_IN, input).await;
        }
        let renew = "mutation { tokenRefresh(input: {refreshToken: \"dgr_made-up\"}) { userErrors { code } } }";
        stranger.run(renew, json!({})).await;
        let mut liar = desk.stranger();
        liar.token = Some("no.token.atall".to_owned());
        liar.answer("{ __typename }", json!({})).await;
        let refused = once_there_are(&ada, json!({"outcome": "REFUSED"}), 3).await;
        let guess = refused.iter().find(|entry| entry["operation"] == "session.start").unwrap();
        assert_eq!((&guess["code"], &guess["requestId"]), (&json!("INVALID_CREDENTIALS"), &json!("guessing")));
        assert_eq!((&guess["actorKind"], &guess["actor"], &guess["kind"]), (&json!("ANONYMOUS"), &json!(null), &json!(null)));
        // Across the end of a minute they are two.
        let guesses: u64 = refused.iter().filter(|entry| entry["operation"] == "session.start").map(|entry| entry["count"].as_u64().unwrap()).sum();
        assert_eq!(guesses, 5);
        let places: Vec<&Value> = refused.iter().map(|entry| &entry["place"]).collect();
        assert!(places.iter().all(|place| *place == places[0] && place.as_str().unwrap().len() == 16), "{places:?}");
        assert!(!json!(refused).to_string().contains("127.0.0.1") && !json!(refused).to_string().contains("mia@"));
        let codes: Vec<&str> = refused.iter().map(|entry| entry["code"].as_str().unwrap()).collect();
        assert!(codes.contains(&"SESSION_EXPIRED") && codes.contains(&"UNAUTHENTICATED"), "{codes:?}");
    }
}

desk_test! {
    // S0-54
    async fn what_was_refused_stands_between_what_was_done_and_writes_no_event(desk: &Desk) {
        let (ada, mia) = (desk.administrator().await, desk.customer("Mia").await);
        let grace = desk.agent("Grace").await;
        let ticket = mia.open_ticket("Printer").await;
        let before = desk.log().await.events.len();
        for _ in 0..30 {
            mia.refused("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": grace.id}})).await;
        }
        assert_eq!(desk.log().await.events.len(), before, "a refusal is no event");
        let refused = json!({"actorId": mia.id, "outcome": "REFUSED"});
        eventually("all thirty", async || {
            let found = entries(&ada, refused.clone()).await;
            found.iter().map(|entry| entry["count"].as_u64().unwrap()).sum::<u64>() == 30
        })
        .await;
        let found = entries(&ada, refused).await;
        assert!(found.len() <= 2, "counted by the minute: {found:#?}");
        assert_eq!((&found[0]["code"], &found[0]["operation"]), (&json!("FORBIDDEN"), &json!("ticket.assign")));
        assert_eq!(found[0]["actor"]["id"], mia.id.as_str());
        // In one order with what was done, by the time; narrowed by it too.
        mia.open_ticket("Scanner").await;
        let of_mia = entries(&ada, json!({"actorId": mia.id})).await;
        let order: Vec<&str> = of_mia.iter().filter_map(|entry| entry["operation"].as_str()).collect();
        let at = |name: &str| order.iter().position(|operation| *operation == name).unwrap();
        assert_eq!(at("ticket.create"), 0, "{order:?}");
        assert!(at("ticket.assign") > 0 && order[at("ticket.assign") + 1..].contains(&"ticket.create"), "{order:?}");
        let (from, to) = (&found[0]["recordedAt"], &of_mia[0]["recordedAt"]);
        let within = entries(&ada, json!({"actorId": mia.id, "operation": ["ticket.assign"], "from": from, "to": to})).await;
        assert_eq!(within.len(), 1);
        assert!(entries(&ada, json!({"actorId": mia.id, "to": found.last().unwrap()["recordedAt"], "operation": ["ticket.assign"]})).await.is_empty());
        assert!(entries(&ada, json!({"ticketId": ticket, "outcome": "REFUSED"})).await.is_empty());
    }
}

desk_test! {
    async fn pages_of_the_audit_leave_nothing_out_and_say_nothing_twice(desk: &Desk) {
        let (ada, mia) = (desk.administrator().await, desk.customer("Mia").await);
        for nth in 0..4 {
            mia.open_ticket(&format!("Printer {nth}")).await;
            for name in ["ticketClose", "ticketDelete", "ticketAssign"].into_iter().take(nth) {
                let input = match name {
                    "ticketAssign" => json!({"ticketId": "tkt_01j00000000000000000000000", "to": {"agentId": mia.id}}),
                    _ => json!({"ticketId": "tkt_01j00000000000000000000000"}),
                };
                mia.refused(name, input).await;
            }
        }
        once_there_are(&ada, json!({"actorId": mia.id, "outcome": "REFUSED", "operation": ["ticket.assign"]}), 1).await;
        let whole = entries(&ada, json!({"actorId": mia.id})).await;
        let refused = whole.iter().filter(|entry| entry["outcome"] == "REFUSED").count();
        assert!(refused >= 3 && whole.len() > refused + 4, "{whole:#?}");
        let (mut seen, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = ada.run(ENTRIES, json!({"filter": {"actorId": mia.id}, "first": 2, "after": after})).await["auditLog"].take();
            seen.extend(page["nodes"].as_array().unwrap().clone());
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(seen, whole);
        // Backwards too.
        let back = "query($before: String) { auditLog(last: 3, before: $before, filter: {actorId: \"ID\"}) { nodes { recordedAt kind operation } pageInfo { hasPreviousPage startCursor } } }";
        let back = back.replace("ID", &mia.id);
        let (mut seen, mut before) = (Vec::new(), Value::Null);
        loop {
            let page = ada.run(&back, json!({"before": before})).await["auditLog"].take();
            seen.splice(0..0, page["nodes"].as_array().unwrap().clone());
            before = page["pageInfo"]["startCursor"].clone();
            if page["pageInfo"]["hasPreviousPage"] == false {
                break;
            }
        }
        let short = |entry: &Value| json!({"recordedAt": entry["recordedAt"], "kind": entry["kind"], "operation": entry["operation"]});
        assert_eq!(seen, whole.iter().map(short).collect::<Vec<_>>());
    }
}

desk_test! {
    async fn only_administrators_read_the_audit(desk: &Desk) {
        let (grace, mia) = (desk.agent("Grace").await, desk.customer("Mia").await);
        for person in [&grace, &mia] {
            let answer = person.answer(ENTRIES, json!({})).await;
            assert_eq!(errors(&answer), ["FORBIDDEN"]);
            assert!(answer["errors"][0]["message"].as_str().unwrap().contains("audit.view"), "{answer}");
        }
        assert_eq!(errors(&desk.stranger().answer(ENTRIES, json!({})).await), ["UNAUTHENTICATED"]);
        // A key may if it was made for it.
        let auditor = desk.service("Auditor", &["AUDIT_VIEW"]).await;
        assert!(auditor.run(ENTRIES, json!({})).await["auditLog"]["totalCount"].as_i64().unwrap() > 3);
        let other = desk.service("Other", &["TICKET_VIEW"]).await;
        assert_eq!(errors(&other.answer(ENTRIES, json!({})).await), ["FORBIDDEN"]);
        let ada = desk.administrator().await;
        for filter in [json!({"kind": ["ticket.eaten"]}), json!({"subjectId": "nonsense"})] {
            assert_eq!(errors(&ada.answer(ENTRIES, json!({"filter": filter})).await), ["BAD_USER_INPUT"], "{filter}");
        }
    }
}

desk_test! {
    async fn a_crowd_of_strangers_is_counted_and_takes_little_room(desk: &Desk) {
        let ada = desk.administrator().await;
        let refusals = &desk.app().desk.refusals;
        let now = desk.clock.real();
        for nth in 0..5_000_u32 {
            let address = std::net::IpAddr::V4(nth.to_be_bytes().into());
            let actor = deskgraph::access::Actor { address: Some(address), ..deskgraph::access::Actor::anonymous() };
            refusals.note(&actor, "session.start", deskgraph::error::Code::InvalidCredentials, now);
        }
        let filter = json!({"filter": {"outcome": "REFUSED"}, "first": 100});
        let count = async || ada.run(ENTRIES, filter.clone()).await["auditLog"]["totalCount"].as_u64().unwrap();
        // A thousand places, and the crowd.
        eventually("they are written", async || count().await > 1_000).await;
        // If some were written while others came, there was room for a thousand more.
        let rows = count().await;
        assert!(rows < 5_000, "{rows} rows");
        let (mut sum, mut after) = (0, Value::Null);
        loop {
            let page = ada.run(ENTRIES, json!({"filter": {"outcome": "REFUSED"}, "first": 100, "after": after})).await["auditLog"].take();
            sum += page["nodes"].as_array().unwrap().iter().map(|entry| entry["count"].as_u64().unwrap()).sum::<u64>();
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
        }
        assert_eq!(sum, 5_000);
    }
}
