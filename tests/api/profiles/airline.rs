//! The document of the airline (S0), walked in its order.

use serde_json::json;

use super::{keys, moved, open, opened, status};
use crate::desk_test;

desk_test! {
    // S0-1, S0-2, X-3
    async fn the_desk_is_what_the_document_says(desk: &Desk) on "airline" {
        let document = "{ workflow { channels { key } categories { key } form { title { name required } description { required } } \
            referenceKinds { key owner fields { key required } } references { required owned } contact { verified } \
            routing { rule onCreate } statuses { key stage } priorities { key } roles { role name } } }";
        let workflow = desk.stranger().run(document, json!({})).await["workflow"].take();
        assert_eq!(keys(&workflow["channels"]), ["chat", "email", "phone"]);
        assert_eq!(keys(&workflow["categories"]), ["booking", "payment", "flight_status"]);
        assert_eq!(workflow["form"], json!({"title": {"name": "Issue", "required": true}, "description": {"required": false}}));
        assert_eq!(workflow["referenceKinds"], json!([{"key": "booking", "owner": "PERSON",
            "fields": [{"key": "flight", "required": true}, {"key": "status", "required": true}]}]));
        assert_eq!(workflow["references"], json!({"required": true, "owned": true}));
        assert_eq!(workflow["contact"]["verified"], json!(["EMAIL", "PHONE"]));
        assert_eq!(workflow["routing"], json!({"rule": "LEAST_LOADED", "onCreate": true}));
        assert_eq!(workflow["roles"][0], json!({"role": "CUSTOMER", "name": "Traveller"}));
    }
}

desk_test! {
    // S0-10, S0-17, X-1, X-4
    async fn a_traveller_opens_a_ticket_with_one_text(desk: &Desk) on "airline" {
        let ann = desk.customer("Ann").await;
        let ticket = opened(&ann, "airline", "number title description status { key } channel { key } priority { key } category { key }").await;
        assert_eq!(ticket, json!({"number": "T1", "title": "Payment failed", "description": "Payment failed",
            "status": {"key": "OPEN"}, "channel": {"key": "chat"}, "priority": {"key": "NORMAL"}, "category": null}));
        assert_eq!(opened(&ann, "airline", "number").await["number"], "T2");
        desk.advance(24.0);
        assert_eq!(opened(&ann, "airline", "number").await["number"], "T3", "numbers never begin again");
        let error = ann.refused("ticketCreate", json!({"description": "Only details"})).await;
        assert_eq!((&error["code"], &error["field"]), (&json!("INVALID_VALUE"), &json!(["title"])));
    }
}

desk_test! {
    // S0-3, S0-12, S0-13, S0-14, S0-20, S0-23, S0-33, S0-43
    async fn an_agent_resolves_in_one_step(desk: &Desk) on "airline" {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        let ticket = open(&ann, "airline").await;
        let forbidden = ann.refused("ticketStatusChange", json!({"ticketId": ticket, "status": "RESOLVED"})).await;
        assert_eq!(forbidden["code"], "FORBIDDEN");
        let input = json!({"ticketId": ticket, "status": "RESOLVED"});
        let done = ben.do_it("ticketStatusChange", input, "ticket { number status { key } }").await;
        assert_eq!(done["ticket"]["status"]["key"], "RESOLVED");
        let nowhere = deskgraph::ids::TicketId::new().to_string();
        let error = ben.refused("ticketStatusChange", json!({"ticketId": nowhere, "status": "RESOLVED"})).await;
        assert_eq!((&error["code"], &error["alias"], &error["message"]), (&json!("NOT_FOUND"), &json!("TicketNotFoundException"), &json!("Ticket not found")));
        // And the change is in the history.
        let history = "query($id: ID!) { ticket(id: $id) { history { nodes { kind } } } }";
        let history = ann.run(history, json!({"id": ticket})).await["ticket"]["history"]["nodes"].take();
        assert!(history.as_array().unwrap().contains(&json!({"kind": "STATUS_CHANGED"})), "{history}");
    }
}

desk_test! {
    // S0-28, S0-29, S0-30, S0-32: accessSupport, createTicket, verifyContactInfo, routeToAgent.
    async fn a_traveller_is_served_once_their_contact_is_verified(desk: &Desk) on "airline" {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let fields = json!([{"key": "flight", "value": "LH 400"}, {"key": "status", "value": "CONFIRMED"}]);
        let booking = json!({"kind": "booking", "externalId": "B789", "owner": {"personId": ann.id}, "fields": fields});
        ada.do_it("referenceUpsert", booking, "reference { id }").await;
        let door = "{ reference(kind: \"booking\", externalId: \"B789\") { actions { name allowed reason } } }";
        let may = async || ann.run(door, json!({})).await["reference"]["actions"][0].take();
        assert_eq!(may().await["allowed"], false);
        // Refused before anybody is bothered with it: nothing is written, nobody is chosen.
        let issue = json!({"title": "Payment failed", "reference": {"kind": "booking", "externalId": "B789"}});
        let refused = ann.refused("ticketCreate", issue.clone()).await;
        assert_eq!((&refused["code"], &refused["alias"], &refused["message"]),
            (&json!("CONTACT_UNVERIFIED"), &json!("UserVerificationException"), &json!("User contact info invalid")));
        assert_eq!(ada.run("{ tickets { totalCount } }", json!({})).await["tickets"]["totalCount"], 0);
        // By mail.
        let request = "mutation { contactVerifyRequest(input: {address: {email: \"ann@desk.test\"}}) { accepted } }";
        assert_eq!(ann.run(request, json!({})).await["contactVerifyRequest"]["accepted"], true);
        let code = desk.letter("ann@desk.test", 1).await.code();
        let proof = json!({"proof": {"code": {"address": {"email": "ann@desk.test"}, "code": code}}});
        let sure = ann.do_it("contactVerify", proof, "person { emailVerified }").await;
        assert_eq!(sure["person"]["emailVerified"], true);
        assert_eq!(may().await, json!({"name": "CREATE_TICKET", "allowed": true, "reason": null}));
        let made = ann.do_it("ticketCreate", issue, "ticket { id status { key } }").await["ticket"].take();
        let routed = ada.run("query($id: ID!) { ticket(id: $id) { assignee { id } routing { agent { id } } } }", json!({"id": made["id"]})).await;
        assert_eq!((&routed["ticket"]["assignee"]["id"], &routed["ticket"]["routing"]["agent"]["id"]), (&json!(ben.id), &json!(ben.id)));
    }
}

