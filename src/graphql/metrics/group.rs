//! The part of the tickets that a row of a report is about.

use async_graphql::SimpleObject;

use crate::error::Result;
use crate::graphql::context::Request;
use crate::graphql::people::{Person, Team};
use crate::metrics::{Dimension, Part};
use crate::profile::Named;

/// What a row of a report is about: the tickets of one priority, category, channel, level of support, team or agent.
#[derive(SimpleObject)]
pub struct MetricGroup {
    /// The key of the priority, category, channel or level; the id of the team or agent. Null: tickets without any.
    key: Option<String>,
    /// What to show. Null: tickets without any.
    name: Option<String>,
    /// The agent, where the rows are agents.
    agent: Option<Person>,
    /// The team, where the rows are teams.
    team: Option<Team>,
}

impl MetricGroup {
    /// Something with a key and a name.
    pub fn named(key: String, name: String) -> Self {
        Self { key: Some(key), name: Some(name), agent: None, team: None }
    }
}

/// Loads what a report has rows for, all at once, and dresses each row with it.
pub async fn dressed<V, R>(
    request: &Request,
    by: Option<Dimension>,
    rows: Vec<(Part, V)>,
    dress: impl Fn(MetricGroup, &Part, V) -> Result<R>,
) -> Result<Vec<R>> {
    let (loaders, profile) = (request.loaders(), request.profile());
    let agents = rows.iter().filter_map(|(part, _)| if let Part::Agent(id) = part { Some(*id) } else { None });
    loaders.people.load_ahead(agents).await?;
    let teams = rows.iter().filter_map(|(part, _)| if let Part::Team(id) = part { Some(*id) } else { None });
    loaders.teams.load_ahead(teams).await?;
    let mut dressed = Vec::with_capacity(rows.len());
    for (part, value) in rows {
        let group = match &part {
            Part::Without => MetricGroup { key: None, name: None, agent: None, team: None },
            Part::Agent(id) => {
                let agent = loaders.people.load(*id).await?.map(Person);
                let name = agent.as_ref().map_or_else(String::new, |agent| agent.0.name.clone());
                MetricGroup { agent, ..MetricGroup::named(id.to_string(), name) }
            }
            Part::Team(id) => {
                let team = loaders.teams.load(*id).await?.map(Team);
                let name = team.as_ref().map_or_else(String::new, |team| team.0.name.clone());
                MetricGroup { team, ..MetricGroup::named(id.to_string(), name) }
            }
            Part::Key(key) => {
                let of = |named: &[Named]| named.iter().find(|named| named.key == *key).map(|named| named.name.clone());
                let name = match by {
                    Some(Dimension::Priority) => profile.priority(key).map(|priority| priority.name.clone()),
                    Some(Dimension::Channel) => of(&profile.channels),
                    _ => of(&profile.categories),
                };
                MetricGroup::named(key.clone(), name.unwrap_or_else(|| key.clone()))
            }
        };
        dressed.push(dress(group, &part, value)?);
    }
    Ok(dressed)
}
