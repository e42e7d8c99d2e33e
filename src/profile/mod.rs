//! Profiles: what differs between desks, as data in one TOML file.
//!
//! Why: the same engine serves an internet provider, an app and a help desk. What a ticket may become, who may see
//! and do what, and what was promised when, is written down once per desk; the table that enforces it also answers
//! what is allowed and is what clients read, so the three cannot disagree.
//!
//! Everything is checked while reading (`check`): whoever holds a [`Profile`] may follow its keys without asking.
//! Further sections are added as optional fields with a default, so that an existing file stays valid.
//!
//! Deliberately absent: which permission names exist (the room that enforces them knows), the state of tickets, and
//! anything an operator sets (see `config`). A profile is read once at the start and does not change under a desk.

mod alias;
pub mod calendar;
mod check;
mod error;
mod escalation;
mod follow_up;
mod form;
mod number;
mod people;
mod period;
mod reference;
mod sla;
mod workflow;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Deserializer};

pub use alias::{Aliases, ErrorAlias, ErrorFacts, EventAlias, Texts};
pub use calendar::{Calendar, WorkingHours};
pub use error::ProfileError;
pub use escalation::{ClockKind, Escalation, EscalationLevel, EscalationTrigger, Routing, RoutingRule, StaffRole};
pub use follow_up::{
    Attachments, Contact, ContactKind, Delivery, Notification, RatedAfter, Recipient, Reward, Rewards, Satisfaction,
    Scale,
};
pub use form::{Field, FieldKind, Form, TEXT_MAX, TextField};
pub use number::{NumberFormat, Resets};
pub use people::{Grant, RolePermissions, Roles};
pub use period::Period;
pub use reference::{KindsByField, ReferenceField, ReferenceKind, ReferenceOwner, ReferenceRule, References};
pub use sla::{ALWAYS, Sla, SlaTarget};
pub use workflow::{AutomaticMoves, Moment, Priority, Stage, Status, Transition, Who};

/// The profiles inside the binary: name and text.
const BUILT_IN: &[(&str, &str)] = &[
    ("airline", include_str!("builtin/airline.toml")),
    ("isp", include_str!("builtin/isp.toml")),
    ("superapp", include_str!("builtin/superapp.toml")),
    ("astrology", include_str!("builtin/astrology.toml")),
    ("helpdesk", include_str!("builtin/helpdesk.toml")),
];

/// One kind of desk. Lists keep the order of the file, which is the order people see. Keys are ASCII letters, digits and `_`;
/// what people read is the name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Identifies the profile.
    pub key: String,
    /// What people call this desk.
    pub name: String,
    /// Where the desk's days begin and end: ticket numbers, reports.
    #[serde(deserialize_with = "time_zone")]
    pub time_zone: TimeZone,
    /// How tickets are numbered.
    pub number: NumberFormat,
    /// What a ticket can be.
    pub statuses: Vec<Status>,
    /// The status of a new ticket; its stage is [`Stage::New`].
    pub initial_status: String,
    /// Every change of status there is. What is not listed is refused.
    pub transitions: Vec<Transition>,
    /// Changes of status that follow from something else.
    #[serde(default)]
    pub on: AutomaticMoves,
    /// How urgent a ticket can be.
    pub priorities: Vec<Priority>,
    /// The priority of a ticket whose creator named none.
    pub default_priority: String,
    /// What a ticket can be about.
    #[serde(default)]
    pub categories: Vec<Named>,
    /// The category of a ticket whose creator named none; absent: it has none.
    pub default_category: Option<String>,
    /// Whether whoever creates a ticket must name its category.
    #[serde(default)]
    pub category_required: bool,
    /// How a customer reached the desk.
    pub channels: Vec<Named>,
    /// The channel of a ticket whose creator named none.
    pub default_channel: String,
    /// Why a ticket was closed.
    #[serde(default)]
    pub close_reasons: Vec<Named>,
    /// What whoever opens a ticket fills in.
    #[serde(default)]
    pub form: Form,
    /// Fields of the desk's own on every ticket.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// What tickets can be about outside the desk.
    #[serde(default)]
    pub reference_kinds: Vec<ReferenceKind>,
    /// Which of these a new ticket names.
    #[serde(default)]
    pub references: References,
    /// Hours that time can be counted in, by key.
    #[serde(default)]
    pub calendars: BTreeMap<String, WorkingHours>,
    /// What is promised, and when it counts.
    #[serde(default)]
    pub sla: Sla,
    /// To whom tickets go that the first line does not solve.
    #[serde(default)]
    pub escalation: Escalation,
    /// Who gets a ticket that nobody was named for.
    #[serde(default)]
    pub routing: Routing,
    /// What customers get for what they do.
    #[serde(default)]
    pub rewards: Rewards,
    /// How requesters are reached.
    #[serde(default)]
    pub contact: Contact,
    /// How requesters rate what they got; absent: they do not.
    pub satisfaction: Option<Satisfaction>,
    /// Which files people attach.
    #[serde(default)]
    pub attachments: Attachments,
    /// Who is told of what.
    #[serde(default)]
    pub notifications: Vec<Notification>,
    /// Who may see and do what.
    pub roles: Roles,
    /// Sizes of what people write.
    #[serde(default)]
    pub limits: Limits,
    /// Other names for the engine's errors, events and permissions.
    #[serde(default)]
    pub aliases: Aliases,
    /// Texts that replace the engine's own.
    #[serde(default)]
    pub texts: Texts,
    /// When service levels count: `sla.calendar`, found.
    #[serde(skip)]
    calendar: Calendar,
    /// Where it was read from, for what is found wrong with it later.
    #[serde(skip)]
    source: Source,
}

