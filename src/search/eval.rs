//! How good are predictions? Judged on folders with labelled texts, by the same rule that `suggest` follows.
//!
//! A set is a folder with a CSV file that has a column `text` (or `title` and `body`) and one with the label. Where there is a
//! `train.csv` with a `test.csv` or `dev.csv`, the second is asked of the first; a single file is split: every fifth row is asked of
//! the others.

use std::io;
use std::path::{Path, PathBuf};

use deskgraph_index::{Document, Filter, Index, Options, Position, Result as IndexResult};

use super::predict::{NEAREST, Prediction, vote};
use super::similar::like;

/// A confidence from which a prediction could be taken without asking anybody.
const SURE: f64 = 0.8;

/// A text and what it is labelled with.
#[derive(Clone, Debug)]
pub struct Labelled {
    title: String,
    body: String,
    label: String,
}

/// Shares over the questions of a set.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// How many questions.
    pub questions: usize,
    /// How many were labelled rightly.
    pub right: f64,
    /// How many were answered with a confidence of at least 0.8.
    pub sure: f64,
    /// How many of those were labelled rightly.
    pub right_if_sure: f64,
}

/// The labels of a folder that there are sets for: known rows, rows to ask.
///
/// # Errors
/// A file that cannot be read.
pub fn load(folder: &Path, label: &str) -> io::Result<Option<(Vec<Labelled>, Vec<Labelled>)>> {
    let file = |names: &[&str]| names.iter().map(|name| folder.join(name)).find(|path| path.is_file());
    let Some(known) = file(&["train.csv", "tickets.csv"]) else { return Ok(None) };
    let known = rows(&known, label)?;
    if known.is_empty() {
        return Ok(None);
    }
    if let Some(asked) = file(&["test.csv", "dev.csv"]) {
        return Ok(Some((known, rows(&asked, label)?)));
    }
    let (asked, known): (Vec<_>, Vec<_>) = known.into_iter().enumerate().partition(|(nth, _)| nth % 5 == 0);
    let rows = |rows: Vec<(usize, Labelled)>| rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>();
    Ok(Some((rows(known), rows(asked))))
}

fn rows(path: &Path, label: &str) -> io::Result<Vec<Labelled>> {
    let mut reader = csv::Reader::from_path(path)?;
    let columns = reader.headers()?.clone();
    let column = |name: &str| columns.iter().position(|column| column == name);
    let (title, body, label) = (column("title").or(column("text")), column("body"), column(label));
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record?;
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().to_owned();
        if label.is_some() {
            rows.push(Labelled { title: cell(title), body: cell(body), label: cell(label) });
        }
    }
    Ok(rows)
}

/// Builds an index of what is known in `scratch` and asks it.
///
/// # Errors
/// If the index cannot be built or searched.
pub fn score(known: &[Labelled], asked: &[Labelled], scratch: &Path) -> IndexResult<Scores> {
    let document = |(id, row): (usize, &Labelled)| Document {
        id: id as u128,
        kind: "ticket".to_owned(),
        title: row.title.clone(),
        body: row.body.clone(),
        ..Document::default()
    };
    let mut rebuild = Index::rebuild(scratch, Options::default())?;
    rebuild.put(known.iter().enumerate().map(document).collect::<Vec<_>>())?;
    let index = rebuild.finish(Position::default())?;
    let (mut right, mut sure, mut right_if_sure) = (0.0, 0.0, 0.0);
    for question in asked {
        if let Some(Prediction { label, confidence }) = predict(&index, known, question)? {
            let is_right = f64::from(u8::from(label == question.label));
            right += is_right;
            if confidence >= SURE {
                sure += 1.0;
                right_if_sure += is_right;
            }
        }
    }
    let all = asked.len().max(1) as f64;
    Ok(Scores {
        questions: asked.len(),
        right: right / all,
        sure: sure / all,
        right_if_sure: right_if_sure / f64::max(sure, 1.0),
    })
}

fn predict(index: &Index, known: &[Labelled], question: &Labelled) -> IndexResult<Option<Prediction>> {
    let hits = index.search(&like(&question.title, &question.body, "ticket", Filter::All, NEAREST))?.hits;
    Ok(vote(hits.iter().filter_map(|hit| Some((known.get(hit.id as usize)?.label.as_str(), hit.score)))))
}

/// The table of all labelled sets in `folder`, in Markdown, indexes being built under `scratch`.
///
/// # Errors
/// If a set cannot be read or indexed.
pub fn table(folder: &Path, scratch: &Path) -> anyhow::Result<String> {
    let mut out = String::from("| set | label | n | right | sure | right if sure |\n|---|---|---|---|---|---|\n");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    for path in folders {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        for label in ["label", "category", "urgency"] {
            let Some((known, asked)) = load(&path, label)? else { continue };
            let s = score(&known, &asked, &scratch.join(format!("{name}-{label}")))?;
            out.push_str(&format!(
                "| {name} | {label} | {} | {:.3} | {:.3} | {:.3} |\n",
                s.questions, s.right, s.sure, s.right_if_sure
            ));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In the folder that `DESKGRAPH_DATA_SETS` names, or beside the repository.
    #[test]
    fn tickets_of_real_desks_are_labelled_as_people_labelled_them() {
        let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
        let data = std::env::var_os("DESKGRAPH_DATA_SETS").map_or_else(beside, PathBuf::from);
        let folder = data.join("bitext-support");
        if !folder.is_dir() {
            return;
        }
        let scratch = tempfile::tempdir().unwrap();
        let (known, asked) = load(&folder, "label").unwrap().unwrap();
        let scores = score(&known, &asked, scratch.path()).unwrap();
        assert!(scores.questions > 500 && scores.right > 0.9 && scores.right_if_sure > 0.95, "{scores:?}");
    }
}
