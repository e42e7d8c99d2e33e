//! People, the organizations and teams they belong to, and the addresses that reach them.
//!
//! A person is not a login: sessions and what passwords mean are the `sessions` room's; here is only the row of a credential,
//! because a person can be made together with one. Somebody who only ever wrote a mail is a person too.

pub mod access;
pub mod agent;
pub mod contact;
pub mod credential;
pub mod events;
pub mod external;
pub mod find;
pub mod input;
pub mod list;
pub mod loaders;
pub mod organization;
pub mod person;
pub mod team;

pub mod agent_availability_set;
pub mod agent_capacity_set;
pub mod agent_skills_set;
pub mod contact_add;
pub mod contact_remove;
pub mod create;
pub mod organization_create;
pub mod organization_update;
pub mod organization_upsert;
pub mod team_create;
pub mod team_member_add;
pub mod team_member_remove;
pub mod team_update;
pub mod update;
pub mod upsert;
