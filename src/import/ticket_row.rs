//! One ticket of a file, checked. The full shape, with every name a field may have:
//!
//! ```json
//! {"id": "4711", "title": "…", "description": "…", "status": "closed", "priority": "high", "category": "billing",
//!  "channel": "email", "tags": ["refund"], "requester": {"id": "u1", "email": "ann@example.com", "name": "Ann"},
//!  "assignee": {"email": "bob@example.com", "name": "Bob"}, "created_at": "2024-01-31T09:30:00Z",
//!  "updated_at": "…", "resolved_at": "…", "closed_at": "…", "close_reason": "duplicate",
//!  "comments": [{"id": "1", "author": {"email": "…", "name": "…", "role": "agent"}, "body": "…", "format": "MARKDOWN",
//!                "internal": false, "created_at": "…"}]}
//! ```
//!
//! Only `id` and `title` are needed. Also taken: `subject`, `body`, `text`, `requester_email` or `customer_email` with
//! `requester_name`, `assignee_email`; status, priority, category and channel by key or by name.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Taken;
use super::fields::{Fields, Keys, long, short};
use super::run::Checked;
use super::shapes;
use crate::clock::Timestamp;
use crate::comments::comment::Format;
use crate::people::contact::Email;
use crate::profile::{Moment, Profile, Stage};
use crate::tickets::input;

/// A person as a row names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// The address, as it was given and as it is compared.
    pub email: Option<(String, String)>,
    /// The id in the other system.
    pub external_id: Option<String>,
    /// What they are called.
    pub name: String,
    /// Whether they work at the desk, if they become known by this row.
    pub staff: bool,
}

/// A comment, checked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CommentRow {
    /// Its id in the other system: unique there together with the ticket's.
    pub external_id: String,
    /// Who wrote it.
    pub author: Option<Who>,
    /// The text.
    pub body: String,
    /// How it is written.
    pub format: Format,
    /// Whether it is a note for staff.
    pub internal: bool,
    /// When, if the file says so.
    pub created_at: Option<Timestamp>,
}

/// A ticket, checked against the profile.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TicketRow {
    /// Where it is in the file.
    pub place: String,
    /// Its id in the other system.
    pub external_id: String,
    /// On one line.
    pub title: String,
    /// What happened.
    pub description: String,
    /// Who asked; somebody of the source whom nobody knows, if the file does not say.
    pub requester: Option<Who>,
    /// Who works on it.
    pub assignee: Option<Who>,
    /// A key of the profile.
    pub status: String,
    /// A key of the profile.
    pub priority: String,
    /// A key of the profile, or empty.
    pub category: String,
    /// A key of the profile.
    pub channel: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// When it was opened, if the file says so.
    pub created_at: Option<Timestamp>,
    /// When it last changed, if the file says so.
    pub updated_at: Option<Timestamp>,
    /// When it was resolved, if the file says so.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed, if the file says so.
    pub closed_at: Option<Timestamp>,
    /// A key of the profile.
    pub close_reason: Option<String>,
    /// In the order of the file.
    pub comments: Vec<CommentRow>,
}

impl TicketRow {
    /// When it was opened: as the file says, else at the earliest time that it tells of, else `now`.
    pub fn opened_at(&self, now: Timestamp) -> Timestamp {
        let comments = self.comments.iter().filter_map(|comment| comment.created_at);
        let told = [self.updated_at, self.resolved_at, self.closed_at].into_iter().flatten().chain(comments).min();
        self.created_at.or(told).unwrap_or(now)
    }
}

impl Checked for TicketRow {
    fn place(&self) -> &str {
        &self.place
    }
    fn external_id(&self) -> &str {
        &self.external_id
    }
    fn weight(&self) -> usize {
        1 + self.comments.len() / 2
    }
}

/// What rows are checked against.
pub struct Checker<'a> {
    profile: &'a Profile,
    now: Timestamp,
    /// Folded addresses and ids of those who work on any ticket of the file: they work at the desk wherever else they appear.
    staff: HashSet<String>,
    statuses: Keys,
    priorities: Keys,
    categories: Keys,
    channels: Keys,
    close_reasons: Keys,
}

impl<'a> Checker<'a> {
    /// A checker for a desk of this profile, as of `now`.
    pub fn new(profile: &'a Profile, now: Timestamp, staff: HashSet<String>) -> Self {
        Self {
            profile,
            now,
            staff,
            statuses: Keys::new(profile.statuses.iter().map(|x| (x.key.as_str(), x.name.as_str()))),
            priorities: Keys::new(profile.priorities.iter().map(|x| (x.key.as_str(), x.name.as_str()))),
            categories: Keys::new(profile.categories.iter().map(|x| (x.key.as_str(), x.name.as_str()))),
            channels: Keys::new(profile.channels.iter().map(|x| (x.key.as_str(), x.name.as_str()))),
            close_reasons: Keys::new(profile.close_reasons.iter().map(|x| (x.key.as_str(), x.name.as_str()))),
        }
    }

