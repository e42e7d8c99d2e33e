//! How good is the ranking? Loads a judged set of questions, asks the engine, and scores the answers.
//!
//! A set is a folder with `corpus.jsonl` or `articles.jsonl` (`id, title, body` or `body_markdown`), `qrels.tsv`
//! (`query_id, doc_id, gain`) and one `queries[.variant].jsonl` (`id, text, exclude`) per variant. The measures are the
//! usual ones, so that the figures compare with those of other engines.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{Document, Error, Index, Options, Position, Request, Result};

/// The variants of the questions, with the suffix of their files: as asked, with one typing error in each, with one
/// misspelling people really make in each.
pub const VARIANTS: [(&str, &str); 3] = [("clean", ""), ("typo1", ".typo1"), ("typo-natural", ".typo-natural")];

/// A judged set.
pub struct Set {
    /// The name of its folder.
    pub name: String,
    /// Its documents; `Document::id` is the position in this list.
    pub documents: Vec<Document>,
    names: Vec<String>,
    gains: HashMap<String, HashMap<String, f64>>,
    path: PathBuf,
}

/// One question of a set.
#[derive(Clone, Debug)]
pub struct Question {
    /// Its key in the judgements.
    pub id: String,
    /// What was asked.
    pub text: String,
    /// Documents to leave out of the ranking: the text was taken from them.
    pub exclude: Vec<String>,
}

/// Means over the questions of one variant that have a judgement.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// How many questions.
    pub questions: usize,
    /// Normalised discounted cumulative gain of the first ten: 1 is perfect order.
    pub ndcg10: f64,
    /// Share of the relevant documents among the first ten.
    pub recall10: f64,
    /// Share of the questions whose first hit is relevant.
    pub success1: f64,
    /// One over the place of the first relevant hit within ten.
    pub mrr10: f64,
}

/// The folders in `dir` that are judged sets, by name.
///
/// # Errors
/// If `dir` cannot be listed.
pub fn sets(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(dir)?.flatten().map(|e| e.path()).filter(|p| p.join("qrels.tsv").is_file()).collect();
    found.sort();
    Ok(found)
}

impl Set {
    /// Loads the documents and judgements in the folder `path`.
    ///
    /// # Errors
    /// If a file is missing or not in the format above.
    pub fn load(path: &Path) -> io::Result<Set> {
        let corpus = ["corpus.jsonl", "articles.jsonl"].map(|name| path.join(name)).into_iter().find(|p| p.is_file());
        let corpus = corpus.ok_or_else(|| invalid(path, "has no corpus.jsonl or articles.jsonl"))?;
        let (mut documents, mut names) = (Vec::new(), Vec::new());
        for row in rows(&corpus)? {
            let body = if row["body"].is_string() { &row["body"] } else { &row["body_markdown"] };
            documents.push(Document {
                id: documents.len() as u128,
                kind: "article".to_owned(),
                title: string(&row["title"]),
                body: string(body),
                ..Document::default()
            });
            names.push(string(&row["id"]));
        }
        let mut gains: HashMap<String, HashMap<String, f64>> = HashMap::new();
        for line in fs::read_to_string(path.join("qrels.tsv"))?.lines().skip(1) {
            let mut cells = line.split('\t');
            let (Some(question), Some(document), Some(gain)) = (cells.next(), cells.next(), cells.next()) else {
                return Err(invalid(path, "has a short line in qrels.tsv"));
            };
            let gain = gain.trim().parse().map_err(|_| invalid(path, "has a gain that is no number"))?;
            gains.entry(question.to_owned()).or_default().insert(document.to_owned(), gain);
        }
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or("set").to_owned();
        Ok(Set { name, documents, names, gains, path: path.to_path_buf() })
    }

    /// The questions of a variant, by the suffix in [`VARIANTS`].
    ///
    /// # Errors
    /// If the file is missing or broken.
    pub fn questions(&self, suffix: &str) -> io::Result<Vec<Question>> {
        let rows = rows(&self.path.join(format!("queries{suffix}.jsonl")))?;
        Ok(rows
            .into_iter()
            .map(|row| Question {
                id: string(&row["id"]),
                text: string(&row["text"]),
                exclude: row["exclude"].as_array().into_iter().flatten().map(string).collect(),
            })
            .collect())
    }

