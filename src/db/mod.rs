//! The database: connecting, the two pools, transactions, and what its errors mean.
//!
//! SQLite has one writer connection, first come first served, and a pool for reads; PostgreSQL has one pool for both. Nothing
//! here knows a table. Paging is in [`page`]; counting statements for budgets is in [`statements`].

mod checkpoint;
mod connect;
mod migrate;
pub mod page;
pub mod statements;

use sea_orm::sea_query::{Expr, Func, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, IsolationLevel,
    Iterable, ModelTrait, RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

pub use checkpoint::keep_folding;
pub use connect::{PoolSettings, connect};
pub use migrate::{MigrateError, migrate};

/// Which database it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One file, embedded.
    Sqlite,
    /// A server, shared by several nodes.
    Postgres,
}

/// The pools of one desk. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    /// Which database it is.
    pub kind: Kind,
    /// For queries: never changes a row.
    pub read: DatabaseConnection,
    write: DatabaseConnection,
    /// SQLite's, for folding its log of changes.
    folder: Option<DatabaseConnection>,
}

impl Db {
    /// Begins a writing transaction. Never put this inside `select!` or `timeout`: a future dropped inside PostgreSQL's `begin`
    /// leaves the pooled connection inside a transaction.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = match self.kind {
            // A deferred BEGIN would ignore the busy timeout when it turns into a write.
            Kind::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            Kind::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::ReadCommitted),
                ..TransactionOptions::default()
            },
        };
        self.write.begin_with_options(options).await
    }

    /// Closes the pools; on SQLite the log of changes is folded into the file.
    pub async fn close(&self) {
        // An error here changes nothing: what was committed is durable.
        let _ = self.read.clone().close().await;
        if let Some(folder) = &self.folder {
            let _ = folder.clone().close().await;
        }
        let _ = self.write.clone().close().await;
    }

    /// The connection for statements that stand alone and are no domain change: counters, sessions' marks, migrations.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.write
    }
}

fn sql_state(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return None;
    };
    error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned())
}

/// What an UPDATE has to write to make `before` into `after`. Writing every column would cost every index of the table: SQLite renews the
/// entries of those whose columns are named, changed or not.
pub fn changes<M, A>(before: &M, after: &M) -> A
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity>,
{
    let mut row = before.clone().into_active_model();
    for column in <M::Entity as EntityTrait>::Column::iter() {
        row.set_if_not_equals(column, after.get(column));
    }
    row
}

/// An expression to tell rows apart by. A bare column would lead SQLite to read every row of a table in the order of that column's index,
/// instead of the few that the condition finds.
pub fn apart(by: SimpleExpr) -> SimpleExpr {
    Func::coalesce([by, Expr::cust("NULL")]).into()
}

/// A deadlock (40P01), a serialization failure (40001), a lock not had in time (55P03), or SQLite's busy and locked codes.
pub fn is_transient(error: &DbErr) -> bool {
    matches!(sql_state(error).as_deref(), Some("40P01" | "40001" | "55P03" | "5" | "6" | "261" | "517"))
}

/// A text that PostgreSQL cannot hold: it has a null byte. SQLite takes it and finds nothing.
pub fn is_unstorable(error: &DbErr) -> bool {
    sql_state(error).as_deref() == Some("22021")
}

/// The database cannot be reached or does not take part: a pool that timed out, a connection that broke, a statement that the
/// server cancelled for taking too long.
pub fn is_unavailable(error: &DbErr) -> bool {
    match error {
        DbErr::ConnectionAcquire(_) => true,
        DbErr::Conn(_) => true,
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            use sea_orm::sqlx::Error as Sqlx;
            matches!(&**error, Sqlx::Io(_) | Sqlx::PoolTimedOut | Sqlx::PoolClosed | Sqlx::WorkerCrashed)
                || matches!(sql_state_of(error).as_deref(), Some("57014" | "57P01" | "57P02" | "57P03" | "25P03"))
        }
        _ => false,
    }
}

fn sql_state_of(error: &sea_orm::sqlx::Error) -> Option<String> {
    error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned())
}

#[cfg(test)]
mod tests {
    use sea_orm::ActiveValue::{Set, Unchanged};

    use super::*;

    mod thing {
        use sea_orm::entity::prelude::*;

        #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
        #[sea_orm(table_name = "things")]
        pub struct Model {
            #[sea_orm(primary_key, auto_increment = false)]
            pub id: i64,
            pub name: String,
            pub gone_at: Option<i64>,
            pub version: i32,
        }

        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}
    }

    #[test]
    fn an_update_names_what_changed_and_nothing_else() {
        let before = thing::Model { id: 7, name: "One".to_owned(), gone_at: Some(5), version: 1 };
        let after = thing::Model { gone_at: None, version: 2, ..before.clone() };
        let row: thing::ActiveModel = changes(&before, &after);
        assert_eq!((row.id, row.name), (Unchanged(7), Unchanged("One".to_owned())));
        assert_eq!((row.gone_at, row.version), (Set(None), Set(2)));
    }
}
