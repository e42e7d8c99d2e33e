//! The document of the internet provider (S1), walked in its order.

use serde_json::{Value, json};

use super::{keys, moved, open, opened, status, wanted};
use crate::desk_test;
use crate::harness::Desk;

const CATEGORIES: [&str; 12] = [
    "technical_support",
    "billing_inquiry",
    "new_service",
    "service_change",
    "cancellation",
    "outage_report",
    "equipment_issue",
    "installation",
    "repair",
    "complaint",
    "sales_inquiry",
    "general_inquiry",
];
const STATUSES: [&str; 8] =
    ["open", "assigned", "in_progress", "pending_customer", "pending_vendor", "resolved", "closed", "reopened"];

fn with(field: &str, value: Value) -> Value {
    let mut input = wanted("isp");
    input[field] = value;
    input
}

desk_test! {
    // S1-4, S1-5, S1-6, S1-22, X-2, X-3
    async fn lists_take_every_status_priority_and_category(desk: &Desk) on "isp" {
        let ada = desk.administrator().await;
        let workflow = ada.run("{ workflow { statuses { key } priorities { key } categories { key } } }", json!({})).await["workflow"].take();
        assert_eq!(keys(&workflow["statuses"]), STATUSES);
        assert_eq!(keys(&workflow["priorities"]), ["low", "medium", "high", "urgent", "critical", "emergency"]);
        assert_eq!(keys(&workflow["categories"]), CATEGORIES);
        open(&ada, "isp").await;
        let document = "query($filter: TicketFilter) { tickets(filter: $filter) { totalCount } }";
        let counted = async |filter: Value| ada.run(document, json!({"filter": filter})).await["tickets"]["totalCount"].as_i64().unwrap();
        assert_eq!(counted(json!({"category": CATEGORIES, "status": STATUSES})).await, 1);
        for category in CATEGORIES {
            assert_eq!(counted(json!({"category": [category]})).await, i64::from(category == "outage_report"), "{category}");
        }
        for status in STATUSES {
            assert_eq!(counted(json!({"status": [status]})).await, i64::from(status == "open"), "{status}");
        }
    }
}

desk_test! {
    // S1-17, S1-18, S1-20, S1-21, S1-22, S1-23, S1-25, S1-28, S1-30, X-1, X-4
    async fn a_ticket_is_created_within_its_limits(desk: &Desk) on "isp" {
        let ann = desk.customer("Ann").await;
        let made = opened(&ann, "isp", "number status { key } priority { key } category { key } channel { key }").await;
        assert_eq!(made, json!({"number": "ISP-000001", "status": {"key": "open"}, "priority": {"key": "medium"},
            "category": {"key": "outage_report"}, "channel": {"key": "portal"}}));
        for (field, value) in [("title", json!("Slow")), ("title", json!("x".repeat(201))), ("description", json!("Too short")),
            ("title", json!(null)), ("description", json!(null)), ("priority", json!("asap")), ("channel", json!("fax"))] {
            let error = ann.refused("ticketCreate", with(field, value.clone())).await;
            assert_eq!((&error["code"], &error["field"]), (&json!("INVALID_VALUE"), &json!([field])), "{field} {value}");
        }
        let error = ann.refused("ticketCreate", with("category", json!(null))).await;
        assert_eq!((&error["field"], &error["allowed"]), (&json!(["category"]), &json!(CATEGORIES)));
        for (field, value) in [("title", json!("Short")), ("title", json!("x".repeat(200))), ("description", json!("Ten chars!")),
            ("priority", json!("emergency")), ("channel", json!("in_person")), ("tags", json!(["fibre"])), ("preferredContactTime", json!("after six"))] {
            ann.do_it("ticketCreate", with(field, value), "ticket { id }").await;
        }
    }
}

