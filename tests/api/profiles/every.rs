//! What holds at all five desks.

use serde_json::{Value, json};

use super::{ALL, keys, moved, open, transitions, way};
use crate::harness::Desk;

/// every pair of statuses moves exactly where the desk's own table says, and a refusal lists the way out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_pair_of_statuses_moves_exactly_where_the_table_says() {
    for profile in ALL {
        let desk = Desk::with(|config| config.profile = profile.to_owned()).await;
        let ada = desk.administrator().await;
        let (initial, table) = transitions(&ada).await;
        for (from, allowed) in &table {
            let ticket = open(&ada, profile).await;
            for step in way(&table, &initial, from) {
                moved(&ada, &ticket, &step).await;
            }
            for to in table.keys().filter(|to| *to != from && !allowed.contains(to)) {
                let error = ada.refused("ticketStatusChange", json!({"ticketId": ticket, "status": to})).await;
                assert_eq!(error["code"], "INVALID_TRANSITION", "{profile}: {from} to {to}");
                let mut listed = keys(&error["transitions"]);
                let mut expected: Vec<&str> = allowed.iter().map(String::as_str).collect();
                listed.sort_unstable();
                expected.sort_unstable();
                assert_eq!(listed, expected, "{profile}: {from}");
            }
            for to in allowed {
                let ticket = open(&ada, profile).await;
                for step in way(&table, &initial, from) {
                    moved(&ada, &ticket, &step).await;
                }
                moved(&ada, &ticket, to).await;
                assert_eq!(super::status(&ada, &ticket).await, *to, "{profile}: {from} to {to}");
            }
        }
        desk.stop().await;
    }
}

/// X-13, S0-47: who may see a ticket sees it on every path, and nobody else on any.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_see_their_own_and_nothing_of_others() {
    for profile in ALL {
        let desk = Desk::with(|config| config.profile = profile.to_owned()).await;
        let (ann, bob) = (desk.customer("Ann").await, desk.customer("Bob").await);
        let ticket = open(&ann, profile).await;
        let document =
            "query($id: ID!) { ticket(id: $id) { id } node(id: $id) { id } tickets { totalCount nodes { id } } }";
        let seen = ann.run(document, json!({"id": ticket})).await;
        assert_eq!((&seen["ticket"]["id"], &seen["tickets"]["totalCount"]), (&ticket, &json!(1)), "{profile}");
        let hidden = bob.run(document, json!({"id": ticket})).await;
        assert_eq!(
            hidden,
            json!({"ticket": null, "node": null, "tickets": {"totalCount": 0, "nodes": []}}),
            "{profile}"
        );
        let error = bob.refused("commentAdd", json!({"ticketId": ticket, "body": "Let me in"})).await;
        assert_eq!(error["code"], "NOT_FOUND", "{profile}");
        desk.stop().await;
    }
}

/// Everything that a client needs to know of a desk is in `workflow`: it never hard-codes any of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_reads_everything_from_the_workflow() {
    for profile in ALL {
        let desk = Desk::with(|config| config.profile = profile.to_owned()).await;
        let workflow = desk.stranger().run(WORKFLOW, json!({})).await["workflow"].take();
        assert_eq!(workflow["key"], profile);
        assert_eq!(workflow["attachments"]["maxBytes"], 10_485_760, "{profile}");
        assert_eq!(workflow["sla"]["calendar"], "24x7", "{profile}"); // S0-57, X-9
        assert_eq!(workflow["permissions"].as_array().unwrap().len(), deskgraph::access::Permission::ALL.len());
        assert!(keys(&workflow["priorities"]).contains(&workflow["defaultPriority"].as_str().unwrap()));
        assert!(keys(&workflow["channels"]).contains(&workflow["defaultChannel"].as_str().unwrap()));
        let named = |name: &Value| name.as_str().is_some_and(|name| !name.is_empty());
        assert!(workflow["roles"].as_array().unwrap().iter().all(|role| named(&role["name"])), "{profile}");
        desk.stop().await;
    }
}

const WORKFLOW: &str = "{ workflow { key name defaultPriority defaultChannel defaultCategory categoryRequired \
    priorities { key firstResponseHours resolutionHours } channels { key name } \
    form { title { name required min max } description { name required min max } } \
    fields { key name kind required min max choices { key name } } \
    referenceKinds { key name owner participants fields { key name required } } \
    references { required owned byField suiting { choice kinds } } \
    contact { verified methods { key name } defaultMethod } attachments { maxBytes maxCount types } \
    sla { calendar timeZone hours { day hours } warnings } \
    escalation { levels { key name team role skill raisesPriority } from { key } customersFrom { key } automatic { clock atPercent level } } \
    routing { rule onCreate capacity skills { key name } } rewards { action name points creditMinor currency } \
    satisfaction { scale { min max good } effort { min max good } after windowHours participants } \
    notifications { event stage by to channels } roles { role name } permissions { permission name alias } } }";
