//! Helping with words: corrections and completions from the index's own vocabulary.

mod slips;
mod spelling;
mod vocabulary;

pub(crate) use spelling::Speller;
pub(crate) use vocabulary::Vocabulary;
