//! Idempotency keys: for 72 hours a replay has no second effect and answers the first outcome.
//!
//! The key's row is the first insert of the transaction, so that a second caller with the same key waits for the first one's
//! commit. Refusals are not kept: they roll back, row and all.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveValue::Set, IntoActiveModel, QuerySelect, TryInsertResult};
use sha2::{Digest, Sha256};

use super::{Notice, Operation, Tx};
use crate::clock::Timestamp;
use crate::error::{Code, Error, Result};

/// How long a key is kept: 72 hours.
const KEPT: std::time::Duration = std::time::Duration::from_secs(72 * 3600);

mod row {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub actor: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub operation: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub input_hash: String,
        pub outcome_id: Option<Uuid>,
        pub notices: String,
        pub created_at: Timestamp,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

/// What an earlier request with the same key left.
pub(super) struct Replay {
    pub outcome: Uuid,
    pub notices: Vec<Notice>,
}

/// A key that this transaction has taken.
pub(super) struct Taken(row::Model);

/// Takes the key, or finds what was done with it before.
pub(super) async fn take<O: Operation>(tx: &Tx, operation: &O, key: &str) -> Result<Result<Taken, Replay>> {
    if key.is_empty() || key.chars().count() > 200 || key.contains('\0') {
        return Err(Error::invalid("idempotencyKey", "An idempotency key has 1 to 200 characters."));
    }
    let model = row::Model {
        actor: tx.actor.key(),
        operation: O::NAME.to_owned(),
        key: key.to_owned(),
        input_hash: hash(operation)?,
        outcome_id: None,
        notices: "[]".to_owned(),
        created_at: tx.real,
    };
    let inserted = row::Entity::insert(model.clone().into_active_model())
        .on_conflict_do_nothing()
        .exec_without_returning(&tx.conn)
        .await?;
    if matches!(inserted, TryInsertResult::Inserted(1..)) {
        return Ok(Ok(Taken(model)));
    }
    let id = (model.actor.clone(), model.operation.clone(), model.key.clone());
    let Some(stored) = row::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(&tx.conn).await? else {
        return Err(Error::internal(anyhow::anyhow!("an idempotency key was neither inserted nor found")));
    };
    if stored.created_at < tx.real.before(KEPT) {
        return Ok(Ok(Taken(model)));
    }
    if stored.input_hash != model.input_hash {
        return Err(Error::new(Code::IdempotencyMismatch).at("idempotencyKey"));
    }
    Ok(Err(Replay { outcome: stored.outcome_id.unwrap_or_default(), notices: serde_json::from_str(&stored.notices)? }))
}

/// Keeps the outcome under the key. The log position is not kept: the head at the time of a replay contains the write as well.
pub(super) async fn keep(tx: &Tx, taken: Taken, outcome: Uuid) -> Result<()> {
    let row = row::ActiveModel {
        outcome_id: Set(Some(outcome)),
        notices: Set(serde_json::to_string(&tx.notices)?),
        // Also set anew because an expired row may have been taken over.
        input_hash: Set(taken.0.input_hash.clone()),
        created_at: Set(taken.0.created_at),
        ..taken.0.into_active_model()
    };
    row.update(&tx.conn).await?;
    Ok(())
}

fn hash(operation: &impl Operation) -> Result<String> {
    let mut input = serde_json::to_value(operation)?;
    if let Some(fields) = input.as_object_mut() {
        fields.remove("idempotency_key");
        if let Some(options) = fields.get_mut("options").and_then(|options| options.as_object_mut()) {
            options.remove("idempotency_key");
        }
    }
    let digest = Sha256::digest(input.to_string());
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}
