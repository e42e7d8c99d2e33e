//! Requests that do not fit the schema, or ask for more than there is sense in.

use serde_json::{Value, json};

use super::{answers, refused, tickets};
use crate::desk_test;
use crate::harness::errors;

const CREATE: &str =
    "mutation($input: TicketCreateInput!) { ticketCreate(input: $input) { ticket { id } userErrors { code } } }";

desk_test! {
    async fn values_of_the_wrong_type_are_refused_and_nothing_is_written(desk: &Desk) {
        let ada = desk.administrator().await;
        let list = "query($first: Int, $filter: TicketFilter, $order: TicketOrder) { tickets(first: $first, filter: $filter, orderBy: $order) { totalCount } }";
        let wrong = [
            json!({"first": "ten"}), json!({"first": 1.5}), json!({"first": 3_000_000_000_i64}), json!({"first": [1]}), json!({"first": true}),
            json!({"filter": "open"}), json!({"filter": 1}), json!({"filter": [{"status": ["open"]}, {}]}), json!({"filter": {"status": 5}}),
            json!({"filter": {"assigned": "yes"}}), json!({"filter": {"or": {"or": 1}}}), json!({"filter": {"stage": ["ASLEEP"]}}),
            json!({"filter": {"stage": [null]}}), json!({"order": {"field": "NAME"}}), json!({"order": {"field": "created_at"}}),
            json!({"order": "CREATED_AT"}),
        ];
        for variables in wrong {
            refused(&ada.answer(list, variables).await, "BAD_USER_INPUT");
        }
        let literals = [
            "{ tickets(first: \"ten\") { totalCount } }", "{ tickets(first: 1.5) { totalCount } }", "{ tickets(filter: 7) { totalCount } }",
            "{ tickets(filter: {assigned: \"yes\"}) { totalCount } }", "{ tickets(orderBy: {field: NAME}) { totalCount } }",
            "{ ticket(id: true) { id } }",
        ];
        for document in literals {
            refused(&ada.answer(document, json!({})).await, "BAD_USER_INPUT");
        }
        let good = json!({"title": "A good title", "description": "A good description"});
        for (field, value) in [("title", json!(5)), ("title", json!(["a"])), ("tags", json!([[]])), ("tags", json!([1])), ("requesterId", json!({}))] {
            let mut input = good.clone();
            input[field] = value;
            refused(&ada.answer(CREATE, json!({"input": input})).await, "BAD_USER_INPUT");
        }
        for input in [json!(null), json!([]), json!("x")] {
            refused(&ada.answer(CREATE, json!({"input": input})).await, "BAD_USER_INPUT");
        }
        // Which texts a ticket needs is the desk's to say: this one needs both.
        let missing = [
            (json!({}), 2), (json!({"title": "A good title"}), 1), (json!({"title": null, "description": "A good description"}), 1),
        ];
        for (input, faults) in missing {
            let answer = ada.answer(CREATE, json!({"input": input})).await;
            let told = vec![json!({"code": "INVALID_VALUE"}); faults];
            assert_eq!(answer["data"]["ticketCreate"]["userErrors"], json!(told), "{answer}");
        }
        refused(&ada.answer(CREATE, json!({})).await, "BAD_USER_INPUT");
        let both = json!({"input": {"ticketId": ada.open_ticket("The only one").await, "to": {"agentId": ada.id, "teamId": ada.id}}});
        refused(&ada.answer("mutation($input: TicketAssignInput!) { ticketAssign(input: $input) { userErrors { code } } }", both).await, "BAD_USER_INPUT");
        assert_eq!(tickets(desk, &ada).await, (1, 1));
    }
}

desk_test! {
    async fn what_is_unknown_is_named_with_what_would_be_right(desk: &Desk) {
        let ada = desk.administrator().await;
        let allowed = |answer: &Value| -> Vec<String> {
            refused(answer, "BAD_USER_INPUT");
            let error = &answer["errors"][0];
            let allowed: Vec<String> = serde_json::from_value(error["extensions"]["allowed"].clone()).unwrap();
            assert!(allowed.iter().all(|name| error["message"].as_str().unwrap().contains(name.as_str())), "{answer}");
            allowed
        };
        let input = json!({"title": "A good title", "description": "A good description", "colour": "red"});
        let answer = ada.answer(CREATE, json!({"input": input})).await;
        assert!(answer["errors"][0]["message"].as_str().unwrap().contains("\"colour\""), "{answer}");
        assert!(allowed(&answer).contains(&"description".to_owned()));
        let literal = "mutation { ticketCreate(input: {title: \"A good title\", description: \"A good description\", colour: 1}) { userErrors { code } } }";
        assert!(allowed(&ada.answer(literal, json!({})).await).contains(&"tags".to_owned()));
        assert!(allowed(&ada.answer("{ tickets(filter: {and: [{colour: 1}]}) { totalCount } }", json!({})).await).contains(&"status".to_owned()));
        let known = allowed(&ada.answer("{ tickets(filter: {stage: [ASLEEP]}) { totalCount } }", json!({})).await);
        assert_eq!(known, ["ACTIVE", "CLOSED", "NEW", "RESOLVED", "WAITING"]);
        let long = json!({"input": {"title": "A good title", "description": "A good description", "k".repeat(100_000): 1}});
        let answer = ada.answer(CREATE, long).await;
        assert!(answer["errors"][0]["message"].as_str().unwrap().len() < 2_000);
        assert!(allowed(&answer).contains(&"title".to_owned()));

        for document in ["{ nonsense }", "{ tickets { nonsense } }", "{ tickets(nonsense: 1) { totalCount } }", "{ tickets }",
            "query($x: Nonsense) { tickets { totalCount } }", "query($x: Int) { tickets { totalCount } }", "{ tickets { ...F } }", "{ ... on Ticket { id } }",
            "{ tickets { totalCount @nonsense } }", "query A { __typename } query A { __typename }"] {
            let answer = ada.answer(document, json!({})).await;
            let codes = errors(&answer);
            assert!(!codes.is_empty() && codes.iter().all(|code| code == "GRAPHQL_VALIDATION_FAILED" || code == "GRAPHQL_PARSE_FAILED"), "{document}: {answer:#}");
        }
        for document in ["{", "}", "nonsense", "{ a(", "query", "{ tickets(first: ) { totalCount } }", "\u{0}", "{ \u{202e} }", "{ a: }", "\"\"\"", "#"] {
            refused(&ada.answer(document, json!({})).await, "GRAPHQL_PARSE_FAILED");
        }
        assert_eq!(tickets(desk, &ada).await, (0, 0));
    }
}

