//! What tickets are about, against the period before of the same length.

use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoSimpleExpr, QueryFilter, QuerySelect, QueryTrait,
};

use super::{Count, Rule, Scope};
use crate::clock::Timestamp;
use crate::db::Kind;
use crate::error::Result;
use crate::tickets::ticket::{self, Column, tag};

/// A category or a tag, and how many tickets had it in this period and in the one before.
pub struct Trend {
    /// The key of the category, or the tag.
    pub key: String,
    /// In the period.
    pub count: Count,
    /// In the period before.
    pub before: Count,
}

impl Scope {
    fn earlier(&self) -> Condition {
        let from = Timestamp(self.from.0.saturating_sub(self.to.since(self.from)));
        Condition::all().add(Column::CreatedAt.gte(from)).add(Column::CreatedAt.lt(self.from))
    }

    fn earlier_rule(&self) -> Rule {
        Rule::new("Tickets opened in the period of the same length right before.", self.earlier())
    }

    /// The categories, those with the most tickets in the period first.
    ///
    /// # Errors
    /// The database's.
    pub async fn category_trends(&self, first: usize) -> Result<Vec<Trend>> {
        let rules = [self.received(), self.earlier_rule()];
        let mut found = self.counts_by::<String, 2>(Column::Category, &rules).await?;
        found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        found.truncate(first);
        let dress = |(key, counts): (String, [i64; 2])| {
            let of = |rule: Rule, value| self.counted(rule.in_category(&key), value);
            Trend {
                count: of(self.received(), counts[0]),
                before: of(self.earlier_rule(), counts[1]),
                key: key.clone(),
            }
        };
        Ok(found.into_iter().map(dress).collect())
    }

    /// The tags, those with the most tickets in the period first.
    ///
    /// # Errors
    /// The database's.
    pub async fn tag_trends(&self, first: u64) -> Result<Vec<Trend>> {
        let one = |rule: &Rule| -> sea_orm::sea_query::SimpleExpr { Expr::case(rule.condition(), 1).finally(0).into() };
        let (now, before) = (self.received(), self.earlier_rule());
        let either = Condition::any().add(now.condition()).add(before.condition());
        let mut select =
            ticket::Entity::find().select_only().filter(self.condition.clone()).filter(either).into_query();
        // Bytes, as both databases can: an order of words differs between them.
        let alphabet = match self.desk.db.kind {
            Kind::Sqlite => "\"ticket_tags\".\"tag\"",
            Kind::Postgres => "\"ticket_tags\".\"tag\" COLLATE \"C\"",
        };
        select
            .inner_join(tag::Entity, tag::Column::TicketId.into_simple_expr().eq(Column::Id.into_simple_expr()))
            .expr_as(tag::Column::Tag.into_simple_expr(), "grouped")
            .expr_as(one(&now).sum(), "now")
            .expr_as(one(&before).sum(), "before")
            .add_group_by([tag::Column::Tag.into_simple_expr()])
            .order_by_expr(Expr::col("now"), Order::Desc)
            .order_by_expr(Expr::col("before"), Order::Desc)
            .order_by_expr(Expr::cust(alphabet), Order::Asc)
            .limit(first);
        let mut found = Vec::new();
        for row in self.db().query_all(&select).await? {
            let key: String = row.try_get("", "grouped")?;
            let with = |rule: Rule, value| {
                let tagged = Query::select()
                    .column(tag::Column::TicketId)
                    .from(tag::Entity)
                    .and_where(tag::Column::Tag.eq(&key))
                    .to_owned();
                self.counted(rule.and("with this tag", Column::Id.in_subquery(tagged)), value)
            };
            let count = with(self.received(), row.try_get("", "now")?);
            let before = with(self.earlier_rule(), row.try_get("", "before")?);
            found.push(Trend { key, count, before });
        }
        Ok(found)
    }
}
