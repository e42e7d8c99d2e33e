//! A little world with everything that reports count, made through the API; and its rows, read from the database.

use std::collections::BTreeMap;

use deskgraph::access::Role;
use deskgraph::comments::comment::{self, SenderKind};
use deskgraph::event_log::Audience;
use deskgraph::ids::{RevisionId, TicketId};
use deskgraph::people::person;
use deskgraph::sla::clock;
use deskgraph::tickets::events::{Assigned, Escalated};
use deskgraph::tickets::{rating, revision, ticket};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, Statement};
use serde_json::{Value, json};

use crate::harness::{Desk, Person, eventually};

/// The zone whose clocks move in the middle of it.
pub const ZONE: &str = "Europe/Berlin";

/// The people of the world.
pub struct World {
    pub ada: Person,
    pub ben: Person,
    pub from: i64,
    pub to: i64,
}

/// An escalation, as the log tells it.
pub struct Escalation {
    pub at: i64,
    pub level: String,
    pub cause: &'static str,
    pub reason: Option<String>,
    pub agent: Option<String>,
    pub team: Option<String>,
}

/// A ticket with everything that belongs to it.
pub struct Raw {
    pub id: String,
    pub row: ticket::Model,
    pub tags: Vec<String>,
    pub comments: Vec<comment::Model>,
    pub clocks: Vec<clock::Model>,
    /// Oldest first.
    pub ratings: Vec<rating::Model>,
    /// Oldest first.
    pub escalations: Vec<Escalation>,
}

impl Raw {
    pub fn assignee(&self) -> Option<String> {
        self.row.assignee_id.map(|id| id.to_string())
    }
    pub fn team(&self) -> Option<String> {
        self.row.team_id.map(|id| id.to_string())
    }
    pub fn staff_replies(&self) -> usize {
        let counts = |comment: &&comment::Model| {
            comment.sender_kind == SenderKind::Staff
                && comment.audience == Audience::Public
                && comment.deleted_at.is_none()
        };
        self.comments.iter().filter(counts).count()
    }
    pub fn rating(&self) -> Option<&rating::Model> {
        self.ratings.last()
    }
}

/// Waits until the clocks have nothing more to say.
async fn quiet(desk: &Desk) {
    let due = || clock::Entity::find().filter(clock::Column::FiresAt.lte(desk.clock.now()));
    eventually("the clocks have said everything", async || due().count(&desk.app().desk.db.read).await.unwrap() == 0)
        .await;
}

async fn pass(desk: &Desk, hours: f64) {
    desk.advance(hours);
    quiet(desk).await;
}

