//! One loader: whoever asks for a row waits for the others of its level, and one statement answers them all.
//!
//! The `dataloader` crate gathers keys, fetches them in batches and remembers rows. Before it stands what it lacks: knowing when a level is
//! complete. By itself it waits a fixed number of turns, and answers those who wait one by one under an asynchronous lock, so that with a
//! hundred rows the next level would come in pieces, each a statement of its own (`tests/api/budgets.rs`). Here one of those who ask waits
//! until for some turns nobody new has come, fetches for all, and wakes them at once. Absent: anything beyond one request; a loader is
//! thrown away with it.

use std::collections::{HashMap, HashSet};
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dataloader::BatchFn;
use dataloader::cached;
// Not tokio's, whose receivers are part of its budget for a turn: those after the first hundred would wait for the next.
use futures_channel::oneshot::{Sender, channel};
use futures_util::future::BoxFuture;
use sea_orm::{DatabaseConnection, DbErr};
use tokio::task::yield_now;

use crate::error::{Error, Result};

/// How many keys one statement takes, some of them three times; beyond it SQLite's parameters would run out.
const BATCH: usize = 8_192;

/// So many turns without anybody new, and a level is complete.
const QUIET: usize = 3;

/// Fetches the values of many keys at once.
pub type Fetch<K, V> = Arc<dyn Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>, DbErr>> + Send + Sync>;

/// The batch function of a [`Loader`].
struct Batch<K, V>(Fetch<K, V>);

impl<K: Clone + Eq + Hash, V> BatchFn<K, Loaded<V>> for Batch<K, V> {
    /// Fetches in lists of few lengths, the last key repeated: each length is a statement of its own to prepare and to remember.
    async fn load(&mut self, keys: &[K]) -> HashMap<K, Loaded<V>> {
        let length = keys.len().next_power_of_two();
        let last = keys.iter().skip(keys.len() - 1).cycle();
        match (self.0)(keys.iter().chain(last).take(length).cloned().collect()).await {
            Ok(mut found) => keys.iter().map(|key| (key.clone(), Ok(found.remove(key).map(Arc::new)))).collect(),
            Err(error) => {
                let error = Arc::new(error);
                keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect()
            }
        }
    }
}

/// What one who waits gets.
type Loaded<V> = Result<Option<Arc<V>>, Arc<DbErr>>;

/// Looks rows up by key, together with all others that are asked for at the same time, once a request.
pub struct Loader<K: Clone + Debug + Eq + Hash, V> {
    rows: cached::Loader<K, Loaded<V>, Batch<K, V>>,
    state: Mutex<State<K, V>>,
}

struct State<K, V> {
    /// What was loaded: answered without waiting.
    known: HashMap<K, Option<Arc<V>>>,
    /// Who waits for a key that is asked for, or being fetched.
    waiting: HashMap<K, Vec<Sender<Loaded<V>>>>,
    /// The keys that no statement has gone out for yet.
    asked: Vec<K>,
    /// How often anybody has asked.
    arrivals: usize,
    /// Whether somebody gathers those who ask.
    gathering: bool,
}

