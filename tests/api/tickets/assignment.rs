//! Giving tickets to people and teams.

use serde_json::json;

use crate::desk_test;

desk_test! {
    // S1-47, S1-48, S1-50, S1-51, S1-53, S1-114, S4-7, S4-38, S4-65, S3-32, S3-77
    async fn an_administrator_gives_a_ticket_to_an_agent(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let id = ann.open_ticket("A ticket for Ben to solve").await;
        let read = "query($id: ID!) { ticket(id: $id) { id } }";
        assert_eq!(ben.run(read, json!({"id": id})).await["ticket"], json!(null));
        let input = json!({"ticketId": id, "to": {"agentId": ben.id}, "priority": "urgent", "note": "Ann is on the phone."});
        let assigned = ada.do_it("ticketAssign", input, "ticket { assignee { id } status { key } priority { key } version }").await;
        assert_eq!(assigned["ticket"], json!({"assignee": {"id": ben.id}, "status": {"key": "assigned"}, "priority": {"key": "urgent"}, "version": 2}));
        // S4-63: now Ben sees it.
        assert_eq!(ben.run(read, json!({"id": id})).await["ticket"]["id"], id.as_str());
        // The note is for staff; the rest of the step is for everybody who sees the ticket.
        let history = "query($id: ID!) { ticket(id: $id) { history { nodes { ... on TicketAssignedEvent { assignee { id } note } } } } }";
        let step = |answer: &serde_json::Value| answer["ticket"]["history"]["nodes"][1].clone();
        assert_eq!(step(&ben.run(history, json!({"id": id})).await), json!({"assignee": {"id": ben.id}, "note": "Ann is on the phone."}));
        assert_eq!(step(&ann.run(history, json!({"id": id})).await), json!({"assignee": {"id": ben.id}, "note": null}));
    }
}

desk_test! {
    // S1-54, S1-55
    async fn what_cannot_be_assigned_is_refused(desk: &Desk) {
        let (ada, ben, ann) = (desk.administrator().await, desk.agent("Ben").await, desk.customer("Ann").await);
        let id = ann.open_ticket("A ticket for Ben to solve").await;
        let to_ben = json!({"ticketId": id, "to": {"agentId": ben.id}});
        let to_customer = ada.refused("ticketAssign", json!({"ticketId": id, "to": {"agentId": ann.id}})).await;
        assert_eq!((to_customer["code"].as_str(), &to_customer["field"]), (Some("NOT_FOUND"), &json!(["to", "agentId"])));
        let to_nobody = ada.refused("ticketAssign", json!({"ticketId": id, "to": {"teamId": "tea_01arz3ndektsv4rrffq69g5fav"}})).await;
        assert_eq!((to_nobody["code"].as_str(), &to_nobody["field"]), (Some("NOT_FOUND"), &json!(["to", "teamId"])));
        ada.do_it("ticketAssign", to_ben.clone(), "ticket { id }").await;
        assert_eq!(ada.refused("ticketAssign", to_ben.clone()).await["code"], "CONFLICT");
        assert_eq!(ben.refused("ticketAssign", json!({"ticketId": id, "to": {"agentId": ada.id}})).await["code"], "FORBIDDEN");
        assert_eq!(ann.refused("ticketAssign", to_ben.clone()).await["code"], "FORBIDDEN");
        ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
        assert_eq!(ada.refused("ticketAssign", json!({"ticketId": id, "to": {"agentId": ada.id}})).await["code"], "INVALID_TRANSITION");
        let unseen = ben.refused("ticketAssign", json!({"ticketId": "tkt_01arz3ndektsv4rrffq69g5fav", "to": {"agentId": ben.id}})).await;
        assert_eq!(unseen["code"], "NOT_FOUND");
    }
}

desk_test! {
    // S1-47, S1-49
    async fn a_team_gets_a_ticket_and_loses_it_again(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let team = ada.do_it("teamCreate", json!({"name": "Network"}), "team { id }").await["team"]["id"].take();
        let id = ann.open_ticket("A ticket for the network team").await;
        let assigned = ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"teamId": team}}), "ticket { team { id name } assignee { id } status { key } }").await;
        assert_eq!(assigned["ticket"], json!({"team": {"id": team, "name": "Network"}, "assignee": null, "status": {"key": "assigned"}}));
        let list = ada.run("query($team: [ID!]) { tickets(filter: {teamId: $team}) { nodes { id } } }", json!({"team": [team]})).await;
        assert_eq!(crate::harness::ids(&list["tickets"]["nodes"]), std::slice::from_ref(&id));
        let taken = ada.do_it("ticketUnassign", json!({"ticketId": id}), "ticket { team { id } assignee { id } }").await;
        assert_eq!(taken["ticket"], json!({"team": null, "assignee": null}));
        ada.do_it("ticketUnassign", json!({"ticketId": id}), "ticket { id }").await;
    }
}