/// What a profile was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Source {
    name: String,
    text: std::sync::Arc<str>,
}

/// A key for machines and a name for people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Stored and sent; never changes.
    pub key: String,
    /// Shown; may change.
    pub name: String,
}

/// Sizes of what people write: characters (Unicode scalar values) of texts, numbers of things.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The shortest title.
    pub title_min: usize,
    /// The longest title.
    pub title_max: usize,
    /// The shortest description.
    pub description_min: usize,
    /// The longest description.
    pub description_max: usize,
    /// The longest comment.
    pub comment_max: usize,
    /// How long its author can change or delete a comment.
    pub comment_edit: Period,
    /// Tags on one ticket.
    pub tags_max: usize,
    /// The longest tag.
    pub tag_length: usize,
    /// Participants of one ticket besides its requester.
    pub participants_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            title_min: 1,
            title_max: 200,
            description_min: 1,
            description_max: 50_000,
            comment_max: 50_000,
            comment_edit: Period::minutes(15),
            tags_max: 20,
            tag_length: 50,
            participants_max: 50,
        }
    }
}

impl Profile {
    /// The names [`Profile::load`] knows without a file.
    pub fn built_in() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// The text of the built-in profile of this name: to begin one's own from.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn text_of(name: &str) -> Result<&'static str, ProfileError> {
        BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).ok_or_else(|| no_such(name))
    }

    /// The built-in profile of this name, or the profile in the file at this path.
    ///
    /// # Errors
    /// No such profile, an unreadable file, and everything [`Profile::parse`] refuses.
    pub fn load(name_or_path: &str) -> Result<Self, ProfileError> {
        if let Some((name, text)) = BUILT_IN.iter().find(|(name, _)| *name == name_or_path) {
            return Self::parse(name, text);
        }
        let is_path = name_or_path.ends_with(".toml") || name_or_path.contains(['/', '\\']);
        if !is_path && !Path::new(name_or_path).exists() {
            return Err(no_such(name_or_path));
        }
        match std::fs::read_to_string(name_or_path) {
            Ok(text) => Self::parse(name_or_path, &text),
            Err(source) => Err(ProfileError::Unreadable { path: name_or_path.to_owned(), source }),
        }
    }

    /// Reads and checks a profile. `name` is what messages call it: a file's path, or a built-in's name.
    ///
    /// # Errors
    /// Text that is not TOML, unknown keys, values out of range, keys that refer to nothing, statuses that no ticket
    /// can reach or leave: each with the line, where there is one, and what is allowed.
    pub fn parse(name: &str, text: &str) -> Result<Self, ProfileError> {
        let mut profile: Self = toml::from_str(text).map_err(|error| ProfileError::from_toml(name, text, &error))?;
        check::check(&profile).map_err(|fault| fault.at(name, text))?;
        for calendar in profile.calendars.values_mut() {
            calendar.time_zone.get_or_insert_with(|| profile.time_zone.clone());
        }
        if let Some(hours) = profile.calendars.get(&profile.sla.calendar) {
            profile.calendar = Calendar::Hours(Box::new(hours.clone()));
        }
        profile.source = Source { name: name.to_owned(), text: text.into() };
        Ok(profile)
    }

    /// What is wrong at a path (keys, and indices into lists) of this profile, with the line: for rooms that know more than the
    /// profile's own checks.
    pub fn fault(&self, path: &[&str], message: String) -> ProfileError {
        error::Fault::new(path, message).at(&self.source.name, &self.source.text)
    }

    /// When service levels count.
    pub fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The status with this key.
    pub fn status(&self, key: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.key == key)
    }

    /// The first status of a stage, in the profile's order: what a move "to CLOSED" means when no status is named.
    pub fn first_of(&self, stage: Stage) -> Option<&Status> {
        self.statuses.iter().find(|status| status.stage == stage)
    }

    /// What a ticket in this status may become.
    pub fn transitions_from<'a>(&'a self, status: &'a str) -> impl Iterator<Item = &'a Transition> {
        self.transitions.iter().filter(move |transition| transition.from == status)
    }

    /// The change between two statuses, if there is one. Whether its time has passed is for
    /// [`Transition::is_open`] to say.
    pub fn transition(&self, from: &str, to: &str) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.from == from && transition.to == to)
    }

    /// Where a ticket in status `from` goes by itself at this moment; `None`: it stays. The move is a transition of
    /// the profile: one whose time has passed does not happen.
    pub fn automatic_move(&self, moment: Moment, from: &str) -> Option<&Transition> {
        self.on.of(moment).get(from).and_then(|to| self.transition(from, to))
    }

    /// The priority with this key.
    pub fn priority(&self, key: &str) -> Option<&Priority> {
        self.priorities.iter().find(|priority| priority.key == key)
    }

    /// The category with this key.
    pub fn category(&self, key: &str) -> Option<&Named> {
        self.categories.iter().find(|category| category.key == key)
    }

    /// The channel with this key.
    pub fn channel(&self, key: &str) -> Option<&Named> {
        self.channels.iter().find(|channel| channel.key == key)
    }

    /// The reason for closing with this key.
    pub fn close_reason(&self, key: &str) -> Option<&Named> {
        self.close_reasons.iter().find(|reason| reason.key == key)
    }

    /// What is promised for a priority; nothing, if the profile promises nothing.
    pub fn sla_target(&self, priority: &str) -> SlaTarget {
        self.sla.targets.get(priority).copied().unwrap_or_default()
    }

    /// The number of the `seq`-th ticket (from 1) of a day; or of the desk, where numbers never begin again.
    pub fn format_number(&self, day: Date, seq: u64) -> String {
        self.number.format(day, seq)
    }

    /// The desk's day at a time (milliseconds since 1970, UTC). Times that no calendar holds count as its last day.
    pub fn day_of(&self, ms: i64) -> Date {
        let edge = if ms < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Zoned::new(Timestamp::from_millisecond(ms).unwrap_or(edge), self.time_zone.clone()).date()
    }
}

fn no_such(name: &str) -> ProfileError {
    let built_in = Profile::built_in().collect::<Vec<_>>().join(", ");
    ProfileError::NoSuchProfile { name: name.to_owned(), built_in }
}

fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TimeZone, D::Error> {
    let name = String::deserialize(deserializer)?;
    TimeZone::get(&name).map_err(|_| {
        serde::de::Error::custom(format!(
            "time_zone cannot be {name:?}; allowed: a name of the IANA database, such as UTC, Europe/Berlin, Asia/Kolkata"
        ))
    })
}
