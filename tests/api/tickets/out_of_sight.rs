//! Promise 7 on payloads: whoever changes a ticket so that they cannot see it any more gets the outcome, and not the ticket.

use serde_json::{Value, json};

use crate::harness::{Desk, mutation, profile};

/// What is asked of every payload: if any of it came through, it would show.
const TICKET: &str =
    "ticket { id title description requester { name } comments(first: 5) { nodes { body } } } notices { code message }";

/// Asserts that it was done, and that the ticket is not in the answer.
fn done_and_gone(payload: &Value) {
    assert_eq!((&payload["userErrors"], &payload["ticket"]), (&json!([]), &json!(null)), "{payload:#}");
    assert!(payload["eventCursor"].is_string());
    assert_eq!(payload["notices"][0]["code"], "OUT_OF_SIGHT");
}

async fn changes_that_take_a_ticket_out_of_sight(desk: &Desk) {
    let (ada, ben, cas) = (desk.administrator().await, desk.agent("Ben").await, desk.agent("Cas").await);
    let ticket = async || {
        let id = ada.open_ticket("A secret of the administrator").await;
        ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), "ticket { id }").await;
        id
    };
    let see = "query($id: ID!) { ticket(id: $id) { id assignee { id } } }";

    // Unassigning oneself, with a key: the replay is as the first answer.
    let id = ticket().await;
    let input = json!({"ticketId": id, "idempotencyKey": "let go"});
    let first = ben.attempt("ticketUnassign", input.clone(), TICKET).await;
    done_and_gone(&first);
    assert_eq!(first["replayed"], false);
    assert_eq!(ben.run(see, json!({"id": id})).await["ticket"], json!(null));
    assert_eq!(ada.run(see, json!({"id": id})).await["ticket"]["assignee"], json!(null), "it was done");
    let again = ben.attempt("ticketUnassign", input, TICKET).await;
    done_and_gone(&again);
    assert_eq!(again["replayed"], true);

    // Giving it to somebody else; whoever got it sees it, and so does who runs the desk.
    let id = ticket().await;
    let give = json!({"ticketId": id, "to": {"agentId": cas.id}});
    done_and_gone(&ben.attempt("ticketAssign", give, TICKET).await);
    assert_eq!(cas.run(see, json!({"id": id})).await["ticket"]["id"], id);
    let back = ada.do_it("ticketAssign", json!({"ticketId": id, "to": {"agentId": ben.id}}), TICKET).await;
    assert_eq!((&back["ticket"]["id"], &back["notices"]), (&json!(id), &json!([])));

    // Opening one that one may not see, for a customer who does.
    let ann = desk.customer("Ann").await;
    let open = json!({"title": "The invoice of Ann", "description": "She called about it.", "requesterId": ann.id});
    done_and_gone(&ben.attempt("ticketCreate", open, TICKET).await);
    assert_eq!(
        ann.run("{ tickets { nodes { title } } }", json!({})).await["tickets"]["nodes"][0]["title"],
        "The invoice of Ann"
    );

    // In one document: what follows is as blind.
    let id = ticket().await;
    let one = mutation("ticketUnassign", TICKET);
    let document = one.trim_end_matches('}').to_owned()
        + " more: ticketUpdate(input: {ticketId: \"ID\", title: \"Still mine?\"}) { ticket { id } userErrors { code } } }";
    let answer = ben.run(&document.replace("ID\"", &format!("{id}\"")), json!({"input": {"ticketId": id}})).await;
    done_and_gone(&answer["ticketUnassign"]);
    assert_eq!(answer["more"], json!({"ticket": null, "userErrors": [{"code": "NOT_FOUND"}]}));
}

fn configure(folder: &std::path::Path) -> String {
    // Agents see what they work on and nothing else, and may hand it on.
    let lines = [
        ("\"ticket.view\"            = [\"OWN\", \"ASSIGNED\"]", "\"ticket.view\" = [\"ASSIGNED\"]"),
        (
            "\"ticket.assign\"          = []                                     # S4-65\n\"ticket.change_priority\" = [\"OWN\", \"ASSIGNED\"]",
            "\"ticket.assign\" = [\"ASSIGNED\"]\n\"ticket.change_priority\" = [\"ASSIGNED\"]",
        ),
    ];
    profile(folder, &lines)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_take_a_ticket_out_of_sight_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::with(|config| config.profile = configure(folder.path())).await;
    changes_that_take_a_ticket_out_of_sight(&desk).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_that_take_a_ticket_out_of_sight_on_postgres() {
    let folder = tempfile::tempdir().unwrap();
    if let Some(desk) = Desk::postgres_with(|config| config.profile = configure(folder.path())).await {
        changes_that_take_a_ticket_out_of_sight(&desk).await;
        desk.stop().await;
    }
}