/// Some days around a night in which the clocks of [`ZONE`] move.
pub async fn build(desk: &Desk) -> World {
    let (ada, ben, eve) = (desk.administrator().await, desk.agent("Ben").await, desk.agent("Eve").await);
    let (ann, bob) = (desk.customer("Ann").await, desk.customer("Bob").await);
    let mut teams = Vec::new();
    for name in ["Second line", "Network operations", "Field"] {
        teams.push(ada.do_it("teamCreate", json!({"name": name}), "team { id }").await["team"]["id"].clone());
    }
    let zone = jiff::tz::TimeZone::get(ZONE).unwrap();
    let now = jiff::Timestamp::from_millisecond(desk.clock.now().0).unwrap();
    let moves = zone.following(now).next().unwrap().timestamp();
    desk.advance((moves.as_millisecond() - now.as_millisecond()) as f64 / 3_600_000.0 - 60.0);
    let began = desk.clock.now().0;

    let try_it = async |person: &Person, name: &str, input: Value| {
        // The clock may have been faster: what is refused then is part of the world.
        person.attempt(name, input, "__typename").await["userErrors"] == json!([])
    };
    let mut ids: Vec<Value> = Vec::new();
    for nth in 0..40_usize {
        let asker = if nth % 3 == 0 { &bob } else { &ann };
        let priority = ["low", "medium", "high", "urgent", "critical", "emergency"][nth % 6];
        let channel = ["portal", "phone", "email"][nth % 3];
        let category = ["technical_support", "billing_inquiry", "repair", "complaint"][nth % 4];
        let input = json!({"title": format!("Ticket number {nth}"), "description": "One of the forty of this world.",
            "priority": priority, "category": category, "channel": channel,
            "tags": [format!("tag{}", nth % 5), "all"]});
        let id = asker.do_it("ticketCreate", input, "ticket { id }").await["ticket"]["id"].clone();
        ids.push(id.clone());
        let agent = if nth % 2 == 0 { &ben } else { &eve };
        match nth % 5 {
            0..=2 => {
                assert!(try_it(&ada, "ticketAssign", json!({"ticketId": id, "to": {"agentId": agent.id}})).await)
            }
            3 => {
                assert!(try_it(&ada, "ticketAssign", json!({"ticketId": id, "to": {"teamId": &teams[nth % 3]}})).await)
            }
            _ => {}
        }
        if nth % 7 == 2 {
            let reason = ["Beyond me.", "They are angry."][nth % 2];
            try_it(agent, "ticketEscalate", json!({"ticketId": id, "reason": reason})).await;
        }
        if nth % 9 == 4 {
            try_it(asker, "ticketEscalate", json!({"ticketId": id})).await;
        }
        pass(desk, 0.2 + (nth % 4) as f64 * 0.3).await;
        for said in 0..nth % 4 {
            let input = json!({"ticketId": id, "body": "We look into it.", "internal": said == 2});
            let made = agent.do_it("commentAdd", input, "comment { id }").await;
            if nth % 8 == 3 && said == 0 {
                ada.do_it("commentDelete", json!({"commentId": made["comment"]["id"]}), "comment { id }").await;
            }
        }
        if nth % 6 == 1 {
            asker.do_it("commentAdd", json!({"ticketId": id, "body": "And now?"}), "comment { id }").await;
            try_it(agent, "ticketStatusChange", json!({"ticketId": id, "status": "in_progress"})).await;
            try_it(agent, "ticketStatusChange", json!({"ticketId": id, "status": "pending_customer"})).await;
        }
        pass(desk, 1.0 + (nth % 3) as f64).await;
        // What was opened a while ago comes to its end, or to an end for now.
        if nth >= 5 && nth % 4 != 1 {
            let (old, owner) = (&ids[nth - 5], if (nth - 5) % 3 == 0 { &bob } else { &ann });
            // Whatever the clocks did, an agent brings it to its end.
            let agent = if nth % 2 == 0 { &eve } else { &ben };
            try_it(&ada, "ticketAssign", json!({"ticketId": old, "to": {"agentId": agent.id}})).await;
            if nth % 2 == 0 {
                try_it(&ada, "ticketStatusChange", json!({"ticketId": old, "status": "resolved"})).await;
            } else {
                let reason = ["resolved", "no_response"][nth / 2 % 2];
                let input =
                    if nth % 3 == 0 { json!({"ticketId": old}) } else { json!({"ticketId": old, "reason": reason}) };
                try_it(&ada, "ticketClose", input).await;
            }
            if nth % 5 != 0 {
                let mut rating = json!({"ticketId": old, "score": 1 + nth % 5});
                if nth % 3 != 0 {
                    rating["effort"] = json!(1 + nth % 7);
                }
                try_it(owner, "ticketRate", rating).await;
            }
            if nth % 6 == 2 {
                pass(desk, 0.5).await;
                try_it(owner, "ticketReopen", json!({"ticketId": old})).await;
                if nth % 4 == 0 {
                    pass(desk, 0.5).await;
                    try_it(&ada, "ticketStatusChange", json!({"ticketId": old, "status": "resolved"})).await;
                    try_it(owner, "ticketRate", json!({"ticketId": old, "score": 5, "effort": 2})).await;
                }
            }
        }
        if nth % 13 == 12 {
            ada.do_it("ticketDelete", json!({"ticketId": ids[nth - 6]}), "__typename").await;
        }
    }
    for title in ["Nobody has looked at this", "Nor at this"] {
        let input =
            json!({"title": title, "description": "It has just come in.", "category": "repair", "priority": "low"});
        let made = ann.do_it("ticketCreate", input, "ticket { id }").await;
        if title == "Nor at this" {
            let to = json!({"agentId": ben.id});
            ada.do_it("ticketAssign", json!({"ticketId": made["ticket"]["id"], "to": to}), "ticket { id }").await;
        }
    }
    let (from, to) = (began + 7 * 3_600_000 + 12_345, desk.clock.now().0 - 5 * 3_600_000);
    World { ada, ben, from, to }
}

