//! The mutations on a ticket and on what is said there.

use serde_json::json;

use super::rows::{Input, Needs, Row, Stage};
use crate::harness::PDF;

/// Shorthand for an input.
macro_rules! input {
    ($scene:ident, $case:ident => $body:expr) => {
        |$scene, $case| {
            Box::pin(async move {
                let _ = ($scene, $case);
                $body
            })
        }
    };
}

/// The rows.
pub fn rows() -> Vec<Row> {
    let row = Row::new;
    let mut rows = vec![
        row("ticketUpdate", "", Needs::Ticket("ticket.update"), input!(scene, case => {
            json!({"ticketId": case.ticket, "description": format!("It happened again: {} times.", scene.count())})
        })).shown("UPDATE"),
        row("ticketTag", "", Needs::Ticket("ticket.update"), input!(scene, case => {
            json!({"ticketId": case.ticket, "tags": [format!("tag-{}", scene.count())]})
        })),
        row("ticketUntag", "", Needs::Ticket("ticket.update"), input!(scene, case => {
            let input = json!({"ticketId": case.ticket, "tags": [format!("tag-{}", scene.count())]});
            scene.ada.attempt("ticketTag", input.clone(), "__typename").await;
            input
        })),
        row("ticketStatusChange", "to go on", Needs::Ticket("ticket.change_status"), input!(scene, case => {
            json!({"ticketId": case.ticket, "status": scene.next_status(&case.ticket, &["ACTIVE", "WAITING"]).await})
        })).shown("CHANGE_STATUS").spends(),
        row("ticketStatusChange", "to close", Needs::Ticket("ticket.close"), input!(scene, case => {
            json!({"ticketId": case.ticket, "status": scene.next_status(&case.ticket, &["CLOSED"]).await})
        })).at(Stage::Resolved).shown("CLOSE").spends(),
        row("ticketStatusChange", "to reopen", Needs::Ticket("ticket.reopen"), input!(scene, case => {
            json!({"ticketId": case.ticket, "status": scene.next_status(&case.ticket, &["ACTIVE", "WAITING"]).await})
        })).at(Stage::Done).shown("REOPEN").spends(),
        row("ticketPriorityChange", "", Needs::Ticket("ticket.change_priority"), input!(scene, case => {
            json!({"ticketId": case.ticket, "priority": scene.priority})
        })).shown("CHANGE_PRIORITY").spends(),
        row("ticketAssign", "", Needs::Ticket("ticket.assign"), input!(scene, case => {
            json!({"ticketId": case.ticket, "to": {"agentId": scene.eve.id}})
        })).shown("ASSIGN").spends(),
        row("ticketUnassign", "", Needs::Ticket("ticket.assign"), input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).shown("ASSIGN").spends(),
        row("ticketRoute", "", Needs::Ticket("ticket.assign"), input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).shown("ROUTE").spends(),
        row("ticketClose", "", Needs::Ticket("ticket.close"), input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).at(Stage::Resolved).shown("CLOSE").spends(),
        row("ticketReopen", "", Needs::Ticket("ticket.reopen"), input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).at(Stage::Done).shown("REOPEN").spends(),
        row("ticketEscalate", "", Needs::Ticket("ticket.escalate"), input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).shown("ESCALATE").spends(),
        row("ticketDeescalate", "", Needs::Staff("ticket.escalate"), input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).at(Stage::Escalated).spends(),
        row("ticketRate", "", Needs::Requester, input!(scene, case => {
            json!({"ticketId": case.ticket, "score": 5})
        })).at(Stage::Done).shown("RATE").spends(),
        row("ticketDelete", "", Needs::Ticket("ticket.delete"), input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).shown("DELETE").spends(),
        row("ticketRestore", "", Needs::Restore, input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).spends(),
        row("ticketMerge", "", Needs::Ticket("ticket.merge"), input!(scene, case => {
            json!({"ticketId": case.ticket, "intoId": scene.twin(case).await})
        })).shown("MERGE").spends(),
        row("ticketUnmerge", "", Needs::Ticket("ticket.merge"), input!(scene, case => {
            json!({"ticketId": case.ticket})
        })).at(Stage::Merged).shown("UNMERGE").spends(),
        row("ticketLink", "", Needs::Ticket("ticket.link"), input!(scene, case => {
            json!({"ticketId": case.ticket, "otherId": scene.twin(case).await})
        })).shown("LINK"),
        row("ticketUnlink", "", Needs::Ticket("ticket.link"), input!(scene, case => {
            let input = json!({"ticketId": case.ticket, "otherId": scene.twin(case).await});
            scene.ada.attempt("ticketLink", input.clone(), "__typename").await;
            input
        })),
        row("ticketMarkRead", "", Needs::Sight, input!(scene, case => json!({"ticketId": case.ticket}))),
        row("ticketAttach", "", Needs::Ticket("comment.add"), input!(scene, case => {
            json!({"ticketId": case.ticket, "attachments": [scene.upload(case).await]})
        })),
    ];
    for (internal, how, permission, shown) in [
        (false, "in public", "comment.add", "COMMENT"),
        (true, "as a note", "comment.add_internal", "COMMENT_INTERNALLY"),
    ] {
        let typing: Input = match internal {
            false => input!(scene, case => json!({"ticketId": case.ticket})),
            true => input!(scene, case => json!({"ticketId": case.ticket, "internal": true})),
        };
        rows.push(row("ticketTyping", how, Needs::Ticket(permission), typing).shown(shown));
        let add: Input = match internal {
            false => input!(scene, case => json!({"ticketId": case.ticket, "body": "A word."})),
            true => input!(scene, case => json!({"ticketId": case.ticket, "body": "A note.", "internal": true})),
        };
        rows.push(row("commentAdd", how, Needs::Ticket(permission), add).shown(shown).spends());
        let apply: Input = match internal {
            false => input!(scene, case => json!({"ticketId": case.ticket, "templateId": scene.template})),
            true => {
                input!(scene, case => json!({"ticketId": case.ticket, "templateId": scene.template, "internal": true}))
            }
        };
        rows.push(row("templateApply", how, Needs::Template(permission), apply).spends());
    }
    let ones = Needs::Ones("comment.add");
    rows.extend([
        row("commentEdit", "of one's own", ones, input!(scene, case => {
            json!({"commentId": scene.comment(case, true).await, "body": format!("Better words, {}.", scene.count())})
        })).spends(),
        row("commentEdit", "of another's", Needs::AnothersThing, input!(scene, case => {
            json!({"commentId": scene.comment(case, false).await, "body": format!("Better words, {}.", scene.count())})
        })),
        row("commentDelete", "of one's own", ones, input!(scene, case => {
            json!({"commentId": scene.comment(case, true).await})
        })).spends(),
        row("commentDelete", "of another's", Needs::AnothersThing, input!(scene, case => {
            json!({"commentId": scene.comment(case, false).await})
        })).spends(),
        row("attachmentDelete", "of one's own", ones, input!(scene, case => {
            json!({"attachmentId": scene.attachment(case, true).await})
        })),
        row("attachmentDelete", "of another's", Needs::AnothersThing, input!(scene, case => {
            json!({"attachmentId": scene.attachment(case, false).await})
        })).spends(),
        // Not on a ticket yet.
        row("attachmentUpload", "", Needs::Any(&["ticket.create", "comment.add", "comment.add_internal"]), input!(scene, case => {
            json!({"fileName": "invoice.pdf", "contentType": "application/pdf", "size": PDF.len()})
        })),
        // What a job does to each ticket is asked for again with each.
        row("ticketBulk", "", Needs::Any(&["ticket.bulk"]), input!(scene, case => {
            let ticket = scene.made("ticketCreate", scene.wanted_for_bob(), "ticket").await;
            let action = json!({"tag": ["seen"]});
            json!({"selection": {"ids": [ticket]}, "action": action, "dryRun": case.allowed})
        })),
        row("ticketCreate", "for oneself", Needs::Any(&["ticket.create"]), input!(scene, case => scene.wanted_of(case.actor))),
    ]);
    rows
}

pub(super) use input;