    /// Checks one row.
    pub fn check(&self, place: String, mut map: Map<String, Value>) -> Taken<TicketRow> {
        shapes::full(self.profile, &mut map);
        let fields = Fields::new(&map, self.now);
        let limits = &self.profile.limits;
        let external_id = fields.id()?;
        let title = fields.text(&["title", "subject", "summary"])?.ok_or("title is missing")?;
        let title = short("title", &title.split_whitespace().collect::<Vec<_>>().join(" "), limits.title_max)?;
        let description = match fields.text(&["description", "body", "text"])? {
            Some(text) => long("description", &text, limits.description_max)?,
            None => title.clone(),
        };
        let created_at = fields.time(&["created_at", "created", "opened_at"])?;
        let updated_at = fields.time(&["updated_at", "updated"])?;
        let resolved_at = fields.time(&["resolved_at", "solved_at"])?;
        let closed_at = fields.time(&["closed_at", "closed"])?;
        for (name, time) in [("updated_at", updated_at), ("resolved_at", resolved_at), ("closed_at", closed_at)] {
            if let (Some(time), Some(created_at)) = (time, created_at)
                && time < created_at
            {
                return Err(format!("{name} ({time}) lies before created_at ({created_at})"));
            }
        }
        let assignee = self.who(&fields, &["assignee", "assigned_to", "agent"], "assignee")?;
        let status = self.status(&fields, assignee.is_some(), resolved_at, closed_at)?;
        let priority = match fields.text(&["priority"])? {
            Some(text) => self.priorities.key("priority", &text)?,
            None => self.profile.default_priority.clone(),
        };
        let category = match (fields.text(&["category"])?, &self.profile.default_category) {
            (Some(text), _) => self.categories.key("category", &text)?,
            (None, Some(default)) => default.clone(),
            (None, None) if self.profile.category_required => {
                return Err(format!("category is missing: one of {}", self.categories.allowed()));
            }
            (None, None) => String::new(),
        };
        let channel = match fields.text(&["channel", "via"])? {
            Some(text) => self.channels.key("channel", &text)?,
            None => self.profile.default_channel.clone(),
        };
        let close_reason = match fields.text(&["close_reason"])? {
            Some(text) => Some(self.close_reasons.key("close_reason", &text)?),
            None => None,
        };
        let tags = input::tags(self.profile, "tags", &fields.list(&["tags", "labels"])?);
        let tags = tags.map_err(|error| format!("tags: {} {}", error.message(), error.way_out()))?;
        let requester = match self.who(&fields, &["requester", "customer", "reporter"], "requester")? {
            None => self.who(&fields, &[], "customer")?,
            some => some,
        };
        let comments = self.comments(&fields, &external_id, requester.as_ref())?;
        Ok(TicketRow {
            place,
            external_id,
            title,
            description,
            requester,
            assignee,
            status,
            priority,
            category,
            channel,
            tags,
            created_at,
            updated_at,
            resolved_at,
            closed_at,
            close_reason,
            comments,
        })
    }

    fn status(
        &self,
        fields: &Fields<'_>,
        assigned: bool,
        resolved_at: Option<Timestamp>,
        closed_at: Option<Timestamp>,
    ) -> Taken<String> {
        if let Some(text) = fields.text(&["status", "state"])? {
            return self.statuses.key("status", &text);
        }
        let done = match (closed_at, resolved_at) {
            (Some(_), _) => self.profile.first_of(Stage::Closed),
            (None, Some(_)) => self.profile.first_of(Stage::Resolved).or(self.profile.first_of(Stage::Closed)),
            (None, None) => None,
        };
        let initial = &self.profile.initial_status;
        let moved = assigned.then(|| self.profile.automatic_move(Moment::Assign, initial)).flatten();
        Ok(match (done, moved) {
            (Some(done), _) => done.key.clone(),
            (None, Some(moved)) => moved.to.clone(),
            (None, None) => initial.clone(),
        })
    }

