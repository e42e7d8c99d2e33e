//! The other direction: every way of seeing tickets shows each person the same ones.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::planted::{EVERYBODY, Planted};
use crate::harness::{ids, seq};

/// Asserts that id, number, node, nodes, lists, pages, counts, search, events and streams show each person the tickets that they see, and no
/// other; and that what leads from other things to tickets leads to those.
pub async fn show_everybody_the_same_tickets(planted: &Planted) {
    for name in EVERYBODY.into_iter().filter(|name| *name != "stranger") {
        let expected: BTreeSet<String> =
            planted.tickets.iter().filter(|(_, may)| may.contains(&name)).map(|(id, _)| id.clone()).collect();
        let same = |way: &str, found: BTreeSet<String>| assert_eq!(found, expected, "{name}, by {way}");
        let person = planted.person(name);
        let all: Vec<&str> = planted.tickets.iter().map(|(id, _)| id.as_str()).collect();
        let mut by = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
        for id in &all {
            let shown =
                person.run("query($id: ID!) { ticket(id: $id) { id } node(id: $id) { id } }", json!({"id": id})).await;
            by[0].extend(shown["ticket"]["id"].as_str().map(str::to_owned));
            by[1].extend(shown["node"]["id"].as_str().map(str::to_owned));
        }
        for number in &planted.numbers {
            let shown =
                person.run("query($n: String!) { ticketByNumber(number: $n) { id } }", json!({"n": number})).await;
            by[2].extend(shown["ticketByNumber"]["id"].as_str().map(str::to_owned));
        }
        for (way, found) in ["id", "node", "number"].into_iter().zip(by) {
            same(way, found);
        }
        let shown = person.run("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({"ids": all})).await;
        let nodes = shown["nodes"].as_array().unwrap();
        same("nodes", nodes.iter().filter_map(|node| node["id"].as_str().map(str::to_owned)).collect());
        let list = "query($filter: TicketFilter, $first: Int, $offset: Int) { tickets(filter: $filter, first: $first, offset: $offset) { totalCount nodes { id } } \
            ticketSummary(filter: $filter) { total statuses { count } } slaStatus(filter: $filter) { atRisk breached onTrack paused } }";
        for (way, filter) in [
            ("list", json!(null)),
            ("an empty filter", json!({})),
            ("what is not so", json!({"not": {"tag": ["zqnothing"]}})),
            ("this or that", json!({"or": [{"assigned": true}, {"assigned": false}]})),
            ("every stage", json!({"stage": ["NEW", "ACTIVE", "WAITING", "RESOLVED", "CLOSED"]})),
            ("every requester", json!({"requesterId": [planted.person("ann").id, planted.person("bob").id]})),
        ] {
            let shown = person.run(list, json!({"filter": filter})).await;
            same(way, ids(&shown["tickets"]["nodes"]).into_iter().collect());
            let count = json!(expected.len());
            assert_eq!(
                (&shown["tickets"]["totalCount"], &shown["ticketSummary"]["total"]),
                (&count, &count),
                "{name}: counts of {way}"
            );
            let statuses = shown["ticketSummary"]["statuses"].as_array().unwrap();
            let sum: i64 = statuses.iter().map(|status| status["count"].as_i64().unwrap()).sum();
            assert_eq!(json!(sum), count, "{name}: statuses of {way}");
        }
        let mut paged = BTreeSet::new();
        for offset in 0..all.len() {
            let shown = person.run(list, json!({"first": 1, "offset": offset})).await;
            paged.extend(ids(&shown["tickets"]["nodes"]));
        }
        same("pages", paged);
        let search = "{ search(query: \"xylophone\", kinds: [TICKET], first: 50) { totalCount facets { kinds { kind count } statuses { count } } hits { node { ... on Ticket { id } } } } }";
        let found = person.run(search, json!({})).await["search"].take();
        same(
            "search",
            found["hits"]
                .as_array()
                .unwrap()
                .iter()
                .map(|hit| hit["node"]["id"].as_str().unwrap().to_owned())
                .collect(),
        );
        assert_eq!(found["totalCount"], json!(expected.len()), "{name}: hits");
        let statuses = found["facets"]["statuses"].as_array().unwrap();
        let counted: i64 = statuses.iter().map(|status| status["count"].as_i64().unwrap()).sum();
        assert_eq!(counted, expected.len() as i64, "{name}: facets");
        same("events", events(planted, name).await);
        same("a stream", stream(planted, name).await);
        nested(planted, name, &expected).await;
    }
}

/// The tickets that the log tells of.
async fn events(planted: &Planted, name: &str) -> BTreeSet<String> {
    let (mut after, mut found) = (planted.beginning.clone(), BTreeSet::new());
    loop {
        let document = "query($after: EventCursor!) { events(after: $after, first: 50) { edges { node { __typename ticketId ticket { id } } } endCursor hasNextPage } }";
        let page = planted.person(name).run(document, json!({"after": after})).await["events"].take();
        for edge in page["edges"].as_array().unwrap() {
            tell(&edge["node"], &mut found);
        }
        if page["hasNextPage"] == false {
            return found;
        }
        after = page["endCursor"].clone();
    }
}

/// The tickets that a stream from the beginning tells of.
async fn stream(planted: &Planted, name: &str) -> BTreeSet<String> {
    let document = "subscription($after: EventCursor) { ticketEvents(after: $after) { eventCursor node { __typename ticketId ticket { id } } } }";
    let (mut socket, mut found) = (planted.person(name).socket().await, BTreeSet::new());
    socket.subscribe("1", document, json!({"after": planted.beginning})).await;
    loop {
        let edge = socket.next().await["ticketEvents"].take();
        if edge["node"].is_object() {
            tell(&edge["node"], &mut found);
        }
        if seq(&edge["eventCursor"]) >= seq(&planted.end) {
            return found;
        }
    }
}

/// Notes the ticket of an event, unless all that it says is that the ticket is hidden.
fn tell(node: &Value, found: &mut BTreeSet<String>) {
    if node["__typename"] != "TicketHidden" {
        assert_eq!(node["ticket"]["id"], node["ticketId"], "an event of a ticket that is not shown");
        found.insert(node["ticketId"].as_str().unwrap().to_owned());
    }
}

/// What leads from other things to tickets.
async fn nested(planted: &Planted, name: &str, expected: &BTreeSet<String>) {
    let person = planted.person(name);
    let within = |way: &str, found: &Value| {
        let found: BTreeSet<String> = ids(found).into_iter().collect();
        assert!(found.is_subset(expected), "{name}, by {way}: {found:?} are not among {expected:?}");
        found
    };
    let mut by_standing = BTreeSet::new();
    for standing in ["ON_TRACK", "AT_RISK", "BREACHED", "PAUSED"] {
        let document = format!("{{ slaStatus {{ tickets(standing: {standing}) {{ totalCount nodes {{ id }} }} }} }}");
        let shown = person.run(&document, json!({})).await["slaStatus"]["tickets"].take();
        let found = within("slaStatus", &shown["nodes"]);
        assert_eq!(shown["totalCount"], json!(found.len()), "{name}: {standing}");
        by_standing.extend(found);
    }
    // Whatever is still owed an answer or a solution stands somewhere.
    let open = person.run("{ tickets(filter: {stage: [NEW, ACTIVE, WAITING]}) { nodes { id } } }", json!({})).await;
    assert_eq!(by_standing, ids(&open["tickets"]["nodes"]).into_iter().collect(), "{name}: standings");
    let find =
        |kind: &str| planted.things.iter().find(|thing| thing.kind == kind).map(|thing| thing.id.clone()).unwrap();
    let person_of = |name: &str| json!(planted.person(name).id);
    for (root, id, filter) in [
        ("agent", person_of("eve"), "assigneeId"),
        ("agent", person_of("ben"), "assigneeId"),
        ("person", person_of("ann"), "requesterId"),
        ("person", person_of("bob"), "requesterId"),
        ("... on Organization", find("organization"), "organizationId"),
        ("... on Team", find("team"), "teamId"),
    ] {
        let list = "tickets(first: 20) { totalCount nodes { id } }";
        let document = match root.starts_with("...") {
            true => format!("query($id: ID!) {{ node(id: $id) {{ {root} {{ {list} }} }} }}"),
            false => format!("query($id: ID!) {{ node: {root}(id: $id) {{ {list} }} }}"),
        };
        let shown = person.answer(&document, json!({"id": id})).await["data"]["node"]["tickets"].take();
        if shown.is_object() {
            let same = format!("{{ tickets(filter: {{{filter}: [{id}]}}) {{ nodes {{ id }} }} }}");
            let same: BTreeSet<String> =
                ids(&person.run(&same, json!({})).await["tickets"]["nodes"]).into_iter().collect();
            assert_eq!(within(root, &shown["nodes"]), same, "{name}: the tickets of {root}");
            assert_eq!(shown["totalCount"], json!(same.len()), "{name}: the count of {root}");
        }
    }
    let about = person
        .run(
            "{ reference(kind: \"booking\", externalId: \"Zqbooking\") { tickets { totalCount nodes { id } } } }",
            json!({}),
        )
        .await;
    if about["reference"].is_object() {
        let found = within("reference", &about["reference"]["tickets"]["nodes"]);
        assert_eq!(about["reference"]["tickets"]["totalCount"], json!(found.len()), "{name}: tickets about a booking");
    }
    // What one does not see looks absent to a filter, too.
    let filter = "{ tickets(filter: {reference: [{kind: \"booking\", externalId: \"Zqbooking\"}]}) { nodes { id } } \
        kind: tickets(filter: {referenceKind: [\"booking\"]}) { nodes { id } } }";
    let filtered = person.run(filter, json!({})).await;
    let seen = about["reference"].is_object();
    for found in ["tickets", "kind"] {
        let found = within("a filter", &filtered[found]["nodes"]);
        assert_eq!(
            !found.is_empty(),
            seen && ["ann", "par", "ben", "ada"].contains(&name),
            "{name}: a filter by a booking"
        );
    }
    let alike = "{ tickets { nodes { id similar(first: 20) { id } } } suggest(draft: {title: \"xylophone\", description: \"xylophone\"}, first: 20) { similarTickets { id } } }";
    let alike = person.run(alike, json!({})).await;
    within("suggest", &alike["suggest"]["similarTickets"]);
    for ticket in alike["tickets"]["nodes"].as_array().unwrap() {
        within("similar", &ticket["similar"]);
    }
    let numbers = person.answer("{ metrics { dashboard { open { value tickets { totalCount nodes { id } } } received { value tickets { totalCount nodes { id } } } } } }", json!({})).await;
    for number in ["open", "received"] {
        let number = &numbers["data"]["metrics"]["dashboard"][number];
        if number.is_object() {
            let found = within("metrics", &number["tickets"]["nodes"]);
            assert_eq!(
                (&number["value"], &number["tickets"]["totalCount"]),
                (&json!(found.len()), &json!(found.len())),
                "{name}: numbers"
            );
        }
    }
}
