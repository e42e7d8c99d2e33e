//! The inbox: who is in it, who is not, and what they say.

use serde_json::json;

use super::{kinds, texts};
use crate::desk_test;
use crate::harness::ids;

desk_test! {
    // S1-88, S2-4, S3-67
    async fn everybody_is_told_what_the_profile_says_and_nobody_of_their_own_doing(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let ticket = ann.open_ticket("The printer hums").await;
        let number = ada.run("query($id: ID!) { ticket(id: $id) { number } }", json!({"id": ticket})).await["ticket"]["number"].take();
        let number = number.as_str().unwrap();
        // The help desk confirms by mail only.
        assert_eq!(kinds(&ann).await, Vec::<String>::new());
        ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": ben.id}}), "ticket { id }").await;
        assert_eq!(texts(&ben).await, [format!("Ben works on {number}: The printer hums")]);
        assert_eq!(texts(&ann).await, [format!("{number} is now Assigned: The printer hums")]);
        assert_eq!(kinds(&ada).await, Vec::<String>::new(), "whoever did it knows");
        ben.do_it("commentAdd", json!({"ticketId": ticket, "body": "Turn it off and on."}), "comment { id }").await;
        ann.do_it("commentAdd", json!({"ticketId": ticket, "body": "It helped."}), "comment { id }").await;
        assert_eq!(texts(&ann).await[0], format!("Ben wrote on {number}: The printer hums"));
        assert_eq!(texts(&ben).await[0], format!("Ann wrote on {number}: The printer hums"));
        let document = "{ viewer { unreadNotificationCount } notifications(first: 1, unread: true) { totalCount pageInfo { hasNextPage } \
            nodes { id kind readAt actor { name } ticket { id } comment { body } } } }";
        let mut inbox = ann.run(document, json!({})).await;
        assert_eq!(inbox["notifications"]["totalCount"], inbox["viewer"]["unreadNotificationCount"]);
        let node = inbox["notifications"]["nodes"][0].take();
        assert_eq!(node["comment"]["body"], "Turn it off and on.");
        assert_eq!((&node["actor"]["name"], &node["ticket"]["id"], &node["readAt"]), (&json!("Ben"), &json!(ticket), &json!(null)));
        // By its id it is found by whose it is.
        let by_id = "query($id: ID!) { node(id: $id) { id ... on Notification { kind } } }";
        assert_eq!(ann.run(by_id, json!({"id": node["id"]})).await["node"]["kind"], "comment.added");
        for other in [&ada, &ben] {
            assert_eq!(other.run(by_id, json!({"id": node["id"]})).await["node"], json!(null));
        }
    }
}

desk_test! {
    // S1-52
    async fn an_internal_note_and_a_silent_assignment_reach_no_customer(desk: &Desk) on "isp" {
        let (ada, ben, eve) = (desk.administrator().await, desk.agent("Ben").await, desk.agent("Eve").await);
        let ann = desk.customer("Ann").await;
        let ticket = crate::profiles::open(&ann, "isp").await;
        let before = kinds(&ann).await;
        assert_eq!(before.first().map(String::as_str), Some("ticket.created"), "it is confirmed: {before:?}");
        ben.do_it("commentAdd", json!({"ticketId": ticket, "body": "Difficult.", "internal": true}), "comment { id }").await;
        let quiet = json!({"ticketId": ticket, "to": {"agentId": eve.id}, "notifyRequester": false});
        ada.do_it("ticketAssign", quiet, "ticket { id }").await;
        assert_eq!(kinds(&eve).await[0], "ticket.assigned");
        let told: Vec<String> = kinds(&ann).await.into_iter().filter(|kind| kind != "ticket.status_changed").collect();
        assert_eq!(told, before.iter().filter(|kind| *kind != "ticket.status_changed").cloned().collect::<Vec<_>>());
        // Told, unless somebody says otherwise.
        ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": ben.id}}), "ticket { id }").await;
        assert_eq!(kinds(&ann).await[0], "ticket.assigned");
    }
}

desk_test! {
    async fn what_goes_out_of_sight_goes_out_of_the_inbox(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let ticket = ann.open_ticket("The printer hums").await;
        ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": ben.id}}), "ticket { id }").await;
        assert_eq!(kinds(&ben).await, ["ticket.assigned"]);
        ada.do_it("ticketUnassign", json!({"ticketId": ticket}), "ticket { id }").await;
        let document = "{ viewer { unreadNotificationCount } notifications { totalCount nodes { text } } }";
        let gone = json!({"viewer": {"unreadNotificationCount": 0}, "notifications": {"totalCount": 0, "nodes": []}});
        assert_eq!(ben.run(document, json!({})).await, gone);
    }
}