    /// The person under one of `names` as an object or an address, or under `{flat}_email`, `{flat}_name`, `{flat}_id`.
    fn who(&self, fields: &Fields<'_>, names: &[&str], flat: &str) -> Taken<Option<Who>> {
        let [email, name, id] = ["email", "name", "id"].map(|part| format!("{flat}_{part}"));
        let (email, name, external_id, role) = match fields.object(names) {
            Some(person) => (
                person.text(&["email"])?,
                person.text(&["name"])?,
                person.text(&["id", "external_id"])?,
                person.text(&["role"])?,
            ),
            None => {
                let given = fields.text(names)?;
                let (address, called) = match given {
                    Some(text) if text.contains('@') => (Some(text), None),
                    other => (None, other),
                };
                let address = match address {
                    None => fields.text(&[&email])?,
                    some => some,
                };
                let called = match called {
                    None => fields.text(&[&name])?,
                    some => some,
                };
                (address, called, fields.text(&[&id])?, None)
            }
        };
        if email.is_none() && name.is_none() && external_id.is_none() {
            return Ok(None);
        }
        let email = match email {
            Some(text) => {
                let email = Email::parse(flat, &text).map_err(|error| {
                    let text: String = text.chars().take(64).collect();
                    format!("{flat} \"{text}\": {}", error.message())
                })?;
                Some((email.value, email.folded))
            }
            None => None,
        };
        let name = match (name, &email, &external_id) {
            (Some(name), _, _) => short(&format!("{flat} name"), name.trim(), 200)?,
            (None, Some((address, _)), _) => address.split('@').next().unwrap_or_default().to_owned(),
            (None, None, id) => id.clone().unwrap_or_default(),
        };
        let external_id = match (external_id, &email) {
            (Some(id), _) => Some(short(&format!("{flat} id"), id.trim(), 200)?),
            // A name alone still is one person within its source.
            (None, None) => Some(format!("name:{}", name.to_lowercase())),
            (None, Some(_)) => None,
        };
        let staff = match role.as_deref().map(str::to_lowercase).as_deref() {
            Some("agent" | "staff") => true,
            Some("customer" | "user" | "end-user") => false,
            Some(_) => return Err(format!("the role of {flat} is not known: agent, customer are")),
            None => flat == "assignee" || names_of(&email, &external_id).any(|name| self.staff.contains(name)),
        };
        Ok(Some(Who { email, external_id, name, staff }))
    }

    fn comments(&self, fields: &Fields<'_>, ticket: &str, requester: Option<&Who>) -> Taken<Vec<CommentRow>> {
        let Some((_, value)) = fields.get(&["comments", "messages"]) else { return Ok(Vec::new()) };
        let list = value.as_array().ok_or("comments is not a list")?;
        let mut seen = HashSet::new();
        let mut comments = Vec::with_capacity(list.len());
        for (nth, value) in (1..).zip(list) {
            let comment = self.comment(value, nth, ticket, requester).map_err(|why| format!("comment {nth}: {why}"))?;
            if !seen.insert(comment.external_id.clone()) {
                return Err(format!("comment {nth}: its id occurs twice"));
            }
            comments.push(comment);
        }
        Ok(comments)
    }

    fn comment(&self, value: &Value, nth: u64, ticket: &str, requester: Option<&Who>) -> Taken<CommentRow> {
        let fields = Fields::new(value.as_object().ok_or("it is not an object")?, self.now);
        let body = fields.text(&["body", "text", "message"])?.ok_or("body is missing")?;
        let internal = match fields.flag(&["internal", "is_internal"])? {
            Some(internal) => internal,
            None => fields.flag(&["public"])?.is_some_and(|public| !public),
        };
        let format = match fields.text(&["format"])?.map(|format| format.to_lowercase()).as_deref() {
            Some("markdown") => Format::Markdown,
            Some("plain") | None => Format::Plain,
            Some(_) => return Err("its format is not known: PLAIN, MARKDOWN are".to_owned()),
        };
        let mut author = self.who(&fields, &["author", "user"], "author")?;
        if let Some(author) = &mut author {
            // Nobody but staff writes notes for staff, save a requester who is staff elsewhere.
            author.staff |= internal && requester.is_none_or(|requester| !requester.is(author));
        }
        let own_id = match fields.text(&["id"])? {
            Some(id) => short("id", id.trim(), 200)?,
            None => nth.to_string(),
        };
        Ok(CommentRow {
            external_id: format!("{ticket}/{own_id}"),
            author,
            body: long("body", &body, self.profile.limits.comment_max)?,
            format,
            internal,
            created_at: fields.time(&["created_at", "created"])?,
        })
    }
}

impl Who {
    fn is(&self, other: &Self) -> bool {
        match (&self.email, &other.email) {
            (Some((_, mine)), Some((_, theirs))) => mine == theirs,
            _ => self.external_id.is_some() && self.external_id == other.external_id,
        }
    }
}

fn names_of<'a>(email: &'a Option<(String, String)>, id: &'a Option<String>) -> impl Iterator<Item = &'a String> {
    email.iter().map(|(_, folded)| folded).chain(id)
}

/// Who works on the ticket of this row: folded address and id, for [`Checker::new`].
pub fn assignee(map: &Map<String, Value>) -> Vec<String> {
    let fields = Fields::new(map, Timestamp::LATEST);
    let mut names = Vec::new();
    let mut add = |text: Taken<Option<String>>| {
        let text = text.ok().flatten();
        names.extend(text.map(|text| Email::parse("", &text).map_or(text.trim().to_owned(), |email| email.folded)));
    };
    match fields.object(&["assignee", "assigned_to", "agent"]) {
        Some(person) => {
            add(person.text(&["email"]));
            add(person.text(&["id", "external_id"]));
        }
        None => {
            add(fields.text(&["assignee", "assigned_to", "agent"]));
            add(fields.text(&["assignee_email"]));
            add(fields.text(&["assignee_id"]));
        }
    }
    names
}
