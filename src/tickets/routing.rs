//! Finding somebody for a ticket by the rule of the profile, and keeping why: "why Ben".
//!
//! Everybody who looks for somebody locks one counter first, until their commit: two at once never fill the last place of an agent twice,
//! and turns are taken in order. What people assign by hand is theirs to decide, and may be more than somebody's capacity.

use std::collections::{HashMap, HashSet};

use async_graphql::Enum;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, OnConflict, Query, SelectStatement};
use sea_orm::{
    Condition, ConnectionTrait, IntoActiveModel, IntoSimpleExpr, QueryOrder, QuerySelect, QueryTrait, Statement,
};
use serde::{Deserialize, Serialize};

use super::ticket;
use crate::access::Role;
use crate::clock::Timestamp;
use crate::db::apart;
use crate::desk::Tx;
use crate::error::{Error, Result};
use crate::ids::{PersonId, TeamId, TicketId};
use crate::people::agent::{self, skill};
use crate::people::person;
use crate::people::team::member;
use crate::profile::{RoutingRule, Stage};

/// The counter that is locked, and gives turns their numbers.
const TURNS: &str = "routing";

/// How many candidates are kept with a routing.
const KEPT: usize = 50;

/// Why somebody got a ticket, or nobody did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[graphql(name = "TicketRoutingReason")]
pub enum Reason {
    /// They had waited longest for a ticket.
    #[sea_orm(string_value = "WAITED_LONGEST")]
    WaitedLongest,
    /// They had the fewest open tickets.
    #[sea_orm(string_value = "LEAST_LOADED")]
    LeastLoaded,
    /// Of those with the skill that the ticket needs, they had the fewest open tickets.
    #[sea_orm(string_value = "SKILLED")]
    Skilled,
    /// Nobody with the skill that the ticket needs had time; of the others, they had the fewest open tickets.
    #[sea_orm(string_value = "NOBODY_SKILLED")]
    NobodySkilled,
    /// Nobody was available, or all had as many tickets as they take.
    #[sea_orm(string_value = "NOBODY_FREE")]
    NobodyFree,
}

/// The routing of a ticket: the last one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket_routings")]
#[allow(missing_docs, reason = "the columns are documented where the API shows them")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_id: TicketId,
    pub agent_id: Option<PersonId>,
    /// As profiles name it.
    pub rule: String,
    pub reason: Reason,
    /// The skill that the ticket needed.
    pub skill: Option<String>,
    /// [`Candidate`]s as JSON, best first.
    pub candidates: String,
    pub routed_at: Timestamp,
}

/// No relations: it is loaded by its ticket.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Somebody who could have got the ticket, as they stood then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// Whether they took tickets.
    pub available: bool,
    /// How many open tickets they had.
    pub load: i64,
    /// How many they take at most.
    pub capacity: i64,
    /// Whether they have the skill that the ticket needs; true if it needs none.
    pub skilled: bool,
    /// The number of the last routing that chose them.
    pub turn: i64,
}

impl Candidate {
    fn is_free(&self) -> bool {
        self.available && self.load < self.capacity
    }
}

/// Whom to look for.
#[derive(Clone, Debug)]
pub(super) struct Wish<'a> {
    /// By which rule.
    pub rule: RoutingRule,
    /// Somebody of this role.
    pub role: Role,
    /// Somebody of this team.
    pub team: Option<TeamId>,
    /// With this skill.
    pub skill: Option<&'a str>,
    /// Whether nobody else will do.
    pub only_skilled: bool,
}

/// Whom the rule found, and among whom.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Who, if anybody.
    pub agent: Option<PersonId>,
    /// Why.
    pub reason: Reason,
    /// Among whom, best first.
    pub candidates: Vec<Candidate>,
}

/// Looks for somebody. From here to the commit nobody else does.
pub(super) async fn find(tx: &Tx, wish: &Wish<'_>) -> Result<Found> {
    let turn = take_turn(tx).await?;
    let mut candidates = candidates(tx, wish).await?;
    let skilled_first = wish.skill.is_some() && (wish.rule == RoutingRule::Skills || wish.only_skilled);
    candidates.sort_by_key(|candidate| {
        let by_rule = match wish.rule {
            RoutingRule::RoundRobin => (candidate.turn, candidate.load),
            _ => (candidate.load, candidate.turn),
        };
        (!candidate.is_free(), skilled_first && !candidate.skilled, by_rule, candidate.person)
    });
    let best = candidates.first().filter(|best| best.is_free() && (best.skilled || !wish.only_skilled)).cloned();
    let reason = match &best {
        None => Reason::NobodyFree,
        Some(best) if skilled_first => {
            if best.skilled {
                Reason::Skilled
            } else {
                Reason::NobodySkilled
            }
        }
        Some(_) if wish.rule == RoutingRule::RoundRobin => Reason::WaitedLongest,
        Some(_) => Reason::LeastLoaded,
    };
    if let Some(best) = &best {
        let settings = agent::of(tx.conn(), best.person).await?;
        agent::took_turn(tx, agent::Model { turn, ..settings }).await?;
    }
    Ok(Found { agent: best.map(|best| best.person), reason, candidates })
}

