//! Passwords: what is accepted, and hashing them with argon2id, off the async threads and a few at a time.
//!
//! The policy is length, and not to be what everybody knows about the person: no rules about kinds of characters, which make
//! passwords worse. They are compared in Unicode's composed form, because keyboards differ in how they make an umlaut.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;

use crate::error::{Code, Detail, Error, Result};
use crate::say;

/// The longest password, in characters.
pub(super) const LONGEST: usize = 200;
/// How many are hashed at once: at the default cost each takes 19 MiB and a core for some 24 ms.
const AT_ONCE: usize = 2;
/// How many may wait, and how long.
const WAITING: usize = 100;
const PATIENCE: Duration = Duration::from_secs(3);

/// Checks a new password against the policy.
///
/// # Errors
/// `INVALID_VALUE` at `field`.
pub(super) fn check(field: &str, password: &str, min: usize, owner: &[&str]) -> Result<()> {
    let length = password.chars().count();
    if length < min || length > LONGEST {
        return Err(Error::invalid(field, say!("This password has {length} characters.", length)).hint(say!(
            "Choose one of {min} to {max} characters; several words are good.",
            min,
            max = LONGEST
        )));
    }
    let folded = |text: &str| text.nfkc().collect::<String>().trim().to_lowercase();
    let candidate = folded(password);
    let local = |known: &str| known.split('@').next().unwrap_or_default().to_owned();
    let guessed = owner.iter().map(|known| folded(known)).any(|known| candidate == known || candidate == local(&known));
    let mut chars = candidate.chars();
    let first = chars.next();
    if guessed || chars.all(|c| Some(c) == first) {
        return Err(Error::invalid(field, "This password is the first that anybody would guess.")
            .hint("Choose one that is not your name, your address or one repeated character."));
    }
    Ok(())
}

/// Hashes and verifies passwords.
pub(super) struct Hasher {
    argon: Argon2<'static>,
    /// A hash of nothing anybody knows, with the cost of new ones: verified where there is no account, so that time tells nothing.
    dummy: String,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Hasher {
    /// One whose new hashes need `memory_kib` KiB, over which argon2id goes twice. Hashes made at another cost verify too, at theirs.
    ///
    /// # Errors
    /// Less than 8 or more than 4 GiB of memory.
    pub(super) fn new(memory_kib: u32) -> Result<Self> {
        let cost =
            Params::new(memory_kib, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST, None).map_err(Error::internal)?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        let dummy: PasswordHash = argon.hash_password(random().as_bytes()).map_err(Error::internal)?;
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        Ok(Self { argon, dummy: dummy.to_string(), permits, waiting: AtomicUsize::new(0) })
    }

    /// The hash of a password, with the salt in it.
    ///
    /// # Errors
    /// `UNAVAILABLE` when too many wait already.
    pub(super) async fn hash(&self, password: &str) -> Result<String> {
        let (argon, password) = (self.argon.clone(), composed(password));
        self.work(move || {
            let hash: PasswordHash = argon.hash_password(password.as_bytes()).map_err(Error::internal)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one behind `hash`; where there is none, it takes as long and says no.
    ///
    /// # Errors
    /// `UNAVAILABLE` when too many wait already.
    pub(super) async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        let (argon, password) = (self.argon.clone(), composed(password));
        self.work(move || {
            let hash = PasswordHash::new(&hash).map_err(Error::internal)?;
            // At the cost that stands in the hash.
            let same = argon.verify_password(password.as_bytes(), &hash).is_ok();
            Ok(same && known)
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let permit = self.permit().await?;
        let work = move || {
            // Held until the work is done, even if whoever asked has gone away.
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit> {
        struct Waits<'a>(&'a AtomicUsize);
        impl Drop for Waits<'_> {
            fn drop(&mut self) {
                self.0.fetch_sub(1, Ordering::Relaxed);
            }
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waits = Waits(&self.waiting);
        let busy = || Error::new(Code::Unavailable).detail(Detail::RetryAfter(1_000));
        if before >= WAITING {
            return Err(busy());
        }
        match tokio::time::timeout(PATIENCE, Arc::clone(&self.permits).acquire_owned()).await {
            Ok(permit) => permit.map_err(Error::internal),
            Err(_) => Err(busy()),
        }
    }
}

fn composed(password: &str) -> String {
    password.nfc().collect()
}

/// A password that nobody chose: 16 characters of 32, in groups, easy to read and to type; 80 random bits.
pub(super) fn random() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut text = String::with_capacity(19);
    for (at, byte) in rand::random::<[u8; 16]>().into_iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push('-');
        }
        text.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Sessions;

    #[test]
    fn the_policy_is_length_and_not_to_be_obvious() {
        let owner = ["Ann Example", "ann.example@example.com"];
        let check = |password: &str| check("password", password, 10, &owner);
        assert!(check("SecurePass123!").is_ok());
        assert!(check("grüne Äpfel").is_ok());
        for bad in ["", "short", "aaaaaaaaaaaa", "ANN EXAMPLE", "ann.example", "ann.example@example.com"] {
            let error = check(bad).unwrap_err();
            assert_eq!((error.code(), error.field()), (Code::InvalidValue, &["password".to_owned()][..]), "{bad}");
        }
        assert!(check(&"long ".repeat(41)).is_err());
    }

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let hasher = Hasher::new(Sessions::default().password_memory_kib).unwrap();
        let hash = hasher.hash("gr\u{fc}ne Birnen").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify("gru\u{308}ne Birnen", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("grüne Bohnen", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("grüne Birnen", None).await.unwrap());
    }

    #[tokio::test]
    async fn the_dummy_costs_as_much_as_a_new_hash_and_old_ones_verify_at_their_own_cost() {
        let (old, new) = (Hasher::new(64).unwrap(), Hasher::new(128).unwrap());
        let real = new.hash("grüne Birnen").await.unwrap();
        let (dummy, real) = (PasswordHash::new(&new.dummy).unwrap(), PasswordHash::new(&real).unwrap());
        assert_eq!((dummy.algorithm, dummy.version, &dummy.params), (real.algorithm, real.version, &real.params));
        assert_eq!(dummy.hash.map(|hash| hash.len()), real.hash.map(|hash| hash.len()));

        let kept = old.hash("grüne Birnen").await.unwrap();
        assert!(kept.contains("m=64,"), "{kept}");
        assert!(new.verify("grüne Birnen", Some(&kept)).await.unwrap());
        assert!(!new.verify("grüne Bohnen", Some(&kept)).await.unwrap());
    }

    #[test]
    fn random_passwords_are_long_and_differ() {
        let (one, two) = (random(), random());
        assert_eq!(one.len(), 19);
        assert_ne!(one, two);
    }
}
