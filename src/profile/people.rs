//! Who may see and do what, as data.
//!
//! Permission names are plain text here: which exist, and which grants make sense for each, is known to the room
//! that enforces them. Absent: further roles. The three are fixed, because the API has views and streams of each.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How far a permission reaches. Several grants add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Grant {
    /// What one has asked for or created oneself; of reports, the numbers about oneself.
    Own,
    /// Tickets one takes part in.
    Participant,
    /// Tickets of one's organization.
    Organization,
    /// Tickets assigned to oneself.
    Assigned,
    /// Tickets assigned to one's teams, or to somebody in them.
    Team,
    /// Everything.
    All,
}

/// The roles of the engine.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    /// People who ask.
    pub customer: RolePermissions,
    /// Staff who answer.
    pub agent: RolePermissions,
    /// Staff who run the desk.
    pub administrator: RolePermissions,
}

/// What one role may.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RolePermissions {
    /// What the desk calls somebody of this role; absent: the engine's own word.
    pub name: Option<String>,
    /// Permission name → how far it reaches. Not listed and an empty list both mean: not at all.
    pub permissions: BTreeMap<String, Vec<Grant>>,
}

impl RolePermissions {
    /// How far this role has a permission; empty: not at all.
    pub fn grants(&self, permission: &str) -> &[Grant] {
        self.permissions.get(permission).map_or(&[], Vec::as_slice)
    }
}

impl Roles {
    /// The roles by the names they have in a profile.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &RolePermissions)> {
        [("customer", &self.customer), ("agent", &self.agent), ("administrator", &self.administrator)].into_iter()
    }
}
