//! One loader: whoever asks for a row waits for the others of its level, and one statement answers them all.
//!
//! It stands here in place of a crate, because a statement for each level must stay one however many rows there are. The `dataloader` crate
//! answers those who wait one by one under an asynchronous lock, and waits a fixed number of turns for those who ask: with a hundred rows
//! the next level came in pieces, each a statement of its own (`tests/api/budgets.rs`). Here those who wait are woken at once, and a statement goes
//! out when for some turns nobody new has come. Absent: anything beyond one request; a loader is thrown away with it.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

// Not tokio's, whose receivers are part of its budget for a turn: those after the first hundred would wait for the next.
use futures_channel::oneshot::{Sender, channel};
use futures_util::future::BoxFuture;
use sea_orm::{DatabaseConnection, DbErr};
use tokio::task::yield_now;

use crate::error::{Error, Result};

/// How many keys one statement takes; beyond it SQLite's parameters would run out.
const BATCH: usize = 10_000;

/// So many turns without anybody new, and a level is complete.
const QUIET: usize = 3;

/// Fetches the values of many keys at once.
type Fetch<K, V> = Arc<dyn Fn(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>, DbErr>> + Send + Sync>;

/// What one who waits gets.
type Loaded<V> = Result<Option<Arc<V>>, Arc<DbErr>>;

/// Looks rows up by key, together with all others that are asked for at the same time, once a request.
pub struct Loader<K, V> {
    fetch: Fetch<K, V>,
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
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Send + Sync + 'static,
{
    /// A loader over `fetch`.
    pub fn new<F>(db: &DatabaseConnection, fetch: fn(DatabaseConnection, Vec<K>) -> F) -> Self
    where
        F: Future<Output = Result<HashMap<K, V>, DbErr>> + Send + 'static,
    {
        let db = db.clone();
        let fetch: Fetch<K, V> = Arc::new(move |keys| Box::pin(fetch(db.clone(), keys)));
        let state =
            State { known: HashMap::new(), waiting: HashMap::new(), asked: Vec::new(), arrivals: 0, gathering: false };
        Self { fetch, state: Mutex::new(state) }
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
                Ok(Err(error)) => return Err(Error::internal(anyhow::anyhow!("{error}"))),
                // Whoever gathered was dropped, with the part of the document that it belonged to: ask again.
                Err(_) => {}
            }
        }
    }

    /// Looks up at once what a whole list is going to ask for.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_ahead(&self, keys: impl IntoIterator<Item = K>) -> Result<(), DbErr> {
        let keys: Vec<K> = {
            let state = self.state();
            let unknown: HashSet<K> = keys.into_iter().filter(|key| !state.known.contains_key(key)).collect();
            unknown.into_iter().collect()
        };
        for keys in keys.chunks(BATCH) {
            let mut found = self.fetch(keys).await?;
            let rows = keys.iter().map(|key| (key.clone(), found.remove(key).map(Arc::new)));
            self.state().known.extend(rows);
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
        while !turn.taken.is_empty() {
            let rest = turn.taken.len().saturating_sub(BATCH);
            let mut found = self.fetch(&turn.taken[rest..]).await.map_err(Arc::new);
            let mut state = self.state();
            for key in turn.taken.drain(rest..) {
                let loaded = match &mut found {
                    Ok(found) => Ok(found.remove(&key).map(Arc::new)),
                    Err(error) => Err(error.clone()),
                };
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

    /// Fetches in lists of few lengths, the last key repeated: each length is a statement of its own to prepare and to remember.
    async fn fetch(&self, keys: &[K]) -> Result<HashMap<K, V>, DbErr> {
        let length = keys.len().next_power_of_two();
        let last = keys.iter().skip(keys.len() - 1).cycle();
        (self.fetch)(keys.iter().chain(last).take(length).cloned().collect()).await
    }
}

impl<K, V> Loader<K, V> {
    fn state(&self) -> MutexGuard<'_, State<K, V>> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who gathers. Dropped on the way, it sends those who wait for it to ask again.
struct Turn<'a, K: Eq + Hash, V> {
    loader: &'a Loader<K, V>,
    taken: Vec<K>,
    gathering: bool,
}

impl<K: Eq + Hash, V> Drop for Turn<'_, K, V> {
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
