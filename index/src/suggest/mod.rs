//! Helping with words: corrections from the index's own vocabulary.

mod slips;
mod spelling;
mod vocabulary;

pub(crate) use spelling::Speller;