desk_test! {
    // S0-44, S0-57, X-7, X-8: two minutes, at every hour, and no other promise.
    async fn the_first_answer_is_due_in_two_minutes(desk: &Desk) on "airline" {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        let sla = "sla { breached clocks { target goalHours state } }";
        let ticket = opened(&ann, "airline", &format!("id {sla}")).await;
        let clocks = &ticket["sla"]["clocks"];
        assert_eq!(clocks.as_array().unwrap().len(), 1, "{clocks}");
        assert!((clocks[0]["goalHours"].as_f64().unwrap() * 60.0 - 2.0).abs() < 1e-9);
        let read = format!("query($id: ID!) {{ ticket(id: $id) {{ {sla} }} }}");
        desk.advance(1.9 / 60.0);
        assert_eq!(ann.run(&read, json!({"id": ticket["id"]})).await["ticket"]["sla"]["breached"], false);
        ben.do_it("commentAdd", json!({"ticketId": ticket["id"], "body": "I am on it."}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket["id"]).await, "IN_PROGRESS");
        desk.advance(1.0);
        let met = ann.run(&read, json!({"id": ticket["id"]})).await;
        assert_eq!((&met["ticket"]["sla"]["breached"], &met["ticket"]["sla"]["clocks"][0]["state"]), (&json!(false), &json!("MET")));
        let late = open(&ann, "airline").await;
        desk.advance(2.1 / 60.0);
        assert_eq!(ann.run(&read, json!({"id": late})).await["ticket"]["sla"]["breached"], true);
    }
}

desk_test! {
    // whoever asked takes it back, and says that it is not solved.
    async fn a_traveller_closes_and_reopens(desk: &Desk) on "airline" {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        let ticket = open(&ann, "airline").await;
        moved(&ben, &ticket, "RESOLVED").await;
        ann.do_it("commentAdd", json!({"ticketId": ticket, "body": "It still fails."}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket).await, "IN_PROGRESS");
        ann.do_it("ticketClose", json!({"ticketId": ticket, "reason": "withdrawn"}), "ticket { id }").await;
        desk.advance(24.0 * 30.0 - 1.0);
        ann.do_it("ticketReopen", json!({"ticketId": ticket}), "ticket { id }").await;
        ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        desk.advance(24.0 * 30.0 + 1.0);
        assert_eq!(ann.refused("ticketReopen", json!({"ticketId": ticket})).await["code"], "INVALID_TRANSITION");
    }
}

desk_test! {
    // S0-5, S0-28, S0-29: opened, contact sure, given to an agent, and the traveller is told: by the desk, and by whoever tells them.
    async fn a_traveller_is_told_at_the_end_of_the_sequence(desk: &Desk) on "airline" {
        let (ann, ben) = (desk.customer("Ann").await, desk.agent("Ben").await);
        let ticket = opened(&ann, "airline", "id status { key } assignee { id } requester { emailVerified }").await;
        assert_eq!((&ticket["requester"]["emailVerified"], &ticket["assignee"]["id"]), (&json!(true), &json!(ben.id)));
        let inbox = "{ notifications { nodes { kind text ticket { id } } } }";
        let told = ann.run(inbox, json!({})).await["notifications"]["nodes"].take();
        assert_eq!(told, json!([{"kind": "ticket.created", "text": "We have your request and answer within two minutes.", "ticket": {"id": ticket["id"]}}]));
        let given = ben.run(inbox, json!({})).await["notifications"]["nodes"].take();
        assert_eq!((&given[0]["kind"], &given[0]["ticket"]["id"]), (&json!("ticket.assigned"), &ticket["id"]));
        moved(&ben, &ticket["id"], "RESOLVED").await;
        let told = ann.run(inbox, json!({})).await["notifications"]["nodes"].take();
        assert_eq!(told[0]["text"], "Ticket resolved");
        let input = json!({"personId": ann.id, "ticketId": ticket["id"], "message": "Ticket resolved"});
        let sent = ben.do_it("notificationSend", input, "notificationStatus").await;
        assert_eq!(sent["notificationStatus"], "SENT");
        // And by mail.
        let document = "query($id: ID!) { deliveries(filter: {ticketId: $id}) { nodes { purpose status } } }";
        crate::harness::eventually("all mails are sent", async || {
            let all = ben.run(document, json!({"id": ticket["id"]})).await["deliveries"]["nodes"].take();
            ["ticket.created", "ticket.status_changed", "notification.sent"].iter().all(|purpose| {
                all.as_array().unwrap().contains(&json!({"purpose": purpose, "status": "SENT"}))
            })
        })
        .await;
    }
}
