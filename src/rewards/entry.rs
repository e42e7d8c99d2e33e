//! The ledger: a row for each reward that was given, and one for each that could not be given yet.
#![allow(missing_docs, reason = "the columns are documented where the API shows them")]

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, QuerySelect};

use crate::clock::Timestamp;
use crate::ids::{PersonId, TicketId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reward_entries")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub person_id: PersonId,
    pub ticket_id: TicketId,
    /// As profiles name it: `create`, `escalate`, `close`.
    pub action: String,
    /// How often the ticket had been opened again.
    pub closure: i32,
    pub name: String,
    pub points: i32,
    pub credit_minor: i64,
    pub currency: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Rewards that could not be given yet.
pub mod failure {
    use sea_orm::entity::prelude::*;

    use crate::clock::Timestamp;
    use crate::ids::{PersonId, TicketId};

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "reward_failures")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub person_id: PersonId,
        pub ticket_id: TicketId,
        pub action: String,
        pub closure: i32,
        pub name: String,
        pub points: i32,
        pub credit_minor: i64,
        pub currency: Option<String>,
        pub attempts: i32,
        /// When it is tried again, in the time of the world.
        pub next_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What somebody has in all: points, and credit by currency.
pub async fn totals(conn: &impl ConnectionTrait, person: PersonId) -> Result<(i64, Vec<(String, i64)>), DbErr> {
    let rows: Vec<(Option<String>, i64, i64)> = Entity::find()
        .select_only()
        .column(Column::Currency)
        // Sums of big integers are of another type on PostgreSQL.
        .column_as(Expr::cust("CAST(SUM(points) AS BIGINT)"), "points")
        .column_as(Expr::cust("CAST(SUM(credit_minor) AS BIGINT)"), "credit")
        .filter(Column::PersonId.eq(person))
        .group_by(Column::Currency)
        .into_tuple()
        .all(conn)
        .await?;
    let points = rows.iter().map(|(_, points, _)| points).sum();
    let mut credit: Vec<(String, i64)> = rows
        .into_iter()
        .filter_map(|(currency, _, credit)| Some((currency?, credit)))
        .filter(|(_, credit)| *credit != 0)
        .collect();
    credit.sort();
    Ok((points, credit))
}