desk_test! {
    async fn a_team_and_everybody_who_runs_the_desk_are_told_at_once(desk: &Desk) on "isp" {
        let ada = desk.administrator().await;
        let team = ada.do_it("teamCreate", json!({"name": "Second line"}), "team { id }").await["team"]["id"].take();
        let mut agents = Vec::new();
        for name in ["Ben", "Eve", "Ivo"] {
            let agent = desk.agent(name).await;
            ada.do_it("teamMemberAdd", json!({"teamId": team, "personId": agent.id}), "team { id }").await;
            agents.push(agent);
        }
        let ann = desk.customer("Ann").await;
        let ticket = crate::profiles::open(&ann, "isp").await;
        ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"teamId": team}}), "ticket { id }").await;
        for agent in &agents {
            assert_eq!(kinds(agent).await[0], "ticket.assigned");
        }
        // Within the team it is told to whom it goes, not to all of them again.
        let before = (kinds(&agents[0]).await.len(), kinds(&agents[1]).await.len());
        ada.do_it("ticketAssign", json!({"ticketId": ticket, "to": {"agentId": agents[0].id}}), "ticket { id }").await;
        assert_eq!((kinds(&agents[0]).await.len(), kinds(&agents[1]).await.len()), (before.0 + 1, before.1));
        // One event for all who are told by one change, and it is no ticket's.
        let created = desk.log().await.events.into_iter().filter(|(_, kind, _)| kind == "notification.created");
        assert!(created.into_iter().all(|(_, _, ticket)| ticket.is_none()));
    }
}

desk_test! {
    async fn what_was_read_is_marked_some_or_all(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ticket = ann.open_ticket("The printer hums").await;
        for nth in 0..4 {
            ada.do_it("commentAdd", json!({"ticketId": ticket, "body": format!("Said {nth}")}), "comment { id }").await;
        }
        let unread = "{ notifications(unread: true) { nodes { id } } }";
        let before = ids(&ann.run(unread, json!({})).await["notifications"]["nodes"]);
        let marked = ann.do_it("notificationMarkRead", json!({"notificationIds": [before[0]]}), "inbox { unreadCount }").await;
        assert_eq!(marked["inbox"]["unreadCount"], before.len() - 1);
        assert_eq!(ids(&ann.run(unread, json!({})).await["notifications"]["nodes"]), before[1..]);
        // Nobody marks what is somebody else's.
        ada.do_it("notificationMarkRead", json!({"notificationIds": [before[1]]}), "inbox { unreadCount }").await;
        let through = json!({"throughId": before[2]});
        let marked = ann.do_it("notificationMarkAllRead", through, "inbox { unreadCount }").await;
        assert_eq!(marked["inbox"]["unreadCount"], 1);
        let marked = ann.do_it("notificationMarkAllRead", json!({}), "inbox { unreadCount }").await;
        assert_eq!(marked["inbox"]["unreadCount"], 0);
        let many = json!({"notificationIds": vec![before[0].clone(); 101]});
        assert_eq!(ann.refused("notificationMarkRead", many).await["field"], json!(["notificationIds"]));
        assert_eq!(desk.stranger().answer("mutation { notificationMarkAllRead(input: {}) { replayed } }", json!({})).await["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }
}

desk_test! {
    async fn everybody_says_what_they_want_to_be_told_and_how(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let wish = json!({"preferences": [{"event": "comment.added", "channel": "INBOX", "enabled": false}]});
        let set = ann.do_it("notificationPreferencesSet", wish, "preferences { event channel enabled }").await;
        assert!(set["preferences"].as_array().unwrap().contains(&json!({"event": "comment.added", "channel": "INBOX", "enabled": false})));
        let read = ann.run("{ viewer { notificationPreferences { event channel enabled } } }", json!({})).await;
        assert_eq!(read["viewer"]["notificationPreferences"], set["preferences"]);
        let ticket = ann.open_ticket("The printer hums").await;
        ada.do_it("commentAdd", json!({"ticketId": ticket, "body": "Really?"}), "comment { id }").await;
        assert!(!kinds(&ann).await.contains(&"comment.added".to_owned()));
        let wish = json!({"preferences": [{"event": "comment.added", "channel": "INBOX", "enabled": true}]});
        ann.do_it("notificationPreferencesSet", wish, "preferences { event }").await;
        ada.do_it("commentAdd", json!({"ticketId": ticket, "body": "Really!"}), "comment { id }").await;
        assert_eq!(kinds(&ann).await[0], "comment.added");
        let wish = json!({"preferences": [{"event": "ticket.closed", "channel": "INBOX", "enabled": true}]});
        let error = ann.refused("notificationPreferencesSet", wish).await;
        assert_eq!(error["field"], json!(["preferences", "event"]));
        assert!(error["allowed"].as_array().unwrap().contains(&json!("comment.added")));
    }
}
