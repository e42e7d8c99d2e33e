//! What is refused as a whole, and what a ticket of a job costs.

use serde_json::{Value, json};

use super::{bulk, moves, tickets};
use crate::desk_test;
use crate::harness::{Desk, Person, errors, mutation};

desk_test! {
    async fn what_is_wrong_with_the_whole_is_told_at_once_with_the_field(desk: &Desk) {
        let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
        let ids = tickets(&ann, 1).await;
        let before = desk.log().await.events.len();
        let nobody = deskgraph::ids::PersonId::new().to_string();
        let named = json!({"ids": ids});
        for (selection, action, code, field) in [
            (named.clone(), json!({"priority": "dire"}), "INVALID_VALUE", json!(["action", "priority"])),
            (named.clone(), json!({"status": "nowhere"}), "INVALID_VALUE", json!(["action", "status"])),
            (named.clone(), json!({"category": "none"}), "INVALID_VALUE", json!(["action", "category"])),
            (named.clone(), json!({"close": {"reason": "boredom"}}), "INVALID_VALUE", json!(["action", "close", "reason"])),
            (named.clone(), json!({"assign": {"to": {"agentId": nobody}}}), "NOT_FOUND", json!(["action", "assign", "to", "agentId"])),
            (named.clone(), json!({"assign": {"to": {"agentId": ben.id}, "priority": "dire"}}), "INVALID_VALUE", json!(["action", "assign", "priority"])),
            (named.clone(), json!({"tag": [""]}), "INVALID_VALUE", json!(["action", "tag"])),
            (named.clone(), json!({"comment": {"body": " "}}), "INVALID_VALUE", json!(["action", "comment", "body"])),
            (named.clone(), json!({"escalate": {"level": "moon"}}), "INVALID_VALUE", json!(["action", "escalate", "level"])),
            (named.clone(), json!({"unassign": false}), "INVALID_VALUE", json!(["action", "unassign"])),
            (json!({"ids": []}), json!({"unassign": true}), "INVALID_VALUE", json!(["selection", "ids"])),
            (json!({"filter": {"status": ["nowhere"]}}), json!({"unassign": true}), "INVALID_VALUE", json!(["selection", "filter", "status"])),
        ] {
            for dry in [false, true] {
                let error = ada.refused("ticketBulk", json!({"selection": selection, "action": action, "dryRun": dry})).await;
                assert_eq!((&error["code"], &error["field"]), (&json!(code), &field), "{action}");
            }
        }
        // Both, or neither: no request at all.
        for action in [json!({}), json!({"unassign": true, "priority": "high"})] {
            let input = json!({"input": {"selection": named, "action": action}});
            assert_eq!(errors(&ada.answer(&mutation("ticketBulk", "job { id }"), input).await), ["BAD_USER_INPUT"]);
        }
        // Who may do it to no ticket is told so, and customers have no bulk.
        for (person, action) in [(&ben, json!({"assign": {"to": {"agentId": ben.id}}})), (&ann, json!({"tag": ["mine"]}))] {
            for dry in [false, true] {
                let error = person.refused("ticketBulk", json!({"selection": named, "action": action, "dryRun": dry})).await;
                assert_eq!(error["code"], "FORBIDDEN");
            }
        }
        let stranger = desk.stranger();
        let input = json!({"input": {"selection": named, "action": {"tag": ["mine"]}}});
        assert_eq!(errors(&stranger.answer(&mutation("ticketBulk", "job { id }"), input).await), ["UNAUTHENTICATED"]);
        assert_eq!(desk.log().await.events.len(), before);
    }
}

desk_test! {
    async fn the_same_key_starts_one_job(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ids = tickets(&ann, 2).await;
        let input = json!({"selection": {"filter": {"status": ["open"]}}, "action": {"close": {}}, "idempotencyKey": "once"});
        let first = ada.do_it("ticketBulk", input.clone(), "job { id progress { done } }").await;
        assert_eq!((&first["replayed"], &first["job"]["progress"]["done"]), (&json!(false), &json!(2)));
        // By now the filter finds nothing: the answer is the first job all the same.
        let again = ada.do_it("ticketBulk", input.clone(), "job { id progress { done } }").await;
        assert_eq!((&again["replayed"], &again["job"]), (&json!(true), &first["job"]));
        let mut other = input;
        other["action"] = json!({"delete": true});
        assert_eq!(ada.refused("ticketBulk", other).await["code"], "IDEMPOTENCY_MISMATCH");
        assert_eq!(ada.run("{ jobs { totalCount } }", json!({})).await["jobs"]["totalCount"], 1);
        assert_eq!(moves(desk).await, vec![1; ids.len()]);
    }
}

