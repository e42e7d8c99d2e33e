//! The numbers of agents and teams.

use serde_json::{Value, json};

use super::{COUNT, Scene, Seen, all, counts, lasts, scene};
use crate::desk_test;
use crate::harness::{errors, ids};

desk_test! {
    // S1-79, S1-80, S3-96, S3-98, S4-12, S4-45, S4-69
    async fn agents_have_the_numbers_of_their_tickets(desk: &Desk) {
        let Scene { ada, ann, ben, eve } = scene(desk).await;
        let team = ada.do_it("teamCreate", json!({"name": "Second line"}), "team { id }").await["team"]["id"].clone();
        for seen in all(&ada).await.iter().filter(|seen| seen.open()).take(2) {
            ada.do_it("ticketAssign", json!({"ticketId": seen.id(), "to": {"teamId": team}}), "ticket { id }").await;
        }
        let tickets = all(&ada).await;
        let now = desk.clock.now().0;
        let hours = "{ value definition asOf }";
        let took = format!("{{ median {hours} p90 {hours} mean {hours} measured {COUNT} }}");
        let document = format!("{{ metrics {{ \
            workload {{ byAgent {{ agent {{ id }} open {COUNT} overdue {COUNT} }} byTeam {{ team {{ id }} open {COUNT} overdue {COUNT} }} unassigned {COUNT} }} \
            agentPerformance {{ agent {{ id }} received {COUNT} resolved {COUNT} reopened {COUNT} firstResponse {took} resolution {took} }} }} }}");
        let check = |metrics: &Value, people: &[&str]| {
            let of = |row: &Value| row["agent"]["id"].as_str().unwrap().to_owned();
            for (list, by) in [(&metrics["workload"]["byAgent"], "open"), (&metrics["agentPerformance"], "resolved")] {
                let rows = list.as_array().unwrap();
                let mut found: Vec<String> = rows.iter().map(of).collect();
                let values: Vec<u64> = rows.iter().map(|row| row[by]["value"].as_u64().unwrap()).collect();
                assert!(values.is_sorted_by(|a, b| a >= b), "{by}: {values:?}");
                let mut expected: Vec<&str> = people.to_vec();
                found.sort();
                expected.sort_unstable();
                assert_eq!(found, expected, "{by}");
            }
            for row in metrics["workload"]["byAgent"].as_array().unwrap() {
                let mine = |seen: &Seen| seen.open() && seen.assignee() == row["agent"]["id"].as_str();
                counts("open", &row["open"], &tickets, mine);
                counts("overdue", &row["overdue"], &tickets, |seen| mine(seen) && seen.at("dueAt").is_some_and(|due| due < now));
            }
            for row in metrics["agentPerformance"].as_array().unwrap() {
                let mine = |seen: &Seen| seen.assignee() == row["agent"]["id"].as_str();
                counts("received", &row["received"], &tickets, mine);
                counts("resolved", &row["resolved"], &tickets, |seen| mine(seen) && seen.at("resolvedAt").is_some());
                counts("reopened", &row["reopened"], &tickets, |seen| mine(seen) && seen.at("resolvedAt").is_some() && seen.row["reopenCount"] != 0);
                for (name, field) in [("firstResponse", "firstRespondedAt"), ("resolution", "resolvedAt")] {
                    let times: Vec<i64> = tickets.iter().filter(|seen| mine(seen)).filter_map(|seen| Some(seen.at(field)? - seen.created())).collect();
                    match times.is_empty() {
                        true => assert_eq!(row[name]["median"]["value"], json!(null)),
                        false => lasts(name, &row[name], times),
                    }
                }
            }
        };
        let desks = ada.run(&document, json!({})).await;
        check(&desks["metrics"], &[&ada.id, &ben.id, &eve.id]);
        let teams = desks["metrics"]["workload"]["byTeam"].as_array().unwrap();
        assert_eq!((teams.len(), &teams[0]["team"]["id"], &teams[0]["open"]["value"]), (1, &team, &json!(2)));
        // S4-69: an agent has their own numbers only.
        let own = ben.run(&document, json!({})).await;
        check(&own["metrics"], &[&ben.id]);
        assert_eq!(own["metrics"]["workload"]["unassigned"]["value"], 0);
        let mine = ben.run(&format!("{{ metrics {{ performance {{ received {COUNT} }} }} }}"), json!({})).await;
        counts("received", &mine["metrics"]["performance"]["received"], &tickets, |seen| seen.assignee() == Some(&ben.id));
        assert_eq!(errors(&ann.answer(&document, json!({})).await)[0], "FORBIDDEN");
    }
}

desk_test! {
    // S1-80, S4-47, S4-48
    async fn an_agent_shows_their_tickets_and_numbers(desk: &Desk) {
        let Scene { ada, ann, ben, eve } = scene(desk).await;
        let agents = ada.run("{ agents { nodes { id } totalCount } }", json!({})).await;
        assert_eq!(agents["agents"]["totalCount"], 3);
        let tickets = all(&ada).await;
        let document = format!("query($id: ID!) {{ agent(id: $id) {{ person {{ id }} tickets(first: 100) {{ totalCount nodes {{ id }} }} \
            workload {{ open {COUNT} overdue {COUNT} }} stats {{ received {COUNT} resolved {COUNT} resolution {{ median {{ value }} }} }} }} }}");
        for (reader, agent) in [(&ada, &ben), (&ada, &eve), (&ben, &ben)] {
            let answer = reader.run(&document, json!({"id": agent.id})).await;
            let seen = &answer["agent"];
            assert_eq!(seen["person"]["id"], agent.id);
            let mine = |seen: &Seen| seen.assignee() == Some(&agent.id);
            let mut found = ids(&seen["tickets"]["nodes"]);
            let mut expected: Vec<String> = tickets.iter().filter(|seen| mine(seen)).map(Seen::id).collect();
            found.sort();
            expected.sort();
            assert_eq!(found, expected);
            assert_eq!(seen["tickets"]["totalCount"], expected.len());
            counts("open", &seen["workload"]["open"], &tickets, |seen| mine(seen) && seen.open());
            counts("received", &seen["stats"]["received"], &tickets, mine);
            counts("resolved", &seen["stats"]["resolved"], &tickets, |seen| mine(seen) && seen.at("resolvedAt").is_some());
        }
        // What one may not see of a colleague: tickets that are not one's own, and numbers.
        let others = "query($id: ID!) { agent(id: $id) { tickets { totalCount } } }";
        assert_eq!(ben.run(others, json!({"id": eve.id})).await["agent"]["tickets"]["totalCount"], 0);
        let refused = ben.answer(&document, json!({"id": eve.id})).await;
        assert!(errors(&refused).iter().all(|code| code == "FORBIDDEN") && !errors(&refused).is_empty(), "{refused:#}");
        assert_eq!(ann.run(others, json!({"id": ben.id})).await["agent"], json!(null));
        assert_eq!(ada.run(others, json!({"id": ann.id})).await["agent"], json!(null));
    }
}