desk_test! {
    // S1-19, X-13
    async fn everybody_of_an_account_sees_its_tickets(desk: &Desk) on "isp" {
        let ada = desk.administrator().await;
        let account = ada.do_it("organizationCreate", json!({"name": "House 7"}), "organization { id }").await["organization"]["id"].take();
        let (ann, bob, eve) = (desk.customer("Ann").await, desk.customer("Bob").await, desk.customer("Eve").await);
        for person in [&ann, &bob] {
            ada.do_it("personUpdate", json!({"personId": person.id, "organizationId": account}), "person { id }").await;
        }
        let ticket = open(&ann, "isp").await;
        let document = "query($id: ID!) { ticket(id: $id) { organization { id } } }";
        // Rights travel through the log: Bob's session notices that he has joined the account.
        crate::harness::eventually("Bob sees it", async || bob.run(document, json!({"id": ticket})).await["ticket"]["organization"]["id"] == account).await;
        assert_eq!(eve.run(document, json!({"id": ticket})).await["ticket"], json!(null));
        let kinds = ada.run("{ workflow { referenceKinds { key owner } references { required owned } } }", json!({})).await;
        assert_eq!(kinds["workflow"], json!({"referenceKinds": [{"key": "service", "owner": "ORGANIZATION"}], "references": {"required": false, "owned": true}}));
    }
}

desk_test! {
    // S1-47, S1-48, S1-50, S1-53, S1-58, S1-59, S1-115, X-5, X-6, X-7
    async fn a_ticket_walks_through_its_eight_statuses(desk: &Desk) on "isp" {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ticket = open(&ann, "isp").await;
        let ben = desk.agent("Ben").await;
        let input = json!({"ticketId": ticket, "to": {"agentId": ben.id}, "priority": "critical"});
        let assigned = ada.do_it("ticketAssign", input, "ticket { status { key } priority { key } }").await;
        assert_eq!(assigned["ticket"], json!({"status": {"key": "assigned"}, "priority": {"key": "critical"}}));
        moved(&ben, &ticket, "in_progress").await;
        let error = ann.refused("ticketClose", json!({"ticketId": ticket})).await;
        assert_eq!(error["code"], "INVALID_TRANSITION", "customers close what is resolved, or not begun");
        moved(&ben, &ticket, "pending_customer").await;
        let clocks = "query($id: ID!) { ticket(id: $id) { sla { clocks { state } } } }";
        let states = async || ben.run(clocks, json!({"id": ticket})).await["ticket"]["sla"]["clocks"].take();
        assert_eq!(states().await, json!([{"state": "PAUSED"}, {"state": "PAUSED"}]));
        ann.do_it("commentAdd", json!({"ticketId": ticket, "body": "Now it is green."}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket).await, "in_progress");
        moved(&ben, &ticket, "pending_vendor").await;
        assert_eq!(states().await, json!([{"state": "RUNNING"}, {"state": "RUNNING"}]), "a vendor's delay is the provider's");
        moved(&ben, &ticket, "resolved").await;
        ann.do_it("ticketReopen", json!({"ticketId": ticket}), "ticket { id }").await;
        assert_eq!(status(&ann, &ticket).await, "reopened");
        moved(&ben, &ticket, "resolved").await;
        ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        assert_eq!(status(&ann, &ticket).await, "closed");
        // S1-46: deleting is for administrators.
        assert_eq!(ben.refused("ticketDelete", json!({"ticketId": ticket})).await["code"], "FORBIDDEN");
        ada.do_it("ticketDelete", json!({"ticketId": ticket}), "ticket { id }").await;
    }
}

/// S1-124, X-8: the numbers that the document leaves to the desk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_priority_is_promised_something() {
    let desk = Desk::with(|config| config.profile = "isp".to_owned()).await;
    let document = "{ workflow { priorities { key firstResponseHours resolutionHours } sla { warnings } routing { rule onCreate skills { key } } \
        escalation { levels { key } automatic { clock atPercent level } customersFrom { key } } satisfaction { effort { min max } } } }";
    let workflow = desk.stranger().run(document, json!({})).await["workflow"].take();
    let promised: Vec<(f64, f64)> = workflow["priorities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|priority| {
            (priority["firstResponseHours"].as_f64().unwrap(), priority["resolutionHours"].as_f64().unwrap())
        })
        .collect();
    assert_eq!(promised, [(24.0, 168.0), (8.0, 72.0), (4.0, 24.0), (1.0, 12.0), (0.5, 8.0), (0.25, 4.0)]);
    assert_eq!(keys(&workflow["escalation"]["levels"]), ["second_line", "operations", "management"]);
    assert_eq!(
        workflow["escalation"]["automatic"][0],
        json!({"clock": "FIRST_RESPONSE", "atPercent": 100, "level": "second_line"})
    );
    assert_eq!(
        workflow["routing"],
        json!({"rule": "SKILLS", "onCreate": true, "skills": [{"key": "network"}, {"key": "field"}, {"key": "billing"}, {"key": "sales"}]})
    );
    assert_eq!(workflow["satisfaction"]["effort"], json!({"min": 1, "max": 7}));
    let ann = desk.customer("Ann").await;
    let made = ann
        .do_it("ticketCreate", with("priority", json!("emergency")), "ticket { sla { clocks { target goalHours } } }")
        .await;
    assert_eq!(
        made["ticket"]["sla"]["clocks"],
        json!([{"target": "FIRST_RESPONSE", "goalHours": 0.25}, {"target": "RESOLUTION", "goalHours": 4.0}])
    );
    desk.stop().await;
}