/// All tickets that are not deleted, whole, as they stand in the database.
pub async fn raw(desk: &Desk) -> Vec<Raw> {
    let db = &desk.app().desk.db.read;
    let mut all: BTreeMap<TicketId, Raw> = BTreeMap::new();
    for row in ticket::Entity::find().all(db).await.unwrap() {
        let raw = Raw {
            id: row.id.to_string(),
            tags: Vec::new(),
            comments: Vec::new(),
            clocks: Vec::new(),
            ratings: Vec::new(),
            escalations: Vec::new(),
            row,
        };
        all.insert(raw.row.id, raw);
    }
    for tag in ticket::tag::Entity::find().all(db).await.unwrap() {
        all.get_mut(&tag.ticket_id).unwrap().tags.push(tag.tag);
    }
    for comment in comment::Entity::find().all(db).await.unwrap() {
        all.get_mut(&comment.ticket_id).unwrap().comments.push(comment);
    }
    for clock in clock::Entity::find().all(db).await.unwrap() {
        all.get_mut(&clock.ticket_id).unwrap().clocks.push(clock);
    }
    for rating in rating::Entity::find().order_by_asc(rating::Column::Id).all(db).await.unwrap() {
        all.get_mut(&rating.ticket_id).unwrap().ratings.push(rating);
    }
    let mut texts: BTreeMap<RevisionId, Option<String>> = BTreeMap::new();
    for text in revision::Entity::find().all(db).await.unwrap() {
        texts.insert(text.id, text.after);
    }
    // Who has a ticket after an escalation: whoever it was given to in the same breath, else whoever had it.
    let mut holders: BTreeMap<TicketId, (Option<String>, Option<String>)> = BTreeMap::new();
    let sql = "SELECT kind, ticket_id, occurred_at, data FROM events \
        WHERE kind IN ('ticket.assigned', 'ticket.escalated') ORDER BY seq";
    for event in db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap() {
        let id: TicketId = event.try_get("", "ticket_id").unwrap();
        let (raw, holder) = (all.get_mut(&id).unwrap(), holders.entry(id).or_default());
        let (kind, data): (String, String) = (event.try_get("", "kind").unwrap(), event.try_get("", "data").unwrap());
        let at: i64 = event.try_get("", "occurred_at").unwrap();
        match kind.as_str() {
            "ticket.assigned" => {
                let given: Assigned = serde_json::from_str(&data).unwrap();
                *holder = (given.assignee.map(|id| id.to_string()), given.team.map(|id| id.to_string()));
                let last = raw.escalations.last_mut().filter(|last| last.at == at);
                if let Some(last) = last {
                    (last.agent, last.team) = holder.clone();
                }
            }
            _ => {
                let up: Escalated = serde_json::from_str(&data).unwrap();
                let cause = if up.automatic {
                    "CLOCK"
                } else if up.by_staff {
                    "STAFF"
                } else {
                    "CUSTOMER"
                };
                let reason = up.reason.and_then(|id| texts[&id].clone());
                let (agent, team) = holder.clone();
                raw.escalations.push(Escalation { at, level: up.level, cause, reason, agent, team });
            }
        }
    }
    all.into_values().filter(|raw| raw.row.deleted_at.is_none()).collect()
}

/// Everybody to whom tickets can be given.
pub async fn staff(desk: &Desk) -> Vec<String> {
    let staff = person::Column::Role.is_in([Role::Agent, Role::Administrator]);
    let people = person::Entity::find().filter(staff).all(&desk.app().desk.db.read).await.unwrap();
    people.into_iter().map(|person| person.id.to_string()).collect()
}