/// Keeps why a ticket went to whom.
pub(super) async fn keep(tx: &Tx, ticket: TicketId, wish: &Wish<'_>, mut found: Found) -> Result<()> {
    found.candidates.truncate(KEPT);
    let rule = serde_json::to_value(wish.rule)?;
    let row = Model {
        ticket_id: ticket,
        agent_id: found.agent,
        rule: rule.as_str().unwrap_or_default().to_owned(),
        reason: found.reason,
        skill: wish.skill.map(str::to_owned),
        candidates: serde_json::to_string(&found.candidates)?,
        routed_at: tx.now,
    };
    let anew = OnConflict::column(Column::TicketId)
        .update_columns([
            Column::AgentId,
            Column::Rule,
            Column::Reason,
            Column::Skill,
            Column::Candidates,
            Column::RoutedAt,
        ])
        .to_owned();
    Entity::insert(row.into_active_model()).on_conflict(anew).exec_without_returning(tx.conn()).await?;
    Ok(())
}

async fn take_turn(tx: &Tx) -> Result<i64> {
    let sql = "INSERT INTO counters (name, value) VALUES ($1, 1) \
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
    let statement = Statement::from_sql_and_values(tx.conn().get_database_backend(), sql, [TURNS.into()]);
    let row = tx.conn().query_one_raw(statement).await?;
    let row = row.ok_or_else(|| Error::internal(anyhow::anyhow!("the counter of turns gave nothing")))?;
    Ok(row.try_get("", "value")?)
}

async fn candidates(tx: &Tx, wish: &Wish<'_>) -> Result<Vec<Candidate>> {
    let mut people = person::Entity::find()
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::Role.eq(wish.role))
        .filter(person::Column::DeactivatedAt.is_null())
        .order_by_asc(person::Column::Id);
    if let Some(team) = wish.team {
        let members = Query::select()
            .column(member::Column::PersonId)
            .from(member::Entity)
            .and_where(member::Column::TeamId.eq(team))
            .to_owned();
        people = people.filter(person::Column::Id.in_subquery(members));
    }
    let people: Vec<PersonId> = people.into_tuple().all(tx.conn()).await?;
    let settings = agent::Entity::find().all(tx.conn()).await?;
    let mut settings: HashMap<PersonId, agent::Model> = settings.into_iter().map(|row| (row.person_id, row)).collect();
    let loads = loads(tx.conn(), None).await?;
    let skilled: Option<HashSet<PersonId>> = match wish.skill {
        None => None,
        Some(key) => {
            let skilled = skill::Entity::find().filter(skill::Column::Skill.eq(key)).all(tx.conn()).await?;
            Some(skilled.into_iter().map(|row| row.person_id).collect())
        }
    };
    let usual = tx.profile().routing.capacity;
    let candidate = |person| {
        let settings = settings.remove(&person).unwrap_or_else(|| agent::Model::of_nobody_special(person));
        Candidate {
            person,
            available: settings.available,
            load: loads.get(&person).copied().unwrap_or_default(),
            capacity: settings.capacity(usual),
            skilled: skilled.as_ref().is_none_or(|skilled| skilled.contains(&person)),
            turn: settings.turn,
        }
    };
    Ok(people.into_iter().map(candidate).collect())
}

/// How many open tickets these people have; absent: everybody.
pub async fn loads(conn: &impl ConnectionTrait, people: Option<&[PersonId]>) -> Result<HashMap<PersonId, i64>, DbErr> {
    let rows = conn.query_all(&counting_loads(people)).await?;
    rows.into_iter().map(|row| Ok((row.try_get("", "person")?, row.try_get("", "tickets")?))).collect()
}

/// What counts them: it reads an index of open tickets, however many were closed.
pub fn counting_loads(people: Option<&[PersonId]>) -> SelectStatement {
    use ticket::Column as T;
    let theirs = people.map(|people| T::AssigneeId.is_in(people.iter().copied()));
    let mut select = ticket::Entity::find()
        .select_only()
        .expr_as(apart(T::AssigneeId.into_simple_expr()), "person")
        .column_as(T::Id.count(), "tickets")
        .filter(T::AssigneeId.is_not_null())
        .filter(T::DeletedAt.is_null())
        .filter(T::Stage.lt(Stage::Resolved as i32))
        .filter(Condition::all().add_option(theirs))
        .into_query();
    select.add_group_by([Expr::col("person")]);
    select
}

/// The routings of these tickets.
pub async fn of(conn: &impl ConnectionTrait, tickets: &[TicketId]) -> Result<HashMap<TicketId, Model>, DbErr> {
    let rows = Entity::find().filter(Column::TicketId.is_in(tickets.iter().copied())).all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.ticket_id, row)).collect())
}
