//! What the handlers written by hand answer: the shapes of the desk's own answers.

use deskgraph::profile::Profile;
use serde::Serialize;

/// An answer in the shape of GraphQL's.
#[derive(Serialize)]
pub struct Data<T> {
    pub data: T,
}

#[derive(Serialize)]
pub struct Named<'a> {
    pub key: &'a str,
    pub name: &'a str,
}

#[derive(Serialize)]
pub struct Status<'a> {
    pub key: &'a str,
    pub name: &'a str,
    pub stage: String,
}

/// The name of a stage in the schema.
pub fn status<'a>(profile: &'a Profile, key: &str) -> Status<'a> {
    let status = profile.status(key).expect("a status of the profile");
    Status { key: &status.key, name: &status.name, stage: format!("{:?}", status.stage).to_uppercase() }
}

#[derive(Serialize)]
pub struct Somebody {
    pub id: String,
    pub name: String,
}

#[derive(Serialize)]
pub struct Member {
    pub id: String,
    pub name: String,
    pub role: String,
}

#[derive(Serialize)]
pub struct Author {
    pub name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LastComment {
    pub id: String,
    pub body: String,
    pub created_at: String,
    pub author: Option<Author>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockRow {
    pub target: String,
    pub state: &'static str,
    pub deadline: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FullClock {
    pub target: String,
    pub state: &'static str,
    pub deadline: String,
    pub started_at: String,
    pub paused_at: Option<String>,
    pub met_at: Option<String>,
}

#[derive(Serialize)]
pub struct Sla<C> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breached: Option<bool>,
    pub clocks: Vec<C>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row<'a> {
    pub id: String,
    pub number: String,
    pub title: String,
    pub status: Status<'a>,
    pub priority: Named<'a>,
    pub requester: Somebody,
    pub assignee: Option<Somebody>,
    pub last_comment: Option<LastComment>,
    pub sla: Sla<ClockRow>,
    pub due_at: Option<String>,
    pub breached: bool,
    pub updated_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    pub has_next_page: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection<T> {
    pub nodes: Vec<T>,
    pub page_info: PageInfo,
}

#[derive(Serialize)]
pub struct Tickets<'a> {
    pub tickets: Connection<Row<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    pub id: String,
    pub body: String,
    pub format: String,
    pub internal: bool,
    pub created_at: String,
    pub edited_at: Option<String>,
    pub author: Option<Member>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail<'a> {
    pub id: String,
    pub number: String,
    pub title: String,
    pub description: String,
    pub status: Status<'a>,
    pub priority: Priority<'a>,
    pub category: Option<Named<'a>>,
    pub channel: Named<'a>,
    pub preferred_contact_time: Option<String>,
    pub requester: Member,
    pub organization: Option<Somebody>,
    pub created_by: Option<Somebody>,
    pub assignee: Option<Somebody>,
    pub team: Option<Somebody>,
    pub tags: Vec<String>,
    pub comment_count: i32,
    pub comments: Connection<Comment>,
    pub sla: Sla<FullClock>,
    pub due_at: Option<String>,
    pub breached: bool,
    pub first_responded_at: Option<String>,
    pub status_changed_at: String,
    pub resolved_at: Option<String>,
    pub closed_at: Option<String>,
    pub close_reason: Option<Named<'a>>,
    pub reopen_count: i32,
    pub source: Option<String>,
    pub external_id: Option<String>,
    pub created_at: String,
    pub updated_at: String,
    pub version: i32,
}

#[derive(Serialize)]
pub struct Priority<'a> {
    pub key: &'a str,
    pub name: &'a str,
    pub rank: i32,
}

#[derive(Serialize)]
pub struct Ticket<'a> {
    pub ticket: Option<Detail<'a>>,
}