impl<K, V> Loader<K, V>
where
    K: Clone + Debug + Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// A loader over `fetch`.
    pub fn new<F>(db: &DatabaseConnection, fetch: fn(DatabaseConnection, Vec<K>) -> F) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, DbErr>> + Send + 'static,
    {
        let db = db.clone();
        Self::over(Arc::new(move |keys| Box::pin(fetch(db.clone(), keys))))
    }

    /// A loader over anything that answers many keys at once.
    pub fn over(fetch: Fetch<K, V>) -> Self {
        let state =
            State { known: HashMap::new(), waiting: HashMap::new(), asked: Vec::new(), arrivals: 0, gathering: false };
        // Whoever asks the crate has waited for its level already.
        let rows = cached::Loader::new(Batch(fetch)).with_max_batch_size(BATCH).with_yield_count(0);
        Self { rows, state: Mutex::new(state) }
    }

    /// The row of `key`, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn load(&self, key: K) -> Result<Option<Arc<V>>> {
        loop {
            let (answer, gathers) = {
                let mut state = self.state();
                if let Some(known) = state.known.get(&key) {
                    return Ok(known.clone());
                }
                let (send, answer) = channel();
                state.arrivals += 1;
                if !state.waiting.contains_key(&key) {
                    state.asked.push(key.clone());
                }
                state.waiting.entry(key.clone()).or_default().push(send);
                // A key that is being fetched needs nobody to gather it.
                let gathers = !state.asked.is_empty() && !std::mem::replace(&mut state.gathering, true);
                (answer, gathers)
            };
            if gathers {
                self.gather().await;
            }
            match answer.await {
                Ok(Ok(value)) => return Ok(value),
                Ok(Err(error)) => return Err(failed(error)),
                // Whoever gathered was dropped, with the part of the document that it belonged to: ask again.
                Err(_) => {}
            }
        }
    }

    /// Looks up at once what a whole list is going to ask for.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_ahead(&self, keys: impl IntoIterator<Item = K>) -> Result<()> {
        let keys: Vec<K> = {
            let state = self.state();
            let unknown: HashSet<K> = keys.into_iter().filter(|key| !state.known.contains_key(key)).collect();
            unknown.into_iter().collect()
        };
        if keys.is_empty() {
            return Ok(());
        }
        for (key, loaded) in self.rows.try_load_many(keys).await.map_err(Error::internal)? {
            self.state().known.insert(key, loaded.map_err(failed)?);
        }
        Ok(())
    }

    /// Waits for the level to be complete, and answers everybody.
    async fn gather(&self) {
        let mut turn = Turn { loader: self, taken: Vec::new(), gathering: true };
        let mut arrivals = self.state().arrivals;
        loop {
            for _ in 0..QUIET {
                yield_now().await;
            }
            let now = self.state().arrivals;
            if std::mem::replace(&mut arrivals, now) == now {
                break;
            }
        }
        {
            let mut state = self.state();
            turn.taken = std::mem::take(&mut state.asked);
            // Who asks from here on is the next level.
            state.gathering = false;
            turn.gathering = false;
        }
        let loaded = self.rows.try_load_many(turn.taken.clone()).await.unwrap_or_else(|error| {
            // A key that the batch function left out: it never does.
            let error = Arc::new(DbErr::Custom(error.to_string()));
            turn.taken.iter().map(|key| (key.clone(), Err(error.clone()))).collect()
        });
        turn.taken.clear();
        let mut state = self.state();
        for (key, loaded) in loaded {
            for waiting in state.waiting.remove(&key).unwrap_or_default() {
                // Whoever does not wait any more needs no answer.
                let _ = waiting.send(loaded.clone());
            }
            if let Ok(value) = loaded {
                state.known.insert(key, value);
            }
        }
    }
}

fn failed(error: Arc<DbErr>) -> Error {
    Error::internal(anyhow::anyhow!("{error}"))
}

impl<K: Clone + Debug + Eq + Hash, V> Loader<K, V> {
    fn state(&self) -> MutexGuard<'_, State<K, V>> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who gathers. Dropped on the way, it sends those who wait for it to ask again.
struct Turn<'a, K: Clone + Debug + Eq + Hash, V> {
    loader: &'a Loader<K, V>,
    taken: Vec<K>,
    gathering: bool,
}

impl<K: Clone + Debug + Eq + Hash, V> Drop for Turn<'_, K, V> {
    fn drop(&mut self) {
        let mut state = self.loader.state();
        let mut left = std::mem::take(&mut self.taken);
        if self.gathering {
            left.append(&mut state.asked);
            state.gathering = false;
        }
        for key in left {
            state.waiting.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loader whose values say how many keys came with one statement; 7 has no row.
    fn loader() -> Loader<u32, usize> {
        Loader::new(&DatabaseConnection::default(), |_, keys| async move {
            yield_now().await;
            let distinct: HashSet<u32> = keys.into_iter().collect();
            let count = distinct.len();
            Ok(distinct.into_iter().filter(|key| *key != 7).map(|key| (key, count)).collect())
        })
    }

    #[tokio::test]
    async fn everybody_who_asks_in_time_is_answered_by_one_statement() {
        let loader = loader();
        let ask = async |key: u32| {
            // Not all come at once.
            for _ in 0..key / 100 {
                yield_now().await;
            }
            loader.load(key % 500).await.unwrap().map(|count| *count)
        };
        let answers = futures_util::future::join_all((0..500).map(ask)).await;
        for (key, answer) in answers.into_iter().enumerate() {
            assert_eq!(answer, (key != 7).then_some(500));
        }
    }

    #[tokio::test]
    async fn who_waits_for_one_that_was_dropped_asks_again() {
        let loader = loader();
        let mut first = Box::pin(loader.load(1));
        assert!(futures_util::poll!(&mut first).is_pending());
        let rest = futures_util::future::join(loader.load(2), loader.load(1));
        tokio::pin!(rest);
        assert!(futures_util::poll!(&mut rest).is_pending());
        drop(first);
        let (second, third) = rest.await;
        assert_eq!((second.unwrap(), third.unwrap()), (Some(Arc::new(2)), Some(Arc::new(2))));
    }
}