desk_test! {
    // S1-29, S1-33, S1-34, S1-41, S1-42: the answer to creating, and to asking for a ticket: with history and comments unless one says otherwise.
    async fn a_ticket_is_answered_with_its_history_and_its_comments(desk: &Desk) on "isp" {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let selection = "id number title description requester { id name } organization { id } status { key name stage } priority { key name } \
            category { key } channel { key } tags createdAt updatedAt dueAt assignee { id } version commentCount sla { clocks { target deadline } }";
        let made = opened(&ann, "isp", selection).await;
        let document = format!("query($id: ID!, $history: Boolean! = true, $comments: Boolean! = true) {{ ticket(id: $id) {{ {selection} \
            history @include(if: $history) {{ nodes {{ kind occurredAt actor {{ id }} ... on TicketStatusChangedEvent {{ status {{ key }} statusBefore {{ key }} }} }} }} \
            comments @include(if: $comments) {{ nodes {{ body internal senderKind createdAt author {{ id name }} }} }} }} }}");
        let read = ann.run(&document, json!({"id": made["id"]})).await["ticket"].take();
        for (name, value) in made.as_object().unwrap() {
            assert_eq!(value, &read[name], "{name}: what creating answers is the ticket");
        }
        assert_eq!((&made["requester"]["id"], &made["status"]["stage"]), (&json!(ann.id), &json!("NEW")));
        assert_eq!((&read["history"]["nodes"][0]["kind"], &read["comments"]["nodes"]), (&json!("CREATED"), &json!([])));
        let id = made["id"].clone();
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ada.id}}), "ticket { id }").await;
        moved(&ada, &id, "in_progress").await;
        ada.do_it("commentAdd", json!({"ticketId": id, "body": "Is the lamp still red?"}), "comment { id }").await;
        ann.do_it("commentAdd", json!({"ticketId": id, "body": "It is."}), "comment { id }").await;
        let read = ann.run(&document, json!({"id": id})).await["ticket"].take();
        let entries = read["history"]["nodes"].as_array().unwrap();
        let moves: Vec<_> = entries.iter().filter(|entry| entry["kind"] == "STATUS_CHANGED").collect();
        assert_eq!((&moves[1]["statusBefore"]["key"], &moves[1]["status"]["key"]), (&json!("assigned"), &json!("in_progress")));
        assert_eq!(moves[1]["actor"]["id"], ada.id);
        assert!(moves[1]["occurredAt"].as_str() >= made["createdAt"].as_str());
        let said: Vec<_> = read["comments"]["nodes"].as_array().unwrap().iter()
            .map(|comment| (comment["body"].as_str().unwrap(), comment["senderKind"].as_str().unwrap(), comment["author"]["id"].as_str().unwrap())).collect();
        assert_eq!(said, [("Is the lamp still red?", "STAFF", ada.id.as_str()), ("It is.", "CUSTOMER", ann.id.as_str())]);
        for (history, comments) in [(true, false), (false, true), (false, false)] {
            let read = ann.run(&document, json!({"id": id, "history": history, "comments": comments})).await["ticket"].take();
            let has = |name: &str| read.get(name).is_some();
            assert_eq!((has("history"), has("comments")), (history, comments), "{read}");
        }
    }
}
