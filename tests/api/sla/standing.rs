//! How the desk keeps its promises, at one look.

use serde_json::json;

use super::opened;
use crate::desk_test;
use crate::harness::ids;

desk_test! {
    // S1-64, S1-39
    async fn the_desk_sees_what_is_at_risk_breached_and_paused(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.customer("Ben").await);
        let (late, near, calm) = (opened(&ann, "urgent").await, opened(&ann, "high").await, opened(&ben, "low").await);
        let waits = opened(&ann, "urgent").await;
        for status in ["assigned", "in_progress", "waiting"] {
            ada.do_it("ticketStatusChange", json!({"ticketId": waits, "status": status}), "ticket { id }").await;
        }
        let done = opened(&ann, "urgent").await;
        ada.do_it("ticketClose", json!({"ticketId": done}), "ticket { id }").await;
        desk.advance(3.1);
        let document = "query($filter: TicketFilter) { slaStatus(filter: $filter) { breached atRisk paused onTrack \
            late: tickets(standing: BREACHED) { nodes { id } totalCount } near: tickets(standing: AT_RISK) { nodes { id sla { breachRisk } } } \
            paused_: tickets(standing: PAUSED) { nodes { id } } calm: tickets(standing: ON_TRACK) { nodes { id } } } }";
        let seen = ada.run(document, json!({})).await["slaStatus"].take();
        assert_eq!((&seen["breached"], &seen["atRisk"], &seen["paused"], &seen["onTrack"]), (&json!(1), &json!(1), &json!(1), &json!(1)));
        assert_eq!(ids(&seen["late"]["nodes"]), std::slice::from_ref(&late));
        assert_eq!(seen["late"]["totalCount"], 1);
        assert_eq!(ids(&seen["near"]["nodes"]), std::slice::from_ref(&near));
        assert_eq!(seen["near"]["nodes"][0]["sla"]["breachRisk"], true);
        assert_eq!(ids(&seen["paused_"]["nodes"]), std::slice::from_ref(&waits));
        assert_eq!(ids(&seen["calm"]["nodes"]), std::slice::from_ref(&calm));
        // Everybody sees of it what they see of tickets; a filter narrows it.
        let seen = ben.run(document, json!({})).await["slaStatus"].take();
        assert_eq!((&seen["breached"], &seen["atRisk"], &seen["paused"], &seen["onTrack"]), (&json!(0), &json!(0), &json!(0), &json!(1)));
        let seen = ada.run(document, json!({"filter": {"priority": ["high"]}})).await["slaStatus"].take();
        assert_eq!((&seen["breached"], &seen["atRisk"], &seen["paused"], &seen["onTrack"]), (&json!(0), &json!(1), &json!(0), &json!(0)));
        let stranger = desk.stranger().answer("{ slaStatus { breached } }", json!({})).await;
        assert_eq!(crate::harness::errors(&stranger), ["UNAUTHENTICATED"]);
    }
}