async fn oversize(desk: &Desk) {
    let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
    let ids = tickets(&ann, 4).await;
    for (selection, field) in [(json!({"ids": ids}), "ids"), (json!({"filter": {}}), "filter")] {
        for dry in [false, true] {
            let input = json!({"selection": selection, "action": {"close": {}}, "dryRun": dry});
            let error = ada.refused("ticketBulk", input).await;
            assert_eq!((&error["code"], &error["field"]), (&json!("INVALID_VALUE"), &json!(["selection", field])));
        }
    }
    assert_eq!(bulk(&ada, json!({"ids": ids[..3]}), json!({"close": {}})).await["progress"]["done"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_tickets_than_a_job_may_have_are_refused_on_sqlite() {
    let desk = Desk::with(|config| config.bulk.tickets = 3).await;
    oversize(&desk).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_tickets_than_a_job_may_have_are_refused_on_postgres() {
    let Some(desk) = Desk::postgres_with(|config| config.bulk.tickets = 3).await else { return };
    oversize(&desk).await;
    desk.stop().await;
}

/// How many statements a job of these tickets takes, all in one step.
async fn statements(ada: &Person, ids: &[String], action: &Value) -> i64 {
    ada.run("{ __typename }", json!({})).await;
    let input = json!({"input": {"selection": {"ids": ids}, "action": action}});
    let document = "mutation($input: TicketBulkInput!) { ticketBulk(input: $input) { job { state progress { done } } userErrors { message } } }";
    let answer = ada.answer(document, input).await;
    let job = &answer["data"]["ticketBulk"]["job"];
    assert_eq!((&job["state"], &job["progress"]["done"]), (&json!("DONE"), &json!(ids.len())), "{answer:#}");
    answer["extensions"]["cost"]["sqlStatements"].as_i64().unwrap()
}

async fn budgets(desk: &Desk) {
    let (ada, ann, ben) = (desk.administrator().await, desk.customer("Ann").await, desk.agent("Ben").await);
    let ids = tickets(&ann, 30).await;
    // What all tickets of a step share: their rows, their clocks, the job, its results, the log.
    let mut shared = Vec::new();
    for (action, each) in [
        (json!({"tag": ["many"]}), 4),    // tags read, taken away, written; the row
        (json!({"priority": "high"}), 3), // the row, its clocks, what they say of the ticket
        (json!({"assign": {"to": {"agentId": ben.id}}}), 1), // the row; the agent is looked up once for all
        (json!({"close": {}}), 3),        // the row, its clocks, what they say of the ticket
    ] {
        let (few, many) = (statements(&ada, &ids[..10], &action).await, statements(&ada, &ids[10..], &action).await);
        assert_eq!(many - few, 10 * each, "{action}: {few} for ten, {many} for twenty");
        shared.push(few - 10 * each);
    }
    assert!(shared.iter().all(|shared| *shared <= 22), "{shared:?}");
}

// S1-99
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_of_a_job_costs_its_own_changes_and_nothing_else_on_sqlite() {
    let desk = Desk::with(|config| config.bulk.step_ms = 1_000).await;
    budgets(&desk).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_of_a_job_costs_its_own_changes_and_nothing_else_on_postgres() {
    let Some(desk) = Desk::postgres_with(|config| config.bulk.step_ms = 1_000).await else { return };
    budgets(&desk).await;
    desk.stop().await;
}

desk_test! {
    async fn a_list_of_jobs_costs_the_same_for_two_and_for_eight_with_their_results(desk: &Desk) {
        let (ada, ann) = (desk.administrator().await, desk.customer("Ann").await);
        let ids = tickets(&ann, 5).await;
        for nth in 0..8 {
            bulk(&ada, json!({"ids": ids}), json!({"tag": [format!("tag{nth}")]})).await;
        }
        let document = "query($first: Int) { jobs(first: $first) { totalCount nodes { id eventCursor createdBy { name } \
            results(first: 3, outcome: [DONE]) { totalCount nodes { ticketId ticket { title } } pageInfo { hasNextPage } } } } }";
        let mut counts = Vec::new();
        for first in [2, 8] {
            ada.run("{ __typename }", json!({})).await;
            let answer = ada.answer(document, json!({"first": first})).await;
            let nodes = answer["data"]["jobs"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
            assert_eq!(nodes.len(), first);
            for node in nodes {
                let results = &node["results"];
                assert_eq!((&results["totalCount"], &results["pageInfo"]["hasNextPage"]), (&json!(5), &json!(true)));
                let seen: Vec<&str> = results["nodes"].as_array().unwrap().iter().map(|node| node["ticketId"].as_str().unwrap()).collect();
                assert_eq!(seen, ids[..3]);
            }
            counts.push(answer["extensions"]["cost"]["sqlStatements"].as_i64().unwrap());
        }
        assert_eq!(counts[0], counts[1]);
        assert!(counts[1] <= 8, "{counts:?}");
    }
}
