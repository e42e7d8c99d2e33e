//! Templates of answers: S1-74.

use serde_json::{Value, json};

use crate::desk_test;
use crate::harness::{Person, errors};

async fn template(person: &Person, name: &str, body: &str) -> Value {
    person.do_it("templateCreate", json!({"name": name, "body": body}), "template { id }").await["template"]["id"]
        .clone()
}

const PREVIEW: &str = "query($template: ID!, $ticket: ID!) { templatePreview(templateId: $template, ticketId: $ticket) { body bodyHtml } }";

desk_test! {
    // S1-74
    async fn a_template_is_written_once_and_sent_with_the_values_of_the_ticket(desk: &Desk) {
        let (ada, bob, ann) = (desk.administrator().await, desk.agent("Bob").await, desk.customer("Ann").await);
        let body = "Dear {{ requester.name }}, **{{ ticket.number }}** is {{ ticket.status | lower }}.{% if organization.name %} Yours too.{% endif %} {{ agent.name }}";
        let id = template(&ada, "Progress", body).await;
        let ticket = ann.do_it("ticketCreate", json!({"title": "It hums", "description": "It hums all day, and all night."}), "ticket { id number status { name } }").await["ticket"].clone();
        let assign = json!({"ticketId": ticket["id"], "to": {"agentId": bob.id}});
        let ticket = ada.do_it("ticketAssign", assign, "ticket { id number status { name } }").await["ticket"].clone();
        let status = ticket["status"]["name"].as_str().unwrap().to_lowercase();
        let number = ticket["number"].as_str().unwrap();
        let preview = bob.run(PREVIEW, json!({"template": id, "ticket": ticket["id"]})).await["templatePreview"].clone();
        assert_eq!(preview["body"], format!("Dear Ann, **{number}** is {status}. Bob"));
        assert_eq!(preview["bodyHtml"], format!("<p>Dear Ann, <strong>{number}</strong> is {status}. Bob</p>\n"));

        let input = json!({"templateId": id, "ticketId": ticket["id"], "idempotencyKey": "once"});
        let selection = "comment { id body author { name } internal }";
        let applied = bob.do_it("templateApply", input.clone(), selection).await;
        assert_eq!((&applied["comment"]["body"], &applied["comment"]["internal"]), (&preview["body"], &json!(false)));
        let again = bob.do_it("templateApply", input, selection).await;
        assert_eq!((&again["comment"]["id"], &again["replayed"]), (&applied["comment"]["id"], &json!(true)));
        let note = json!({"templateId": id, "ticketId": ticket["id"], "internal": true});
        assert_eq!(bob.do_it("templateApply", note, selection).await["comment"]["internal"], true);
        let seen = ann.run("query($id: ID!) { ticket(id: $id) { commentCount comments { nodes { body } } } }", json!({"id": ticket["id"]})).await;
        assert_eq!(seen["ticket"]["comments"]["nodes"], json!([{"body": preview["body"]}]));

        template(&ada, "Greeting", "Hello.").await;
        let data = bob.run("{ templates { totalCount nodes { name useCount lastUsedAt author { name } } } templateVariables { name } }", json!({})).await;
        let nodes = &data["templates"]["nodes"];
        assert_eq!((&nodes[0]["name"], &nodes[0]["useCount"], nodes[0]["lastUsedAt"].is_null()), (&json!("Progress"), &json!(2), false));
        assert_eq!((&nodes[1]["name"], &nodes[1]["useCount"], nodes[1]["lastUsedAt"].is_null()), (&json!("Greeting"), &json!(0), true));
        assert!(data["templateVariables"].as_array().unwrap().contains(&json!({"name": "ticket.number"})));
    }
}

