//! What tickets can be about outside the desk: bookings, services, rides. Which kinds there are, and which a new ticket must name.
//!
//! The things themselves are told to the desk by the systems around it. What a client is told when one is unknown or somebody
//! else's is an alias of `REFERENCE_INVALID` for that kind (see `alias`).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Profile;

/// A kind of thing that tickets can be about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceKind {
    /// Stored and sent.
    pub key: String,
    /// Shown.
    pub name: String,
    /// Who one of them belongs to.
    #[serde(default)]
    pub owner: ReferenceOwner,
    /// Whether one of them has people who share it, such as the riders of a shared ride. Then a customer may bring only those
    /// into a ticket about it.
    #[serde(default)]
    pub participants: bool,
    /// What one of them says of itself, beside its id.
    #[serde(default)]
    pub fields: Vec<ReferenceField>,
}

/// Something that a reference says of itself: text, such as a flight's number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceField {
    /// Stored and sent.
    pub key: String,
    /// Shown.
    pub name: String,
    /// Whether every one of the kind must say it.
    #[serde(default)]
    pub required: bool,
}

/// Who a reference of a kind belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, async_graphql::Enum, serde::Serialize, Deserialize)]
#[graphql(name = "ReferenceOwner")]
#[serde(rename_all = "lowercase")]
pub enum ReferenceOwner {
    /// One person.
    #[default]
    Person,
    /// An organization, and so everybody in it.
    Organization,
    /// Nobody: everybody may refer to it.
    None,
}

/// Which references a new ticket has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct References {
    /// Whether a new ticket must name a reference. It never names more than one.
    pub required: bool,
    /// Whether it must be the requester's own, as the kind's `owner` says.
    pub owned: bool,
    /// Which kinds suit, by what a custom field says. Absent: every kind suits every ticket.
    pub by_field: Option<KindsByField>,
}

/// Which kinds of reference suit, by the choice in a custom field.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KindsByField {
    /// The key of a custom field of kind `choice`.
    pub field: String,
    /// Choice → keys of reference kinds. A choice that is not listed suits every kind.
    pub kinds: BTreeMap<String, Vec<String>>,
}

/// What a ticket with certain custom fields may and must refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferenceRule<'a> {
    /// Whether it must name one.
    pub required: bool,
    /// Whether it must be the requester's own.
    pub owned: bool,
    /// The kinds that suit.
    pub kinds: Vec<&'a ReferenceKind>,
}

impl Profile {
    /// The kind of reference with this key.
    pub fn reference_kind(&self, key: &str) -> Option<&ReferenceKind> {
        self.reference_kinds.iter().find(|kind| kind.key == key)
    }

    /// What a new ticket with these custom fields may and must refer to. `chosen` answers what a field says, by the field's key.
    pub fn reference_rule<'a, 'b>(&'a self, chosen: impl Fn(&str) -> Option<&'b str>) -> ReferenceRule<'a> {
        let listed =
            self.references.by_field.as_ref().and_then(|by| chosen(&by.field).and_then(|choice| by.kinds.get(choice)));
        let suits = |kind: &&ReferenceKind| listed.is_none_or(|keys| keys.contains(&kind.key));
        ReferenceRule {
            required: self.references.required,
            owned: self.references.owned,
            kinds: self.reference_kinds.iter().filter(suits).collect(),
        }
    }
}
