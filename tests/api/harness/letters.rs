//! What people are sent, as the desk of a test writes it to its folder.

use std::path::Path;

use super::{Desk, eventually};

/// A letter, or a text message.
#[derive(Clone, Debug)]
pub struct Letter {
    /// All of it.
    pub text: String,
}

impl Letter {
    /// The token in it.
    pub fn token(&self) -> String {
        let from = self.text.find("dgc_").unwrap_or_else(|| panic!("no token: {}", self.text));
        let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        self.text[from..].chars().take_while(is_part).collect()
    }

    /// The code in it: of a mail eight letters in two groups, of a text message six digits.
    pub fn code(&self) -> String {
        let is_code = |word: &&str| {
            let letters = |part: &str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let digits = word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
            digits || word.split_once('-').is_some_and(|(one, two)| letters(one) && letters(two))
        };
        let found = self.text.split_whitespace().rfind(is_code);
        found.unwrap_or_else(|| panic!("no code: {}", self.text)).to_owned()
    }
}

/// Everything that lies in a folder for this address, oldest first.
fn found(folder: &Path, address: &str) -> Vec<Letter> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    // They are named by their ids, which are in the order of time.
    paths.sort();
    let complete = paths.into_iter().filter(|path| path.extension().is_some_and(|end| end == "eml" || end == "txt"));
    let texts = complete.filter_map(|path| std::fs::read_to_string(path).ok());
    // Lines that were broken for the way are one again.
    let texts = texts.map(|text| text.replace("\r\n", "\n").replace("=\n", ""));
    texts.filter(|text| text.lines().any(|line| line == format!("To: {address}"))).map(|text| Letter { text }).collect()
}

impl Desk {
    /// Everything that was sent to this address so far, oldest first.
    pub fn sent(&self, address: &str) -> Vec<Letter> {
        let folder = if address.contains('@') { "mail" } else { "sms" };
        found(&self.folder().join(folder), address)
    }

    /// The letter of this number to an address, counted from 1.
    pub async fn letter(&self, address: &str, number: usize) -> Letter {
        eventually("a letter comes", async || self.sent(address).len() >= number).await;
        self.sent(address).swap_remove(number - 1)
    }

    /// The first letter to an address that says this, whatever else is on its way there.
    pub async fn letter_saying(&self, address: &str, words: &str) -> Letter {
        let first = || self.sent(address).into_iter().find(|letter| letter.text.contains(words));
        eventually(words, async || first().is_some()).await;
        first().unwrap()
    }
}