desk_test! {
    // S1-74
    async fn a_template_that_cannot_be_filled_in_is_refused_when_it_is_written(desk: &Desk) {
        let bob = desk.agent("Bob").await;
        let create = |name: &str, body: &str| json!({"name": name, "body": body});
        let refused = bob.refused("templateCreate", create("A", "{{ ticket.colour }}")).await;
        assert_eq!((&refused["code"], &refused["field"]), (&json!("INVALID_VALUE"), &json!(["body"])));
        assert_eq!(refused["message"], "There is no variable \"ticket.colour\".");
        let allowed = refused["allowed"].as_array().unwrap();
        assert!(allowed.contains(&json!("ticket.title")) && allowed.contains(&json!("requester.name")), "{allowed:?}");
        for body in ["{{ ticket.number", "{% for a in ticket.title %}{{ a }}{% endfor %}", "{{ ticket.title * 9 }}", "{{ ticket.title | secret }}", "{{ ticket }}"] {
            assert_eq!(bob.refused("templateCreate", create("A", body)).await["code"], "INVALID_VALUE", "{body}");
        }
        let id = template(&bob, "A", "Fine.").await;
        assert_eq!(bob.refused("templateCreate", create("a", "Also fine.")).await["code"], "ALREADY_EXISTS");
        let refused = bob.refused("templateUpdate", json!({"templateId": id, "body": "{{ nothing.here }}"})).await;
        assert_eq!(refused["code"], "INVALID_VALUE");
        assert_eq!(bob.refused("templateCreate", json!({"name": "B", "body": "x", "category": "no such"})).await["field"], json!(["category"]));
        let updated = bob.do_it("templateUpdate", json!({"templateId": id, "name": "B", "category": "billing", "expectedVersion": 1}), "template { name body version category { key } }").await;
        assert_eq!(updated["template"], json!({"name": "B", "body": "Fine.", "version": 2, "category": {"key": "billing"}}));
        assert_eq!(bob.refused("templateUpdate", json!({"templateId": id, "name": "C", "expectedVersion": 1})).await["currentVersion"], 2);
        template(&bob, "A", "The name is free again.").await;
        let listed = async |category: &str| {
            let data = bob.run(&format!("{{ templates(category: \"{category}\", orderBy: {{field: CREATED_AT}}) {{ nodes {{ name }} }} }}"), json!({})).await;
            data["templates"]["nodes"].clone()
        };
        assert_eq!(listed("billing").await, json!([{"name": "A"}, {"name": "B"}]));
        assert_eq!(listed("technical").await, json!([{"name": "A"}]));
        bob.do_it("templateDelete", json!({"templateId": id}), "template { id }").await;
        assert_eq!(bob.run("query($id: ID!) { template(id: $id) { id } node(id: $id) { id } }", json!({"id": id})).await, json!({"template": null, "node": null}));
    }
}

desk_test! {
    // S1-74: for staff, and on tickets that one sees.
    async fn customers_and_strangers_know_nothing_of_templates(desk: &Desk) {
        let (bob, ann, eva) = (desk.agent("Bob").await, desk.customer("Ann").await, desk.customer("Eva").await);
        let id = template(&bob, "Secret greeting", "Hello {{ requester.name }}.").await;
        let ticket = ann.open_ticket("It hums").await;
        let read = "query($id: ID!) { template(id: $id) { id } node(id: $id) { id } }";
        for person in [&ann, &desk.stranger()] {
            assert_eq!(person.run(read, json!({"id": id})).await, json!({"template": null, "node": null}));
            assert_eq!(person.run(PREVIEW, json!({"template": id, "ticket": ticket})).await["templatePreview"], Value::Null);
        }
        assert_eq!(errors(&ann.answer("{ templates { nodes { id } } }", json!({})).await), ["FORBIDDEN"]);
        assert_eq!(errors(&desk.stranger().answer("{ templates { nodes { id } } }", json!({})).await), ["UNAUTHENTICATED"]);
        assert_eq!(ann.refused("templateCreate", json!({"name": "Mine", "body": "x"})).await["code"], "FORBIDDEN");
        let apply = json!({"templateId": id, "ticketId": ticket});
        assert_eq!(ann.refused("templateApply", apply.clone()).await["field"], json!(["templateId"]));
        assert_eq!(eva.refused("templateApply", apply).await["field"], json!(["ticketId"]));
        assert_eq!(ann.refused("templateUpdate", json!({"templateId": id, "name": "x"})).await["code"], "NOT_FOUND");
        assert_eq!(ann.refused("templateDelete", json!({"templateId": id})).await["code"], "NOT_FOUND");
        // What is searched by them does not have its words either.
        let search = "query($at: EventCursor) { search(query: \"secret greeting\", consistentWith: $at) { totalCount didYouMean hits { title { text } } } }";
        let at = bob.run("{ eventCursor }", json!({})).await["eventCursor"].clone();
        for person in [&ann, &bob, &desk.stranger()] {
            let found = person.run(search, json!({"at": at})).await["search"].clone();
            assert_eq!(found["hits"], json!([]), "templates are no hits of the search");
        }
    }
}
