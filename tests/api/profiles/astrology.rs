//! The document of the astrologers' app (S3), walked in its order.

use serde_json::{Value, json};

use super::{keys, open, opened, status};
use crate::desk_test;
use crate::harness::{Person, Socket, errors, ids};

desk_test! {
    // S3-1, S3-23, S3-74, S3-110, X-1
    async fn an_astrologer_creates_a_ticket(desk: &Desk) on "astrology" {
        let ann = desk.customer("Ann").await;
        let day = desk.clock.now().to_string()[..10].replace('-', "");
        let ticket = opened(&ann, "astrology", "number title status { key } priority { name } category { name } commentCount").await;
        assert_eq!(ticket, json!({"number": format!("TKT-{day}-00001"), "title": "Cannot update my availability", "status": {"key": "open"},
            "priority": {"name": "High"}, "category": {"name": "Calendar Problems"}, "commentCount": 0}));
        desk.advance(24.0);
        let next = opened(&ann, "astrology", "number").await;
        assert!(next["number"].as_str().unwrap().ends_with("-00001"), "numbers begin again every day");
    }
}

desk_test! {
    // S3-29, S3-45, S3-74, S3-75, S3-76, X-2, X-3, X-8
    async fn the_menus_of_the_app(desk: &Desk) on "astrology" {
        let document = "{ workflow { statuses { key pausesSla } categories { name } priorities { name firstResponseHours } \
            attachments { maxBytes types } satisfaction { after scale { min max } } escalation { levels { key } } roles { name } } }";
        let workflow = desk.stranger().run(document, json!({})).await["workflow"].take();
        assert_eq!(keys(&workflow["statuses"]), ["open", "in_progress", "waiting_for_user", "closed"]);
        assert_eq!(workflow["categories"].as_array().unwrap().len(), 8);
        let names: Vec<_> = workflow["priorities"].as_array().unwrap().iter().map(|priority| priority["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["Low", "Medium", "High", "Urgent"]);
        assert!(workflow["priorities"].as_array().unwrap().iter().all(|priority| priority["firstResponseHours"].is_null()));
        assert_eq!(workflow["attachments"]["maxBytes"], 10_485_760);
        let types = workflow["attachments"]["types"].as_array().unwrap();
        assert!(types.contains(&json!("application/pdf")) && types.contains(&json!("image/png")));
        assert_eq!(workflow["satisfaction"], json!({"after": "CLOSED", "scale": {"min": 1, "max": 5}}));
        assert_eq!(workflow["escalation"]["levels"], json!([]));
        assert_eq!(workflow["roles"][1]["name"], "Admin");
    }
}

desk_test! {
    // S3-3, S3-7, S3-78, S3-79, S3-80, S3-101, S3-102, S3-103, S3-104, S3-105, S3-119
    async fn the_ticket_workflow_in_six_steps(desk: &Desk) on "astrology" {
        let (ann, max) = (desk.customer("Ann").await, desk.agent("Max").await);
        let ticket = open(&ann, "astrology").await;
        assert_eq!(status(&ann, &ticket).await, "open");
        max.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": max.id}}), "ticket { id }").await;
        assert_eq!(status(&ann, &ticket).await, "in_progress");
        desk.advance(1.0);
        max.do_it("commentAdd", json!({"ticketId": ticket, "body": "Which day do you mean?"}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket).await, "waiting_for_user");
        ann.do_it("commentAdd", json!({"ticketId": ticket, "body": "Next Tuesday."}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket).await, "in_progress");
        desk.advance(1.0);
        ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        let document = "query($id: ID!) { ticket(id: $id) { createdAt firstRespondedAt closedAt resolvedAt commentCount status { key } } }";
        let shown = ann.run(document, json!({"id": ticket})).await["ticket"].take();
        let hours = |field: &str| {
            let ms = |field: &str| shown[field].as_str().unwrap().parse::<deskgraph::clock::Timestamp>().unwrap().0;
            (ms(field) - ms("createdAt")) as f64 / 3_600_000.0
        };
        assert!((hours("firstRespondedAt") - 1.0).abs() < 0.1 && (hours("closedAt") - 2.0).abs() < 0.1, "{shown}");
        assert_eq!((&shown["status"]["key"], &shown["commentCount"]), (&json!("closed"), &json!(2)));
    }
}

desk_test! {
    // S3-103, S3-105, S3-115, X-5, X-6
    async fn both_sides_close_from_anywhere_and_a_week_is_left_to_go_on(desk: &Desk) on "astrology" {
        let (ann, max) = (desk.customer("Ann").await, desk.agent("Max").await);
        let ticket = open(&ann, "astrology").await;
        max.do_it("commentAdd", json!({"ticketId": ticket, "body": "Try again, please."}), "comment { id }").await;
        assert_eq!(status(&ann, &ticket).await, "waiting_for_user", "an answer without an assignment");
        max.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        desk.advance(7.0 * 24.0 - 1.0);
        ann.do_it("ticketReopen", json!({"ticketId": ticket}), "ticket { id }").await;
        assert_eq!(status(&ann, &ticket).await, "in_progress");
        ann.do_it("ticketClose", json!({"ticketId": ticket}), "ticket { id }").await;
        desk.advance(7.0 * 24.0 + 1.0);
        assert_eq!(ann.refused("ticketReopen", json!({"ticketId": ticket})).await["code"], "INVALID_TRANSITION");
        assert_eq!(ann.refused("ticketStatusChange", json!({"ticketId": open(&ann, "astrology").await, "status": "in_progress"})).await["code"], "FORBIDDEN");
    }
}

desk_test! {
    // S3-4, S3-10, S3-31, S3-35, S3-36, S3-81, S3-93
    async fn notes_are_the_admins_and_events_have_the_apps_names(desk: &Desk) on "astrology" {
        let (ann, max) = (desk.customer("Ann").await, desk.agent("Max").await);
        let ticket = open(&ann, "astrology").await;
        max.do_it("commentAdd", json!({"ticketId": ticket, "body": "A known one.", "internal": true}), "comment { id }").await;
        max.do_it("ticketPriorityChange", json!({"ticketId": ticket, "priority": "low"}), "ticket { id }").await;
        let document = "query($id: ID!) { ticket(id: $id) { comments { nodes { body } } history { nodes { alias } } } }";
        let (hers, his) = (ann.run(document, json!({"id": ticket})).await, max.run(document, json!({"id": ticket})).await);
        assert_eq!(hers["ticket"]["comments"]["nodes"], json!([]));
        assert_eq!(his["ticket"]["comments"]["nodes"], json!([{"body": "A known one."}]));
        let aliases = |seen: &serde_json::Value| seen["ticket"]["history"]["nodes"].as_array().unwrap().iter().map(|node| node["alias"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(aliases(&hers), ["broadcastNewTicket", "broadcastTicketPriorityChange"]);
        assert_eq!(aliases(&his), ["broadcastNewTicket", "broadcastTicketMessage", "broadcastTicketPriorityChange"]);
    }
}

desk_test! {
    // S3-2, S3-8, S3-24, S3-25, S3-27: the screens of the app: the list of one's tickets, one of them with its messages, and closing it.
    async fn an_astrologer_goes_through_the_screens_of_the_app(desk: &Desk) on "astrology" {
        let (ann, bob, max) = (desk.customer("Ann").await, desk.customer("Bob").await, desk.agent("Max").await);
        open(&bob, "astrology").await;
        let mut mine = Vec::new();
        for _ in 0..3 {
            mine.push(open(&ann, "astrology").await);
        }
        // S3-24: one's own only, by pages, narrowed.
        let list = "query($filter: TicketFilter, $offset: Int) { tickets(filter: $filter, first: 2, offset: $offset) { totalCount nodes { id } pageInfo { hasNextPage } } }";
        let first = ann.run(list, json!({})).await["tickets"].take();
        assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
        let second = ann.run(list, json!({"offset": 2})).await["tickets"].take();
        let shown: Vec<_> = [first, second].iter().flat_map(|page| ids(&page["nodes"])).collect();
        assert_eq!(shown, mine.iter().rev().map(|id| id.as_str().unwrap().to_owned()).collect::<Vec<_>>());
        max.do_it("ticketAssign", json!({"ticketId": mine[1], "to": {"agentId": max.id}}), "ticket { id }").await;
        let narrowed = ann.run(list, json!({"filter": {"status": ["in_progress"]}})).await["tickets"].take();
        assert_eq!(ids(&narrowed["nodes"]), [mine[1].as_str().unwrap()]);
        // S3-2, S3-8, S3-25
        max.do_it("commentAdd", json!({"ticketId": mine[1], "body": "Which day do you mean?"}), "comment { id }").await;
        max.do_it("commentAdd", json!({"ticketId": mine[1], "body": "Known since Monday.", "internal": true}), "comment { id }").await;
        ann.do_it("commentAdd", json!({"ticketId": mine[1], "body": "Next Tuesday."}), "comment { id }").await;
        let details = "query($id: ID!) { ticket(id: $id) { title description category { name } priority { name } status { key } requester { name email } \
            assignee { name } comments { totalCount nodes { body senderKind author { name } } } messageCounts { total customer staff } } }";
        let seen = ann.run(details, json!({"id": mine[1]})).await["ticket"].take();
        assert_eq!(seen, json!({
            "title": "Cannot update my availability", "description": "When I try to add availability, I get a 403 error",
            "category": {"name": "Calendar Problems"}, "priority": {"name": "High"}, "status": {"key": "in_progress"},
            "requester": {"name": "Ann", "email": "ann@desk.test"}, "assignee": {"name": "Max"},
            "comments": {"totalCount": 2, "nodes": [
                {"body": "Which day do you mean?", "senderKind": "STAFF", "author": {"name": "Max"}},
                {"body": "Next Tuesday.", "senderKind": "CUSTOMER", "author": {"name": "Ann"}},
            ]},
            "messageCounts": {"total": 2, "customer": 1, "staff": 1},
        }));
        assert_eq!(bob.run(details, json!({"id": mine[1]})).await["ticket"], json!(null));
        // S3-27
        assert_eq!(bob.refused("ticketClose", json!({"ticketId": mine[1]})).await["code"], "NOT_FOUND");
        let closed = ann.do_it("ticketClose", json!({"ticketId": mine[1]}), "ticket { status { key } closedAt }").await;
        assert_eq!(closed["ticket"]["status"]["key"], "closed");
        assert!(closed["ticket"]["closedAt"].is_string());
    }
}

desk_test! {
    // S3-33, S3-92: an admin moves a ticket, takes it, hands it over and gives it back.
    async fn admins_move_tickets_and_hand_them_over(desk: &Desk) on "astrology" {
        let (ann, max, eve) = (desk.customer("Ann").await, desk.agent("Max").await, desk.agent("Eve").await);
        let ticket = open(&ann, "astrology").await;
        for step in ["in_progress", "waiting_for_user", "closed"] {
            let input = json!({"ticketId": ticket, "status": step});
            let done = max.do_it("ticketStatusChange", input, "ticket { status { key } }").await;
            assert_eq!(done["ticket"]["status"]["key"], step);
        }
        let ticket = open(&ann, "astrology").await;
        assert_eq!(ann.refused("ticketStatusChange", json!({"ticketId": ticket, "status": "in_progress"})).await["code"], "FORBIDDEN");
        let of = "query($id: [ID!]) { tickets(filter: {assigneeId: $id}) { nodes { id } } }";
        let has = async |person: &crate::harness::Person| ids(&max.run(of, json!({"id": [person.id]})).await["tickets"]["nodes"]);
        for (who, other) in [(&max, &eve), (&eve, &max)] {
            let done = max.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": who.id}}), "ticket { assignee { id } }").await;
            assert_eq!(done["ticket"]["assignee"]["id"], who.id);
            assert_eq!((has(who).await, has(other).await), (ids(&json!([{"id": ticket}])), vec![]));
        }
        assert_eq!(ann.refused("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": max.id}})).await["code"], "FORBIDDEN");
        max.do_it("ticketUnassign", json!({"ticketId": ticket}), "ticket { id }").await;
        assert!(has(&eve).await.is_empty());
        let open = max.run("{ tickets(filter: {assigned: false, status: [\"in_progress\"]}) { nodes { id } } }", json!({})).await;
        assert_eq!(ids(&open["tickets"]["nodes"]), ids(&json!([{"id": ticket}])));
    }
}

/// What a client of the app subscribes to.
struct Room(Socket);

impl Room {
    /// The events that pass the filter, after a position of the log.
    async fn join(person: &Person, filter: Value, after: &Value) -> Self {
        let document = "subscription($filter: TicketEventFilter, $after: EventCursor) { ticketEvents(filter: $filter, after: $after) { eventCursor \
            node { alias ticketId ... on TicketCreatedEvent { ticket { title requester { name } } } ... on CommentAddedEvent { comment { body } } \
            ... on TicketStatusChangedEvent { status { key } } ... on TicketPriorityChangedEvent { priority { key } } \
            ... on TicketAssignedEvent { assignee { name } } } } }";
        let mut socket = person.socket().await;
        socket.subscribe("1", document, json!({"filter": filter, "after": after})).await;
        Self(socket)
    }

    /// The next event and where it stands in the log.
    async fn next(&mut self) -> (Value, Value) {
        loop {
            let mut edge = self.0.next().await["ticketEvents"].take();
            if edge["node"].is_object() {
                return (edge["node"].take(), edge["eventCursor"].take());
            }
        }
    }
}

desk_test! {
    // S3-60, S3-61, S3-62, S3-63, S3-64, S3-66, S3-68: what is written over HTTP reaches the sockets: the monitor of all new tickets, an admin's
    // own assignments, and the room of one ticket. Each goes on where it was after a broken connection.
    async fn broadcasts_reach_whoever_may_hear_them(desk: &Desk) on "astrology" {
        let (ann, max, eve) = (desk.customer("Ann").await, desk.agent("Max").await, desk.agent("Eve").await);
        let start = max.run("{ eventCursor }", json!({})).await["eventCursor"].take();
        let mut monitor = Room::join(&max, json!({"kinds": ["CREATED"]}), &start).await;
        let mut assigned = Room::join(&eve, json!({"kinds": ["ASSIGNED"], "assigneeIds": [eve.id]}), &start).await;
        let ticket = open(&ann, "astrology").await;
        let (seen, at) = monitor.next().await;
        let told = json!({"title": "Cannot update my availability", "requester": {"name": "Ann"}});
        assert_eq!(seen, json!({"alias": "broadcastNewTicket", "ticketId": ticket, "ticket": told}));
        let mut room = Room::join(&ann, json!({"ticketIds": [ticket]}), &start).await;
        assert_eq!(room.next().await.0["alias"], "broadcastNewTicket");
        let assign = async |person: &Person| {
            max.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": person.id}}), "ticket { id }").await
        };
        assign(&max).await;
        let (seen, _) = room.next().await;
        assert_eq!(seen, json!({"alias": "broadcastTicketAssigned", "ticketId": ticket, "assignee": {"name": "Max"}}));
        let (seen, _) = room.next().await;
        assert_eq!(seen, json!({"alias": "broadcastTicketStatusChange", "ticketId": ticket, "status": {"key": "in_progress"}}));
        max.do_it("ticketPriorityChange", json!({"ticketId": ticket, "priority": "urgent"}), "ticket { id }").await;
        let (seen, gone) = room.next().await;
        assert_eq!(seen, json!({"alias": "broadcastTicketPriorityChange", "ticketId": ticket, "priority": {"key": "urgent"}}));
        // Ann's telephone was in a tunnel.
        drop(room);
        max.do_it("commentAdd", json!({"ticketId": ticket, "body": "Try again, please."}), "comment { id }").await;
        let mut room = Room::join(&ann, json!({"ticketIds": [ticket]}), &gone).await;
        let (seen, _) = room.next().await;
        assert_eq!(seen, json!({"alias": "broadcastTicketMessage", "ticketId": ticket, "comment": {"body": "Try again, please."}}));
        assert_eq!(room.next().await.0["status"]["key"], "waiting_for_user");
        // Eve hears of hers only, whoever gives them.
        assign(&eve).await;
        let (seen, _) = assigned.next().await;
        assert_eq!((&seen["ticketId"], &seen["assignee"]["name"]), (&ticket, &json!("Eve")));
        // And the monitor of nothing but new tickets.
        drop(monitor);
        let second = open(&ann, "astrology").await;
        let mut monitor = Room::join(&max, json!({"kinds": ["CREATED"]}), &at).await;
        assert_eq!(monitor.next().await.0["ticketId"], second);
        let third = open(&ann, "astrology").await;
        assert_eq!(monitor.next().await.0["ticketId"], third);
    }
}

desk_test! {
    // S3-65, S3-69: a socket without a token is a stranger's, who reads what everybody reads and joins no room.
    async fn a_socket_may_do_without_a_token(desk: &Desk) on "astrology" {
        let ann = desk.customer("Ann").await;
        let ticket = open(&ann, "astrology").await;
        let mut socket = desk.stranger().socket().await;
        socket.subscribe("1", "{ workflow { key } viewer { role } }", json!({})).await;
        assert_eq!(socket.next().await, json!({"workflow": {"key": "astrology"}, "viewer": null}));
        assert_eq!(socket.receive().await["type"], "complete");
        for document in ["subscription { ticketEvents { eventCursor } }", "subscription { commentAdded { eventCursor } }",
            &format!("subscription {{ ticketPresence(ticketId: {ticket}) {{ ticketId }} }}")] {
            socket.subscribe("2", document, json!({})).await;
            let message = socket.receive().await;
            let payload = if message["type"] == "error" { json!({"errors": message["payload"]}) } else { message["payload"].clone() };
            assert_eq!(errors(&payload), ["UNAUTHENTICATED"], "{document}: {message}");
            if message["type"] == "next" {
                assert_eq!(socket.receive().await["type"], "complete");
            }
        }
        // With one it is hers, and a bad one opens nothing.
        let mut socket = ann.socket().await;
        socket.subscribe("1", "{ viewer { person { name } } }", json!({})).await;
        assert_eq!(socket.next().await["viewer"]["person"]["name"], "Ann");
        let mut socket = Socket::connect(&desk.url).await;
        socket.send(json!({"type": "connection_init", "payload": {"Authorization": "Bearer nobody"}})).await;
        assert_eq!(socket.closed().await.0, 4403);
    }
}