    /// Builds an index of the documents in `dir`.
    ///
    /// # Errors
    /// As [`Index::rebuild`].
    pub fn index(&self, dir: &Path) -> Result<Index> {
        let mut rebuild = Index::rebuild(dir, Options::default())?;
        rebuild.put(self.documents.clone())?;
        rebuild.finish(Position::default())
    }

    /// Asks `index` (of [`Set::index`]) the questions and scores the answers.
    ///
    /// # Errors
    /// If the questions cannot be read or the index cannot be searched.
    pub fn score(&self, index: &Index, suffix: &str) -> Result<Scores> {
        let mut sum = Scores::default();
        for question in self.questions(suffix)? {
            let Some(gains) = self.gains.get(&question.id) else { continue };
            let limit = 10 + question.exclude.len();
            let request =
                Request { limit, total: false, highlight: false, snippet_chars: 0, ..Request::new(&question.text) };
            let ranked: Vec<f64> = index
                .search(&request)?
                .hits
                .iter()
                .filter_map(|hit| self.names.get(hit.id as usize))
                .filter(|name| !question.exclude.contains(name))
                .take(10)
                .map(|name| gains.get(name).copied().unwrap_or(0.0))
                .collect();
            sum.add(&ranked, gains);
        }
        Ok(sum.mean())
    }
}

impl Scores {
    fn add(&mut self, ranked: &[f64], gains: &HashMap<String, f64>) {
        let mut ideal: Vec<f64> = gains.values().copied().collect();
        ideal.sort_by(|a, b| b.total_cmp(a));
        let best = discounted(&ideal[..ideal.len().min(10)]);
        let first = ranked.iter().position(|&gain| gain > 0.0);
        self.questions += 1;
        self.ndcg10 += if best > 0.0 { discounted(ranked) / best } else { 0.0 };
        self.recall10 += ranked.iter().filter(|&&gain| gain > 0.0).count() as f64 / gains.len().max(1) as f64;
        self.success1 += if first == Some(0) { 1.0 } else { 0.0 };
        self.mrr10 += first.map_or(0.0, |at| 1.0 / (at + 1) as f64);
    }

    fn mean(self) -> Scores {
        let n = self.questions.max(1) as f64;
        Scores {
            questions: self.questions,
            ndcg10: self.ndcg10 / n,
            recall10: self.recall10 / n,
            success1: self.success1 / n,
            mrr10: self.mrr10 / n,
        }
    }
}

fn discounted(gains: &[f64]) -> f64 {
    gains.iter().enumerate().map(|(at, gain)| gain / (at as f64 + 2.0).log2()).sum()
}

fn rows(path: &Path) -> io::Result<Vec<Value>> {
    let text = fs::read_to_string(path)?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).map_err(|e| invalid(path, &e.to_string())))
        .collect()
}

fn string(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn invalid(path: &Path, what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{} {what}", path.display()))
}

/// The table of all sets in `dir`, in Markdown, indexes being built under `scratch`.
///
/// # Errors
/// If a set cannot be read or indexed.
pub fn table(dir: &Path, scratch: &Path) -> Result<String> {
    let mut out =
        String::from("| set | variant | n | nDCG@10 | R@10 | S@1 | MRR@10 |\n|---|---|---|---|---|---|---|\n");
    for path in sets(dir).map_err(Error::Io)? {
        let set = Set::load(&path)?;
        let index = set.index(&scratch.join(&set.name))?;
        for (variant, suffix) in VARIANTS {
            let s = set.score(&index, suffix)?;
            out.push_str(&format!(
                "| {} | {variant} | {} | {:.4} | {:.4} | {:.4} | {:.4} |\n",
                set.name, s.questions, s.ndcg10, s.recall10, s.success1, s.mrr10
            ));
        }
    }
    Ok(out)
}