desk_test! {
    async fn a_key_is_unknown_also_beside_a_variable_that_was_not_sent(desk: &Desk) {
        let ada = desk.administrator().await;
        let document = "mutation($tags: [String!]) { ticketCreate(input: {title: \"A good title\", description: \"A good description\", tags: $tags, colour: 1}) { userErrors { code } } }";
        refused(&ada.answer(document, json!({})).await, "BAD_USER_INPUT");
        assert_eq!(tickets(desk, &ada).await, (0, 0));
    }
}

desk_test! {
    async fn a_stale_version_changes_nothing(desk: &Desk) {
        let ada = desk.administrator().await;
        let ticket = ada.open_ticket("Read by two").await;
        let edit = |title: &str, version: i64| json!({"ticketId": ticket, "title": title, "expectedVersion": version});
        let version = ada.do_it("ticketUpdate", json!({"ticketId": ticket, "title": "Changed by one"}), "ticket { version }").await["ticket"]["version"].as_i64().unwrap();
        for stale in [version - 1, version + 1, -1, i64::from(i32::MAX)] {
            let error = ada.refused("ticketUpdate", edit("Changed by the other", stale)).await;
            assert_eq!((&error["code"], &error["currentVersion"]), (&json!("CONFLICT"), &json!(version)), "{error}");
        }
        let read = ada.run("query($id: ID!) { ticket(id: $id) { title version } }", json!({"id": ticket})).await;
        assert_eq!(read["ticket"], json!({"title": "Changed by one", "version": version}));
    }
}

desk_test! {
    async fn pages_are_of_sensible_size(desk: &Desk) {
        let ada = desk.administrator().await;
        ada.open_ticket("One to be found").await;
        let too_much = ["first: -1", "first: 1001", "first: 2147483647", "last: -1", "last: 1001", "first: 1, last: 1", "offset: -1", "offset: 10001", "offset: 1, last: 1"];
        for arguments in too_much {
            let answer = ada.answer(&format!("{{ tickets({arguments}) {{ nodes {{ id }} }} }}"), json!({})).await;
            let codes = errors(&answer);
            // A page beyond any is refused by its price before its size is looked at.
            assert!(codes == ["BAD_USER_INPUT"] || codes == ["QUERY_TOO_COMPLEX"], "{arguments}: {answer}");
        }
        for list in ["people", "teams", "agents", "organizations", "articles", "faqs", "knowledgeCategories"] {
            for arguments in ["first: -1", "first: 101", "last: 101", "first: 1, last: 1"] {
                refused(&ada.answer(&format!("{{ {list}({arguments}) {{ nodes {{ id }} }} }}"), json!({})).await, "BAD_USER_INPUT");
            }
        }
        refused(&ada.answer("{ search(query: \"x\", first: 101) { totalCount } }", json!({})).await, "BAD_USER_INPUT");
        refused(&ada.answer("{ search(query: \"x\", first: -1) { totalCount } }", json!({})).await, "BAD_USER_INPUT");
        let none = ada.run("{ tickets(first: 0) { nodes { id } totalCount } }", json!({})).await;
        assert_eq!(none["tickets"], json!({"nodes": [], "totalCount": 1}));
    }
}

desk_test! {
    async fn filters_are_not_deeper_longer_or_wider_than_a_database_can_bear(desk: &Desk) {
        let ada = desk.administrator().await;
        let list = "query($filter: TicketFilter) { tickets(filter: $filter) { totalCount } }";
        let mut deep = json!({"assigned": true});
        for _ in 0..50 {
            deep = json!({"not": deep});
        }
        let many: Vec<String> = (0..20_000).map(|n| format!("tag{n}")).collect();
        let leaf = json!({"not": {"or": vec![json!({"assigned": true, "breached": false}); 99]}});
        let wide = json!({"or": vec![leaf; 99]});
        for filter in [deep, json!({"tag": many}), json!({"or": vec![json!({"assigned": true}); 5_000]}), wide] {
            refused(&ada.answer(list, json!({"filter": filter})).await, "BAD_USER_INPUT");
            refused(&ada.answer("query($filter: TicketFilter) { ticketSummary(filter: $filter) { total } }", json!({"filter": filter})).await, "BAD_USER_INPUT");
        }
        let ids: Vec<String> = (0..5_000).map(|_| "per_01arz3ndektsv4rrffq69g5fav".to_owned()).collect();
        refused(&ada.answer(list, json!({"filter": {"requesterId": ids}})).await, "BAD_USER_INPUT");
        refused(&ada.answer("query($filter: TicketEventFilter) { events(after: \"abcdefgh1234-0\", filter: $filter) { endCursor } }", json!({"filter": {"actorIds": ids}})).await, "BAD_USER_INPUT");
        answers(desk).await;
    }
}
