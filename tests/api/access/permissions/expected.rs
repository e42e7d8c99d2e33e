//! What the text of a profile says of who may do what, read here a second time: roles, permissions, how far each reaches.

use super::rows::{Behind, Needs};
use super::scene::{Actor, Relation};

/// The profile's table.
pub struct Table(toml::Table);

/// The text of a built-in profile.
pub fn text(profile: &str) -> String {
    let path = format!("{}/src/profile/builtin/{profile}.toml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

impl Table {
    /// The table of a built-in profile.
    pub fn of(profile: &str) -> Self {
        Self(text(profile).parse().unwrap())
    }

    /// How far a permission reaches for somebody: grants as the profile writes them.
    fn grants(&self, actor: &Actor, permission: &str) -> Vec<&str> {
        if actor.scopes.is_some_and(|scopes| !scopes.contains(&permission)) {
            return Vec::new();
        }
        // Another system may what administrators may, as far as its key was made for it.
        let role = if actor.role == "service" { "administrator" } else { actor.role };
        let permissions = self.0["roles"].get(role).and_then(|role| role.get("permissions"));
        match permissions.and_then(|permissions| permissions.get(permission)) {
            Some(grants) => grants.as_array().unwrap().iter().map(|grant| grant.as_str().unwrap()).collect(),
            // Those that came after the first profiles.
            None if permission == "reference.view" && matches!(role, "agent" | "administrator") => vec!["ALL"],
            None if permission == "reference.write" && role == "administrator" => vec!["ALL"],
            None => Vec::new(),
        }
    }

    /// Whether a permission reaches a ticket to which somebody stands so.
    fn reaches(&self, actor: &Actor, permission: &str, relation: Relation) -> bool {
        let grants = self.grants(actor, permission);
        relation != Relation::Deleted
            && (grants.contains(&"ALL") || relation.grant().is_some_and(|grant| grants.contains(&grant)))
    }

    /// Whether somebody has a permission for everything.
    fn everywhere(&self, actor: &Actor, permission: &str) -> bool {
        self.grants(actor, permission).contains(&"ALL")
    }

    /// Whether those who take part in a ticket rate it, too.
    fn participants_rate(&self) -> bool {
        self.0
            .get("satisfaction")
            .and_then(|asked| asked.get("participants"))
            .is_some_and(|too| too.as_bool() == Some(true))
    }

    /// What somebody gets for a mutation on a ticket to which they stand so: `ok`, or the code of the refusal.
    pub fn on_ticket(&self, needs: Needs, actor: &Actor, relation: Relation) -> &'static str {
        if actor.role == "stranger" {
            return "UNAUTHENTICATED";
        }
        if needs == Needs::Restore && relation == Relation::Deleted {
            return if self.reaches(actor, "ticket.restore", Relation::Own) { "ok" } else { "NOT_FOUND" };
        }
        if !self.reaches(actor, "ticket.view", relation) {
            return "NOT_FOUND";
        }
        let reaches = |permission| self.reaches(actor, permission, relation);
        let runs_the_desk = actor.role == "administrator";
        let allowed = match needs {
            Needs::Ticket(permission) => reaches(permission),
            Needs::Restore => reaches("ticket.restore"),
            Needs::Sight => true,
            Needs::Staff(permission) => actor.role != "customer" && reaches(permission),
            Needs::Ones(permission) => runs_the_desk || reaches(permission),
            Needs::AnothersThing => runs_the_desk,
            Needs::Requester => {
                relation == Relation::Own || (relation == Relation::Participant && self.participants_rate())
            }
            Needs::Template(_) if !self.everywhere(actor, "knowledge.view_drafts") => return "NOT_FOUND",
            Needs::Template(permission) => reaches(permission),
            _ => unreachable!("{needs:?} is not about a ticket"),
        };
        if allowed { "ok" } else { "FORBIDDEN" }
    }

    /// What somebody gets for a mutation that is about no ticket.
    pub fn elsewhere(&self, needs: Needs, actor: &Actor) -> &'static str {
        if actor.role == "stranger" {
            return "UNAUTHENTICATED";
        }
        let (permission, behind) = match needs {
            Needs::Desk(permission, behind) | Needs::People(permission, behind) => (permission, behind),
            Needs::SignedIn => return "ok",
            Needs::Any(permissions) => {
                let has = permissions.iter().any(|permission| !self.grants(actor, permission).is_empty());
                return if has { "ok" } else { "FORBIDDEN" };
            }
            _ => unreachable!("{needs:?} is about a ticket, or open to everybody"),
        };
        let hidden = match behind {
            Behind::Nothing => false,
            Behind::Drafts => !self.everywhere(actor, "knowledge.view_drafts"),
            Behind::People => !self.everywhere(actor, "person.view"),
        };
        if hidden {
            return "NOT_FOUND";
        }
        let by_key = actor.role == "service" && matches!(needs, Needs::People(..));
        if self.everywhere(actor, permission) && !by_key { "ok" } else { "FORBIDDEN" }
    }
}
