//! The profile's table of permissions, resolved: who has which, and how far it reaches.

use std::fmt;

use super::{Actor, ActorKind, Permission, Role};
use crate::error::Result;
use crate::profile::{Grant, Profile, ProfileError, RolePermissions};

/// Every grant.
const GRANTS: [Grant; 6] =
    [Grant::Own, Grant::Participant, Grant::Organization, Grant::Assigned, Grant::Team, Grant::All];

/// How far a permission reaches: a set of [`Grant`]s.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Grants(u8);

impl Grants {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(1 << Grant::All as u8);

    /// This set and one more.
    pub const fn with(self, grant: Grant) -> Self {
        Self(self.0 | 1 << grant as u8)
    }

    /// Whether the set has `grant`.
    pub const fn has(self, grant: Grant) -> bool {
        self.0 & (1 << grant as u8) != 0
    }

    /// Whether it reaches nothing at all.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The members.
    pub fn iter(self) -> impl Iterator<Item = Grant> {
        GRANTS.into_iter().filter(move |grant| self.has(*grant))
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        grants.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Grants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// How far a permission reaches for a role whose profile does not list it: nowhere, but for those that came after the first profiles
/// were written, which would otherwise be of no use there.
fn unlisted(role: &str, permission: Permission) -> Grants {
    match (permission, role) {
        (
            Permission::ReferenceView | Permission::TicketMerge | Permission::TicketLink | Permission::NotificationSend,
            "agent" | "administrator",
        )
        | (
            Permission::ReferenceWrite | Permission::TicketRestore | Permission::TicketBulk | Permission::AuditView,
            "administrator",
        ) => Grants::ALL,
        (Permission::TicketBulk, "agent") => Grants::NONE.with(Grant::Own),
        _ => Grants::NONE,
    }
}

/// Who may do what on this desk.
#[derive(Debug)]
pub struct Policy {
    /// By role, then by permission.
    table: [Vec<Grants>; 3],
}

impl Policy {
    /// Resolves the profile's table.
    ///
    /// # Errors
    /// A permission that the engine does not know, with the list of those it knows.
    pub fn resolve(profile: &Profile) -> Result<Self, ProfileError> {
        let parse = |path: &[&str], name: &str| {
            Permission::parse(name).ok_or_else(|| {
                let known: Vec<_> = Permission::ALL.iter().map(|permission| permission.name()).collect();
                profile.fault(path, format!("there is no such permission; allowed: {}", known.join(", ")))
            })
        };
        for name in profile.aliases.permissions.keys() {
            parse(&["aliases", "permissions", name], name)?;
        }
        let resolve = |key: &str, role: &RolePermissions| {
            let mut row: Vec<Grants> = Permission::ALL.iter().map(|permission| unlisted(key, *permission)).collect();
            for (name, grants) in &role.permissions {
                let permission = parse(&["roles", key, "permissions", name], name)?;
                row[permission as usize] = grants.iter().copied().collect();
            }
            Ok::<_, ProfileError>(row)
        };
        let roles = &profile.roles;
        // In the order of `Role`.
        let table = [
            resolve("customer", &roles.customer)?,
            resolve("agent", &roles.agent)?,
            resolve("administrator", &roles.administrator)?,
        ];
        Ok(Self { table })
    }

    /// How far `permission` reaches for the actor.
    pub fn grants(&self, actor: &Actor, permission: Permission) -> Grants {
        if actor.kind == ActorKind::System {
            return Grants::ALL;
        }
        if actor.scopes.as_ref().is_some_and(|scopes| !scopes.contains(&permission)) {
            return Grants::NONE;
        }
        match actor.role {
            // The role bounds what keys may be made for; what one may is in its scopes.
            Some(Role::Service) => self.table[Role::Administrator as usize][permission as usize],
            Some(role) => self.table[role as usize][permission as usize],
            None => Grants::NONE,
        }
    }

    /// Demands that `permission` reaches anything at all, before work is begun for the actor.
    ///
    /// # Errors
    /// `FORBIDDEN`, or `UNAUTHENTICATED` for a stranger.
    pub fn demand(&self, actor: &Actor, permission: Permission) -> Result<()> {
        match self.grants(actor, permission).is_none() {
            false => Ok(()),
            true => Err(permission.missing(actor)),
        }
    }

    /// What the actor may do at all, somewhere.
    pub fn permissions(&self, actor: &Actor) -> Vec<Permission> {
        Permission::ALL.iter().copied().filter(|permission| !self.grants(actor, *permission).is_none()).collect()
    }
}
