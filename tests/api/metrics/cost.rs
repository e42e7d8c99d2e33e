//! What a report costs: the same whatever it counts.

use serde_json::json;

use super::scene;
use crate::desk_test;
use crate::harness::Person;

/// A report with everything in it, by `dimension`, and how many statements it takes.
async fn statements(person: &Person, dimension: &str) -> (i64, usize) {
    // Sessions are remembered: the first request of a token reads who it stands for.
    person.run("{ __typename }", json!({})).await;
    let groups = format!("groups(by: {dimension})");
    let document = format!("{{ metrics {{ dashboard {{ open {{ value }} }} performance {{ received {{ value }} firstContactResolution {{ value }} }} \
        responseTimes {{ firstResponse {{ median {{ value }} }} }} workload {{ byAgent {{ agent {{ name }} open {{ value }} }} byTeam {{ team {{ name }} }} }} \
        agentPerformance {{ agent {{ name }} resolved {{ value }} }} trending {{ tags {{ tag count {{ value }} }} }} \
        resolutionPatterns {{ byCategory {{ category {{ key }} }} }} volume {{ received {{ value }} }} \
        sla {{ breached {{ value }} {groups} {{ group {{ name agent {{ name }} }} pending {{ value }} }} steps {{ breached {{ value }} }} }} \
        satisfaction {{ average {{ value }} responseRate {{ value }} byScore {{ count {{ value }} }} steps {{ good {{ value }} }} \
        {groups} {{ group {{ name team {{ name }} }} average {{ value }} responseRate {{ value }} }} }} \
        firstContact {{ resolution {{ value }} {groups} {{ resolution {{ value }} }} steps {{ resolution {{ value }} }} }} \
        escalations {{ escalated {{ value }} rate {{ value }} automatic {{ value }} timeToEscalation {{ median {{ value }} }} \
        byLevel {{ count {{ value }} }} byCause {{ count {{ value }} }} byReason {{ reason }} byTarget {{ group {{ name }} }} \
        {groups} {{ group {{ name }} count {{ value }} }} steps {{ count {{ value }} }} }} }} }}");
    let answer = person.answer(&document, json!({})).await;
    assert!(answer.get("errors").is_none(), "{answer:#}");
    let agents = answer["data"]["metrics"]["agentPerformance"].as_array().unwrap().len();
    (answer["extensions"]["cost"]["sqlStatements"].as_i64().unwrap(), agents)
}

desk_test! {
    async fn a_report_costs_the_same_for_few_tickets_and_for_many(desk: &Desk) {
        let ada = scene(desk).await.ada;
        let dimensions = ["AGENT", "TEAM", "CATEGORY"];
        let mut few = Vec::new();
        for dimension in dimensions {
            few.push(statements(&ada, dimension).await);
        }
        let ann = desk.customer("Anna").await;
        for nth in 0..12 {
            let agent = desk.agent(&format!("Agent{nth}")).await;
            let input = json!({"title": "One more ticket", "description": "It hums a lot.", "tags": [format!("new{nth}")]});
            let id = ann.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].clone();
            ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": agent.id}}), "ticket { id }").await;
            if nth % 3 == 0 {
                ada.do_it("ticketEscalate", json!({"ticketId": id, "reason": format!("Reason {nth}")}), "ticket { id }").await;
            }
            ada.do_it("ticketClose", json!({"ticketId": id}), "ticket { id }").await;
            ann.do_it("ticketRate", json!({"ticketId": id, "score": 1 + nth % 5}), "ticket { id }").await;
        }
        for (dimension, few) in dimensions.into_iter().zip(few) {
            let many = statements(&ada, dimension).await;
            assert_eq!((few.1, many.1), (3, 15));
            assert_eq!(few.0, many.0, "by {dimension}");
            assert!(many.0 <= 52, "{many:?}");
        }
    }
}
